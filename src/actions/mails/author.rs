//! Who wrote a mail, and how sure that is: a member's own reply address together with one of their own addresses in From;
//! or their address in From, which the domain confirms. What the domain denies is not sure, whatever else stands there.

use super::super::{Actions, Result};
use super::Arrived;
use super::route::Route;
use crate::domain::group::Member;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::ledger::{Proof, Verdict};
use crate::domain::mail_notes::SentBy;
use crate::domain::message::{Author, Grade};
use crate::domain::settings::MailSettings;
use crate::mail::authentic;
use crate::mail::incoming::IncomingMail;
use crate::store::{self, Tx};

impl Actions {
    /// What is known of a mail's From: by the house's own servers, or else by its signatures, which are looked at only where
    /// the admin wants it and `raw` is given.
    pub(super) async fn proof_of(&self, mail: &IncomingMail, raw: Option<Vec<u8>>) -> Option<Proof> {
        let told = authentic::verdict_of_servers(mail, &self.settings.mail.authserv_ids);
        if told.is_some() {
            return told;
        }
        let from = authentic::only_author(mail)?.domain().to_owned();
        let signers = self.signatures.as_ref()?.holding(raw?).await;
        let signer = signers.into_iter().find(|signer| authentic::speaks_for(signer, &from))?;
        Some(Proof { verdict: Verdict::Aligned, words: format!("dkim=pass, {signer}") })
    }

    /// The member of a group who surely wrote a mail; their own address comes first, if it was sent to one.
    pub(super) async fn sure_member(
        &self,
        tx: &mut Tx,
        (arrived, senders): (&Arrived, &[PersonId]),
        (group, addressed): (GroupId, Option<&Member>),
    ) -> Result<Option<Member>> {
        if is_denied(arrived) {
            return Ok(None);
        }
        if let Some(member) = addressed.filter(|member| senders.contains(&member.person_id)) {
            return Ok(Some(member.clone()));
        }
        if !is_proved(arrived) {
            return Ok(None);
        }
        // A domain that confirms `anna+x@` may mean somebody else by it than by `anna@`.
        for person in super::route::exact_senders(tx, arrived).await? {
            if let Some(member) = store::groups::find_member(tx, group, person).await? {
                return Ok(Some(member));
            }
        }
        Ok(None)
    }

    /// The member who surely wrote a mail that leads to a group.
    pub(super) async fn surely_from(
        &self,
        tx: &mut Tx,
        (arrived, route): (&Arrived, &Route),
        group: GroupId,
    ) -> Result<Option<Member>> {
        let senders = super::route::senders(tx, arrived).await?;
        let addressed = match route {
            Route::Members(members, _) => members.iter().find(|member| member.group_id == group),
            _ => None,
        };
        self.sure_member(tx, (arrived, &senders), (group, addressed)).await
    }

    /// The author of a message, `member` if that is sure.
    pub(super) async fn author_of(
        &self,
        tx: &mut Tx,
        arrived: &Arrived,
        member: Option<&Member>,
    ) -> Result<Author> {
        let person = match member {
            Some(member) => store::persons::find(tx, member.person_id).await?,
            None => None,
        };
        Ok(match person {
            Some(person) => Author {
                person_id: Some(person.id),
                name: person.full_name,
                grade: Grade::Confirmed,
                photo: person.photo,
            },
            None => Author { person_id: None, name: sender_name(arrived), grade: Grade::ByLink, photo: None },
        })
    }
}

/// Who sent a mail for its author, as they are called here. The name that a stranger's mail gives stands nowhere: it may be
/// anybody's. Nobody, if both addresses are one person's, or the sender is a gateway of ours.
pub(super) async fn sent_by(
    tx: &mut Tx,
    arrived: &Arrived,
    settings: &MailSettings,
) -> Result<Option<SentBy>> {
    let Some(by) = arrived.mail.notes.sent_by.clone().filter(|by| !settings.owns(&by.address)) else {
        return Ok(None);
    };
    let known = store::persons::find_by_written(tx, std::slice::from_ref(&by.address)).await?;
    let Some((_, person)) = known.first() else {
        return Ok(Some(SentBy { name: String::new(), ..by }));
    };
    if super::route::senders(tx, arrived).await?.contains(person) {
        return Ok(None);
    }
    let name = store::persons::find(tx, *person).await?.map(|person| person.full_name).unwrap_or_default();
    Ok(Some(SentBy { name, ..by }))
}

pub(super) fn is_proved(arrived: &Arrived) -> bool {
    arrived.proof.as_ref().is_some_and(|proof| proof.verdict == Verdict::Aligned)
}

/// The domain in From says that it is none of its mails.
pub(super) fn is_denied(arrived: &Arrived) -> bool {
    arrived.proof.as_ref().is_some_and(|proof| proof.verdict == Verdict::Failed)
}

pub(super) fn sender_name(arrived: &Arrived) -> String {
    arrived.mail.from.first().map_or("?", |from| from.display_name()).chars().take(100).collect()
}
