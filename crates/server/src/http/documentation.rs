//! `/docs`: the documentation of this very version, for anybody, as `cargo xtask docs` built and packed it.
//!
//! It is carried as one compressed archive, in which the pages cost a fraction of what each would cost by itself, and is
//! unpacked into memory for the first reader.

use std::{
    collections::HashMap,
    io::{self, Read as _},
    sync::{Arc, LazyLock},
};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::on,
};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{
    data_files, headers, page,
    routes::{Answer, Audience, Content, Operation, PAGE, Parameter, Route, Verb, shape},
    state::Shared,
};

/// Its first page, with and without the slash, and all others.
pub const ROUTES: &[Route] = &[
    Route {
        operation: Operation::new(Verb::Get, "/docs", "documentation.begin", "Leads to the documentation.")
            .audience(Audience::Anybody)
            .answers(&[Answer { status: 308, doc: "It begins at `/docs/`.", content: &[] }]),
        handler: |verb| on(verb, begin),
    },
    Route {
        operation: Operation::new(Verb::Get, "/docs/", "documentation.index", "Shows the documentation's first page.")
            .audience(Audience::Anybody)
            .answers(&[Answer { status: 200, doc: "The page.", content: &[PAGE] }])
            .failure(&[PAGE]),
        handler: |verb| on(verb, index),
    },
    Route {
        operation: Operation::new(
            Verb::Get,
            "/docs/{*path}",
            "documentation.file",
            "Sends a file of the documentation.",
        )
        .audience(Audience::Anybody)
        .parameters(&[Parameter { name: "path", doc: "Where it stands; it may hold slashes.", shape: shape::<String> }])
        .answers(&[Answer {
            status: 200,
            doc: "The file.",
            content: &[Content { kind: "*/*", shape: data_files::file_part }],
        }])
        .failure(&[PAGE]),
        handler: |verb| on(verb, file),
    },
];

/// Empty in a build without documentation; `build.rs` then makes it.
const PACKED: &[u8] = include_bytes!("../../../../packaging/docs/site.tar.zst");

static SITE: LazyLock<io::Result<Site>> = LazyLock::new(|| Site::unpack(PACKED));

/// Every file of the documentation, by its path.
struct Site {
    files: HashMap<String, Bytes>,
    /// The entity tag of all files: they change together, with the program.
    tag: HeaderValue,
}

impl Site {
    fn unpack(packed: &[u8]) -> io::Result<Self> {
        let mut archive = Vec::new();
        if !packed.is_empty() {
            zstd::Decoder::new(packed)?.read_to_end(&mut archive)?;
        }
        let archive = Bytes::from(archive);
        let mut files = HashMap::new();
        for entry in tar::Archive::new(archive.as_ref()).entries()? {
            let entry = entry?;
            if entry.header().entry_type().is_file() {
                let [start, size] = [entry.raw_file_position(), entry.size()].map(|number| number as usize);
                files.insert(entry.path()?.to_string_lossy().into_owned(), archive.slice(start..start + size));
            }
        }
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(packed)[..16]));
        Ok(Self { files, tag: HeaderValue::try_from(tag).map_err(io::Error::other)? })
    }

    fn answer(&self, path: &str, request: &HeaderMap) -> Response {
        let Some(content) = self.files.get(path) else { return self.nothing_at(path) };
        let mut response = if request.get(header::IF_NONE_MATCH) == Some(&self.tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let kind = mime_guess::from_path(path).first_or_octet_stream();
            let charset = if kind.type_() == mime_guess::mime::TEXT { "; charset=utf-8" } else { "" };
            ([(header::CONTENT_TYPE, format!("{kind}{charset}"))], content.clone()).into_response()
        };
        let fixed = [
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(headers::DOCUMENTATION_POLICY)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::ETAG, self.tag.clone()),
        ];
        response.headers_mut().extend(fixed);
        response
    }

    fn nothing_at(&self, path: &str) -> Response {
        let body = if self.files.is_empty() {
            "<h1>The documentation is not part of this build</h1>\
             <p>Build it with <code>cargo xtask docs</code> and then the program again, or with <code>cargo xtask build</code>, \
             which does both. Its sources are in the folder <code>docs</code>.</p>"
                .to_owned()
        } else {
            let to_root = "../".repeat(path.matches('/').count());
            format!(
                "<h1>There is no such page</h1><p><a href=\"{to_root}index.html\">The documentation begins here.</a></p>"
            )
        };
        (StatusCode::NOT_FOUND, page::html("Documentation", &body)).into_response()
    }
}

/// `/docs`, without the slash that its links need.
async fn begin(State(shared): State<Arc<Shared>>) -> Redirect {
    Redirect::permanent(&format!("{}/docs/", shared.base_path))
}

/// The first page.
async fn index(request: HeaderMap) -> Response {
    answer("index.html".to_owned(), request).await
}

/// Any other file.
async fn file(Path(path): Path<String>, request: HeaderMap) -> Response {
    answer(path, request).await
}

async fn answer(path: String, request: HeaderMap) -> Response {
    // Unpacking takes some milliseconds, once.
    match tokio::task::spawn_blocking(|| SITE.as_ref()).await {
        Ok(Ok(site)) => site.answer(&path, &request),
        Ok(Err(error)) => {
            tracing::error!(%error, "the documentation cannot be unpacked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Site {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, path, content.as_bytes()).unwrap();
        }
        Site::unpack(&zstd::encode_all(archive.into_inner().unwrap().as_slice(), 1).unwrap()).unwrap()
    }

    #[test]
    fn files_are_found_by_path_and_sent_with_their_kind() {
        let site = site(&[("index.html", "<h1>Begin</h1>"), ("search/search_index.json", "{}")]);
        for (path, kind) in
            [("index.html", "text/html; charset=utf-8"), ("search/search_index.json", "application/json")]
        {
            let answer = site.answer(path, &HeaderMap::new());
            assert_eq!(
                (answer.status(), &answer.headers()[header::CONTENT_TYPE]),
                (StatusCode::OK, &kind.parse().unwrap())
            );
        }
        assert_eq!(site.files["index.html"], "<h1>Begin</h1>");
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, site.tag.clone())]);
        assert_eq!(site.answer("index.html", &known).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(site.answer("../index.html", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_build_without_documentation_says_so() {
        let site = Site::unpack(&[]).unwrap();
        assert_eq!(site.answer("index.html", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
    }
}
