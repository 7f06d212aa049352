//! What is wrong with a configuration, in words.

use std::fmt;
use std::path::Path;

use crate::domain::language::Language;
use crate::texts::Texts;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `section.name`, or the variable or file it came from.
    pub name: String,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The value, and the text that says what is expected.
    Wrong {
        value: String,
        expected: &'static str,
    },
    /// As `Wrong`, but the value must not be shown.
    WrongSecret {
        expected: &'static str,
    },
    Missing {
        expected: &'static str,
    },
    Unknown {
        nearest: Option<&'static str>,
    },
    Both {
        other: String,
    },
    Unreadable {
        why: String,
    },
}

impl Problem {
    pub fn words(&self, texts: &Texts) -> String {
        let name = self.name.as_str();
        let words = match &self.fault {
            Fault::Wrong { value, expected } => texts.with(
                "config-wrong",
                &[("name", name), ("value", value), ("expected", texts.get(expected).as_ref())],
            ),
            Fault::WrongSecret { expected } => texts
                .with("config-wrong-secret", &[("name", name), ("expected", texts.get(expected).as_ref())]),
            Fault::Missing { expected } => {
                texts.with("config-missing", &[("name", name), ("expected", texts.get(expected).as_ref())])
            }
            Fault::Unknown { nearest: Some(nearest) } => {
                texts.with("config-unknown-near", &[("name", name), ("nearest", nearest)])
            }
            Fault::Unknown { nearest: None } => texts.with("config-unknown", &[("name", name)]),
            Fault::Both { other } => texts.with("config-both", &[("name", name), ("other", other)]),
            Fault::Unreadable { why } => texts.with("config-unreadable", &[("name", name), ("why", why)]),
        };
        words.into_owned()
    }
}

/// Everything that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, why: &str) -> Self {
        let fault = Fault::Unreadable { why: why.to_owned() };
        Self { problems: vec![Problem { name: path.display().to_string(), fault }] }
    }

    /// One problem a line.
    pub fn words(&self, texts: &Texts) -> String {
        let lines: Vec<String> = self.problems.iter().map(|problem| problem.words(texts)).collect();
        lines.join("\n")
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(&Texts::of(Language::English)))
    }
}

impl std::error::Error for ConfigError {}
