//! Putting a mail into a folder (RFC 9051 6.3.12), once.

use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response};

use super::{ImapError, ImapSession, utf7};
use crate::domain::time::Timestamp;

/// How long a mail may take for each of these bytes beyond the usual time.
const BYTES_PER_SECOND: usize = 100_000;

impl ImapSession {
    /// Puts a mail into the account's folder, as read, with the time it was written as that of its arrival. `raw` is ASCII
    /// with CRLF at the ends of lines.
    ///
    /// # Errors
    /// [`ImapError::Refused`] with the server's words, such as that there is no room (RFC 5530 3).
    pub async fn append(&mut self, raw: &str, date: Timestamp) -> Result<(), ImapError> {
        let folder = quoted(&utf7::encode(&self.account.folder));
        let date = date.utc().format("%e-%b-%Y %H:%M:%S +0000");
        let head = format!("APPEND {folder} (\\Seen) \"{date}\" {{{}}}", raw.len());
        let more = Duration::from_secs((raw.len() / BYTES_PER_SECOND) as u64);
        self.run_in_parts("APPEND", &[head, raw.to_owned()], more, |_| ()).await
    }

    /// Whether a mail of this Message-ID, without its brackets, lies in the folder that is open.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn holds(&mut self, message_id: &str) -> Result<bool, ImapError> {
        let line = format!("UID SEARCH HEADER Message-ID {}", quoted(message_id));
        let mut found = false;
        self.run("SEARCH", line, Duration::ZERO, |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found |= !uids.is_empty();
            }
        })
        .await?;
        Ok(found)
    }
}

/// A quoted string (RFC 9051 4.3.2).
pub(super) fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_name_stays_one_word_of_the_command() {
        assert_eq!(quoted("Archive/2026"), "\"Archive/2026\"");
        assert_eq!(quoted("a\"b\\c\r\nLOGOUT"), "\"a\\\"b\\\\cLOGOUT\"");
    }
}
