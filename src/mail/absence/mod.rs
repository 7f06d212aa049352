//! An automatic answer that says somebody is away, and until which day (out-of-office, vacation notices).
//!
//! A day is told only if it surely is the one: no day is better than a wrong one.

mod dates;
mod months;
mod roles;
mod speech;
mod tongues;

#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::incoming::IncomingMail;
use roles::Named;
use speech::Speech;

/// Of a text, so much is read; in characters.
const LONGEST: usize = 4_000;
/// So much of it is kept for reading.
const SHOWN_LINES: usize = 12;
const SHOWN: usize = 600;
/// What an automatic answer says of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The last day away; `None` if it is not said, or not surely.
    pub last_day: Option<NaiveDate>,
    /// Its first lines, as they came: hostile until shown as text.
    pub words: String,
}

/// What an automatic answer says of an absence, if that is what it is about: not every program that answers does so for
/// somebody who is away. `today` is the day on which it came.
pub fn absence_of(mail: &IncomingMail, today: NaiveDate) -> Option<Absence> {
    mail.automatic.as_ref()?;
    let text = match mail.text.new_text.trim() {
        "" => mail.text.signature.trim(),
        text => text,
    };
    let read = format!("{}\n\n{text}", mail.subject);
    let last_day = last_day_in(&read, today)?;
    Some(Absence { last_day, words: first_lines(text) })
}

/// `None` if the text is about no absence, `Some(None)` if it does not say until when.
fn last_day_in(text: &str, today: NaiveDate) -> Option<Option<NaiveDate>> {
    let text = folded(text);
    let speech = Speech::of(&text);
    if speech.tongues.is_empty() {
        return None;
    }
    let found = dates::find(&text, &speech);
    Some(Named { text: &text, speech: &speech, found: &found, today }.last_day())
}

/// Lower case, one form for each letter and digit, no marks that only some keyboards write.
fn folded(text: &str) -> String {
    let digit = |c: char| {
        let zero = ['٠', '۰', '०', '๐'].into_iter().find(|zero| (*zero..=char_after(*zero, 9)).contains(&c));
        zero.map_or(c, |zero| char_after('0', u32::from(c) - u32::from(zero)))
    };
    let plain = text.chars().take(LONGEST).nfkc().flat_map(char::to_lowercase).map(digit);
    plain
        .filter(|c| !matches!(c, '\u{307}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c == '’' { '\'' } else { c })
        .collect()
}

fn char_after(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

fn first_lines(text: &str) -> String {
    let plain = |line: &str| line.trim_end().chars().filter(|c| !c.is_control()).collect::<String>();
    let lines: Vec<String> = text.lines().map(plain).take(SHOWN_LINES).collect();
    lines.join("\n").trim().chars().take(SHOWN).collect()
}
