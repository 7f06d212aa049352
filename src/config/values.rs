//! The settings as texts, from the file and the environment, and the problems found on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::known::{SETTINGS, Setting};
use super::problem::{ConfigError, Fault, Problem, full};

/// What is given, by `section.name`.
pub(super) struct Values {
    given: BTreeMap<String, Given>,
    problems: Vec<Problem>,
    /// Secrets whose file could not be read, which was told: they are not missing as well.
    unread: BTreeSet<&'static str>,
    /// The file is no TOML: what is missing then would only confuse.
    broken: bool,
}

struct Given {
    text: String,
    /// The name in the file or the variable: what to look for when it is wrong.
    place: String,
}

impl Values {
    /// Takes what is there; unknown settings become problems.
    pub fn read(text: &str, environment: &BTreeMap<String, String>) -> Self {
        let mut values =
            Self { given: BTreeMap::new(), problems: Vec::new(), unread: BTreeSet::new(), broken: false };
        match text.parse::<toml::Table>() {
            Ok(table) => values.take_table(&table),
            Err(error) => {
                // The library's own words quote the line, which may be the one with the password.
                let start = error.span().map_or(0, |span| span.start);
                let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
                values.unreadable("mailmoot.toml", &format!("line {line}: {}", error.message()));
                values.broken = true;
            }
        }
        values.take_environment(environment);
        values.open_secret_files();
        values
    }

    fn take_table(&mut self, table: &toml::Table) {
        for (section, inner) in table {
            let Some(inner) = inner.as_table() else {
                self.unknown(section);
                continue;
            };
            for (key, value) in inner {
                let name = format!("{section}.{key}");
                if !is_known(&name) {
                    self.unknown(&name);
                } else if let Some(text) = text_of(value) {
                    self.given.insert(name.clone(), Given { text, place: name });
                } else {
                    let (value, expected) = (value.type_str().to_owned(), "config-expected-simple");
                    self.problems.push(Problem { name, fault: Fault::Wrong { value, expected } });
                }
            }
        }
    }

    fn take_environment(&mut self, environment: &BTreeMap<String, String>) {
        for setting in SETTINGS {
            let file = setting.file_name().zip(setting.file_variable());
            for (name, variable) in
                [Some((setting.name.to_owned(), setting.variable())), file].into_iter().flatten()
            {
                if let Some(text) = environment.get(&variable) {
                    // What stands in the environment replaces the file's secret and the file's path to it.
                    if let Some(other) = setting.file_name().filter(|_| name == setting.name) {
                        self.given.remove(&other);
                    } else if setting.secret && name != setting.name {
                        self.given
                            .retain(|given, value| given != setting.name || value.place != setting.name);
                    }
                    self.given.insert(name, Given { text: text.clone(), place: variable });
                }
            }
        }
        let known = |variable: &str| {
            SETTINGS
                .iter()
                .any(|s| s.variable() == variable || s.file_variable().as_deref() == Some(variable))
        };
        // MAILMOOT_CONFIG, MAILMOOT_TEST_... are of no section, and other programs may have such variables too.
        let sections = || SETTINGS.iter().filter_map(|setting| setting.name.split('.').next());
        for variable in environment.keys().filter(|variable| !known(variable)) {
            let Some(rest) = variable.strip_prefix("MAILMOOT_") else { continue };
            if sections().any(|section| rest.starts_with(&format!("{}_", section.to_uppercase()))) {
                self.unknown(variable);
            }
        }
    }

    fn open_secret_files(&mut self) {
        for setting in SETTINGS {
            let Some(file) = setting.file_name().and_then(|name| self.given.remove(&name)) else { continue };
            if let Some(direct) = self.given.get(setting.name) {
                let fault = Fault::Both { other: file.place };
                self.problems.push(Problem { name: direct.place.clone(), fault });
                continue;
            }
            match std::fs::read_to_string(Path::new(&file.text)) {
                Ok(text) => {
                    let text = text.trim_end_matches(['\r', '\n']).to_owned();
                    self.given.insert(setting.name.to_owned(), Given { text, place: file.place });
                }
                Err(error) => {
                    let fault =
                        Fault::NoSecretFile { path: full(Path::new(&file.text)), why: error.to_string() };
                    self.problems.push(Problem { name: file.place, fault });
                    self.unread.insert(setting.name);
                }
            }
        }
    }

    /// Whether any setting of a section is given.
    pub fn has_section(&self, section: &str) -> bool {
        self.given.keys().any(|name| name.split('.').next() == Some(section))
    }

    /// As given; an empty text too.
    pub fn text(&self, name: &str) -> Option<String> {
        self.given.get(name).map(|given| given.text.clone())
    }

    /// Given and well-formed, or the default.
    pub fn or<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        default: T,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        match self.given.get(name) {
            None => Some(default),
            Some(given) => {
                // Spaces around a password belong to it.
                let text = given.text.as_str();
                let value = parse(if is_secret(name) { text } else { text.trim() });
                if value.is_none() {
                    self.wrong(name, expected);
                }
                value
            }
        }
    }

    /// Given and well-formed.
    pub fn need<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if !self.given.contains_key(name) {
            self.missing(name, expected);
            return None;
        }
        self.or(name, expected, None, |text| parse(text).map(Some)).flatten()
    }

    /// Whether a secret was given by a file that could not be read.
    pub fn is_unread(&self, name: &str) -> bool {
        self.unread.contains(name)
    }

    pub fn missing(&mut self, name: &str, expected: &'static str) {
        if self.is_unread(name) {
            return;
        }
        self.problems.push(Problem { name: name.to_owned(), fault: Fault::Missing { expected } });
    }

    pub fn wrong(&mut self, name: &str, expected: &'static str) {
        let Some(given) = self.given.get(name) else { return self.missing(name, expected) };
        let fault = match is_secret(name) {
            true => Fault::WrongSecret { expected },
            false => Fault::Wrong { value: given.text.clone(), expected },
        };
        self.problems.push(Problem { name: given.place.clone(), fault });
    }

    fn unreadable(&mut self, name: &str, why: &str) {
        let fault = Fault::Unreadable { why: why.to_owned() };
        self.problems.push(Problem { name: name.to_owned(), fault });
    }

    fn unknown(&mut self, name: &str) {
        let fault = Fault::Unknown { nearest: nearest(name) };
        self.problems.push(Problem { name: name.to_owned(), fault });
    }

    /// The configuration, if nothing was wrong.
    pub fn finish<T>(mut self, made: Option<T>) -> Result<T, ConfigError> {
        self.problems.truncate(if self.broken { 1 } else { usize::MAX });
        match made {
            Some(made) if self.problems.is_empty() => Ok(made),
            _ => Err(ConfigError { problems: self.problems }),
        }
    }
}

fn is_known(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name || setting.file_name().as_deref() == Some(name))
}

fn is_secret(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name && setting.secret)
}

/// Lists as texts with commas, as the environment writes them.
fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(yes) => Some(yes.to_string()),
        toml::Value::Array(all) => {
            let texts: Option<Vec<String>> = all.iter().map(|one| one.as_str().map(str::to_owned)).collect();
            texts.map(|texts| texts.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// The known setting a mistyped one was most likely to be; a variable for a variable.
fn nearest(name: &str) -> Option<String> {
    let variable = name.strip_prefix("MAILMOOT_");
    let typed = variable.unwrap_or(name).to_lowercase().replace('_', ".");
    let distance = |setting: &Setting| edit_distance(&setting.name.replace('_', "."), &typed);
    let best = SETTINGS.iter().min_by_key(|setting| distance(setting))?;
    let written = || if variable.is_some() { best.variable() } else { best.name.to_owned() };
    (distance(best) <= 3).then(written)
}

/// How many letters to add, take away or change (Levenshtein).
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = before + usize::from(from != *to);
            before = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
