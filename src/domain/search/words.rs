//! The words of a text: what the index keeps, what a query asks for, and what is marked in a result.
//!
//! A spaced script gives its words. An unspaced one has no words that a program could find without a dictionary, so a
//! run of n letters gives n overlapping words: each letter with its follower, and the last one alone. Then two
//! letters are found as one word, more as a phrase, and one as the beginning of a word.

use std::ops::Range;

use super::letters::{Kind, Letter, letters};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded; at most `LONGEST` letters.
    pub text: String,
    /// The bytes of the text it stands for.
    pub place: Range<usize>,
    pub(super) form: Form,
}

/// Where a word comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Whole,
    /// Two letters of an unspaced script that stand side by side, and where the first one ends.
    Pair {
        middle: usize,
    },
    /// The last letter of a run. Whether the run has others before it.
    Last {
        of_many: bool,
    },
}

/// In letters. What is longer was not typed by a person, and nobody types it again; its beginning is enough.
const LONGEST: usize = 40;

/// The words of a text in their order.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut letters = letters(text).peekable();
    let mut rest: Option<(Letter, bool)> = None;
    std::iter::from_fn(move || {
        if let Some((last, of_many)) = rest.take() {
            return Some(after(last, of_many, &mut letters, &mut rest));
        }
        let first = letters.by_ref().find(|letter| letter.kind() != Kind::Break)?;
        Some(match first.kind() {
            Kind::Unspaced => after(first, false, &mut letters, &mut rest),
            _ => whole(first, &mut letters),
        })
    })
}

type Letters<'a, I> = &'a mut std::iter::Peekable<I>;

/// A word of a spaced script.
fn whole<I: Iterator<Item = Letter>>(first: Letter, letters: Letters<'_, I>) -> Word {
    let mut word = Word { text: first.sign.into(), place: first.from..first.to, form: Form::Whole };
    let mut length = 1;
    while let Some(next) = letters.next_if(|next| next.kind() == Kind::Spaced) {
        word.place.end = next.to;
        length += 1;
        if length <= LONGEST {
            word.text.push(next.sign);
        }
    }
    word
}

/// The word that begins with a letter of a run; what the run goes on with is left in `rest`.
fn after<I: Iterator<Item = Letter>>(
    letter: Letter,
    of_many: bool,
    letters: Letters<'_, I>,
    rest: &mut Option<(Letter, bool)>,
) -> Word {
    // Mails break their lines anywhere in Chinese text: one line's end does not end a run, an empty line does.
    let mut breaks = 0;
    while letters.next_if(|next| next.sign == '\r' || (next.sign == '\n' && breaks == 0)).is_some_and(|l| {
        breaks += usize::from(l.sign == '\n');
        true
    }) {}
    match letters.next_if(|next| next.kind() == Kind::Unspaced) {
        Some(next) => {
            *rest = Some((next, true));
            let text = [letter.sign, next.sign].into_iter().collect();
            Word { text, place: letter.from..next.to, form: Form::Pair { middle: letter.to } }
        }
        None => {
            let text = letter.sign.into();
            Word { text, place: letter.from..letter.to, form: Form::Last { of_many } }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::words;

    fn texts(text: &str) -> Vec<String> {
        words(text).map(|word| word.text).collect()
    }

    #[test]
    fn words_are_cut_as_their_script_wants_it() {
        for (text, expected) in [
            ("Budget 2027: second round!", "budget|2027|second|round"),
            ("v2.1 anna@corp.example don't", "v2|1|anna|corp|example|don|t"),
            ("会议室", "会议|议室|室"),
            ("会", "会"),
            ("2027年预算", "2027|年预|预算|算"),
            ("用Excel打开。好", "用|excel|打开|开|好"),
            ("東京タワー", "東京|京タ|タワ|ワー|ー"),
            ("회의를 열다", "회의|의를|를|열다|다"),
            ("会\n议\r\n室\n\n好", "会议|议室|室|好"),
            ("会\nok", "会|ok"),
            ("会 议", "会|议"),
            ("हिन्दी में", "हिन्दी|में"),
            ("👍 — …", ""),
            ("\0a\0b", "a|b"),
        ] {
            assert_eq!(texts(text).join("|"), expected, "{text}");
        }
        assert_eq!(texts(&"x".repeat(500)), ["x".repeat(40)]);
    }

    proptest! {
        #[test]
        fn places_are_in_the_text_and_in_order(text in "\\PC{0,40}|[会议室aÄ \n\u{300}ｶﾞ]{0,40}") {
            let mut before = 0;
            for word in words(&text) {
                prop_assert!(text.get(word.place.clone()).is_some_and(|part| !part.is_empty()));
                prop_assert!(word.place.start >= before);
                prop_assert!(word.text.chars().all(|c| c.is_alphanumeric() || !c.is_ascii()));
                prop_assert!(!word.text.contains(super::super::SIGN));
                before = word.place.start;
            }
        }

        #[test]
        fn the_words_of_words_are_the_same(text in "[a-zÄÖ会议 .\n]{0,40}") {
            for word in words(&text) {
                let again = texts(&word.text);
                prop_assert_eq!(&again[0], &word.text);
            }
        }
    }
}
