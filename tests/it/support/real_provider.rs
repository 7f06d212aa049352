//! A real provider of OpenID Connect and OAuth: npm oidc-provider, as `tests/peers/install.sh` brings it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use mailmoot::transport::oauth::TokenClient;
use serde_json::{Value, json};

use super::browser::client;
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

    /// Takes back all access tokens; how many were given out since the last time.
    pub async fn withdraw(&self) -> usize {
        let answer = client().build().unwrap().post(format!("{}/withdraw", self.issuer)).send().await;
        answer.unwrap().text().await.unwrap().parse().unwrap()
    }
}

impl Drop for ProviderProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
