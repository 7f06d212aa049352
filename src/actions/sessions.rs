//! Being signed in: who a cookie belongs to, and ending it.

use std::time::Duration;

use super::{ActionError, Actions, Result, access};
use crate::domain::digest::Digest;
use crate::domain::event::{Audience, Event};
use crate::domain::identity::ByProvider;
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::language::Language;
use crate::domain::person::{Session, Viewer};
use crate::domain::secret::Token;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// Signs of life are noted this often, or four times in the time after which a session ends.
const NOTED_EVERY: Duration = Duration::from_secs(3600);
/// The part of the browser's own name that is kept.
const USER_AGENT_CHARACTERS: usize = 200;

impl Actions {
    /// Who is signed in by this cookie; `None` if it has run out or was never ours.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn find_viewer(&self, cookie: &Token) -> Result<Option<Viewer>> {
        let now = self.clock.now();
        let found =
            store::sessions::find_viewer(&mut self.store.read().await?, &cookie.digest(), now).await?;
        let Some((viewer, last_seen_at)) = found else { return Ok(None) };
        if now - last_seen_at > NOTED_EVERY.min(self.policy().session_lasts / 4) {
            let (session, ends_at) = (viewer.session_id, now + self.policy().session_lasts);
            self.store.write(async move |tx| store::sessions::touch(tx, session, now, ends_at).await).await?;
        }
        Ok(Some(viewer))
    }

    /// The browsers in which this person is signed in, newest first.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_sessions(&self, viewer: &Viewer) -> Result<Vec<Session>> {
        let now = self.clock.now();
        Ok(store::sessions::list(&mut self.store.read().await?, viewer.person_id, now).await?)
    }

    /// Ends the session in which somebody asks, and gives where to sign out of the provider that it began at, if it did
    /// and the provider has a place for that. `back` is where it leads the browser afterwards.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it has ended already.
    pub async fn sign_out(&self, viewer: &Viewer, back: &str) -> Result<Option<String>> {
        let session = viewer.session_id;
        let began = store::sessions::find_provider(&mut self.store.read().await?, session).await?;
        self.end_session(viewer, session).await?;
        let Some((issuer, id_token)) = began else { return Ok(None) };
        let Some(provider) = self.providers.find_by_issuer(&issuer) else { return Ok(None) };
        Ok(provider.leave(id_token.as_deref(), back).await)
    }

    /// Ends one of this person's own sessions; its open pages hear of it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not theirs or not there.
    pub async fn end_session(&self, viewer: &Viewer, session: SessionId) -> Result<()> {
        let person = viewer.person_id;
        let returned = self.to_give_back(session).await?;
        let ended =
            self.store.write(async move |tx| store::sessions::delete(tx, person, session).await).await?;
        if !ended {
            return Err(ActionError::NotFound);
        }
        self.give_back(returned);
        self.hub.publish(Audience::Person(person), Event::SessionEnded { session });
        Ok(())
    }

    /// Tells open pages that their sessions have ended.
    pub(super) fn tell_ended(&self, ended: Vec<(PersonId, SessionId)>) {
        for (person, session) in ended {
            self.hub.publish(Audience::Person(person), Event::SessionEnded { session });
        }
    }

    /// Remembers the language somebody chose.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_language(&self, viewer: &Viewer, language: Language) -> Result<()> {
        let person = viewer.person_id;
        Ok(self
            .store
            .write(async move |tx| store::sessions::set_language(tx, person, language).await)
            .await?)
    }
}

/// Signs a person in: the account if it is their first time, and a session under the cookie. Every sign-in comes here.
///
/// # Errors
/// [`ActionError::Invalid`] for whoever has left the house.
pub(super) async fn begin(
    tx: &mut Tx,
    Start { person, id, by }: Start<'_>,
    cookie: &Token,
    browser: Browser<'_>,
) -> Result<()> {
    access::entrance(tx, person).await?;
    let ends_at = browser.now + browser.lasts;
    store::sessions::ensure_account(tx, person, browser.now).await?;
    store::browsers::note(tx, browser.digest, person, browser.now).await?;
    let session = Session {
        id,
        person_id: person,
        user_agent: browser.user_agent.chars().take(USER_AGENT_CHARACTERS).collect(),
        created_at: browser.now,
        last_seen_at: browser.now,
        expires_at: by.map_or(ends_at, |by| by.ends_at.min(ends_at)),
    };
    store::sessions::insert(tx, &session, &cookie.digest(), by).await?;
    Ok(store::push::hand_over(tx, browser.digest, person, id).await?)
}

/// Who signs in, and by whose word if not by a mail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start<'a> {
    pub person: PersonId,
    pub id: SessionId,
    pub by: Option<&'a ByProvider>,
}

/// The browser that signs in, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Browser<'a> {
    pub digest: &'a Digest,
    pub user_agent: &'a str,
    pub now: Timestamp,
    /// How long the company lets a session last without a sign of life.
    pub lasts: Duration,
}
