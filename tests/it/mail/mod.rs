//! The pure layer: what mails are understood to say, what goes out, and what no input may do.

mod dkim;
mod limits;
mod outgoing;
mod properties;
mod rendering;
mod shown;
mod stories;

use std::fs;
use std::path::PathBuf;

use mailmoot::mail::parse::parse;

/// A folder of fixtures.
fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Every mail of a folder with its name, in order.
fn mails(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    found.sort();
    found
}

fn with_lf(raw: &[u8]) -> Vec<u8> {
    if !raw.contains(&b'\n') {
        return raw.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect();
    }
    let mut out = Vec::with_capacity(raw.len());
    for (at, byte) in raw.iter().enumerate() {
        if *byte != b'\r' || raw.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() * 2);
    for byte in raw {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

/// Each mail as the snapshot says, whatever its line ends are.
fn all_as_the_snapshots_say(name: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for (file, raw) in mails(name) {
        let lf = with_lf(&raw);
        let told = parse(&lf).map_or_else(|error| format!("no mail: {error}\n"), |mail| shown::shown(&mail));
        let crlf = parse(&with_crlf(&lf))
            .map_or_else(|error| format!("no mail: {error}\n"), |mail| shown::shown(&mail));
        assert_eq!(told, crlf, "{file}: line ends change what is understood");
        insta::assert_snapshot!(format!("{name}__{}", file.trim_end_matches(".eml")), told);
    }
}

#[test]
fn mails_are_understood() {
    all_as_the_snapshots_say("mail");
}

#[test]
fn bounces_are_understood() {
    all_as_the_snapshots_say("dsn");
}

#[test]
fn read_receipts_are_understood() {
    all_as_the_snapshots_say("mdn");
}
