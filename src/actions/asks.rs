//! Asking for a sign-in mail.
//!
//! The request does the same for every address, known or not: it is counted and noted, and a job is added. Whose address
//! it is, and whether anybody's, only the job finds out; so neither the answer nor its time tells a stranger. The secrets
//! of the mail are derived from the server's key when the job runs, and stand in no row before.

use super::limits::{self, HOUR, Limit};
use super::{ActionError, Actions, Problem, Result, letters, people, sign_in};
use crate::domain::address::EmailAddress;
use crate::domain::ask::Ask;
use crate::domain::ids::AskId;
use crate::domain::job::Job;
use crate::domain::language::Language;
use crate::domain::link::{Link, Purpose};
use crate::domain::network::Network;
use crate::domain::person::{Entry, Origin, Person};
use crate::domain::secret::Token;
use crate::store;
use crate::store::persons::NewPerson;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    pub browser: &'a Token,
    pub network: Network,
    pub language: Language,
}

impl Actions {
    /// Sees to a sign-in mail, if we know the address or its domain is allowed; the answer is the same if not.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when it is no address, or when too many were asked for.
    pub async fn ask_sign_in(&self, address: &str, target: &str, asker: Asker<'_>) -> Result<()> {
        let address: EmailAddress =
            address.parse().map_err(|_| ActionError::invalid("address", Problem::NotAnAddress))?;
        self.note_ask(address, target.to_owned(), asker).await
    }

    /// Sends six digits to the member whose group link another browser has used.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the link has run out, [`ActionError::Invalid`] when too many mails were asked for.
    pub async fn ask_code_for_link(&self, token: &Token, asker: Asker<'_>) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let link = store::links::find(&mut tx, &token.digest(), now).await?.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(&mut tx, link.person_id).await?.ok_or(ActionError::NotFound)?;
        drop(tx);
        let address = person.main_address().ok_or(ActionError::NotFound)?.clone();
        self.note_ask(address, link.target, asker).await
    }

    async fn note_ask(&self, address: EmailAddress, target: String, asker: Asker<'_>) -> Result<()> {
        let mut ask = Ask {
            id: self.clock.new_id(),
            address,
            browser: asker.browser.digest(),
            own: false,
            target,
            language: asker.language,
            created_at: self.clock.now(),
        };
        let job = (self.clock.new_id(), Job::AnswerAsk { ask: ask.id });
        let (network, per_network) = (asker.network, self.settings.limits.sign_in_mails_per_hour);
        self.store
            .write(async move |tx| {
                // By the browser, not by the address: a strange browser learns nothing from how long it takes.
                let keys = store::browsers::address_keys(tx, &ask.browser).await?;
                ask.own = keys.iter().any(|key| key == ask.address.key());
                let limits = limits_of(&ask, network, per_network);
                limits::take(tx, &limits, ask.created_at, too_many_mails).await?;
                store::asks::insert(tx, &ask).await?;
                store::jobs::add(tx, &[job], ask.created_at, ask.created_at).await?;
                Ok::<_, ActionError>(())
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// Answers somebody who asked: a mail with link and digits to the person who has the address. Nothing for strangers.
    /// Running twice sends once.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be done now.
    pub async fn answer_ask(&self, id: AskId) -> Result<()> {
        let Some(ask) = store::asks::find(&mut self.store.read().await?, id).await? else { return Ok(()) };
        if self.clock.now() >= ask.created_at + Link::SIGN_IN_LASTS {
            return Ok(());
        }
        let Some(person) = self.whose(&ask.address).await? else { return Ok(()) };
        if person.main_address().is_none() {
            return Ok(());
        }
        if person.departed_at.is_some() {
            return self.say_departed(&ask, &person).await;
        }
        let token = Token::derived(&self.key, "sign-in", id.uuid());
        let code = Token::derived(&self.key, "sign-in-code", id.uuid()).six_digits();
        let letter = letters::sign_in(self, &person, ask.language, (&token, &code))?;
        let purpose = letter.purpose.clone();
        let letter = self.compose(letter)?;
        let link = Link {
            token: token.digest(),
            purpose: Purpose::SignIn,
            person_id: person.id,
            target: ask.target,
            browser: Some(ask.browser),
            code: Some(sign_in::code_digest(&token.digest(), &code)),
            failures: 0,
            created_at: ask.created_at,
            expires_at: ask.created_at + Link::SIGN_IN_LASTS,
        };
        let (actions, own, since) = (self.clone(), ask.own, ask.created_at - HOUR);
        self.store
            .write(async move |tx| {
                let done = store::deliveries::is_served(tx, &purpose).await?;
                // Counted by person as well: somebody with many addresses must not get so many times the mails.
                let full =
                    store::deliveries::count_sign_in(tx, link.person_id, since).await? >= Ask::PER_ADDRESS;
                if done || (full && !own) {
                    return Ok(());
                }
                store::links::insert(tx, &link).await?;
                actions.queue(tx, vec![letter]).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// Whoever has left the house waits for no link: they are told why none comes, as often as links would.
    async fn say_departed(&self, ask: &Ask, person: &Person) -> Result<()> {
        let letter = self.compose(letters::departed(person, ask)?)?;
        let (actions, person, since) = (self.clone(), person.id, ask.created_at - HOUR);
        self.store
            .write(async move |tx| {
                let sent = store::deliveries::count_sign_in(tx, person, since).await?;
                if sent >= Ask::PER_ADDRESS { Ok(()) } else { actions.queue(tx, vec![letter]).await }
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// The person who has an address; one whose domain may sign in is learnt. In one transaction, so that two who ask at
    /// once make one person.
    pub(super) async fn whose(&self, address: &EmailAddress) -> Result<Option<Person>> {
        let may_join = self.settings.sign_in.takes(address) && !self.settings.mail.owns(address);
        let entry = Entry {
            full_name: address.local_part().to_owned(),
            addresses: vec![address.clone()],
            ..Entry::default()
        };
        let new = NewPerson { id: self.clock.new_id(), entry, origin: Origin::Learnt };
        let (address, now) = (address.clone(), self.clock.now());
        self.store
            .write(async move |tx| {
                let known = store::persons::find_by_address(tx, &address).await?;
                if known.is_some() || !may_join {
                    return Ok(known);
                }
                people::insert_once(tx, new, &address, now).await
            })
            .await
    }
}

fn too_many_mails(minutes: u64) -> ActionError {
    ActionError::invalid("address", Problem::TooManySignInMails { minutes })
}

/// What an ask uses up. A browser by which the owner of the address has signed in before has an allowance of its own.
fn limits_of(ask: &Ask, network: Network, per_network: u32) -> Vec<Limit> {
    let (address, network) = (ask.address.key(), network.as_text());
    if ask.own {
        return vec![Limit::new("ask-own", &[address, &ask.browser.hex()], Ask::PER_OWN_BROWSER)];
    }
    vec![
        Limit::new("ask-from", &[address, &network], Ask::PER_NETWORK),
        Limit::new("ask-for", &[address], Ask::PER_ADDRESS),
        Limit::new("ask-network", &[&network], i64::from(per_network)),
    ]
}
