//! From a host name to a protected connection, with an error that names the step that failed.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::account::{MailServer, Security};
use super::stream::Stream;
use super::tls;

/// For finding the address, for connecting and for the TLS handshake, each.
const STEP_TIMEOUT: Duration = Duration::from_secs(20);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("No server called {host} was found: {why}")]
    UnknownHost { host: String, why: String },
    #[error("{host} does not answer on port {port}: {why}")]
    Unreachable { host: String, port: u16, why: String },
    #[error("{host} did not answer on port {port} in time")]
    Timeout { host: String, port: u16 },
    #[error("The certificate of {host} cannot be trusted: {why}")]
    Certificate { host: String, why: String, doubt: Doubt },
    #[error("No TLS connection could be made: {why}")]
    Handshake { why: String },
    #[error("{host} offers no STARTTLS on port {port}")]
    NoStartTls { host: String, port: u16 },
    #[error("{host} is another machine, and a connection without TLS would show the password to the network")]
    PlainAbroad { host: String },
    #[error("{host} did not greet like a mail server on port {port}: {said}")]
    Greeting { host: String, port: u16, said: String },
    #[error("The certificates in {path} cannot be used: {why}", path = path.display())]
    CaFile { path: PathBuf, why: String },
    #[error("The connection to {host} was lost: {why}")]
    Lost { host: String, why: String },
}

/// What is wrong with a certificate (RFC 5280 6.1, RFC 9525 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody who is trusted here has signed it.
    Issuer,
    /// It is made out to somebody else.
    Name,
    /// It has run out, or does not hold yet.
    Time,
    Other,
}

impl Doubt {
    fn of(error: &rustls::CertificateError) -> Self {
        use rustls::CertificateError as Error;
        match error {
            Error::UnknownIssuer | Error::BadSignature => Self::Issuer,
            Error::NotValidForName | Error::NotValidForNameContext { .. } => Self::Name,
            Error::Expired
            | Error::ExpiredContext { .. }
            | Error::NotValidYet
            | Error::NotValidYetContext { .. } => Self::Time,
            _ => Self::Other,
        }
    }
}

impl ConnectError {
    /// Whether it stays until somebody changes a setting.
    pub fn needs_admin(&self) -> bool {
        match self {
            Self::Certificate { .. }
            | Self::Handshake { .. }
            | Self::NoStartTls { .. }
            | Self::PlainAbroad { .. }
            | Self::CaFile { .. } => true,
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::Greeting { .. }
            | Self::Lost { .. } => false,
        }
    }

    pub(super) fn lost(server: &MailServer, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::TimedOut {
            return Self::timeout(server);
        }
        Self::Lost { host: server.host.clone(), why: error.to_string() }
    }

    pub(super) fn greeting(server: &MailServer, said: &str) -> Self {
        let said = said.chars().take(200).collect();
        Self::Greeting { host: server.host.clone(), port: server.port, said }
    }

    pub(super) fn timeout(server: &MailServer) -> Self {
        Self::Timeout { host: server.host.clone(), port: server.port }
    }
}

/// Where the server is.
///
/// # Errors
/// [`ConnectError::UnknownHost`].
pub async fn find_addresses(server: &MailServer) -> Result<Vec<SocketAddr>, ConnectError> {
    let unknown = |why: String| ConnectError::UnknownHost { host: server.host.clone(), why };
    let search = tokio::net::lookup_host((server.host.as_str(), server.port));
    let found = match timeout(STEP_TIMEOUT, search).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(error)) => return Err(unknown(error.to_string())),
        Err(_) => return Err(unknown("the name service did not answer in time".to_owned())),
    };
    if found.is_empty() { Err(unknown("the name has no address".to_owned())) } else { Ok(found) }
}

/// A connection without TLS yet. Refuses to go on to another machine when no TLS is to follow.
///
/// # Errors
/// [`ConnectError::PlainAbroad`], or that nobody answers.
pub async fn open_tcp(server: &MailServer, found: &[SocketAddr]) -> Result<TcpStream, ConnectError> {
    if server.security == Security::None && !found.iter().all(|address| address.ip().is_loopback()) {
        return Err(ConnectError::PlainAbroad { host: server.host.clone() });
    }
    let stream = match timeout(STEP_TIMEOUT, TcpStream::connect(found)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            let (host, why) = (server.host.clone(), error.to_string());
            return Err(ConnectError::Unreachable { host, port: server.port, why });
        }
        Err(_) => return Err(ConnectError::timeout(server)),
    };
    // Mail dialogues are short lines that wait for each other; a refusal of the option changes nothing.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Puts TLS around a connection.
pub(super) async fn start_tls(server: &MailServer, stream: TcpStream) -> Result<Stream, ConnectError> {
    let config = tls::client_config(server.ca_file.as_deref())?;
    let name = ServerName::try_from(server.host.clone()).map_err(|error| ConnectError::Certificate {
        host: server.host.clone(),
        why: format!("{error}; a certificate is made out to a host name"),
        doubt: Doubt::Name,
    })?;
    let shake = TlsConnector::from(Arc::clone(&config)).connect(name, stream);
    match timeout(STEP_TIMEOUT, shake).await {
        Ok(Ok(stream)) => Ok(Stream::Tls(Box::new(stream))),
        Ok(Err(error)) => Err(tls_error(server, &error)),
        Err(_) => Err(ConnectError::timeout(server)),
    }
}

pub(super) fn tls_error(server: &MailServer, error: &io::Error) -> ConnectError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => {
            let (host, doubt) = (server.host.clone(), Doubt::of(why));
            ConnectError::Certificate { host, why: why.to_string(), doubt }
        }
        Some(rustls::Error::NoCertificatesPresented) => {
            let why = "the server shows none".to_owned();
            ConnectError::Certificate { host: server.host.clone(), why, doubt: Doubt::Other }
        }
        Some(rustls::Error::InvalidMessage(_)) => {
            ConnectError::Handshake { why: "the server does not speak TLS at this point".to_owned() }
        }
        Some(other) => ConnectError::Handshake { why: other.to_string() },
        None => ConnectError::lost(server, error),
    }
}

/// The first connection of a dialogue: TLS at once where it is set so.
pub(super) async fn open(server: &MailServer) -> Result<Stream, ConnectError> {
    let found = find_addresses(server).await?;
    let stream = open_tcp(server, &found).await?;
    match server.security {
        Security::Tls => start_tls(server, stream).await,
        Security::StartTls | Security::None => Ok(Stream::Plain(stream)),
    }
}
