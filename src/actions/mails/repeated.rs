//! Mails to a group that say the same again and again: a program that answers without saying that it is one (RFC 3834),
//! a resent mail with a new Message-ID, two programs that answer each other.

use std::collections::HashSet;
use std::time::Duration;

use super::super::{Actions, Result};
use super::Arrived;
use super::route::senders;
use crate::domain::digest::Digest;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::ledger::Ignored;
use crate::domain::message::MessagePlace;
use crate::domain::time::Timestamp;
use crate::store::files::StoredFile;
use crate::store::{self, Tx};

const HOUR: Duration = Duration::from_secs(3600);
/// Mails of one sender that become messages of one group within an hour: more than anybody types.
const MOST_MAILS: usize = 60;
/// The same of mails of a messenger, whose lines are short.
const MOST_LINES: usize = 600;
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
/// So many mails of somebody that each answered one of ours at once are a program's: the next one is none of a person's.
const MOST_PROMPT: usize = 2;
/// Nobody reads a mail and answers it within that time, again and again.
const PROMPT: Duration = Duration::from_secs(8);
/// How often about the same is said in answer to mails of ours, if it is a long text: people say "yes" to each.
const MOST_ALIKE: usize = 2;

/// What a mail is about to say in a group.
pub(super) struct Said<'a> {
    pub group: GroupId,
    pub text: &'a str,
    pub files: &'a [StoredFile],
    /// Whose mails of ours it may answer, if not those of whoever wrote it: who forwards the address, or the mail.
    pub reached: Option<PersonId>,
}

/// How the mails of one sender came within the last hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rounds {
    /// That came after another mail of ours each.
    all: usize,
    /// That came at once after it.
    prompt: usize,
    /// The newest one is such an answer at once.
    is_prompt: bool,
}

impl Rounds {
    /// `came`: when their mails came, the newest last; `sent`: from when until when ours to them were on their way.
    fn of(came: &[Timestamp], sent: &[(Timestamp, Timestamp)]) -> Self {
        let mut rounds = Self::default();
        let mut before: Option<Timestamp> = None;
        for at in came {
            let between =
                sent.iter().filter(|(begun, _)| begun <= at && before.is_none_or(|last| *begun > last));
            let newest = between.map(|(begun, done)| *begun.max(done)).max();
            rounds.is_prompt = newest.is_some_and(|done| *at - done <= PROMPT);
            rounds.all += usize::from(newest.is_some());
            rounds.prompt += usize::from(rounds.is_prompt);
            before = Some(*at);
        }
        rounds
    }

    fn is_program(self) -> bool {
        self.is_prompt && self.prompt > MOST_PROMPT
    }
}

impl Actions {
    /// Why a mail is not to become a message, after what its sender wrote to the group within the last hour.
    pub(super) async fn too_often(&self, arrived: &Arrived, said: &Said<'_>) -> Result<Option<Surplus>> {
        let Some(from) = arrived.mail.from.first() else { return Ok(None) };
        let since = self.clock.now() - HOUR;
        let mut tx = self.store.read().await?;
        let before = store::messages::mailed_since(&mut tx, said.group, from.address.key(), since).await?;
        let most_mails = if arrived.mail.chat.by_messenger { MOST_LINES } else { MOST_MAILS };
        if before.len() >= most_mails {
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
        if before.len() < MOST_ALIKE.min(MOST_PROMPT) {
            return Ok(None);
        }
        let rounds = self.rounds(&mut tx, arrived, said.reached).await?;
        let alike =
            before.iter().filter(|one| files.is_empty() && are_alike(&one.markdown, said.text)).count();
        // With a counter, or the time, in it.
        if rounds.all > MOST_ALIKE && alike >= MOST_ALIKE && weight(said.text) >= LONG_TEXT {
            return Ok(Some(Surplus::Why(Ignored::Repeated)));
        }
        Ok(rounds.is_program().then_some(Surplus::Why(Ignored::Loop)))
    }

    /// Whether whoever wrote this answers each mail of ours at once, as a program does that does not say so.
    pub(super) async fn answers_itself(&self, arrived: &Arrived) -> Result<bool> {
        let mut tx = self.store.read().await?;
        Ok(self.rounds(&mut tx, arrived, None).await?.is_program())
    }

    /// A mail that goes to others as well, or hands something on, is no program's answer; nor is one of a messenger, by which
    /// people answer at once.
    async fn rounds(&self, tx: &mut Tx, arrived: &Arrived, reached: Option<PersonId>) -> Result<Rounds> {
        let mail = &arrived.mail;
        let to_others = mail.to.iter().chain(&mail.cc).any(|named| !self.settings.mail.owns(&named.address));
        let Some(from) =
            mail.from.first().filter(|_| !to_others && !mail.chat.by_messenger && mail.handed_on().is_none())
        else {
            return Ok(Rounds::default());
        };
        let (now, since) = (self.clock.now(), self.clock.now() - HOUR);
        let mut persons = senders(tx, arrived).await?;
        persons.extend(reached);
        let sent = store::deliveries::sent_since(tx, &persons, since).await?;
        let mut came = store::ledger::came_from(tx, from.address.key(), since).await?;
        came.push(now);
        Ok(Rounds::of(&came, &sent))
    }
}

pub(super) fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Whether most words are the same, numbers aside.
fn are_alike(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let (same, all) = (a.intersection(&b).count(), a.union(&b).count());
    all > 0 && same * 4 >= all * 3
}

/// A Chinese character is a word.
fn words(text: &str) -> HashSet<String> {
    let spaced =
        text.chars().flat_map(|c| if c >= '\u{2e80}' { [Some(' '), Some(c)] } else { [Some(c), None] });
    let spaced: String = spaced.flatten().collect();
    let words = spaced.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
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

    #[test]
    fn a_counter_makes_no_other_text() {
        for (a, b, alike) in [
            (
                "Thank you for mail 1 of 09:12. I answer soon.",
                "Thank you for mail 27 of 10:40. I answer soon.",
                true,
            ),
            ("您的第1封邮件已收到。", "您的第2封邮件已收到。", true),
            ("Yes, on Monday.", "No, not on Tuesday.", false),
            ("1", "2", false),
        ] {
            assert_eq!(are_alike(a, b), alike, "{a} / {b}");
        }
    }

    #[test]
    fn who_answers_each_mail_at_once_is_a_program() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let sent = |times: &[i64]| times.iter().map(|t| (at(*t), at(*t + 1))).collect::<Vec<_>>();
        let came = |times: &[i64]| times.iter().map(|t| at(*t)).collect::<Vec<_>>();
        for (sent_at, came_at, is_program) in [
            (&[0, 100, 200][..], &[3, 103, 203][..], true),
            // Even before we noted that ours was sent.
            (&[0, 100, 200], &[0, 100, 200], true),
            // A person who thinks for once.
            (&[0, 100, 200], &[3, 103, 290], false),
            (&[0, 100, 200], &[3, 190, 203], false),
            // Many mails after one of ours.
            (&[0], &[1, 2, 3, 4], false),
            (&[], &[1, 2, 3], false),
        ] {
            assert_eq!(Rounds::of(&came(came_at), &sent(sent_at)).is_program(), is_program, "{came_at:?}");
        }
    }
}
