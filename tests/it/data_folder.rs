//! The folder of data, made by whichever command an admin runs first.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// Runs a command in a folder, under the usual umask, and gives what it wrote.
fn run(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new("/bin/sh");
    // Nobody listens at port 9: `check` goes on after it.
    let usual = [
        ("MAILMOOT_MAIL_ADDRESS", "moot@corp.example"),
        ("MAILMOOT_MAILDIR_PATH", "mail"),
        ("MAILMOOT_SMTP_HOST", "127.0.0.1"),
        ("MAILMOOT_SMTP_SECURITY", "none"),
        ("MAILMOOT_SMTP_PORT", "9"),
        ("MAILMOOT_SMTP_USER", ""),
    ];
    command.args(["-c", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_mailmoot")]).args(arguments);
    command.current_dir(folder).env_clear().envs(usual).envs(settings.iter().copied());
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.success(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

const COMMANDS: [&[&str]; 4] =
    [&["check"], &["migrate"], &["import", "people.csv"], &["admin", "anna@corp.example"]];

fn folder_with_people() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "name,email\nAnna Berg,anna@corp.example\n").unwrap();
    folder
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn it_is_private_whoever_makes_it() {
    for arguments in COMMANDS {
        let folder = folder_with_people();
        let (_, told) = run(folder.path(), arguments, &[("MAILMOOT_SERVER_DATA", "data")]);
        assert!(folder.path().join("data/mailmoot.db").exists(), "{arguments:?}: {told}");
        assert_eq!(mode(&folder.path().join("data")), 0o700, "{arguments:?}: {told}");

        let elsewhere = [("MAILMOOT_DATABASE_URL", "sqlite:db/moot.db")];
        let (_, told) = run(folder.path(), arguments, &elsewhere);
        assert!(folder.path().join("db/moot.db").exists(), "{arguments:?}: {told}");
        assert_eq!(mode(&folder.path().join("db")), 0o700, "{arguments:?}: {told}");
    }
}

#[test]
fn the_database_is_private_in_a_folder_that_was_there_already() {
    for arguments in COMMANDS {
        let folder = folder_with_people();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (_, told) = run(folder.path(), arguments, &[("MAILMOOT_SERVER_DATA", "data")]);
        assert_eq!(mode(&data.join("mailmoot.db")), 0o600, "{arguments:?}: {told}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_told_with_its_setting() {
    let folder = folder_with_people();
    for arguments in COMMANDS {
        let (good, told) = run(folder.path(), arguments, &[("MAILMOOT_SERVER_DATA", "/dev/null")]);
        let words = "server.data is “/dev/null”: no folder can be made there (File exists (os error 17)). \
            Name a folder that mailmoot may write to.";
        assert!(!good && told.contains(words), "{arguments:?}: {told}");

        let elsewhere = [("MAILMOOT_DATABASE_URL", "sqlite:/dev/null/moot.db"), ("LANG", "zh_CN.UTF-8")];
        let (good, told) = run(folder.path(), arguments, &elsewhere);
        let words = "database.url 是“sqlite:/dev/null/moot.db”：无法在该处创建文件夹（";
        assert!(!good && told.contains(words), "{arguments:?}: {told}");
    }
}

#[test]
fn a_database_that_cannot_be_used_is_named() {
    let folder = folder_with_people();
    std::fs::create_dir_all(folder.path().join("data/mailmoot.db")).unwrap();
    for arguments in COMMANDS {
        let (good, told) = run(folder.path(), arguments, &[("MAILMOOT_SERVER_DATA", "data")]);
        assert!(!good && told.contains("data/mailmoot.db"), "{arguments:?}: {told}");
    }
}
