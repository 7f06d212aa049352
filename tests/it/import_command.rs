//! `mailmoot import` as an admin runs it, with a group that was exported.

use std::path::Path;
use std::process::{Command, Output};

use mailmoot::domain::export::Format;

use crate::stories::exports::{eventful, exported};
use crate::support::house::{House, Wanted};

/// What a command line says: whether all was well, its answer, and its complaints.
#[derive(Debug)]
struct Said {
    good: bool,
    out: String,
    err: String,
}

/// Runs the command in a folder, where it keeps its data.
fn import(folder: &Path, language: &str, arguments: &[&str]) -> Said {
    let settings = [
        ("MAILMOOT_MAIL_ADDRESS", "moot@corp.example"),
        ("MAILMOOT_MAILDIR_PATH", "mail"),
        ("MAILMOOT_SMTP_HOST", "127.0.0.1"),
        ("MAILMOOT_SMTP_SECURITY", "none"),
        ("MAILMOOT_SMTP_USER", ""),
        ("MAILMOOT_SERVER_DATA", "data"),
        ("LANG", language),
    ];
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailmoot"));
    command.arg("import").args(arguments).current_dir(folder).env_clear().envs(settings);
    let Output { status, stdout, stderr } = command.output().unwrap();
    let [out, err] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
    Said { good: status.success(), out, err }
}

const ENGLISH: &str = "en_GB.UTF-8";
const CHINESE: &str = "zh_CN.UTF-8";

/// A folder with an exported group as `group.mbox`.
async fn a_folder() -> tempfile::TempDir {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = eventful(&house).await;
    let folder = tempfile::tempdir().unwrap();
    for (format, name) in [(Format::Mbox, "group.mbox"), (Format::Zip, "group.zip")] {
        std::fs::write(folder.path().join(name), exported(&house, &anna, group, format).await).unwrap();
    }
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_looked_at_taken_and_there_the_second_time() {
    let folder = a_folder().await;
    let read = "group.mbox: Budget 2027, 定稿, 12 messages, 4 people, 3 files, 10 marks\n";
    let looked = import(folder.path(), ENGLISH, &["--dry-run", "group.mbox"]);
    assert!(looked.good && looked.err.is_empty(), "{looked:?}");
    let unchanged = "Everything in it is in order. Nothing was changed (--dry-run).\n";
    assert_eq!(looked.out, format!("{read}{unchanged}"));

    let taken = import(folder.path(), ENGLISH, &["group.mbox"]);
    assert!(taken.good && taken.err.is_empty(), "{taken:?}");
    let done = "The group is there, with 3 members. Nobody was sent a mail about it.\n";
    assert_eq!(taken.out, format!("{read}{done}"));

    for (language, words) in [
        (ENGLISH, "group.mbox: This group is here already. Nothing was changed.\n"),
        (CHINESE, "group.mbox: 这个群组已经在这里。没有更改任何内容。\n"),
    ] {
        let again = import(folder.path(), language, &["group.mbox"]);
        assert!(again.good && again.err.is_empty(), "{again:?}");
        assert_eq!(again.out, words);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_exported_group_is_told_plainly_and_changes_nothing() {
    let folder = a_folder().await;
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("notes.mbox", "Hello all,\nthis is no mbox.\n");
    put("notes.txt", "Hello all,\nthis is no mbox.\n");
    put("old.mbox", "From a@b.example Fri Nov 20 10:00:00 2026\nFrom: a@b.example\nSubject: x\n\nHello\n\n");
    let whole = std::fs::read_to_string(folder.path().join("group.mbox")).unwrap();
    put("cut.mbox", &whole[..whole.floor_char_boundary(whole.len() / 2)]);
    put("empty.mbox", "");
    std::fs::create_dir(folder.path().join("box")).unwrap();
    for (file, english, chinese) in [
        ("notes.mbox", "This is no mbox: there is no line", "这不是 mbox"),
        ("empty.mbox", "This is no mbox: there is no line", "这不是 mbox"),
        ("notes.txt", "neither a vCard file nor a CSV file", "这既不是 vCard 文件"),
        ("old.mbox", "This mbox was not exported by mailmoot", "这个 mbox 不是由 mailmoot 导出的"),
        ("cut.mbox", "the file is damaged or was cut off", "文件已损坏或被截断"),
        ("gone.mbox", "There is no such file.", "没有这个文件。"),
        ("box", "This is a folder.", "这是一个文件夹。"),
        ("group.zip", "import the group.mbox in it", "导入其中的 group.mbox"),
    ] {
        for (language, words) in [(ENGLISH, english), (CHINESE, chinese)] {
            let refused = import(folder.path(), language, &[file]);
            assert!(!refused.good && refused.out.is_empty(), "{refused:?}");
            assert!(
                refused.err.starts_with(&format!("{file}: ")) && refused.err.contains(words),
                "{refused:?}"
            );
            assert!(!refused.err.contains("os error") && !refused.err.contains("line 0"), "{refused:?}");
        }
    }
    // The place is told where there is one.
    let cut = import(folder.path(), CHINESE, &["cut.mbox"]);
    assert!(cut.err.contains("cut.mbox: 第 ") && cut.err.ends_with("没有导入任何内容。\n"), "{cut:?}");

    // One file that can't be used keeps the others from nothing, and is told by the exit code.
    let both = import(folder.path(), ENGLISH, &["gone.mbox", "group.mbox", "notes.mbox"]);
    assert!(!both.good && both.out.contains("The group is there, with 3 members."), "{both:?}");
    assert_eq!(both.err.lines().count(), 3, "{both:?}");
}

#[test]
fn people_are_looked_at_one_by_one_before_they_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("first.csv", "name,email,phone\nAnna Berg,anna@corp.example,1\nBo Ek,bo@corp.example,2\n");
    put(
        "second.csv",
        "name,email,phone,department\nAnna Berg,anna@corp.example,1;3,IT\nBo Ek,bo@corp.example,,\n\
         Cy New,cy@corp.example,,\nCy Newer,cy@corp.example,,\n",
    );
    let taken = import(folder.path(), ENGLISH, &["first.csv"]);
    assert!(taken.good && taken.err.is_empty(), "{taken:?}");
    let looked = import(folder.path(), ENGLISH, &["--dry-run", "second.csv"]);
    let told = "second.csv: Line 5 (Cy Newer): is the same person as in line 4, by the main mail address.";
    assert!(looked.good && looked.err.starts_with(told), "{looked:?}");
    let would = "\
Added (1)
  Cy Newer <cy@corp.example>
Changed (2)
  Anna Berg <anna@corp.example>
    Department: nothing → IT
    Phones: 1 → 1, 3 (new)
  Bo Ek <bo@corp.example>
    Phones: 2 (goes) → nothing
Nothing was changed. An import would add 1, update 2 and leave 0 unchanged.
";
    assert!(looked.out.ends_with(would), "{}", looked.out);
    let chinese = import(folder.path(), CHINESE, &["--dry-run", "second.csv"]);
    assert!(chinese.out.contains("电话: 2（移除） → 无"), "{}", chinese.out);
}
