//! What a share would be if it were published now: what it says, and its mail.

use super::super::{ActionError, Actions, Result, access};
use super::mail::Prepared;
use super::publish::Telling;
use super::{document, pieces};
use crate::domain::ids::ShareId;
use crate::domain::person::Viewer;
use crate::domain::share_document::Document;
use crate::store;

impl Actions {
    /// What a share would say if it were published now, nothing in it or not.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but its sharer.
    pub async fn preview_share(&self, viewer: &Viewer, id: ShareId, telling: &Telling) -> Result<Document> {
        Ok(self.prepare_share(viewer, id, telling).await?.document)
    }

    /// The HTML of the mail that a member among its receivers would get: the same, but that its pictures, which come
    /// beside the words there (RFC 2392), stand in it themselves. Its link opens nothing before the share is published.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but its sharer.
    pub async fn preview_share_mail(
        &self,
        viewer: &Viewer,
        id: ShareId,
        telling: &Telling,
    ) -> Result<String> {
        let prepared = self.prepare_share(viewer, id, telling).await?;
        let (words, packed) = self.share_words(prepared).await?;
        Ok(packed.with_pictures(words.html))
    }

    /// What would go out, and under which link.
    async fn prepare_share(&self, viewer: &Viewer, id: ShareId, telling: &Telling) -> Result<Prepared> {
        let mut tx = self.store.read().await?;
        let kept = access::share(&mut tx, viewer.person_id, id).await?;
        if !kept.is_own() {
            return Err(ActionError::NotFound);
        }
        let pieces = pieces::load(&mut tx, &kept.share, kept.member.first_seq).await?;
        let mut share = kept.share;
        self.send_out(&mut share, telling.at);
        let mut document = document::document((&share, &kept.group), telling, &pieces);
        if let Some(last) = store::shares::versions::find(&mut tx, id, share.version - 1).await?
            && is_same(&document, &last)
        {
            // Nothing new to publish: what goes out is what is out.
            document = last;
        }
        Ok(Prepared { share, document, topic: kept.group.topic, is_member: true, can_reply: true })
    }
}

/// Whether two versions differ in nothing but their number and time.
fn is_same(one: &Document, other: &Document) -> bool {
    let like = Document { version: other.version, at: other.at, ..one.clone() };
    like == *other
}
