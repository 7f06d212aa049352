//! Reading a share by its link.

use super::super::files::OpenFile;
use super::super::{ActionError, Actions, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::file::File;
use crate::domain::ids::FileId;
use crate::domain::person::Viewer;
use crate::domain::secret::Token;
use crate::domain::share::Share;
use crate::domain::share_document::{Document, SharedFile};
use crate::store;

/// Who follows a link.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader<'a> {
    /// Whoever is signed in.
    pub viewer: Option<&'a Viewer>,
    /// The pass that a browser got for the password.
    pub pass: Option<&'a Token>,
}

/// What a link opens.
#[derive(Clone, Debug)]
pub enum Reading {
    /// Nothing before the password is typed.
    Locked,
    Open(Box<OpenShare>),
}

/// A share as its readers see it.
#[derive(Clone, Debug)]
pub struct OpenShare {
    pub share: Share,
    /// The newest version.
    pub document: Document,
    /// The reader is the one who shared it.
    pub is_own: bool,
    /// The reader is in the group.
    pub is_member: bool,
}

impl Actions {
    /// What a link opens for a reader: the newest version. Five statements at the most.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there is nothing, or not for them, or not any more.
    pub async fn read_share(&self, link: &Token, reader: Reader<'_>) -> Result<Reading> {
        let mut tx = self.store.read().await?;
        let person = reader.viewer.map(|viewer| viewer.person_id);
        let opened =
            access::opened_share(&mut tx, (&link.digest(), self.policy()), person, self.clock.now()).await?;
        let share = opened.share;
        let document = store::shares::versions::find(&mut tx, share.id, share.version).await?;
        let document = document.ok_or(ActionError::NotFound)?;
        // Members see what was said in the group anyway; what was said before their time is for whoever has the password.
        let sees = |first| opened.for_members || document.is_seen_from(first);
        let needs_none = opened.member.as_ref().is_some_and(|member| sees(member.first_seq));
        let has_pass = needs_none || self.share_pass(&share).as_ref() == reader.pass;
        if share.password_hash.is_some() && !has_pass {
            return Ok(Reading::Locked);
        }
        // What is for members is for each of them from where they joined; what is for everybody is for all of them.
        let document = match &opened.member {
            Some(member) if opened.for_members => document.seen_from(member.first_seq),
            _ => document,
        };
        let is_own = person == Some(share.created_by);
        Ok(Reading::Open(Box::new(OpenShare { document, is_own, is_member: opened.member.is_some(), share })))
    }

    /// The same for those who need no password any more.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] as well before the password is typed.
    pub async fn open_share(&self, link: &Token, reader: Reader<'_>) -> Result<OpenShare> {
        match self.read_share(link, reader).await? {
            Reading::Open(open) => Ok(*open),
            Reading::Locked => Err(ActionError::NotFound),
        }
    }

    /// Counts that somebody but the sharer looked at a share; of those who are known it is noted who. Five statements at
    /// the most.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be noted now.
    pub async fn note_share_view(&self, open: &OpenShare, reader: Option<&Viewer>) -> Result<()> {
        if open.is_own {
            return Ok(());
        }
        let (actions, now, known) = (self.clone(), self.clock.now(), reader.cloned());
        let (share, version, group) = (open.share.id, open.share.version, open.share.group_id);
        self.store
            .write(async move |tx| {
                store::shares::views::count(tx, share).await?;
                let Some(viewer) = known else { return Ok::<_, ActionError>(()) };
                let before = store::shares::views::note(tx, (share, viewer.person_id), now).await?;
                // Whoever loads the page again has not looked anew.
                if before.is_none_or(|at| now - at >= super::super::limits::HOUR) {
                    let deed = Deed::ShareViewed { share, version };
                    actions.audit(tx, (&viewer).into(), Some(group), deed).await?;
                }
                Ok(())
            })
            .await
    }

    /// Notes that a reader saved a share, or something of it.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be noted now.
    pub async fn note_share_download(
        &self,
        open: &OpenShare,
        reader: Option<&Viewer>,
        what: &str,
    ) -> Result<()> {
        self.note_saved(reader.map_or_else(Doer::default, Doer::from), &open.share, what).await
    }

    /// Notes that a member saved a share by its editor's page.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when it can't be noted now.
    pub async fn note_own_download(&self, viewer: &Viewer, share: &Share, what: &str) -> Result<()> {
        self.note_saved(viewer.into(), share, what).await
    }

    async fn note_saved(&self, who: Doer, share: &Share, what: &str) -> Result<()> {
        let (actions, group) = (self.clone(), share.group_id);
        let deed = Deed::ShareDownloaded { share: share.id, what: what.to_owned() };
        self.store.write(async move |tx| actions.audit(tx, who, Some(group), deed).await).await
    }

    /// Opens a file of a share for a reader.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it does not stand in the newest version, or was left out.
    pub async fn open_shared_file(&self, open: &OpenShare, id: FileId) -> Result<OpenFile> {
        let shared = open.file(id)?;
        let contents = self.files.open(&shared.digest).await?.ok_or(ActionError::NotFound)?;
        let file = File {
            id,
            name: shared.name.clone(),
            media_type: shared.media_type.clone(),
            size: shared.size,
            created_at: open.document.at,
            picture: shared.picture,
        };
        Ok(OpenFile { file, digest: shared.digest.hex(), contents })
    }

    /// A picture of a share made small, as JPEG or WebP.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] as above, and for what is no picture.
    pub async fn shared_thumbnail(&self, open: &OpenShare, id: FileId) -> Result<Vec<u8>> {
        let shared = open.file(id)?;
        shared.picture.ok_or(ActionError::NotFound)?;
        self.files.thumbnail(&shared.digest).await?.ok_or(ActionError::NotFound)
    }
}

impl OpenShare {
    fn file(&self, id: FileId) -> Result<&SharedFile> {
        let given = self.document.files().find(|file| file.id == id && file.is_given());
        given.ok_or(ActionError::NotFound)
    }
}
