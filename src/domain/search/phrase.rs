//! Words that stand side by side: what a query asks for.

use std::ops::Range;

use super::words::{Form, Word, words};

/// Words one after the other. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    words: Vec<String>,
    /// The last word may go on: `budg` finds `budget`.
    open: bool,
}

/// Shorter beginnings would find nearly everything.
const SHORTEST_BEGINNING: usize = 3;

impl Phrase {
    /// What was typed without a space in it, or between quotation marks, which end the last word. `None` if it holds
    /// no letters. A part of a run of Chinese is found wherever it stands, quoted or not.
    pub fn of(typed: &str, quoted: bool) -> Option<Self> {
        let mut found: Vec<Word> = words(typed).collect();
        if let Some(Word { form: Form::Last { of_many: true }, .. }) = found.last() {
            // It stands in the pair before, and need not end a run.
            found.pop();
        }
        let last = found.last()?;
        let open = match last.form {
            Form::Whole => !quoted && last.text.chars().count() >= SHORTEST_BEGINNING,
            Form::Pair { .. } => false,
            Form::Last { .. } => true,
        };
        Some(Self { words: found.into_iter().map(|word| word.text).collect(), open })
    }

    /// One word as it is.
    pub(super) fn exact(word: String) -> Self {
        Self { words: vec![word], open: false }
    }

    /// The same among words of a kind of their own.
    pub(super) fn signed(self, sign: &str) -> Self {
        Self { words: self.words.iter().map(|word| format!("{sign}{word}")).collect(), ..self }
    }

    pub fn words(&self) -> &[String] {
        &self.words
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Where a text with these words has it.
    pub fn find<'a>(&'a self, text: &'a [Word]) -> impl Iterator<Item = Range<usize>> + 'a {
        text.windows(self.words.len()).filter(|part| self.is(part)).filter_map(|part| {
            let (first, last) = (part.first()?, part.last()?);
            // Of a pair that was asked for by its first letter, only that letter is meant.
            let end = match (self.open, last.form) {
                (true, Form::Pair { middle }) => middle,
                _ => last.place.end,
            };
            Some(first.place.start..end)
        })
    }

    fn is(&self, part: &[Word]) -> bool {
        let last = self.words.len() - 1;
        part.iter().zip(&self.words).enumerate().all(|(at, (word, wanted))| match self.open && at == last {
            true => word.text.starts_with(wanted.as_str()),
            false => word.text == *wanted,
        })
    }
}
