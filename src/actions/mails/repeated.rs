//! Mails to a group that say the same again and again: a program that answers without saying that it is one (RFC 3834),
//! a resent mail with a new Message-ID, two programs that answer each other.

use std::time::Duration;

use super::super::{Actions, Result};
use super::Arrived;
use crate::domain::digest::Digest;
use crate::domain::ids::GroupId;
use crate::domain::ledger::Ignored;
use crate::domain::message::MessagePlace;
use crate::store;
use crate::store::files::StoredFile;

const HOUR: Duration = Duration::from_secs(3600);
/// Mails of one sender that become messages of one group within an hour: more than anybody types.
const MOST_MAILS: usize = 60;
/// People say "ok" again; nobody types this many letters twice. A Chinese character weighs as much as a short word.
const LONG_TEXT: usize = 32;
const WIDE: usize = 3;
/// How often the same short text is taken within an hour.
const MOST_SHORT: usize = 5;

/// Why a mail is not to become a message.
pub(super) enum Surplus {
    Why(Ignored),
    /// It is the mail that this message came by, under another Message-ID: relays make a new one, and so do lists.
    Copy(MessagePlace),
}

/// What a mail is about to say in a group.
pub(super) struct Said<'a> {
    pub group: GroupId,
    pub text: &'a str,
    pub files: &'a [StoredFile],
}

impl Actions {
    /// Why a mail is not to become a message, after what its sender wrote to the group within the last hour.
    pub(super) async fn too_often(&self, arrived: &Arrived, said: &Said<'_>) -> Result<Option<Surplus>> {
        let Some(from) = arrived.mail.from.first() else { return Ok(None) };
        let since = self.clock.now() - HOUR;
        let mut tx = self.store.read().await?;
        let before = store::messages::mailed_since(&mut tx, said.group, from.address.key(), since).await?;
        if before.len() >= MOST_MAILS {
            return Ok(Some(Surplus::Why(Ignored::TooMany)));
        }
        let most = if weight(said.text) >= LONG_TEXT { 1 } else { MOST_SHORT };
        let mut files: Vec<Digest> = said.files.iter().map(|f| f.digest).collect();
        files.sort_unstable();
        let mut times = 0;
        for one in before.iter().filter(|one| same_words(&one.markdown, said.text)) {
            let mut same = store::files::digests_of_message(&mut tx, one.message).await?;
            same.sort_unstable();
            if same != files {
                continue;
            }
            times += 1;
            if arrived.mail.date == Some(one.dated_at) {
                return Ok(Some(Surplus::Copy(MessagePlace { group: said.group, seq: one.seq })));
            }
            if times >= most {
                return Ok(Some(Surplus::Why(Ignored::Repeated)));
            }
        }
        Ok(None)
    }
}

pub(super) fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

fn weight(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).map(|c| if c >= '\u{2e80}' { WIDE } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_say_again_weighs_little() {
        for text in ["ok", "Thanks, Anna!", "好的，收到，谢谢！", "Yes, let us do that on Monday.", "👍👍👍"]
        {
            assert!(weight(text) < LONG_TEXT, "{text}");
        }
        for text in [
            "I am out of the office until Monday. Please ask Bo.",
            "我正在休假，下周一回来，急事请致电王小明。",
        ] {
            assert!(weight(text) >= LONG_TEXT, "{text}");
        }
        assert!(same_words(" a  b\n", "a b") && !same_words("a b", "ab"));
    }
}
