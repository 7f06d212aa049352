//! Starting a share: from marks, from messages, or from both.

use std::collections::HashSet;

use super::super::limits::{self, Limit};
use super::super::mark_lists::Asked;
use super::super::{ActionError, Actions, Problem, Result, access};
use crate::domain::ids::{GroupId, MarkId, MessageId, ShareId};
use crate::domain::mark::What;
use crate::domain::mark_query;
use crate::domain::message::Body;
use crate::domain::person::Viewer;
use crate::domain::share::{Access, Answers, Context, Grouping, Share, ShareForm, ShareItem, ShareState};
use crate::store::{self, Tx};

/// What somebody chose of a group.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// In the order in which they are to stand, unless [`Self::as_said`].
    pub marks: Vec<MarkId>,
    /// Numbers of messages, after the marks.
    pub seqs: Vec<i64>,
    /// The sections to begin with.
    pub grouping: Option<Grouping>,
    /// The marks stand in the order in which their messages were said.
    pub as_said: bool,
}

/// How many shares a person can start within an hour.
const PER_HOUR: i64 = 1_000;

fn too_many_shares(minutes: u64) -> ActionError {
    ActionError::invalid("share", Problem::TooOften { minutes })
}

impl Actions {
    /// Starts a share of what was chosen, as far as this person sees it. Several marks of one piece are one item. Nothing
    /// chosen is a share to be filled from nothing, which can't be published. Nine statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when it is too much, or when
    /// they start one after the other.
    pub async fn start_share(&self, viewer: &Viewer, group: GroupId, chosen: Chosen) -> Result<ShareId> {
        if chosen.marks.len() + chosen.seqs.len() > Share::MOST_ITEMS {
            return Err(ActionError::invalid("mark", Problem::TooMuchShared { limit: Share::MOST_ITEMS }));
        }
        let (now, id, person) = (self.clock.now(), self.clock.new_id(), viewer.person_id);
        let limit = Limit::new("share", &[&person.to_string()], PER_HOUR);
        let lasts = self.policy().share_lasts(Share::USUALLY_LASTS);
        self.store
            .write(async move |tx| {
                let (group, member) = access::group_for_change(tx, person, group).await?;
                limits::take(tx, &[limit], now, too_many_shares).await?;
                let items = items_of(tx, (group.id, member.first_seq), &chosen).await?;
                let form =
                    ShareForm { grouping: chosen.grouping.unwrap_or(Grouping::None), ..ShareForm::default() };
                let share = Share {
                    id,
                    group_id: group.id,
                    created_by: person,
                    title: group.topic,
                    note: String::new(),
                    state: ShareState::Draft,
                    form,
                    access: Access::Members,
                    password_hash: None,
                    lasts,
                    answers: Answers::Ask,
                    saves: 0,
                    link_number: 0,
                    link: None,
                    version: 0,
                    views: 0,
                    created_at: now,
                    changed_at: now,
                    published_at: None,
                    expires_at: None,
                    recalled_at: None,
                    recalled_by: None,
                };
                store::shares::insert(tx, &share).await?;
                store::shares::items::insert(tx, id, &items).await?;
                Ok(id)
            })
            .await
    }

    /// Starts a share of marks of a view of one group: of those named, or of all of it if none is. They stand as they
    /// were said, in sections like the view's headings.
    ///
    /// # Errors
    /// As [`Self::start_share`]; [`ActionError::Invalid`] too when the view has more marks than a share takes.
    pub async fn start_share_of_view(
        &self,
        viewer: &Viewer,
        view: Asked,
        named: Vec<MarkId>,
    ) -> Result<ShareId> {
        let group = view.group.ok_or(ActionError::NotFound)?;
        let grouping = Some(view.query.grouping.into());
        let marks = if named.is_empty() { self.marks_of(viewer, view).await? } else { named };
        self.start_share(viewer, group, Chosen { marks, grouping, as_said: true, ..Chosen::default() }).await
    }

    async fn marks_of(&self, viewer: &Viewer, view: Asked) -> Result<Vec<MarkId>> {
        let page = self.list_marks(viewer, Asked { is_long: true, after: None, ..view }).await?;
        if page.next.is_some() {
            return Err(ActionError::invalid("mark", Problem::TooMuchShared { limit: Share::MOST_ITEMS }));
        }
        Ok(page.marks.iter().map(|listed| listed.mark.id).collect())
    }
}

/// The sections that are like the headings of a view, if a share knows such.
impl From<mark_query::Grouping> for Grouping {
    fn from(headings: mark_query::Grouping) -> Self {
        match headings {
            mark_query::Grouping::Day => Self::Day,
            mark_query::Grouping::Topic => Self::Topic,
            mark_query::Grouping::Tag => Self::Tag,
            mark_query::Grouping::Week | mark_query::Grouping::Month | mark_query::Grouping::Content => {
                Self::None
            }
        }
    }
}

/// The items, numbered and in order: marks, then messages as they were said.
async fn items_of(tx: &mut Tx, place: (GroupId, i64), chosen: &Chosen) -> Result<Vec<ShareItem>> {
    let mut marked = store::shares::items::of_marks(tx, place, &chosen.marks).await?;
    if chosen.as_said {
        marked.sort_by_key(|(_, item)| item.seq);
    } else {
        marked.sort_by_key(|(_, item)| chosen.marks.iter().position(|mark| Some(*mark) == item.mark_id));
    }
    let messages = store::shares::items::standing(tx, place, &chosen.seqs).await?;
    let whole = messages.into_iter().map(|(seq, message)| ("message".to_owned(), whole(seq, message)));
    let mut seen = HashSet::new();
    let once = marked
        .into_iter()
        .chain(whole)
        .filter(|(target, item)| seen.insert((item.message_id, target.clone())));
    let numbered = (1..).zip(once).map(|(number, (_, item))| ShareItem { number, rank: number, ..item });
    Ok(numbered.collect())
}

fn whole(seq: i64, message_id: MessageId) -> ShareItem {
    ShareItem {
        number: 0,
        rank: 0,
        message_id,
        seq,
        mark_id: None,
        what: What::Message,
        file_id: None,
        url: String::new(),
        said: Body::default(),
        edits: 0,
        context: Context::default(),
        taken_out: false,
    }
}
