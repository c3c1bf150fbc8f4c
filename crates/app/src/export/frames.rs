//! Gathers the rows of a COPY, which come one by one, into frames: a body of one frame a row costs several times as much.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_util::Stream;

use crate::{Error, Result};

/// Bytes after which a frame is full.
const FRAME: usize = 64 * 1024;

/// A stream of frames over a stream of rows.
pub(super) struct Frames<S> {
    rows: S,
    frame: BytesMut,
    ended: bool,
}

impl<S> Frames<S> {
    pub(super) fn new(rows: S) -> Self {
        Self { rows, frame: BytesMut::with_capacity(2 * FRAME), ended: false }
    }

    fn take(&mut self) -> Bytes {
        let frame = self.frame.split().freeze();
        self.frame.reserve(2 * FRAME);
        frame
    }
}

impl<S, E> Stream for Frames<S>
where
    S: Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    E: Into<Error>,
{
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.ended {
            match ready!(Pin::new(&mut self.rows).poll_next(cx)) {
                Some(Ok(row)) => {
                    self.frame.extend_from_slice(&row);
                    if self.frame.len() >= FRAME {
                        return Poll::Ready(Some(Ok(self.take())));
                    }
                }
                Some(Err(error)) => {
                    // What was gathered is of no use: the file is not whole.
                    self.ended = true;
                    self.frame.clear();
                    return Poll::Ready(Some(Err(error.into())));
                }
                None => self.ended = true,
            }
        }
        let rest = self.take();
        Poll::Ready((!rest.is_empty()).then_some(Ok(rest)))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::*;

    #[tokio::test]
    async fn rows_are_gathered_and_none_is_lost() {
        let rows = (0..20_000).map(|number| Ok::<_, Error>(Bytes::from(format!("{number}\n"))));
        let frames: Vec<_> = Frames::new(stream::iter(rows)).map(|frame| frame.unwrap()).collect().await;
        assert!(frames[..frames.len() - 1].iter().all(|frame| (FRAME..FRAME + 16).contains(&frame.len())));
        let expected: String = (0..20_000).map(|number| format!("{number}\n")).collect();
        assert_eq!(frames.concat(), expected.as_bytes());
    }

    #[tokio::test]
    async fn an_error_ends_the_file() {
        let rows = [Ok(Bytes::from("1\n")), Err(Error::value("broken")), Ok(Bytes::from("2\n"))];
        let frames: Vec<_> = Frames::new(stream::iter(rows)).collect().await;
        assert_eq!(frames.len(), 1);
        assert!(frames[0].is_err());
    }
}
