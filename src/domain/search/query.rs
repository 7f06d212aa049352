//! What somebody typed into the field of the search.
//!
//! Words, `"words side by side"`, and filters such as `from:Anna` or `before:2026-11-20`. What can't be understood is
//! noted, and the rest is searched for: somebody who is still typing has nearly always something unfinished there.

use chrono::NaiveDate;

use super::days::{self, Days};
use super::letters::fold;
use super::{Phrase, Wanted, having, with_file};
use crate::domain::address::EmailAddress;

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them must be in a text or in a file's name.
    pub phrases: Vec<Phrase>,
    /// Of any of them.
    pub from: Vec<Who>,
    /// All of them.
    pub has: Vec<Thing>,
    /// All of them in names of files.
    pub files: Vec<Phrase>,
    /// In groups whose topic has any of them.
    pub topics: Vec<Phrase>,
    /// Marked with all of them; by their names as they were typed.
    pub tags: Vec<String>,
    pub days: Days,
    /// What could not be used.
    pub notes: Vec<Note>,
}

/// Whose messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Me,
    Named(Phrase),
    Address(EmailAddress),
}

/// What a message can have besides words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    File,
    Picture,
    Link,
}

/// What a query has that can't be used, for the one who typed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Looks like a filter, and is none; it was searched for as words.
    NoFilter { typed: String },
    /// A filter that still needs its value.
    NoValue { filter: String },
    /// Not a day.
    NoDay { typed: String },
    /// Not one of the things a message can have.
    NoThing { typed: String },
    /// Only signs, which are not searched for.
    NoWords,
    /// So many letters of it were read.
    Cut { limit: usize },
    /// So many words of it count.
    TooMany { limit: usize },
}

/// In letters.
const LONGEST: usize = 400;
/// Words, phrases and filters.
const MOST: usize = 16;

#[derive(Clone, Copy)]
enum Filter {
    From,
    Has,
    File,
    Topic,
    Before,
    After,
    On,
    Tag,
}

/// In both languages, whichever the page has.
const FILTERS: &[(Filter, &[&str])] = &[
    (Filter::From, &["from", "来自", "來自", "发件人", "作者"]),
    (Filter::Has, &["has", "有", "包含", "含"]),
    (Filter::File, &["file", "文件", "檔案", "附件"]),
    (Filter::Topic, &["in", "在", "群组", "主题"]),
    (Filter::Before, &["before", "之前", "早于"]),
    (Filter::After, &["after", "since", "之后", "以来"]),
    (Filter::On, &["on", "日期", "当天"]),
    (Filter::Tag, &["tag", "标签"]),
];
const THINGS: &[(Thing, &[&str])] = &[
    (Thing::File, &["file", "files", "attachment", "attachments", "文件", "附件"]),
    (Thing::Picture, &["picture", "pictures", "image", "images", "photo", "图片", "照片", "图"]),
    (Thing::Link, &["link", "links", "url", "链接", "网址"]),
];
const ME: &[&str] = &["me", "我"];

impl Query {
    /// Understands what was typed on a day.
    pub fn parse(typed: &str, today: NaiveDate) -> Self {
        let mut query = Self::default();
        let cut = typed.char_indices().nth(LONGEST).map(|(end, _)| end);
        if cut.is_some() {
            query.notes.push(Note::Cut { limit: LONGEST });
        }
        let mut parts = Parts(&typed[..cut.unwrap_or(typed.len())]);
        for part in parts.by_ref().take(MOST) {
            query.take(part, today);
        }
        if parts.next().is_some() {
            query.notes.push(Note::TooMany { limit: MOST });
        }
        if query.is_empty() && query.notes.is_empty() && !typed.trim().is_empty() {
            query.notes.push(Note::NoWords);
        }
        query
    }

    /// Whether there is nothing to search for.
    pub fn is_empty(&self) -> bool {
        let Self { phrases, from, has, files, topics, tags, days, notes: _ } = self;
        phrases.is_empty()
            && from.is_empty()
            && has.is_empty()
            && files.is_empty()
            && topics.is_empty()
            && tags.is_empty()
            && *days == Days::default()
    }

    /// What is wanted of the words, the files and what a message has; who, where and which tags are not known here.
    pub fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::default();
        for phrase in &self.phrases {
            wanted.and(phrase.clone());
        }
        for name in &self.files {
            wanted.and(with_file(name.clone()));
        }
        for thing in &self.has {
            wanted.and(having(*thing));
        }
        wanted
    }

    /// What is marked in the text and the file names of a result.
    pub fn marks(&self) -> Vec<Phrase> {
        [self.phrases.as_slice(), &self.files].concat()
    }

    fn take(&mut self, part: Part<'_>, today: NaiveDate) {
        let Some(key) = part.key else { return self.phrases.extend(Phrase::of(part.value, part.quoted)) };
        let known = FILTERS.iter().find(|(_, names)| names.contains(&fold(key).as_str()));
        match known {
            Some((filter, _)) => self.filter(*filter, key, &part, today),
            None => {
                self.notes.push(Note::NoFilter { typed: key.to_owned() });
                self.phrases.extend(Phrase::of(key, true));
                self.phrases.extend(Phrase::of(part.value, part.quoted));
            }
        }
    }

    fn filter(&mut self, filter: Filter, key: &str, part: &Part<'_>, today: NaiveDate) {
        let phrase = Phrase::of(part.value, part.quoted);
        match (filter, phrase) {
            (Filter::File, None) => self.has.push(Thing::File),
            (Filter::Tag, _) if part.value.trim().is_empty() => {
                self.notes.push(Note::NoValue { filter: key.to_owned() })
            }
            (Filter::Tag, _) => self.tags.push(part.value.to_owned()),
            (_, None) => self.notes.push(Note::NoValue { filter: key.to_owned() }),
            (Filter::From, Some(phrase)) => self.from.push(who(part.value, phrase)),
            (Filter::File, Some(phrase)) => self.files.push(phrase),
            (Filter::Topic, Some(phrase)) => self.topics.push(phrase),
            (Filter::Has, _) => match named(THINGS, part.value) {
                Some(thing) => self.has.push(thing),
                None => self.notes.push(Note::NoThing { typed: part.value.to_owned() }),
            },
            (Filter::Before | Filter::After | Filter::On, _) => match days::parse(part.value, today) {
                Some((first, end)) => self.days.narrow(match filter {
                    Filter::Before => Days { before: Some(first), ..Days::default() },
                    Filter::After => Days { from: Some(first), ..Days::default() },
                    _ => Days { from: Some(first), before: Some(end) },
                }),
                None => self.notes.push(Note::NoDay { typed: part.value.to_owned() }),
            },
        }
    }
}

fn who(typed: &str, phrase: Phrase) -> Who {
    match typed.parse::<EmailAddress>() {
        _ if ME.contains(&fold(typed).as_str()) => Who::Me,
        Ok(address) => Who::Address(address),
        Err(_) => Who::Named(phrase),
    }
}

fn named<T: Copy>(list: &[(T, &[&str])], name: &str) -> Option<T> {
    let name = fold(name);
    list.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(value, _)| *value)
}

/// One part of a query.
struct Part<'a> {
    /// What stands before the colon of a filter.
    key: Option<&'a str>,
    /// Without its quotation marks.
    value: &'a str,
    quoted: bool,
}

/// What is still to be read.
struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.0 = self.0.trim_start();
        if self.0.is_empty() {
            return None;
        }
        let end = self.0.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(self.0.len());
        let (key, before) = key_of(&self.0[..end]);
        self.0 = &self.0[before..];
        let (value, quoted) = self.value();
        Some(Part { key, value, quoted })
    }
}

impl<'a> Parts<'a> {
    /// What is quoted, up to the next mark or the end; else up to a space or a mark.
    fn value(&mut self) -> (&'a str, bool) {
        let mut chars = self.0.chars();
        let quoted = chars.next().is_some_and(is_quote);
        let (value, rest) = if quoted {
            let inside = chars.as_str();
            inside.split_once(is_quote).unwrap_or((inside, ""))
        } else {
            let is_end = |c: char| c.is_whitespace() || is_quote(c);
            self.0.split_at(self.0.find(is_end).unwrap_or(self.0.len()))
        };
        self.0 = rest;
        (value, quoted)
    }
}

/// The key of a filter, and how many bytes it takes with its colon. An address of the web, a time and a smiley have
/// none.
fn key_of(part: &str) -> (Option<&str>, usize) {
    let Some((key, value)) = part.split_once([':', '：']) else { return (None, 0) };
    let colon = part[key.len()..].chars().next().map_or(0, char::len_utf8);
    let is_key = !key.is_empty() && key.chars().all(char::is_alphabetic) && !value.starts_with("//");
    if is_key { (Some(key), key.len() + colon) } else { (None, 0) }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' | '『' | '』' | '＂')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn parse(typed: &str) -> Query {
        Query::parse(typed, day(20))
    }

    fn phrases(typed: &str) -> Vec<String> {
        let shown = |p: &Phrase| p.words().join(" ") + if p.is_open() { "…" } else { "" };
        parse(typed).phrases.iter().map(shown).collect()
    }

    #[test]
    fn words_and_quoted_words_are_all_wanted() {
        for (typed, expected) in [
            ("budget round", "budget…|round…"),
            ("\"second round\" ok", "second round|ok"),
            ("“second round", "second round"),
            ("the „Plan B\" now", "the…|plan b|now…"),
            ("会议室 会", "会议 议室|会…"),
            ("\"会议\"", "会议"),
            ("用excel 2027年预算", "用 excel…|2027 年预 预算"),
            ("10:30 https://x.example/a", "10 30|https x example a"),
            ("v2", "v2"),
            ("C++ *", "c"),
        ] {
            assert_eq!(phrases(typed).join("|"), expected, "{typed}");
        }
    }

    #[test]
    fn filters_are_known_in_both_languages() {
        let query = parse(
            "from:\"Anna Berg\" 来自：王小明 from:me FROM:a@corp.example has:file 有:图片 in:budget file:offer",
        );
        let name = |name, quoted| Who::Named(Phrase::of(name, quoted).unwrap());
        let address = Who::Address("a@corp.example".parse().unwrap());
        assert_eq!(query.from, [name("Anna Berg", true), name("王小明", false), Who::Me, address]);
        assert_eq!(query.has, [Thing::File, Thing::Picture]);
        assert_eq!(query.topics, [Phrase::of("budget", false).unwrap()]);
        assert_eq!(query.files, [Phrase::of("offer", false).unwrap()]);
        assert_eq!((query.phrases, query.notes), (vec![], vec![]));
        assert_eq!(parse("文件:").has, [Thing::File]);
    }

    #[test]
    fn tags_are_named_as_people_write_them() {
        let query = parse("tag:decision 标签：决策 plan TAG:\"Next steps\" tag:#risk tag:？");
        assert_eq!(query.tags, ["decision", "决策", "Next steps", "#risk", "？"]);
        assert_eq!((query.phrases, query.notes), (vec![Phrase::of("plan", false).unwrap()], vec![]));
        assert!(!parse("tag:decision").is_empty());
    }

    #[test]
    fn days_are_where_the_reader_counts_them() {
        let days = |typed| parse(typed).days;
        let from = |from| Days { from: Some(from), before: None };
        assert_eq!(days("after:2026-11-10"), from(day(10)));
        assert_eq!(days("之后:今天"), from(day(20)));
        assert_eq!(days("on:yesterday"), Days { from: Some(day(19)), before: Some(day(20)) });
        assert_eq!(days("after:2026 before:2026-11-05 before:2026-11-03").before, Some(day(3)));
        assert_eq!(days("before:soon"), Days::default());
    }

    #[test]
    fn what_cant_be_used_is_told_and_the_rest_is_used() {
        for (typed, note) in [
            ("Betreff:Budget", Note::NoFilter { typed: "Betreff".to_owned() }),
            ("plan from:", Note::NoValue { filter: "from".to_owned() }),
            ("plan before:soon", Note::NoDay { typed: "soon".to_owned() }),
            ("plan has:legs", Note::NoThing { typed: "legs".to_owned() }),
            ("plan tag:", Note::NoValue { filter: "tag".to_owned() }),
            ("plan 标签:\" \"", Note::NoValue { filter: "标签".to_owned() }),
        ] {
            let query = parse(typed);
            assert_eq!(query.notes, [note], "{typed}");
            assert!(!query.phrases.is_empty());
        }
        assert_eq!(phrases("Betreff:Budget"), ["betreff", "budget…"]);
        assert_eq!(parse(":-) ***").notes, [Note::NoWords]);
        assert_eq!(parse("").notes, []);
        assert_eq!(parse(&"word ".repeat(50)).notes, [Note::TooMany { limit: MOST }]);
        assert_eq!(parse(&"字".repeat(10_000)).notes, [Note::Cut { limit: LONGEST }]);
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(typed in "\\PC{0,60}|[a-z会议:\"“” 　：§\0\u{202e}.*-]{0,60}") {
            let query = parse(&typed);
            for phrase in query.marks() {
                prop_assert!(!phrase.words().is_empty());
                prop_assert!(phrase.words().iter().all(|word| !word.is_empty() && !word.contains(super::super::SIGN)));
            }
        }
    }
}
