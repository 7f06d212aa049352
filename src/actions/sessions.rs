//! Being signed in: who a cookie belongs to, and ending it.

use std::time::Duration;

use super::{ActionError, Actions, Result};
use crate::domain::digest::Digest;
use crate::domain::event::{Audience, Event};
use crate::domain::ids::{PersonId, SessionId};
use crate::domain::language::Language;
use crate::domain::person::{Session, Viewer};
use crate::domain::secret::Token;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

/// A session ends this long after its last sign of life.
const LASTS: Duration = Duration::from_secs(90 * 24 * 3600);
/// Signs of life are noted this often.
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
        if now - last_seen_at > NOTED_EVERY {
            let session = viewer.session_id;
            self.store
                .write(async move |tx| store::sessions::touch(tx, session, now, now + LASTS).await)
                .await?;
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

    /// Ends one of this person's own sessions; its open pages hear of it.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not theirs or not there.
    pub async fn end_session(&self, viewer: &Viewer, session: SessionId) -> Result<()> {
        let person = viewer.person_id;
        let ended =
            self.store.write(async move |tx| store::sessions::delete(tx, person, session).await).await?;
        if !ended {
            return Err(ActionError::NotFound);
        }
        self.hub.publish(Audience::Person(person), Event::SessionEnded { session });
        Ok(())
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

/// Signs a person in: the account if it is their first time, and a session under the cookie.
pub(super) async fn begin(
    tx: &mut Tx,
    person: PersonId,
    id: SessionId,
    cookie: &Token,
    browser: Browser<'_>,
) -> Result<()> {
    store::sessions::ensure_account(tx, person, browser.now).await?;
    store::browsers::note(tx, browser.digest, person, browser.now).await?;
    let session = Session {
        id,
        person_id: person,
        user_agent: browser.user_agent.chars().take(USER_AGENT_CHARACTERS).collect(),
        created_at: browser.now,
        last_seen_at: browser.now,
        expires_at: browser.now + LASTS,
    };
    store::sessions::insert(tx, &session, &cookie.digest()).await?;
    Ok(store::push::hand_over(tx, browser.digest, person, id).await?)
}

/// The browser that signs in, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Browser<'a> {
    pub digest: &'a Digest,
    pub user_agent: &'a str,
    pub now: Timestamp,
}
