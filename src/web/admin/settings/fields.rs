//! One setting on a page: its words, what stands there, and how it is put in.

use crate::config::{From, Kind, SettingSeen};
use crate::texts::Texts;

/// One setting.
#[derive(Clone, Debug)]
pub struct Field {
    /// As in the file.
    pub name: String,
    /// What it is called on pages.
    pub label: String,
    /// What can stand there; empty where the field says it itself.
    pub expected: String,
    /// Where it comes from, in words.
    pub source: String,
    /// As it is, in words; empty where nothing is given.
    pub shown: String,
    /// As typed, or as it is.
    pub text: String,
    pub input: Input,
    pub is_kept: bool,
    /// A secret that was typed and not saved: it does not come back to the page.
    pub again: bool,
    pub problem: Option<String>,
}

/// How it is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Text,
    Lines,
    Secret,
    /// One of these: what is sent, and its words.
    Choice(Vec<(String, String)>),
    /// It stands in the file or the environment, or can be changed there only.
    Fixed,
}

impl Field {
    /// Whether what is wrong says already what can stand there.
    pub fn is_told(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.contains(&self.expected))
    }

    pub fn of(t: Texts, seen: &SettingSeen) -> Self {
        let setting = &seen.setting;
        let source = match &seen.from {
            From::Nowhere => t.get("settings-usual"),
            From::Page => t.get("settings-from-page"),
            From::Outside(place) => t.with("settings-from-outside", &[("place", place.as_str())]),
        };
        let text = seen.text.clone().unwrap_or_default();
        let input = input(t, seen);
        let expected = match (&input, seen.expected) {
            (Input::Text | Input::Lines, Some(expected)) => t.get(expected).into_owned(),
            _ => String::new(),
        };
        Self {
            name: setting.name.to_string(),
            label: t.get(&label_key(&setting.name)).into_owned(),
            expected,
            source: source.into_owned(),
            shown: shown(t, seen, &text),
            text,
            input,
            is_kept: seen.from == From::Page,
            again: false,
            problem: None,
        }
    }

    pub fn is_fixed(&self) -> bool {
        self.input == Input::Fixed
    }
}

fn input(t: Texts, seen: &SettingSeen) -> Input {
    let choice = |words: &[&str]| {
        Input::Choice(words.iter().map(|word| ((*word).to_owned(), in_words(t, word))).collect())
    };
    match (&seen.from, seen.setting.kind) {
        (From::Outside(_), _) | (_, Kind::Start) => Input::Fixed,
        (_, Kind::Lines) => Input::Lines,
        (_, Kind::Text) if seen.setting.secret => Input::Secret,
        (_, Kind::Text) => Input::Text,
        (_, Kind::YesNo) => choice(&["true", "false"]),
        (_, Kind::Word(words)) => choice(words),
    }
}

fn shown(t: Texts, seen: &SettingSeen, text: &str) -> String {
    match (&seen.from, seen.setting.kind) {
        (From::Nowhere, _) => String::new(),
        _ if seen.setting.secret => "••••••".to_owned(),
        (_, Kind::YesNo | Kind::Word(_)) => in_words(t, text),
        _ => text.to_owned(),
    }
}

/// A word that the file has, as people say it.
fn in_words(t: Texts, word: &str) -> String {
    let key = match word {
        "true" => "settings-yes".to_owned(),
        "false" => "settings-no".to_owned(),
        other => format!("settings-word-{}", other.replace('_', "-").to_lowercase()),
    };
    let words = t.get(&key);
    // A file may say something else, such as a wrong word.
    if words == key { word.to_owned() } else { words.into_owned() }
}

/// `setting-provider-client-id` for `provider.corp.client_id`.
fn label_key(name: &str) -> String {
    let mut parts = name.split('.');
    let (section, last) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    format!("setting-{section}-{last}").replace('_', "-")
}
