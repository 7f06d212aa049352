//! What a result shows of a text: a part of it, with what was searched for marked.

use std::ops::Range;

use super::{Phrase, Word, words};

/// Some of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub marked: bool,
}

/// In letters; about three lines on a phone.
const ROOM: usize = 200;
/// So many letters stand before the first mark, that it is read in its sentence.
const BEFORE: usize = 60;

/// A text in one paragraph: between its parts stands a point, which parts words as an empty line does.
pub fn on_one_line(text: &str) -> String {
    let parts: Vec<&str> = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// The part of a text around the first place that has one of the phrases; its beginning if none is there.
pub fn excerpt(text: &str, phrases: &[Phrase]) -> Vec<Piece> {
    let marks = marks(text, phrases);
    let first = marks.first().map_or(0, |mark| mark.start);
    let from = if text[..first].chars().count() <= BEFORE { 0 } else { begin(text, first) };
    let to = text[from..].char_indices().nth(ROOM).map_or(text.len(), |(end, _)| from + end);
    let inside = marks.into_iter().filter(|mark| mark.start < to).map(|mark| mark.start..mark.end.min(to));
    let mut pieces = pieces(text, from..to, inside);
    if from > 0 {
        pieces.insert(0, Piece { text: "…".to_owned(), marked: false });
    }
    if to < text.len() {
        pieces.push(Piece { text: "…".to_owned(), marked: false });
    }
    pieces
}

/// The whole of a short text.
pub fn marked(text: &str, phrases: &[Phrase]) -> Vec<Piece> {
    pieces(text, 0..text.len(), marks(text, phrases).into_iter())
}

/// Where a text has one of the phrases, in order, without overlaps.
fn marks(text: &str, phrases: &[Phrase]) -> Vec<Range<usize>> {
    let words: Vec<Word> = words(text).collect();
    let mut found: Vec<Range<usize>> = phrases.iter().flat_map(|phrase| phrase.find(&words)).collect();
    found.sort_by_key(|mark| (mark.start, mark.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for mark in found {
        match merged.last_mut() {
            Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
            _ => merged.push(mark),
        }
    }
    merged
}

/// Where the excerpt begins: after a space if there is one soon, so that no word is cut.
fn begin(text: &str, first: usize) -> usize {
    let from = text[..first].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    text[from..first].split_once(char::is_whitespace).map_or(from, |(_, rest)| first - rest.len())
}

fn pieces(text: &str, part: Range<usize>, marks: impl Iterator<Item = Range<usize>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut add = |text: &str, marked| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), marked });
        }
    };
    let mut at = part.start;
    for mark in marks.filter(|mark| mark.start >= part.start) {
        add(&text[at..mark.start], false);
        add(&text[mark.clone()], true);
        at = mark.end;
    }
    add(&text[at..part.end], false);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::search::Query;

    fn phrases(typed: &str) -> Vec<Phrase> {
        Query::parse(typed, chrono::NaiveDate::default()).marks()
    }

    fn shown(text: &str, typed: &str) -> String {
        let show = |p: Piece| if p.marked { format!("[{}]", p.text) } else { p.text };
        excerpt(text, &phrases(typed)).into_iter().map(show).collect()
    }

    #[test]
    fn what_was_found_is_marked_as_it_was_written() {
        for (text, typed, expected) in [
            ("The BUDGET is done, budgets follow", "budget", "The [BUDGET] is done, [budgets] follow"),
            ("The BUDGET is done, budgets follow", "\"budget\"", "The [BUDGET] is done, budgets follow"),
            ("in der Küche", "kuche der", "in [der] [Küche]"),
            ("我们开会讨论会议室", "会议", "我们开会讨论[会议]室"),
            ("我们开会讨论会议室", "会", "我们开[会]讨论[会]议室"),
            ("我们开会讨论会议室", "议室 会议", "我们开会讨论[会议室]"),
            ("second round, round two", "\"second round\"", "[second round], round two"),
            ("nothing here", "budget", "nothing here"),
            ("<b>budget</b>", "budget b", "<[b]>[budget]</[b]>"),
        ] {
            assert_eq!(shown(text, typed), expected, "{text} {typed}");
        }
    }

    #[test]
    fn the_parts_of_a_text_stay_apart_on_one_line() {
        for (text, expected) in [
            (
                "What is open:\n\nthe contract\nof May\n\n\n\nthe lab\n\n",
                "What is open: · the contract\nof May · the lab",
            ),
            ("会\n议\n\n室", "会\n议 · 室"),
            ("\n\n", ""),
        ] {
            let line = on_one_line(text);
            assert_eq!(line, expected);
            let texts = |text| words(text).map(|word| word.text).collect::<Vec<_>>();
            assert_eq!(texts(&line), texts(text));
        }
    }

    #[test]
    fn an_excerpt_shows_the_first_place() {
        let text = format!("{} the budget {}", "before ".repeat(50), "after ".repeat(100));
        let shown = shown(&text, "budget");
        assert!(shown.starts_with("…before") && shown.contains("the [budget] after") && shown.ends_with('…'));
        assert!(shown.chars().count() < ROOM + 10);
        assert_eq!(self::shown(&"字".repeat(500), "x").chars().count(), ROOM + 1);
    }

    proptest! {
        #[test]
        fn pieces_are_the_text(text in "\\PC{0,300}|[会议室aÄ b\n\u{300}]{0,300}", typed in "[a-zä会议 ]{0,12}") {
            let phrases = phrases(&typed);
            let whole: String = marked(&text, &phrases).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(&whole, &text);
            let part: String = excerpt(&text, &phrases).into_iter().map(|p| p.text).collect();
            prop_assert!(text.contains(part.trim_start_matches('…').trim_end_matches('…')));
        }
    }
}
