//! Reactions: what members say about a message with a single emoji.

use std::str::FromStr;

use super::ids::PersonId;

/// Offered at once; all others can be searched for.
pub const QUICK: [&str; 6] = ["👍", "✅", "🎉", "❤️", "😄", "👀"];

/// One emoji that Unicode recommends for general interchange, fully qualified: "❤" and "❤️" are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Emoji(&'static str);

/// What is no emoji, or more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoEmoji;

impl FromStr for Emoji {
    type Err = NoEmoji;

    fn from_str(text: &str) -> Result<Self, NoEmoji> {
        emojis::get(text.trim()).map(|emoji| Self(emoji.as_str())).ok_or(NoEmoji)
    }
}

impl Emoji {
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// One emoji below a message, and who chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub emoji: String,
    /// How many members chose it.
    pub count: i64,
    /// The first of them, at most [`SHOWN`].
    pub first: Vec<(PersonId, String)>,
}

/// Of so many who chose an emoji a page knows who they are; a message stays small, whoever comes along.
pub const SHOWN: i64 = 50;

impl Reaction {
    /// How many chose it besides the first.
    pub fn more(&self) -> i64 {
        self.count - i64::try_from(self.first.len()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one_however_it_is_written() {
        let heart: Emoji = " ❤ ".parse().unwrap();
        assert_eq!((heart.as_str(), "❤️".parse()), ("❤️", Ok(heart)));
        for (text, is_one) in [
            ("👍🏽", true),
            ("👨‍👩‍👧‍👦", true),
            ("🇨🇳", true),
            ("👍👍", false),
            ("a", false),
            ("", false),
            ("<b>", false),
        ] {
            assert_eq!(text.parse::<Emoji>().is_ok(), is_one, "{text}");
        }
        assert!(QUICK.iter().all(|quick| quick.parse::<Emoji>().is_ok_and(|emoji| emoji.as_str() == *quick)));
    }
}
