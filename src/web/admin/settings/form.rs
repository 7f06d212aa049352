//! One section: looked at, changed, tried and kept.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::fields::{Field, Input};
use super::history::SaveRow;
use super::{MANY, Now, SettingsDesk, desk, find, guard, title};
use crate::actions::kept_settings::Saving;
use crate::config::check::check_section;
use crate::config::{From, Kind, SETTINGS, SettingSeen, is_section_name};
use crate::domain::kept::{Change, Save};
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome};
use crate::web::admin::check::StepRow;
use crate::web::error::{Trouble, WebResult, form_urlencoded};
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// The settings of one section.
#[derive(Template, WebTemplate)]
#[template(path = "admin/settings/form.html")]
pub struct SettingsForm {
    pub view: View,
    pub section: String,
    pub title: String,
    pub fields: Vec<Field>,
    /// The last save that whoever fills in the form has seen.
    pub seen: i64,
    /// It is one of several, and kept here: it can be removed.
    pub removable: bool,
    pub notice: Option<Notice>,
    /// What was tried, where something of it does not work.
    pub steps: Vec<CheckStep>,
    /// What others changed while the form was filled in.
    pub meanwhile: Vec<SaveRow>,
    /// Whether the accounts that sign in by what stands here are said on the pages of others.
    pub of_accounts: bool,
    /// What the button says that looks for the servers of the mail address, where there is one.
    pub find: Option<String>,
}

/// What came of a form.
#[derive(Clone, Debug)]
pub struct Notice {
    pub good: bool,
    pub words: String,
    /// Beside what is marked at the fields.
    pub more: Vec<String>,
}

impl Notice {
    pub(in crate::web) fn new(good: bool, words: impl Into<String>) -> Self {
        Self { good, words: words.into(), more: Vec::new() }
    }
}

#[derive(Debug, Default, Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// What a form brings: the settings by their names, and what is to be done.
pub(in crate::web) type Typed = BTreeMap<String, String>;

/// POST /admin/settings/new: leads to the form of a section that is not there yet.
pub async fn begin(
    State(state): State<WebState>,
    member: Member,
    Form(typed): Form<Typed>,
) -> WebResult<Redirect> {
    desk(&state, &member)?;
    let field = |name: &str| typed.get(name).map_or("", |text| text.trim()).to_owned();
    let (kind, name) = (field("kind"), field("name").to_lowercase());
    if MANY.iter().any(|(known, _)| *known == kind) && is_section_name(&name) {
        return Ok(Redirect::to(&format!("/admin/settings/{kind}.{name}")));
    }
    let (kind, name) = (form_urlencoded(&kind), form_urlencoded(&name));
    Ok(Redirect::to(&format!("/admin/settings?kind={kind}&name={name}#add")))
}

/// GET /admin/settings/{section}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(section): Path<String>,
    Query(done): Query<Done>,
) -> WebResult<SettingsForm> {
    let now = desk(&state, &member)?.now(&state).await?;
    let t = member.visit.texts();
    let mut form = SettingsForm::of(&state, &member, &section, &now).await?;
    form.notice = match done.done.as_deref() {
        Some("saved") => Some(Notice::new(true, t.get("settings-saved"))),
        Some("unchanged") => Some(Notice::new(true, t.get("settings-unchanged"))),
        _ => None,
    };
    Ok(form)
}

/// POST /admin/settings/{section}: keeps what was typed when it is well-formed and works; what does not work, when the admin
/// says so.
pub async fn save(
    State(state): State<WebState>,
    member: Member,
    Path(section): Path<String>,
    Form(typed): Form<Typed>,
) -> WebResult<Response> {
    let (desk, t) = (desk(&state, &member)?, member.visit.texts());
    let now = desk.now(&state).await?;
    let mut form = SettingsForm::of(&state, &member, &section, &now).await?;
    if typed.contains_key("find") {
        form.take(&settings_of(desk, &section, &now), &typed);
        find::fill(&mut form, desk, &now, &state.actions.settings.internal_networks).await;
        return Ok(form.into_response());
    }
    let removes = typed.contains_key("remove");
    let changes = if removes {
        removals(&section, &now)
    } else {
        form.take(&settings_of(desk, &section, &now), &typed)
    };
    let mut problems = desk.problems(t, &now.kept, &changes);
    if !removes {
        problems.extend(guard::problems(t, &now, &section, &changes));
    }
    form.mark(problems, t);
    if form.notice.is_some() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, form).into_response());
    }
    let differs = |change: &Change| now.kept.0.get(&change.name) != change.text.as_ref();
    if !removes && !typed.contains_key("anyway") && changes.iter().any(differs) {
        form.steps = try_out(desk, &state, (&section, &now, &changes), t).await;
        if form.steps.iter().any(|step| step.outcome == Outcome::Failed) {
            form.notice = Some(Notice::new(false, t.get("settings-steps-failed")));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, form).into_response());
        }
    }
    let seen = typed.get("seen").and_then(|number| number.parse().ok()).unwrap_or(now.last);
    match state.actions.keep_settings(&member.viewer, changes, seen).await? {
        Saving::Meanwhile(saves) => {
            form.meet(t, saves);
            Ok((StatusCode::CONFLICT, form).into_response())
        }
        Saving::Unchanged => Ok(done(&section, "unchanged")),
        Saving::Saved => match desk.renewals.ask().await {
            Ok(()) if removes => Ok(Redirect::to("/admin/settings").into_response()),
            Ok(()) => Ok(done(&section, "saved")),
            Err(why) => {
                let now = desk.now(&state).await?;
                let mut form = SettingsForm::of(&state, &member, &section, &now).await?;
                let words = t.with("settings-not-taken", &[("why", why.as_str())]);
                form.notice = Some(Notice::new(false, words));
                Ok((StatusCode::INTERNAL_SERVER_ERROR, form).into_response())
            }
        },
    }
}

fn done(section: &str, what: &str) -> Response {
    Redirect::to(&format!("/admin/settings/{section}?done={what}")).into_response()
}

/// Everything that is kept of a section goes.
fn removals(section: &str, now: &Now) -> Vec<Change> {
    let own = now.seen.iter().filter(|one| one.setting.section() == section && one.from == From::Page);
    own.map(|one| Change { name: one.setting.name.to_string(), secret: one.setting.secret, text: None })
        .collect()
}

/// Tries what a section names, as it would be.
async fn try_out(
    desk: &SettingsDesk,
    state: &WebState,
    (section, now, changes): (&str, &Now, &[Change]),
    t: Texts,
) -> Vec<CheckStep> {
    match desk.origin.config(&now.kept.clone().after(changes)) {
        Ok(config) => {
            state.actions.look_after(config.oauth.as_ref());
            check_section(&config, section, &state.actions.clock, t).await
        }
        Err(_) => Vec::new(),
    }
}

/// The settings that a section has, or can have when it is not there yet.
fn settings_of(desk: &SettingsDesk, section: &str, now: &Now) -> Vec<SettingSeen> {
    let own = |seen: &[SettingSeen]| -> Vec<SettingSeen> {
        seen.iter().filter(|one| one.setting.section() == section).cloned().collect()
    };
    let there = own(&now.seen);
    let Some((kind, name)) = section.split_once('.').filter(|_| there.is_empty()) else { return there };
    let of_kind = SETTINGS.iter().find(|one| one.section() == format!("{kind}.NAME"));
    let Some(first) = of_kind.filter(|_| is_section_name(name)).map(|one| one.of(name)) else { return there };
    // As if its first setting stood there.
    let change = Change { name: first.name.to_string(), secret: first.secret, text: Some(String::new()) };
    let mut own = own(&desk.origin.list(&now.kept.clone().after(&[change])));
    for one in own.iter_mut().filter(|one| one.setting == first) {
        (one.text, one.from) = (None, From::Nowhere);
    }
    own
}

impl SettingsForm {
    async fn of(state: &WebState, member: &Member, section: &str, now: &Now) -> WebResult<Self> {
        let desk = desk(state, member)?;
        let own = settings_of(desk, section, now);
        if own.is_empty() {
            return Err(Trouble::NotFound.into());
        }
        let t = member.visit.texts();
        let removable = section.contains('.') && own.iter().any(|one| one.from == From::Page);
        Ok(Self {
            view: member.view(state).await?,
            section: section.to_owned(),
            title: title(t, section),
            fields: own.iter().map(|one| Field::of(t, one)).collect(),
            seen: now.last,
            removable,
            notice: None,
            steps: Vec::new(),
            meanwhile: Vec::new(),
            of_accounts: section == "oauth",
            find: find::label(section, now, t),
        })
    }

    pub fn has_open_fields(&self) -> bool {
        self.fields.iter().any(|field| !field.is_fixed())
    }

    /// Puts what was typed into the fields, and gives what it would change.
    fn take(&mut self, own: &[SettingSeen], typed: &Typed) -> Vec<Change> {
        take(&mut self.fields, own, typed)
    }

    fn mark(&mut self, problems: Vec<(String, String)>, t: Texts) {
        self.notice = mark(&mut self.fields, problems, t);
    }

    /// Somebody else was here: what they made of it; the next time, what is typed here wins.
    fn meet(&mut self, t: Texts, saves: Vec<Save>) {
        let somebody = t.get("settings-somebody").into_owned();
        let who =
            saves.first().map(|save| save.who.clone()).filter(|who| !who.is_empty()).unwrap_or(somebody);
        self.seen = saves.iter().map(|save| save.number).max().unwrap_or(self.seen);
        self.notice = Some(Notice::new(false, t.with("settings-meanwhile", &[("who", who.as_str())])));
        self.meanwhile = saves.into_iter().map(|save| SaveRow::of(t, save)).collect();
    }
}

/// Puts what was typed into fields, and gives what it would change.
pub(in crate::web) fn take(fields: &mut [Field], own: &[SettingSeen], typed: &Typed) -> Vec<Change> {
    let mut changes = Vec::new();
    for field in fields {
        let Some(text) = typed.get(&field.name).filter(|_| !field.is_fixed()) else { continue };
        let setting = own.iter().map(|one| &one.setting).find(|one| *one.name == *field.name);
        let Some(setting) = setting else { continue };
        let text = match setting.kind {
            Kind::Lines => text.replace("\r\n", "\n").trim().to_owned(),
            _ if setting.secret => text.clone(),
            _ => plain(text.trim()),
        };
        let forgets = typed.contains_key(&format!("forget.{}", field.name));
        if setting.secret && text.is_empty() && !forgets {
            continue;
        }
        if setting.secret {
            field.again = !text.is_empty();
        } else {
            field.text.clone_from(&text);
        }
        let text = Some(text).filter(|text| !text.is_empty() && !forgets);
        changes.push(Change { name: field.name.clone(), secret: setting.secret, text });
    }
    changes
}

/// Puts what is wrong at its fields, and what belongs to none in a notice above them.
pub(in crate::web) fn mark(
    fields: &mut [Field],
    problems: Vec<(String, String)>,
    t: Texts,
) -> Option<Notice> {
    if problems.is_empty() {
        return None;
    }
    let mut notice = Notice::new(false, t.get("settings-wrong"));
    for (name, words) in problems {
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.problem = Some(words),
            None => notice.more.push(words),
        }
    }
    Some(notice)
}

/// A list as the file has it, as a list with commas.
fn plain(text: &str) -> String {
    let list = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|_| text.contains('"'));
    list.map_or_else(|| text.to_owned(), |list| list.replace('"', "").trim().to_owned())
}
