//! Signing in by the password of one's mailbox, where the admin wants that: the company's IMAP server says whether it is
//! right. Guessing is limited for each address, each network and in all; the password is logged nowhere, and kept only where
//! it opens the person's own mailbox (`own_mailbox`).

use secrecy::{ExposeSecret, SecretString};

use super::limits::{self, Limit};
use super::sessions::{self, Browser, Start};
use super::sign_in::SignedIn;
use super::{ActionError, Actions, PasswordProblem, Problem, Result};
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::network::Network;
use crate::domain::secret::Token;
use crate::domain::time::Timestamp;
use crate::store;
use crate::transport::imap::PasswordServer;

/// Wrong passwords within an hour, for one address from one network.
const PER_NETWORK: i64 = 5;
/// For one address from everywhere.
const PER_ADDRESS: i64 = 20;
/// From a browser by which the owner of the address has signed in before: what strangers do must not keep them out.
const PER_OWN_BROWSER: i64 = 10;
/// From one network, for all addresses.
const PER_VISITORS: i64 = 100;
/// From everywhere, for all addresses: many machines guess slowly.
const IN_ALL: i64 = 1_000;
/// In bytes; no server takes longer ones (RFC 4616 2).
const LONGEST: usize = 255;

/// Somebody who wants to sign in, by a browser and with a password.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    pub address: &'a str,
    pub password: &'a SecretString,
    /// Where to go afterwards, a path on this server.
    pub target: String,
    pub browser: &'a Token,
    pub network: Network,
    pub user_agent: &'a str,
}

/// A password that may be right, and where it was typed.
#[derive(Clone, Copy, Debug)]
pub struct Guess<'a> {
    pub password: &'a SecretString,
    pub browser: &'a Token,
    pub network: Network,
}

impl Actions {
    /// Whether people can sign in by their mail password.
    pub fn takes_mail_passwords(&self) -> bool {
        self.passwords.is_some()
    }

    /// Signs in by the password of somebody's mailbox. What is said of a wrong password, of an address that nobody has and
    /// of one whose owner is nobody here is the same, after the same question to the mail server.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when it is wrong, was wrong too often, or the mail server cannot say.
    /// [`ActionError::NotFound`] where the admin does not want it.
    pub async fn sign_in_by_password(&self, attempt: Attempt<'_>) -> Result<SignedIn> {
        let server = self.passwords.as_ref().ok_or(ActionError::NotFound)?;
        let address: EmailAddress =
            attempt.address.parse().map_err(|_| ActionError::invalid("address", Problem::NotAnAddress))?;
        let guess = Guess { password: attempt.password, browser: attempt.browser, network: attempt.network };
        self.check_mail_password(server, &address, guess).await?;
        let person = self.whose(&address).await?.ok_or_else(wrong)?;
        self.begin_session(person.id, &address, &attempt).await
    }

    /// Asks the mail server whether a password is right. Guessing is limited.
    pub(super) async fn check_mail_password(
        &self,
        server: &PasswordServer,
        address: &EmailAddress,
        guess: Guess<'_>,
    ) -> Result<()> {
        let password = guess.password.expose_secret();
        let odd = |c: char| matches!(c, '\0' | '\r' | '\n');
        if password.is_empty() || password.len() > LONGEST || password.contains(odd) {
            return Err(wrong());
        }
        let (limits, now) = self.take_guess(address, &guess).await?;
        let answer = server.accepts(address, guess.password).await;
        if !matches!(answer, Ok(false)) {
            // Only what was wrong counts.
            self.store.write(async move |tx| limits::give_back(tx, &limits, now).await).await?;
        }
        match answer {
            Ok(true) => Ok(()),
            Ok(false) => Err(wrong()),
            Err(error) => {
                tracing::warn!(error = %error, "the mail server cannot check a password now");
                Err(ActionError::invalid("password", Problem::MailPassword(PasswordProblem::Unchecked)))
            }
        }
    }

    /// Uses up what one wrong password costs, before it is known whether it is wrong: many at once are no way around.
    async fn take_guess(&self, address: &EmailAddress, guess: &Guess<'_>) -> Result<(Vec<Limit>, Timestamp)> {
        let (key, browser, now) = (address.key().to_owned(), guess.browser.digest(), self.clock.now());
        let network = guess.network.as_text();
        self.store
            .write(async move |tx| {
                let keys = store::browsers::address_keys(tx, &browser).await?;
                let limits = limits_of(&key, &network, keys.contains(&key).then_some(&browser));
                limits::take(tx, &limits, now, too_often).await?;
                Ok((limits, now))
            })
            .await
    }

    async fn begin_session(
        &self,
        person: crate::domain::ids::PersonId,
        address: &EmailAddress,
        attempt: &Attempt<'_>,
    ) -> Result<SignedIn> {
        let (now, id, cookie) = (self.clock.now(), self.clock.new_id(), self.new_token()?);
        let (browser, user_agent) = (attempt.browser.digest(), attempt.user_agent.to_owned());
        let (target, lasts) = (attempt.target.clone(), self.policy().session_lasts);
        let sealed = self.sealed_mailbox(id, address, attempt.password)?;
        self.store
            .write(async move |tx| {
                let browser = Browser { digest: &browser, user_agent: &user_agent, now, lasts };
                sessions::begin(tx, Start { person, id, by: None }, &cookie, browser).await?;
                if let Some(sealed) = sealed {
                    store::own_mailboxes::put(tx, id, &sealed).await?;
                }
                Ok(SignedIn { cookie, target })
            })
            .await
    }
}

fn limits_of(address: &str, network: &str, own: Option<&Digest>) -> Vec<Limit> {
    if let Some(browser) = own {
        return vec![Limit::new("password-own", &[address, &browser.hex()], PER_OWN_BROWSER)];
    }
    vec![
        Limit::new("password-from", &[address, network], PER_NETWORK),
        Limit::new("password-for", &[address], PER_ADDRESS),
        Limit::new("password-network", &[network], PER_VISITORS),
        Limit::new("password-all", &[], IN_ALL),
    ]
}

fn wrong() -> ActionError {
    ActionError::invalid("password", Problem::MailPassword(PasswordProblem::Wrong))
}

fn too_often(minutes: u64) -> ActionError {
    ActionError::invalid("password", Problem::MailPassword(PasswordProblem::TooOften { minutes }))
}
