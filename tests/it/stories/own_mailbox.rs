//! The threads of one's own mailbox, live from the mail server, and a group made of one of them.

use std::time::Duration;

use mailmoot::actions::mail_password::Guess;
use mailmoot::actions::own_mailbox::{Chosen, MailboxPage, Wanted as Asked};
use mailmoot::actions::{ActionError, MailboxProblem, PasswordProblem, Problem};
use mailmoot::domain::ids::DraftId;
use mailmoot::domain::network::Network;
use mailmoot::domain::person::Viewer;
use mailmoot::store::rows::Snapshot;
use mailmoot::transport::account::MailServer;
use mailmoot::transport::imap::PasswordServer;
use reqwest::StatusCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::browser::Browser;
use crate::support::databases::at_each_place;
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, entry, mail, on_both};
use crate::support::odd_imap::OddImap;
use crate::support::peers::MailPeers;

const MAILBOX: &str = "/threads/mailbox";
const LIST: &str = "/threads/mailbox/list";

/// Anna at a mail server: three threads, one of them with an answer of her own.
struct Desk<'a> {
    peers: &'a MailPeers,
    anna: String,
    david: String,
}

impl<'a> Desk<'a> {
    async fn at(peers: &'a MailPeers, sent: &str) -> Self {
        let desk = Self { peers, anna: peers.someone_new("anna"), david: peers.someone_new("david") };
        let (anna, david) = (desk.address(&desk.anna), desk.address(&desk.david));
        let day = |n: u32| format!("Thu, {n:02} Nov 2026 10:00:00 +0000");
        let begin = [
            ("From", david.as_str()),
            ("To", &anna),
            ("Cc", "\"<b>Kenji</b> \\\"Sato\\\"\" <kenji.sato@partner.example>"),
            ("Subject", "预算 2027"),
            ("Date", &day(10)),
            ("Message-ID", "<budget-1@desk.example>"),
        ];
        let answer = [
            ("From", anna.as_str()),
            ("To", &david),
            ("Subject", "Re: 预算 2027"),
            ("Date", &day(11)),
            ("Message-ID", "<budget-2@desk.example>"),
            ("In-Reply-To", "<budget-1@desk.example>"),
            ("References", "<budget-1@desk.example>"),
        ];
        let hostile = [
            ("From", david.as_str()),
            ("To", &anna),
            ("Subject", "<script>alert(1)</script> \"){7}"),
            ("Date", &day(12)),
            ("Message-ID", "<hostile-1@desk.example>"),
        ];
        let bare = [("From", david.as_str()), ("Date", &day(9))];
        for headers in [&begin[..], &hostile, &bare] {
            peers.deliver(&david, &[&anna], mail(headers, "Words of a mail.").as_bytes()).await.unwrap();
        }
        peers.save_sent(&desk.anna, sent, &mail(&answer, "My answer."));
        peers.wait_for_mails(&desk.anna, 3).await;
        desk
    }

    fn address(&self, name: &str) -> String {
        format!("{name}@moot.test")
    }

    fn wanted(&self) -> Wanted {
        let server = self.peers.imap("gw").server;
        let people = vec![
            entry("Anna Berg", &self.address(&self.anna)),
            entry("David Okafor", &self.address(&self.david)),
        ];
        Wanted { passwords: Some(server.clone()), mailboxes: Some(server), people, ..Wanted::default() }
    }

    /// Signed in with the password of her mailbox.
    async fn signed_in(&self, house: &House) -> Browser {
        let browser = Browser::new(house);
        let (address, password) = (self.address(&self.anna), format!("pw-{}", self.anna));
        let fields = [("address", address.as_str()), ("password", &password), ("next", MAILBOX)];
        assert_eq!(browser.post("/sign-in/password", &fields).await.status(), StatusCode::SEE_OTHER);
        browser
    }
}

/// What the form of a thread sends.
pub fn chosen_in(page: &str, topic: &str) -> String {
    let from = page.find(topic).unwrap_or_else(|| panic!("{topic} in {page}"));
    let start = page[from..].find("name=\"mails\" value=\"").unwrap() + from + 20;
    let end = page[start..].find('"').unwrap() + start;
    page[start..end].replace("&#34;", "\"").replace("&quot;", "\"")
}

async fn she_looks_chooses_and_leaves(peers: &MailPeers, sent: &str) {
    at_each_place(async |place| {
        let desk = Desk::at(peers, sent).await;
        let house = House::with(Wanted { database: Some(place.clone()), ..desk.wanted() }).await;
        let browser = desk.signed_in(&house).await;
        assert!(browser.page("/threads").await.contains(MAILBOX));
        // The page comes without the list, and leads to it.
        let page = browser.page(MAILBOX).await;
        assert!(page.contains(&format!("data-later=\"{LIST}\"")) && !page.contains("预算"), "{page}");
        let list = browser.page(LIST).await;
        let at = |what: &str| list.find(what).unwrap_or_else(|| panic!("{what} in {list}"));
        assert!(at("alert(1)") < at("预算 2027") && at("预算 2027") < at("(no subject)"), "newest first");
        assert!(!list.contains("<script>alert") && !list.contains("<b>Kenji"), "{list}");
        assert!(list[at("预算 2027")..].contains("2 mails"), "her own answer counts: {list}");
        // Looking marks nothing as read.
        assert_eq!(list.matches("1 unread").count(), 3, "{list}");
        assert_eq!(browser.page(LIST).await.matches("1 unread").count(), 3);

        let found = browser.page(&format!("{LIST}?q=预算 David")).await;
        assert!(found.contains("预算 2027") && !found.contains("alert(1)"), "{found}");
        let none = browser.page(&format!("{LIST}?q=\"<i>")).await;
        assert!(none.contains("No mail of yours has") && !none.contains("<i>"), "{none}");

        // Only David's first mail is chosen: her answer comes along.
        let chosen = chosen_in(&found, "预算 2027");
        let taken = browser.post("/threads/mailbox/draft", &[("mails", &chosen)]).await;
        assert_eq!(taken.status(), StatusCode::SEE_OTHER);
        let draft = taken.headers()["location"].to_str().unwrap().to_owned();
        let again = browser.post("/threads/mailbox/draft", &[("mails", &chosen)]).await;
        assert_eq!(again.headers()["location"].to_str().unwrap(), draft, "pressed twice");
        let anna = house.person(&desk.address(&desk.anna)).await;
        let id: DraftId = draft.rsplit('/').next().unwrap().parse().unwrap();
        let shown = house.actions.get_draft(&anna, id).await.unwrap();
        assert_eq!((shown.draft.topic.as_str(), shown.draft.opening.as_str()), ("预算 2027", "My answer."));
        assert_eq!(shown.members.len(), 3, "Anna, David and Kenji");
        let ledger = house.ledger(2).await;
        assert_eq!(ledger.len(), 2, "nothing is kept but the chosen thread");
        assert!(browser.page(LIST).await.contains("Open the draft"));

        let group = house.actions.confirm_draft(house.editor(&anna), id).await.unwrap();
        let list = browser.page(LIST).await;
        assert!(list.contains("Already a group") && list.contains(&format!("/groups/{group}")), "{list}");
        let taken = browser.post("/threads/mailbox/draft", &[("mails", &chosen)]).await;
        assert_eq!(taken.headers()["location"].to_str().unwrap(), format!("/groups/{group}"));

        // No backup has what opens her mailbox.
        let mut kept = Snapshot::begin(&place).await.unwrap();
        assert!(kept.tables().contains_key("sessions") && !kept.tables().contains_key("session_mailboxes"));
        let mut count = 0;
        kept.read("sessions", &mut |_| {
            count += 1;
            Ok(())
        })
        .await
        .unwrap();
        assert!(count >= 2);
        drop(kept);

        assert_eq!(browser.post("/threads/mailbox/disconnect", &[]).await.status(), StatusCode::SEE_OTHER);
        let page = browser.page(MAILBOX).await;
        assert!(page.contains("name=\"password\"") && !page.contains("data-later"), "{page}");
        assert!(browser.page(LIST).await.contains("not connected any more"));
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_is_looked_through_and_a_thread_becomes_a_group() {
    let Some(peers) = MailPeers::find() else { return };
    she_looks_chooses_and_leaves(&peers, "Gesendete").await;
}

#[tokio::test]
async fn it_is_the_same_at_a_server_that_neither_threads_nor_sorts() {
    let Some(peers) = MailPeers::plain() else { return };
    she_looks_chooses_and_leaves(&peers, "Sent Items").await;
}

#[tokio::test]
async fn many_mails_come_by_pages_and_a_changed_mailbox_is_said() {
    let Some(peers) = MailPeers::plain() else { return };
    let desk = Desk::at(&peers, "Sent Items").await;
    let (anna, david) = (desk.address(&desk.anna), desk.address(&desk.david));
    for n in 0..205 {
        let (subject, id) = (format!("Report {n}"), format!("<report-{n}@desk.example>"));
        let headers = [("From", david.as_str()), ("To", &anna), ("Subject", &subject), ("Message-ID", &id)];
        peers.save_sent(&desk.anna, "INBOX", &mail(&headers, "x"));
    }
    let house = House::with(desk.wanted()).await;
    let browser = desk.signed_in(&house).await;
    let newest = browser.page(LIST).await;
    assert!(newest.contains("Report 204") && newest.contains("Report 5<"), "{newest}");
    assert!(!newest.contains("Report 4<") && newest.contains("/threads/mailbox?page=1"), "{newest}");
    let older = browser.page(&format!("{LIST}?page=1")).await;
    assert!(older.contains("Report 4<") && older.contains("预算 2027") && !older.contains("Report 5<"));
    assert!(!older.contains("?page=2"), "that is all");
    assert!(browser.page(&format!("{LIST}?page=4000000000")).await.contains("no mails"));

    let chosen = chosen_in(&older, "Report 4<");
    peers.change_uid_validity(&desk.anna);
    let refused = browser.post("/threads/mailbox/draft", &[("mails", &chosen)]).await;
    assert_eq!(refused.status(), StatusCode::OK);
    assert!(refused.text().await.unwrap().contains("has changed since this list was made"));
    for odd in ["", "[]", "[{\"folder\":9,\"uid_validity\":1,\"uids\":[1]}]", "x"] {
        let refused = browser.post("/threads/mailbox/draft", &[("mails", odd)]).await;
        assert!(refused.text().await.unwrap().contains("has changed since"), "{odd}");
    }
}

fn problem_of<T>(result: Result<T, ActionError>) -> MailboxProblem {
    match result.err().unwrap() {
        ActionError::Invalid { problem: Problem::Mailbox(problem), .. } => problem,
        other => panic!("{other}"),
    }
}

async fn listed(house: &House, who: &Viewer) -> Result<MailboxPage, ActionError> {
    house.actions.list_mailbox(who, &Asked::default()).await
}

async fn connected(house: &House, who: &Viewer, password: &str) -> Result<(), PasswordProblem> {
    let (password, browser) = (password.into(), house.token());
    let network = Network::of("192.0.2.1".parse().unwrap());
    let guess = Guess { password: &password, browser: &browser, network };
    match house.actions.connect_mailbox(who, ANNA, guess).await {
        Ok(()) => Ok(()),
        Err(ActionError::Invalid { problem: Problem::MailPassword(problem), .. }) => Err(problem),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_password_is_kept_for_the_session_and_forgotten_when_it_is_refused() {
    let server = OddImap::default();
    server.set_password("right");
    let place = Some(server.start().await.server);
    let wanted = || Wanted { mailboxes: place.clone(), ..Wanted::standing() };
    on_both(wanted, async |house| {
        server.set_password("right");
        let anna = house.person(ANNA).await;
        assert_eq!(problem_of(listed(&house, &anna).await), MailboxProblem::NotOpen);
        // Guessing is dear here as well.
        for _ in 0..5 {
            assert_eq!(connected(&house, &anna, "guess").await, Err(PasswordProblem::Wrong));
        }
        assert_eq!(connected(&house, &anna, "right").await, Err(PasswordProblem::TooOften { minutes: 60 }));
        house.later(Duration::from_secs(3600));
        assert_eq!(connected(&house, &anna, "right").await, Ok(()));
        assert_eq!(house.actions.own_mailbox(&anna).await.unwrap().unwrap().as_str(), ANNA);
        assert!(listed(&house, &anna).await.unwrap().threads.is_empty());
        // Another session of hers knows nothing of it.
        let elsewhere = house.person(ANNA).await;
        assert_eq!(problem_of(listed(&house, &elsewhere).await), MailboxProblem::NotOpen);

        server.set_password("changed");
        assert_eq!(problem_of(listed(&house, &anna).await), MailboxProblem::PasswordChanged);
        let before = server.connections();
        assert_eq!(problem_of(listed(&house, &anna).await), MailboxProblem::NotOpen);
        assert_eq!(server.connections(), before, "it is not tried again");

        assert_eq!(connected(&house, &anna, "changed").await, Ok(()));
        house.actions.sign_out(&anna, "/").await.unwrap();
        assert_eq!(house.actions.own_mailbox(&anna).await.unwrap(), None);
    })
    .await;
}

/// A port that leads to another one until the task is aborted.
async fn relay_to(port: u16) -> (JoinHandle<()>, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let relay = tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
        }
    });
    (relay, own)
}

#[tokio::test]
async fn a_mailbox_is_opened_by_its_owner_and_only_where_the_admin_wants_it() {
    let server = OddImap::default();
    server.set_password("right");
    let mut place = server.start().await.server;
    let (relay, port) = relay_to(place.port).await;
    place.port = port;
    let wanted = Wanted { mailboxes: Some(place.clone()), ..Wanted::standing() };
    let house = House::with(wanted).await;
    let browser = Browser::of(&house, ANNA).await;
    let connect = async |address: &str, password: &str| {
        let answer =
            browser.post("/threads/mailbox/connect", &[("address", address), ("password", password)]).await;
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, page) = connect(DAVID, "right").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("role=\"alert\""), "somebody else's: {page}");
    assert_eq!(server.connections(), 0);
    let (_, page) = connect(ANNA, "wrong").await;
    assert!(page.contains("do not match") && !page.contains("value=\"wrong\""), "{page}");
    let before = server.connections();
    let (_, page) = connect(ANNA, "a\r\nx1 DELETE INBOX").await;
    assert!(page.contains("do not match"), "{page}");
    assert_eq!(server.connections(), before);
    assert_eq!(connect(ANNA, "right").await.0, StatusCode::SEE_OTHER);
    assert!(browser.page(LIST).await.contains("no mails in your inbox"));
    assert!(browser.page(MAILBOX).await.contains(ANNA));

    // The server goes away: the page is there all the same, and says so.
    let anna = house.person(ANNA).await;
    assert_eq!(connected(&house, &anna, "right").await, Ok(()));
    relay.abort();
    assert!(relay.await.unwrap_err().is_cancelled());
    assert_eq!(problem_of(listed(&house, &anna).await), MailboxProblem::Away);
    assert_eq!(connected(&house, &anna, "right").await, Err(PasswordProblem::Unchecked));
    // It was no wrong password: it is still kept.
    assert!(house.actions.own_mailbox(&anna).await.unwrap().is_some());
    // An admin who names another server gets no password that was typed for this one.
    let mut house = house;
    house.actions.mailboxes = Some(PasswordServer::new(MailServer { port: 9, ..place }));
    assert_eq!(house.actions.own_mailbox(&anna).await.unwrap(), None);
    assert_eq!(problem_of(listed(&house, &anna).await), MailboxProblem::NotOpen);

    let closed = House::with(Wanted::standing()).await;
    let browser = Browser::of(&closed, ANNA).await;
    assert!(!browser.page("/threads").await.contains(MAILBOX));
    assert_eq!(browser.get(MAILBOX).await.status(), StatusCode::NOT_FOUND);
}

#[test]
fn what_a_form_sends_is_a_bounded_choice() {
    let many: Vec<u32> = (0..10_000).collect();
    let text = serde_json::json!([{ "folder": 0, "uid_validity": 1, "uids": many }]).to_string();
    assert_eq!(problem_of(Chosen::of(&text)), MailboxProblem::Outdated);
}

/// A thread out of a mailbox has mails in it that went to some of its people only.
#[tokio::test]
async fn what_others_said_among_themselves_begins_no_group_of_somebody_else() {
    on_both(Wanted::standing, async |house| {
        let all = format!("{WANG}, {DAVID}");
        let root = [("From", ANNA), ("To", &all), ("Subject", "Plan"), ("Message-ID", "<root@x.example>")];
        let root = [root.as_slice(), &[("Date", "Thu, 19 Nov 2026 10:00:00 +0000")]].concat();
        let side =
            [("From", WANG), ("To", ANNA), ("Subject", "Re: Plan"), ("In-Reply-To", "<root@x.example>")];
        let side = [side.as_slice(), &[("Date", "Thu, 19 Nov 2026 11:00:00 +0000")]].concat();
        let mails = vec![mail(&root, "For all of us").into_bytes(), mail(&side, "Between us").into_bytes()];
        let threads = house.actions.file_mails(mails, "test").await.unwrap();
        assert_eq!(threads[0], threads[1]);
        for (who, opening) in [(DAVID, "For all of us"), (ANNA, "Between us")] {
            let viewer = house.person(who).await;
            let draft = house.actions.start_draft_from_thread(&viewer, threads[0]).await.unwrap();
            let found = house.actions.get_draft(&viewer, draft).await.unwrap();
            assert_eq!(found.draft.opening.trim(), opening, "{who}");
        }
    })
    .await;
}
