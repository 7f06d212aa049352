//! Markdown as people type it in a chat: HTML in it is text, and a link that leads nowhere is text, too.

use std::borrow::Cow;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::domain::message::Source;

/// A text to be parsed. Each `<` that may begin HTML is another sign meanwhile: otherwise a line such as `<b>` would
/// make everything up to the next empty line HTML (CommonMark 4.6), and its Markdown would be lost.
pub(super) struct Markdown<'a> {
    text: Cow<'a, str>,
    sign: char,
}

const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// Punctuation, as `<` is, that nobody has typed for three thousand years.
const SIGNS: std::ops::RangeInclusive<char> = '\u{12470}'..='\u{12474}';
/// In bytes.
const LONGEST_AUTOLINK: usize = 2_000;
/// How much of a message stands on one line, in characters.
pub const LINE: usize = 140;
/// How much of a text is read for its first words, in characters.
const BEGINNING: usize = 1_000;

impl<'a> Markdown<'a> {
    /// `None` for a text that holds all the signs; nobody wrote it.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let sign = SIGNS.into_iter().find(|sign| !text.contains(*sign))?;
        if !text.contains('<') {
            return Some(Self { text: Cow::Borrowed(text), sign });
        }
        let mut shielded = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            shielded.push_str(before);
            let is_destination = shielded.ends_with("](");
            shielded.push(if is_destination || is_autolink(after) { '<' } else { sign });
            rest = after;
        }
        shielded.push_str(rest);
        Some(Self { text: Cow::Owned(shielded), sign })
    }

    /// What the text is made of.
    pub(super) fn events(&self) -> impl Iterator<Item = Event<'_>> {
        let mut ends: Vec<Option<String>> = Vec::new();
        let events = Parser::new_ext(&self.text, OPTIONS).map(|event| self.restored(event));
        // Words are one event: names and links may hold signs that begin something elsewhere.
        TextMergeStream::new(events.map(move |event| match event {
            Event::Start(Tag::Link { link_type, ref dest_url, .. }) => {
                ends.push(typed_end(link_type, dest_url));
                if ends.last().is_some_and(Option::is_some) { Event::Text("[".into()) } else { event }
            }
            Event::Start(Tag::Image { link_type, ref dest_url, .. }) => {
                ends.push(typed_end(link_type, dest_url));
                if ends.last().is_some_and(Option::is_some) { Event::Text("![".into()) } else { event }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => match ends.pop().flatten() {
                Some(end) => Event::Text(end.into()),
                None => event,
            },
            other => other,
        }))
    }

    /// The same with every `<` in its place.
    fn restored<'e>(&self, event: Event<'e>) -> Event<'e> {
        let anew = |text: CowStr<'e>| match text.contains(self.sign) {
            true => CowStr::from(text.replace(self.sign, "<")),
            false => text,
        };
        match event {
            Event::Text(text) => Event::Text(anew(text)),
            Event::Code(text) => Event::Code(anew(text)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                Event::Start(Tag::Link { link_type, dest_url: anew(dest_url), title: anew(title), id })
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                Event::Start(Tag::Image { link_type, dest_url: anew(dest_url), title: anew(title), id })
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(anew(language))))
            }
            other => other,
        }
    }
}

/// How a message begins, on one line. In a mail the signs of Markdown mean themselves.
pub fn first_words(source: Source, text: &str) -> String {
    let words = match source {
        Source::Mail => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Source::Browser | Source::Draft => plain_words(text),
    };
    words.chars().take(LINE).collect()
}

/// The words alone, on one line.
fn plain_words(text: &str) -> String {
    let beginning = text.char_indices().nth(BEGINNING).map_or(text, |(end, _)| &text[..end]);
    plain_text(beginning).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A whole message without the signs of Markdown; an empty line between its parts. In a mail the signs mean themselves.
pub fn text_of(source: Source, text: &str) -> Cow<'_, str> {
    match source {
        Source::Mail => Cow::Borrowed(text),
        Source::Browser | Source::Draft => Cow::Owned(plain_text(text)),
    }
}

fn plain_text(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    if let Some(markdown) = Markdown::of(text) {
        for event in Parser::new_ext(&markdown.text, OPTIONS).map(|event| markdown.restored(event)) {
            match event {
                Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    words.push_str(&text);
                }
                Event::End(
                    TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image,
                ) => {}
                Event::SoftBreak => words.push('\n'),
                Event::HardBreak | Event::End(_) => words.push_str("\n\n"),
                _ => {}
            }
        }
    }
    // A text of signs only is shown as it is.
    if words.trim().is_empty() { text.to_owned() } else { words }
}

/// Whether `https://x.example>` or `anna@corp.example>` follows.
fn is_autolink(after: &str) -> bool {
    let Some(end) = after.bytes().take(LONGEST_AUTOLINK).position(|b| b == b'>') else { return false };
    let inside = &after[..end];
    let is_address = inside.contains('@')
        && inside.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_' | b'+'));
    is_address || (leads_somewhere(inside) && !inside.contains(|c: char| c.is_whitespace() || c == '<'))
}

/// How a link that leads nowhere ended when it was typed.
fn typed_end(kind: LinkType, target: &str) -> Option<String> {
    (kind != LinkType::Email && !leads_somewhere(target)).then(|| format!("]({target})"))
}

/// Only these the sanitiser leaves in place, too.
fn leads_somewhere(target: &str) -> bool {
    let scheme = target.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::plain_words;

    #[test]
    fn a_list_shows_words_without_signs() {
        for (text, words) in [
            ("**Budget** is _done_, see `a.rs`", "Budget is done, see a.rs"),
            ("# Plan\n\n- one\n- [x] two\n\n> three", "Plan one two three"),
            ("[the offer](https://partner.example/a/very/long/path) came", "the offer came"),
            ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
            ("<b>5 < 6</b>\nnext", "<b>5 < 6</b> next"),
            ("```\nlet x = 1;\n```", "let x = 1;"),
            ("---", "---"),
            ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
            ("预算**已定**", "预算已定"),
            ("", ""),
        ] {
            assert_eq!(plain_words(text), words, "{text}");
        }
        let long = "字".repeat(5_000);
        assert_eq!(plain_words(&long).chars().count(), super::BEGINNING);
    }
}
