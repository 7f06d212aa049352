//! A group's settings: what it is, and how one has it for oneself. Each section has its own form.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::State;
use axum::response::{Redirect, Response};
use serde::Deserialize;

use super::Panel;
use super::notices::{self, Choice};
use crate::actions::notices::GroupNotices;
use crate::actions::receipts::ReceiptsInGroup;
use crate::domain::cadence::Cadence;
use crate::domain::group::{Adding, Group, Muting, Role};
use crate::domain::ids::GroupId;
use crate::domain::quoted::Quoted;
use crate::domain::receipt::ReceiptPolicy;
use crate::domain::retention::{Keeping, MOST_DAYS};
use crate::texts::Texts;
use crate::web::cadence::{CadenceForm, choices};
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::own_troubles::Troubles;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Template)]
#[template(path = "panels/_settings.html")]
struct Settings<'a> {
    t: Texts,
    group: &'a Group,
    /// Empty if they have left.
    begun_by: String,
    /// The group's address for members.
    link: String,
    notices: GroupNotices,
    receipts: ReceiptsInGroup,
    own: Role,
    muting: Muting,
    cadence: Cadence,
    quoted: Quoted,
    /// What went wrong with one's own mails here.
    troubles: Option<Troubles>,
    keeping: Keeping,
    /// Whether the company lets shares be opened by their link alone.
    share_links: bool,
}

#[derive(Debug, Deserialize)]
pub struct TopicForm {
    topic: String,
}

#[derive(Debug, Deserialize)]
pub struct AddingForm {
    adding: Adding,
}

#[derive(Debug, Deserialize)]
pub struct SharingForm {
    outside: bool,
}

#[derive(Debug, Deserialize)]
pub struct RetentionForm {
    /// Empty for as the house does.
    #[serde(default)]
    days: String,
}

#[derive(Debug, Deserialize)]
pub struct MutingForm {
    muting: Muting,
}

impl HtmlSafe for Settings<'_> {}

impl Settings<'_> {
    fn cadences(&self) -> [(Cadence, bool); 5] {
        choices(self.cadence)
    }

    fn choices(&self) -> Vec<Choice> {
        notices::choices(self.t, self.notices)
    }

    fn receipt_policies(&self) -> [ReceiptPolicy; 3] {
        ReceiptPolicy::ALL
    }
}

/// GET /groups/{id}/settings
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Response> {
    let found = state.actions.get_group(&member.viewer, id).await?;
    let beginner = found.members.iter().find(|line| line.person.id == found.group.created_by);
    let body = Settings {
        t: member.visit.texts(),
        group: &found.group,
        begun_by: beginner.map_or(String::new(), |line| line.person.full_name.clone()),
        receipts: state.actions.receipts_in_group(&member.viewer, id).await?,
        link: state.actions.settings.public_url.join(&format!("/groups/{id}")),
        notices: state.actions.get_group_notices(&member.viewer, id).await?,
        own: found.own.role,
        muting: found.own.muting,
        cadence: found.own.cadence,
        quoted: found.own.quoted,
        troubles: Troubles::of(
            member.visit.texts(),
            &state.actions.own_mail_troubles(&member.viewer, Some(id)).await?,
            3,
        ),
        keeping: state.actions.keeping(&member.viewer, id).await?,
        share_links: state.actions.policy().share_links,
    };
    super::show(&state, &member, (Panel::Settings, &found.group), body).await
}

/// POST /groups/{id}/topic
pub async fn topic(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<TopicForm>,
) -> WebResult<Redirect> {
    state.actions.set_topic(&member.viewer, id, &form.topic).await?;
    Ok(back(id))
}

/// POST /groups/{id}/adding
pub async fn adding(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<AddingForm>,
) -> WebResult<Redirect> {
    state.actions.set_adding(&member.viewer, id, form.adding).await?;
    Ok(back(id))
}

/// POST /groups/{id}/sharing
pub async fn sharing(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<SharingForm>,
) -> WebResult<Redirect> {
    state.actions.set_outside_sharing(&member.viewer, id, form.outside).await?;
    Ok(back(id))
}

/// POST /groups/{id}/retention
pub async fn retention(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<RetentionForm>,
) -> WebResult<Redirect> {
    // What is no number is no number of days: the page says which there are.
    let typed = form.days.trim();
    let days = (!typed.is_empty()).then(|| typed.parse().unwrap_or(0));
    state.actions.set_retention(&member.viewer, id, days).await?;
    Ok(back(id))
}

/// POST /groups/{id}/muting
pub async fn muting(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<MutingForm>,
) -> WebResult<Redirect> {
    state.actions.set_muting(&member.viewer, id, form.muting).await?;
    Ok(back(id))
}

/// POST /groups/{id}/cadence
pub async fn cadence(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Form(form): Form<CadenceForm>,
) -> WebResult<Redirect> {
    state.actions.choose_mails(&member.viewer, id, form.choice()).await?;
    Ok(back(id))
}

/// POST /groups/{id}/leave
pub async fn leave(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
) -> WebResult<Redirect> {
    state.actions.leave_group(&member.viewer, id).await?;
    Ok(Redirect::to("/"))
}

fn back(id: GroupId) -> Redirect {
    Redirect::to(&format!("/groups/{id}/settings"))
}

impl Settings<'_> {
    fn own_days(&self) -> String {
        self.keeping.own.map(|days| days.to_string()).unwrap_or_default()
    }
    fn most_days(&self) -> i64 {
        self.keeping.house.unwrap_or(MOST_DAYS)
    }
    fn owns(&self) -> bool {
        self.own == Role::Owner
    }
    fn owners_add(&self) -> bool {
        self.group.adding == Adding::Owners
    }
    /// Value, the key of its words, and whether it is so now.
    fn mutings(&self) -> [(&'static str, &'static str, bool); 2] {
        [Muting::Off, Muting::Muted].map(|muting| {
            let (value, key) = match muting {
                Muting::Off => ("off", "muting-off"),
                Muting::Muted => ("muted", "muting-muted"),
            };
            (value, key, muting == self.muting)
        })
    }
}
