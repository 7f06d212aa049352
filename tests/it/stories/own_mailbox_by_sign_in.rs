//! One's own mailbox opens with the company's sign-in: by the access that comes with it, which runs out, is renewed, and is taken
//! back; for its owner alone, and for as long as they are signed in.

use std::time::Duration;

use mailmoot::clock::Clock;
use mailmoot::domain::language::Language;
use mailmoot::domain::person::Viewer;
use mailmoot::store::Place;
use mailmoot::texts::Texts;
use mailmoot::transport::account::MailServer;
use mailmoot::transport::check::{Outcome, check_providers};
use mailmoot::transport::openid::{MailboxAsk, Provider, Providers};
use reqwest::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

use super::providers::{follow, press, sign_in};
use crate::support::browser::Browser;
use crate::support::databases::{at_each_place, texts};
use crate::support::house::{ANNA, DAVID, House, NOW, Wanted, entry, eventually, mail};
use crate::support::odd_imap::OddImap;
use crate::support::peers::MailPeers;
use crate::support::provider::{OddProvider, Signed, Word};
use crate::support::real_provider::ProviderProcess;

pub(super) const MAILBOX: &str = "/threads/mailbox";
pub(super) const LIST: &str = "/threads/mailbox/list";
/// So long the odd provider's tokens hold.
pub(super) const HOLDS: Duration = Duration::from_secs(600);
const EMPTY: &str = "no mails in your inbox";
const AGAIN: &str = "Sign in with Login corp";

/// A company whose sign-in opens mailboxes, with a mail server that takes nothing else.
pub(super) struct Corp {
    pub provider: OddProvider,
    pub server: OddImap,
    place: MailServer,
    clock: Clock,
}

impl Corp {
    pub async fn start() -> Self {
        let clock = Clock::standing_at(NOW);
        let (provider, server) = (OddProvider::start(clock.clone()).await, OddImap::default());
        let place = server.start().await.server;
        Self { provider, server, place, clock }
    }

    pub fn wanted(&self) -> Wanted {
        Wanted {
            providers: vec![self.provider.settings_for_mail("corp")],
            mailboxes: Some(self.place.clone()),
            clock: self.clock.clone(),
            ..Wanted::default()
        }
    }

    /// The mail server takes the token that the provider gives next, for Anna.
    fn expects_next(&self) {
        self.server.set_token(ANNA, &format!("access-{}", self.provider.given() + 1));
    }

    pub async fn anna(&self, house: &House) -> Browser {
        self.expects_next();
        let browser = Browser::new(house);
        let answer = sign_in(house, &self.provider, &browser, Word::of("1", ANNA)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        browser
    }
}

/// What is kept of all sessions.
pub(super) async fn kept(place: &Place) -> Vec<String> {
    texts(place, "SELECT sealed FROM session_mailboxes").await
}

/// Anna's sessions in which her mailbox is open.
async fn open_in(house: &House) -> Vec<Viewer> {
    let anna = house.person(ANNA).await;
    let mut found = Vec::new();
    for session in house.actions.list_sessions(&anna).await.unwrap() {
        let one = Viewer { session_id: session.id, ..anna.clone() };
        if house.actions.own_mailbox(&one).await.unwrap().is_some() {
            found.push(one);
        }
    }
    found
}

pub(super) async fn says(browser: &Browser, words: &str) {
    let list = browser.page(LIST).await;
    assert!(list.contains(words), "not {words:?} but {list}");
}

#[tokio::test]
async fn what_came_with_a_sign_in_is_renewed_once_for_all_windows() {
    at_each_place(async |place| {
        let corp = Corp::start().await;
        corp.provider.set_renews(true);
        let house = House::with(Wanted { database: Some(place.clone()), ..corp.wanted() }).await;
        let browser = corp.anna(&house).await;
        assert!(browser.page(MAILBOX).await.contains(ANNA));
        says(&browser, EMPTY).await;
        assert_eq!(corp.provider.given(), 1);

        // It runs out. Two windows look at once; the refresh token is good for once, and each time there is a new one.
        for _ in 0..3 {
            house.later(HOLDS);
            let before = corp.provider.given();
            corp.expects_next();
            tokio::join!(says(&browser, EMPTY), says(&browser, EMPTY));
            assert_eq!(corp.provider.given(), before + 1);
        }
        // The mail server refuses it before its time.
        corp.expects_next();
        says(&browser, EMPTY).await;
        assert_eq!(corp.provider.given(), 5);

        // The provider is away: that is said, and nothing is lost.
        house.later(HOLDS);
        corp.provider.set_away(true);
        says(&browser, "sign-in does not answer just now").await;
        corp.provider.set_away(false);
        corp.expects_next();
        says(&browser, EMPTY).await;

        let secrets = kept(&place).await;
        assert_eq!(secrets.len(), 1);
        assert!(!secrets[0].contains("access-") && !secrets[0].contains("refresh-"), "{secrets:?}");

        // It takes everything back: told once, then forgotten, and she can sign in there again.
        house.later(HOLDS);
        corp.provider.withdraw();
        says(&browser, "does not open your mailbox any more").await;
        assert_eq!(kept(&place).await, Vec::<String>::new());
        let page = browser.page(MAILBOX).await;
        assert!(page.contains(AGAIN) && page.contains("action=\"/sign-in/with/corp\""), "{page}");
        assert!(page.contains("name=\"next\" value=\"/threads/mailbox\""), "{page}");
    })
    .await;
}

#[tokio::test]
async fn it_goes_with_the_session() {
    at_each_place(async |place| {
        let corp = Corp::start().await;
        corp.provider.set_renews(true);
        let house = House::with(Wanted { database: Some(place.clone()), ..corp.wanted() }).await;
        let browser = corp.anna(&house).await;
        assert_eq!(kept(&place).await.len(), 1);
        browser.post("/sign-out", &[]).await;
        assert!(kept(&place).await.is_empty());

        // She signs out at the provider, which tells mailmoot.
        let browser = corp.anna(&house).await;
        assert_eq!(kept(&place).await.len(), 1);
        let claims = corp.provider.logout_claims("1", "session-of-1");
        let token = corp.provider.sign(&claims, Signed::Well);
        let told = Browser::new(&house).post("/sign-in/with/corp/logout", &[("logout_token", &token)]).await;
        assert_eq!(told.status(), StatusCode::OK);
        assert!(kept(&place).await.is_empty());
        assert_eq!(browser.get(MAILBOX).await.status(), StatusCode::SEE_OTHER);

        // Disconnecting keeps her signed in.
        let browser = corp.anna(&house).await;
        assert_eq!(browser.post("/threads/mailbox/disconnect", &[]).await.status(), StatusCode::SEE_OTHER);
        assert!(kept(&place).await.is_empty());
        says(&browser, "not connected any more").await;
    })
    .await;
}

#[tokio::test]
async fn without_a_refresh_token_it_ends_with_its_time() {
    let corp = Corp::start().await;
    let house = House::with(Wanted { no_mailbox_passwords: true, ..corp.wanted() }).await;
    let browser = corp.anna(&house).await;
    says(&browser, EMPTY).await;
    house.later(HOLDS);
    says(&browser, "does not open your mailbox any more").await;
    assert_eq!(corp.provider.given(), 1);
    // Here nobody types the password of their mailbox.
    let page = browser.page(MAILBOX).await;
    assert!(page.contains(AGAIN) && !page.contains("type=\"password\""), "{page}");
    let typed = browser.post("/threads/mailbox/connect", &[("address", ANNA), ("password", "x")]).await;
    assert_eq!(typed.status(), StatusCode::NOT_FOUND);
    // Signed in there once more, it opens.
    corp.expects_next();
    let back = corp.provider.let_in(&press(&browser, "corp", MAILBOX).await, Word::of("1", ANNA));
    assert_eq!(follow(&house, &browser, &back).await.headers()["location"], MAILBOX);
    says(&browser, EMPTY).await;
}

#[tokio::test]
async fn a_mail_server_that_does_not_take_it_is_told_and_not_asked_again() {
    let corp = Corp::start().await;
    corp.provider.set_renews(true);
    let house = House::with(corp.wanted()).await;
    let browser = corp.anna(&house).await;
    // Whatever the provider gives, the server wants another one.
    corp.server.set_token(ANNA, "another");
    says(&browser, "does not take the access that your sign-in gave").await;
    assert_eq!((corp.provider.given(), corp.server.connections()), (2, 2));
    says(&browser, "not connected any more").await;
    assert_eq!(corp.server.connections(), 2);
    assert!(browser.page(MAILBOX).await.contains("type=\"password\""), "the password is another way");

    // A server that knows passwords only.
    let plain = OddImap::default();
    plain.set_password("right");
    let mailboxes = Some(plain.start().await.server);
    let house = House::with(Wanted { mailboxes, ..corp.wanted() }).await;
    let browser = corp.anna(&house).await;
    says(&browser, "does not take the company’s sign-in").await;
    let connected =
        browser.post("/threads/mailbox/connect", &[("address", ANNA), ("password", "right")]).await;
    assert_eq!(connected.status(), StatusCode::SEE_OTHER);
    says(&browser, EMPTY).await;
}

#[tokio::test]
async fn it_opens_the_address_that_the_provider_vouches_for_and_no_other() {
    at_each_place(async |place| {
        let corp = Corp::start().await;
        let house = House::with(Wanted { database: Some(place.clone()), ..corp.wanted() }).await;
        let come = async |word: Word| {
            let browser = Browser::new(&house);
            let answer = sign_in(&house, &corp.provider, &browser, word).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
            browser
        };
        let david = come(Word::of("2", DAVID)).await;
        assert!(david.page(MAILBOX).await.contains(DAVID));
        assert_eq!(kept(&place).await.len(), 1);
        // His account comes back with an address that nobody checked, with Anna's, with mailmoot's own, and with none.
        for odd in [
            Word::of("2", "david.o@corp.example").but(json!({ "email_verified": false })),
            Word::of("2", ANNA),
            Word::of("2", "moot@corp.example"),
            Word::of("2", DAVID).but(json!({ "email": "x, y" })),
        ] {
            let browser = come(odd).await;
            assert!(browser.page(MAILBOX).await.contains(AGAIN));
            assert_eq!(kept(&place).await.len(), 1);
        }
        // A new address of his own, as the company says, is his.
        let renamed = come(Word::of("2", "david.o@corp.example")).await;
        assert!(renamed.page(MAILBOX).await.contains("david.o@corp.example"));
        assert_eq!(kept(&place).await.len(), 2);
        corp.server.set_token(ANNA, "access-1");
        says(&david, "does not take the access").await;
    })
    .await;
}

#[tokio::test]
async fn it_is_asked_for_only_where_the_admin_wants_it() {
    let corp = Corp::start().await;
    let mut house = House::with(corp.wanted()).await;
    let browser = Browser::new(&house);
    let sent_to = press(&browser, "corp", "/").await;
    assert!(sent_to.contains("mail+offline_access") && sent_to.contains("prompt=consent"), "{sent_to}");
    // The user-info endpoint wants a token of its own; what the ID token says is enough.
    corp.provider.close_user_info();
    let browser = Browser::new(&house);
    let word = || Word::of("1", ANNA).but(json!({ "groups": null }));
    corp.expects_next();
    assert_eq!(sign_in(&house, &corp.provider, &browser, word()).await.status(), StatusCode::SEE_OTHER);
    says(&browser, EMPTY).await;

    // The admin takes the scope away: what is kept opens nothing.
    assert_eq!(open_in(&house).await.len(), 1);
    let plain = Provider { mailbox: MailboxAsk::default(), ..corp.provider.settings_for_mail("corp") };
    house.actions.providers = Providers::new(vec![plain.clone()], &corp.clock);
    assert!(open_in(&house).await.is_empty());

    let house = House::with(Wanted { providers: vec![plain], ..corp.wanted() }).await;
    let browser = Browser::new(&house);
    let sent_to = press(&browser, "corp", "/").await;
    assert!(!sent_to.contains("offline_access") && !sent_to.contains("prompt"), "{sent_to}");
    let answer = sign_in(&house, &corp.provider, &browser, Word::of("1", ANNA)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = browser.page(MAILBOX).await;
    assert!(!page.contains(AGAIN) && page.contains("type=\"password\""), "{page}");
    // Where the user-info endpoint has to be believed, its refusal lets nobody in.
    let browser = Browser::new(&house);
    let answer = sign_in(&house, &corp.provider, &browser, word()).await;
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
}

/// A mail server that takes connections and never says a word.
async fn silent_server() -> (TcpListener, MailServer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let place = MailServer { port, ..OddImap::default().start().await.server };
    (listener, place)
}

#[tokio::test]
async fn one_person_leaves_room_for_the_others_at_the_mail_server() {
    let corp = Corp::start().await;
    // Nobody listens there.
    let place = MailServer { port: 9, ..corp.place.clone() };
    let house = House::with(Wanted { mailboxes: Some(place), ..corp.wanted() }).await;
    let anna = corp.anna(&house).await;
    let person = house.person(ANNA).await.person_id;
    let look = || house.actions.looks.begin(person, house.actions.clock.now()).unwrap();
    let windows = [look(), look()];
    says(&anna, "two other windows of yours").await;
    // The password form is no way around, nor is making a draft.
    let typed = anna.post("/threads/mailbox/connect", &[("address", ANNA), ("password", "x")]).await;
    assert!(typed.text().await.unwrap().contains("two other windows of yours"));
    let mails = json!([{ "folder": 0, "uid_validity": 7, "uids": [1] }]).to_string();
    let taken = anna.post("/threads/mailbox/draft", &[("mails", &mails)]).await;
    assert!(taken.text().await.unwrap().contains("two other windows of yours"));
    // Then there is room again, until she has asked too often.
    drop(windows);
    for _ in 2..30 {
        says(&anna, "does not answer just now").await;
    }
    says(&anna, "thirty times within a minute").await;
    house.later(Duration::from_secs(60));
    says(&anna, "does not answer just now").await;
}

#[tokio::test]
async fn a_window_that_is_closed_waits_for_nothing_any_more() {
    let corp = Corp::start().await;
    let (listener, place) = silent_server().await;
    let house = House::with(Wanted { mailboxes: Some(place), ..corp.wanted() }).await;
    let anna = corp.anna(&house).await;
    let viewer = open_in(&house).await.remove(0);
    let looks: Vec<_> = (0..2)
        .map(|_| {
            let (actions, viewer) = (house.actions.clone(), viewer.clone());
            tokio::spawn(async move { actions.list_mailbox(&viewer, &Default::default()).await.is_ok() })
        })
        .collect();
    let _open = [listener.accept().await.unwrap(), listener.accept().await.unwrap()];
    for look in looks {
        look.abort();
        let _ = look.await;
    }
    drop(listener);
    says(&anna, "does not answer just now").await;
}

#[tokio::test]
async fn the_doctor_says_whether_the_provider_lists_the_scopes() {
    let (clock, texts) = (Clock::system(), Texts::of(Language::English));
    let provider = OddProvider::start(clock.clone()).await;
    let step = async |settings: Provider| {
        let back = |_: &Provider| format!("{HOUSE}/sign-in/with/corp/back");
        let steps = check_providers(&[settings], back, (&clock, texts), &mut |_| ()).await;
        assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:?}");
        steps.into_iter().find(|step| step.what.contains("own mailboxes"))
    };
    let seen = async || step(provider.settings_for_mail("corp")).await.unwrap().seen;
    assert!(seen().await.starts_with("the provider does not list its scopes"));
    provider.describe(json!({ "scopes_supported": ["openid", "offline_access"] }));
    assert!(seen().await.contains("own list of scopes lacks mail;"));
    provider.describe(json!({ "scopes_supported": ["openid", "offline_access", "mail"] }));
    assert_eq!(seen().await, "the provider lists them");
    assert!(step(provider.settings("corp")).await.is_none(), "nothing is asked for");
}

/// What stands in the real provider's settings; the tests ask the house itself.
const HOUSE: &str = "http://moot.corp.example";
const REAL_ANNA: &str = "anna@moot.test";
const REAL_DAVID: &str = "david@moot.test";

fn real_provider() -> Option<ProviderProcess> {
    let of = |address: &str, name: &str| json!({ "email": address, "email_verified": true, "name": name });
    let mut mallory = of(REAL_ANNA, "Mallory");
    mallory["mailbox"] = json!("mallory@moot.test");
    let accounts = json!({
        "anna": of(REAL_ANNA, "Anna Berg"), "david": of(REAL_DAVID, "David Okafor"), "mallory": mallory,
    });
    ProviderProcess::start(&json!({
        "house": HOUSE, "name": "corp", "accounts": accounts, "mailbox": "moot@moot.test",
    }))
}

async fn real_house(peers: &MailPeers, provider: &ProviderProcess, place: &Place) -> House {
    let usual = OddProvider::start(Clock::system()).await.settings_for_mail("corp");
    House::with(Wanted {
        database: Some(place.clone()),
        providers: vec![Provider { issuer: provider.issuer.clone(), ..usual }],
        public_url: Some(HOUSE),
        mailboxes: Some(peers.imap("gw").server),
        people: vec![entry("Anna Berg", REAL_ANNA), entry("David Okafor", REAL_DAVID)],
        ..Wanted::default()
    })
    .await
}

async fn the_day_of_anna(mechanisms: &str) {
    at_each_place(async |place| {
        let Some(provider) = real_provider() else { return };
        let Some(peers) = MailPeers::with_tokens(&provider.issuer, mechanisms) else { return };
        for subject in ["Budget 2027", "Umzug"] {
            let raw = mail(&[("From", REAL_DAVID), ("To", REAL_ANNA), ("Subject", subject)], "Words.");
            peers.deliver(REAL_DAVID, &[REAL_ANNA], raw.as_bytes()).await.unwrap();
        }
        peers.wait_for_mails("anna", 2).await;
        let house = real_house(&peers, &provider, &place).await;
        let anna = Browser::new(&house);
        let came = provider.sign_in(&anna, (HOUSE, MAILBOX), "anna").await;
        assert_eq!(
            (came.status(), &came.headers()["location"]),
            (StatusCode::SEE_OTHER, &MAILBOX.parse().unwrap())
        );
        assert!(anna.page(MAILBOX).await.contains(REAL_ANNA));
        let list = anna.page(LIST).await;
        assert!(list.contains("Budget 2027") && list.contains("Umzug"), "{list}");
        let found = anna.page(&format!("{LIST}?q=budget")).await;
        assert!(found.contains("Budget 2027") && !found.contains("Umzug"), "{found}");
        let chosen = super::own_mailbox::chosen_in(&found, "Budget 2027");
        let taken = anna.post("/threads/mailbox/draft", &[("mails", &chosen)]).await;
        let draft = taken.headers()["location"].to_str().unwrap().to_owned();
        assert!(anna.page(&draft).await.contains("Budget 2027"));

        // The token is good for nothing any more: another one comes, as often as it takes.
        for _ in 0..2 {
            assert_eq!(provider.withdraw().await, 1);
            says(&anna, "Umzug").await;
        }
        // David signs in at the same place and sees his own; he has no mails.
        let david = Browser::new(&house);
        provider.sign_in(&david, (HOUSE, MAILBOX), "david").await;
        says(&david, EMPTY).await;
        assert_eq!(kept(&place).await.len(), 2);

        // Whoever signs out leaves nothing behind there.
        let before = provider.taken_back().await;
        david.post("/sign-out", &[]).await;
        assert_eq!(kept(&place).await.len(), 1);
        eventually(async || (provider.taken_back().await > before).then_some(())).await;

        // Withdrawn for good, it is said and forgotten.
        provider.forget_all().await;
        says(&anna, "does not open your mailbox any more").await;
        assert!(anna.page(MAILBOX).await.contains(AGAIN));
        assert!(kept(&place).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn anna_signs_in_at_the_company_and_her_mailbox_opens_by_oauthbearer() {
    the_day_of_anna("xoauth2 oauthbearer").await;
}

#[tokio::test]
async fn anna_signs_in_at_the_company_and_her_mailbox_opens_by_xoauth2() {
    the_day_of_anna("xoauth2").await;
}

/// A provider that lies about an address gives no token that the mail server takes for it.
#[tokio::test]
async fn the_mail_server_lets_nobody_into_a_mailbox_by_the_token_of_another() {
    let Some(provider) = real_provider() else { return };
    let Some(peers) = MailPeers::with_tokens(&provider.issuer, "xoauth2 oauthbearer") else { return };
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Sqlite(folder.path().join("moot.db"));
    let house = real_house(&peers, &provider, &place).await;
    let mallory = Browser::new(&house);
    provider.sign_in(&mallory, (HOUSE, MAILBOX), "mallory").await;
    says(&mallory, "does not take the access that your sign-in gave").await;
    assert!(kept(&place).await.is_empty());
}
