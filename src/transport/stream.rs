//! One stream type for connections with and without TLS, and the few lines spoken before a library takes over.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::domain::time::Timestamp;

/// The longest line a server may say before the protocol library takes over.
const LONGEST_LINE: usize = 8 * 1024;
/// For one such line. Some servers let strangers wait for the greeting; one that waits for TLS never greets.
const LINE_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection to a mail server.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Until when the certificates hold that the server showed (RFC 5280 4.1.2.5): the first of them that runs out. `None`
    /// without TLS.
    pub(super) fn certificate_end(&self) -> Option<Timestamp> {
        let Self::Tls(stream) = self else { return None };
        let shown = stream.get_ref().1.peer_certificates()?;
        let ends = shown.iter().filter_map(|certificate| {
            let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
            Some(Timestamp::from_millis(read.validity().not_after.timestamp().checked_mul(1_000)?))
        });
        ends.min()
    }

    /// One line without its end. Reads byte by byte, so that nothing said afterwards is taken away from whoever
    /// reads next: what an attacker puts behind a STARTTLS answer stays outside TLS (RFC 3207 6).
    pub(super) async fn read_line(&mut self) -> io::Result<String> {
        match timeout(LINE_TIMEOUT, self.read_line_up_to(LONGEST_LINE)).await {
            Ok(line) => line,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")),
        }
    }

    /// The same with so many bytes at most, and without a time limit.
    pub(super) async fn read_line_up_to(&mut self, longest: usize) -> io::Result<String> {
        let mut line = Vec::new();
        loop {
            match self.read_u8().await? {
                b'\n' => break,
                byte => line.push(byte),
            }
            if line.len() > longest {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a line without end"));
            }
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
    }

    pub(super) async fn write_line(&mut self, line: &str) -> io::Result<()> {
        self.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.flush().await
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
