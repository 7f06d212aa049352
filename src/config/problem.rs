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
        /// Written as the unknown one: `section.name` or a variable.
        nearest: Option<String>,
    },
    Both {
        other: String,
    },
    Unreadable {
        why: String,
    },
    /// The configuration file that was asked for.
    NoFile {
        why: String,
    },
    /// No file was asked for, and there is none where one is looked for.
    NoDefaultFile,
    /// The file with a secret in it.
    NoSecretFile {
        path: String,
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
                texts.with("config-unknown-near", &[("name", name), ("nearest", nearest.as_str())])
            }
            Fault::Unknown { nearest: None } => texts.with("config-unknown", &[("name", name)]),
            Fault::Both { other } => texts.with("config-both", &[("name", name), ("other", other)]),
            Fault::Unreadable { why } => texts.with("config-unreadable", &[("name", name), ("why", why)]),
            Fault::NoFile { why } => texts.with("config-no-file", &[("name", name), ("why", why)]),
            Fault::NoDefaultFile => texts.with("config-no-default-file", &[("name", name)]),
            Fault::NoSecretFile { path, why } => {
                texts.with("config-no-secret-file", &[("name", name), ("path", path), ("why", why)])
            }
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
        let fault = Fault::NoFile { why: why.to_owned() };
        Self { problems: vec![Problem { name: full(path), fault }] }
    }

    /// There is no file at the usual place either: that comes first.
    pub(super) fn without_file(mut self, path: &Path) -> Self {
        self.problems.insert(0, Problem { name: full(path), fault: Fault::NoDefaultFile });
        self
    }

    /// One problem a line.
    pub fn words(&self, texts: &Texts) -> String {
        let lines: Vec<String> = self.problems.iter().map(|problem| problem.words(texts)).collect();
        lines.join("\n")
    }
}

/// A path as it is looked for, from the root: what it was below is not to be guessed.
pub(super) fn full(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(&Texts::of(Language::English)))
    }
}

impl std::error::Error for ConfigError {}
