//! Publishing a share, as a new version each time, and recalling it.

use super::super::log::Noted;
use super::super::{ActionError, Actions, Problem, Result, access, policy};
use super::{document, pieces};
use crate::domain::audit::Deed;
use crate::domain::ids::{GroupId, ShareId};
use crate::domain::language::Language;
use crate::domain::notice::Notice;
use crate::domain::person::Viewer;
use crate::domain::share::{Access, Share, ShareState};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::store;

/// By whom, in which words and by whose clock a document is written.
#[derive(Clone, Debug)]
pub struct Telling {
    pub sharer: String,
    pub language: Language,
    pub zone: Zone,
    pub at: Timestamp,
}

impl Actions {
    /// By this person now.
    pub fn telling(&self, viewer: &Viewer, language: Language, zone: Zone) -> Telling {
        Telling { sharer: viewer.full_name.clone(), language, zone, at: self.clock.now() }
    }

    /// Publishes what a share says now, as its next version. What was recalled gets a new link; the old one stays closed.
    /// Its readers see the new version at once. Twenty statements at the most.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but its sharer, [`ActionError::Invalid`] when it has no title or nothing in it,
    /// or when it is for everybody who has the link and the owners keep content inside.
    pub async fn publish_share(&self, viewer: &Viewer, id: ShareId, telling: Telling) -> Result<Share> {
        let (actions, sharer) = (self.clone(), viewer.clone());
        let (share, noted) = self
            .store
            .write(async move |tx| {
                let kept = access::own_share(tx, sharer.person_id, id).await?;
                let mut share = kept.share;
                if share.title.is_empty() {
                    return Err(ActionError::invalid("title", Problem::Empty));
                }
                if share.access == Access::Link {
                    policy::check_share_link(actions.policy(), &kept.group)?;
                }
                let pieces = pieces::load(tx, &share, kept.member.first_seq).await?;
                actions.send_out(&mut share, telling.at);
                let document = document::document((&share, &kept.group), &telling, &pieces);
                let items = document.items().filter(|item| !item.context).count();
                if items == 0 {
                    return Err(ActionError::invalid("items", Problem::NothingShared));
                }
                store::shares::update(tx, &share).await?;
                store::shares::versions::insert(tx, id, &document, &document::messages(&pieces)).await?;
                let (title, version) = (share.title.clone(), share.version);
                let noted =
                    actions.note(tx, share.group_id, &sharer, Notice::Shared { title, version }).await?;
                let items = i64::try_from(items).unwrap_or(i64::MAX);
                let deed =
                    Deed::SharePublished { share: id, version, items, outside: share.access == Access::Link };
                actions.audit(tx, (&sharer).into(), Some(share.group_id), deed).await?;
                Ok((share, noted))
            })
            .await?;
        self.tell_notice(noted);
        Ok(share)
    }

    /// Makes it the next version, under the link it has then.
    pub(super) fn send_out(&self, share: &mut Share, now: Timestamp) {
        if share.state != ShareState::Out {
            share.link_number += 1;
            share.link = Some(self.share_token(share).digest());
            share.expires_at = None;
        }
        share.lasts = self.policy().share_lasts(share.lasts);
        // A new version lengthens nothing; a link that had run out opens again.
        if share.expires_at.is_none_or(|end| end <= now) {
            share.expires_at = Some(share.end(now));
        }
        share.state = ShareState::Out;
        share.version += 1;
        (share.published_at, share.changed_at) = (Some(now), now);
        (share.recalled_at, share.recalled_by) = (None, None);
    }

    /// Closes a share's link for good, at once and for everybody. What is recalled already stays so.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but its sharer and the group's owners.
    pub async fn recall_share(&self, viewer: &Viewer, id: ShareId) -> Result<GroupId> {
        let (actions, by, now) = (self.clone(), viewer.clone(), self.clock.now());
        let (group, noted) = self
            .store
            .write(async move |tx| {
                let mut share = access::share_for_change(tx, by.person_id, id).await?.share;
                if share.state != ShareState::Out {
                    return Ok::<_, ActionError>((share.group_id, None));
                }
                (share.state, share.link) = (ShareState::Recalled, None);
                (share.recalled_at, share.recalled_by) = (Some(now), Some(by.person_id));
                store::shares::update(tx, &share).await?;
                let notice = Notice::ShareRecalled { title: share.title.clone() };
                let noted: Noted = actions.note(tx, share.group_id, &by, notice).await?;
                actions
                    .audit(tx, (&by).into(), Some(share.group_id), Deed::ShareRecalled { share: id })
                    .await?;
                Ok((share.group_id, Some(noted)))
            })
            .await?;
        if let Some(noted) = noted {
            self.tell_notice(noted);
        }
        Ok(group)
    }
}
