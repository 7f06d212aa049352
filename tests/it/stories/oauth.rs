//! A house whose mail account takes no password: it signs in by tokens, which run out, are withdrawn, and are renewed by refresh
//! tokens that are good for once.

use std::time::Duration;

use mailmoot::actions::Actions;
use mailmoot::transport::account::{Login, Proof};
use mailmoot::transport::imap::ImapAccount;
use mailmoot::transport::oauth::{TokenClient, TokenError, Tokens};
use mailmoot::transport::smtp::{SmtpAccount, Submitter};
use mailmoot::workers::{Outlet, Source};
use serde_json::{Value, json};

use crate::support::house::{House, Wanted, entry, eventually, link_in, mail, on_both};
use crate::support::peers::MailPeers;
use crate::support::provider::SECRET;
use crate::support::real_provider::ProviderProcess;
use crate::support::token_server::{TokenServer, token};

/// The gateway's mailbox, with the same name on each mail system.
const GATEWAY: &str = "moot@moot.test";

pub fn by_tokens(peers: &MailPeers, tokens: &Tokens) -> (ImapAccount, SmtpAccount) {
    let (mut imap, mut smtp) = (peers.imap("moot"), peers.smtp("moot"));
    let login = || Some(Login::new(GATEWAY.to_owned(), Proof::Tokens(tokens.clone())));
    (imap.server.login, smtp.server.login) = (login(), login());
    imap.patience.retry = Duration::from_millis(10);
    (imap, smtp)
}

/// A thread forwarded to the gateway; the draft that comes of it has this topic.
async fn forward(peers: &MailPeers, anna: &str, topic: &str) {
    let subject = format!("Fwd: {topic}");
    let text = format!(
        "Let us settle this.\r\n\r\n---------- Forwarded message ---------\r\nFrom: David Okafor <david@moot.test>\r\n\
         Date: Thu, 19 Nov 2026 at 16:12\r\nSubject: Re: {topic}\r\nTo: Anna Berg <{anna}>\r\n\r\nTwo more lines.\r\n"
    );
    let raw = mail(&[("From", anna), ("To", GATEWAY), ("Subject", &subject)], &text);
    peers.deliver(anna, &[GATEWAY], raw.as_bytes()).await.unwrap();
}

async fn the_day_of_a_house(mechanisms: &str, client: impl Fn(&ProviderProcess) -> TokenClient) {
    let Some(provider) = ProviderProcess::of_mailbox(GATEWAY) else { return };
    let Some(peers) = MailPeers::with_tokens(&provider.issuer, mechanisms) else { return };
    let tokens = Tokens::new(client(&provider));
    let (imap, smtp) = by_tokens(&peers, &tokens);
    let anna = "anna@moot.test";
    let house = House::with(Wanted {
        source: Some(Source::Imap(Box::new(imap))),
        outlet: Some(Outlet::smtp(Submitter::new(smtp))),
        gateway: GATEWAY,
        people: vec![entry("Anna Berg", anna)],
        oauth: Some(tokens),
        ..Wanted::standing()
    })
    .await;
    let connections_break = || {
        peers.kick("moot");
        peers.restart_smtp();
    };

    forward(&peers, anna, "Budget 2027").await;
    let ready = peers.wait_for_mails("anna", 1).await.pop().unwrap();
    let ready = mailmoot::mail::parse::parse(&ready).unwrap();
    let (_, target) = house.sign_in(&link_in(&ready)).await;
    assert!(target.starts_with("/drafts/"), "{target}");

    // The token runs out: a new one is fetched before anybody refuses the old one.
    house.later(Duration::from_secs(3600));
    assert_eq!(provider.withdraw().await, 1, "reading and sending share a token");
    connections_break();
    forward(&peers, anna, "Plan").await;
    peers.wait_for_mails("anna", 2).await;

    // It is withdrawn before its time: both servers refuse it, and one more is fetched for both.
    house.later(Duration::from_secs(60));
    assert_eq!(provider.withdraw().await, 1);
    connections_break();
    forward(&peers, anna, "Invoice").await;
    peers.wait_for_mails("anna", 3).await;
    assert_eq!(provider.withdraw().await, 1);

    // Nothing was lost, and nothing came twice.
    let subjects: Vec<String> = house.ledger(3).await.into_iter().map(|line| line.subject).collect();
    assert_eq!(subjects, ["Fwd: Budget 2027", "Fwd: Plan", "Fwd: Invoice"]);
    assert_eq!(peers.mails_of("anna").await.len(), 3);
}

#[tokio::test]
async fn a_house_reads_and_sends_by_oauthbearer_for_an_account_that_was_signed_in() {
    the_day_of_a_house("xoauth2 oauthbearer", ProviderProcess::for_the_account).await;
}

#[tokio::test]
async fn a_house_reads_and_sends_by_xoauth2_as_a_client_of_its_own() {
    the_day_of_a_house("xoauth2", ProviderProcess::for_itself).await;
}

/// What a house has after a restart: nothing but what is kept.
fn started(actions: &Actions, client: TokenClient) -> Tokens {
    let tokens = Tokens::new(client);
    actions.look_after(Some(&tokens));
    tokens
}

/// The provider turns refresh tokens over, and takes everything back when an old one is shown to it.
#[tokio::test]
async fn a_new_refresh_token_is_kept_for_the_next_start() {
    let database = || Wanted::standing();
    on_both(database, async |house| {
        let Some(provider) = ProviderProcess::of_mailbox(GATEWAY) else { return };
        for _ in 0..3 {
            let tokens = started(&house.actions, provider.for_the_account());
            tokens.get().await.unwrap();
            house.later(Duration::from_secs(3600));
            tokens.get().await.unwrap();
        }
        assert_eq!(provider.withdraw().await, 6);
        // A house that knows only the first one.
        let other = House::with(Wanted::standing()).await;
        let error = started(&other.actions, provider.for_the_account()).get().await.unwrap_err();
        assert!(matches!(&error, TokenError::Refused { error, .. } if error == "invalid_grant"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn another_refresh_token_begins_anew_and_what_is_kept_cannot_be_read() {
    on_both(Wanted::standing, async |house| {
        let server = TokenServer::start().await;
        let shown = || server.asked().last().unwrap()["refresh_token"].clone();
        server.answers(&[token(json!({ "refresh_token": "second-refresh-token" })), token(json!({}))]);
        started(&house.actions, server.client(Some("first"))).get().await.unwrap();
        assert_eq!(shown(), "first");
        // An answer without a new one leaves the one before (RFC 6749 6).
        for _ in 0..2 {
            started(&house.actions, server.client(Some("first"))).get().await.unwrap();
            assert_eq!(shown(), "second-refresh-token");
        }
        // An admin signed the account in again.
        started(&house.actions, server.client(Some("other"))).get().await.unwrap();
        assert_eq!(shown(), "other");
        let place = house.database();
        for file in [place.clone(), place.with_extension("db-wal")] {
            let bytes = std::fs::read(file).unwrap_or_default();
            let secret = b"second-refresh-token";
            assert!(!bytes.windows(secret.len()).any(|part| part == secret), "it stands in the database");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_comes_home_although_nobody_waits_any_more() {
    let house = House::with(Wanted::standing()).await;
    let server = TokenServer::closed().await;
    server.answers(&[token(json!({ "refresh_token": "second" }))]);
    let tokens = started(&house.actions, server.client(Some("first")));
    let waiting = tokio::spawn({
        let tokens = tokens.clone();
        async move { tokens.get().await }
    });
    eventually(async || (server.asked().len() == 1).then_some(())).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    server.open();
    tokens.get().await.unwrap();
    assert_eq!(server.asked().len(), 1, "the answer was not thrown away");
    started(&house.actions, server.client(Some("first"))).get().await.unwrap();
    assert_eq!(server.asked()[1]["refresh_token"], "second");
}

#[tokio::test]
async fn all_connections_wait_for_one_fetch_and_share_its_failure() {
    let house = House::with(Wanted::standing()).await;
    let server = TokenServer::start().await;
    let tokens = started(&house.actions, server.client(None));
    let all = futures_util::future::join_all((0..20).map(|_| tokens.get())).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(server.asked().len(), 1);
    assert_eq!(server.asked()[0]["grant_type"], "client_credentials");

    // Renewed a minute before its end; what holds still is good enough while the provider is away.
    house.later(Duration::from_secs(3540));
    server.says(503, "<html>Back soon</html>");
    for _ in 0..5 {
        tokens.get().await.unwrap();
    }
    house.later(Duration::from_secs(60));
    for _ in 0..5 {
        let error = tokens.get().await.unwrap_err();
        assert!(matches!(&error, TokenError::Unreachable { why } if why.contains("503")), "{error}");
        assert!(!error.needs_admin());
    }
    assert_eq!(server.asked().len(), 3, "a failure is not asked for again and again");
    server.answers(&[token(json!({}))]);
    house.later(Duration::from_secs(10));
    let good = tokens.get().await.unwrap();
    // A token that is refused while it is new is not the token's fault.
    assert!(tokens.instead_of(&good).await.unwrap().is_none());
    house.later(Duration::from_secs(10));
    server.answers(&[token(json!({ "access_token": "t-2" }))]);
    assert!(tokens.instead_of(&good).await.unwrap().is_some());
    assert!(tokens.instead_of(&good).await.unwrap().is_some(), "somebody else has fetched it already");
    assert_eq!(server.asked().len(), 5);
}

#[tokio::test]
async fn odd_answers_are_told_without_secrets() {
    let house = House::with(Wanted::standing()).await;
    let server = TokenServer::start().await;
    let tokens = started(&house.actions, server.client(Some("r3fresh")));
    let asked = async || {
        let error = tokens.ask().await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains(SECRET) && !told.contains("r3fresh"), "{told}");
        (error.to_string(), error.needs_admin())
    };
    let refused = |error: &str, words: &str| {
        server.answers(&[json!({ "error": error, "error_description": words })]);
    };
    refused("invalid_client", &format!("AADSTS7000215: Invalid\r\nclient secret {SECRET} is provided"));
    let told = "The provider gives no access token: invalid_client: AADSTS7000215: Invalid client secret *** is provided";
    assert_eq!(asked().await, (told.to_owned(), true));
    refused("invalid_grant", "r3fresh has run out");
    assert_eq!(asked().await.0, "The provider gives no access token: invalid_grant: *** has run out");
    refused("temporarily_unavailable", "");
    assert_eq!(
        asked().await,
        ("The provider gives no access token: temporarily_unavailable".to_owned(), false)
    );
    let odd: [(u16, &str, &str); 6] = [
        (404, "<html>No such page</html>", "it answers 404 Not Found"),
        (200, "<html>Sign in, please</html>", "it answers 200 OK"),
        (200, "", "it answers 200 OK"),
        (401, "", "it answers 401 Unauthorized"),
        (302, "", "it answers 302 Found"),
        (429, "slower", "it answers 429 Too Many Requests"),
    ];
    for (status, words, told) in odd {
        server.says(status, words);
        let (error, needs_admin) = asked().await;
        assert!(error.ends_with(told), "{error}");
        assert_eq!(needs_admin, status != 429);
    }
    for (changed, told) in [
        (json!({ "token_type": "mac" }), "another kind than Bearer"),
        (json!({ "access_token": "a\u{1}\u{1}user=boss" }), "letters that no token has"),
        (json!({ "access_token": "" }), "letters that no token has"),
    ] {
        server.answers(&[token(changed)]);
        assert!(asked().await.0.ends_with(told));
    }
    server.says(200, &"x".repeat(1_100_000));
    assert!(asked().await.0.contains("more than 1000000 bytes"));
}

#[tokio::test]
async fn odd_lifetimes_and_scopes_are_taken_as_they_are() {
    let house = House::with(Wanted::standing()).await;
    let server = TokenServer::start().await;
    let tokens = started(&house.actions, server.client(None));
    let fetch = async |changed: Value| {
        server.answers(&[token(changed)]);
        tokens.ask().await.unwrap()
    };
    let endless = fetch(json!({ "expires_in": null, "scope": "mail  other \u{1b}[2J" })).await;
    assert_eq!((endless.ends_at, endless.scopes.len()), (None, 2));
    assert!(fetch(json!({ "expires_in": u64::MAX })).await.ends_at.is_some());
    assert!(format!("{endless:?}{tokens:?}").find("t-1").is_none());
}
