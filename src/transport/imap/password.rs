//! Whether somebody's mail password is right, as the company's own IMAP server says, and their own mailbox opened by it or by a
//! token of their sign-in.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::mailbox::Mailbox;
use super::{ImapAccount, ImapError, Patience};
use crate::domain::address::EmailAddress;
use crate::transport::account::{Login, MailServer, Proof};

/// A server that takes longer is away, as far as somebody who waits for a page can tell.
const WAITS: Duration = Duration::from_secs(10);
/// So many are asked for at the same time: servers count connections, too.
const AT_ONCE: usize = 8;

/// The servers that know people's passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub struct PasswordServer {
    account: ImapAccount,
    /// The servers of the people of other domains: a password is shown to nobody else's.
    branches: Arc<[(Vec<String>, ImapAccount)]>,
    free: Arc<Semaphore>,
}

fn inbox(server: MailServer) -> ImapAccount {
    let patience = Patience { command: WAITS, ..Patience::default() };
    ImapAccount {
        server: MailServer { login: None, ..server },
        folder: "INBOX".to_owned(),
        max_size: 0,
        patience,
    }
}

fn place_of(account: &ImapAccount) -> String {
    let MailServer { host, port, security, ca_file, .. } = &account.server;
    format!("{host}:{port}:{security:?}:{}", ca_file.as_deref().unwrap_or(Path::new("")).display())
}

impl PasswordServer {
    /// `server` needs no login of its own.
    pub fn new(server: MailServer) -> Self {
        Self { account: inbox(server), branches: Arc::default(), free: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The same with servers of their own for the people of these domains, in lower case.
    pub fn with_branches(self, branches: impl IntoIterator<Item = (Vec<String>, MailServer)>) -> Self {
        let branches = branches.into_iter().map(|(domains, server)| (domains, inbox(server)));
        Self { branches: branches.collect(), ..self }
    }

    /// Which servers they are and how they are protected: what was kept for one is not for another.
    pub fn place(&self) -> String {
        let branches =
            self.branches.iter().map(|(domains, one)| format!(" {}={}", domains.join(","), place_of(one)));
        format!("{}{}", place_of(&self.account), branches.collect::<String>())
    }

    /// Somebody's own account.
    fn account_of(&self, address: &EmailAddress, proof: Proof) -> ImapAccount {
        let domain = address.domain().to_lowercase();
        let branch = self.branches.iter().find(|(domains, _)| domains.contains(&domain));
        let mut account = branch.map_or(&self.account, |(_, account)| account).clone();
        account.server.login = Some(Login::new(address.as_str().to_owned(), proof));
        account
    }

    /// Opens somebody's own mailbox for reading. No more than eight are open at the same time; a ninth waits.
    ///
    /// # Errors
    /// [`ImapError`]: [`ImapError::LoginRefused`] when the password is not right, or not any more, [`ImapError::TokenRefused`] for
    /// a token.
    pub async fn open(
        &self,
        address: &EmailAddress,
        proof: Proof,
        max_size: u64,
    ) -> Result<Mailbox, ImapError> {
        let turn = Arc::clone(&self.free).acquire_owned();
        // It is never closed.
        let turn = timeout(WAITS, turn).await.ok().and_then(Result::ok);
        let turn = turn.ok_or(ImapError::Timeout { command: "LOGIN" })?;
        let account = ImapAccount { max_size, ..self.account_of(address, proof) };
        Mailbox::open(account.connect().await?, turn).await
    }

    /// Whether the server lets somebody in by their address and this password. Opens no folder.
    ///
    /// # Errors
    /// [`ImapError`] when it cannot be told now, within 10 seconds.
    pub async fn accepts(&self, address: &EmailAddress, password: &SecretString) -> Result<bool, ImapError> {
        let account = self.account_of(address, Proof::Password(password.clone()));
        let asking = async {
            // It is never closed.
            let _turn = self.free.acquire().await;
            account.check_login().await
        };
        match timeout(WAITS, asking).await {
            Ok(Ok(())) => Ok(true),
            Ok(Err(ImapError::LoginRefused { .. })) => Ok(false),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(ImapError::Timeout { command: "LOGIN" }),
        }
    }
}
