use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn keys(source: &str) -> BTreeSet<String> {
    let lines = source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    lines.filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()).collect()
}

/// The `{ $name }`s of each text.
fn names(source: &str, key: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in source.lines() {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            inside = line.starts_with(&format!("{key} ="));
        }
        if inside {
            found.extend(line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
            }));
        }
    }
    found
}

#[test]
fn the_files_are_well_formed_and_name_no_key_twice() {
    for source in [ENGLISH, CHINESE] {
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{errors:?}");
        }
        let lines = source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        assert_eq!(keys(source).len(), lines.count(), "a key stands twice");
    }
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_values() {
    let (english, chinese) = (keys(ENGLISH), keys(CHINESE));
    let differing: Vec<_> = english.symmetric_difference(&chinese).collect();
    assert!(differing.is_empty(), "only in one language: {differing:?}");
    for key in english {
        assert_eq!(names(ENGLISH, &key), names(CHINESE, &key), "{key}");
    }
}

#[test]
fn every_key_that_is_named_exists() {
    let known = keys(ENGLISH);
    let mut missing = Vec::new();
    for folder in ["src", "templates"] {
        for (path, text) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            for call in
                ["t.get(\"", "t.with(\"", "texts.get(\"", "texts.with(\"", "texts().get(\"", "key: \""]
            {
                for (at, _) in text.match_indices(call) {
                    let key = text[at + call.len()..].split('"').next().unwrap();
                    if !known.contains(key) && key != "key" && key != "members-count" {
                        missing.push(format!("{path}: {key}"));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "not in the locales:\n{}", missing.join("\n"));
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() {
            found.extend(files(&path));
        } else if matches!(kind.as_str(), "rs" | "html" | "txt") && !path.ends_with("texts/tests.rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn numbers_and_names_stand_in_texts() {
    let english = Texts::of(Language::English);
    assert_eq!(english.with("count-members", &[("n", 1)]), "1 member");
    assert_eq!(english.with("count-members", &[("n", 7)]), "7 members");
    assert_eq!(Texts::of(Language::Chinese).with("count-members", &[("n", 7)]), "7 位成员");
    assert_eq!(english.get("no-such-key"), "no-such-key");
}
