//! An exported group as other programs read it: Python's mailbox and email, and the indexer of notmuch.

use std::path::Path;
use std::process::Command;

use mailmoot::domain::export::Format;
use serde_json::Value;

use super::exports::{eventful, exported};
use crate::support::house::{House, Wanted};
use crate::support::peers::has_program;

/// Reads the mbox, tells of every mail as one line of JSON, and puts each into a Maildir for the indexer.
const READ: &str = r#"
import email.policy, email.utils, json, mailbox, os, sys
box = mailbox.mbox(sys.argv[1], create=False)
os.makedirs(sys.argv[2] + "/cur"); os.makedirs(sys.argv[2] + "/new"); os.makedirs(sys.argv[2] + "/tmp")
for n, key in enumerate(box.keys()):
    raw = box.get_bytes(key)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    files = [(part.get_filename(), len(part.get_content() if isinstance(part.get_content(), bytes) else part.get_content().encode())) for part in mail.iter_attachments()]
    print(json.dumps({
        "from": mail["From"].addresses[0].addr_spec, "name": mail["From"].addresses[0].display_name,
        "subject": mail["Subject"], "id": mail["Message-ID"].strip(), "parent": (mail["In-Reply-To"] or "").strip(),
        "references": (mail["References"] or "").split(), "date": email.utils.parsedate_to_datetime(mail["Date"]).timestamp(),
        "text": text, "html": mail.get_body(("html",)).get_content(), "files": files,
        "number": int(mail["X-Mailmoot-Number"]), "defects": [str(d) for part in mail.walk() for d in part.defects],
    }))
    open(sys.argv[2] + "/cur/" + str(n) + ":2,S", "wb").write(raw)
"#;

/// This reader leaves the marks of quoted lines where they are.
fn unquoted(text: &str) -> String {
    let line = |line: &str| {
        let is_quoted = line.starts_with('>') && line.trim_start_matches('>').starts_with("From ");
        line[usize::from(is_quoted)..].to_owned()
    };
    text.trim_end().split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn read(folder: &Path) -> Vec<Value> {
    let mut python = Command::new("python3");
    python.args(["-c", READ]).arg(folder.join("group.mbox")).arg(folder.join("mail"));
    run(&mut python).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_mail_program_shows_the_group_as_one_thread() {
    if !has_program("python3") || !has_program("notmuch") {
        return;
    }
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = eventful(&house).await;
    let messages = house.actions.list_messages_before(&anna, group, None, 1_000).await.unwrap();
    let mbox = exported(&house, &anna, group, Format::Mbox).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("group.mbox"), mbox).unwrap();
    let mails = read(folder.path());
    assert_eq!(mails.len(), messages.len());
    for (mail, message) in mails.iter().zip(&messages) {
        assert_eq!(mail["defects"], serde_json::json!([]), "{mail}");
        assert_eq!(mail["number"], message.seq);
        assert_eq!(mail["name"], message.author.name.as_str());
        assert_eq!(mail["date"].as_f64().unwrap() as i64, message.posted_at.millis() / 1000);
        assert!(mail["subject"].as_str().unwrap().ends_with("Budget 2027 预算"), "{mail}");
        if message.notice.is_none() && message.trace.removed.is_none() {
            assert_eq!(unquoted(mail["text"].as_str().unwrap()), message.body.markdown.trim_end(), "{mail}");
        }
        let files: Vec<Value> =
            message.files.iter().map(|file| serde_json::json!([file.name.as_str(), file.size])).collect();
        assert_eq!(mail["files"], serde_json::json!(files));
        // Below the one it answers, or below the first.
        let parent = message.answers.as_ref().map_or(1, |answered| answered.seq);
        match message.seq {
            1 => assert_eq!(mail["parent"], ""),
            _ => assert_eq!(mail["parent"], mails[parent as usize - 1]["id"], "{mail}"),
        }
    }
    let answers = mails.iter().find(|mail| mail["references"].as_array().unwrap().len() == 3).unwrap();
    assert_eq!(answers["references"][0], mails[0]["id"]);
    assert_eq!(mails[2]["from"], "david.okafor@corp.example");
    indexed(folder.path(), &mails);
}

/// One thread, with everybody in it, found by words and by files.
fn indexed(folder: &Path, mails: &[Value]) {
    let config = folder.join("config");
    std::fs::write(&config, format!("[database]\npath={}\n", folder.join("mail").display())).unwrap();
    let notmuch = |arguments: &[&str]| {
        let mut command = Command::new("notmuch");
        run(command.env("NOTMUCH_CONFIG", &config).env("HOME", folder).args(arguments))
    };
    notmuch(&["new", "--quiet"]);
    let threads: Value = serde_json::from_str(&notmuch(&["search", "--format=json", "*"])).unwrap();
    assert_eq!(threads.as_array().unwrap().len(), 1, "{threads}");
    let thread = &threads[0];
    assert_eq!(thread["total"], mails.len());
    for name in ["Anna Berg", "王小明", "David Okafor"] {
        assert!(thread["authors"].as_str().unwrap().contains(name), "{thread}");
    }
    let newest = mails.iter().map(|mail| mail["date"].as_f64().unwrap() as i64).max().unwrap();
    assert_eq!(thread["timestamp"], newest);
    let count = |query: &str| notmuch(&["count", query]).trim().to_owned();
    assert_eq!(count("attachment:plan.png"), "1");
    assert_eq!(
        count("from:david.okafor@corp.example and not subject:nothing"),
        mails.iter().filter(|m| m["from"] == "david.okafor@corp.example").count().to_string()
    );
    assert_eq!(count("trailing spaces"), "1");
}
