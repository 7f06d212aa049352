//! Where a group comes from, which groups came from it, and beginning another one from it.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::response::Response;

use super::Panel;
use crate::actions::family::{Family, Root};
use crate::domain::group::Group;
use crate::domain::ids::GroupId;
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_family.html")]
struct FamilyPanel<'a> {
    t: Texts,
    group: &'a Group,
    thread: Option<Root>,
    branches: Vec<Branch>,
    /// Guests begin no groups.
    may_start: bool,
}

/// A group in the tree of its family.
struct Branch {
    id: GroupId,
    topic: String,
    at: Timestamp,
    /// How many of its ancestors stand in the tree.
    depth: usize,
    is_this: bool,
}

/// Deeper branches stand as deep as this.
const DEEPEST: usize = 6;

impl HtmlSafe for FamilyPanel<'_> {}

/// GET /groups/{id}/family
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let mut family = state.actions.get_family(&member.viewer, id).await?;
    let body = FamilyPanel {
        t: member.visit.texts(),
        thread: family.thread.take(),
        branches: tree(&family),
        may_start: state.actions.check_may_start(&member.viewer).await.is_ok(),
        group: &family.group,
    };
    super::show(&state, &member, (Panel::Family, &family.group), body).await
}

impl FamilyPanel<'_> {
    /// Who takes part in the thread, by name.
    fn people(&self) -> String {
        let named = self.thread.iter().flat_map(|root| &root.participants);
        let names = named.map(|p| p.name.clone().unwrap_or_else(|| p.address.local_part().to_owned()));
        let comma = if self.t.language().tag() == "en" { ", " } else { "、" };
        names.collect::<Vec<_>>().join(comma)
    }
}

/// The groups in the order of a tree: each below the one it came from, as far as the viewer sees that.
fn tree(family: &Family) -> Vec<Branch> {
    let mut branches = Vec::with_capacity(family.relatives.len());
    let is_seen = |id: GroupId| family.relatives.iter().any(|other| other.id == id);
    for root in family.relatives.iter().filter(|relative| !relative.parent_id.is_some_and(is_seen)) {
        grow(family, root.id, 0, &mut branches);
    }
    branches
}

fn grow(family: &Family, id: GroupId, depth: usize, branches: &mut Vec<Branch>) {
    let Some(relative) = family.relatives.iter().find(|relative| relative.id == id) else { return };
    branches.push(Branch {
        id,
        topic: relative.topic.clone(),
        at: relative.created_at,
        depth: depth.min(DEEPEST),
        is_this: id == family.group.id,
    });
    for child in family.relatives.iter().filter(|other| other.parent_id == Some(id)) {
        grow(family, child.id, depth + 1, branches);
    }
}
