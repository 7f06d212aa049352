//! `mailmoot inspect` as an admin runs it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The lines it writes, and whether it understood everything.
fn inspect(arguments: &[&str], file: &Path) -> (bool, Vec<Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailmoot"));
    let output = command.arg("inspect").args(arguments).arg(file).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.success(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn a_mail_that_can_not_be_opened_is_shown_by_its_header() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep.eml");
    let head = "From: Anna Berg <anna@corp.example>\r\nTo: bo@corp.example\r\nSubject: Re: Deep\r\n\
        Message-ID: <deep@corp.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n";
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(200);
    std::fs::write(&file, format!("{head}{nested}Hello\r\n")).unwrap();
    let (good, lines) = inspect(&[], &file);
    assert!(!good);
    assert_eq!(lines.len(), 1, "one line for a file");
    let line = &lines[0];
    assert_eq!(line["from"][0]["address"], "anna@corp.example");
    assert_eq!(line["to"][0]["address"], "bo@corp.example");
    assert_eq!((&line["subject"], &line["base_subject"]), (&"Re: Deep".into(), &"Deep".into()));
    assert_eq!(line["message_id"], "deep@corp.example");
    assert_eq!(line["date_ms"], 1_795_168_800_000_i64);
    assert!(line["problems"][0].as_str().unwrap().contains("200 mails within mails"), "{line}");
    let (good, lines) = inspect(&["--threads"], &file);
    assert!(!good && lines.is_empty());
}
