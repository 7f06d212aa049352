//! A real provider of OpenID Connect and OAuth: npm oidc-provider, as `tests/peers/install.sh` brings it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use mailmoot::transport::oauth::TokenClient;
use reqwest::{Client, Url};
use serde_json::{Value, json};

use super::browser::{Browser, client};
use super::peers::has_program_at;
use super::provider::SECRET;

pub struct ProviderProcess {
    child: Child,
    pub issuer: String,
    /// With a mailbox: what a mail program would have got when its account was signed in.
    pub refresh_token: String,
    /// It goes on to print, and would end if nobody could hear it.
    _words: BufReader<ChildStdout>,
}

impl ProviderProcess {
    /// With the settings that `oidc-provider.mjs` knows; `None` where it is not installed.
    pub fn start(settings: &Value) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !has_program_at(&root.join("target/oidc/node_modules/oidc-provider/package.json")) {
            return None;
        }
        let mut command = Command::new(root.join("tests/peers/oidc-up.sh"));
        let mut child = command.arg(settings.to_string()).stdout(Stdio::piped()).spawn().unwrap();
        let mut words = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        // It has remarks on its own settings, too.
        while !line.starts_with("http://") {
            line.clear();
            assert!(words.read_line(&mut line).unwrap() > 0, "it did not start");
        }
        let (issuer, token) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let (issuer, refresh_token) = (issuer.to_owned(), token.to_owned());
        Some(Self { child, issuer, refresh_token, _words: words })
    }

    /// Gives out tokens for a mailbox.
    pub fn of_mailbox(address: &str) -> Option<Self> {
        let settings = json!({ "house": "http://moot.corp.example", "name": "corp", "accounts": {}, "mailbox": address });
        Self::start(&settings)
    }

    /// As an admin would describe it, for a client that acts for itself.
    pub fn for_itself(&self) -> TokenClient {
        TokenClient {
            token_url: format!("{}/token", self.issuer),
            client_id: "moot-app".to_owned(),
            client_secret: Some(SECRET.into()),
            refresh_token: None,
            scopes: vec!["mail".to_owned()],
            hosts: vec!["localhost".to_owned()],
            ca_file: None,
        }
    }

    /// The same for a client that acts for the account that was signed in.
    pub fn for_the_account(&self) -> TokenClient {
        TokenClient {
            client_id: "moot-mail".to_owned(),
            refresh_token: Some(self.refresh_token.as_str().into()),
            ..self.for_itself()
        }
    }

    /// How often somebody gave back all that they had been given.
    pub async fn taken_back(&self) -> usize {
        let answer = client().build().unwrap().get(format!("{}/taken-back", self.issuer)).send().await;
        answer.unwrap().text().await.unwrap().parse().unwrap()
    }

    /// Takes back all access tokens; how many were given out since the last time.
    pub async fn withdraw(&self) -> usize {
        let answer = client().build().unwrap().post(format!("{}/withdraw", self.issuer)).send().await;
        answer.unwrap().text().await.unwrap().parse().unwrap()
    }

    /// Takes back everything: access and refresh tokens.
    pub async fn forget_all(&self) {
        let answer = client().build().unwrap().post(format!("{}/forget", self.issuer)).send().await;
        assert!(answer.unwrap().status().is_success());
    }

    /// Somebody signs in on the provider's own pages and comes back to a page of the house, which has this address in the provider's
    /// settings.
    pub async fn sign_in(
        &self,
        browser: &Browser,
        (house, next): (&str, &str),
        subject: &str,
    ) -> reqwest::Response {
        let page = browser.post("/sign-in/with/corp", &[("next", next)]).await.text().await.unwrap();
        let sent_to = page.split("content=\"0;url=").nth(1).unwrap().split('"').next().unwrap();
        let back = let_in(&sent_to.replace("&#38;", "&"), house, subject).await;
        browser.get(back.strip_prefix(house).unwrap()).await
    }
}

/// Fills in the provider's pages; where they lead at last.
async fn let_in(sent_to: &str, house: &str, subject: &str) -> String {
    let browser = client().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut answer = browser.get(sent_to).send().await.unwrap();
    for _ in 0..12 {
        let here = answer.url().clone();
        if let Some(location) = answer.headers().get("location") {
            let next = here.join(location.to_str().unwrap()).unwrap();
            if next.as_str().starts_with(house) {
                return next.to_string();
            }
            answer = browser.get(next).send().await.unwrap();
            continue;
        }
        answer = fill_in(&browser, here, &answer.text().await.unwrap(), subject).await;
    }
    panic!("it leads nowhere");
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

impl Drop for ProviderProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
