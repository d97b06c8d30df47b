//! Keeps the crate's own HELLO from the server.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What the crate writes first on a connection that speaks RESP3.
const HELLO: &[u8] = b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n";
/// What it takes for an answer.
const OK: &[u8] = b"+OK\r\n";

/// A socket that swallows the crate's first HELLO and answers it.
///
/// The crate hands messages of the server on (`set_push_sender`) only if it has sent HELLO itself. But it loses the
/// text of a refusal, sends the command before the login, and gives the socket up where Redis before version 6 does not
/// know it. The `greeting` sends its own HELLO, whose refusal does no harm.
pub(super) struct WithoutHello<S> {
    socket: S,
    /// Bytes of HELLO that were swallowed.
    swallowed: usize,
    /// Bytes of the answer that were read.
    answered: usize,
}

impl<S> WithoutHello<S> {
    pub(super) fn new(socket: S) -> Self {
        Self { socket, swallowed: 0, answered: 0 }
    }

    /// Swallows what `buf` has of HELLO. `Some(n)`: so many bytes count as written.
    fn swallow(&mut self, buf: &[u8]) -> Option<io::Result<usize>> {
        let rest = HELLO.get(self.swallowed..).filter(|rest| !rest.is_empty())?;
        let count = rest.len().min(buf.len());
        if buf.get(..count) != rest.get(..count) {
            return Some(Err(io::Error::other("the client library did not begin with HELLO 3")));
        }
        self.swallowed += count;
        Some(Ok(count))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WithoutHello<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = OK.get(self.answered..).unwrap_or_default();
        if rest.is_empty() || self.swallowed < HELLO.len() {
            return Pin::new(&mut self.socket).poll_read(cx, buf);
        }
        let count = rest.len().min(buf.remaining());
        buf.put_slice(rest.get(..count).unwrap_or_default());
        self.answered += count;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithoutHello<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.swallow(buf) {
            Some(result) => Poll::Ready(result),
            None => Pin::new(&mut self.socket).poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn hello_is_answered_here_and_all_else_goes_through() {
        let (near, mut far) = tokio::io::duplex(1024);
        let mut near = WithoutHello::new(near);
        let (first, second) = HELLO.split_at(7);
        near.write_all(first).await.unwrap();
        near.write_all(second).await.unwrap();
        near.write_all(b"PING\r\n").await.unwrap();
        let mut sent = [0; 6];
        far.read_exact(&mut sent).await.unwrap();
        assert_eq!(&sent, b"PING\r\n");
        far.write_all(b"+PONG\r\n").await.unwrap();
        let mut read = [0; 12];
        near.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"+OK\r\n+PONG\r\n");
    }

    #[tokio::test]
    async fn another_beginning_is_an_error() {
        let (near, _far) = tokio::io::duplex(1024);
        assert!(WithoutHello::new(near).write_all(b"PING\r\n").await.is_err());
    }
}
