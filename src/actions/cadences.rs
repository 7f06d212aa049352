//! How often a group writes to a member: chosen on its page, by the link in its mails, by a mail, and for new groups in
//! one's settings. What waits follows the choice at once; nothing is mailed twice.

use super::{ActionError, Actions, Result, access};
use crate::domain::cadence::Cadence;
use crate::domain::group::{Group, Member};
use crate::domain::ids::{GroupId, MemberId, PersonId};
use crate::domain::job::Job;
use crate::domain::person::Viewer;
use crate::domain::secret::Token;
use crate::store::cadences::CadenceLink;
use crate::store::{self, Tx};

/// What the ledger says of a mail that its receiver did not want any more.
const UNWANTED: &str = "The receiver chose to get no mails of the group before this was sent.";

/// The same of a mail whose messages its receiver wants once a day.
const LATER: &str = "The receiver chose one mail a day before this was sent.";

/// What a link in a mail of a group is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkedCadence {
    Member {
        group: GroupId,
        topic: String,
        cadence: Cadence,
    },
    /// They are not in the group any more: nothing comes.
    Gone,
}

impl Actions {
    /// Remembers how often a group writes to this person.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when they are no member.
    pub async fn set_cadence(&self, viewer: &Viewer, group: GroupId, cadence: Cadence) -> Result<()> {
        let (actions, person) = (self.clone(), viewer.person_id);
        self.store
            .write(async move |tx| {
                let (group, own) = access::group_for_change(tx, person, group).await?;
                actions.change_cadence(tx, (&group, &own), cadence).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// What groups begin with that this person comes into.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn default_cadence(&self, viewer: &Viewer) -> Result<Cadence> {
        Ok(store::cadences::default_of(&mut self.store.read().await?, viewer.person_id).await?)
    }

    /// Remembers what groups begin with that this person comes into; those they are in stay as they are.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn set_default_cadence(&self, viewer: &Viewer, cadence: Cadence) -> Result<()> {
        let person = viewer.person_id;
        Ok(self.store.write(async move |tx| store::cadences::set_default(tx, person, cadence).await).await?)
    }

    /// Whose choice a link changes, and what they chose. Looking changes nothing: scanners of mails open every link.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when no mail ever had this link.
    pub async fn view_cadence_link(&self, token: &Token) -> Result<LinkedCadence> {
        let mut tx = self.store.read().await?;
        let Some((group, own)) = linked(&mut tx, token).await? else { return Ok(LinkedCadence::Gone) };
        Ok(LinkedCadence::Member { group: group.id, topic: group.topic, cadence: own.cadence })
    }

    /// Remembers how often a group writes to whoever got a link, whoever comes with it. Of a group they are not in any
    /// more, nothing comes anyway.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when no mail ever had this link.
    pub async fn set_linked_cadence(&self, token: &Token, cadence: Cadence) -> Result<()> {
        let (group, person) = link(&mut self.store.read().await?, token).await?;
        let actions = self.clone();
        self.store
            .write(async move |tx| {
                let held = match access::group_for_change(tx, person, group).await {
                    Err(ActionError::NotFound) => return Ok(()),
                    held => held?,
                };
                actions.change_cadence(tx, (&held.0, &held.1), cadence).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// The choice of a member of a group that is held. What waits for them is looked at anew: it goes out now, later, or
    /// not at all. Whoever had chosen less hears of what is said from now on, and of what was to be mailed all the same.
    pub(super) async fn change_cadence(
        &self,
        tx: &mut Tx,
        (group, member): (&Group, &Member),
        cadence: Cadence,
    ) -> Result<()> {
        if member.cadence == cadence {
            return Ok(());
        }
        let mailed = match member.cadence {
            Cadence::None => group.last_seq,
            Cadence::Mentions => {
                let after = member.read_seq.max(member.mailed_seq);
                let waiting = store::cadences::list_meant(tx, member, after, 1).await?;
                waiting.first().map_or(group.last_seq, |seq| seq - 1)
            }
            _ => member.mailed_seq,
        };
        let now = self.clock.now();
        store::cadences::set(tx, member.id, cadence, mailed).await?;
        if cadence == Cadence::Daily {
            // What waits for the server comes with the mail of the day instead.
            let whose = (member.group_id, member.person_id);
            let back = store::deliveries::take_back_messages(tx, whose, LATER, now).await?;
            if let Some(first) = back.into_iter().min() {
                store::cadences::set_mailed(tx, member.id, first - 1).await?;
            }
        }
        if cadence == Cadence::None {
            let whose = (member.group_id, member.person_id);
            return Ok(store::deliveries::withdraw_messages(tx, whose, UNWANTED, now).await?);
        }
        self.look_anew(tx, &[member.id]).await
    }

    /// What waits for these members may be due at another time now.
    pub(super) async fn look_anew(&self, tx: &mut Tx, members: &[MemberId]) -> Result<()> {
        let now = self.clock.now();
        let bundle = |member: &MemberId| (self.clock.new_id(), Job::BundleMessages { member: *member });
        let jobs: Vec<_> = members.iter().map(bundle).collect();
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }

    /// The secret of the link in the mails of a group to a member, the same for ever.
    pub(super) fn cadence_token(&self, group: GroupId, person: PersonId) -> Token {
        let key = Token::derived(&self.key, "cadence", group.uuid());
        Token::derived(&self.key, &format!("cadence of {}", key.reveal()), person.uuid())
    }

    /// What makes that link good; put down with the first mail that has it.
    pub(super) fn cadence_link(&self, group: GroupId, person: PersonId) -> CadenceLink {
        CadenceLink { token: self.cadence_token(group, person).digest(), group, person }
    }
}

async fn link(tx: &mut Tx, token: &Token) -> Result<(GroupId, PersonId)> {
    store::cadences::find_link(tx, &token.digest()).await?.ok_or(ActionError::NotFound)
}

/// The membership that a link is about, if it still is one.
async fn linked(tx: &mut Tx, token: &Token) -> Result<Option<(Group, Member)>> {
    let (group, person) = link(tx, token).await?;
    match access::group(tx, person, group).await {
        Ok(found) => Ok(Some(found)),
        Err(ActionError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
