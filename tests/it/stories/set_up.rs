//! A first start without any settings: the program prints a link, and the page behind it leads to a house that runs.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use mailmoot::actions::set_up::FirstAdmin;
use mailmoot::mail::parse::parse;
use mailmoot::store::Place;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::databases::Database;
use crate::support::house::{House, Wanted, eventually, mail, on_both};
use crate::support::peers::{MailPeers, peer_variable};

/// A running `mailmoot serve`, ended with the test.
struct Program(Child);

impl Program {
    fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mailmoot"));
        command.arg("serve").current_dir(folder).env_clear();
        command.env("MAILMOOT_SERVER_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Reads what it prints up to the link, and gives the address of its pages and the link's path.
    fn link(&mut self) -> (String, String) {
        let lines = BufReader::new(self.0.stdout.as_mut().unwrap()).lines();
        let link = lines.map(Result::unwrap).find(|line| line.contains("/set-up/")).unwrap();
        let (base, token) = link.trim().split_once("/set-up/").unwrap();
        (base.to_owned(), format!("/set-up/{token}"))
    }

    /// Where it listens, as its log says.
    fn address(&mut self) -> String {
        let lines = BufReader::new(self.0.stderr.as_mut().unwrap()).lines();
        let line = lines.map(Result::unwrap).find(|line| line.contains("mailmoot is ready")).unwrap();
        let at = line.find("127.0.0.1:").unwrap();
        let address: String =
            line[at..].chars().take_while(|c| !c.is_whitespace() && *c != '\u{1b}').collect();
        format!("http://{address}")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// On both databases: the settings that name one.
async fn on_each_database(story: impl AsyncFn(&[(&str, &str)])) {
    story(&[]).await;
    if let Some(server) = peer_variable("MAILMOOT_TEST_POSTGRES") {
        let database = Database::make(&server, false).await;
        let Place::Postgres(url) = database.place() else { unreachable!() };
        story(&[("MAILMOOT_DATABASE_URL", &url)]).await;
        database.drop().await;
    }
}

#[tokio::test]
async fn an_admin_sets_it_up_on_a_page_and_forwards_the_first_thread() {
    let Some(peers) = MailPeers::find() else { return };
    on_each_database(async |database| {
        let folder = tempfile::tempdir().unwrap();
        let (moot, ines) = (peers.someone_new("moot"), peers.someone_new("ines"));
        let (account, admin) = (peers.address(&moot), peers.address(&ines));
        let mut program = Program::start(folder.path(), database);
        let (base, path) = program.link();
        let browser = Browser::at(&base);
        assert!(browser.page(&path).await.contains("Set up mailmoot"));

        let named = [("address", account.as_str()), ("by_hand", "yes")];
        let page = browser.post(&format!("{path}/servers"), &named).await.text().await.unwrap();
        assert!(page.contains(&format!("value=\"{account}\"")) && page.contains("name=\"smtp.host\""), "{page}");
        // The browser came by this address.
        assert!(page.contains(&format!("name=\"server.public_url\" value=\"{base}\"")), "{page}");

        let (imaps, submission) = (peers.port("imaps").to_string(), peers.port("submission").to_string());
        let (ca, password) = (peers.path("ca").display().to_string(), format!("pw-{moot}"));
        let mut typed = vec![
            ("mail.address", account.as_str()),
            ("imap.password", "wrong-secret"),
            ("imap.host", "localhost"),
            ("imap.port", &imaps),
            ("imap.ca_file", &ca),
            ("smtp.host", "localhost"),
            ("smtp.port", &submission),
            ("smtp.security", "starttls"),
            ("smtp.ca_file", &ca),
            ("server.public_url", &base),
            ("mail.language", "en"),
            ("admin.address", admin.as_str()),
            ("admin.name", "Inês Duarte"),
        ];
        let refused = browser.post(&path, &typed).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text().await.unwrap();
        assert!(page.contains("Something does not work yet") && page.contains("AUTHENTICATIONFAILED"), "{page}");
        assert!(page.contains("Begin anyway") && !page.contains("wrong-secret"), "{page}");
        let places = ["name=\"imap.password\"", "AUTHENTICATIONFAILED", "name=\"imap.host\""];
        assert!(places.map(|words| page.find(words)).is_sorted(), "it stands with the server that refused it");

        typed[1].1 = &password;
        let begun = browser.post(&path, &typed).await;
        assert_eq!(begun.headers()["cache-control"], "no-store");
        let page = begun.text().await.unwrap();
        assert!(page.contains("mailmoot runs") && !page.contains(&password), "{page}");
        let at = page.find("/l/").unwrap();
        let link = &page[at..at + 29];
        // The door leads to the house now, and nobody sets it up twice.
        assert_eq!(browser.get(&path).await.status(), StatusCode::NOT_FOUND);
        let inside = browser.post(link, &[]).await;
        assert_eq!(inside.headers()["location"], "/admin/check");
        let settings = browser.page("/admin/settings").await;
        assert!(settings.contains(&imaps) && !settings.contains(&password), "{settings}");
        assert!(browser.page("/admin/settings/history").await.contains("Inês Duarte"));
        assert!(browser.page("/admin/audit").await.contains("127.0.0.1"), "from where it was set up");

        let headers = [
            ("From", admin.as_str()),
            ("To", account.as_str()),
            ("Subject", "Fwd: Rooms"),
            ("Message-ID", &format!("<rooms-{moot}@moot.test>")),
        ];
        let raw = mail(&headers, "---------- Forwarded message ---------\r\nFrom: Bo <bo@example.com>\r\n\
            Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nSubject: Rooms\r\nTo: Inês <ines@moot.test>\r\n\r\nWhich room?");
        peers.deliver(admin.as_str(), &[account.as_str()], raw.as_bytes()).await.unwrap();
        let drafted = peers.wait_for_mails(&ines, 1).await.remove(0);
        let drafted = parse(&drafted).unwrap();
        assert!(drafted.text.new_text.contains(&format!("{base}/l/")), "{drafted:?}");
        drop(program);

        let mut again = Program::start(folder.path(), database);
        let base = again.address();
        assert_eq!(Browser::at(&base).get("/health/ready").await.status(), StatusCode::OK);
        assert_eq!(Browser::at(&base).get(&path).await.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn nobody_else_gets_in_before_it_is_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &[]);
    let (base, path) = program.link();
    let browser = Browser::at(&base);
    let foreign = format!("/set-up/{}", "a".repeat(26));
    for path in ["/", "/sign-in", "/admin/settings", "/set-up/", foreign.as_str()] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.text().await.unwrap().contains("mailmoot is not set up yet"), "{path}");
    }
    for (path, status) in
        [("/health/live", StatusCode::OK), ("/health/ready", StatusCode::SERVICE_UNAVAILABLE)]
    {
        assert_eq!(browser.get(path).await.status(), status, "{path}");
    }
    for path in [foreign.clone(), format!("{foreign}/servers")] {
        let fields = [("address", "moot@corp.example"), ("by_hand", "yes"), ("anyway", "yes")];
        assert_eq!(browser.post(&path, &fields).await.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    // A browser elsewhere is told in its language, and what is typed there could be read.
    let answer = browser.request("GET", &path).header("accept-language", "zh-CN");
    let answer = answer.header("x-forwarded-for", "192.0.2.7").send().await.unwrap();
    let page = answer.text().await.unwrap();
    assert!(page.contains("设置 mailmoot") && page.contains("此页面没有加密"), "{page}");
    assert!(!browser.page(&path).await.contains("without encryption"));
}

#[tokio::test]
async fn what_is_wrong_is_marked_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path(), &[]);
    let (base, path) = program.link();
    let browser = Browser::at(&base);
    let answer = browser.post(&format!("{path}/servers"), &[("address", "moot")]).await;
    assert!(answer.text().await.unwrap().contains("aria-invalid=\"true\""));

    let typed = |admin: &'static str, port: &'static str| {
        [
            ("mail.address", "moot@corp.example"),
            ("imap.password", "s3cret"),
            ("imap.host", "127.0.0.1"),
            ("imap.port", port),
            ("smtp.host", "127.0.0.1"),
            ("smtp.port", "9"),
            ("admin.address", admin),
        ]
    };
    for (admin, port, words) in [
        ("", "9", "This is no mail address"),
        ("moot@corp.example", "9", "This is the address of mailmoot itself"),
        ("ines@corp.example", "imap", "a port number"),
        // Nobody listens there.
        ("ines@corp.example", "9", "Something does not work yet"),
    ] {
        let answer = browser.post(&path, &typed(admin, port)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{admin} {port}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(words) && !page.contains("s3cret"), "{admin} {port}: {page}");
    }
    let mut kept = std::fs::read_dir(folder.path().join("mailmoot-data")).unwrap();
    assert!(kept.next().is_none(), "nothing but a folder was made");

    // The mail system may come later.
    let mut anyway = typed("ines@corp.example", "9").to_vec();
    anyway.push(("anyway", "yes"));
    let page = browser.post(&path, &anyway).await.text().await.unwrap();
    assert!(page.contains("mailmoot runs"), "{page}");
    eventually(async || (browser.get("/health/ready").await.status() == StatusCode::OK).then_some(())).await;
}

/// Runs a command that ends by itself, and gives whether it succeeded and what it said of problems.
fn run(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailmoot"));
    let output =
        command.args(arguments).current_dir(folder).env_clear().envs(settings.iter().copied()).output();
    let output = output.unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// Whoever has begun to write a configuration is told what is wrong with it, as ever.
#[test]
fn a_configuration_that_is_not_whole_is_no_first_start() {
    for settings in [
        &[("MAILMOOT_IMAP_HOST", "mail.corp.example")][..],
        &[("MAILMOOT_SERVER_PUBLIC_URL", "corp")],
        &[("MAILMOOT_CONFIG", "nowhere.toml")],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (good, told) = run(folder.path(), &["serve"], settings);
        assert!(!good && told.contains("The configuration cannot be used"), "{settings:?}: {told}");
    }
}

/// Not when everything has been typed.
#[test]
fn a_folder_that_cannot_be_made_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody makes a folder there, whoever runs the test.
    let settings = [("MAILMOOT_SERVER_LISTEN", "127.0.0.1:0"), ("MAILMOOT_SERVER_DATA", "/proc/moot")];
    let (good, told) = run(folder.path(), &["serve"], &settings);
    assert!(!good && told.contains("server.data") && told.contains("/proc/moot"), "{told}");
}

/// A file that was lost does not let the next one in who starts the program.
#[test]
fn a_house_that_lost_its_settings_is_no_first_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("people.csv"), "name,mail\nInês Duarte,ines@corp.example\n").unwrap();
    let settings = [
        ("MAILMOOT_MAIL_ADDRESS", "moot@corp.example"),
        ("MAILMOOT_MAILDIR_PATH", "mail"),
        ("MAILMOOT_SMTP_HOST", "127.0.0.1"),
        ("MAILMOOT_SMTP_SECURITY", "none"),
        ("MAILMOOT_SMTP_USER", ""),
    ];
    let (good, told) = run(folder.path(), &["import", "people.csv"], &settings);
    assert!(good, "{told}");
    let (good, told) = run(folder.path(), &["serve"], &[]);
    assert!(!good && told.contains("mailmoot.toml") && told.contains("mail.address is not set"), "{told}");
    // What can't be read may hold anybody.
    std::fs::write(folder.path().join("mailmoot-data/mailmoot.db"), "no database").unwrap();
    let (good, told) = run(folder.path(), &["serve"], &[]);
    assert!(!good && told.contains("file is not a database"), "{told}");
}

/// Should the page be there all the same, by whatever mishap: it makes nobody an admin.
#[tokio::test]
async fn a_house_with_people_is_not_set_up_again() {
    on_both(Wanted::default, async |house: House| {
        let admin = FirstAdmin {
            address: "mallory@corp.example".parse().unwrap(),
            full_name: None,
            network: std::net::Ipv4Addr::LOCALHOST.into(),
        };
        assert_eq!(house.actions.set_up(Vec::new(), admin).await.unwrap(), None);
        assert!(house.actions.list_rights().await.unwrap().is_empty());
    })
    .await;
}
