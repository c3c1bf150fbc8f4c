//! Answers that come piece by piece.

use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{SinkExt, Stream, TryStream};
use tokio_postgres::{CopyInSink, CopyOutStream};

use crate::error::Error;
use crate::rows::RawRow;
use crate::session::{PendingAnswer, Session};

/// The rows of a statement.
pub type RowStream = Pieces<tokio_postgres::RowStream, RawRow>;
/// The bytes of a `COPY … TO STDOUT`.
pub type CopyOut = Pieces<CopyOutStream, Bytes>;
/// Rows that keep their session until they end: the body of a response.
pub type SessionRows = SessionPieces<tokio_postgres::RowStream, RawRow>;
/// Bytes of a `COPY … TO STDOUT` that keep their session until they end: the body of a response.
pub type SessionCopy = SessionPieces<CopyOutStream, Bytes>;

/// A stream of `T`. Dropped before its end, it leaves its answer outstanding, and the session closes its connection.
pub struct Pieces<S, T> {
    pieces: Pin<Box<S>>,
    answer: Option<PendingAnswer>,
    item: PhantomData<fn() -> T>,
}

impl<S, T> Pieces<S, T> {
    pub(crate) fn new(pieces: S, answer: PendingAnswer) -> Self {
        Self { pieces: Box::pin(pieces), answer: Some(answer), item: PhantomData }
    }
}

impl<S, T> Stream for Pieces<S, T>
where
    S: TryStream<Error = tokio_postgres::Error>,
    T: From<S::Ok>,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.answer.is_none() {
            return Poll::Ready(None);
        }
        let piece = ready!(self.pieces.as_mut().try_poll_next(cx));
        if !matches!(piece, Some(Ok(_)))
            && let Some(answer) = self.answer.take()
        {
            answer.done();
        }
        Poll::Ready(piece.map(|piece| Ok(T::from(piece?))))
    }
}

/// [`Pieces`] together with the session that they come from.
pub struct SessionPieces<S, T> {
    pieces: Pieces<S, T>,
    _session: Session,
}

impl<S, T> SessionPieces<S, T> {
    pub(crate) fn new(session: Session, pieces: Pieces<S, T>) -> Self {
        Self { pieces, _session: session }
    }
}

impl<S, T> Stream for SessionPieces<S, T>
where
    S: TryStream<Error = tokio_postgres::Error>,
    T: From<S::Ok>,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        pin!(&mut self.pieces).poll_next(cx)
    }
}

/// Takes the bytes of a `COPY … FROM STDIN`. Dropped before [`finish`](Self::finish), the copy is aborted.
pub struct CopyIn {
    sink: Pin<Box<CopyInSink<Bytes>>>,
    answer: PendingAnswer,
}

impl CopyIn {
    pub(crate) fn new(sink: CopyInSink<Bytes>, answer: PendingAnswer) -> Self {
        Self { sink: Box::pin(sink), answer }
    }

    /// Sends bytes; waits while PostgreSQL is slower than we are.
    ///
    /// # Errors
    /// [`Error::Lost`] when the connection broke. What PostgreSQL has to say about the data comes with [`finish`](Self::finish).
    pub async fn send(&mut self, bytes: Bytes) -> Result<(), Error> {
        Ok(self.sink.send(bytes).await?)
    }

    /// Ends the copy and returns how many rows were loaded. A copy that failed takes its connection along, since it may have failed
    /// before the first row, as in [`Transaction::copy_in`](crate::Transaction::copy_in).
    ///
    /// # Errors
    /// PostgreSQL's, for any of the data.
    pub async fn finish(mut self) -> Result<u64, Error> {
        let rows = self.sink.as_mut().finish().await?;
        self.answer.done();
        Ok(rows)
    }
}
