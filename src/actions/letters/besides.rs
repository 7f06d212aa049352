//! What a mail of a group says beside what is new, as its receiver reads it.

use super::super::Actions;
use super::super::besides::Besides;
use super::super::enclosures::Enclosed;
use super::Receiver;
use super::message::{letter_message, written};
use crate::domain::message::Message;
use crate::mail::letters::{LetterBesides, LetterChange, LetterTask, preview};
use crate::store::asked::AskedTask;

pub(super) fn letter_besides(actions: &Actions, to: &Receiver<'_>, besides: &Besides) -> LetterBesides {
    let nothing = Enclosed::default();
    let shown = |message: &Message| letter_message(actions, to, (message, &nothing));
    let change = |message: &Message| {
        let mut shown = shown(message);
        if shown.text.trim().is_empty() {
            shown.text = message.file_names();
        }
        let (removed, moved) = (message.trace.removed.is_some(), message.moved_to().is_some());
        LetterChange { message: shown, removed, moved }
    };
    LetterBesides {
        tasks: besides.tasks.iter().map(|task| letter_task(actions, to, task)).collect(),
        changes: besides.changes.iter().map(change).collect(),
        quoted: besides.quoted.iter().map(shown).collect(),
    }
}

fn letter_task(actions: &Actions, to: &Receiver<'_>, task: &AskedTask) -> LetterTask {
    let place = format!("/groups/{}?at={seq}#m-{seq}", to.group.id, seq = task.seq);
    LetterTask {
        by: task.asked_by.clone(),
        due: task.due_on.map(|day| day.to_string()),
        said: match task.topic.as_str() {
            "" => preview(&task.said),
            topic => preview(&format!("{topic}: {}", task.said)),
        },
        author: task.author.clone(),
        when: written(to.zone, task.posted_at),
        link: actions.settings.public_url.join(&place),
    }
}
