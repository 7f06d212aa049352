//! What the doctor says of a mail account by OAuth: that all is well, and what is wrong when it is really broken.

use mailmoot::clock::Clock;
use mailmoot::domain::language::Language;
use mailmoot::texts::Texts;
use mailmoot::transport::check::{CheckStep, Outcome, Source, check_reading, check_sending, check_tokens};
use mailmoot::transport::oauth::{TokenClient, Tokens};
use serde_json::json;

use super::oauth::by_tokens;
use crate::support::house::{House, Wanted};
use crate::support::peers::MailPeers;
use crate::support::provider::SECRET;
use crate::support::real_provider::ProviderProcess;
use crate::support::token_server::{TokenServer, token};

const GATEWAY: &str = "moot@moot.test";

fn texts() -> Texts {
    Texts::of(Language::English)
}

/// The one step that asks for a token, without a word of any secret.
async fn ask(house: &House, client: TokenClient) -> CheckStep {
    let secret = client.refresh_token.clone();
    let tokens = Tokens::new(client);
    house.actions.look_after(Some(&tokens));
    let mut steps = check_tokens(&tokens, texts(), &mut |_| ()).await;
    let told = format!("{steps:?}");
    let secret = secret.map(|secret| secrecy::ExposeSecret::expose_secret(&secret).to_owned());
    assert!(!told.contains(SECRET) && secret.is_none_or(|secret| !told.contains(&secret)), "{told}");
    assert_eq!(steps.len(), 1);
    steps.remove(0)
}

async fn failure(house: &House, client: TokenClient) -> (String, String) {
    let step = ask(house, client).await;
    assert_eq!(step.outcome, Outcome::Failed, "{step:?}");
    (step.seen, step.advice)
}

#[tokio::test]
async fn each_thing_that_is_wrong_at_a_real_provider_has_its_advice() {
    let Some(provider) = ProviderProcess::of_mailbox(GATEWAY) else { return };
    let house = House::with(Wanted::standing()).await;
    let url = format!("{}/token", provider.issuer);

    let good = ask(&house, provider.for_itself()).await;
    assert_eq!(good.outcome, Outcome::Ok, "{good:?}");
    assert_eq!(good.what, format!("OAuth: get an access token from {url} for the client moot-app itself"));
    assert_eq!(good.seen, "it holds until 2026-11-20 10:10 UTC · good for mail");
    let good = ask(&house, provider.for_the_account()).await;
    assert!(good.what.ends_with("by the refresh token (client moot-mail)"), "{good:?}");

    let wrong = TokenClient { client_secret: Some("guess".into()), ..provider.for_itself() };
    let (seen, advice) = failure(&house, wrong).await;
    assert!(seen.starts_with("the provider says: invalid_client: client authentication failed"), "{seen}");
    assert!(advice.contains("oauth.client_secret") && advice.contains("run out"), "{advice}");

    let spent = TokenClient { refresh_token: Some("spent".into()), ..provider.for_the_account() };
    let (seen, advice) = failure(&house, spent).await;
    assert!(seen.starts_with("the provider says: invalid_grant"), "{seen}");
    assert!(advice.contains("oauth.refresh_token") && advice.contains("once more"), "{advice}");

    let (seen, advice) =
        failure(&house, TokenClient { scopes: vec!["offline_access".to_owned()], ..provider.for_itself() })
            .await;
    assert!(seen.starts_with("the provider says: invalid_scope"), "{seen}");
    assert!(advice.contains("oauth.scope"), "{advice}");

    // This client acts for accounts only.
    let (seen, _) = failure(&house, TokenClient { refresh_token: None, ..provider.for_the_account() }).await;
    assert!(seen.contains("grant type is not allowed for this client"), "{seen}");

    let elsewhere = |url: String| TokenClient { token_url: url, ..provider.for_itself() };
    let (seen, advice) = failure(&house, elsewhere(format!("{}/tokens", provider.issuer))).await;
    assert!(seen.contains("invalid_request") || seen.contains("404"), "{seen}");
    assert!(!advice.is_empty());
    let (seen, advice) = failure(&house, elsewhere("http://127.0.0.1:1/token".to_owned())).await;
    assert!(seen.contains("refused") && advice.contains("oauth.token_url"), "{seen} {advice}");
    // It speaks no TLS.
    let (seen, advice) = failure(&house, elsewhere(url.replace("http://", "https://"))).await;
    assert!(!seen.is_empty() && advice.contains("oauth.ca_file"), "{seen} {advice}");
    let (seen, _) = failure(&house, elsewhere("http://login.corp.example/token".to_owned())).await;
    assert_eq!(seen, "it has to begin with https://");
}

#[tokio::test]
async fn scopes_that_the_provider_leaves_out_are_a_warning() {
    let house = House::with(Wanted::standing()).await;
    let server = TokenServer::start().await;
    server.answers(&[token(json!({ "scope": "imap https://mail.example/SMTP.Send" }))]);
    let asking = |scopes: &[&str]| TokenClient {
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..server.client(None)
    };
    let all = ["IMAP", "https://mail.example/smtp.send", "offline_access", "https://mail.example/.default"];
    assert_eq!(ask(&house, asking(&all)).await.outcome, Outcome::Ok);
    let step = ask(&house, asking(&["imap", "pop"])).await;
    assert_eq!(step.outcome, Outcome::Warning);
    assert!(step.advice.starts_with("The provider left out pop."), "{}", step.advice);
    server.answers(&[json!({ "error": "unauthorized_client" })]);
    let (seen, advice) = failure(&house, asking(&[])).await;
    assert!(seen == "the provider says: unauthorized_client" && advice.contains("does not let this client"));
    server.says(200, "<html>");
    let step = ask(&house, asking(&[])).await;
    assert!(step.seen == "it answers 200 OK" && step.advice.contains("token_endpoint"), "{step:?}");
}

#[tokio::test]
async fn a_token_that_the_mail_servers_refuse_is_told_in_their_words() {
    let Some(provider) = ProviderProcess::of_mailbox(GATEWAY) else { return };
    let Some(peers) = MailPeers::with_tokens(&provider.issuer, "xoauth2 oauthbearer") else { return };
    let house = House::with(Wanted::standing()).await;
    let (clock, mail) = (Clock::system(), &house.actions.settings.mail);
    let both = async |peers: &MailPeers, client: TokenClient| {
        let (imap, smtp) = by_tokens(peers, &Tokens::new(client));
        let mut steps = check_reading(Source::Imap(&imap), &clock, texts()).await;
        steps.extend(check_sending(&smtp, mail, &clock, texts()).await);
        steps.retain(|step| step.what.contains("sign in as"));
        assert_eq!(steps.len(), 2, "{steps:?}");
        steps
    };
    let good = both(&peers, provider.for_itself()).await;
    assert!(good.iter().all(|step| step.outcome == Outcome::Ok), "{good:?}");

    // The scope is too small.
    let small = TokenClient { scopes: vec!["other".to_owned()], ..provider.for_itself() };
    let steps = both(&peers, small.clone()).await;
    for (step, section) in steps.iter().zip(["imap", "smtp"]) {
        assert_eq!(step.outcome, Outcome::Failed);
        assert!(step.seen.contains("(status invalid_token)"), "{step:?}");
        assert!(step.advice.contains(&format!("take it for {section}.user")), "{step:?}");
    }
    assert!(steps[0].seen.contains("[AUTHENTICATIONFAILED]") && steps[1].seen.contains("535"), "{steps:?}");

    // There is none.
    let wrong = TokenClient { client_secret: Some("guess".into()), ..provider.for_itself() };
    for step in both(&peers, wrong).await {
        assert!(
            step.seen.starts_with("there is no access token: the provider says: invalid_client"),
            "{step:?}"
        );
    }

    let Some(plain) = MailPeers::find() else { return };
    for step in both(&plain, provider.for_itself()).await {
        assert_eq!(step.seen, "the server offers neither OAUTHBEARER nor XOAUTH2 here");
        assert!(step.advice.contains(".auth = \"password\""), "{step:?}");
    }
}
