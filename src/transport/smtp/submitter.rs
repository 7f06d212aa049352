//! Sends mails over connections that are kept and used again.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use super::connect::{Ready, lost};
use super::{Accepted, Envelope, Reply, Reports, SmtpAccount, SmtpError, Stage};
use crate::domain::address::EmailAddress;
use crate::domain::time::Timestamp;
use crate::mail::dkim::Signer;
use crate::transport::account::MailServer;

/// For connecting and for each command; RFC 5321 4.5.3.2 asks for five minutes, which holds up everybody else.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);
/// After the last dot the server may be storing and checking for long; giving up early sends the mail twice
/// (RFC 5321 4.5.3.2.6 asks for ten minutes).
const CONTENT_TIMEOUT: Duration = Duration::from_secs(600);
/// Servers close silent connections after some minutes; one younger than this is worth trying.
const KEEP: Duration = Duration::from_secs(45);
/// So many mails over one connection; some servers count.
const MOST_MAILS: u32 = 100;
/// So many connections are kept at most.
const MOST_KEPT: usize = 4;

/// Hands mails to one account. Calls may run side by side.
pub struct Submitter {
    account: SmtpAccount,
    /// Signs each mail, if a key is configured.
    signer: Option<Signer>,
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    connection: AsyncSmtpConnection,
    offers_dsn: bool,
    used_at: Instant,
    mails: u32,
}

impl fmt::Debug for Submitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Submitter({:?})", self.account)
    }
}

impl Submitter {
    pub fn new(account: SmtpAccount) -> Self {
        Self { account, signer: None, kept: Mutex::new(Vec::new()) }
    }

    pub fn server(&self) -> &MailServer {
        &self.account.server
    }

    /// Until when the server's certificate holds; `None` without TLS.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn certificate_end(&self) -> Result<Option<Timestamp>, SmtpError> {
        let looked = timeout(COMMAND_TIMEOUT, self.account.certificate_end()).await;
        Ok(looked.map_err(|_| SmtpError::Timeout)??)
    }

    /// The same, with every mail signed; one that can't be is not handed over.
    pub fn signing(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    /// Hands one mail in for one recipient.
    ///
    /// # Errors
    /// [`SmtpError`]. If the connection is lost after the whole mail was sent, nobody knows whether the server took
    /// it; such a mail is sent again and recognised by its Message-ID.
    pub async fn send(&self, envelope: Envelope<'_>, raw: &[u8]) -> Result<Accepted, SmtpError> {
        let raw = match &self.signer {
            Some(signer) => Cow::Owned(signer.sign(&with_line_ends(raw))?),
            None => Cow::Borrowed(raw),
        };
        let raw = raw.as_ref();
        if let Some(mut kept) = self.take() {
            // A kept connection may be dead without our knowing. RSET finds out before anything is sent.
            if command(kept.connection.command(Rset)).await.is_ok() {
                return self.send_over(kept, envelope, raw).await;
            }
        }
        let kept = self.connect().await?;
        self.send_over(kept, envelope, raw).await
    }

    /// Connects and signs in without sending anything; the next mail finds the connection ready. Whether the server offers
    /// DSN (RFC 3461).
    ///
    /// # Errors
    /// [`SmtpError`]
    pub async fn prepare(&self) -> Result<bool, SmtpError> {
        let kept = self.connect().await?;
        let offers_dsn = kept.offers_dsn;
        self.keep(kept);
        Ok(offers_dsn)
    }

    async fn connect(&self) -> Result<Kept, SmtpError> {
        let Ready { connection, offers_dsn } =
            timeout(COMMAND_TIMEOUT, self.account.connect()).await.map_err(|_| SmtpError::Timeout)??;
        Ok(Kept { connection, offers_dsn, used_at: Instant::now(), mails: 0 })
    }

    /// Says goodbye on all kept connections.
    pub async fn close(&self) {
        while let Some(mut kept) = self.take() {
            let _ = timeout(Duration::from_secs(5), kept.connection.quit()).await;
        }
    }

    async fn send_over(
        &self,
        mut kept: Kept,
        envelope: Envelope<'_>,
        raw: &[u8],
    ) -> Result<Accepted, SmtpError> {
        let envelope = Envelope { reports: envelope.reports.filter(|_| kept.offers_dsn), ..envelope };
        let result = transact(&mut kept.connection, envelope, raw).await;
        kept.mails += 1;
        let goes_on = match &result {
            Ok(_) => true,
            // 421: the server closes the connection (RFC 5321 3.8).
            Err(error) => error.reply().is_some_and(|reply| reply.code != 421),
        };
        if goes_on && kept.mails < MOST_MAILS {
            kept.used_at = Instant::now();
            self.keep(kept);
        } else {
            let _ = timeout(Duration::from_secs(5), kept.connection.quit()).await;
        }
        result
    }

    fn take(&self) -> Option<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.used_at.elapsed() < KEEP);
        kept.pop()
    }

    fn keep(&self, one: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(one);
        }
    }
}

/// One mail transaction (RFC 5321 3.3).
async fn transact(
    connection: &mut AsyncSmtpConnection,
    envelope: Envelope<'_>,
    raw: &[u8],
) -> Result<Accepted, SmtpError> {
    let mut parameters = Vec::new();
    let server = connection.server_info();
    if envelope.is_foreign() {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err(SmtpError::NoForeignLetters);
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !raw.is_ascii() && server.supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    parameters.extend(envelope.reports.iter().flat_map(Reports::of_mail));
    let mail = Mail::new(envelope.from.map(address), parameters);
    command(connection.command(mail)).await.map_err(|error| error.at(Stage::Sender))?;
    let asked = envelope.reports.map_or(Vec::new(), |reports| reports.of_recipient(envelope.to));
    let rcpt = Rcpt::new(address(envelope.to), asked);
    command(connection.command(rcpt)).await.map_err(|error| error.at(Stage::Recipient))?;
    command(connection.command(Data)).await.map_err(|error| error.at(Stage::Content))?;
    // The library ends the mail with a line end of its own.
    let content = with_line_ends(raw);
    let content = content.strip_suffix(b"\r\n").unwrap_or(&content);
    let response = match timeout(CONTENT_TIMEOUT, connection.message(content)).await {
        Ok(answer) => answer.map_err(|error| Trouble::from(error).at(Stage::Content))?,
        Err(_) => return Err(SmtpError::Silent),
    };
    Ok(Accepted { reply: Reply::of_response(&response) })
}

/// CR and LF stand together only (RFC 5321 2.3.8). A lone one before a dot could end the mail early on some servers,
/// and what follows would be taken for commands.
fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    let lone = |(at, byte): (usize, &u8)| match byte {
        b'\n' => at == 0 || raw[at - 1] != b'\r',
        b'\r' => raw.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    if !raw.iter().enumerate().any(lone) {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 32);
    for (at, byte) in raw.iter().enumerate() {
        match byte {
            _ if lone((at, byte)) => out.extend_from_slice(b"\r\n"),
            _ => out.push(*byte),
        }
    }
    Cow::Owned(out)
}

/// Our addresses were checked when they were parsed; the library's own check is stricter than the mail world is.
fn address(address: &EmailAddress) -> Address {
    Address::new_dangerous(address.local_part(), address.domain())
}

/// What went wrong, before it is known to what the server said no.
enum Trouble {
    Refused(Reply),
    Other(SmtpError),
}

impl Trouble {
    fn at(self, stage: Stage) -> SmtpError {
        match self {
            Self::Refused(reply) => SmtpError::Refused { stage, reply },
            Self::Other(error) => error,
        }
    }
}

impl From<lettre::transport::smtp::Error> for Trouble {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        match Reply::of_error(&error) {
            Some(reply) => Self::Refused(reply),
            None => Self::Other(lost(&error)),
        }
    }
}

async fn command(
    answer: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
) -> Result<Response, Trouble> {
    match timeout(COMMAND_TIMEOUT, answer).await {
        Ok(answer) => answer.map_err(Trouble::from),
        Err(_) => Err(Trouble::Other(SmtpError::Silent)),
    }
}

#[cfg(test)]
mod tests {
    use super::with_line_ends;

    #[test]
    fn lone_line_ends_become_whole_ones() {
        assert_eq!(&*with_line_ends(b"a\r\nb\r\n"), b"a\r\nb\r\n");
        assert_eq!(&*with_line_ends(b"\na\n.\nb\rc\r\r\nd\n"), b"\r\na\r\n.\r\nb\r\nc\r\n\r\nd\r\n");
    }
}
