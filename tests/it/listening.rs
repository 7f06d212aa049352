//! `mailmoot serve` where it can't listen: told in the terminal's language, with the setting.

use std::net::TcpListener;
use std::process::{Command, Output};

const MAIL: [(&str, &str); 4] = [
    ("MAILMOOT_MAIL_ADDRESS", "moot@corp.example"),
    ("MAILMOOT_MAILDIR_PATH", "mail"),
    ("MAILMOOT_SMTP_HOST", "127.0.0.1"),
    ("MAILMOOT_SMTP_USER", ""),
];

/// What a start says that can't go well.
fn serve(settings: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    // If it does listen, it would never end.
    let mut command = Command::new("/usr/bin/timeout");
    command
        .args(["60", env!("CARGO_BIN_EXE_mailmoot"), "serve"])
        .current_dir(folder.path())
        .env_clear()
        .envs(settings.iter().copied());
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(!status.success());
    String::from_utf8([stdout, stderr].concat()).unwrap()
}

#[test]
fn a_taken_port_is_told_with_its_setting_at_a_first_start_and_later() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    for settings in [&[][..], &MAIL] {
        let told = serve(&[settings, &[("MAILMOOT_SERVER_LISTEN", &at)]].concat());
        let words =
            format!("Another program listens at {at} already. End it, or give server.listen another port.");
        assert!(told.contains(&words), "{told}");
    }
    let figures = [("MAILMOOT_SERVER_LISTEN", "127.0.0.1:0"), ("MAILMOOT_METRICS_LISTEN", at.as_str())];
    let told = serve(&[&MAIL[..], &figures].concat());
    assert!(told.contains("give metrics.listen another port"), "{told}");
}

#[test]
fn an_address_of_another_machine_is_told_as_that() {
    // RFC 5737 3: of nobody.
    let settings = [("MAILMOOT_SERVER_LISTEN", "192.0.2.1:8080"), ("LANG", "zh_CN.UTF-8")];
    let told = serve(&settings);
    assert!(told.contains("192.0.2.1:8080 不是本机的地址。请在 server.listen 中填写本机地址"), "{told}");
}
