//! Which folders of a person's mailbox hold their threads: what came in, and what they sent.

use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};

use super::ImapError;
use super::mailbox::Mailbox;
use super::utf7;

pub(super) const INBOX: &str = "INBOX";
/// Where a server does not say which folder it is (RFC 6154), the names that mail programs give it.
const USUAL: [&str; 12] = [
    "Sent",
    "Sent Items",
    "Sent Messages",
    "Sent Mail",
    "Gesendet",
    "Gesendete Objekte",
    "Gesendete Elemente",
    "已发送",
    "已发送邮件",
    "已发送消息",
    "发件箱",
    "寄件備份",
];

/// A folder as LIST tells it.
struct Listed {
    name: String,
    delimiter: String,
    is_sent: bool,
    can_open: bool,
}

impl Mailbox {
    /// INBOX and, if there is one, the folder of what was sent; names as the server writes them.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn folders(&mut self) -> Result<Vec<String>, ImapError> {
        let mut all = vec![INBOX.to_owned()];
        let marked =
            if self.can.special_use { self.list("LIST (SPECIAL-USE) \"\" \"*\"").await? } else { Vec::new() };
        if let Some(sent) = marked.into_iter().find(|folder| folder.is_sent && folder.can_open) {
            all.push(sent.name);
            return Ok(all);
        }
        let listed = self.list("LIST \"\" \"%\"").await?;
        let mut below = Vec::new();
        if listed.iter().all(|folder| usual(folder).is_none()) {
            // Some servers keep every folder below INBOX.
            below = self.list("LIST \"\" \"INBOX/%\"").await?;
            below.extend(self.list("LIST \"\" \"INBOX.%\"").await?);
        }
        let found = listed.into_iter().chain(below).filter(|folder| folder.can_open);
        let sent = found.filter_map(|folder| Some((usual(&folder)?, folder.name))).min();
        all.extend(sent.map(|(_, name)| name));
        Ok(all)
    }

    async fn list(&mut self, line: &str) -> Result<Vec<Listed>, ImapError> {
        let mut all = Vec::new();
        self.session
            .run("LIST", line.to_owned(), Duration::ZERO, |response| {
                let Response::MailboxData(MailboxDatum::List(data)) = response else { return };
                all.push(Listed {
                    name: data.name.clone().into_owned(),
                    delimiter: data.delimiter.clone().unwrap_or_default().into_owned(),
                    is_sent: data.name_attributes.contains(&NameAttribute::Sent),
                    can_open: !data.name_attributes.contains(&NameAttribute::NoSelect),
                });
            })
            .await?;
        Ok(all)
    }
}

/// The place of a folder's name among those of what was sent; the first is the most likely.
fn usual(folder: &Listed) -> Option<usize> {
    if folder.is_sent {
        return Some(0);
    }
    let last = match folder.delimiter.is_empty() {
        true => folder.name.as_str(),
        false => folder.name.rsplit(&folder.delimiter).next().unwrap_or_default(),
    };
    USUAL.iter().position(|name| utf7::encode(name).eq_ignore_ascii_case(last))
}
