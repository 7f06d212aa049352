//! What admins do with mails of the ledger: with one, with those that are ticked, or with all that the filters find.

use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Redirect;
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;

use super::filter::{Filter, Typed};
use super::found;
use crate::actions::ledger::{Act, Acted, MOST_AT_ONCE};
use crate::actions::mails::Release;
use crate::domain::ids::{DeliveryId, GroupId, MailId};
use crate::web::error::{Trouble, WebResult};
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WantedAct {
    Run,
    Retry,
    Drop,
}

#[derive(Debug, Deserialize)]
pub struct ActForm {
    act: WantedAct,
    /// The ids of the chosen ones.
    #[serde(default)]
    mail: Vec<Uuid>,
    /// Mails out are meant.
    out: Option<String>,
    /// All that the filters find, too.
    all: Option<String>,
    /// The filters.
    #[serde(default)]
    asked: String,
    /// It was done on the mail's own page.
    one: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct ReleaseForm {
    /// `None` for a draft.
    group: Option<GroupId>,
}

/// POST /admin/ledger/acts
pub async fn act(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<ActForm>,
) -> WebResult<Redirect> {
    let mut typed = typed_of(&form.asked)?;
    typed.out.clone_from(&form.out);
    let mut ids = form.mail;
    if form.all.is_some() {
        let filter =
            Filter::of(member.visit.texts(), typed.clone(), (&state.actions, &member.viewer)).await?;
        let most = i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX);
        let rows = found(&state, &member, (&filter, most)).await?;
        ids.extend(rows.into_iter().filter(|row| row.can_be_chosen).map(|row| row.id));
        ids.sort_unstable();
        ids.dedup();
        ids.truncate(MOST_AT_ONCE);
    }
    let (act, name) = match form.act {
        WantedAct::Run => (Act::RunAgain, "run"),
        WantedAct::Retry => (Act::Retry, "retry"),
        WantedAct::Drop => (Act::Drop, "drop"),
    };
    let own = own_page(form.out.is_some(), &ids).filter(|_| form.one.is_some());
    let Acted { done, left } = if form.out.is_some() {
        let ids = ids.into_iter().map(DeliveryId::from).collect();
        state.actions.act_on_deliveries(&member.viewer, act, ids).await?
    } else {
        state.actions.act_on_mails(&member.viewer, act, ids.into_iter().map(MailId::from).collect()).await?
    };
    let back = own.unwrap_or_else(|| typed.url(&format!("done={name}&n={done}&left={left}")));
    Ok(Redirect::to(&back))
}

/// The one mail's own page.
fn own_page(out: bool, ids: &[Uuid]) -> Option<String> {
    let [id] = ids else { return None };
    Some(format!("/admin/ledger/{}/{id}", if out { "deliveries" } else { "mails" }))
}

/// The filters as a form hands them back.
fn typed_of(asked: &str) -> WebResult<Typed> {
    let uri: Uri = format!("/?{asked}").parse().map_err(|_| Trouble::Unreadable)?;
    let Query(typed) = Query::<Typed>::try_from_uri(&uri).map_err(|_| Trouble::Unreadable)?;
    Ok(typed)
}

/// POST /admin/ledger/{mail}/run
pub async fn run_again(
    State(state): State<WebState>,
    member: Member,
    Path(mail): Path<MailId>,
) -> WebResult<Redirect> {
    state.actions.run_again(&member.viewer, mail).await?;
    Ok(Redirect::to("/admin/ledger?done=run&n=1"))
}

/// POST /admin/ledger/mails/{mail}/release
pub async fn release(
    State(state): State<WebState>,
    member: Member,
    Path(mail): Path<MailId>,
    Form(form): Form<ReleaseForm>,
) -> WebResult<Redirect> {
    let to = form.group.map_or(Release::Draft, Release::Group);
    state.actions.release_mail(&member.viewer, mail, to).await?;
    Ok(Redirect::to(&format!("/admin/ledger/mails/{mail}?done=release")))
}
