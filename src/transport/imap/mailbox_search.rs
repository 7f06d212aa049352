//! Which mails of a folder are looked at: the newest, those of a time, those with some words or ids. The server searches, and
//! sorts where it offers that (RFC 5256 3); nothing is asked for that would make it read a whole mailbox.

use std::fmt::Write as _;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response};

use super::mailbox::Mailbox;
use super::{FolderState, ImapError};
use crate::domain::time::Timestamp;

/// Mails on one page of a folder.
pub(super) const PAGE: usize = 200;
/// Where the server sorts, the newest by date are looked for among so many that came last.
const SORTED: u32 = 2_000;
/// More words make a search no better.
const MOST_WORDS: usize = 5;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Which mails are wanted, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Those that came last; page 0 is the newest.
    Newest { page: u32 },
    /// Those that came between two times, the newest of them. `None` for no end.
    Between { from: Option<Timestamp>, until: Option<Timestamp> },
    /// Those with all these words in subject, From, To or Cc.
    Words { words: Vec<String>, page: u32 },
    /// Those that have or name one of these Message-IDs.
    Ids(Vec<String>),
}

impl Mailbox {
    /// The UIDs of the wanted mails of the open folder, 200 at most, newest first; and whether there are older ones.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn find(&mut self, folder: FolderState, wish: &Wish) -> Result<(Vec<u32>, bool), ImapError> {
        if folder.exists == 0 {
            return Ok((Vec::new(), false));
        }
        let (parts, skipped, mut more) = match wish {
            Wish::Newest { page } => {
                let Some(block) = block(folder.exists, *page, self.can.sort) else {
                    return Ok((Vec::new(), false));
                };
                (vec![format!("{}:{}", block.first, block.last)], block.skipped, block.first > 1)
            }
            Wish::Between { from, until } => (vec![between(*from, *until)], 0, false),
            Wish::Words { words, page } => (with_words(words), *page as usize * PAGE, false),
            Wish::Ids(ids) => (vec![with_ids(ids)], 0, false),
        };
        let mut found = self.search_or_sort(parts).await?;
        found.drain(..skipped.min(found.len()));
        more |= found.len() > PAGE;
        found.truncate(PAGE);
        Ok((found, more))
    }

    /// Newest first: by date where the server sorts, else as they came.
    async fn search_or_sort(&mut self, mut parts: Vec<String>) -> Result<Vec<u32>, ImapError> {
        let literal = parts.len() > 1;
        let command = if self.can.sort { "UID SORT" } else { "UID SEARCH" };
        let start = match (self.can.sort, literal) {
            (true, _) => "UID SORT (REVERSE DATE) UTF-8 ",
            (false, true) => "UID SEARCH CHARSET UTF-8 ",
            (false, false) => "UID SEARCH ",
        };
        if let Some(first) = parts.first_mut() {
            first.insert_str(0, start);
        }
        let mut found = Vec::new();
        self.session
            .run_in_parts(command, &parts, Duration::ZERO, |response| {
                if let Response::MailboxData(MailboxDatum::Search(uids) | MailboxDatum::Sort(uids)) = response
                {
                    found.extend_from_slice(uids);
                }
            })
            .await?;
        if !self.can.sort {
            found.sort_unstable_by(|a, b| b.cmp(a));
        }
        Ok(found)
    }
}

/// Mails by their place in the folder, and how many of the newest among them were on earlier pages.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    first: u32,
    last: u32,
    skipped: usize,
}

/// `None` beyond the oldest.
fn block(exists: u32, page: u32, sorts: bool) -> Option<Block> {
    let size = if sorts { SORTED } else { 200 };
    let before = u64::from(page) * 200 / u64::from(size) * u64::from(size);
    let last = exists.checked_sub(u32::try_from(before).ok()?).filter(|last| *last > 0)?;
    let skipped = u64::from(page) * 200 - before;
    if skipped >= u64::from(last) {
        return None;
    }
    Some(Block { first: last.saturating_sub(size - 1).max(1), last, skipped: usize::try_from(skipped).ok()? })
}

/// Days are those of the server (RFC 9051 6.4.4): one more on either side.
fn between(from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    let day = |at: Timestamp| at.utc().format("%-d-%b-%Y").to_string();
    let mut text = "ALL".to_owned();
    if let Some(from) = from {
        let _ = write!(text, " SINCE {}", day(from - DAY));
    }
    if let Some(until) = until {
        let _ = write!(text, " BEFORE {}", day(until + DAY + DAY));
    }
    text
}

/// Each word in one of four fields; words that ASCII cannot write are sent as literals.
fn with_words(words: &[String]) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in words.iter().take(MOST_WORDS) {
        for start in ["OR OR SUBJECT ", " FROM ", " OR TO ", " CC "] {
            let place = parts.last_mut();
            if let Some(place) = place {
                let gap = if start.starts_with('O') && !place.is_empty() { " " } else { "" };
                let _ = write!(place, "{gap}{start}");
            }
            put_text(&mut parts, word);
        }
    }
    if parts.len() == 1 && parts[0].is_empty() {
        parts[0].push_str("ALL");
    }
    parts
}

fn put_text(parts: &mut Vec<String>, text: &str) {
    let Some(place) = parts.last_mut() else { return };
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let _ = write!(place, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    } else {
        let _ = write!(place, "{{{}}}", text.len());
        parts.push(text.to_owned());
    }
}

/// Ids that cannot stand in a quoted string are left out.
fn with_ids(ids: &[String]) -> String {
    let plain =
        |id: &&String| id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
    let mut terms: Vec<String> = Vec::new();
    for id in ids.iter().filter(plain) {
        for field in ["MESSAGE-ID", "REFERENCES", "IN-REPLY-TO"] {
            terms.push(format!("HEADER {field} \"{id}\""));
        }
    }
    // OR takes two (RFC 9051 6.4.4); nothing has no ids.
    terms.into_iter().reduce(|all, one| format!("OR {one} {all}")).unwrap_or_else(|| "NOT ALL".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Block, between, block, with_ids, with_words};
    use crate::domain::time::Timestamp;

    fn words(words: &[&str]) -> Vec<String> {
        with_words(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_searched_in_four_fields_and_foreign_ones_are_literals() {
        assert_eq!(words(&["a\"b"]), [r#"OR OR SUBJECT "a\"b" FROM "a\"b" OR TO "a\"b" CC "a\"b""#]);
        assert_eq!(
            words(&["预算", "x"]),
            [
                "OR OR SUBJECT {6}",
                "预算 FROM {6}",
                "预算 OR TO {6}",
                "预算 CC {6}",
                "预算 OR OR SUBJECT \"x\" FROM \"x\" OR TO \"x\" CC \"x\""
            ]
        );
        // Nothing that is typed ends the line.
        assert!(words(&["a\r\nx DELETE INBOX"])[0].ends_with('}'));
        assert_eq!(words(&[]), ["ALL"]);
    }

    #[test]
    fn pages_go_back_from_the_newest_and_end() {
        let of = |exists, page, sorts| block(exists, page, sorts).map(|b| (b.first, b.last, b.skipped));
        assert_eq!(of(50_000, 0, false), Some((49_801, 50_000, 0)));
        assert_eq!(of(50_000, 1, false), Some((49_601, 49_800, 0)));
        assert_eq!(of(50_000, 11, true), Some((46_001, 48_000, 200)));
        assert_eq!(of(250, 1, false), Some((1, 50, 0)));
        assert_eq!(of(250, 1, true), Some((1, 250, 200)));
        assert_eq!(of(250, 2, false), None);
        assert_eq!(of(250, 2, true), None);
        assert_eq!(of(250, u32::MAX, true), None);
        assert_eq!(block(1, 0, true), Some(Block { first: 1, last: 1, skipped: 0 }));
    }

    #[test]
    fn days_and_ids_are_written_as_the_server_wants_them() {
        let day = |n: i64| Some(Timestamp::from_millis(n * 86_400_000));
        assert_eq!(between(day(2), day(40)), "ALL SINCE 2-Jan-1970 BEFORE 12-Feb-1970");
        assert_eq!(between(None, None), "ALL");
        let ids = |all: &[&str]| with_ids(&all.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            ids(&["a@x", "b\"@x"]),
            "OR HEADER IN-REPLY-TO \"a@x\" OR HEADER REFERENCES \"a@x\" HEADER MESSAGE-ID \"a@x\""
        );
        assert_eq!(ids(&[]), "NOT ALL");
    }
}
