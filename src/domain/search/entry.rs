//! What the index keeps of a message.

use std::collections::HashMap;

use super::{FILE, NAME, Phrase, SIGN, Thing, by_author, having, in_group, words};
use crate::domain::file::File;
use crate::domain::ids::{GroupId, MessageId};
use crate::domain::message::Message;
use crate::domain::time::Timestamp;

/// One message in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub message: MessageId,
    pub group: GroupId,
    pub seq: i64,
    /// See [`number`].
    pub number: i64,
    /// In their order; `None` where a word was left out.
    pub words: Vec<Option<String>>,
}

/// PostgreSQL tells apart 16,383 places in a text, and 255 of each word. What comes after them is not found, in either
/// database. No message written in a browser has so many words, but of 40,000 Chinese letters the first 16,000 count.
const MOST_WORDS: usize = 16_000;
const MOST_OF_ONE: u8 = 255;
/// A name of 200 letters has no more that matter.
const MOST_OF_FILE_NAME: usize = 50;

/// Bits of a number that tell messages of one millisecond apart.
const SPARE: u32 = 20;

/// The order of results and the places of pages: the time, in milliseconds, above 20 bits that tell apart the messages
/// of one. A day is a range of numbers, in both databases.
pub fn number(at: Timestamp, group: GroupId, seq: i64) -> i64 {
    let [.., a, b, c] = *group.uuid().as_bytes();
    let within = (i64::from(u32::from_be_bytes([0, a, b, c])) + seq) & ((1 << SPARE) - 1);
    first_number(at) | within
}

/// The lowest number at a time or later.
pub fn first_number(at: Timestamp) -> i64 {
    at.millis().clamp(0, i64::MAX >> SPARE) << SPARE
}

impl Entry {
    /// `text` is what a reader sees of the message, without the signs of Markdown.
    pub fn of(message: &Message, text: &str) -> Self {
        let mut list = List::default();
        list.add(facts_of(message).into_iter());
        list.add(words(&message.author.name).map(|word| format!("{NAME}{}", word.text)));
        for file in &message.files {
            let names = || words(file.name.as_str()).take(MOST_OF_FILE_NAME);
            list.add(names().map(|word| format!("{FILE}{}", word.text)));
            list.add(names().map(|word| word.text));
        }
        list.add(words(text).map(|word| word.text));
        Self {
            message: message.id,
            group: message.group_id,
            seq: message.seq,
            number: number(message.posted_at, message.group_id, message.seq),
            words: list.words,
        }
    }
}

/// What is known of a message, each as one word.
fn facts_of(message: &Message) -> Vec<String> {
    let has = |thing: Thing, is: bool| is.then(|| having(thing));
    let phrases = [
        Some(in_group(message.group_id)),
        message.author.person_id.map(by_author),
        has(Thing::File, !message.files.is_empty()),
        has(Thing::Picture, message.files.iter().any(File::is_picture)),
        has(Thing::Link, message.body.html.as_str().contains("href=\"http")),
    ];
    let facts = phrases.into_iter().flatten().flat_map(|phrase: Phrase| phrase.words().to_vec());
    std::iter::once(SIGN.to_string()).chain(facts).collect()
}

#[derive(Default)]
struct List {
    words: Vec<Option<String>>,
    counts: HashMap<String, u8>,
}

impl List {
    /// Adds words that stand side by side; between those of two calls there is a gap that no phrase crosses.
    fn add(&mut self, words: impl Iterator<Item = String>) {
        if !self.words.is_empty() {
            self.words.push(None);
        }
        for word in words.take(MOST_WORDS.saturating_sub(self.words.len())) {
            let count = self.counts.entry(word.clone()).or_default();
            *count = count.saturating_add(1);
            self.words.push((*count < MOST_OF_ONE).then_some(word));
        }
    }
}
