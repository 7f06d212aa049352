use std::collections::BTreeSet;
use std::path::Path;

use secrecy::ExposeSecret;

use super::*;
use crate::domain::gateway::ReplyStyle;
use crate::domain::language::Language;
use crate::texts::Texts;
use crate::transport::account::{Login, Proof, Security};

fn password_of(login: &Login) -> &str {
    let Proof::Password(password) = &login.proof else { panic!("there is no password") };
    password.expose_secret()
}

const ACCOUNT: &str = r#"
[server]
public_url = "https://moot.corp.example"
[mail]
address = "moot@corp.example"
[imap]
host = "mail.corp.example"
password = "s3cret"
[smtp]
host = "mail.corp.example"
"#;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(text, environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn load<const N: usize>(
    file: Option<&Path>,
    environment: [(String, String); N],
) -> Result<Config, ConfigError> {
    Origin::load(file, environment)?.config(&Kept::default())
}

fn problems(text: &str, environment: &[(&str, &str)]) -> String {
    read(text, environment).unwrap_err().to_string()
}

#[test]
fn nine_lines_are_enough_for_a_real_account() {
    let config = read(ACCOUNT, &[]).unwrap();
    let MailSource::Imap(imap) = &config.source else { panic!("no IMAP") };
    assert_eq!((imap.server.port, imap.server.security), (993, Security::Tls));
    assert_eq!(imap.folder, "INBOX");
    assert_eq!(config.smtp.server.port, 465);
    let login = config.smtp.server.login.unwrap();
    assert_eq!((login.user.as_str(), password_of(&login)), ("moot@corp.example", "s3cret"));
    assert_eq!(config.database.expose_secret(), "sqlite:mailmoot-data/mailmoot.db");
    assert_eq!(config.mail.gateway.replies, ReplyStyle::Subaddress);
    assert_eq!(config.server.listen.port(), 8080);
}

#[test]
fn the_environment_wins_over_the_file() {
    let environment = [
        ("MAILMOOT_IMAP_HOST", "imap.other.example"),
        ("MAILMOOT_IMAP_SECURITY", "starttls"),
        ("MAILMOOT_SMTP_USER", ""),
        ("MAILMOOT_SIGN_IN_DOMAINS", "Corp.example, other.example"),
        ("MAILMOOT_LIMITS_FILE_SIZE", "1 MB"),
        ("MAILMOOT_LIMITS_FORBIDDEN_FILES", ".EXE, iso"),
        ("MAILMOOT_SERVER_TRUSTED_PROXIES", "10.1.0.0/16, ::1"),
        ("PATH", "/bin"),
        ("MAILMOOT_TEST_POSTGRES", "postgres://x"),
    ];
    let config = read(ACCOUNT, &environment).unwrap();
    let MailSource::Imap(imap) = &config.source else { panic!("no IMAP") };
    assert_eq!((imap.server.host.as_str(), imap.server.port), ("imap.other.example", 143));
    assert!(config.smtp.server.login.is_none(), "an empty user means no login");
    assert_eq!(config.sign_in.domains, ["corp.example", "other.example"]);
    assert_eq!(config.limits.file_size, 1_000_000);
    assert_eq!(config.files.forbidden, ["exe", "iso"]);
    assert!(problems(ACCOUNT, &[("MAILMOOT_LIMITS_FORBIDDEN_FILES", "*.exe")]).contains("a list of endings"));
    let expected = ["10.1.0.0/16", "::1"].map(|block| block.parse().unwrap());
    assert_eq!(config.server.trusted_proxies, expected);
    assert!(
        problems(ACCOUNT, &[("MAILMOOT_SERVER_TRUSTED_PROXIES", "proxy")]).contains("a list of IP addresses")
    );
}

#[test]
fn people_open_their_mailboxes_at_their_own_server_or_where_mail_comes_in() {
    let config = read(ACCOUNT, &[]).unwrap();
    assert!(config.passwords.is_none() && config.own_mailboxes.is_none(), "off by default");
    let on = ("MAILMOOT_SIGN_IN_OWN_MAILBOX", "true");
    let config = read(ACCOUNT, &[on, ("MAILMOOT_IMAP_HOST", "imap.other.example")]).unwrap();
    let server = config.own_mailboxes.unwrap();
    assert_eq!(server.host, "imap.other.example");
    assert!(server.login.is_none() && config.passwords.is_none());
    let config = read(ACCOUNT, &[on, ("MAILMOOT_SIGN_IN_IMAP_HOST", "people.corp.example")]).unwrap();
    assert_eq!(config.own_mailboxes.unwrap().host, "people.corp.example");
    assert!(
        problems(ACCOUNT, &[("MAILMOOT_SIGN_IN_OWN_MAILBOX", "maybe")])
            .contains("MAILMOOT_SIGN_IN_OWN_MAILBOX")
    );
}

#[test]
fn the_database_is_a_file_or_a_server() {
    for (given, taken) in [
        ("sqlite:moot.db", "sqlite:moot.db"),
        ("sqlite:///var/lib/moot.db", "sqlite:/var/lib/moot.db"),
        ("postgres://moot:pw@db/moot", "postgres://moot:pw@db/moot"),
    ] {
        let config = read(ACCOUNT, &[("MAILMOOT_DATABASE_URL", given)]).unwrap();
        assert_eq!(config.database.expose_secret(), taken);
    }
}

#[test]
fn all_problems_are_told_at_once_with_name_value_and_what_is_expected() {
    let text = r#"
        [server]
        listen = "here"
        [mail]
        address = "moot"
        replies = "catch_all"
        hold = 2
        [imap]
        hots = "mail.corp.example"
        port = 99999
        password = "s3cret"
        [smtp]
        host = "https://mail.corp.example"
        security = "ssl"
        [colour]
        of = "the sea"
    "#;
    let told = problems(text, &[("MAILMOOT_LOG_FORMAT", "xml")]);
    for words in [
        "server.listen is “here”. Expected: an IP address and a port",
        "mail.address is “moot”",
        "mail.catch_all_domain is not set",
        "mail.hold is “2”. Expected: a time with its unit",
        "imap.hots is no setting of mailmoot. Do you mean imap.host?",
        "imap.host is not set",
        "imap.port is “99999”",
        "smtp.host is “https://mail.corp.example”",
        "smtp.security is “ssl”. Expected: tls (usual ports 993 and 465)",
        "colour.of is no setting of mailmoot.",
        "MAILMOOT_LOG_FORMAT is “xml”. Expected: text or json",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
    assert_eq!(told.lines().count(), 11, "{told}");
    assert!(!told.contains("s3cret"));
}

#[test]
fn a_server_is_named_without_its_port() {
    let told = problems(
        ACCOUNT,
        &[("MAILMOOT_IMAP_HOST", "mail.corp.example:993"), ("MAILMOOT_SMTP_HOST", "[::1]")],
    );
    for name in ["IMAP_HOST", "SMTP_HOST"] {
        assert!(told.lines().any(|line| line.contains(name) && line.contains("without its port")), "{told}");
    }
    read(ACCOUNT, &[("MAILMOOT_IMAP_HOST", "::1")]).unwrap();
}

#[test]
fn a_mistyped_variable_of_a_section_is_told_and_others_are_free() {
    let told = problems(ACCOUNT, &[("MAILMOOT_IMAP_HSOT", "x"), ("MAILMOOT_SIGN_IN_WHO", "y")]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "MAILMOOT_IMAP_HSOT is no setting of mailmoot. Do you mean MAILMOOT_IMAP_HOST?");
    assert_eq!(lines[1..], ["MAILMOOT_SIGN_IN_WHO is no setting of mailmoot. docs/ADMIN.md lists them all."]);
    let free = [
        ("MAILMOOT_CONFIG", "moot.toml"),
        ("MAILMOOT_TEST_MAIL", "localhost"),
        ("MAILMOOT_REQUIRE_PEERS", "1"),
        ("MAILMOOT_PEERS_BASE", "21000"),
        ("MAILMOOT_PAGES", "pages"),
        ("MAILMOOT_CHROMIUM", "/usr/bin/chromium"),
        ("MAILMOOT_BENCH_MAILS", "100"),
        ("MAILMOOT_ODD_MAILS", "mails"),
    ];
    read(ACCOUNT, &free).unwrap();
}

#[test]
fn secrets_are_never_shown() {
    let wrong_url = problems(ACCOUNT, &[("MAILMOOT_DATABASE_URL", "mysql://root:s3cret@db")]);
    assert!(wrong_url.contains("MAILMOOT_DATABASE_URL cannot be used"), "{wrong_url}");
    let number = problems(&ACCOUNT.replace("\"s3cret\"", "3.1415"), &[]);
    assert!(number.contains("imap.password"), "{number}");
    let broken = problems(&ACCOUNT.replace("\"s3cret\"", "\"s3cret"), &[]);
    assert!(broken.contains("line 8"), "{broken}");
    for told in [wrong_url, number, broken] {
        assert!(!told.contains("s3cret") && !told.contains("3.14"), "{told}");
    }
    let debug = format!("{:?}", read(ACCOUNT, &[]).unwrap());
    assert!(!debug.contains("s3cret"), "{debug}");
}

#[test]
fn a_secret_can_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    std::fs::write(&path, " with spaces \r\n").unwrap();
    let text =
        ACCOUNT.replace("password = \"s3cret\"", &format!("password_file = {:?}", path.to_str().unwrap()));
    let config = read(&text, &[]).unwrap();
    let MailSource::Imap(imap) = &config.source else { panic!("no IMAP") };
    assert_eq!(password_of(imap.server.login.as_ref().unwrap()), " with spaces ");

    let both = text.replace("password_file", "password = \"a\"\npassword_file");
    assert!(problems(&both, &[]).contains("imap.password and imap.password_file are both set"));
    let over = read(&text, &[("MAILMOOT_IMAP_PASSWORD", "direct")]).unwrap();
    let MailSource::Imap(imap) = &over.source else { panic!("no IMAP") };
    assert_eq!(password_of(imap.server.login.as_ref().unwrap()), "direct");
    let gone = folder.path().join("gone");
    let gone_text = ACCOUNT.replace("password = \"s3cret\"", &format!("password_file = {gone:?}"));
    // Both accounts want the password; the one thing that is wrong is told once.
    let user = format!("{gone_text}user = \"moot\"\n");
    for text in [gone_text, user] {
        let told = problems(&text, &[]);
        assert!(
            told.starts_with(&format!("imap.password_file names the file {}, which", gone.display())),
            "{told}"
        );
        assert!(told.contains("No such file") && told.contains("correct the path"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    let told = problems(&text, &[("MAILMOOT_IMAP_PASSWORD_FILE", "elsewhere")]);
    assert!(told.starts_with("MAILMOOT_IMAP_PASSWORD_FILE names the file /"), "{told}");
}

#[test]
fn a_maildir_needs_no_imap_account_and_no_password() {
    let text = "[mail]\naddress='m@x.example'\n[maildir]\npath='/var/mail/moot'\n[smtp]\nhost='localhost'\nsecurity='none'\nport=25";
    let config = read(text, &[]).unwrap();
    assert!(matches!(config.source, MailSource::Maildir(_)));
    assert!(config.smtp.server.login.is_none());
    let both = format!("{text}\n[imap]\nhost='x'\n");
    assert!(problems(&both, &[]).contains("either [imap] or [maildir]"));
}

#[test]
fn a_key_that_signs_nothing_is_told_at_the_start() {
    let wrong = [("MAILMOOT_MAIL_DKIM_KEY", "no key"), ("MAILMOOT_MAIL_DKIM_SELECTOR", "moot")];
    let told = problems(ACCOUNT, &wrong);
    assert!(told.contains("MAILMOOT_MAIL_DKIM_KEY") && told.contains("private key in PEM"), "{told}");
    assert!(!told.contains("no key"), "{told}");
    let file =
        [("MAILMOOT_MAIL_DKIM_KEY_FILE", "/nowhere/moot.pem"), ("MAILMOOT_MAIL_DKIM_SELECTOR", "moot")];
    assert!(problems(ACCOUNT, &file).contains("/nowhere/moot.pem"));
    // Half of it is a mistake, not "unsigned".
    assert!(problems(ACCOUNT, &wrong[1..]).contains("mail.dkim_key"));
    let key = include_str!("../../fixtures/dkim/rsa.pem");
    assert!(problems(ACCOUNT, &[("MAILMOOT_MAIL_DKIM_KEY", key)]).contains("mail.dkim_selector"));
    let both = [("MAILMOOT_MAIL_DKIM_KEY", key), ("MAILMOOT_MAIL_DKIM_SELECTOR", "moot")];
    let signer = read(ACCOUNT, &both).unwrap().dkim.unwrap();
    assert_eq!(signer.record_name(), "moot._domainkey.corp.example");
    assert!(read(ACCOUNT, &[]).unwrap().dkim.is_none());
}

#[test]
fn problems_are_told_in_chinese_too() {
    let error = read("", &[]).unwrap_err();
    let told = error.words(&Texts::of(Language::Chinese));
    assert!(told.contains("未设置 mail.address。应为：一个邮件地址"), "{told}");
}

#[test]
fn the_admin_guide_describes_exactly_the_settings_there_are() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ADMIN.md")).unwrap();
    let described: BTreeSet<String> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|rest| Some((rest.split('`').next()?.to_owned(), rest.contains("` (secret) |"))))
        .map(|(name, secret)| format!("{name} {secret}"))
        .collect();
    let known: BTreeSet<String> =
        SETTINGS.iter().map(|setting| format!("{} {}", setting.name, setting.secret)).collect();
    assert_eq!(described, known);
}

#[test]
fn there_can_be_several_of_a_section_each_with_its_name() {
    let setting = |name: &'static str, secret| Setting { name: name.into(), secret, kind: Kind::Text };
    let known = [setting("shelf.NAME.host", false), setting("shelf.NAME.password", true)];
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s3cret\n").unwrap();
    let file = format!(
        "[shelf.staff]\nhost = \"a.example\"\npassword_file = {:?}\n[shelf.old]\nhost = \"b.example\"\nhots = 1\n\
         [shelf.Big_One]\nhost = \"c.example\"\n[shelf]\nhost = \"d.example\"\n",
        secret.to_str().unwrap()
    );
    let environment = [
        ("MAILMOOT_SHELF_OLD_HOST", "e.example"),
        ("MAILMOOT_SHELF_NEW_PASSWORD", "hidden"),
        ("MAILMOOT_SHELF_NEW_HOTS", "x"),
        ("MAILMOOT_SHELF", "no section's"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let values = values::Values::read(&known, &file, &environment, &Kept::default());
    assert_eq!(values.names("shelf").iter().collect::<Vec<_>>(), ["new", "old", "staff"]);
    assert_eq!(values.text("shelf.staff.host").as_deref(), Some("a.example"));
    assert_eq!(values.text("shelf.staff.password").as_deref(), Some("s3cret"));
    assert_eq!(values.text("shelf.old.host").as_deref(), Some("e.example"));
    assert_eq!(values.text("shelf.new.password").as_deref(), Some("hidden"));
    let wrong = values.finish(Some(())).unwrap_err().to_string();
    assert_eq!(wrong.lines().count(), 4, "{wrong}");
    for words in ["[shelf.Big_One]", "[shelf.host]", "shelf.old.hots", "MAILMOOT_SHELF_NEW_HOTS"] {
        assert!(wrong.contains(words), "{words}: {wrong}");
    }
    assert!(wrong.contains("MAILMOOT_SHELF_NEW_HOST") && !wrong.contains("hidden"), "{wrong}");
}

#[test]
fn the_guides_example_works() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ADMIN.md")).unwrap();
    let example = guide.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    std::fs::write(&path, "x").unwrap();
    let example = example.replace("/etc/mailmoot/password", path.to_str().unwrap());
    assert_eq!(example.trim().lines().count(), 9);
    assert!(guide.contains("## A real account in nine lines\n"), "the heading counts them");
    read(&example, &[]).unwrap();
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("moot.toml");
    let error = load(Some(&path), []).unwrap_err().to_string();
    assert!(error.contains(&format!("{} cannot be read: No such file", path.display())), "{error}");
    assert!(error.contains("--config"), "{error}");
    std::fs::write(&path, ACCOUNT).unwrap();
    load(Some(&path), []).unwrap();
}

#[test]
fn that_there_is_no_file_at_the_usual_place_is_told_first() {
    // Where the tests are run there is none.
    let error = load(None, []).unwrap_err().to_string();
    let first = error.lines().next().unwrap();
    assert!(first.starts_with("There is no configuration file /"), "{error}");
    assert!(first.contains("/mailmoot.toml") && first.contains("--config FILE"), "{error}");
    assert!(error.contains("mail.address is not set"), "{error}");
    let enough = [
        ("MAILMOOT_MAIL_ADDRESS", "moot@corp.example"),
        ("MAILMOOT_MAILDIR_PATH", "/var/mail/moot"),
        ("MAILMOOT_SMTP_HOST", "localhost"),
    ];
    load(None, enough.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
}

#[test]
fn the_companys_rules_are_read_as_lists_and_times() {
    use crate::domain::policy::{Domains, Policy, Starters};
    assert_eq!(read(ACCOUNT, &[]).unwrap().policy, Policy::default());
    let rules = |text: &str| read(&format!("{ACCOUNT}[policy]\n{text}"), &[]).map(|config| config.policy);
    let nobody = Domains(Some(Vec::new()));
    for none in ["[]", "\"none\"", "\"None\""] {
        assert_eq!(rules(&format!("outside_members = {none}")).unwrap().outside_members, nobody, "{none}");
    }
    let starters = rules("starters = [\"Eva@corp.example\", \"sales.example\"]").unwrap().starters;
    assert_eq!(starters, Starters::Only(vec!["eva@corp.example".to_owned(), "sales.example".to_owned()]));
    assert_eq!(rules("starters = \"*\"").unwrap().starters, Starters::Everybody);
    assert_eq!(rules("share_lasts = \"7\"").unwrap().share_days, 7);
    for wrong in [
        "outside_members = \"not a domain\"",
        "starters = \"eva@\"",
        "share_lasts = 8",
        "link_lasts = \"5m\"",
        "session_lasts = \"800d\"",
    ] {
        assert!(rules(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_archive_is_a_folder_of_the_mailbox_or_another_account_with_a_password_of_its_own() {
    let archive = |text: &str| read(&format!("{ACCOUNT}[archive]\n{text}"), &[]);
    let same = archive("folder = \"Archive\"").unwrap().archive.unwrap();
    assert_eq!((same.folder.as_str(), same.server.host.as_str()), ("Archive", "mail.corp.example"));
    let other = "folder = \"INBOX\"\nhost = \"archive.corp.example\"\nuser = \"keep\"\n";
    let found = archive(&format!("{other}password = \"own\"")).unwrap().archive.unwrap();
    assert_eq!(password_of(&found.server.login.unwrap()), "own");
    // The password of the mailbox goes to no other server, and nothing is fetched that was put there.
    assert!(archive(other).is_err());
    assert!(archive("folder = \"inbox\"").is_err());
    let same =
        "folder = \"Inbox\"\nhost = \"MAIL.corp.example\"\nuser = \"moot@corp.example\"\npassword = \"x\"";
    assert!(archive(same).is_err());
    assert!(archive("host = \"archive.corp.example\"").is_err());
}

/// A second account, for another domain.
const SOUTH: &str = r#"
[account.south]
address = "moot@south.example"
imap_host = "imap.south.example"
smtp_host = "smtp.south.example"
smtp_security = "starttls"
"#;

#[test]
fn an_account_for_other_domains_has_everything_of_its_own() {
    let password = ("MAILMOOT_ACCOUNT_SOUTH_PASSWORD", "other");
    let config = read(&format!("{ACCOUNT}{SOUTH}"), &[password]).unwrap();
    let branch = &config.mail.branches[0];
    assert_eq!(
        (branch.name.as_str(), branch.domains.as_slice()),
        ("south", &["south.example".to_owned()][..])
    );
    let of = |address: &str| config.mail.gateway_for(&address.parse().unwrap()).address.to_string();
    assert_eq!(of("bo@South.example"), "moot@south.example");
    assert_eq!(of("bo@sub.south.example"), "moot@corp.example");
    assert!(config.mail.owns(&"moot+x@south.example".parse().unwrap()));
    let own = &config.branches[0];
    assert_eq!((own.imap.server.port, own.smtp.server.port), (993, 587));
    let login = own.smtp.server.login.clone().unwrap();
    assert_eq!((login.user.as_str(), password_of(&login)), ("moot@south.example", "other"));

    let text = |more: &str| problems(&format!("{ACCOUNT}{SOUTH}{more}"), &[password]);
    for (more, expected) in [
        ("domains = [\"south\"]\nreplies = \"catch_all\"\n", "account.south.catch_all_domain is not set"),
        (
            "[account.west]\naddress = \"moot+west@south.example\"\nimap_host = \"a\"\nsmtp_host = \"a\"\npassword = \"x\"\n",
            "account.west.address",
        ),
        (
            "[account.west]\naddress = \"w@west.example\"\ndomains = [\"South.example\"]\nimap_host = \"a\"\nsmtp_host = \"a\"\npassword = \"x\"\n",
            "account.west.domains",
        ),
        (
            "[account.west]\naddress = \"w@west.example\"\nuser = \"moot@South.example\"\nimap_host = \"Imap.south.example\"\nsmtp_host = \"a\"\npassword = \"x\"\n",
            "account.west.folder",
        ),
        (
            "[account.west]\naddress = \"w@west.example\"\nreplies = \"catch_all\"\ncatch_all_domain = \"South.example\"\nimap_host = \"a\"\nsmtp_host = \"a\"\npassword = \"x\"\n",
            "account.west.address",
        ),
        (
            "[account.west]\naddress = \"w@west.example\"\nreplies = \"catch_all\"\ncatch_all_domain = \"west.example\"\nimap_host = \"a\"\nsmtp_host = \"a\"\npassword = \"x\"\n",
            "account.west.catch_all_domain",
        ),
        (
            "[archive]\nfolder = \"inbox\"\nhost = \"imap.south.example\"\nuser = \"moot@south.example\"\npassword = \"x\"\n",
            "archive.folder",
        ),
    ] {
        assert!(text(more).contains(expected), "{expected}: {}", text(more));
    }
    assert!(problems(&format!("{ACCOUNT}{SOUTH}"), &[]).contains("account.south.password is not set"));
}

/// The account of Exchange Online, without a password.
const BY_TOKENS: &str = r#"
[mail]
address = "moot@corp.example"
[oauth]
token_url = "https://login.corp.example/token"
client_id = "mailmoot"
client_secret = "s3cret"
scope = "https://outlook.office365.com/.default offline_access"
hosts = ["Mail.corp.example", "smtp.corp.example"]
[imap]
auth = "oauth"
host = "mail.corp.example"
[smtp]
host = "smtp.corp.example"
"#;

#[test]
fn an_account_without_a_password_signs_in_by_tokens_that_all_connections_share() {
    let config = read(BY_TOKENS, &[]).unwrap();
    let MailSource::Imap(imap) = &config.source else { panic!("no IMAP") };
    let (Some(reading), Some(sending)) = (&imap.server.login, &config.smtp.server.login) else {
        panic!("no login")
    };
    let (Proof::Tokens(reads), Proof::Tokens(sends)) = (&reading.proof, &sending.proof) else {
        panic!("there is a password")
    };
    assert_eq!((reading.user.as_str(), sending.user.as_str()), ("moot@corp.example", "moot@corp.example"));
    assert!(std::ptr::eq(reads.client(), sends.client()), "one fetch for both");
    assert_eq!(reads.client().scopes, ["https://outlook.office365.com/.default", "offline_access"]);
    // Each of them may have a password all the same.
    let mixed = read(&format!("{BY_TOKENS}password = \"own\"\n"), &[]).unwrap();
    assert_eq!(password_of(&mixed.smtp.server.login.unwrap()), "own");
    // Mails may go out by tokens where they come in by a password.
    let lines = BY_TOKENS.split_once("[oauth]").unwrap().1.split("[imap]").next().unwrap();
    let sends = read(&format!("{ACCOUNT}[oauth]{lines}"), &[("MAILMOOT_SMTP_AUTH", "oauth")]).unwrap();
    assert!(matches!(sends.smtp.server.login.unwrap().proof, Proof::Tokens(_)));
    assert!(
        matches!(&sends.source, MailSource::Imap(imap) if !password_of(imap.server.login.as_ref().unwrap()).is_empty())
    );
    assert!(read(ACCOUNT, &[]).unwrap().oauth.is_none());
}

#[test]
fn tokens_go_to_the_named_servers_only_and_come_from_one_by_tls() {
    let changed = |from: &str, to: &str| problems(&BY_TOKENS.replacen(from, to, 1), &[]);
    let told = changed("\"Mail.corp.example\", ", "");
    assert!(
        told.contains("imap.host is “mail.corp.example”. Expected: one of the servers in oauth.hosts"),
        "{told}"
    );
    let told = changed("https://login", "http://login");
    assert!(told.contains("oauth.token_url") && told.contains("beginning with https://"), "{told}");
    let told = changed("client_secret = \"s3cret\"\n", "");
    assert!(
        told.contains("oauth.client_secret is not set") && told.contains("oauth.refresh_token"),
        "{told}"
    );
    assert!(changed("hosts = ", "scopes = ").contains("Do you mean oauth.scope?"));
    assert!(changed("auth = \"oauth\"", "auth = \"xoauth2\"").contains("password or oauth"));
    let told = problems(&format!("{ACCOUNT}\n"), &[("MAILMOOT_IMAP_AUTH", "oauth")]);
    for name in ["oauth.token_url", "oauth.client_id", "oauth.hosts"] {
        assert!(told.contains(&format!("{name} is not set")), "{told}");
    }
    // A public client has its refresh token alone.
    let public = BY_TOKENS.replace("client_secret = \"s3cret\"", "refresh_token = \"r3fresh\"");
    let client = read(&public, &[]).unwrap().oauth.unwrap();
    assert!(client.client().client_secret.is_none() && !format!("{client:?}").contains("r3fresh"));
    let archive = "[archive]\nfolder = \"Archive\"\nhost = \"archive.corp.example\"\nuser = \"keep\"\nauth = \"oauth\"\n";
    assert!(problems(&format!("{BY_TOKENS}{archive}"), &[]).contains("archive.host"));
    let archive = archive.replace("archive.corp", "smtp.corp");
    let account = read(&format!("{BY_TOKENS}{archive}"), &[]).unwrap().archive.unwrap();
    assert!(matches!(account.server.login.unwrap().proof, Proof::Tokens(_)));
}
