//! Files in cells in a bucket of an S3 service.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use mathesar_app::{
    Error, Result,
    files::{Bytestream, FileStorage, gone, plain_name},
};
use rusty_s3::{Credentials, S3Action as _, UrlStyle};
use secrecy::ExposeSecret as _;
use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{config::S3, web};

/// How long the address of a request is good, and so how far clocks may differ.
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);
/// How long the service may take to be reached.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long it may take to begin its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;
/// Pieces that are read ahead.
const PIECES_AHEAD: usize = 4;
/// Characters of the service's own words that are kept for the log.
const WORDS: u64 = 1_000;

/// A bucket. Its client is made with the first file, since that reads the authorities of the machine.
pub struct Bucket {
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    prefix: String,
    agent: Arc<OnceLock<ureq::Agent>>,
}

impl Bucket {
    /// The bucket of these settings. Nothing is asked yet.
    ///
    /// # Errors
    /// When the address of the service cannot be one.
    pub fn new(settings: &S3) -> anyhow::Result<Self> {
        let S3 { endpoint, region, bucket, prefix, access_key_id, secret_access_key } = settings.clone();
        Ok(Self {
            bucket: rusty_s3::Bucket::new(endpoint, UrlStyle::Path, bucket, region)?,
            credentials: Credentials::new(access_key_id, secret_access_key.expose_secret()),
            prefix,
            agent: Arc::default(),
        })
    }

    /// The key of the object at an address, which may come from a cell that anybody has written: it is within the prefix.
    fn key<'u>(&self, uri: &'u str) -> Option<&'u str> {
        let key = uri.strip_prefix("s3://")?.strip_prefix(self.bucket.name())?.strip_prefix('/')?;
        let leads_elsewhere = key.is_empty() || key.split('/').any(|part| matches!(part, "" | "." | ".."));
        (!leads_elsewhere && key.starts_with(&self.prefix)).then_some(key)
    }

    /// Asks the service, without keeping other work from going on.
    async fn ask(&self, what: impl FnOnce(&ureq::Agent) -> Asked + Send + 'static) -> Result<Answer> {
        let agent = Arc::clone(&self.agent);
        let asked = spawn_blocking(move || {
            what(agent.get_or_init(|| {
                let patient = web::configured().timeout_connect(Some(CONNECT_WITHIN));
                patient.timeout_recv_response(Some(ANSWER_WITHIN)).build().into()
            }))
        });
        asked.await.map_err(Error::internal)?.map_err(|error| away().caused_by(error))
    }
}

type Answer = ureq::http::Response<ureq::Body>;
type Asked = std::result::Result<Answer, ureq::Error>;

#[async_trait]
impl FileStorage for Bucket {
    async fn keep(&self, id: &str, name: &str, spooled: &Path) -> Result<String> {
        let key = format!("{}{id}/{}", self.prefix, plain_name(name));
        let url = self.bucket.put_object(Some(&self.credentials), &key).sign(GOOD_FOR);
        let path = spooled.to_owned();
        // A file's length is known, so that it is not sent in chunks, which the service does not take.
        let answer = self.ask(move |agent| agent.put(url.as_str()).send(File::open(path)?)).await?;
        taken(answer).await?;
        Ok(format!("s3://{}/{key}", self.bucket.name()))
    }

    async fn read(&self, uri: &str) -> Result<Bytestream> {
        let key = self.key(uri).ok_or_else(gone)?;
        let url = self.bucket.get_object(Some(&self.credentials), key).sign(GOOD_FOR);
        let answer = self.ask(move |agent| agent.get(url.as_str()).call()).await?;
        if answer.status() == 404 {
            return Err(gone());
        }
        Ok(streamed(taken(answer).await?.into_body().into_reader()))
    }

    async fn size(&self, uri: &str) -> Result<Option<u64>> {
        let Some(key) = self.key(uri) else { return Ok(None) };
        let url = self.bucket.head_object(Some(&self.credentials), key).sign(GOOD_FOR);
        let answer = self.ask(move |agent| agent.head(url.as_str()).call()).await?;
        if answer.status() == 404 {
            return Ok(None);
        }
        let answer = taken(answer).await?;
        let length = answer.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
        length.map(Some).ok_or_else(away)
    }

    async fn remove(&self, uri: &str) -> Result<()> {
        let Some(key) = self.key(uri) else { return Ok(()) };
        let url = self.bucket.delete_object(Some(&self.credentials), key).sign(GOOD_FOR);
        let answer = self.ask(move |agent| agent.delete(url.as_str()).call()).await?;
        if answer.status() == 404 {
            return Ok(());
        }
        taken(answer).await.map(drop)
    }
}

/// The answer to a request that the service has done.
async fn taken(answer: Answer) -> Result<Answer> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let read = spawn_blocking(move || {
        let mut words = String::new();
        let _ = answer.into_body().into_reader().take(WORDS).read_to_string(&mut words);
        words
    });
    let words = read.await.map_err(Error::internal)?;
    Err(away().caused_by(io::Error::other(format!("S3 answered {status}: {words}"))))
}

fn away() -> Error {
    Error::unavailable(
        "The storage for files does not answer as it should. Whoever runs this installation finds more in the log.",
    )
}

/// What a blocking reader gives, read ahead by a thread that waits for whoever takes it.
fn streamed(mut reader: impl io::Read + Send + 'static) -> Bytestream {
    let (pieces, taken) = mpsc::channel::<io::Result<Bytes>>(PIECES_AHEAD);
    spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = reader.read(&mut piece).map(|count| {
                piece.truncate(count);
                Bytes::from(piece)
            });
            let ended = read.as_ref().map_or(true, Bytes::is_empty);
            let gone = read.as_ref().is_ok_and(Bytes::is_empty) || pieces.blocking_send(read).is_err();
            if ended || gone {
                return;
            }
        }
    });
    stream::unfold(taken, |mut taken| async { taken.recv().await.map(|piece| (piece, taken)) }).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_nowhere_but_below_the_prefix() {
        let bucket = Bucket::new(&S3 {
            endpoint: "http://127.0.0.1:9000".parse().unwrap(),
            region: "here".into(),
            bucket: "files".into(),
            prefix: "mathesar/".into(),
            access_key_id: "id".into(),
            secret_access_key: "secret".into(),
        });
        let bucket = bucket.unwrap();
        assert_eq!(bucket.key("s3://files/mathesar/00ff/a b.png"), Some("mathesar/00ff/a b.png"));
        for uri in [
            "s3://files/other/a.png",
            "s3://files/mathesar/../other/a.png",
            "s3://files2/mathesar/a.png",
            "s3://files",
            "s3://files/",
            "file:00ff/a.png",
            "",
        ] {
            assert_eq!(bucket.key(uri), None, "{uri}");
        }
    }
}
