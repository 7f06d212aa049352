//! A company of two domains, each with a mail system of its own: everybody writes to the address of their domain, and their mails
//! come from it, by their own server.

use mailmoot::actions::Actions;
use mailmoot::actions::messages::NewMessage;
use mailmoot::app::{self, App, House};
use mailmoot::clock::Clock;
use mailmoot::config::Origin;
use mailmoot::domain::draft::{Editor, PageId};
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::kept::Kept;
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse;
use mailmoot::store::Place;
use reqwest::StatusCode;
use tokio::net::TcpListener;

use crate::support::browser::Browser;
use crate::support::databases::at_each_place;
use crate::support::house::{entry, eventually, mail, token_in};
use crate::support::peers::MailPeers;

/// Both mail systems, mailmoot beside them as `mailmoot serve` runs it, and one person of each.
struct Company {
    north: MailPeers,
    south: MailPeers,
    app: App,
    actions: Actions,
    url: String,
    anna: String,
    bo: String,
    /// The addresses that people forward to.
    gates: [String; 2],
}

fn section(name: &str, peers: &MailPeers, prefix: (&str, &str)) -> String {
    let (imap, smtp) = prefix;
    let ca = peers.path("ca").display().to_string();
    let server = |prefix: &str, port: &str, security: &str| {
        format!(
            "{prefix}host = \"localhost\"\n{prefix}port = {}\n{prefix}security = \"{security}\"\n{prefix}ca_file = \"{ca}\"\n",
            peers.port(port)
        )
    };
    let login = format!("password = \"pw-{name}\"\n");
    match imap {
        "" => {
            let (imap, smtp) = (server("", "imaps", "tls"), server("", "submission", "starttls"));
            format!("[imap]\n{imap}{login}[smtp]\n{smtp}")
        }
        _ => format!("{}{}{login}", server(imap, "imaps", "tls"), server(smtp, "submission", "starttls")),
    }
}

impl Company {
    async fn open(place: &Place, folder: &std::path::Path) -> Option<Self> {
        let (north, south) = (MailPeers::own()?, MailPeers::of_domain("south.test")?);
        let names = [north.someone_new("gw"), south.someone_new("gw")];
        let gates = [north.address(&names[0]).to_string(), south.address(&names[1]).to_string()];
        let (anna, bo) = (north.someone_new("anna"), south.someone_new("bo"));
        let database = match place {
            Place::Sqlite(path) => format!("sqlite:{}", path.display()),
            Place::Postgres(url) => url.clone(),
        };
        let text = format!(
            "[server]\ndata = \"{}\"\n[database]\nurl = \"{database}\"\n[sign_in]\nmail_password = true\n[mail]\naddress = \"{}\"\nhold = \"0s\"\n{}[account.south]\n\
             address = \"{}\"\n{}",
            folder.display(),
            gates[0],
            section(&names[0], &north, ("", "")),
            gates[1],
            section(&names[1], &south, ("imap_", "smtp_")),
        );
        let origin = Origin::of(&text, []);
        let config = origin.config(&Kept::default()).unwrap();
        let clock = Clock::system();
        let actions = app::open_actions(&config, clock.clone()).await.unwrap();
        let people = [
            entry("Anna Berg", north.address(&anna).as_str()),
            entry("Bo Lind", south.address(&bo).as_str()),
        ];
        actions.import_people(people.to_vec()).await.unwrap();
        let ways = app::mail_ways(&config, &clock).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = App::start(House { origin, actions: actions.clone(), ways, desk: None }, listener).unwrap();
        Some(Self { north, south, app, actions, url, anna, bo, gates })
    }

    async fn viewer(&self, address: &str) -> Viewer {
        let link = self.actions.make_sign_in_link(&address.parse().unwrap(), "/").await.unwrap();
        self.used(&link).await
    }

    async fn used(&self, link: &str) -> Viewer {
        let browser =
            mailmoot::domain::secret::Token::from_random(self.actions.clock.random_bytes().unwrap());
        let cookie = self.actions.use_link(&token_in(link), &browser, "test").await.unwrap().cookie;
        self.actions.find_viewer(&cookie).await.unwrap().unwrap()
    }

    async fn texts(&self, viewer: &Viewer, group: GroupId, count: usize) -> Vec<String> {
        eventually(async || {
            let messages = self.actions.list_messages_before(viewer, group, None, 100).await.unwrap();
            (messages.len() >= count).then(|| messages.into_iter().map(|one| one.body.markdown).collect())
        })
        .await
    }

    async fn say(&self, viewer: &Viewer, group: GroupId, words: &str) {
        let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
        self.actions.post_message(viewer, group, new).await.unwrap();
    }
}

/// The newest of somebody's mails when there are so many.
async fn newest(peers: &MailPeers, name: &str, count: usize) -> IncomingMail {
    parse(peers.wait_for_mails(name, count).await.last().unwrap()).unwrap()
}

fn from(mail: &IncomingMail) -> &str {
    mail.from[0].address.as_str()
}

async fn answer(peers: &MailPeers, address: &str, to: &IncomingMail, words: &str) {
    let at = to.reply_to[0].address.to_string();
    let id = format!("<{}>", to.message_id.as_ref().unwrap());
    let raw = mail(&[("From", address), ("To", &at), ("Subject", "Re: Plan"), ("In-Reply-To", &id)], words);
    peers.deliver(address, &[&at], raw.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn everybody_writes_to_their_own_address_and_no_server_waits_for_the_other() {
    at_each_place(async |place| {
        let folder = tempfile::tempdir().unwrap();
        let Some(company) = Company::open(&place, folder.path()).await else { return };
        let (north, south) = (&company.north, &company.south);
        let (anna, bo) = (north.address(&company.anna).to_string(), south.address(&company.bo).to_string());

        // Bo forwards a thread to the address of his own domain.
        let thread = mail(
            &[("From", &bo), ("To", &company.gates[1]), ("Cc", &anna), ("Subject", "Plan")],
            "Which room?",
        );
        south.deliver(&bo, &[&company.gates[1]], thread.as_bytes()).await.unwrap();
        let ready = newest(south, &company.bo, 1).await;
        assert_eq!(from(&ready), company.gates[1]);
        let chief = company.used(&ready.text.new_text).await;
        let draft = company.actions.list_drafts(&chief).await.unwrap()[0].id;
        let page: PageId = company.actions.clock.new_id();
        let editor = Editor { person: chief.person_id, session: chief.session_id, page };
        let group = company.actions.confirm_draft(editor, draft).await.unwrap();

        // Anna's mail comes from the address of hers; nobody of them sees the other one's.
        let invitation = newest(north, &company.anna, 1).await;
        assert_eq!(from(&invitation), company.gates[0]);
        assert!(invitation.reply_to[0].address.domain() == "moot.test", "{:?}", invitation.reply_to);
        answer(north, &anna, &invitation, "Room 1.").await;
        assert_eq!(company.texts(&chief, group, 2).await[1], "Room 1.");
        let told = newest(south, &company.bo, 2).await;
        assert_eq!(
            (from(&told), told.reply_to[0].address.domain()),
            (company.gates[1].as_str(), "south.test")
        );
        answer(south, &bo, &told, "Room 1 is fine.").await;
        let texts = company.texts(&chief, group, 3).await;
        assert_eq!(texts[2], "Room 1 is fine.");

        // Each is shown the address that is theirs.
        for (address, gate) in [(&anna, 0), (&bo, 1)] {
            let browser = Browser::at(&company.url);
            browser.sign_in_by(&company.actions, address).await;
            let page = browser.page("/").await;
            let shown: Vec<bool> = company.gates.iter().map(|gate| page.contains(gate.as_str())).collect();
            assert_eq!(shown, [gate == 0, gate == 1], "{page}");
        }

        // His password is checked by the server that knows it, and shown to no other.
        let browser = Browser::at(&company.url);
        let password = format!("pw-{}", company.bo);
        let fields = [("address", bo.as_str()), ("password", password.as_str()), ("next", "/")];
        assert_eq!(browser.post("/sign-in/password", &fields).await.status(), StatusCode::SEE_OTHER);

        // One server is away: mails by the other one go on.
        south.stop_smtp();
        let viewer = company.viewer(&anna).await;
        company.say(&viewer, group, "See you there.").await;
        let away = async || company.actions.health().await.unwrap().mails_out.away;
        let words = eventually(away).await.words;
        assert!(words.contains(&south.port("submission").to_string()), "{words}");
        company.say(&chief, group, "I am late.").await;
        let seen = newest(north, &company.anna, 3).await;
        assert!(seen.text.new_text.contains("I am late."), "{}", seen.text.new_text);
        south.start_smtp();
        company.actions.bell.ring_out();
        let caught_up = newest(south, &company.bo, 3).await;
        assert!(caught_up.text.new_text.contains("See you there."), "{}", caught_up.text.new_text);
        company.app.stop().await;
    })
    .await;
}
