//! A signed-in connection: one command at a time, each with its own timeout.

use std::time::Duration;

use async_imap::error::Error;
use async_imap::imap_proto::{Capability, MailboxDatum, Response, Status};
use tokio::time::timeout;

use super::{FolderState, ImapAccount, ImapError, utf7};
use crate::transport::stream::Stream;

pub(super) type Inner = async_imap::Session<Stream>;

/// A signed-in connection. After an error it is of no use any more: connect anew.
pub struct ImapSession {
    /// `None` after a call was dropped half way.
    pub(super) inner: Option<Inner>,
    pub(super) account: ImapAccount,
    /// What the server offers once one is signed in (RFC 9051 7.2.2), in upper case.
    pub(super) offers: Vec<String>,
    /// The server spoke of new mail, and nobody has looked since.
    pub(super) fresh: bool,
}

impl ImapSession {
    pub(super) async fn begin(inner: Inner, account: ImapAccount) -> Result<Self, ImapError> {
        let mut session = Self { inner: Some(inner), account, offers: Vec::new(), fresh: false };
        // Asked after the login: many servers say less before it.
        let mut offers = Vec::new();
        session
            .run("CAPABILITY", "CAPABILITY".to_owned(), Duration::ZERO, |response| {
                if let Response::Capabilities(all) = response {
                    offers.extend(all.iter().filter_map(|one| match one {
                        Capability::Atom(atom) => Some(atom.to_uppercase()),
                        _ => None,
                    }));
                }
            })
            .await?;
        session.offers = offers;
        Ok(session)
    }

    /// Whether the server tells of new mail by itself (RFC 2177).
    pub fn can_idle(&self) -> bool {
        self.offers("IDLE")
    }

    /// Whether the server offers an extension, by its name in upper case.
    pub fn offers(&self, name: &str) -> bool {
        self.offers.iter().any(|one| one == name)
    }

    /// Opens the account's folder for reading.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn select(&mut self) -> Result<FolderState, ImapError> {
        let name = utf7::encode(&self.account.folder);
        self.examine(&name).await
    }

    /// Opens a folder for reading, by its name as the server writes it. EXAMINE changes nothing in it, not even what is
    /// unread (RFC 9051 6.3.3).
    pub(super) async fn examine(&mut self, name: &str) -> Result<FolderState, ImapError> {
        let limit = self.account.patience.command;
        let inner = self.inner.as_mut().ok_or_else(gone)?;
        let folder = match timeout(limit, inner.examine(name)).await {
            Ok(Ok(folder)) => folder,
            Ok(Err(Error::No(text) | Error::Bad(text))) => {
                let (command, reply) = ("EXAMINE", words(&text));
                return Err(match passes(&reply) {
                    true => ImapError::Refused { command, reply },
                    false => ImapError::FolderMissing { reply },
                });
            }
            Ok(Err(Error::Validate(_))) => {
                return Err(ImapError::FolderMissing { reply: "its name holds a line break".to_owned() });
            }
            Ok(Err(other)) => return Err(lost(&other)),
            Err(_) => return Err(ImapError::Timeout { command: "EXAMINE" }),
        };
        let uid_validity = folder.uid_validity.ok_or(ImapError::NoUids)?;
        // An old server may leave UIDNEXT out; then every number is possible.
        Ok(FolderState { uid_validity, uid_next: folder.uid_next.unwrap_or(u32::MAX), exists: folder.exists })
    }

    /// Says goodbye. A server that does not answer is left all the same.
    pub async fn log_out(mut self) {
        if let Some(mut inner) = self.inner.take() {
            let _ = timeout(Duration::from_secs(5), inner.logout()).await;
        }
    }

    /// One command up to its tagged answer. The library's own calls take a refusal for an empty answer, which
    /// would lose mails; so the answers are read here. `extra` is time for large answers.
    pub(super) async fn run(
        &mut self,
        command: &'static str,
        line: String,
        extra: Duration,
        each: impl FnMut(&Response<'_>) + Send,
    ) -> Result<(), ImapError> {
        self.run_in_parts(command, &[line], extra, each).await
    }

    /// The same for a command with literals (RFC 9051 4.3): each part but the last ends with the length of a literal, and the
    /// next one begins with it, once the server is ready.
    pub(super) async fn run_in_parts(
        &mut self,
        command: &'static str,
        parts: &[String],
        extra: Duration,
        mut each: impl FnMut(&Response<'_>) + Send,
    ) -> Result<(), ImapError> {
        let limit = self.account.patience.command + extra;
        let inner = self.inner.as_mut().ok_or_else(gone)?;
        let fresh = &mut self.fresh;
        let dialogue = async {
            let mut parts = parts.iter();
            let line = parts.next().map_or("NOOP", String::as_str);
            let id = &inner.run_command(line).await.map_err(|error| lost(&error))?;
            loop {
                let answer = match inner.read_response().await {
                    Ok(Some(answer)) => answer,
                    Ok(None) => return Err(ImapError::Lost { why: "the server closed it".to_owned() }),
                    Err(error) => return Err(lost(&Error::Io(error))),
                };
                match answer.parsed() {
                    Response::Done { tag, status: Status::Ok, .. } if tag == id => return Ok(()),
                    Response::Done { tag, outcome, .. } if tag == id => {
                        let reply = outcome.information.as_deref().unwrap_or_default().to_owned();
                        return Err(ImapError::Refused { command, reply });
                    }
                    Response::Data { status: Status::Bye, outcome } => {
                        let why = outcome.information.as_deref().unwrap_or("goodbye").to_owned();
                        return Err(ImapError::Lost { why });
                    }
                    Response::Continue(_) => {
                        let Some(part) = parts.next() else { continue };
                        inner.run_command_untagged(part).await.map_err(|error| lost(&error))?;
                    }
                    Response::MailboxData(MailboxDatum::Exists(_)) => *fresh = true,
                    other => each(other),
                }
            }
        };
        timeout(limit, dialogue).await.map_err(|_| ImapError::Timeout { command })?
    }
}

pub(super) fn gone() -> ImapError {
    ImapError::Lost { why: "it was left half way".to_owned() }
}

/// Without the bytes the library quotes in its errors: they may be somebody's mail.
pub(super) fn lost(error: &Error) -> ImapError {
    let why = match error {
        Error::Io(error) if error.kind() != std::io::ErrorKind::Other => error.to_string(),
        Error::Io(_) | Error::Parse(_) => "the server's answer could not be understood".to_owned(),
        other => other.to_string(),
    };
    ImapError::Lost { why }
}

/// Whether the server is in trouble itself (RFC 5530 3): then the setting may be right.
pub(super) fn passes(reply: &str) -> bool {
    ["[UNAVAILABLE]", "[SERVERBUG]", "[INUSE]", "[LIMIT]"].iter().any(|code| reply.contains(code))
}

/// The server's words from the library's error text, `code: None, info: Some("words")`.
pub(super) fn words(text: &str) -> String {
    let inner = text.split_once("info: Some(\"").map(|(_, rest)| rest.trim_end_matches("\")"));
    let inner = inner.or_else(|| {
        text.split_once("information: Some(\"").map(|(_, rest)| rest.split("\")").next().unwrap_or_default())
    });
    inner.unwrap_or(text).chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_refusal_is_shown_in_the_servers_words() {
        assert_eq!(
            words(r#"code: None, info: Some("[AUTHENTICATIONFAILED] Authentication failed.")"#),
            "[AUTHENTICATIONFAILED] Authentication failed."
        );
        assert_eq!(words("something else"), "something else");
    }
}
