//! Views of marks that somebody keeps by name.

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::ids::{GroupId, SavedViewId};
use crate::domain::person::Viewer;
use crate::domain::saved_view::{SavedView, ViewName, ViewNameProblem};
use crate::store;

/// How many views one keeps, for all groups together.
pub const MOST_VIEWS: i64 = 100;
/// No query is longer, in bytes of its URL.
const LONGEST_QUERY: usize = 8_000;

/// A view to keep.
#[derive(Clone, Debug, Default)]
pub struct NewView {
    /// Of all groups if `None`.
    pub group: Option<GroupId>,
    pub name: String,
    /// As a URL has it.
    pub query: String,
}

impl Actions {
    /// Keeps a view.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member of the group, [`ActionError::Invalid`] for a name that is
    /// none, and when they keep as many as one can.
    pub async fn save_view(&self, viewer: &Viewer, new: NewView) -> Result<SavedView> {
        let name: ViewName =
            new.name.parse().map_err(|problem| ActionError::invalid("name", problem_of(problem)))?;
        if new.query.len() > LONGEST_QUERY {
            return Err(ActionError::invalid("query", Problem::TooLong { limit: LONGEST_QUERY }));
        }
        let (person, now) = (viewer.person_id, self.clock.now());
        let view = SavedView {
            id: self.clock.new_id(),
            group: new.group,
            name: name.as_str().to_owned(),
            query: new.query,
        };
        let saved = self.store.write(async move |tx| {
            if let Some(group) = view.group {
                access::member(tx, person, group).await?;
            }
            if store::saved_views::count(tx, person).await? >= MOST_VIEWS {
                let limit = usize::try_from(MOST_VIEWS).unwrap_or(usize::MAX);
                return Err(ActionError::invalid("name", Problem::TooMany { limit }));
            }
            store::saved_views::insert(tx, person, &view, now).await?;
            Ok(view)
        });
        saved.await
    }

    /// Forgets a view of this person's.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not there, or another's.
    pub async fn remove_view(&self, viewer: &Viewer, id: SavedViewId) -> Result<SavedView> {
        let person = viewer.person_id;
        let removed = self.store.write(async move |tx| {
            store::saved_views::delete(tx, person, id).await?.ok_or(ActionError::NotFound)
        });
        removed.await
    }
}

fn problem_of(problem: ViewNameProblem) -> Problem {
    match problem {
        ViewNameProblem::Empty => Problem::Empty,
        ViewNameProblem::TooLong => Problem::TooLong { limit: ViewName::LONGEST },
    }
}
