//! Who is in a group, and what can be done about that.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Panel;
use crate::actions::ActionError;
use crate::actions::groups::MemberLine;
use crate::actions::members::{Addition, NewMembers};
use crate::domain::group::{History, Role};
use crate::domain::ids::{GroupId, PersonId};
use crate::texts::Texts;
use crate::web::error::{Failure, WebResult};
use crate::web::filters;
use crate::web::groups::MemberView;
use crate::web::path::Path;
use crate::web::people_sets::query_of;
use crate::web::rules::members_rule;
use crate::web::state::WebState;
use crate::web::typed_people::{addresses_in, set_in, unreadable};
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_members.html")]
struct Members {
    t: Texts,
    group: GroupId,
    members: Vec<MemberView>,
    may_add: bool,
    /// Who from outside may be a member, where not everybody may.
    rule: Option<String>,
    /// Whether the viewer is an owner.
    owns: bool,
    asked: Asked,
    /// Why it was not done.
    problem: Option<String>,
    /// Whom the viewer has just added, and can take out again in one step.
    addition: Option<Addition>,
}

impl HtmlSafe for Members {}

impl Members {
    /// Where departments and lists are looked at.
    fn sets_at(&self) -> String {
        format!("/groups/{}/members/from", self.group)
    }

    /// How many were added, and how many of them would go.
    fn added_words(&self, addition: &Addition) -> String {
        let (added, goes) = (addition.added, addition.people.len());
        let key = if added == goes { "added-many" } else { "added-many-some" };
        let words = self.t.with(key, &[("n", added), ("goes", goes)]).into_owned();
        match addition.invited {
            0 => words,
            n => format!("{words} {}", self.t.with("added-many-invited", &[("n", n)])),
        }
    }
}

/// What the form to add somebody holds.
#[derive(Debug, Default)]
struct Asked {
    persons: Vec<PersonId>,
    /// As they were typed or pasted: names, addresses, lists of addresses.
    typed: Vec<String>,
    history: History,
}

#[derive(Debug, Deserialize)]
pub struct RoleForm {
    role: Role,
}

/// GET /groups/{id}/members
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    page(&state, &member, id, (Asked::default(), None)).await
}

/// POST /groups/{id}/members: fields may come several times.
pub async fn add(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> WebResult<Response> {
    let asked = Asked::of(fields);
    if let Some(to) = asked.set_page(&state, &member, id).await? {
        return Ok(Redirect::to(&to).into_response());
    }
    let done = match asked.people(&state, &member).await {
        Ok(new) => state.actions.add_members(&member.viewer, id, new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(back(id)),
        // In the drawer what was typed is still there.
        Err(error @ ActionError::Invalid { .. }) if !member.visit.wants_part => {
            let failure = Failure::from(error);
            let problem = failure.words(member.visit.texts());
            let page = page(&state, &member, id, (asked, Some(problem))).await?;
            Ok((failure.status_beside_form(), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// POST /groups/{id}/members/{person}/remove
pub async fn remove(
    State(state): State<WebState>,
    member: Member,
    Path((id, person)): Path<(GroupId, PersonId)>,
) -> WebResult<Response> {
    state.actions.remove_member(&member.viewer, id, person).await?;
    Ok(if person == member.viewer.person_id { Redirect::to("/").into_response() } else { back(id) })
}

/// POST /groups/{id}/members/{person}/role
pub async fn role(
    State(state): State<WebState>,
    member: Member,
    Path((id, person)): Path<(GroupId, PersonId)>,
    Form(form): Form<RoleForm>,
) -> WebResult<Response> {
    state.actions.set_role(&member.viewer, id, person, form.role).await?;
    Ok(back(id))
}

/// POST /groups/{id}/additions/{seq}/undo
pub async fn take_back(
    State(state): State<WebState>,
    member: Member,
    Path((id, seq)): Path<(GroupId, i64)>,
) -> WebResult<Response> {
    state.actions.take_back_addition(&member.viewer, id, seq).await?;
    Ok(back(id))
}

fn back(id: GroupId) -> Response {
    Redirect::to(&format!("/groups/{id}/members")).into_response()
}

async fn page(
    state: &WebState,
    member: &Member,
    id: GroupId,
    (asked, problem): (Asked, Option<String>),
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    let you = member.viewer.person_id;
    let is_somebody_away = found.members.iter().any(|line| line.presence.absence.is_some());
    let mut away = match is_somebody_away {
        true => state.actions.away_words(&member.viewer, id).await?,
        false => Vec::new(),
    };
    let mut view = |line: MemberLine| {
        let words = away.iter().position(|(person, _)| *person == line.person.id);
        let away_words = words.map(|at| away.swap_remove(at).1);
        MemberView { away_words, ..MemberView::of(line, you) }
    };
    let body = Members {
        t: member.visit.texts(),
        group: id,
        may_add: found.may_add(),
        rule: members_rule(member.visit.texts(), state.actions.policy()),
        owns: found.own.role == Role::Owner,
        members: found.members.into_iter().map(&mut view).collect(),
        asked,
        problem,
        addition: state.actions.find_addition(&member.viewer, id).await?,
    };
    super::show(state, member, (Panel::Members, &found.group), body).await
}

impl Asked {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut asked = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "person" => asked.persons.extend(value.parse::<PersonId>()),
                "who" if !value.trim().is_empty() => asked.typed.push(value.trim().to_owned()),
                "history" if value == "now" => asked.history = History::Now,
                _ => {}
            }
        }
        asked
    }

    /// Where a department or a list is looked at, if nothing else but its name was typed.
    async fn set_page(
        &self,
        state: &WebState,
        member: &Member,
        group: GroupId,
    ) -> Result<Option<String>, ActionError> {
        let [typed] = self.typed.as_slice() else { return Ok(None) };
        let Some(name) = set_in(typed).filter(|_| self.persons.is_empty()) else { return Ok(None) };
        let found = state.actions.find_people_set(&member.viewer, &name).await?;
        let history = if self.reads_from_now() { "&history=now" } else { "" };
        Ok(found.map(|set| format!("/groups/{group}/members/from?{}{history}", query_of(&set))))
    }

    /// Whom the fields mean: chosen ones, addresses with or without names, or the only one of a name.
    async fn people(&self, state: &WebState, member: &Member) -> Result<NewMembers, ActionError> {
        let mut new =
            NewMembers { persons: self.persons.clone(), addresses: Vec::new(), history: self.history };
        for typed in &self.typed {
            if typed.contains('@') {
                new.addresses.extend(addresses_in(typed)?);
                continue;
            }
            let found = state.actions.search_people(&member.viewer, typed, 2).await?;
            match found.as_slice() {
                [one] => new.persons.push(one.id),
                _ => return Err(unreadable(typed)),
            }
        }
        Ok(new)
    }

    fn reads_from_now(&self) -> bool {
        self.history == History::Now
    }

    fn typed_again(&self) -> String {
        self.typed.join(", ")
    }
}
