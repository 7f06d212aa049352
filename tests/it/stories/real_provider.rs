//! The same at a real provider: npm oidc-provider, as `tests/peers/install.sh` brings it. Its own pages are filled in as a
//! browser without a window does; `tests/browser/sign_in.test.mjs` has the windows.

use mailmoot::clock::Clock;
use mailmoot::domain::identity::Trust;
use mailmoot::domain::language::Language;
use mailmoot::texts::Texts;
use mailmoot::transport::check::{CheckStep, Outcome, check_providers};
use mailmoot::transport::openid::{OpenIdError, Provider, WayBack};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, Wanted, on_both};
use crate::support::provider::{OddProvider, SECRET};
use crate::support::real_provider::ProviderProcess;

/// What stands in the provider's settings; the test asks the house itself.
const HOUSE: &str = "http://moot.corp.example";

struct RealProvider(ProviderProcess);

impl RealProvider {
    fn start() -> Option<Self> {
        let accounts = json!({
            "anna": { "email": ANNA, "email_verified": true, "name": "Anna Berg", "groups": ["moot-auditors"] },
            "david": { "email": DAVID, "email_verified": false, "name": "David Okafor" },
        });
        ProviderProcess::start(&json!({ "house": HOUSE, "name": "corp", "accounts": accounts })).map(Self)
    }

    async fn settings(&self) -> Provider {
        let trust = Trust { auditor_groups: vec!["moot-auditors".to_owned()], ..Trust::default() };
        let usual = OddProvider::start(Clock::system()).await.settings("corp");
        Provider { issuer: self.0.issuer.clone(), trust, ..usual }
    }
}

async fn come_back(house: &House, provider: &RealProvider, subject: &str) -> (Browser, reqwest::Response) {
    let browser = Browser::new(house);
    let answer = provider.0.sign_in(&browser, (HOUSE, "/threads"), subject).await;
    (browser, answer)
}

#[tokio::test]
async fn a_real_provider_lets_in_whom_it_vouches_for() {
    let Some(provider) = RealProvider::start() else { return };
    let settings = provider.settings().await;
    let wanted =
        || Wanted { providers: vec![settings.clone()], public_url: Some(HOUSE), ..Wanted::default() };
    on_both(wanted, async |house| {
        let (anna, answer) = come_back(&house, &provider, "anna").await;
        assert_eq!(
            (answer.status(), answer.headers()["location"].to_str().unwrap()),
            (StatusCode::SEE_OTHER, "/threads")
        );
        // Her groups stand where only the user-info endpoint tells them.
        assert_eq!(anna.get("/admin/audit").await.status(), StatusCode::OK);
        let (_, answer) = come_back(&house, &provider, "david").await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert!(answer.text().await.unwrap().contains("does not say that the mail address"));
    })
    .await;
}

async fn tried(provider: &Provider, back: &str) -> Vec<CheckStep> {
    let (clock, texts) = (Clock::system(), Texts::of(Language::English));
    let provider = std::slice::from_ref(provider);
    check_providers(provider, |_| back.to_owned(), (&clock, texts), &mut |_| ()).await
}

#[tokio::test]
async fn what_a_provider_says_of_the_way_back_is_told_in_plain_words() {
    let provider = OddProvider::start(Clock::system()).await;
    let (settings, back) = (provider.settings("corp"), format!("{HOUSE}/sign-in/with/corp/back"));
    let last = async || tried(&settings, &back).await.pop().unwrap();
    assert_eq!(last().await.outcome, Outcome::Ok);
    for (status, place, outcome, seen, advice) in [
        (302, "?error=invalid_scope", Outcome::Failed, "with an error: invalid_scope", "provider.….scopes"),
        (302, "/login?then=x", Outcome::Warning, "a page of its own", "Look it up at the provider"),
        (200, "", Outcome::Warning, "a page of its own", back.as_str()),
        (403, "", Outcome::Failed, "not registered (HTTP 403)", back.as_str()),
        (503, "", Outcome::Warning, "503", "may pass"),
        (302, "?error=temporarily_unavailable", Outcome::Warning, "temporarily_unavailable", "may pass"),
    ] {
        provider.answers_browsers(status, place);
        let step = last().await;
        assert_eq!(step.outcome, outcome, "{step:?}");
        assert!(step.seen.contains(seen) && step.advice.contains(advice), "{step:?}");
    }
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong_with_a_real_provider() {
    let Some(provider) = RealProvider::start() else { return };
    let (good, clock) = (provider.settings().await, Clock::system());
    let back = format!("{HOUSE}/sign-in/with/corp/back");
    let said = good.ask_who().await.unwrap();
    assert_eq!(said.issuer, provider.0.issuer);
    assert!(said.now.unwrap().millis().abs_diff(clock.now().millis()) < 10_000);
    assert!(good.count_keys(&clock).await.unwrap() >= 1);
    good.try_client(&back, &clock).await.unwrap();
    for wrong in [
        Provider { client_secret: Some("wrong".into()), ..good.clone() },
        Provider { client_id: "nobody".to_owned(), ..good.clone() },
    ] {
        let error = wrong.try_client(&back, &clock).await.unwrap_err();
        assert!(matches!(&error, OpenIdError::Unfit { why } if why.contains("invalid_client")), "{error}");
        assert!(!error.to_string().contains(SECRET));
    }
    let almost = Provider { issuer: format!("{}/", provider.0.issuer), ..good.clone() };
    assert_ne!(almost.ask_who().await.unwrap().issuer, almost.issuer);
    assert!(almost.count_keys(&clock).await.is_err());
    assert_eq!(good.try_way_back(&back, &clock).await, Ok(WayBack::Open));
    // Others than the one that is registered there.
    for other in [
        "https://moot.corp.example/sign-in/with/corp/back",
        "http://moot.corp.example/sign-in/with/staff/back",
    ] {
        let steps = tried(&good, other).await;
        assert_eq!(steps.iter().filter(|step| step.outcome == Outcome::Ok).count(), 5, "{steps:?}");
        let last = steps.last().unwrap();
        assert_eq!(last.what, format!("Sign-in Login corp: sends browsers back to {other}"));
        assert_eq!(last.outcome, Outcome::Failed);
        assert!(last.seen.contains("not registered (HTTP 400)"), "{last:?}");
        assert!(last.advice.starts_with(&format!("Register {other} at the provider")), "{last:?}");
    }
    let steps = tried(&good, &back).await;
    assert!(steps.len() == 6 && steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:?}");
    drop(provider);
    assert!(matches!(good.ask_who().await, Err(OpenIdError::Unreachable { .. })));
}
