//! The settings as texts, from the file and the environment, and the problems found on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::known::{Kind, Setting, is_section_name};
use super::origin::{From, SettingSeen};
use super::problem::{ConfigError, Fault, Problem, full};
use crate::domain::kept::Kept;

/// What is given, by `section.name`.
pub(super) struct Values {
    given: BTreeMap<String, Given>,
    /// Those there can be, with those of every section that is given a name.
    known: Vec<Setting>,
    /// The sections of which there can be several, and how those that are given are called.
    names: BTreeMap<String, BTreeSet<String>>,
    problems: Vec<Problem>,
    /// What was said to be expected of the settings that were asked for.
    expected: BTreeMap<String, &'static str>,
    /// Secrets whose file could not be read, which was told: they are not missing as well.
    unread: BTreeSet<String>,
    /// The file is no TOML: what is missing then would only confuse.
    broken: bool,
}

struct Given {
    text: String,
    /// The name in the file or the variable: what to look for when it is wrong.
    place: String,
    /// It stands in neither, but is kept on a page.
    kept: bool,
}

impl Given {
    fn new(text: String, place: String) -> Self {
        Self { text, place, kept: false }
    }
}

impl Values {
    /// Takes what is there of these settings; others become problems.
    pub fn read(
        settings: &[Setting],
        text: &str,
        environment: &BTreeMap<String, String>,
        kept: &Kept,
    ) -> Self {
        let many = settings.iter().filter_map(Setting::many);
        let mut values = Self {
            given: BTreeMap::new(),
            known: Vec::new(),
            names: many.map(|section| (section.to_owned(), BTreeSet::new())).collect(),
            problems: Vec::new(),
            expected: BTreeMap::new(),
            unread: BTreeSet::new(),
            broken: false,
        };
        let table = text.parse::<toml::Table>();
        values.find_names(table.as_ref().ok(), environment, kept);
        values.known = settings.iter().flat_map(|setting| values.instances(setting)).collect();
        values.take_kept(kept);
        match table {
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

    /// How the sections are called of which there can be several: `[directory.staff]`, `MAILMOOT_DIRECTORY_STAFF_URL`.
    fn find_names(
        &mut self,
        table: Option<&toml::Table>,
        environment: &BTreeMap<String, String>,
        kept: &Kept,
    ) {
        for (section, names) in &mut self.names {
            let inner = table.and_then(|table| table.get(section)?.as_table());
            let in_file = inner.into_iter().flatten().filter(|(_, value)| value.is_table());
            names.extend(in_file.map(|(name, _)| name.clone()).filter(|name| is_section_name(name)));
            let start = format!("MAILMOOT_{}_", section.to_uppercase());
            let rests = environment.keys().filter_map(|variable| variable.strip_prefix(&start));
            let in_variables = rests.filter_map(|rest| rest.split_once('_')).map(|(name, _)| name);
            names.extend(in_variables.map(str::to_lowercase).filter(|name| is_section_name(name)));
            let start = format!("{section}.");
            let rests = kept.0.keys().filter_map(|name| name.strip_prefix(&start));
            names.extend(rests.filter_map(|rest| rest.split_once('.')).map(|(name, _)| name.to_owned()));
        }
    }

    /// A setting, or one for each section that is given a name.
    fn instances(&self, setting: &Setting) -> Vec<Setting> {
        match setting.many() {
            None => vec![setting.clone()],
            Some(section) => self.names(section).iter().map(|name| setting.of(name)).collect(),
        }
    }

    /// What another version of mailmoot knew is kept, but not used.
    fn take_kept(&mut self, kept: &Kept) {
        for (name, text) in &kept.0 {
            let is_it = |setting: &Setting| setting.name == *name && setting.kind != Kind::Start;
            if self.known.iter().any(is_it) {
                let given = Given { text: text.clone(), place: name.clone(), kept: true };
                self.given.insert(name.clone(), given);
            }
        }
    }

    fn take_table(&mut self, table: &toml::Table) {
        for (section, inner) in table {
            match inner.as_table() {
                None => self.unknown(section),
                Some(inner) if self.names.contains_key(section) => self.take_sections(section, inner),
                Some(inner) => self.take_section(section, inner),
            }
        }
    }

    fn take_sections(&mut self, section: &str, sections: &toml::Table) {
        for (name, inner) in sections {
            let full = format!("{section}.{name}");
            match inner.as_table() {
                Some(inner) if is_section_name(name) => self.take_section(&full, inner),
                _ => {
                    let expected = "config-expected-section-name";
                    self.problems.push(Problem {
                        name: format!("[{full}]"),
                        fault: Fault::Wrong { value: name.clone(), expected },
                    });
                }
            }
        }
    }

    fn take_section(&mut self, section: &str, inner: &toml::Table) {
        for (key, value) in inner {
            let name = format!("{section}.{key}");
            if !self.is_known(&name) {
                self.unknown(&name);
            } else if let Some(text) = text_of(value) {
                self.replace_kept(&name);
                self.given.insert(name.clone(), Given::new(text, name));
            } else {
                let (value, expected) = (value.type_str().to_owned(), "config-expected-simple");
                self.problems.push(Problem { name, fault: Fault::Wrong { value, expected } });
            }
        }
    }

    fn take_environment(&mut self, environment: &BTreeMap<String, String>) {
        for setting in self.known.clone() {
            let file = setting.file_name().zip(setting.file_variable());
            for (name, variable) in
                [Some((setting.name.to_string(), setting.variable())), file].into_iter().flatten()
            {
                if let Some(text) = environment.get(&variable) {
                    // What stands in the environment replaces the file's secret and the file's path to it.
                    if let Some(other) = setting.file_name().filter(|_| name == setting.name) {
                        self.given.remove(&other);
                    } else if setting.secret && name != setting.name {
                        self.given
                            .retain(|given, value| *given != setting.name || value.place != setting.name);
                    }
                    self.replace_kept(&name);
                    self.given.insert(name, Given::new(text.clone(), variable));
                }
            }
        }
        let known = |variable: &str| {
            self.known
                .iter()
                .any(|s| s.variable() == variable || s.file_variable().as_deref() == Some(variable))
        };
        // MAILMOOT_CONFIG, MAILMOOT_TEST_... are of no section, and other programs may have such variables too.
        let plain = self.known.iter().filter_map(|setting| setting.name.split('.').next());
        let sections: BTreeSet<&str> = plain.chain(self.names.keys().map(String::as_str)).collect();
        let of_ours = |variable: &str| {
            let rest = variable.strip_prefix("MAILMOOT_");
            rest.is_some_and(|rest| {
                sections.iter().any(|section| rest.starts_with(&format!("{}_", section.to_uppercase())))
            })
        };
        let unknown: Vec<&String> =
            environment.keys().filter(|variable| !known(variable) && of_ours(variable)).collect();
        for variable in unknown {
            self.unknown(variable);
        }
    }

    /// A secret's file replaces a secret that is kept.
    fn replace_kept(&mut self, name: &str) {
        let Some(of) = self.known.iter().find(|setting| setting.file_name().as_deref() == Some(name)) else {
            return;
        };
        let of = of.name.to_string();
        self.given.retain(|given, value| *given != of || !value.kept);
    }

    fn open_secret_files(&mut self) {
        for setting in self.known.clone() {
            let Some(file) = setting.file_name().and_then(|name| self.given.remove(&name)) else { continue };
            if let Some(direct) = self.given.get(setting.name.as_ref()) {
                let fault = Fault::Both { other: file.place };
                self.problems.push(Problem { name: direct.place.clone(), fault });
                continue;
            }
            match std::fs::read_to_string(Path::new(&file.text)) {
                Ok(text) => {
                    let text = text.trim_end_matches(['\r', '\n']).to_owned();
                    self.given.insert(setting.name.to_string(), Given::new(text, file.place));
                }
                Err(error) => {
                    let fault =
                        Fault::NoSecretFile { path: full(Path::new(&file.text)), why: error.to_string() };
                    self.problems.push(Problem { name: file.place, fault });
                    self.unread.insert(setting.name.to_string());
                }
            }
        }
    }

    /// How the sections are called that are given, of those there can be several of.
    pub fn names(&self, section: &str) -> BTreeSet<String> {
        self.names.get(section).cloned().unwrap_or_default()
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
        self.expected.insert(name.to_owned(), expected);
        match self.given.get(name) {
            None => Some(default),
            Some(given) => {
                // Spaces around a password belong to it.
                let text = given.text.as_str();
                let value = parse(if self.is_secret(name) { text } else { text.trim() });
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
        self.expected.insert(name.to_owned(), expected);
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

    /// What can stand in a setting that nobody asks for now.
    pub fn expect(&mut self, name: &str, expected: &'static str) {
        self.expected.insert(name.to_owned(), expected);
    }

    pub fn missing(&mut self, name: &str, expected: &'static str) {
        if self.is_unread(name) {
            return;
        }
        self.problems.push(Problem { name: name.to_owned(), fault: Fault::Missing { expected } });
    }

    pub fn wrong(&mut self, name: &str, expected: &'static str) {
        let Some(given) = self.given.get(name) else { return self.missing(name, expected) };
        let fault = match self.is_secret(name) {
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
        let fault = Fault::Unknown { nearest: self.nearest(name) };
        self.problems.push(Problem { name: name.to_owned(), fault });
    }

    fn is_known(&self, name: &str) -> bool {
        let is_it = |setting: &Setting| setting.name == name || setting.file_name().as_deref() == Some(name);
        self.known.iter().any(is_it)
    }

    fn is_secret(&self, name: &str) -> bool {
        self.known.iter().any(|setting| setting.name == name && setting.secret)
    }

    /// The known setting a mistyped one was most likely to be; a variable for a variable.
    fn nearest(&self, name: &str) -> Option<String> {
        let variable = name.strip_prefix("MAILMOOT_");
        let typed = variable.unwrap_or(name).to_lowercase().replace('_', ".");
        let distance = |setting: &Setting| edit_distance(&setting.name.replace('_', "."), &typed);
        let best = self.known.iter().min_by_key(|setting| distance(setting))?;
        let written = || if variable.is_some() { best.variable() } else { best.name.to_string() };
        (distance(best) <= 3).then(written)
    }

    /// Every setting there can be, as it is given, in the order of `SETTINGS`.
    pub fn list(&self) -> Vec<SettingSeen> {
        let seen = |setting: &Setting| {
            let given = self.given.get(setting.name.as_ref());
            let from = match given {
                None => From::Nowhere,
                Some(given) if given.kept => From::Page,
                Some(given) => From::Outside(given.place.clone()),
            };
            SettingSeen {
                setting: setting.clone(),
                text: given.filter(|_| !setting.secret).map(|given| given.text.clone()),
                from,
                expected: self.expected.get(setting.name.as_ref()).copied(),
            }
        };
        self.known.iter().map(seen).collect()
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
