//! The same at a real provider: npm oidc-provider, as `tests/peers/install.sh` brings it. Its own pages are filled in as a
//! browser without a window does; `tests/browser/sign_in.test.mjs` has the windows.

use mailmoot::clock::Clock;
use mailmoot::domain::identity::Trust;
use mailmoot::transport::openid::{OpenIdError, Provider};
use reqwest::{Client, StatusCode, Url};
use serde_json::json;

use crate::support::browser::{Browser, client};
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

    /// Signs in on the provider's pages; where they lead at last.
    async fn let_in(&self, sent_to: &str, subject: &str) -> String {
        let browser =
            client().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut answer = browser.get(sent_to).send().await.unwrap();
        for _ in 0..12 {
            let here = answer.url().clone();
            if let Some(location) = answer.headers().get("location") {
                let next = here.join(location.to_str().unwrap()).unwrap();
                if next.as_str().starts_with(HOUSE) {
                    return next.to_string();
                }
                answer = browser.get(next).send().await.unwrap();
                continue;
            }
            answer = fill_in(&browser, here, &answer.text().await.unwrap(), subject).await;
        }
        panic!("it leads nowhere");
    }
}

/// Sends the form of a page: the sign-in, or that one agrees.
async fn fill_in(browser: &Client, here: Url, page: &str, subject: &str) -> reqwest::Response {
    let action = page.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    let is_sign_in = page.contains("name=\"login\"");
    let prompt = if is_sign_in { "login" } else { "consent" };
    let mut fields = vec![("prompt", prompt)];
    if is_sign_in {
        fields.extend([("login", subject), ("password", "any")]);
    }
    browser.post(here.join(action).unwrap()).form(&fields).send().await.unwrap()
}

async fn come_back(house: &House, provider: &RealProvider, subject: &str) -> (Browser, reqwest::Response) {
    let browser = Browser::new(house);
    let page = browser.post("/sign-in/with/corp", &[("next", "/threads")]).await.text().await.unwrap();
    let sent_to = page.split("content=\"0;url=").nth(1).unwrap().split('"').next().unwrap();
    let back = provider.let_in(&sent_to.replace("&#38;", "&"), subject).await;
    let answer = browser.get(back.strip_prefix(HOUSE).unwrap()).await;
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
    drop(provider);
    assert!(matches!(good.ask_who().await, Err(OpenIdError::Unreachable { .. })));
}
