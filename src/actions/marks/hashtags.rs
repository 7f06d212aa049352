//! Tags that authors write into their messages, in the browser or by mail: `#decision`, `#风险`, or one of the group's own.
//! They mark the whole message, for as long as they stand in it.

use super::{is_action, pieces};
use crate::actions::tags::Maker;
use crate::actions::{Actions, Result};
use crate::domain::ids::{PersonId, TagId};
use crate::domain::mark::{Mark, MarkSource, Piece, Somebody, Task};
use crate::domain::message::{Grade, Message};
use crate::domain::safe_html::SafeHtml;
use crate::domain::tag::TagName;
use crate::mail::shown;
use crate::store::{self, Tx};

/// So many tags of a message count.
const MOST: usize = 10;
/// So many tags of the group's own come to be by one message.
const MOST_NEW: usize = 3;
/// The longest name that makes a new tag, in characters; without spaces a sentence may follow the sign.
const LONGEST_NEW: usize = 30;
const LONGEST_NEW_UNSPACED: usize = 8;

/// What follows the sign in programs.
const OF_PROGRAMS: [&str; 12] = [
    "include", "define", "undef", "if", "ifdef", "ifndef", "elif", "else", "endif", "pragma", "import",
    "region",
];

impl Actions {
    /// Marks a new message with the tags that its author wrote. Whom alone it mentions is to do the action. No statement
    /// for a message without tags, otherwise four at the most.
    pub(in crate::actions) async fn mark_hashtags(
        &self,
        tx: &mut Tx,
        message: &mut Message,
        mentions: &[PersonId],
    ) -> Result<()> {
        let words = shown::hashtags(&message.body.html);
        self.add(tx, (message, mentions), words).await
    }

    async fn add(
        &self,
        tx: &mut Tx,
        (message, mentions): (&mut Message, &[PersonId]),
        words: Vec<String>,
    ) -> Result<()> {
        let names = names(&words);
        let is_sure = message.author.grade == Grade::Confirmed;
        let Some(by) = message.author.person_id.filter(|_| is_sure && !names.is_empty()) else {
            return Ok(());
        };
        let maker = Maker { actions: self, group: message.group_id, by, colour: None };
        let tags = maker.tags(tx, &names).await?;
        let assignee = match mentions {
            [only] if tags.iter().any(is_action) => store::persons::find(tx, *only).await?,
            _ => None,
        };
        let assignee = assignee.map(|person| Somebody { id: Some(person.id), name: person.full_name });
        let has =
            |tag: TagId| message.marks.iter().any(|mark| mark.tag.id == tag && mark.piece == Piece::Message);
        let new: Vec<store::marks::New> = tags
            .into_iter()
            .filter(|tag| !has(tag.id))
            .map(|tag| {
                let task = Task { assignee: assignee.clone().filter(|_| is_action(&tag)), ..Task::default() };
                let mark = Mark {
                    id: self.clock.new_id(),
                    message_id: message.id,
                    place: message.place(),
                    tag,
                    piece: Piece::Message,
                    content: pieces::content(message),
                    topic: String::new(),
                    source: MarkSource::Hashtag,
                    marked_by: Somebody { id: Some(by), name: message.author.name.clone() },
                    marked_at: self.clock.now(),
                    task,
                    edits: message.trace.edits,
                };
                (mark, pieces::said(message))
            })
            .collect();
        store::marks::insert(tx, &new).await?;
        message.marks.extend(new.into_iter().map(|(mark, _)| mark));
        Ok(())
    }
}

/// After an edit, in its transaction: what is written now marks the message, what is not any more does not. `message` is
/// as it was, but for its text.
pub(in crate::actions) async fn change(
    actions: &Actions,
    tx: &mut Tx,
    (message, before): (&mut Message, &SafeHtml),
    mentions: &[PersonId],
) -> Result<()> {
    let (old, new) = (shown::hashtags(before), shown::hashtags(&message.body.html));
    let (old_names, new_names) = (names(&old), names(&new));
    let gone: Vec<String> = old_names
        .iter()
        .map(|(name, _)| name.folded())
        .filter(|old| new_names.iter().all(|(name, _)| name.folded() != *old))
        .collect();
    if !gone.is_empty() {
        let tags = store::tags::list_named(tx, message.group_id, &gone).await?;
        let tags: Vec<TagId> = tags.into_iter().map(|(tag, _)| tag.id).collect();
        store::marks::delete_hashtags(tx, message.id, &tags).await?;
    }
    let is_old = |word: &String| old.contains(word);
    let added = new.into_iter().filter(|word| !is_old(word)).collect();
    actions.add(tx, (message, mentions), added).await
}

/// Which tags these words name, each once, and whether one may come to be by it.
fn names(words: &[String]) -> Vec<(TagName, bool)> {
    let mut names: Vec<(TagName, bool)> = Vec::new();
    let mut new = 0;
    for word in words {
        let Ok(name) = word.parse::<TagName>() else { continue };
        if names.len() == MOST || names.iter().any(|(known, _)| known.folded() == name.folded()) {
            continue;
        }
        let may_be_new = matches!(name, TagName::Own(_)) && is_a_name(word) && new < MOST_NEW;
        new += usize::from(may_be_new);
        names.push((name, may_be_new));
    }
    names
}

/// Whether a word that no tag has is meant as one: it begins with a letter, is neither a colour nor a line of a program,
/// and no sentence.
fn is_a_name(word: &str) -> bool {
    let count = word.chars().count();
    let is_colour = matches!(count, 3 | 4 | 6 | 8) && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_unspaced = word.chars().any(|c| matches!(c, '\u{e00}'..='\u{eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'));
    let longest = if is_unspaced { LONGEST_NEW_UNSPACED } else { LONGEST_NEW };
    word.starts_with(char::is_alphabetic)
        && (2..=longest).contains(&count)
        && !is_colour
        && !OF_PROGRAMS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_meant_as_a_name_makes_a_new_tag() {
        for (word, is_name) in [
            ("budget", true),
            ("next-steps", true),
            ("Q3", true),
            ("预算", true),
            ("我们决定明天下午开会讨论", false),
            ("12", false),
            ("3rd", false),
            ("fff", false),
            ("c0ffee", false),
            ("include", false),
            ("a", false),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            assert_eq!(is_a_name(word), is_name, "{word}");
        }
    }

    #[test]
    fn a_message_names_each_tag_once_and_makes_few() {
        let words = ["decision", "Entscheidung", "one", "two", "three", "four", "12"].map(str::to_owned);
        let may: Vec<bool> = names(&words).into_iter().map(|(_, may)| may).collect();
        assert_eq!(may, [false, true, true, true, false, false]);
    }
}
