//! A whole mailmoot in this process: a database and files in a temporary folder, mail by local folders.
//!
//! Its people act through the doors: mails in the Maildir, pages over HTTP.

use std::time::Duration;

use mailmoot::actions::{Actions, Bell};
use mailmoot::clock::Clock;
use mailmoot::domain::address::EmailAddress;
use mailmoot::domain::language::Language;
use mailmoot::domain::person::Entry;
use mailmoot::domain::secret::ServerKey;
use mailmoot::domain::settings::{Limits, MailSettings, ReplyStyle, Settings, SignInSettings};
use mailmoot::files::Files;
use mailmoot::hub::Hub;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse;
use mailmoot::store::{Place, Store};
use mailmoot::transport::local::LocalMail;
use mailmoot::transport::maildir::Maildir;
use mailmoot::workers::{Outlet, Source, Workers};

/// The people every story is about: name, address, department, position.
pub const PEOPLE: [(&str, &str, &str, &str); 4] = [
    ("Anna Berg", "anna.berg@corp.example", "Finance", "Head of controlling"),
    ("王小明", "wang.xiaoming@corp.example", "采购部", "采购经理"),
    ("David Okafor", "david.okafor@corp.example", "Operations", "Plant manager"),
    ("李雷", "lei.li@corp.example", "研发中心", "高级工程师"),
];

pub const GATEWAY: &str = "moot@corp.example";

pub struct House {
    pub actions: Actions,
    pub inbox: Maildir,
    pub outbox: LocalMail,
    _workers: Workers,
    _folder: tempfile::TempDir,
}

impl House {
    /// With the people in the address book; messages wait for company only a moment.
    pub async fn start() -> Self {
        Self::with_hold(Duration::from_millis(50)).await
    }

    pub async fn with_hold(hold: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let actions = actions_in(folder.path(), hold).await;
        actions.import_people(PEOPLE.iter().map(entry).collect()).await.unwrap();
        let inbox = Maildir::open(folder.path().join("inbox"), clock.clone()).await.unwrap();
        let outbox = LocalMail::new(folder.path().join("outbox"), clock);
        let workers =
            Workers::start(&actions, Some(Source::Maildir(inbox.clone())), Outlet::Local(outbox.clone()));
        Self { actions, inbox, outbox, _workers: workers, _folder: folder }
    }

    /// The mails a person has, newest first; waits until there are `count`.
    pub async fn mails_of(&self, address: &str, count: usize) -> Vec<IncomingMail> {
        let address: EmailAddress = address.parse().unwrap();
        for _ in 0..400 {
            let mails = self.outbox.list(&address).await.unwrap();
            if mails.len() >= count {
                return mails.iter().map(|m| parse(&m.raw).unwrap()).collect();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{count} mails did not come");
    }

    /// The one mail a person has.
    pub async fn mail_of(&self, address: &str) -> IncomingMail {
        self.mails_of(address, 1).await.remove(0)
    }
}

/// Actions on a new database, without workers: nothing happens but what a test does.
pub async fn actions_in(folder: &std::path::Path, hold: Duration) -> Actions {
    let clock = Clock::system();
    Actions {
        store: Store::open(&Place::Sqlite(folder.join("moot.db"))).await.unwrap(),
        hub: Hub::new(),
        files: Files::open_folder(folder.join("files"), clock.clone()).await.unwrap(),
        clock: clock.clone(),
        settings: std::sync::Arc::new(settings(hold)),
        key: ServerKey::from_bytes([7; 32]),
        bell: Bell::default(),
    }
}

fn entry((name, address, department, position): &(&str, &str, &str, &str)) -> Entry {
    Entry {
        full_name: (*name).to_owned(),
        addresses: vec![address.parse().unwrap()],
        phones: vec!["+46 8 555 01 10".to_owned()],
        department: (*department).to_owned(),
        position: (*position).to_owned(),
    }
}

fn settings(hold: Duration) -> Settings {
    Settings {
        public_url: "http://127.0.0.1:8080".parse().unwrap(),
        mail: MailSettings {
            address: GATEWAY.parse().unwrap(),
            name: "mailmoot".to_owned(),
            replies: ReplyStyle::Subaddress,
            hold,
            max_size: 25_000_000,
            language: Language::English,
        },
        limits: Limits::default(),
        sign_in: SignInSettings::default(),
    }
}
