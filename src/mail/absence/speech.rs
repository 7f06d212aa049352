//! Which languages a text speaks in that tells of an absence, and what its words say in them.

use super::tongues::{Order, TONGUES, Tongue};

/// Between the first day and the last, in every language.
const SIGNS: &[&str] = &["-", "–", "—", "~", "〜", "～", "→"];

/// The languages of a text in which it says that somebody is away.
#[derive(Debug)]
pub struct Speech {
    pub tongues: Vec<&'static Tongue>,
}

impl Speech {
    pub fn of(text: &str) -> Self {
        let speaks = |tongue: &&Tongue| tongue.away.iter().any(|begin| begins_word(text, begin));
        Self { tongues: TONGUES.iter().filter(speaks).collect() }
    }

    /// What comes first in a day of numbers alone.
    pub fn order(&self) -> Order {
        let mut orders = self.tongues.iter().map(|tongue| tongue.order);
        let first = orders.next().unwrap_or(Order::Either);
        if orders.all(|order| order == first) { first } else { Order::Either }
    }

    fn any(&self, of: fn(&Tongue) -> &'static [&'static str], is: impl Fn(&str) -> bool) -> bool {
        self.tongues.iter().any(|tongue| of(tongue).iter().any(|marker| is(marker)))
    }

    /// Whether these words end with one that stands before a last day.
    pub fn ends_with_until(&self, before: &str) -> bool {
        self.any(|tongue| tongue.until, |marker| ends_with(before, marker))
    }

    pub fn ends_with_between(&self, before: &str) -> bool {
        SIGNS.iter().any(|sign| before.ends_with(sign))
            || self.any(|tongue| tongue.between, |marker| ends_with(before, marker))
    }

    pub fn ends_with_since(&self, before: &str) -> bool {
        self.any(|tongue| tongue.since, |marker| ends_with(before, marker))
    }

    /// Whether these words begin with one that stands behind a last day.
    pub fn begins_with_until(&self, after: &str) -> bool {
        self.any(|tongue| tongue.until_after, |marker| begins_with(after, marker))
    }

    /// Whether these words tell of coming back.
    pub fn tells_of_return(&self, words: &str) -> bool {
        self.any(|tongue| tongue.back, |marker| begins_word(words, marker))
    }
}

/// Whether a word of a text begins like this. Scripts without spaces have no words.
fn begins_word(text: &str, begin: &str) -> bool {
    text.match_indices(begin)
        .any(|(at, _)| !is_lettered(begin.chars().next()) || !is_lettered(text[..at].chars().next_back()))
}

fn ends_with(text: &str, marker: &str) -> bool {
    let Some(rest) = text.strip_suffix(marker) else { return false };
    !is_lettered(marker.chars().next()) || !is_lettered(rest.chars().next_back())
}

fn begins_with(text: &str, marker: &str) -> bool {
    let Some(rest) = text.strip_prefix(marker) else { return false };
    !is_lettered(marker.chars().next_back()) || !is_lettered(rest.chars().next())
}

/// A letter of a script whose words have spaces between them.
pub fn is_lettered(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphabetic() && !is_tight(c))
}

/// A letter of a script without spaces, or, as Korean, with words that take endings.
pub fn is_tight(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '々')
}
