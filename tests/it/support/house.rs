//! A whole mailmoot in this process: a database and files in a temporary folder, mail by local folders, pages on a port.
//!
//! Its people act through the doors: mails in the Maildir, pages over HTTP. It can be stopped and opened again.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mailmoot::actions::directory::{Directories, Source};
use mailmoot::actions::maintenance::QuietTime;
use mailmoot::actions::own_mailbox::Looks;
use mailmoot::actions::receipts::Gathered;
use mailmoot::actions::{Actions, Bell, Meters, Pace};
use mailmoot::clock::Clock;
use mailmoot::config::Origin;
use mailmoot::config::renewal::Renewals;
use mailmoot::domain::address::EmailAddress;
use mailmoot::domain::audit::AuditLine;
use mailmoot::domain::draft::{Editor, PageId};
use mailmoot::domain::gateway::{Gateway, ReplyStyle};
use mailmoot::domain::ids::{DraftId, GroupId};
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger::{Delivery, DeliveryKind, MailEntry, Outcome};
use mailmoot::domain::ledger_query::LedgerQuery;
use mailmoot::domain::message::Message;
use mailmoot::domain::network::AddressBlock;
use mailmoot::domain::person::{Entry, Viewer};
use mailmoot::domain::policy::Policy;
use mailmoot::domain::retention::RetentionSettings;
use mailmoot::domain::secret::{ServerKey, Token};
use mailmoot::domain::settings::{
    AlertSettings, FileRules, Limits, MailSettings, PresenceSettings, PushSettings, QueueSettings, Settings,
    ShareSettings, SignInSettings,
};
use mailmoot::domain::time::Timestamp;
use mailmoot::domain::zone::Zone;
use mailmoot::files::Files;
use mailmoot::hub::Hub;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse;
use mailmoot::store::{Place, Store};
use mailmoot::transport::account::MailServer;
use mailmoot::transport::dkim::Signatures;
use mailmoot::transport::imap::{ImapAccount, PasswordServer};
use mailmoot::transport::local::LocalMail;
use mailmoot::transport::maildir::Maildir;
use mailmoot::transport::oauth::Tokens;
use mailmoot::transport::openid::{Provider, Providers};
use mailmoot::web::admin::settings::SettingsDesk;
use mailmoot::web::{WebState, router};
use mailmoot::workers::{Outlet, Source as MailSource, Workers};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::databases::{self, at_each_place};

/// The people every story is about: name, address, department, position.
pub const PEOPLE: [(&str, &str, &str, &str); 4] = [
    ("Anna Berg", "anna.berg@corp.example", "Finance", "Head of controlling"),
    ("王小明", "wang.xiaoming@corp.example", "采购部", "采购经理"),
    ("David Okafor", "david.okafor@corp.example", "Operations", "Plant manager"),
    ("李雷", "lei.li@corp.example", "研发中心", "高级工程师"),
];
pub const ANNA: &str = PEOPLE[0].1;
pub const WANG: &str = PEOPLE[1].1;
pub const DAVID: &str = PEOPLE[2].1;
pub const LI: &str = PEOPLE[3].1;
/// Nobody of the company.
pub const STRANGER: &str = "kenji.sato@partner.example";
/// Not in any story's mails: looks after the machine.
pub const ADMIN: &str = "admin@corp.example";

pub const GATEWAY: &str = "moot@corp.example";

/// What its settings are said to come from.
const SETTINGS: &str = "[mail]\naddress = \"moot@corp.example\"\n[maildir]\npath = \"inbox\"\n[smtp]\nhost = \"localhost\"\nuser = \"\"\n";

/// When a standing clock begins: 2026-11-20, 10 o'clock.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct House {
    pub actions: Actions,
    pub inbox: Maildir,
    pub outbox: LocalMail,
    /// Where its pages are.
    pub address: SocketAddr,
    wanted: Wanted,
    workers: Workers,
    server: JoinSet<()>,
    folder: Arc<tempfile::TempDir>,
}

/// Settings that name nothing outside of the house's folder.
fn origin(root: &Path) -> Origin {
    let place = |name: &str, path: &Path| (name.to_owned(), path.display().to_string());
    let (data, inbox) = (root.join("data"), root.join("inbox"));
    Origin::of(SETTINGS, [place("MAILMOOT_SERVER_DATA", &data), place("MAILMOOT_MAILDIR_PATH", &inbox)])
}

/// What a test wants to be different.
#[derive(Clone)]
pub struct Wanted {
    /// Messages wait for company so long.
    pub hold: Duration,
    pub clock: Clock,
    /// SQLite in the house's folder if `None`.
    pub database: Option<Place>,
    /// The Maildir if `None`.
    pub source: Option<MailSource>,
    /// The local folders if `None`.
    pub outlet: Option<Outlet>,
    pub gateway: &'static str,
    pub people: Vec<Entry>,
    pub limits: Limits,
    /// Domains whose every address may sign in.
    pub domains: Vec<String>,
    /// Whether browsers get notices.
    pub push: bool,
    /// To whom members may mail shares.
    pub share: ShareSettings,
    /// How long things are kept.
    pub retention: RetentionSettings,
    /// What the organisation allows.
    pub policy: Policy,
    /// How mails go out.
    pub queue: QueueSettings,
    /// Who else is told what is wrong.
    pub alerts: AlertSettings,
    /// What stands in mails; where the pages are if `None`.
    pub public_url: Option<&'static str>,
    /// Where people sign in beside by mail.
    pub providers: Vec<Provider>,
    /// Checks mail passwords, if people may sign in by them.
    pub passwords: Option<MailServer>,
    /// Where a copy of all that is said is kept.
    pub archive: Option<ImapAccount>,
    /// With which its mail account signs in.
    pub oauth: Option<Tokens>,
    /// Has people's own mailboxes, if they may open them.
    pub mailboxes: Option<MailServer>,
    /// Nobody can open their own mailbox by typing its password.
    pub no_mailbox_passwords: bool,
    /// What the DNS says of signatures; nobody asks if there is nothing.
    pub dkim_keys: Vec<(String, String)>,
    /// Where the address book comes from, besides `people`.
    pub directories: Vec<Source>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            hold: Duration::from_millis(50),
            clock: Clock::system(),
            database: None,
            source: None,
            outlet: None,
            gateway: GATEWAY,
            people: PEOPLE.iter().map(|(name, address, ..)| entry(name, address)).collect(),
            limits: Limits::default(),
            domains: Vec::new(),
            push: true,
            share: ShareSettings::default(),
            retention: RetentionSettings::default(),
            policy: Policy::default(),
            queue: QueueSettings::default(),
            alerts: AlertSettings::default(),
            public_url: None,
            providers: Vec::new(),
            passwords: None,
            archive: None,
            oauth: None,
            mailboxes: None,
            no_mailbox_passwords: false,
            dkim_keys: Vec::new(),
            directories: Vec::new(),
        }
    }
}

impl Wanted {
    /// Time stands still until [`House::later`].
    pub fn standing() -> Self {
        Self { clock: Clock::standing_at(NOW), ..Self::default() }
    }

    /// Nobody gets a message by mail while the test goes on.
    pub fn long_hold() -> Self {
        Self { hold: Duration::from_secs(3600), ..Self::default() }
    }
}

/// Tells a story in a house on SQLite, and where there is one also on PostgreSQL.
pub async fn on_both(wanted: impl Fn() -> Wanted, story: impl AsyncFn(House)) {
    at_each_place(async |place| {
        story(House::with(Wanted { database: Some(place), ..wanted() }).await).await;
    })
    .await;
}

impl House {
    /// With the people in the address book; messages wait for company only a moment.
    pub async fn start() -> Self {
        Self::with(Wanted::default()).await
    }

    pub async fn with(wanted: Wanted) -> Self {
        Self::open(wanted, Arc::new(tempfile::tempdir().unwrap())).await
    }

    /// In a folder and a database where one has lived before.
    pub async fn moved_into(folder: tempfile::TempDir, database: Place) -> Self {
        let wanted = Wanted { database: Some(database), people: Vec::new(), ..Wanted::default() };
        Self::open(wanted, Arc::new(folder)).await
    }

    async fn open(wanted: Wanted, folder: Arc<tempfile::TempDir>) -> Self {
        let (root, clock) = (folder.path(), wanted.clock.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let actions = make_actions(root, &wanted, address).await;
        actions.look_after(wanted.oauth.as_ref());
        actions.import_people(wanted.people.clone()).await.unwrap();
        let inbox = Maildir::open(root.join("inbox"), clock.clone()).await.unwrap();
        let outbox = LocalMail::new(root.join("outbox"), clock);
        let source = wanted.source.clone().unwrap_or_else(|| MailSource::Maildir(inbox.clone()));
        let outlet = wanted.outlet.clone().unwrap_or_else(|| Outlet::Local(outbox.clone()));
        let workers = Workers::start(&actions, vec![source], outlet);
        // Nobody takes new settings here: they would undo what a test wants. `stories::settings` runs the real thing.
        let (renewals, _) = Renewals::channel();
        let settings = Some(SettingsDesk { origin: origin(root), renewals });
        let pages = router(WebState { settings, ..WebState::from(actions.clone()) });
        let mut server = JoinSet::new();
        server.spawn(async move {
            axum::serve(listener, pages.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
        });
        Self { actions, inbox, outbox, address, wanted, workers, server, folder }
    }

    /// Stops it at once, as when the power fails, and opens it again on the same folder.
    pub async fn restarted(self) -> Self {
        let Self { workers, server, wanted, folder, .. } = self;
        drop((server, workers));
        Self::open(wanted, folder).await
    }

    /// The same house with these sources of its address book.
    pub async fn reading(mut self, directories: Vec<Source>) -> Self {
        self.wanted.directories = directories;
        self.restarted().await
    }

    /// The same house with another way out for its mails.
    pub async fn sending_by(mut self, outlet: Outlet) -> Self {
        self.wanted.outlet = Some(outlet);
        self.restarted().await
    }

    /// The same house under other rules.
    pub async fn under(mut self, policy: Policy) -> Self {
        self.wanted.policy = policy;
        self.restarted().await
    }

    /// Lets a standing clock run.
    pub fn later(&self, by: Duration) {
        self.actions.clock.advance(by);
        self.actions.bell.ring();
    }

    /// Waits until nothing is to be done now, and nobody is at anything.
    pub async fn quiet(&self) {
        eventually(async || self.actions.list_loads().await.unwrap().is_empty().then_some(())).await;
    }

    /// The file of its database.
    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("moot.db")
    }

    /// A page's address.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts a mail where the mail system would.
    pub async fn deliver(&self, raw: impl AsRef<[u8]>) {
        self.inbox.deliver(raw.as_ref()).await.unwrap();
    }

    /// The mails a person has, newest first; waits until there are `count`.
    pub async fn mails_of(&self, address: &str, count: usize) -> Vec<IncomingMail> {
        let of: EmailAddress = address.parse().unwrap();
        let mails = eventually(async || {
            let mails = self.outbox.list(&of).await.unwrap();
            (mails.len() >= count).then_some(mails)
        });
        mails.await.iter().map(|m| parse(&m.raw).unwrap()).collect()
    }

    /// The one mail a person has.
    pub async fn mail_of(&self, address: &str) -> IncomingMail {
        self.mails_of(address, 1).await.remove(0)
    }

    /// How many mails a person has now.
    pub async fn count_mails_of(&self, address: &str) -> usize {
        self.outbox.list(&address.parse().unwrap()).await.unwrap().len()
    }

    /// The ledger when `count` mails have come in and nothing waits any more, oldest first.
    pub async fn ledger(&self, count: usize) -> Vec<MailEntry> {
        let admin = self.admin().await;
        eventually(async || {
            let mut lines =
                self.actions.list_mails(&admin, &LedgerQuery::default(), None, 5_000).await.unwrap();
            lines.reverse();
            let done = lines.iter().all(|line| line.outcome != Outcome::Waiting);
            (done && lines.len() >= count).then_some(lines)
        })
        .await
    }

    /// The outcomes in the ledger, oldest mail first.
    pub async fn outcomes(&self, count: usize) -> Vec<Outcome> {
        self.ledger(count).await.into_iter().map(|line| line.outcome).collect()
    }

    /// The ledger of mails out, newest first.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        self.actions.list_deliveries(&self.admin().await, &LedgerQuery::default(), None, 5_000).await.unwrap()
    }

    /// To whom it was told why a mail could not be used, in the order of addresses. Queued together with the outcome in the ledger, so
    /// the number is exact as soon as nothing waits there.
    pub async fn answered(&self) -> Vec<String> {
        let mut answers = self.deliveries().await;
        answers.retain(|delivery| delivery.kind == DeliveryKind::Answer);
        let mut addresses: Vec<String> =
            answers.iter().map(|delivery| delivery.address.to_string()).collect();
        addresses.sort_unstable();
        addresses
    }

    pub async fn admin(&self) -> Viewer {
        self.actions.make_admin(&ADMIN.parse().unwrap(), None).await.unwrap();
        self.person(ADMIN).await
    }

    /// What was done with the content of groups, the newest first.
    pub async fn audited(&self) -> Vec<AuditLine> {
        let lines = self.actions.list_audit(&self.admin().await, None, 100).await.unwrap();
        lines.into_iter().map(|shown| shown.line).filter(|line| line.group_id.is_some()).collect()
    }

    /// Somebody of the address book, signed in.
    pub async fn person(&self, address: &str) -> Viewer {
        let link = self.actions.make_sign_in_link(&address.parse().unwrap(), "/").await.unwrap();
        self.sign_in(&token_in(&link)).await.0
    }

    /// Signs in by a link; the viewer, and where the link leads.
    pub async fn sign_in(&self, link: &Token) -> (Viewer, String) {
        let signed_in = self.actions.use_link(link, &self.token(), "test").await.unwrap();
        let viewer = self.actions.find_viewer(&signed_in.cookie).await.unwrap().unwrap();
        (viewer, signed_in.target)
    }

    /// A browser nobody knows yet.
    pub fn token(&self) -> Token {
        Token::from_random(self.actions.clock.random_bytes().unwrap())
    }

    /// An open page of a person's.
    pub fn editor(&self, viewer: &Viewer) -> Editor {
        let page: PageId = self.actions.clock.new_id();
        Editor { person: viewer.person_id, session: viewer.session_id, page }
    }

    /// A group of the people of the company, made by Anna, with an opening.
    pub async fn group(&self, topic: &str, others: &[&str]) -> (Viewer, GroupId) {
        let (anna, draft) = self.draft(topic, others).await;
        let group = self.actions.confirm_draft(self.editor(&anna), draft).await.unwrap();
        (anna, group)
    }

    /// A draft of Anna's.
    pub async fn draft(&self, topic: &str, others: &[&str]) -> (Viewer, DraftId) {
        let anna = self.person(ANNA).await;
        let cc = others.join(", ");
        let raw = format!("From: {ANNA}\r\nTo: {cc}\r\nSubject: {topic}\r\n\r\nWelcome.\r\n");
        let draft = self.actions.start_draft_from_mails(&anna, vec![raw.into_bytes()]).await.unwrap();
        (anna, draft)
    }

    /// Somebody is no member of a group any more.
    pub async fn leaves(&self, who: &Viewer, group: GroupId) {
        self.change_member(who, group, "DELETE FROM members WHERE").await;
    }

    /// Somebody sees a group from a message on.
    pub async fn sees_from(&self, who: &Viewer, group: GroupId, seq: i64) {
        self.change_member(who, group, &format!("UPDATE members SET first_seq = {seq} WHERE")).await;
    }

    async fn change_member(&self, who: &Viewer, group: GroupId, change: &str) {
        let place = self.wanted.database.clone().unwrap_or_else(|| Place::Sqlite(self.database()));
        let (person, group) = (who.person_id.uuid(), group.uuid());
        databases::execute(&place, |id| {
            format!("{change} person_id = {} AND group_id = {}", id(person), id(group))
        })
        .await;
    }

    /// The messages of a group when there are `count`.
    pub async fn messages(&self, viewer: &Viewer, group: GroupId, count: usize) -> Vec<Message> {
        eventually(async || {
            let messages = self.actions.list_messages_before(viewer, group, None, 1_000).await.unwrap();
            (messages.len() >= count).then_some(messages)
        })
        .await
    }
}

/// Actions on a new database, without workers: nothing happens but what a test does.
pub async fn actions_in(folder: &Path, hold: Duration) -> Actions {
    make_actions(folder, &Wanted { hold, ..Wanted::default() }, ([127, 0, 0, 1], 8080).into()).await
}

async fn make_actions(folder: &Path, wanted: &Wanted, address: SocketAddr) -> Actions {
    let clock = wanted.clock.clone();
    let database = wanted.database.clone().unwrap_or_else(|| Place::Sqlite(folder.join("moot.db")));
    Actions {
        store: Store::open(&database).await.unwrap(),
        hub: Hub::new(),
        files: Files::open_folder(folder.join("files"), clock.clone()).await.unwrap(),
        providers: Providers::new(wanted.providers.clone(), &clock),
        passwords: wanted.passwords.clone().map(PasswordServer::new),
        mailboxes: wanted.mailboxes.clone().map(PasswordServer::new),
        clock,
        settings: Arc::new(settings(wanted, address)),
        key: ServerKey::from_bytes([7; 32]),
        bell: Bell::default(),
        pace: Pace::default(),
        looks: Looks::default(),
        receipts: Gathered::default(),
        quiet_time: QuietTime::default(),
        archive: wanted.archive.clone().map(Box::new),
        signatures: (!wanted.dkim_keys.is_empty()).then(|| {
            let keys: Vec<_> =
                wanted.dkim_keys.iter().map(|(name, key)| (name.as_str(), key.as_str())).collect();
            Signatures::with_keys(&keys).unwrap()
        }),
        directories: Directories::new(wanted.directories.clone()),
        meters: Meters::default(),
    }
}

/// A mail of these headers and this text.
pub fn mail(headers: &[(&str, &str)], text: &str) -> String {
    let mut mail = String::new();
    for (name, value) in headers {
        mail.push_str(&format!("{name}: {value}\r\n"));
    }
    if !headers.iter().any(|(name, _)| *name == "Content-Type") {
        mail.push_str("Content-Type: text/plain; charset=utf-8\r\n");
    }
    mail + "\r\n" + text + "\r\n"
}

/// Asks again and again until there is an answer; fails after [`PATIENCE`].
pub async fn eventually<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begin.elapsed() < PATIENCE, "it did not happen");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The token of a link, alone or in a text.
pub fn token_in(text: &str) -> Token {
    let at = text.find("/l/").unwrap() + 3;
    text[at..at + 26].parse().unwrap()
}

/// The token in a mail's link.
pub fn link_in(mail: &IncomingMail) -> Token {
    token_in(&mail.text.new_text)
}

/// Somebody of the address book.
pub fn entry(name: &str, address: &str) -> Entry {
    let known = PEOPLE.iter().find(|person| person.1 == address);
    Entry {
        full_name: name.to_owned(),
        addresses: vec![address.parse().unwrap()],
        phones: vec!["+46 8 555 01 10".to_owned()],
        department: known.map_or("", |person| person.2).to_owned(),
        position: known.map_or("", |person| person.3).to_owned(),
        photo: None,
    }
}

fn settings(wanted: &Wanted, address: SocketAddr) -> Settings {
    Settings {
        public_url: wanted
            .public_url
            .map_or_else(|| format!("http://{address}"), str::to_owned)
            .parse()
            .unwrap(),
        trusted_proxies: AddressBlock::LOOPBACK.to_vec(),
        mail: MailSettings {
            gateway: Gateway { address: wanted.gateway.parse().unwrap(), replies: ReplyStyle::Subaddress },
            branches: Vec::new(),
            name: "mailmoot".to_owned(),
            hold: wanted.hold,
            max_size: 25_000_000,
            attach_up_to: 5_000_000,
            language: Language::English,
            zone: Zone::UTC,
            authserv_ids: vec!["mx.corp.example".to_owned()],
            check_dkim: false,
        },
        limits: wanted.limits,
        files: FileRules::default(),
        sign_in: SignInSettings {
            domains: wanted.domains.clone(),
            no_mailbox_passwords: wanted.no_mailbox_passwords,
        },
        presence: PresenceSettings::default(),
        push: PushSettings { enabled: wanted.push },
        share: wanted.share.clone(),
        retention: wanted.retention,
        policy: wanted.policy.clone(),
        queue: wanted.queue,
        alerts: wanted.alerts.clone(),
        internal_networks: AddressBlock::LOOPBACK.to_vec(),
    }
}
