//! What changed about a group, in a sentence.

use super::{Texts, Value};
use crate::domain::export::Format;
use crate::domain::group::{Adding, History, Role};
use crate::domain::mail_notes::Attendance;
use crate::domain::notice::{Named, Notice};

/// How many of many people a sentence names.
const NAMED: usize = 5;

impl Texts {
    /// The sentence of a notice by `author`. Names and topics pass through `dress`, which can mark them: on a page
    /// each has its own writing direction.
    pub fn notice(&self, author: &str, notice: &Notice, dress: impl Fn(&str) -> String) -> String {
        let author = dress(author);
        let one = |key: &str| self.with(key, &[("author", author.as_str())]);
        let about = |key: &str, person: &Named| {
            self.with(key, &[("author", author.clone()), ("name", dress(&person.name))])
        };
        let text = match notice {
            Notice::Added { people, history } => {
                let key = match history {
                    History::Start => "notice-added",
                    History::Now => "notice-added-from-now",
                };
                let names = people.iter().map(|person| dress(&person.name)).collect();
                self.with(key, &[("author", author.clone()), ("names", self.list(names))])
            }
            Notice::TakenBack { people, invited } => {
                let names = people.iter().map(|person| dress(&person.name)).collect();
                let values =
                    [("author", Value::from(author.clone())), ("names", Value::from(self.list(names)))];
                let text = self.with("notice-taken-back", &values);
                match invited {
                    0 => text,
                    n => {
                        let values = [("notice", Value::from(text.into_owned())), ("n", Value::from(*n))];
                        self.with("notice-taken-back-invited", &values)
                    }
                }
            }
            Notice::Removed { person } => about("notice-removed", person),
            Notice::Left => one("notice-left"),
            Notice::Role { person, role: Role::Owner } => about("notice-owner", person),
            Notice::Role { person, role: Role::Member } => about("notice-no-owner", person),
            Notice::Inherited => one("notice-inherited"),
            Notice::Topic { before, now } => self.with(
                "notice-topic",
                &[("author", author.clone()), ("before", dress(before)), ("now", dress(now))],
            ),
            Notice::Shared { title, version } => {
                let key = if *version > 1 { "notice-share-updated" } else { "notice-shared" };
                self.with(key, &[("author", author.clone()), ("title", dress(title))])
            }
            Notice::ShareRecalled { title } => {
                self.with("notice-share-recalled", &[("author", author.clone()), ("title", dress(title))])
            }
            Notice::InvitationAnswered { attendance, title, when, words } => {
                let key = match attendance {
                    Attendance::Accepted => "notice-invitation-accepted",
                    Attendance::Tentative => "notice-invitation-tentative",
                    Attendance::Declined => "notice-invitation-declined",
                };
                let mut text = self.with(key, &[("author", author.clone()), ("title", dress(title))]);
                for (key, name, value) in
                    [("notice-invitation-when", "when", when), ("notice-invitation-words", "words", words)]
                {
                    if !value.is_empty() {
                        text = self.with(key, &[("notice", text.into_owned()), (name, dress(value))]);
                    }
                }
                text
            }
            Notice::OutsideSharing { allowed: true } => one("notice-outside-allowed"),
            Notice::OutsideSharing { allowed: false } => one("notice-outside-forbidden"),
            Notice::Adding { by: Adding::Owners } => one("notice-adding-owners"),
            Notice::Adding { by: Adding::Members } => one("notice-adding-members"),
            Notice::Exported { format: Format::Mbox } => one("notice-exported-mbox"),
            Notice::Exported { format: Format::Zip } => one("notice-exported-zip"),
        };
        text.into_owned()
    }

    /// `A, B and C`; of very many only the first ones.
    fn list(&self, mut names: Vec<String>) -> String {
        let pair = |key: &str, first: String, next: String| {
            self.with(key, &[("first", Value::from(first)), ("next", Value::from(next))]).into_owned()
        };
        if names.len() > NAMED + 1 {
            let others = names.len() - NAMED;
            names.truncate(NAMED);
            let first = names.into_iter().reduce(|first, next| pair("names-comma", first, next));
            let values = [("first", Value::from(first.unwrap_or_default())), ("n", Value::from(others))];
            return self.with("names-others", &values).into_owned();
        }
        let Some(last) = names.pop() else { return String::new() };
        match names.into_iter().reduce(|first, next| pair("names-comma", first, next)) {
            Some(first) => pair("names-and", first, last),
            None => last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::domain::language::Language;

    #[test]
    fn a_sentence_names_some_and_counts_the_others() {
        let clock = Clock::system();
        let people = |n: usize| -> Vec<Named> {
            (1..=n).map(|at| Named { id: clock.new_id(), name: format!("P{at}") }).collect()
        };
        let added = |t: Texts, n: usize| {
            let notice = Notice::Added { people: people(n), history: History::Start };
            t.notice("Anna", &notice, str::to_owned)
        };
        let (english, chinese) = (Texts::of(Language::English), Texts::of(Language::Chinese));
        assert_eq!(added(english, 1), "Anna added P1");
        assert_eq!(added(english, 3), "Anna added P1, P2 and P3");
        assert_eq!(added(english, 6), "Anna added P1, P2, P3, P4, P5 and P6");
        assert_eq!(added(english, 60), "Anna added P1, P2, P3, P4, P5 and 55 others");
        assert_eq!(added(chinese, 3), "Anna 添加了 P1、P2 和 P3");
        assert_eq!(added(chinese, 60), "Anna 添加了 P1、P2、P3、P4、P5 和其他 55 人");
    }
}
