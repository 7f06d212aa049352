//! A message as it stands in a mail to one of its receivers.

use super::super::Actions;
use super::super::enclosures::Enclosed;
use super::Receiver;
use crate::domain::file::File;
use crate::domain::message::{Answered, Grade, Message};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::mail::letters::{LetterAnswered, LetterFile, LetterMessage};
use crate::texts::Texts;

pub(super) fn letter_message(
    actions: &Actions,
    to: &Receiver<'_>,
    (message, enclosed): (&Message, &Enclosed),
) -> LetterMessage {
    let texts = Texts::of(to.language);
    let unsure = match (message.share, message.author.grade) {
        (Some(_), _) => "by-share",
        (None, Grade::Disowned) => "by-nobody",
        (None, _) => "by-link",
    };
    let by_link = (message.author.grade != Grade::Confirmed).then(|| texts.get(unsure).into_owned());
    let from = message.taken_from.as_ref().map(|from| match &from.moved_by {
        // Not from where: its receiver need not know that group.
        Some(mover) => texts.with("mail-moved-here", &[("name", mover.name.as_str())]).into_owned(),
        None => texts.with("mail-taken-from", &[("topic", from.topic.as_str())]).into_owned(),
    });
    let sent_by = message.notes.sent_by.as_ref();
    let sent_by = sent_by.map(|by| texts.with("mail-sent-by", &[("name", by.shown())]).into_owned());
    let notes: Vec<String> = by_link.or(from).into_iter().chain(sent_by).collect();
    let note = (!notes.is_empty()).then(|| notes.join(" · "));
    let notice = message.notice.as_ref();
    LetterMessage {
        notice: notice.map(|notice| texts.notice(&message.author.name, notice, str::to_owned)),
        author: message.author.name.clone(),
        when: written(to.zone, message.posted_at),
        answers: message.answers.as_ref().and_then(|answered| letter_answered(texts, answered)),
        html: message.body.html.clone(),
        text: message.body.markdown.clone(),
        note,
        files: message.files.iter().map(|f| letter_file(actions, (f, enclosed))).collect(),
    }
}

/// Nothing for a reader who may not see the answered message.
fn letter_answered(texts: Texts, answered: &Answered) -> Option<LetterAnswered> {
    let line = answered.line.clone()?;
    let words = match line.file {
        _ if line.moved => texts.get("message-moved").into_owned(),
        _ if line.removed => texts.get("message-removed").into_owned(),
        Some(file) if line.words.is_empty() => file,
        _ => line.words,
    };
    Some(LetterAnswered { author: line.author, words })
}

fn letter_file(actions: &Actions, (file, enclosed): (&File, &Enclosed)) -> LetterFile {
    LetterFile {
        name: file.name.to_string(),
        size: size_in_words(file.size),
        link: actions.settings.public_url.join(&format!("/files/{}", file.id)),
        carried: enclosed.how(file),
    }
}

/// `820 B`, `12 kB`, `3.4 MB`.
pub(super) fn size_in_words(bytes: i64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// As readers of every language write it, on the clock of whoever reads it. Where no clock is known it says so.
pub(in super::super) fn written(zone: Zone, at: Timestamp) -> String {
    let clock = zone.clock(at).format("%Y-%m-%d %H:%M");
    if zone == Zone::UTC { format!("{clock} UTC") } else { clock.to_string() }
}
