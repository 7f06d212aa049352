//! A share goes out by mail: one job for each receiver composes it, with as many files as mail systems take.

use std::collections::HashMap;

use super::super::outbox::{Letter, Place};
use super::super::{ActionError, Actions, Problem, Result, access, off_thread};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::audit::Deed;
use crate::domain::digest::Digest;
use crate::domain::ids::{ShareId, ShareReceiverId};
use crate::domain::job::Job;
use crate::domain::ledger::DeliveryKind;
use crate::domain::person::Viewer;
use crate::domain::share::{Access, Share};
use crate::domain::share_document::{Document, SharedFile};
use crate::domain::share_receiver::{Progress, ShareReceiver};
use crate::domain::time::Timestamp;
use crate::files::PlainPicture;
use crate::mail::compose::OutgoingFile;
use crate::mail::identity;
use crate::mail::letters::Words;
use crate::mail::share::{Parcel, Reading, ShareLetter};
use crate::store;

/// Who of the receivers is to get the newest version, and how.
#[derive(Clone, Debug, Default)]
pub struct Mailing {
    /// Only these; all that do not have it yet if there are none.
    pub only: Vec<ShareReceiverId>,
    /// Whether their mail programs are asked to say that they showed it.
    pub receipt: bool,
}

/// What a mail of a share is made of.
pub(super) struct Prepared {
    pub share: Share,
    pub document: Document,
    pub topic: String,
    /// Whether the receiver can open what members can open.
    pub is_member: bool,
    /// Whether an answer to it reaches the group.
    pub can_reply: bool,
}

/// The pictures of a document as a mail brings them.
pub(super) type Shown = HashMap<Digest, PlainPicture>;

/// The files that go with the words of a mail.
pub(super) struct Packed {
    attached: Vec<SharedFile>,
    /// Those among the words, each once.
    shown: Vec<SharedFile>,
    pictures: Shown,
    domain: String,
}

impl Packed {
    /// Those among the words by their Content-ID.
    fn pictures_shown(&self) -> impl Iterator<Item = (String, (&SharedFile, &PlainPicture))> {
        let found = |file| Some((content_id(file, &self.domain), (file, self.pictures.get(&file.digest)?)));
        self.shown.iter().filter_map(found)
    }

    /// A mail's HTML with the pictures in it.
    pub(super) fn with_pictures(&self, html: String) -> String {
        let with = |html: String, (id, (_, picture)): (String, (_, &PlainPicture))| {
            html.replace(&format!("cid:{id}"), &picture.data_url())
        };
        self.pictures_shown().fold(html, with)
    }
}

impl Actions {
    /// Sends the newest version of a share to its receivers: to those who do not have it, or to the ones that are named,
    /// also once more. How many mails that makes.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when the share is not out, or when there is nobody to send it to, or somebody who may
    /// not have it; [`ActionError::Forbidden`] for all but the sharer.
    pub async fn mail_share(&self, viewer: &Viewer, id: ShareId, mailing: Mailing) -> Result<usize> {
        let (actions, viewer, now) = (self.clone(), viewer.clone(), self.clock.now());
        let count = self
            .store
            .write(async move |tx| {
                let kept = access::own_share(tx, viewer.person_id, id).await?;
                let share = &kept.share;
                if !share.is_open(now) {
                    return Err(ActionError::invalid("share", Problem::NotPublished));
                }
                let all = store::shares::receivers::list(tx, id).await?;
                let chosen: Vec<&ShareReceiver> =
                    all.iter().filter(|one| is_meant(one, &mailing, share.version)).collect();
                if chosen.is_empty() {
                    return Err(ActionError::invalid("who", Problem::NobodyToMail));
                }
                let addresses: Vec<&EmailAddress> = chosen.iter().map(|one| &one.address).collect();
                actions.check_receivers(tx, &kept.group, &addresses).await?;
                let ids: Vec<ShareReceiverId> = chosen.iter().map(|one| one.id).collect();
                let wanted =
                    store::shares::receivers::want(tx, (id, share.version), &ids, mailing.receipt).await?;
                let job = |receiver| (actions.clock.new_id(), Job::MailShare { receiver, asked_at: now });
                let jobs: Vec<_> = wanted.iter().copied().map(job).collect();
                store::jobs::add(tx, &jobs, now, now).await?;
                let receivers = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
                let deed = Deed::ShareMailed { share: id, version: share.version, receivers };
                actions.audit(tx, (&viewer).into(), Some(share.group_id), deed).await?;
                Ok(wanted.len())
            })
            .await?;
        self.bell.ring();
        Ok(count)
    }

    /// Composes the mail to one receiver. A share that was recalled meanwhile is not sent.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer; the job runs again then.
    pub async fn mail_share_to(&self, receiver: ShareReceiverId, asked_at: Timestamp) -> Result<()> {
        let mut tx = self.store.read().await?;
        let Some(to) = store::shares::receivers::find(&mut tx, receiver).await? else { return Ok(()) };
        let Some(share) = store::shares::find(&mut tx, to.share).await? else { return Ok(()) };
        if to.progress != Progress::Waiting || !share.is_open(self.clock.now()) {
            return Ok(());
        }
        let Some(group) = store::groups::find(&mut tx, share.group_id).await? else { return Ok(()) };
        let Some(document) = store::shares::versions::find(&mut tx, share.id, to.version).await? else {
            return Ok(());
        };
        let is_member = match to.person {
            Some(person) => store::groups::find_member(&mut tx, group.id, person).await?.is_some(),
            None => false,
        };
        drop(tx);
        let prepared = Prepared { share, document, topic: group.topic, is_member, can_reply: true };
        let letter = self.share_letter(&to, prepared, asked_at).await?;
        let actions = self.clone();
        let composed = off_thread(move || actions.compose(letter)).await??;
        let actions = self.clone();
        self.store
            .write(async move |tx| {
                let id = composed.id();
                actions.queue(tx, vec![composed]).await?;
                Ok::<_, ActionError>(store::shares::receivers::set_delivery(tx, receiver, id).await?)
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    async fn share_letter(&self, to: &ShareReceiver, of: Prepared, asked_at: Timestamp) -> Result<Letter> {
        let (sharer, topic, group) = (of.document.sharer.clone(), of.topic.clone(), of.share.group_id);
        let token = self.share_reply_token(to.id);
        let domain = self.settings.mail.domain();
        let (words, packed) = self.share_words(of).await?;
        let files = self.packed_files(packed).await?;
        Ok(Letter {
            kind: DeliveryKind::Share,
            purpose: format!("share:{}:{}:{}", to.id, to.version, asked_at.millis()),
            to: NamedAddress { name: Some(to.name.clone()), address: to.address.clone() },
            person_id: to.person,
            words,
            place: Place {
                cadence: None,
                from_name: Some(format!("{sharer} ({topic})")),
                group: Some(group),
                token: Some(token),
                // A person sends it to a person: it is no list, and nobody subscribed to it.
                list: None,
                in_reply_to: Vec::new(),
                references: vec![identity::token_reference(&token, domain)],
            },
            files,
            carried: Vec::new(),
            stated: Vec::new(),
            chat: None,
            asks_receipt: to.wants_receipt,
        })
    }

    /// The words of a share's mail, and what goes with them.
    pub(super) async fn share_words(&self, of: Prepared) -> Result<(Words, Packed)> {
        let pictures = self.pictures_of(&of.document).await?;
        let room = self.room_in_mail();
        let size = |file: &SharedFile| i64::try_from(pictures.get(&file.digest)?.bytes.len()).ok();
        let version = of.document.version;
        let Parcel { document, attached, shown } = Parcel::of(of.document, room, size);
        let domain = self.settings.mail.domain().to_owned();
        let packed = Packed { attached, shown, pictures, domain: domain.clone() };
        let by_link = of.share.access == Access::Link && self.policy().share_links;
        let page = self.address_of(&of.share).filter(|_| of.is_member || by_link);
        let until = of.share.expires_at;
        let words = off_thread(move || {
            // The page tells whoever comes from an older mail that there is a newer version.
            let seen = page.as_ref().map(|page| format!("{page}?v={version}"));
            let reading = Reading {
                page: seen.as_deref(),
                until: until.filter(|_| page.is_some()),
                picture: &|file| Some(format!("cid:{}", content_id(file, &domain))),
                file: &|file| page.as_ref().map(|page| format!("{page}/files/{}", file.id)),
                attached: true,
            };
            ShareLetter { document: &document, reading, can_reply: of.can_reply }.words()
        });
        Ok((words.await?.map_err(|error| ActionError::Internal(error.into()))?, packed))
    }

    /// The files of a share's mail: pictures among the words, then what is attached.
    pub(super) async fn packed_files(&self, packed: Packed) -> Result<Vec<OutgoingFile>> {
        let mut files: Vec<OutgoingFile> = packed.pictures_shown().map(|(id, of)| inline(id, of)).collect();
        for file in &packed.attached {
            let bytes = self.files.read(&file.digest).await?.unwrap_or_default();
            files.push(attachment(file, bytes));
        }
        Ok(files)
    }

    /// The pictures that a document shows, small, each once.
    pub(super) async fn pictures_of(&self, document: &Document) -> Result<Shown> {
        let mut shown = Shown::new();
        for file in document.files().filter(|file| file.is_shown()) {
            if !shown.contains_key(&file.digest)
                && let Some(picture) = self.files.plain_picture(&file.digest, file.size).await?
            {
                shown.insert(file.digest, picture);
            }
        }
        Ok(shown)
    }

    /// How many bytes of files a mail takes: in it they are a third longer (RFC 2045 6.8), and words need room, too.
    fn room_in_mail(&self) -> i64 {
        i64::try_from(self.settings.mail.max_size / 10 * 7).unwrap_or(i64::MAX)
    }
}

/// Whoever is named; otherwise those that have another version, or none.
fn is_meant(one: &ShareReceiver, mailing: &Mailing, version: i64) -> bool {
    match mailing.only.as_slice() {
        [] => one.version < version,
        only => only.contains(&one.id) && one.progress != Progress::Waiting,
    }
}

/// The same picture has the same id wherever it stands (RFC 2392).
fn content_id(file: &SharedFile, domain: &str) -> String {
    let hex = file.digest.hex();
    format!("{}@{domain}", hex.get(..32).unwrap_or(&hex))
}

fn inline(id: String, (file, picture): (&SharedFile, &PlainPicture)) -> OutgoingFile {
    OutgoingFile {
        name: file.name.clone(),
        media_type: picture.media_type.to_owned(),
        content_id: Some(id),
        inline: true,
        bytes: picture.bytes.clone(),
    }
}

fn attachment(file: &SharedFile, bytes: Vec<u8>) -> OutgoingFile {
    OutgoingFile {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        content_id: None,
        inline: false,
        bytes,
    }
}
