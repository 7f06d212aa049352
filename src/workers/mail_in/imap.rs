//! One folder of an IMAP account, connection after connection.
//!
//! Mails are fetched in batches. When that breaks off, they are asked for one by one, which shows the mail at which it
//! does. If the server goes on refusing that one and hands over another, the mail is set aside and the position moves on.

use super::super::pause::BackOff;
use super::{BATCH, Trouble};
use crate::actions::Actions;
use crate::actions::mails::{Incoming, Position};
use crate::domain::ledger::SourcePlace;
use crate::transport::imap::{FetchedMail, FolderState, ImapAccount, ImapError, ImapSession};

/// Tries at one mail before it is set aside: with the growing pauses between them, about a minute.
const MOST_TRIES: u32 = 6;

/// Reads a folder, and remembers from one connection to the next where it got stuck.
pub(super) struct FolderReader<'a> {
    actions: &'a Actions,
    account: &'a ImapAccount,
    name: &'a str,
    /// A batch broke off: the next mails are asked for one by one.
    one_by_one: bool,
    stuck: Option<Stuck>,
}

/// The mail at which fetching broke off.
struct Stuck {
    uid_validity: u32,
    uid: u32,
    tries: u32,
    why: String,
    /// The server handed over another mail after all these tries.
    others_come: bool,
}

impl<'a> FolderReader<'a> {
    pub(super) fn new(actions: &'a Actions, account: &'a ImapAccount, name: &'a str) -> Self {
        Self { actions, account, name, one_by_one: false, stuck: None }
    }

    /// One connection's life.
    pub(super) async fn read(&mut self, back_off: &mut BackOff) -> Result<(), Trouble> {
        let mut session = self.account.connect().await?;
        let mut state = session.select().await?;
        loop {
            self.take_new(&mut session, &state, back_off).await?;
            self.ask_again(&mut session, &state).await?;
            // Only now: a connection that breaks off at each try must not be opened anew every second.
            back_off.reset();
            self.actions.note_source(self.name, None).await?;
            session.wait_for_mail(self.account.patience.poll).await?;
            state = session.select().await?;
        }
    }

    /// Everything after the position, in order; each mail is stored together with its position. Another UIDVALIDITY
    /// means that all numbers are new (RFC 9051 2.3.1.1): the folder is read again, and mails that are known are
    /// recognised by their bytes.
    async fn take_new(
        &mut self,
        session: &mut ImapSession,
        state: &FolderState,
        back_off: &mut BackOff,
    ) -> Result<(), Trouble> {
        let uid_validity = i64::from(state.uid_validity);
        let known = self.actions.position_of(self.name).await?.filter(|p| p.uid_validity == uid_validity);
        let mut last_uid = known.map_or(0, |p| u32::try_from(p.last_uid).unwrap_or(0));
        loop {
            let taken = if self.one_by_one {
                self.take_each(session, state, last_uid).await?
            } else {
                self.take_batch(session, state, last_uid).await?
            };
            let Some(uid) = taken else { return Ok(()) };
            last_uid = uid;
            back_off.reset();
            // A folder of years takes a while, and does not stand still meanwhile.
            self.actions.note_source(self.name, None).await?;
        }
    }

    /// The next mails together; the last one's number, or `None` if there was none.
    async fn take_batch(
        &mut self,
        session: &mut ImapSession,
        state: &FolderState,
        last_uid: u32,
    ) -> Result<Option<u32>, Trouble> {
        let mails = session.fetch_after(last_uid, BATCH).await.inspect_err(|_| self.one_by_one = true)?;
        let last = mails.last().map(|mail| mail.uid);
        for mail in mails {
            self.actions.receive_mail(self.position(state, mail.uid), incoming(mail)).await?;
        }
        Ok(last)
    }

    /// As [`Self::take_batch`], one by one. If none of them is refused, the next ones are fetched together again.
    async fn take_each(
        &mut self,
        session: &mut ImapSession,
        state: &FolderState,
        last_uid: u32,
    ) -> Result<Option<u32>, Trouble> {
        let uids = session.list_after(last_uid, BATCH).await?;
        for uid in &uids {
            if let Some(why) = self.given_up(session, state, *uid).await? {
                self.set_aside(state, *uid, &why).await?;
                continue;
            }
            match session.fetch_one(*uid).await {
                Ok(Some(mail)) => {
                    self.actions.receive_mail(self.position(state, *uid), incoming(mail)).await?;
                }
                // Deleted by somebody else meanwhile.
                Ok(None) => {}
                Err(error) => {
                    self.count_try(state, *uid, &error);
                    return Err(error.into());
                }
            }
        }
        (self.one_by_one, self.stuck) = (false, None);
        Ok(uids.last().copied())
    }

    fn position(&self, state: &FolderState, uid: u32) -> Position {
        Position {
            source: self.name.to_owned(),
            uid_validity: i64::from(state.uid_validity),
            uid: i64::from(uid),
        }
    }

    fn stuck_at(&mut self, state: &FolderState, uid: u32) -> Option<&mut Stuck> {
        self.stuck.as_mut().filter(|s| s.uid == uid && s.uid_validity == state.uid_validity)
    }

    fn count_try(&mut self, state: &FolderState, uid: u32, error: &ImapError) {
        let why = error.to_string();
        match self.stuck_at(state, uid) {
            Some(stuck) => (stuck.tries, stuck.why) = (stuck.tries + 1, why),
            None => {
                self.stuck =
                    Some(Stuck { uid_validity: state.uid_validity, uid, tries: 1, why, others_come: false });
            }
        }
    }

    /// The server's words, if it refused this mail often enough, handed over another one, and refused this once more.
    /// A server that hands over none is in trouble itself: then no mail is at fault, and the trying goes on.
    async fn given_up(
        &mut self,
        session: &mut ImapSession,
        state: &FolderState,
        uid: u32,
    ) -> Result<Option<String>, Trouble> {
        let Some(stuck) = self.stuck_at(state, uid).filter(|stuck| stuck.tries >= MOST_TRIES) else {
            return Ok(None);
        };
        if stuck.others_come {
            return Ok(Some(stuck.why.clone()));
        }
        let others = neighbours(&session.list_after(0, usize::MAX).await?, uid);
        // Another may be an odd one too: each try asks for the next.
        let turn = (stuck.tries - MOST_TRIES) as usize;
        stuck.others_come = match turn.checked_rem(others.len()).and_then(|turn| others.get(turn)) {
            Some(other) => session.fetch_one(*other).await.inspect_err(|_| stuck.tries += 1)?.is_some(),
            None => true,
        };
        Ok(None)
    }

    async fn set_aside(&self, state: &FolderState, uid: u32, why: &str) -> Result<(), Trouble> {
        let position = self.position(state, uid);
        let place = SourcePlace::Uid { uid_validity: position.uid_validity, uid: position.uid };
        tracing::warn!(imap.uid = uid, error = why, "The server does not hand over a mail; it is set aside.");
        Ok(self.actions.set_aside(position, place, why).await?)
    }

    /// The mails that were set aside and that the admin wants now.
    async fn ask_again(&self, session: &mut ImapSession, state: &FolderState) -> Result<(), Trouble> {
        for (id, place) in self.actions.list_wanted(self.name).await? {
            let SourcePlace::Uid { uid_validity, uid } = place else { continue };
            let why = if uid_validity == i64::from(state.uid_validity) {
                match session.fetch_one(u32::try_from(uid).unwrap_or(0)).await {
                    Ok(Some(mail)) => {
                        self.actions.receive_late(id, incoming(mail)).await?;
                        continue;
                    }
                    Ok(None) => "The mail is not in the folder any more".to_owned(),
                    Err(error) => {
                        self.actions.refuse_late(id, &error.to_string()).await?;
                        return Err(error.into());
                    }
                }
            } else {
                "The server has numbered the folder anew since; the mail was read under its new number"
                    .to_owned()
            };
            self.actions.refuse_late(id, &why).await?;
        }
        Ok(())
    }
}

/// Mails of the folder beside one: the next, the one before, the newest and the oldest.
fn neighbours(uids: &[u32], uid: u32) -> Vec<u32> {
    let after = uids.iter().find(|other| **other > uid);
    let before = uids.iter().rfind(|other| **other < uid);
    let ends = [uids.last(), uids.first()];
    let mut found: Vec<u32> = Vec::new();
    for other in [after, before].into_iter().chain(ends).flatten() {
        if *other != uid && !found.contains(other) {
            found.push(*other);
        }
    }
    found
}

fn incoming(mail: FetchedMail) -> Incoming {
    match mail.too_large {
        Some(size) => Incoming::TooLarge { size, header: mail.raw },
        None => Incoming::Raw(mail.raw),
    }
}
