//! What a group is about.

use std::str::FromStr;

/// One line of 1 to 200 characters, white space folded, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic(String);

/// Why a text can't be a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicProblem {
    #[error("A topic is needed")]
    Empty,
    #[error("A topic has at most 200 characters")]
    TooLong,
}

impl Topic {
    pub const LONGEST: usize = 200;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest topic to a mail's base subject: folded, and cut if it is too long. `None` if nothing is left.
    pub fn from_subject(subject: &str) -> Option<Self> {
        let folded = fold(subject);
        let cut: String = folded.chars().take(Self::LONGEST).collect();
        cut.trim().parse().ok()
    }
}

impl FromStr for Topic {
    type Err = TopicProblem;
    fn from_str(text: &str) -> Result<Self, TopicProblem> {
        let folded = fold(text);
        match folded.chars().count() {
            0 => Err(TopicProblem::Empty),
            1..=Self::LONGEST => Ok(Self(folded)),
            _ => Err(TopicProblem::TooLong),
        }
    }
}

/// White space and control characters (also those that turn the writing direction) become one space.
pub(super) fn fold(text: &str) -> String {
    let unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.split(unseen).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_one_line() {
        assert_eq!("  Budget\r\n 2027 ".parse::<Topic>().unwrap().as_str(), "Budget 2027");
        assert_eq!(" \t\u{202e}".parse::<Topic>(), Err(TopicProblem::Empty));
        assert_eq!("预".repeat(201).parse::<Topic>(), Err(TopicProblem::TooLong));
        assert_eq!(Topic::from_subject(&"预".repeat(300)).unwrap().as_str().chars().count(), 200);
    }
}
