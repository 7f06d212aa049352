//! What an SMTP server answers.

use std::fmt;

use lettre::transport::smtp::{Error, response::Response};

/// A reply (RFC 5321 4.2) with its enhanced status code (RFC 3463), if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Such as 550; 0 if the server did not get so far.
    pub code: u16,
    /// Such as `5.1.1`.
    pub enhanced: Option<String>,
    /// The words after the codes, on one line.
    pub text: String,
}

impl Reply {
    pub fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// Whether the server means us, not the recipient: 530 asks for a login, 534, 535 and 538 refuse the one we have
    /// (RFC 4954 6), and a server that does not hand mail on for us says so in words only.
    pub fn wants_login(&self) -> bool {
        let words = self.text.to_ascii_lowercase();
        matches!(self.code, 530 | 534 | 535 | 538) || words.contains("relay") || words.contains("authenticat")
    }

    pub(super) fn of_response(response: &Response) -> Self {
        let code = response.code().to_string().parse().unwrap_or(0);
        Self::new(code, &response.message().collect::<Vec<_>>().join("\n"))
    }

    /// `None` when the error is no answer of the server.
    pub(super) fn of_error(error: &Error) -> Option<Self> {
        let code = error.status()?.to_string().parse().ok()?;
        let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        Some(Self::new(code, &words))
    }

    fn new(code: u16, words: &str) -> Self {
        let mut enhanced = None;
        let mut lines = Vec::new();
        for line in words.lines() {
            let (first, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            if is_enhanced(first) {
                enhanced.get_or_insert_with(|| first.to_owned());
                lines.push(rest);
            } else {
                lines.push(line.trim());
            }
        }
        let text: String = lines.join(" ").chars().filter(|c| !c.is_control()).take(500).collect();
        Self { code, enhanced, text: text.trim().to_owned() }
    }
}

/// `class "." subject "." detail` (RFC 3463 2).
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(number) && matches!(parts[0], "2" | "4" | "5")
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = &self.enhanced {
            write!(f, " {enhanced}")?;
        }
        write!(f, " {}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Reply;

    #[test]
    fn the_enhanced_status_is_told_from_the_words() {
        let reply = Reply::new(550, "5.1.1 <x@y.example>: no\n5.1.1 such user");
        assert_eq!(reply.enhanced.as_deref(), Some("5.1.1"));
        assert_eq!(reply.to_string(), "550 5.1.1 <x@y.example>: no such user");
        assert!(!reply.wants_login());
        assert!(Reply::new(554, "5.7.1 <x@y.example>: Relay access denied").wants_login());
        let old = Reply::new(421, "Try again at 10.0.0 o'clock");
        assert_eq!((old.enhanced, old.text.as_str()), (None, "Try again at 10.0.0 o'clock"));
    }
}
