//! What the bytes of a connection show: whether the server is alive, and how the connection ended.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::pipeline::Fault;

/// What was seen of the server on one connection.
#[derive(Default)]
pub(super) struct IoActivity {
    reads: AtomicU64,
    end: OnceLock<Fault>,
}

impl IoActivity {
    /// How many times bytes arrived. A server that is busy sending large sessions is alive, although its answer to
    /// PING waits behind them.
    pub(super) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// How the connection ended, if it did. The crate's driver does not show this while no request waits.
    pub(super) fn end(&self) -> Option<&Fault> {
        self.end.get()
    }

    fn note_end(&self, cause: Fault) {
        self.end.get_or_init(|| cause);
    }
}

const CLOSED: &str = "the server closed the connection";

/// A socket that records its [`IoActivity`].
pub(super) struct Monitored<S> {
    socket: S,
    activity: Arc<IoActivity>,
    /// Whether anything was written to the socket.
    has_written: bool,
}

impl<S> Monitored<S> {
    pub(super) fn new(socket: S, activity: Arc<IoActivity>) -> Self {
        Self { socket, activity, has_written: false }
    }

    fn noting<T>(&self, result: io::Result<T>) -> io::Result<T> {
        match &result {
            // TLS without a close notification. The text of rustls is long.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.activity.note_end(Fault::unreachable(CLOSED));
            }
            Err(error) => self.activity.note_end(Fault::unreachable(error.to_string())),
            Ok(_) => {}
        }
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Monitored<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = ready!(Pin::new(&mut self.socket).poll_read(cx, buf));
        if buf.filled().len() > before {
            self.activity.reads.fetch_add(1, Ordering::Relaxed);
            if !self.has_written
                && let Some(text) = buf.filled().get(before..).and_then(closing_message)
            {
                self.activity.note_end(Fault::new(text));
            }
        } else if result.is_ok() {
            self.activity.note_end(Fault::unreachable(CLOSED));
        }
        Poll::Ready(self.noting(result))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Monitored<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.has_written = true;
        let result = ready!(Pin::new(&mut self.socket).poll_write(cx, buf));
        Poll::Ready(self.noting(result))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.has_written = true;
        let result = ready!(Pin::new(&mut self.socket).poll_write_vectored(cx, bufs));
        Poll::Ready(self.noting(result))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = ready!(Pin::new(&mut self.socket).poll_flush(cx));
        Poll::Ready(self.noting(result))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// A server that speaks first says why it closes the connection: `ERR max number of clients reached`, `DENIED Redis
/// is running in protected mode because …` with a page of advice. Only the first sentence is returned.
fn closing_message(bytes: &[u8]) -> Option<&str> {
    let line = bytes.strip_prefix(b"-")?.split(|byte| *byte == b'\r').next()?;
    std::str::from_utf8(line).ok()?.split(". ").next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_before_a_server_closes_the_connection() {
        assert_eq!(
            closing_message(b"-ERR max number of clients reached\r\n"),
            Some("ERR max number of clients reached")
        );
        let denied = b"-DENIED Redis is running in protected mode. In this mode connections are\r\n";
        assert_eq!(closing_message(denied), Some("DENIED Redis is running in protected mode"));
        assert_eq!(closing_message(b"+OK\r\n"), None);
        assert_eq!(closing_message(b"-\xff\r\n"), None);
    }
}
