//! Greeting and STARTTLS on a submission server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Offers, Reply, SmtpAccount, SmtpError};
use crate::domain::time::Timestamp;
use crate::transport::account::Security;
use crate::transport::connect::{self, ConnectError};
use crate::transport::stream::Stream;

impl SmtpAccount {
    /// A connection that was greeted, before the login.
    pub(super) async fn open(&self) -> Result<Ready, SmtpError> {
        let greeted = self.greet().await?;
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(greeted), &hello())
            .await
            .map_err(|error| lost(&error))?;
        let offers = offers(&mut connection).await?;
        Ok(Ready { connection, offers })
    }

    /// Until when the server's certificate holds; `None` without TLS.
    ///
    /// # Errors
    /// When there is no connection.
    pub(super) async fn certificate_end(&self) -> Result<Option<Timestamp>, ConnectError> {
        if self.server.security == Security::None {
            return Ok(None);
        }
        Ok(self.greet().await?.stream.certificate_end())
    }

    /// Up to the point where EHLO can follow under protection.
    async fn greet(&self) -> Result<Greeted, ConnectError> {
        let mut stream = connect::open(&self.server).await?;
        let greeting = self.read_reply(&mut stream).await?;
        if !greeting.starts_with("220") {
            return Err(ConnectError::greeting(&self.server, &greeting));
        }
        if self.server.security == Security::StartTls {
            let said = self.ask(&mut stream, &format!("EHLO {}", hello())).await?;
            let offered = said
                .lines()
                .any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS")));
            if !offered || !self.ask(&mut stream, "STARTTLS").await?.starts_with("220") {
                let (host, port) = (self.server.host.clone(), self.server.port);
                return Err(ConnectError::NoStartTls { host, port });
            }
            if let Stream::Plain(plain) = stream {
                stream = connect::start_tls(&self.server, plain).await?;
            }
        }
        Ok(Greeted { greeting: io::Cursor::new(greeting.into_bytes()), stream })
    }

    async fn ask(&self, stream: &mut Stream, command: &str) -> Result<String, ConnectError> {
        stream.write_line(command).await.map_err(|error| ConnectError::lost(&self.server, &error))?;
        self.read_reply(stream).await
    }

    /// All lines of one reply (RFC 5321 4.2.1: `250-` goes on, `250 ` is the last).
    async fn read_reply(&self, stream: &mut Stream) -> Result<String, ConnectError> {
        let mut said = String::new();
        for _ in 0..100 {
            let line = stream.read_line().await.map_err(|error| ConnectError::lost(&self.server, &error))?;
            said.push_str(&line);
            said.push_str("\r\n");
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(said);
            }
        }
        Err(ConnectError::greeting(&self.server, "too many lines"))
    }
}

/// A connection after its greetings.
pub(super) struct Ready {
    pub connection: AsyncSmtpConnection,
    pub offers: Offers,
}

/// The library forgets what it does not use itself, so the server is asked once more (RFC 5321 4.1.4 allows it at any
/// time). A server that does not like it offers nothing.
async fn offers(connection: &mut AsyncSmtpConnection) -> Result<Offers, SmtpError> {
    match connection.command(Ehlo::new(hello())).await {
        Ok(said) => Ok(Offers::of(said.message())),
        Err(error) if Reply::of_error(&error).is_some() => Ok(Offers::default()),
        Err(error) => Err(lost(&error)),
    }
}

/// The name we greet with: this machine's.
fn hello() -> ClientId {
    ClientId::default()
}

pub(super) fn lost(error: &lettre::transport::smtp::Error) -> SmtpError {
    if error.is_timeout() { SmtpError::Timeout } else { SmtpError::Lost { why: error.to_string() } }
}

/// A stream whose greeting was read already and is read once more by the library, which expects one.
struct Greeted {
    greeting: io::Cursor<Vec<u8>>,
    stream: Stream,
}

impl fmt::Debug for Greeted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Greeted")
    }
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.stream {
            Stream::Plain(stream) => stream.peer_addr(),
            Stream::Tls(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}

impl AsyncRead for Greeted {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let me = self.get_mut();
        if (me.greeting.position() as usize) < me.greeting.get_ref().len() {
            return Pin::new(&mut me.greeting).poll_read(cx, buf);
        }
        Pin::new(&mut me.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
