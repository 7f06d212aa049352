//! What is written in the documents is true: modules, commands, links, paths, fixtures and standards.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mailmoot::config::Origin;
use mailmoot::domain::kept::Kept;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The documents, by their path below the root.
fn documents() -> Vec<String> {
    let mut found = vec!["fixtures/README.md".to_owned()];
    for folder in ["", "docs", "docs/admin"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                found.push(format!("{folder}/{name}").trim_start_matches('/').to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Every file below a folder with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found
}

/// What stands between two marks, one after the other, each on one line.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some((word, next)) = rest.split_once(before).and_then(|(_, r)| r.split_once(after)) {
            found.push(word);
            rest = next;
        }
    }
    found
}

/// A document without its blocks of code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// Layer and module of each row of a table like that of the crate's own documentation.
fn layers(text: &str) -> BTreeSet<(u8, String)> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_start_matches("//!").split('|').map(str::trim).collect();
        let [_, layer, modules, ..] = cells.as_slice() else { continue };
        let Ok(layer) = layer.parse() else { continue };
        found.extend(between(modules, "`", "`").into_iter().map(|name| (layer, name.to_owned())));
    }
    found
}

#[test]
fn the_map_shows_every_module() {
    let mut modules = BTreeSet::new();
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        modules.insert(name.trim_end_matches(".rs").to_owned());
    }
    for start in ["lib", "main"] {
        modules.remove(start);
    }
    let map = layers(&read("docs/ARCHITECTURE.md"));
    let shown: BTreeSet<String> = map.iter().map(|(_, name)| name.clone()).collect();
    assert_eq!(shown, modules);
    assert_eq!(map, layers(&read("src/lib.rs")));
}

#[test]
fn the_readme_names_every_command() {
    let help = Command::new(env!("CARGO_BIN_EXE_mailmoot")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let real: BTreeSet<&str> =
        listed.lines().filter_map(|l| l.split_whitespace().next()).filter(|name| *name != "help").collect();
    let readme = read("README.md");
    let table = readme.split("## Commands").nth(1).unwrap().split("\n## ").next().unwrap();
    let told: BTreeSet<&str> =
        between(table, "| `mailmoot ", "`").iter().filter_map(|c| c.split_whitespace().next()).collect();
    assert_eq!(told, real);
}

/// Whoever begins with an example is told of nothing that is wrong in it.
#[test]
fn the_examples_for_admins_are_settings_without_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret\n").unwrap();
    for example in files("docs/admin", &[".toml"]) {
        let text = fs::read_to_string(&example).unwrap();
        let lines = text.lines().map(|line| match line.split_once("_file = ") {
            Some((name, _)) => format!("{name}_file = {:?}", secret.to_str().unwrap()),
            None => line.to_owned(),
        });
        let origin = Origin::of(&lines.collect::<Vec<_>>().join("\n"), []);
        if let Err(error) = origin.config(&Kept::default()) {
            panic!("{}: {error}", example.display());
        }
    }
}

/// A heading as the part of a link after `#`.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for document in documents() {
        let text = read(&document);
        let here = root().join(&document);
        for link in between(&prose(&text), "](", ")") {
            if link.starts_with("http") {
                continue;
            }
            let (path, part) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { here.clone() } else { here.parent().unwrap().join(path) };
            let headings = || fs::read_to_string(&target).unwrap_or_default();
            let has_part = part.is_empty()
                || headings()
                    .lines()
                    .filter(|l| l.starts_with('#'))
                    .any(|l| anchor(l.trim_start_matches('#')) == part);
            if !target.exists() || !has_part {
                wrong.push(format!("{document}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "links to nothing:\n{}", wrong.join("\n"));
}

#[test]
fn paths_in_documents_exist() {
    let folders = ["src/", "tests/", "templates/", "migrations/", "docs/", "fixtures/", "benches/"];
    let mut wrong = Vec::new();
    for document in documents() {
        for path in between(&prose(&read(&document)), "`", "`") {
            let is_path = folders.iter().any(|f| path.starts_with(f)) && !path.contains(['*', '<', '{', ' ']);
            if is_path && !root().join(path).exists() {
                wrong.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "paths to nothing:\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_fixtures_is_described() {
    let text = read("fixtures/README.md");
    for entry in fs::read_dir(root().join("fixtures")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let told = text.contains(&format!("{name}/"));
        assert!(told || !entry.path().is_dir(), "fixtures/README.md says nothing of {name}/");
    }
}

#[test]
fn nothing_names_a_place_on_somebodys_machine() {
    let mut texts: Vec<PathBuf> = documents().iter().map(|name| root().join(name)).collect();
    texts.extend(files("src", &[".rs"]));
    texts.extend(files("tests", &[".rs", ".sh", ".mjs", "run"]));
    texts.extend(files("templates", &[".html", ".txt", ".ftl", ".js", ".css"]));
    texts.extend(["Cargo.toml", "clippy.toml", ".ci/run"].map(|name| root().join(name)));
    // Written in two parts, so that this file is no finding.
    let places =
        [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];
    for path in texts {
        let text = fs::read_to_string(&path).unwrap();
        for place in places {
            assert!(!text.contains(place), "{}: {place}", path.display());
        }
    }
}

/// The numbers after "RFC ", also those of "RFC 3501, 9051".
fn rfcs(text: &str) -> BTreeSet<String> {
    let after = text.match_indices("RFC ").map(|(at, mark)| &text[at + mark.len()..]);
    let numbers = after.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    numbers.filter(|number| !number.is_empty()).collect()
}

#[test]
fn every_standard_that_the_code_cites_has_its_place() {
    let told = rfcs(&read("docs/STANDARDS.md"));
    let mut missing = Vec::new();
    for path in files("src", &[".rs"]) {
        for number in rfcs(&fs::read_to_string(&path).unwrap()).difference(&told) {
            missing.push(format!("RFC {number}, {}", path.display()));
        }
    }
    assert!(missing.is_empty(), "docs/STANDARDS.md does not have:\n{}", missing.join("\n"));
}
