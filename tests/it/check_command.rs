//! `mailmoot check` as an admin runs it.

use std::process::{Command, Output};

use crate::support::peers::MailPeers;
use crate::support::provider::SECRET;
use crate::support::real_provider::ProviderProcess;

/// Runs it in an empty folder with these settings and nothing else.
fn check(folder: &std::path::Path, settings: &[(&str, &str)]) -> (bool, String, String) {
    run(folder, settings, &["check"])
}

fn run(folder: &std::path::Path, settings: &[(&str, &str)], words: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailmoot"));
    command.args(words).current_dir(folder).env_clear().envs(settings.iter().copied());
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn it_says_what_works_and_what_to_do_about_the_rest() {
    let Some(peers) = MailPeers::find() else { return };
    let folder = tempfile::tempdir().unwrap();
    let name = peers.someone_new("admin");
    let (address, password) = (format!("{name}@moot.test"), format!("pw-{name}"));
    let (imaps, submission) = (peers.port("imaps").to_string(), peers.port("submission").to_string());
    let ca = peers.path("ca").display().to_string();
    let mut settings = vec![
        ("MAILMOOT_SERVER_PUBLIC_URL", "https://moot.corp.example"),
        ("MAILMOOT_MAIL_ADDRESS", address.as_str()),
        ("MAILMOOT_IMAP_HOST", "localhost"),
        ("MAILMOOT_IMAP_PORT", imaps.as_str()),
        ("MAILMOOT_IMAP_PASSWORD", password.as_str()),
        ("MAILMOOT_IMAP_CA_FILE", ca.as_str()),
        ("MAILMOOT_SMTP_HOST", "localhost"),
        ("MAILMOOT_SMTP_PORT", submission.as_str()),
        ("MAILMOOT_SMTP_SECURITY", "starttls"),
        ("MAILMOOT_SMTP_CA_FILE", ca.as_str()),
    ];
    let (good, out, err) = check(folder.path(), &settings);
    assert!(good, "{out}{err}");
    assert_eq!(out.lines().filter(|line| line.starts_with('✓')).count(), 20, "{out}");
    let odd: Vec<&str> = out.lines().filter(|line| line.starts_with('!')).collect();
    assert!(odd.len() == 1 && odd[0].contains("https://moot.corp.example — nobody answers there"), "{out}");
    assert!(out.ends_with("\nEverything works.\n"), "{out}");

    let (good, out, _) = run(folder.path(), &settings, &["check", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(good && told["failed"] == 0, "{out}");
    assert_eq!(told["steps"][0]["outcome"], "warning");
    assert_eq!(told["steps"].as_array().unwrap().len(), 21);

    // People sign in with their mail password: at the same server nothing is to be tried again, at another way to it everything.
    let imap = peers.port("imap").to_string();
    let mut people = settings.clone();
    people.push(("MAILMOOT_SIGN_IN_MAIL_PASSWORD", "true"));
    let (good, out, _) = run(folder.path(), &people, &["check", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(good && told["steps"].as_array().unwrap().len() == 21, "{out}");
    people.extend([
        ("MAILMOOT_SIGN_IN_IMAP_HOST", "localhost"),
        ("MAILMOOT_SIGN_IN_IMAP_PORT", imap.as_str()),
        ("MAILMOOT_SIGN_IN_IMAP_SECURITY", "starttls"),
        ("MAILMOOT_SIGN_IN_IMAP_CA_FILE", ca.as_str()),
    ]);
    let (good, out, err) = check(folder.path(), &people);
    assert!(
        good && out.contains("✓ People’s mailboxes, IMAP: people can sign in by a password"),
        "{out}{err}"
    );
    assert_eq!(out.lines().filter(|line| line.starts_with('✓')).count(), 24, "{out}");

    settings.push(("MAILMOOT_SMTP_PASSWORD", "s3cret"));
    settings.push(("LANG", "zh_CN.UTF-8"));
    let (good, out, _) = check(folder.path(), &settings);
    assert!(!good);
    assert!(out.contains(&format!("✗ SMTP：以 {address} 登录 — 服务器说：535")), "{out}");
    assert!(out.ends_with("\n有 2 个步骤失败。\n") && !out.contains("s3cret"), "{out}");
}

#[test]
fn a_wrong_configuration_is_told_before_anything_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mailmoot.toml"), "[imap]\nhots = 'x'\npassword = 's3cret'\n").unwrap();
    let (good, out, err) = check(folder.path(), &[("MAILMOOT_SMTP_PORT", "smtp")]);
    assert!(!good && out.is_empty());
    assert!(err.contains("  imap.hots is no setting of mailmoot. Do you mean imap.host?\n"), "{err}");
    assert!(err.contains("  MAILMOOT_SMTP_PORT is “smtp”. Expected: a port number"), "{err}");
    assert!(err.contains("  mail.address is not set.") && !err.contains("s3cret"), "{err}");
}

/// A command that takes one address says so to whoever names two, and of one it does not know no option.
#[test]
fn one_address_too_many_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["discover", "a@corp.example", "b@corp.example"];
    let (good, out, err) = run(folder.path(), &[], &words);
    assert!(!good && out.is_empty());
    assert!(
        err.starts_with("“b@corp.example” is one too many: this command takes what stands before it"),
        "{err}"
    );
    let (_, _, err) = run(folder.path(), &[], &["discover", "--fast", "a@corp.example"]);
    assert!(err.starts_with("There is no option “--fast” here."), "{err}");
}

/// The provider turns the refresh token over each time: what one run got, the next one shows.
#[test]
fn an_account_by_oauth_passes_every_step_again_and_again() {
    let address = "moot@moot.test";
    let Some(provider) = ProviderProcess::of_mailbox(address) else { return };
    let Some(peers) = MailPeers::with_tokens(&provider.issuer, "xoauth2 oauthbearer") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (imaps, submission) = (peers.port("imaps").to_string(), peers.port("submission").to_string());
    let ca = peers.path("ca").display().to_string();
    let url = format!("{}/token", provider.issuer);
    let settings = [
        ("MAILMOOT_SERVER_PUBLIC_URL", "https://moot.corp.example"),
        ("MAILMOOT_MAIL_ADDRESS", address),
        ("MAILMOOT_OAUTH_TOKEN_URL", url.as_str()),
        ("MAILMOOT_OAUTH_CLIENT_ID", "moot-mail"),
        ("MAILMOOT_OAUTH_CLIENT_SECRET", SECRET),
        ("MAILMOOT_OAUTH_REFRESH_TOKEN", provider.refresh_token.as_str()),
        ("MAILMOOT_OAUTH_HOSTS", "localhost"),
        ("MAILMOOT_IMAP_AUTH", "oauth"),
        ("MAILMOOT_IMAP_HOST", "localhost"),
        ("MAILMOOT_IMAP_PORT", imaps.as_str()),
        ("MAILMOOT_IMAP_CA_FILE", ca.as_str()),
        ("MAILMOOT_SMTP_HOST", "localhost"),
        ("MAILMOOT_SMTP_PORT", submission.as_str()),
        ("MAILMOOT_SMTP_SECURITY", "starttls"),
        ("MAILMOOT_SMTP_CA_FILE", ca.as_str()),
    ];
    for _ in 0..3 {
        let (good, out, err) = check(folder.path(), &settings);
        assert!(good, "{out}{err}");
        let step = format!(
            "✓ OAuth: get an access token from {url} by the refresh token (client moot-mail) — it holds"
        );
        assert!(out.contains(&step) && out.contains(&format!("✓ SMTP: sign in as {address}")), "{out}");
        assert!(!format!("{out}{err}").contains(&provider.refresh_token), "{out}{err}");
    }
}
