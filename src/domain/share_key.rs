//! Keys of what stands in a share's document: each tells from which message it is. So a message that is removed can be
//! taken out of what was published, and a member does not get to see what was said before their time.

use super::share_document::{Document, Section};

/// `m17-3`: of the message with number 17, item 3 or what stands around it.
pub fn key_of(seq: i64, item: i64) -> String {
    format!("m{seq}-{item}")
}

/// The number of the message that an item is from.
pub fn seq_of(key: &str) -> Option<i64> {
    key.strip_prefix('m')?.split_once('-')?.0.parse().ok()
}

impl Document {
    /// As a member sees it who sees all from `first_seq` on.
    pub fn seen_from(self, first_seq: i64) -> Self {
        self.of_messages(|seq| seq >= first_seq)
    }

    /// Whether a member who sees all from `first_seq` on sees all of it.
    pub fn is_seen_from(&self, first_seq: i64) -> bool {
        self.items().filter_map(|item| seq_of(&item.key)).all(|seq| seq >= first_seq)
    }

    /// Without everything that is from one message.
    pub fn without_message(self, seq: i64) -> Self {
        self.of_messages(|other| other != seq)
    }

    /// What is from no message stays; sections that lose everything go.
    fn of_messages(mut self, keep: impl Fn(i64) -> bool) -> Self {
        for section in &mut self.sections {
            section.items.retain(|item| seq_of(&item.key).is_none_or(&keep));
        }
        self.sections.retain(|section: &Section| !section.items.is_empty());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_message() {
        assert_eq!(seq_of(&key_of(17, 3)), Some(17));
        for other in ["", "m", "m17", "17-3", "mx-3"] {
            assert_eq!(seq_of(other), None, "{other}");
        }
    }
}
