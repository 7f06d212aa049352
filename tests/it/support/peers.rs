//! The real mail system of `tests/peers`, as the people in a story use it.
//!
//! `tests/run` starts one and names its folder in `MAILMOOT_TEST_MAIL`. Without it these tests say that they are
//! skipped; where they must not be (`CI`, or `MAILMOOT_REQUIRE_PEERS=1`), they fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use mailmoot::clock::Clock;
use mailmoot::domain::address::EmailAddress;
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::imap::{ImapAccount, Patience};
use mailmoot::transport::smtp::{Envelope, SmtpAccount, SmtpError, Submitter};

/// Everybody's mailbox is NAME@moot.test with the password pw-NAME; names with `nosuch` in front do not exist.
pub struct MailPeers {
    folder: PathBuf,
    values: BTreeMap<String, String>,
    /// Stopped when the test ends.
    own: bool,
}

/// Whether a missing server is a failure.
fn required() -> bool {
    let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty() && value != "0");
    set("CI") || set("MAILMOOT_REQUIRE_PEERS")
}

/// The value of a variable of `tests/run`; says that the test is skipped if there is none.
pub fn peer_variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        assert!(!required(), "{name} is not set: use tests/run, which starts the servers");
        eprintln!("skipped: {name} is not set (tests/run sets it)");
    }
    value
}

/// Whether a program of Debian's is installed; says that the test is skipped if it is not.
pub fn has_program(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(!required(), "{name} is not installed: tests/peers/install.sh does it");
        eprintln!("skipped: {name} is not installed");
    }
    found
}

/// Whether `tests/peers/install.sh` put a program there; says that the test is skipped if it did not.
pub fn has_program_at(path: &Path) -> bool {
    let found = path.is_file();
    if !found {
        assert!(!required(), "{} is missing: tests/peers/install.sh brings it", path.display());
        eprintln!("skipped: {} is missing", path.display());
    }
    found
}

/// The account's login with a wrong password. A new one: the old one would remember that it was refused.
pub fn forget_password(server: &mut MailServer) {
    let user = server.login.take().unwrap().user;
    server.login = Some(Login::by_password(user, "wrong".into()));
}

impl MailPeers {
    /// The mail system that all tests share. It must not be stopped.
    pub fn find() -> Option<Self> {
        let folder = PathBuf::from(peer_variable("MAILMOOT_TEST_MAIL")?);
        Some(Self { values: read_values(&folder), folder, own: false })
    }

    /// A mail system for this test alone, which may be stopped. Takes a fifth of a second.
    pub fn own() -> Option<Self> {
        Self::own_with(&[])
    }

    /// The same as a relay outside that gives every mail a Message-ID of its own.
    pub fn rewriting() -> Option<Self> {
        Self::own_with(&[("MAILMOOT_PEERS_REWRITES", "yes")])
    }

    /// The same as an old IMAP server: no THREAD, no SORT, and no word on which folder holds what was sent.
    pub fn plain() -> Option<Self> {
        Self::own_with(&[("MAILMOOT_PEERS_PLAIN", "yes")])
    }

    /// The same for another domain.
    pub fn of_domain(domain: &str) -> Option<Self> {
        Self::own_with(&[("MAILMOOT_PEERS_DOMAIN", domain)])
    }

    /// The same with servers that also take a provider's tokens, by some of the mechanisms `xoauth2` and `oauthbearer`.
    pub fn with_tokens(issuer: &str, mechanisms: &str) -> Option<Self> {
        Self::own_with(&[("MAILMOOT_PEERS_OAUTH", issuer), ("MAILMOOT_PEERS_OAUTH_BY", mechanisms)])
    }

    /// Puts a mail into the folder of what somebody sent.
    pub fn save_sent(&self, name: &str, folder: &str, raw: &str) {
        let file = self.folder.join(format!("{}.eml", self.someone_new("sent")));
        std::fs::write(&file, raw).unwrap();
        self.script("save.sh", &[name, folder, file.to_str().unwrap()]);
        std::fs::remove_file(&file).unwrap();
    }

    fn own_with(variables: &[(&str, &str)]) -> Option<Self> {
        let shared = Self::find()?;
        for number in 1..10 {
            let folder = shared.folder.join(format!("own-{number}"));
            if !take_folder(&folder) {
                continue;
            }
            let mut own = Self { folder, values: shared.values.clone(), own: true };
            let base: u16 = own.values["base"].parse().unwrap();
            own.values.insert("base".to_owned(), (base + 10 * number).to_string());
            own.script_with("mail-up.sh", &[], variables);
            own.values = read_values(&own.folder);
            return Some(own);
        }
        panic!("nine tests have mail systems of their own already");
    }

    /// A name whose mailbox is empty, however often the tests ran before.
    pub fn someone_new(&self, name: &str) -> String {
        let id = Clock::system().new_id::<()>().to_string();
        format!("{name}-{}", id.rsplit('-').next().unwrap())
    }

    pub fn port(&self, name: &str) -> u16 {
        self.values[name].parse().unwrap()
    }

    /// A path, such as `ca` and `other_ca`.
    pub fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(&self.values[name])
    }

    pub fn address(&self, name: &str) -> EmailAddress {
        format!("{name}@{}", self.values["domain"]).parse().unwrap()
    }

    /// Where the mail system keeps somebody's mails, once the mailbox was opened. As root it can be read beside it.
    pub fn maildir(&self, name: &str) -> PathBuf {
        self.folder.join("mail").join(&self.values["domain"]).join(name).join("Maildir")
    }

    fn server(&self, port: &str, security: Security, login: Option<&str>) -> MailServer {
        let login = login.map(|name| {
            Login::by_password(self.address(name).as_str().to_owned(), format!("pw-{name}").into())
        });
        let ca_file = Some(self.path("ca"));
        MailServer { host: "localhost".to_owned(), port: self.port(port), security, login, ca_file }
    }

    /// Somebody's INBOX, over TLS.
    pub fn imap(&self, name: &str) -> ImapAccount {
        ImapAccount {
            server: self.server("imaps", Security::Tls, Some(name)),
            folder: "INBOX".to_owned(),
            max_size: 25_000_000,
            patience: Patience::default(),
        }
    }

    /// Submission with a login, over STARTTLS.
    pub fn smtp(&self, name: &str) -> SmtpAccount {
        SmtpAccount { server: self.server("submission", Security::StartTls, Some(name)) }
    }

    /// The door through which mail comes from anywhere.
    pub fn mail_exchanger(&self) -> SmtpAccount {
        SmtpAccount { server: self.server("smtp", Security::None, None) }
    }

    /// Sends a mail as any mail system would.
    pub async fn deliver(&self, from: &str, to: &[&str], raw: &[u8]) -> Result<(), SmtpError> {
        let submitter = Submitter::new(self.mail_exchanger());
        for to in to {
            submitter.send(Envelope::new(Some(&from.parse().unwrap()), &to.parse().unwrap()), raw).await?;
        }
        submitter.close().await;
        Ok(())
    }

    /// Everything in somebody's INBOX, oldest first.
    pub async fn mails_of(&self, name: &str) -> Vec<Vec<u8>> {
        let mut session = self.imap(name).connect().await.unwrap();
        session.select().await.unwrap();
        let mails = session.fetch_after(0, usize::MAX).await.unwrap();
        session.log_out().await;
        mails.into_iter().map(|mail| mail.raw).collect()
    }

    /// Waits until somebody has at least so many mails.
    pub async fn wait_for_mails(&self, name: &str, count: usize) -> Vec<Vec<u8>> {
        let begin = Instant::now();
        loop {
            let mails = self.mails_of(name).await;
            if mails.len() >= count {
                return mails;
            }
            let waited = begin.elapsed();
            assert!(waited < Duration::from_secs(60), "{name} has {} of {count} mails", mails.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The IMAP server goes away; mails wait in the SMTP server. Only for a mail system of the test's own.
    pub fn stop_imap(&self) {
        assert!(self.own, "other tests use this mail system");
        self.script("dovecot-down.sh", &[]);
    }

    /// The IMAP server comes back and gets the mails that waited.
    pub fn start_imap(&self) {
        self.script("dovecot-up.sh", &[]);
    }

    /// The SMTP server goes away: nothing is taken.
    pub fn stop_smtp(&self) {
        assert!(self.own, "other tests use this mail system");
        self.script("postfix-down.sh", &[]);
    }

    /// The SMTP server comes back.
    pub fn start_smtp(&self) {
        self.script("postfix-up.sh", &[]);
    }

    /// The SMTP server is started anew, which cuts all its connections.
    pub fn restart_smtp(&self) {
        assert!(self.own, "other tests use this mail system");
        self.script("postfix-restart.sh", &[]);
    }

    /// Both servers show a certificate that holds for a year longer. Only for a mail system of the test's own.
    pub fn renew_certificate(&self) {
        self.show_certificate(&[]);
    }

    /// Both show one that has run out.
    pub fn let_certificate_run_out(&self) {
        self.show_certificate(&["expired"]);
    }

    fn show_certificate(&self, which: &[&str]) {
        self.script("renew-certificate.sh", which);
        self.stop_imap();
        self.start_imap();
        self.restart_smtp();
    }

    /// New UIDVALIDITY and new UIDs for somebody's INBOX, as after a restored backup.
    pub fn change_uid_validity(&self, name: &str) {
        self.script("new-uidvalidity.sh", &[name]);
    }

    /// Cuts somebody's IMAP connections.
    pub fn kick(&self, name: &str) {
        self.script("kick.sh", &[name]);
    }

    fn script(&self, name: &str, arguments: &[&str]) {
        self.script_with(name, arguments, &[]);
    }

    fn script_with(&self, name: &str, arguments: &[&str], variables: &[(&str, &str)]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name);
        let output = Command::new("bash")
            .arg(path)
            .args(arguments)
            .env("MAILMOOT_PEERS", &self.folder)
            .env("MAILMOOT_PEERS_BASE", &self.values["base"])
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for MailPeers {
    fn drop(&mut self) {
        if self.own {
            if !std::thread::panicking() {
                self.script("mail-down.sh", &["wipe"]);
            } else {
                // The reason of the failure is worth more than a second one from here.
                let down = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/mail-down.sh");
                let _ = Command::new("bash").arg(down).env("MAILMOOT_PEERS", &self.folder).output();
            }
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn read_values(folder: &Path) -> BTreeMap<String, String> {
    let path = folder.join("mail.env");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; is the mail system up?", path.display()));
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Makes the folder, or takes it from a test that died.
fn take_folder(folder: &Path) -> bool {
    let owner = folder.join("owner");
    if std::fs::create_dir(folder).is_err() {
        let text = std::fs::read_to_string(&owner).unwrap_or_default();
        let alive = text.trim().parse::<u32>().is_ok_and(|pid| Path::new(&format!("/proc/{pid}")).exists());
        if alive || text.is_empty() {
            return false;
        }
        let down = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/mail-down.sh");
        let _ = Command::new("bash")
            .args([down.as_os_str(), "wipe".as_ref()])
            .env("MAILMOOT_PEERS", folder)
            .output();
    }
    std::fs::write(owner, std::process::id().to_string()).is_ok()
}
