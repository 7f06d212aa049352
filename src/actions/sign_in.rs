//! Signing in by a link in a mail. Looking at a link changes nothing; using it does.
//!
//! A sign-in link belongs to the browser that asked for it and lasts 15 minutes. Its mail also holds six digits, to be
//! typed into that browser when the mail is read elsewhere. A member's personal link to a group belongs to the first
//! browser that uses it; any other browser is sent six digits first, so a forwarded invitation lets nobody in.

use super::sessions::{self, Browser, Start};
use super::{ActionError, Actions, Problem, Result};
use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::domain::ids::PersonId;
use crate::domain::link::{Link, Purpose};
use crate::domain::secret::Token;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// What a link is, to the browser that opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkView {
    /// A button may be pressed.
    Usable { full_name: String, purpose: Purpose, target: String },
    /// Asked for by another browser: the six digits are to be typed there.
    OtherBrowser,
    /// A group's link that another browser has used: six digits can be sent to the member.
    Claimed,
    /// To a group to which its person was added by mistake; who has taken that back.
    AddedByMistake { by: String },
    /// Its person has left the house.
    Departed,
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
    /// What a link is to this browser. Changes nothing.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn view_link(&self, token: &Token, browser: Option<&Token>) -> Result<LinkView> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let Some(link) = store::links::find(&mut tx, &token.digest(), now).await? else {
            return taken_back(&mut tx, token, now).await;
        };
        // A browser without a cookie is nobody's browser yet.
        let browser = browser.map_or_else(|| Digest::of(b""), Token::digest);
        if link.may_be_used_by(&browser) {
            let person = store::persons::find(&mut tx, link.person_id).await?;
            if person.as_ref().is_some_and(|person| person.departed_at.is_some()) {
                return Ok(LinkView::Departed);
            }
            let full_name = person.map(|p| p.full_name).unwrap_or_default();
            return Ok(LinkView::Usable { full_name, purpose: link.purpose, target: link.target });
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
    /// [`ActionError::NotFound`] when it has run out or belongs to another browser, [`ActionError::Invalid`] when its person
    /// has left the house.
    pub async fn use_link(&self, token: &Token, browser: &Token, user_agent: &str) -> Result<SignedIn> {
        let (now, id, cookie) = (self.clock.now(), self.clock.new_id(), self.new_token()?);
        let lasts = self.policy().session_lasts;
        let (token, browser, user_agent) = (token.digest(), browser.digest(), user_agent.to_owned());
        self.store
            .write(async move |tx| {
                let link = store::links::find(tx, &token, now).await?.ok_or(ActionError::NotFound)?;
                if !link.may_be_used_by(&browser) || !store::links::bind_to(tx, &token, &browser).await? {
                    return Err(ActionError::NotFound);
                }
                let browser = Browser { digest: &browser, user_agent: &user_agent, now, lasts };
                sessions::begin(tx, Start { person: link.person_id, id, by: None }, &cookie, browser).await?;
                Ok(SignedIn { cookie, target: link.target })
            })
            .await
    }

    /// Signs in the browser that asked, by the six digits from the mail.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when they are wrong; after five wrong tries only a new mail helps.
    pub async fn use_code(&self, code: &str, browser: &Token, user_agent: &str) -> Result<SignedIn> {
        let (now, id, cookie) = (self.clock.now(), self.clock.new_id(), self.new_token()?);
        let lasts = self.policy().session_lasts;
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
                let browser = Browser { digest: &browser, user_agent: &user_agent, now, lasts };
                sessions::begin(tx, Start { person: link.person_id, id, by: None }, &cookie, browser).await?;
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
        let mut tx = self.store.read().await?;
        let found = store::persons::find_by_address(&mut tx, address).await?;
        drop(tx);
        let (person, token) = (found.ok_or(ActionError::NotFound)?, self.new_token()?);
        let link = self.personal_link(person.id, target.to_owned(), &token);
        self.store.write(async move |tx| store::links::insert(tx, &link).await).await?;
        Ok(self.settings.public_url.join(&format!("/l/{}", token.reveal())))
    }
}

impl Actions {
    /// A link that signs a person in and leads to a page, for as long as the company lets personal links last. It
    /// belongs to the first browser that uses it.
    pub(super) fn personal_link(&self, person: PersonId, target: String, token: &Token) -> Link {
        let now = self.clock.now();
        Link {
            token: token.digest(),
            purpose: Purpose::Group,
            person_id: person,
            target,
            browser: None,
            code: None,
            failures: 0,
            created_at: now,
            expires_at: now + self.policy().link_lasts,
        }
    }
}

/// What a link is that is good for nothing any more. Whoever is in the group after all needs no word of a mistake.
async fn taken_back(tx: &mut Tx, token: &Token, now: Timestamp) -> Result<LinkView> {
    let Some((person, target, by)) = store::links::find_taken_back(tx, &token.digest(), now).await? else {
        return Ok(LinkView::Gone);
    };
    let group = target.strip_prefix("/groups/").and_then(|id| id.parse().ok());
    let is_back = match group {
        Some(group) => store::groups::find_member(tx, group, person).await?.is_some(),
        None => false,
    };
    Ok(if is_back { LinkView::Gone } else { LinkView::AddedByMistake { by } })
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
pub(super) fn code_digest(token: &Digest, digits: &str) -> Digest {
    Digest::of(&[token.as_bytes(), digits.as_bytes()].concat())
}
