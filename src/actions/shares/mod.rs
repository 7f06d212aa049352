//! Shares: chosen content of a group, prepared by one member and handed on as a page by link and as a mail.

mod answers;
mod document;
mod edit;
mod forms;
mod mail;
mod page;
mod password;
mod pieces;
mod preview;
mod publish;
mod receivers;
mod start;

pub use edit::{AccessChange, ShareChange, ShareText, Step};
pub use forms::{Form, Kept, MadeFile};
pub use mail::Mailing;
pub use page::{OpenShare, Reader, Reading};
pub use pieces::Piece;
pub use publish::Telling;
pub use receivers::{NewReceivers, ShareMails};
pub use start::Chosen;

use super::{Actions, Result, access};
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, ShareId};
use crate::domain::person::Viewer;
use crate::domain::policy::Policy;
use crate::domain::secret::Token;
use crate::domain::share::Share;
use crate::store;
use crate::store::shares::ShareLine;
use crate::store::shares::views::Viewed;

/// A share as those see it who look after it.
#[derive(Clone, Debug)]
pub struct SharePage {
    pub share: Share,
    pub group: Group,
    /// The viewer's own: only the sharer decides what it says.
    pub is_own: bool,
    /// The sharer's name.
    pub sharer: String,
    /// What was chosen, also what was taken out; empty for those who only own the group.
    pub pieces: Vec<Piece>,
    /// How far shares may go.
    pub policy: Policy,
    /// Its address, while it has one.
    pub link: Option<String>,
    /// Who of those that are known has looked at it, the last one first.
    pub viewed: Vec<Viewed>,
}

/// A page of a group's shares.
#[derive(Clone, Debug)]
pub struct GroupShares {
    pub group: Group,
    pub lines: Vec<ListedShare>,
    /// There are shares before this one.
    pub older: Option<ShareId>,
}

/// A share in the list of its group.
#[derive(Clone, Debug)]
pub struct ListedShare {
    pub line: ShareLine,
    /// Its address for its readers, while it opens.
    pub link: Option<String>,
    /// Whether the viewer looks after it.
    pub may_manage: bool,
}

/// How many shares are listed at once.
const PAGE: i64 = 40;
/// How many of those who looked are named.
const MOST_VIEWED: i64 = 50;

impl Actions {
    /// A share with all that was chosen. Thirteen statements at the most.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for all but its sharer and, once it is out, the owners of the group.
    pub async fn get_share(&self, viewer: &Viewer, id: ShareId) -> Result<SharePage> {
        let mut tx = self.store.read().await?;
        let kept = access::share(&mut tx, viewer.person_id, id).await?;
        let is_own = kept.is_own();
        let sharer = store::persons::find(&mut tx, kept.share.created_by).await?;
        let pieces = match is_own {
            true => pieces::load(&mut tx, &kept.share, kept.member.first_seq).await?,
            false => Vec::new(),
        };
        let viewed = store::shares::views::list(&mut tx, id, MOST_VIEWED).await?;
        Ok(SharePage {
            policy: self.policy().clone(),
            link: self.address_of(&kept.share),
            sharer: sharer.map(|person| person.full_name).unwrap_or_default(),
            share: kept.share,
            group: kept.group,
            is_own,
            pieces,
            viewed,
        })
    }

    /// Up to 40 shares of a group, the newest first: those that went out, and the viewer's own. Three statements.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] when this person is no member.
    pub async fn list_shares(
        &self,
        viewer: &Viewer,
        group: GroupId,
        before: Option<ShareId>,
    ) -> Result<GroupShares> {
        let mut tx = self.store.read().await?;
        let (group, own) = access::group(&mut tx, viewer.person_id, group).await?;
        let mut lines = store::shares::list(&mut tx, (group.id, viewer.person_id), before, PAGE + 1).await?;
        let goes_on = lines.len() > PAGE as usize;
        lines.truncate(PAGE as usize);
        let older = lines.last().filter(|_| goes_on).map(|line| line.share.id);
        let now = self.clock.now();
        let listed = lines.into_iter().map(|line| ListedShare {
            link: self.address_of(&line.share).filter(|_| line.share.is_open(now)),
            may_manage: access::may_look_after(&line.share, &own),
            line,
        });
        Ok(GroupShares { lines: listed.collect(), group, older })
    }

    /// The address of a share's page, once it has one.
    fn address_of(&self, share: &Share) -> Option<String> {
        share.link?;
        let token = self.share_token(share).reveal();
        Some(self.settings.public_url.join(&format!("/s/{token}")))
    }

    /// The secret of its present link. It stands in no row: the sharer can copy the link again, a stolen database opens
    /// nothing.
    pub(super) fn share_token(&self, share: &Share) -> Token {
        Token::derived(&self.key, &format!("share-{}", share.link_number), share.id.uuid())
    }
}
