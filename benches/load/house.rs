//! A mailmoot in this process, with as many people as a measurement needs.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use mailmoot::actions::directory::Directories;
use mailmoot::actions::drafts::Change;
use mailmoot::actions::own_mailbox::Looks;
use mailmoot::actions::receipts::Gathered;
use mailmoot::actions::{Actions, Bell, Meters, Pace};
use mailmoot::clock::Clock;
use mailmoot::domain::draft::Editor;
use mailmoot::domain::gateway::{Gateway, ReplyStyle};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::language::Language;
use mailmoot::domain::person::{Entry, Viewer};
use mailmoot::domain::secret::{ServerKey, Token};
use mailmoot::domain::settings::{
    FileRules, Limits, MailSettings, PresenceSettings, PushSettings, Settings, ShareSettings, SignInSettings,
};
use mailmoot::domain::zone::Zone;
use mailmoot::files::Files;
use mailmoot::hub::Hub;
use mailmoot::store::{Place, Store};

/// The database's file in a house's folder.
pub const DATABASE: &str = "moot.db";

pub struct House {
    pub actions: Actions,
    pub folder: tempfile::TempDir,
}

impl House {
    pub async fn build(people: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Sqlite(folder.path().join(DATABASE));
        Self::on(place, folder, people).await
    }

    /// On a database of one's own.
    pub async fn on(place: Place, folder: tempfile::TempDir, people: usize) -> Self {
        let clock = Clock::system();
        let actions = Actions {
            store: Store::open(&place).await.unwrap(),
            hub: Hub::new(),
            files: Files::open_folder(folder.path().join("files"), clock.clone()).await.unwrap(),
            clock,
            settings: Arc::new(settings()),
            key: ServerKey::from_bytes([7; 32]),
            bell: Bell::default(),
            pace: Pace::default(),
            looks: Looks::default(),
            receipts: Gathered::default(),
            archive: None,
            quiet_time: mailmoot::actions::maintenance::QuietTime::default(),
            signatures: None,
            directories: Directories::default(),
            meters: Meters::default(),
            providers: Default::default(),
            passwords: None,
            mailboxes: None,
        };
        actions.import_people((0..people).map(entry).collect()).await.unwrap();
        Self { actions, folder }
    }

    /// Signs somebody in: who they are, and their cookie.
    pub async fn sign_in(&self, n: usize) -> (Viewer, Token) {
        let link = self.actions.make_sign_in_link(&address(n).parse().unwrap(), "/").await.unwrap();
        let token: Token = link.rsplit('/').next().unwrap().parse().unwrap();
        let browser = Token::from_random(self.actions.clock.random_bytes().unwrap());
        let signed_in = self.actions.use_link(&token, &browser, "bench").await.unwrap();
        (self.actions.find_viewer(&signed_in.cookie).await.unwrap().unwrap(), signed_in.cookie)
    }

    /// Whoever looks after the machine.
    pub async fn admin(&self) -> Viewer {
        self.actions.make_admin(&address(0).parse().unwrap(), None).await.unwrap();
        self.sign_in(0).await.0
    }

    /// A group of the first `members` people, begun by the first one.
    pub async fn group(&self, owner: &Viewer, members: usize) -> GroupId {
        self.group_of(owner, 1..members).await
    }

    /// A group of somebody and these others.
    pub async fn group_of(&self, owner: &Viewer, others: Range<usize>) -> GroupId {
        let draft = self.actions.start_blank_draft(owner).await.unwrap();
        let page = self.actions.clock.new_id();
        let editor = Editor { person: owner.person_id, session: owner.session_id, page };
        self.actions.take_lease(editor, draft).await.unwrap();
        self.actions.change_draft(editor, draft, Change::Topic("Load".to_owned())).await.unwrap();
        for n in others {
            let change = Change::AddAddress { address: address(n), name: None };
            self.actions.change_draft(editor, draft, change).await.unwrap();
        }
        self.actions.confirm_draft(editor, draft).await.unwrap()
    }
}

pub fn address(n: usize) -> String {
    format!("person{n}@corp.example")
}

fn entry(n: usize) -> Entry {
    Entry {
        full_name: format!("Person {n}"),
        addresses: vec![address(n).parse().unwrap()],
        phones: Vec::new(),
        department: "Finance".to_owned(),
        position: String::new(),
        photo: None,
    }
}

fn settings() -> Settings {
    Settings {
        public_url: "http://127.0.0.1:8080".parse().unwrap(),
        trusted_proxies: Vec::new(),
        mail: MailSettings {
            gateway: Gateway {
                address: "moot@corp.example".parse().unwrap(),
                replies: ReplyStyle::Subaddress,
            },
            branches: Vec::new(),
            name: "mailmoot".to_owned(),
            hold: Duration::from_secs(120),
            max_size: 25_000_000,
            attach_up_to: 5_000_000,
            language: Language::English,
            zone: Zone::UTC,
            authserv_ids: Vec::new(),
            check_dkim: false,
        },
        limits: Limits { mails_per_hour: u32::MAX, ..Limits::default() },
        files: FileRules::default(),
        sign_in: SignInSettings::default(),
        presence: PresenceSettings::default(),
        push: PushSettings { enabled: true },
        queue: mailmoot::domain::settings::QueueSettings::default(),
        alerts: mailmoot::domain::settings::AlertSettings::default(),
        share: ShareSettings::default(),
        retention: mailmoot::domain::retention::RetentionSettings::default(),
        policy: mailmoot::domain::policy::Policy::default(),
        internal_networks: Vec::new(),
    }
}
