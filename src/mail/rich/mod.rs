//! What somebody typed into an HTML mail, where its form says something: lists, tables, headings, links under words, and
//! pictures in their places. Without the quotation and the signature, in a few plain elements; the look of the mail
//! stays behind. Mails whose form says nothing are read as text.

mod builder;
mod tables;

use std::collections::HashSet;

use super::html_text::{self, Tag, Token, Writer, decode, tokens};
use super::incoming::ReplyText;
use super::reply;
use builder::Builder;

/// HTML longer than this, or of more pieces, is read as text.
const LONGEST: usize = 1024 * 1024;
const MOST_TOKENS: usize = 100_000;

/// The typed part of an HTML mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rich {
    /// The same as text, and what was left out.
    pub text: ReplyText,
    /// Well-formed, every word escaped. Pictures are `<img src="cid:...">`. Still, only [`super::sanitize`] makes HTML to
    /// be shown of it.
    pub markup: String,
}

/// What an HTML mail tells of its typed part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// `None` if its form says nothing.
    pub rich: Option<Rich>,
    /// The Content-IDs of pictures that stand in the quotation or the signature only.
    pub hidden_pictures: Vec<String>,
}

/// Reads the HTML of a mail. `has_picture` tells whether the mail has a picture of this Content-ID. `None` if its typed
/// part can't be told for sure.
pub fn read(html: &str, has_picture: impl Fn(&str) -> bool) -> Option<Reading> {
    if html.len() > LONGEST {
        return None;
    }
    let all: Vec<Token<'_>> = tokens(html).take(MOST_TOKENS + 1).collect();
    if all.len() > MOST_TOKENS {
        return None;
    }
    let text = match picture_alone(html, &all, &has_picture) {
        Some(quotation) => ReplyText { quotation, ..ReplyText::default() },
        None => reply::split("", html),
    };
    let kept = typed(&all, &text.new_text)?;
    let hidden_pictures = hidden_pictures(&all, &kept, &has_picture);
    let data = tables::data(&all[kept.clone()]);
    if !says_something(&all[kept.clone()], &data, &has_picture) {
        return Some(Reading { rich: None, hidden_pictures });
    }
    let mut builder = Builder::new(&data, &has_picture);
    for (at, token) in all[kept].iter().enumerate() {
        match token {
            Token::Text(text) => builder.text(text),
            Token::Tag(tag) => builder.tag(at, tag),
        }
    }
    Some(Reading { rich: Some(Rich { text, markup: builder.finish() }), hidden_pictures })
}

fn hidden_pictures(
    all: &[Token<'_>],
    kept: &std::ops::Range<usize>,
    has_picture: impl Fn(&str) -> bool,
) -> Vec<String> {
    let (mut shown, mut hidden) = (HashSet::new(), HashSet::new());
    for (at, token) in all.iter().enumerate() {
        if let Token::Tag(tag) = token
            && let Some(id) = own_picture(tag, &has_picture)
        {
            if kept.contains(&at) {
                shown.insert(id)
            } else {
                hidden.insert(id)
            };
        }
    }
    hidden.difference(&shown).cloned().collect()
}

/// The quotation of an answer that is a picture and no word: phones send such.
fn picture_alone(html: &str, all: &[Token<'_>], has_picture: impl Fn(&str) -> bool) -> Option<String> {
    let rendered = html_text::render(html);
    let at = rendered.quotation.filter(|at| rendered.text[..*at].trim().is_empty())?;
    let first_words = all.iter().position(|token| matches!(token, Token::Text(text) if has_words(text)))?;
    let mut before = all[..first_words].iter().take_while(|token| !begins_other(token));
    before.any(|token| picture_id(token, &has_picture)).then(|| rendered.text[at..].trim().to_owned())
}

fn has_words(raw: &str) -> bool {
    decode(raw).contains(|c: char| {
        !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{feff}' | '\u{200c}' | '\u{ad}')
    })
}

/// Which tokens hold the wanted text, which stands in one piece.
fn typed(all: &[Token<'_>], wanted: &str) -> Option<std::ops::Range<usize>> {
    if wanted.is_empty() {
        let end = all.iter().position(begins_other).unwrap_or(all.len());
        return Some(0..end);
    }
    let mut writer = Writer::default();
    let mut ends = Vec::with_capacity(all.len());
    for token in all {
        match token {
            Token::Text(text) => drop(writer.text(text)),
            Token::Tag(tag) => writer.tag(tag),
        }
        ends.push(writer.written());
    }
    let text = writer.finish();
    let start = text.find(wanted)?;
    let end = start + wanted.len();
    // From the first piece that reaches into it to the last one that begins before its end; a piece that holds other
    // words as well can't be cut.
    let first = ends.iter().position(|at| *at > start)?;
    let last = ends.iter().position(|at| *at >= end)?;
    let before = first.checked_sub(1).map_or(0, |at| ends[at]);
    if !text[before..start].trim().is_empty() || !text[end..ends[last]].trim().is_empty() {
        return None;
    }
    // Elements that begin right before its first word, and pictures right behind its last one.
    let opens = all[..first].iter().rposition(|token| matches!(token, Token::Text(text) if has_words(text)));
    let more = all[last + 1..]
        .iter()
        .position(|token| begins_other(token) || matches!(token, Token::Text(text) if has_words(text)));
    Some(opens.map_or(0, |at| at + 1)..more.map_or(all.len(), |more| last + 1 + more))
}

/// Where a quotation or a signature may begin.
fn begins_other(token: &Token<'_>) -> bool {
    matches!(token, Token::Tag(tag) if !tag.closes
        && (matches!(tag.name.as_str(), "blockquote" | "hr") || html_text::marks_quotation(tag)))
}

fn picture_id(token: &Token<'_>, has_picture: impl Fn(&str) -> bool) -> bool {
    matches!(token, Token::Tag(tag) if own_picture(tag, has_picture).is_some())
}

/// The Content-ID of a picture that came with the mail (RFC 2392).
fn own_picture(tag: &Tag<'_>, has_picture: impl Fn(&str) -> bool) -> Option<String> {
    if tag.name != "img" || tag.closes {
        return None;
    }
    let source = decode(tag.attribute("src")?.trim()).into_owned();
    let id = source.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("cid:")).map(|_| &source[4..])?;
    let id = unescaped(id.trim());
    has_picture(&id).then_some(id)
}

/// `%40` and its like (RFC 2392 2).
fn unescaped(id: &str) -> String {
    let mut out = Vec::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *byte == b'%').and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                rest = &after[2..];
            }
            None => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| id.to_owned())
}

/// The target of a link that leads somewhere.
fn target_of(tag: &Tag<'_>) -> Option<String> {
    let target = decode(tag.attribute("href")?.trim()).into_owned();
    let lower = target.get(..8).unwrap_or(&target).to_ascii_lowercase();
    let leads = ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    (leads && target.len() < 2_000).then_some(target)
}

/// Whether something of the form would be lost as text.
fn says_something(kept: &[Token<'_>], data: &tables::Data, has_picture: impl Fn(&str) -> bool) -> bool {
    !data.is_empty()
        || kept.iter().any(|token| match token {
            Token::Tag(tag) if tag.closes => false,
            Token::Tag(tag) => match tag.name.as_str() {
                "li" | "pre" | "h1" | "h2" | "h3" | "h4" => true,
                "img" => own_picture(tag, &has_picture).is_some(),
                _ => false,
            },
            Token::Text(_) => false,
        })
        || kept.windows(2).any(|pair| names_link(&pair[0], &pair[1]))
}

/// A link under words that are not its address.
fn names_link(tag: &Token<'_>, words: &Token<'_>) -> bool {
    let (Token::Tag(tag), Token::Text(words)) = (tag, words) else { return false };
    if tag.name != "a" || tag.closes || !has_words(words) {
        return false;
    }
    target_of(tag).is_some_and(|target| {
        let bare =
            |text: &str| text.trim().trim_start_matches("mailto:").trim_end_matches('/').to_lowercase();
        let (words, target) = (bare(&decode(words)), bare(&target));
        target != words && target.split_once("://").is_none_or(|(_, rest)| rest != words)
    })
}

#[cfg(test)]
mod tests;
