//! Changes to a draft, each a form of its own: topic, opening, members, files; and its end.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use super::{Tried, editor};
use crate::actions::ActionError;
use crate::actions::drafts::Change;
use crate::domain::draft::PageId;
use crate::domain::ids::{DraftId, FileId, MessageId, PersonId};
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::people_sets::query_of;
use crate::web::state::WebState;
use crate::web::typed_people::{addresses_in, as_in_a_mail, set_in};
use crate::web::visit::Member;

#[derive(Debug, Deserialize)]
pub struct TopicForm {
    page: PageId,
    topic: String,
}

#[derive(Debug, Deserialize)]
pub struct OpeningForm {
    page: PageId,
    opening: String,
}

#[derive(Debug, Deserialize)]
pub struct AddForm {
    page: PageId,
    /// Somebody chosen from the list; empty if the field was typed only.
    #[serde(default)]
    person: String,
    #[serde(default)]
    who: String,
}

#[derive(Debug, Deserialize)]
pub struct KeepForm {
    page: PageId,
    /// Missing for a file or a message that is not to be kept.
    keep: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct PlainForm {
    page: PageId,
}

/// POST /drafts/{id}/topic
pub async fn topic(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<TopicForm>,
) -> WebResult<Response> {
    let typed = form.topic.clone();
    let mut tried = Tried::on(&state, &member, id, form.page);
    let done = tried.change(Change::Topic(form.topic)).await;
    tried.answer(done, Some(typed)).await
}

/// POST /drafts/{id}/opening. Browsers send line ends as CRLF (HTML, form submission).
pub async fn opening(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<OpeningForm>,
) -> WebResult<Response> {
    let typed = form.opening.replace("\r\n", "\n");
    let mut tried = Tried::on(&state, &member, id, form.page);
    let done = tried.change(Change::Opening(typed.clone())).await;
    tried.answer(done, Some(typed)).await
}

/// POST /drafts/{id}/members
pub async fn add_member(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<AddForm>,
) -> WebResult<Response> {
    let mut tried = Tried::on(&state, &member, id, form.page);
    if let Some(to) = tried.set_page(&form).await? {
        return Ok(Redirect::to(&to).into_response());
    }
    let done = match tried.who(&form).await {
        Ok(change) => tried.change(change).await,
        Err(error) => Err(error),
    };
    tried.answer(done, Some(form.who)).await
}

/// POST /drafts/{id}/members/{person}/remove
pub async fn remove_member(
    State(state): State<WebState>,
    member: Member,
    Path((id, person)): Path<(DraftId, PersonId)>,
    Form(form): Form<PlainForm>,
) -> WebResult<Response> {
    let mut tried = Tried::on(&state, &member, id, form.page);
    let done = tried.change(Change::RemovePerson(person)).await;
    tried.answer(done, None).await
}

/// POST /drafts/{id}/members/remove: `person` comes once for each.
pub async fn remove_members(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> WebResult<Response> {
    change_chosen((&state, &member), id, &fields, Change::RemovePersons).await
}

/// Changes something for several people at once.
pub(super) async fn change_chosen(
    (state, member): (&WebState, &Member),
    id: DraftId,
    fields: &[(String, String)],
    change: fn(Vec<PersonId>) -> Change,
) -> WebResult<Response> {
    let (page, persons) = chosen_in(fields);
    let mut tried = Tried::on(state, member, id, page.unwrap_or_else(|| state.actions.clock.new_id()));
    let done = tried.change(change(persons)).await;
    tried.answer(done, None).await
}

/// Which open copy asks, and about whom.
pub(super) fn chosen_in(fields: &[(String, String)]) -> (Option<PageId>, Vec<PersonId>) {
    let page = fields.iter().find(|(name, _)| name == "page").and_then(|(_, value)| value.parse().ok());
    let persons = fields.iter().filter(|(name, _)| name == "person");
    (page, persons.filter_map(|(_, value)| value.parse().ok()).collect())
}

/// POST /drafts/{id}/files/{file}
pub async fn keep_file(
    State(state): State<WebState>,
    member: Member,
    Path((id, file)): Path<(DraftId, FileId)>,
    Form(form): Form<KeepForm>,
) -> WebResult<Response> {
    let mut tried = Tried::on(&state, &member, id, form.page);
    let done = tried.change(Change::KeepFile { file, kept: form.keep.is_some() }).await;
    tried.answer(done, None).await
}

/// POST /drafts/{id}/messages/{message}
pub async fn take_along(
    State(state): State<WebState>,
    member: Member,
    Path((id, message)): Path<(DraftId, MessageId)>,
    Form(form): Form<KeepForm>,
) -> WebResult<Response> {
    let mut tried = Tried::on(&state, &member, id, form.page);
    let done = tried.change(Change::TakeAlong { message, kept: form.keep.is_some() }).await;
    tried.answer(done, None).await
}

/// POST /drafts/{id}/confirm
pub async fn confirm(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<PlainForm>,
) -> WebResult<Response> {
    match state.actions.confirm_draft(editor(&member, form.page), id).await {
        Ok(group) if member.visit.wants_json => {
            Ok(Json(json!({ "go": format!("/groups/{group}") })).into_response())
        }
        Ok(group) => Ok(Redirect::to(&format!("/groups/{group}")).into_response()),
        Err(error) => Tried::on(&state, &member, id, form.page).answer(Err(error), None).await,
    }
}

/// POST /drafts/{id}/discard
pub async fn discard(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<PlainForm>,
) -> WebResult<Response> {
    let done = state.actions.discard_draft(&member.viewer, id).await;
    Tried::on(&state, &member, id, form.page).answer(done, None).await
}

/// POST /drafts/{id}/restore
pub async fn restore(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<DraftId>,
    Form(form): Form<PlainForm>,
) -> WebResult<Response> {
    let done = state.actions.restore_draft(&member.viewer, id).await;
    Tried::on(&state, &member, id, form.page).answer(done, None).await
}

impl Tried<'_> {
    pub(super) async fn change(&mut self, change: Change) -> Result<(), ActionError> {
        if matches!(change, Change::AddPersons(_) | Change::AddAddresses(_)) {
            let found = self.state.actions.get_draft(&self.member.viewer, self.id).await?;
            self.before = Some(found.members.into_iter().map(|one| one.person.id).collect());
        }
        let editor = editor(self.member, self.page);
        self.state.actions.change_draft(editor, self.id, change).await.map(|_| ())
    }

    /// Where a department or a list is looked at, if the field holds its name or its address; a script has offered it before.
    async fn set_page(&self, form: &AddForm) -> Result<Option<String>, ActionError> {
        let is_free = form.person.is_empty() && !self.member.visit.wants_json;
        let Some(name) = set_in(&form.who).filter(|_| is_free) else { return Ok(None) };
        let found = self.state.actions.find_people_set(&self.member.viewer, &name).await?;
        let to = |set| format!("/drafts/{}/members/from?page={}&{}", self.id, self.page, query_of(&set));
        Ok(found.map(to))
    }

    /// Whom the field means: somebody chosen, one or several addresses with or without names, or the only one of that
    /// name.
    async fn who(&self, form: &AddForm) -> Result<Change, ActionError> {
        if let Ok(person) = form.person.parse() {
            return Ok(Change::AddPerson(person));
        }
        let typed = form.who.trim();
        // As in a mail, with or without a name; marks that turn the writing direction are no part of one.
        if let Some([one]) = as_in_a_mail(typed).as_deref() {
            return Ok(Change::AddAddress { address: one.address.to_string(), name: one.name.clone() });
        }
        if typed.matches('@').count() > 1 {
            return Ok(Change::AddAddresses(addresses_in(typed)?));
        }
        if !typed.contains('@') {
            let found = self.state.actions.search_people(&self.member.viewer, typed, 2).await?;
            if let ([person], false) = (found.as_slice(), typed.is_empty()) {
                return Ok(Change::AddPerson(person.id));
            }
        }
        Ok(Change::AddAddress { address: typed.to_owned(), name: None })
    }
}
