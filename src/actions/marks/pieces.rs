//! The pieces of a message that can be marked, and what they say.

use super::{Chosen, LONGEST_PASSAGE};
use crate::actions::{ActionError, Problem, Result};
use crate::domain::mark::{Content, Mark, Passage, Piece, Said};
use crate::domain::message::{Body, Message};
use crate::domain::passage::PlainText;
use crate::domain::safe_html::SafeHtml;
use crate::mail::sanitize::render_mail_text;
use crate::mail::shown;
use crate::store::{self, Tx};

/// The chosen piece, what sort of content it is, and what it says now.
pub(super) fn piece(message: &Message, chosen: &Chosen) -> Result<(Piece, Content, Said)> {
    match chosen {
        Chosen::Message => Ok((Piece::Message, content(message), said(message))),
        Chosen::Passage { quote, start } => passage(message, quote, *start),
        Chosen::File(id) => {
            let file = message.files.iter().find(|file| file.id == *id).ok_or_else(gone)?;
            let is_picture = file.media_type.starts_with("image/");
            let content = if is_picture { Content::Picture } else { Content::Attachment };
            let said = Said { text: file.name.to_string(), html: SafeHtml::default() };
            Ok((Piece::File(*id), content, said))
        }
        Chosen::Link(url) => {
            let links = shown::links(&message.body.html);
            let link = links.into_iter().find(|link| link.url == *url).ok_or_else(gone)?;
            let words = if link.words.trim().is_empty() { &link.url } else { &link.words };
            let said = Said { text: words.clone(), html: render_mail_text(words) };
            Ok((Piece::Link(link.url), Content::Link, said))
        }
    }
}

fn gone() -> ActionError {
    ActionError::invalid("piece", Problem::PieceGone)
}

fn passage(message: &Message, quote: &str, start: Option<i64>) -> Result<(Piece, Content, Said)> {
    if quote.chars().count() > LONGEST_PASSAGE {
        return Err(ActionError::invalid("quote", Problem::TooLong { limit: LONGEST_PASSAGE }));
    }
    let wanted = Passage { quote: quote.to_owned(), start, ..Passage::default() };
    let plain = PlainText::new(&shown::text(&message.body.html));
    let missing = || ActionError::invalid("quote", Problem::PassageMissing);
    let passage = plain.anchor(&wanted).ok_or_else(missing)?;
    let said = Said { html: render_mail_text(&passage.quote), text: passage.quote.clone() };
    Ok((Piece::Passage(passage), Content::Text, said))
}

/// A message is what it brings: words, or without them a link or files.
pub(super) fn content(message: &Message) -> Content {
    let words = shown::text(&message.body.html);
    let words = words.trim();
    match shown::links(&message.body.html).as_slice() {
        [link] if link.words.trim() == words => return Content::Link,
        _ => {}
    }
    let is_picture = |media_type: &str| media_type.starts_with("image/");
    match words.is_empty() && !message.files.is_empty() {
        false => Content::Text,
        true if message.files.iter().all(|file| is_picture(&file.media_type)) => Content::Picture,
        true => Content::Attachment,
    }
}

/// What all of a message says; one of files alone, their names.
pub(super) fn said(message: &Message) -> Said {
    if message.body.markdown.trim().is_empty() {
        return Said { text: message.file_names(), html: SafeHtml::default() };
    }
    Said { text: message.body.markdown.clone(), html: message.body.html.clone() }
}

/// Finds the marked passages of a message in its new text, in the transaction of the edit. Those that are not in it are
/// lost until an edit brings them back. Two statements at the most.
pub(in crate::actions) async fn re_anchor(tx: &mut Tx, message: &Message, body: &Body) -> Result<()> {
    let passages: Vec<&Mark> = message.marks.iter().filter(|mark| mark.piece.passage().is_some()).collect();
    if passages.is_empty() {
        return Ok(());
    }
    let plain = PlainText::new(&shown::text(&body.html));
    let mut taken: Vec<(String, crate::domain::ids::TagId)> = Vec::new();
    let mut moved = Vec::new();
    for mark in passages {
        let Piece::Passage(before) = &mark.piece else { continue };
        let lost = Passage { start: None, ..before.clone() };
        let found = plain.anchor(before).map(Piece::Passage);
        let mut piece = found.unwrap_or_else(|| Piece::Passage(lost.clone()));
        let target = (piece.target(mark.id), mark.tag.id);
        // Two passages that had become one: the first has the place.
        if taken.contains(&target) {
            piece = Piece::Passage(lost);
        }
        taken.push(target);
        if piece != mark.piece {
            moved.push(Mark { piece, ..mark.clone() });
        }
    }
    Ok(store::marks::move_passages(tx, &moved).await?)
}
