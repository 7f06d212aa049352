//! Signing in by a link in a mail. Looking at a link changes nothing; using it does.
//!
//! A sign-in link belongs to the browser that asked for it and lasts 15 minutes. Its mail also holds six digits, to be
//! typed into that browser when the mail is read elsewhere. A member's personal link to a group belongs to the first
//! browser that uses it; any other browser is sent six digits first, so a forwarded invitation lets nobody in.

use std::time::Duration;

use super::letters;
use super::sessions::{self, Browser};
use super::{ActionError, Actions, Problem, Result};
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::language::Language;
use crate::domain::link::{Link, Purpose};
use crate::domain::person::{Entry, Origin, Person};
use crate::domain::secret::Token;
use crate::store::persons::NewPerson;
use crate::store::{self, Tx};

/// What a link is, to the browser that opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkView {
    /// A button may be pressed.
    Usable { full_name: String, purpose: Purpose },
    /// Asked for by another browser: the six digits are to be typed there.
    OtherBrowser,
    /// A group's link that another browser has used: six digits can be sent to the member.
    Claimed,
    /// Run out, or never ours.
    Gone,
}

/// Somebody has just signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub cookie: Token,
    /// Where to go now, a path on this server.
    pub target: String,
}

impl Actions {
    /// Sends a sign-in mail, if we know the address or its domain is allowed; the answer is the same if not.
    /// At most five an hour.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when it is no address.
    pub async fn ask_sign_in(
        &self,
        address: &str,
        target: &str,
        browser: &Token,
        language: Language,
    ) -> Result<()> {
        let address: EmailAddress =
            address.parse().map_err(|_| ActionError::invalid("address", Problem::NotAnAddress))?;
        let person = match self.find_person(&address).await? {
            Some(person) => person,
            None if self.may_join(&address) => self.learn_person(&address).await?,
            None => return Ok(()),
        };
        self.send_sign_in(person, target.to_owned(), browser, language).await
    }

    /// The person who has an address.
    async fn find_person(&self, address: &EmailAddress) -> Result<Option<Person>> {
        Ok(store::persons::find_by_address(&mut self.store.read().await?, address).await?)
    }

    fn may_join(&self, address: &EmailAddress) -> bool {
        self.settings.sign_in.takes(address) && !self.settings.mail.owns(address)
    }

    async fn learn_person(&self, address: &EmailAddress) -> Result<Person> {
        let (now, id) = (self.clock.now(), self.clock.new_id());
        let entry = Entry {
            full_name: address.local_part().to_owned(),
            addresses: vec![address.clone()],
            ..Entry::default()
        };
        let address = address.clone();
        self.store
            .write(async move |tx| {
                store::persons::insert(tx, &[NewPerson { id, entry, origin: Origin::Learnt }], now).await?;
                store::persons::find_by_address(tx, &address).await?.ok_or(ActionError::NotFound)
            })
            .await
    }

    async fn send_sign_in(
        &self,
        person: Person,
        target: String,
        browser: &Token,
        language: Language,
    ) -> Result<()> {
        let now = self.clock.now();
        let (token, code) = (self.new_token()?, self.new_code()?);
        let link = Link {
            token: token.digest(),
            purpose: Purpose::SignIn,
            person_id: person.id,
            target,
            browser: Some(browser.digest()),
            code: Some(code_digest(&token.digest(), &code)),
            failures: 0,
            created_at: now,
            expires_at: now + Link::SIGN_IN_LASTS,
        };
        let letter = self.compose(letters::sign_in(self, &person, language, (&token, &code))?)?;
        let jobs = self.clone();
        self.store
            .write(async move |tx| {
                let since = now - Duration::from_secs(3600);
                if store::links::count_since(tx, link.person_id, since).await? < Link::PER_HOUR {
                    store::links::insert(tx, &link).await?;
                    jobs.queue(tx, vec![letter]).await?;
                }
                Ok::<_, ActionError>(())
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// Six digits.
    fn new_code(&self) -> Result<String> {
        let bytes: [u8; 8] = self.clock.random_bytes().map_err(|e| ActionError::Internal(e.into()))?;
        Ok(format!("{:06}", u64::from_be_bytes(bytes) % 1_000_000))
    }

    /// What a link is to this browser. Changes nothing.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn view_link(&self, token: &Token, browser: Option<&Token>) -> Result<LinkView> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let Some(link) = store::links::find(&mut tx, &token.digest(), now).await? else {
            return Ok(LinkView::Gone);
        };
        // A browser without a cookie is nobody's browser yet.
        let browser = browser.map_or_else(|| Digest::of(b""), Token::digest);
        if link.may_be_used_by(&browser) {
            let person = store::persons::find(&mut tx, link.person_id).await?;
            let full_name = person.map(|p| p.full_name).unwrap_or_default();
            return Ok(LinkView::Usable { full_name, purpose: link.purpose });
        }
        Ok(match link.purpose {
            Purpose::SignIn => LinkView::OtherBrowser,
            Purpose::Group => LinkView::Claimed,
        })
    }

    /// Whether a group's link is this person's own, so that a signed-in member goes straight on.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn target_of_own_link(&self, token: &Token, person: PersonId) -> Result<Option<String>> {
        let now = self.clock.now();
        let link = store::links::find(&mut self.store.read().await?, &token.digest(), now).await?;
        Ok(link.filter(|l| l.person_id == person).map(|l| l.target))
    }

    /// Signs in by a link.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it has run out or belongs to another browser.
    pub async fn use_link(&self, token: &Token, browser: &Token, user_agent: &str) -> Result<SignedIn> {
        let (now, id, cookie) = (self.clock.now(), self.clock.new_id(), self.new_token()?);
        let (token, browser, user_agent) = (token.digest(), browser.digest(), user_agent.to_owned());
        self.store
            .write(async move |tx| {
                let link = store::links::find(tx, &token, now).await?.ok_or(ActionError::NotFound)?;
                if !link.may_be_used_by(&browser) || !store::links::bind_to(tx, &token, &browser).await? {
                    return Err(ActionError::NotFound);
                }
                sessions::begin(tx, link.person_id, id, &cookie, Browser { user_agent: &user_agent, now })
                    .await?;
                Ok(SignedIn { cookie, target: link.target })
            })
            .await
    }

    /// Sends six digits to the member whose group link another browser has used.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the link has run out.
    pub async fn ask_code_for_link(&self, token: &Token, browser: &Token, language: Language) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let link = store::links::find(&mut tx, &token.digest(), now).await?.ok_or(ActionError::NotFound)?;
        let person = store::persons::find(&mut tx, link.person_id).await?.ok_or(ActionError::NotFound)?;
        drop(tx);
        self.send_sign_in(person, link.target, browser, language).await
    }

    /// Signs in the browser that asked, by the six digits from the mail.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when they are wrong; after five wrong tries only a new mail helps.
    pub async fn use_code(&self, code: &str, browser: &Token, user_agent: &str) -> Result<SignedIn> {
        let (now, id, cookie) = (self.clock.now(), self.clock.new_id(), self.new_token()?);
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let (browser, user_agent) = (browser.digest(), user_agent.to_owned());
        let signed_in = self
            .store
            .write(async move |tx| {
                let Some(link) = store::links::find_asked_by(tx, &browser, now).await? else {
                    return Ok(None);
                };
                if !is_right(tx, &link, &digits).await? {
                    // A wrong try is counted, so this is no error that would undo the count.
                    return Ok(None);
                }
                sessions::begin(tx, link.person_id, id, &cookie, Browser { user_agent: &user_agent, now })
                    .await?;
                Ok::<_, ActionError>(Some(SignedIn { cookie, target: link.target }))
            })
            .await?;
        signed_in.ok_or(ActionError::invalid("code", Problem::WrongCode))
    }

    /// A sign-in link that works in any browser, for the admin at the command line and for the demo. It lasts as long
    /// as a group's link and belongs to the first browser that uses it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when nobody has this address.
    pub async fn make_sign_in_link(&self, address: &EmailAddress, target: &str) -> Result<String> {
        let person = self.find_person(address).await?.ok_or(ActionError::NotFound)?;
        let token = self.new_token()?;
        let link = personal_link(person.id, target.to_owned(), &token, self.clock.now());
        self.store.write(async move |tx| store::links::insert(tx, &link).await).await?;
        Ok(self.settings.public_url.join(&format!("/l/{}", token.reveal())))
    }
}

/// A member's personal link to a group.
pub(super) fn group_link(
    person: PersonId,
    group: GroupId,
    token: &Token,
    now: crate::domain::time::Timestamp,
) -> Link {
    personal_link(person, format!("/groups/{group}"), token, now)
}

fn personal_link(
    person: PersonId,
    target: String,
    token: &Token,
    now: crate::domain::time::Timestamp,
) -> Link {
    Link {
        token: token.digest(),
        purpose: Purpose::Group,
        person_id: person,
        target,
        browser: None,
        code: None,
        failures: 0,
        created_at: now,
        expires_at: now + Link::GROUP_LASTS,
    }
}

/// Whether the digits are those of the link's mail; a wrong try is counted.
async fn is_right(tx: &mut Tx, link: &Link, digits: &str) -> Result<bool> {
    if link.failures >= Link::MAX_FAILURES {
        return Ok(false);
    }
    if link.code == Some(code_digest(&link.token, digits)) {
        return Ok(true);
    }
    store::links::count_failure(tx, &link.token).await?;
    Ok(false)
}

/// Six digits alone could be found by trying all digests; together with a 128-bit token they can't.
fn code_digest(token: &Digest, digits: &str) -> Digest {
    Digest::of(&[token.as_bytes(), digits.as_bytes()].concat())
}
