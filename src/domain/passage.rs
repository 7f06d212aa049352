//! Finding a marked passage in a text again: by its words, whatever white space is between them; of several such places
//! by what stands around it, then by where it stood.

use std::cmp::Reverse;

use super::mark::Passage;

/// How many characters before and after a passage are kept.
const AROUND: usize = 32;

/// A text that passages are looked for in.
#[derive(Debug)]
pub struct PlainText {
    chars: Vec<char>,
    /// The text without white space.
    bare: String,
    /// For each character of `bare` where it begins there, in bytes, and its place among all characters.
    places: Vec<(usize, usize)>,
}

impl PlainText {
    pub fn new(text: &str) -> Self {
        let (mut bare, mut places) = (String::with_capacity(text.len()), Vec::new());
        for (at, c) in text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
            places.push((bare.len(), at));
            bare.push(c);
        }
        Self { chars: text.chars().collect(), bare, places }
    }

    /// The passage as it stands in this text, with what stands around it now. `None` if its words are not there.
    pub fn anchor(&self, passage: &Passage) -> Option<Passage> {
        let wanted = bare(&passage.quote);
        if wanted.is_empty() {
            return None;
        }
        let (before, after) = (bare(&passage.before), bare(&passage.after));
        let found = self.bare.match_indices(wanted.as_str()).map(|(at, _)| at);
        let there = passage.start.and_then(|start| self.bare_place(start));
        let there = there.filter(|at| self.bare[*at..].starts_with(wanted.as_str()));
        let best = there.into_iter().chain(found).max_by_key(|at| {
            let around = agreement(&self.bare[..*at], &before)
                + common(self.bare[at + wanted.len()..].chars(), after.chars());
            let moved = passage.start.map_or(0, |start| self.char_place(*at).abs_diff(start_of(start)));
            (around, Reverse(moved), Reverse(*at))
        })?;
        let first = self.char_place(best);
        let last =
            self.char_place(best + wanted.len() - wanted.chars().next_back().map_or(0, char::len_utf8));
        Some(self.passage(first, last + 1))
    }

    fn passage(&self, from: usize, to: usize) -> Passage {
        let part = |from: usize, to: usize| self.chars[from..to].iter().collect();
        Passage {
            quote: part(from, to),
            before: part(from.saturating_sub(AROUND), from),
            after: part(to, self.chars.len().min(to + AROUND)),
            start: i64::try_from(from).ok(),
        }
    }

    /// Where a place of `bare` stands among all characters.
    fn char_place(&self, at: usize) -> usize {
        let found = self.places.partition_point(|(byte, _)| *byte < at);
        self.places.get(found).map_or(self.chars.len(), |(_, place)| *place)
    }

    /// Where in `bare` the first character is that stands at a place or after it.
    fn bare_place(&self, start: i64) -> Option<usize> {
        let found = self.places.partition_point(|(_, place)| *place < start_of(start));
        self.places.get(found).map(|(byte, _)| *byte)
    }
}

fn start_of(start: i64) -> usize {
    usize::try_from(start).unwrap_or(0)
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// How many characters two texts end alike.
fn agreement(text: &str, wanted: &str) -> usize {
    common(text.chars().rev(), wanted.chars().rev())
}

fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(quote: &str, start: Option<i64>) -> Passage {
        Passage { quote: quote.to_owned(), start, ..Passage::default() }
    }

    #[test]
    fn a_passage_is_found_by_its_words_and_where_they_were_chosen() {
        for (text, quote, start, expected) in [
            ("one two three", "two", None, Some((4, "two"))),
            ("预算已定，🙂 明天开会", "明天 开会", None, Some((7, "明天开会"))),
            ("one\ntwo  three", "one two three", None, Some((0, "one\ntwo  three"))),
            ("no and no", "no", Some(7), Some((7, "no"))),
            ("no and no", "no", None, Some((0, "no"))),
            ("ababab", "bab", Some(3), Some((3, "bab"))),
            ("one", "ones", None, None),
            ("one", " \n", None, None),
            ("one", "one", Some(-5), Some((0, "one"))),
            ("one", "one", Some(i64::MAX), Some((0, "one"))),
        ] {
            let found = PlainText::new(text).anchor(&quoted(quote, start));
            let found = found.map(|passage| (passage.start.unwrap(), passage.quote));
            assert_eq!(found, expected.map(|(at, quote)| (at, quote.to_owned())), "{text}: {quote}");
        }
    }

    #[test]
    fn an_edited_text_has_the_passage_where_its_surroundings_are() {
        let text = "We pay 5. They pay 5. Nobody pays 5.";
        let passage = PlainText::new(text).anchor(&quoted("pay 5", Some(15))).unwrap();
        assert_eq!((passage.before.as_str(), passage.start), ("We pay 5. They ", Some(15)));
        assert_eq!(passage.after, ". Nobody pays 5.");
        let moved = PlainText::new("Hello. They pay 5. And we pay 5.").anchor(&passage).unwrap();
        assert_eq!(moved.start, Some(12), "their line, not ours");
        assert_eq!(PlainText::new("They pay 6.").anchor(&moved), None);
    }

    #[test]
    fn a_hostile_text_takes_no_long_time() {
        let (text, quote) = ("a".repeat(40_000), "a".repeat(4_000));
        let plain = PlainText::new(&text);
        for _ in 0..50 {
            assert!(plain.anchor(&quoted(&quote, Some(20_000))).is_some());
        }
    }
}
