//! Settings: which there are, where each comes from, and those that admins keep.

mod fields;
pub(in crate::web) mod find;
pub mod form;
mod guard;
pub mod history;

use std::collections::BTreeSet;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use serde::Deserialize;

pub use self::fields::{Field, Input};
use crate::config::renewal::Renewals;
use crate::config::{From, Kind, Origin, SETTINGS, SettingSeen};
use crate::domain::kept::{Change, Kept};
use crate::texts::Texts;
use crate::web::error::{Trouble, WebResult};
use crate::web::filters;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// Sections of which there can be several: what stands before their name, and the text on the button that adds one.
const MANY: [(&str, &str); 3] = [
    ("account", "settings-add-account"),
    ("provider", "settings-add-provider"),
    ("directory", "settings-add-directory"),
];

/// What the pages of settings work with. Cheap enough to clone.
#[derive(Clone, Debug)]
pub struct SettingsDesk {
    pub origin: Origin,
    pub renewals: Renewals,
}

/// All sections.
#[derive(Template, WebTemplate)]
#[template(path = "admin/settings/page.html")]
pub struct SettingsPage {
    pub view: View,
    pub sections: Vec<Section>,
    /// Which kinds can be added, with the words for it, and what was wrong with a name that was typed.
    pub adding: Vec<Adding>,
}

/// One section in short.
#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    pub title: String,
    /// There is something that can be changed here.
    pub open: bool,
    /// Those that are not as usual.
    pub given: Vec<Field>,
}

/// A kind of section of which there can be several.
#[derive(Clone, Debug)]
pub struct Adding {
    pub kind: &'static str,
    pub words: String,
    pub typed: String,
    pub problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub struct NewSection {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    name: String,
}

/// What is set now.
struct Now {
    kept: Kept,
    /// The number of the last save.
    last: i64,
    seen: Vec<SettingSeen>,
}

/// The desk, for admins only.
fn desk<'s>(state: &'s WebState, member: &Member) -> WebResult<&'s SettingsDesk> {
    state.actions.check_admin(&member.viewer)?;
    Ok(state.settings.as_ref().ok_or(Trouble::NotFound)?)
}

impl SettingsDesk {
    async fn now(&self, state: &WebState) -> WebResult<Now> {
        let (kept, last) = state.actions.kept_settings().await?;
        let seen = self.origin.list(&kept);
        Ok(Now { kept, last, seen })
    }

    /// What is wrong when these changes are made, by the name of the setting. Empty if they can be.
    fn problems(&self, t: Texts, kept: &Kept, changes: &[Change]) -> Vec<(String, String)> {
        match self.origin.config(&kept.clone().after(changes)) {
            Ok(_) => Vec::new(),
            Err(error) => error.problems.iter().map(|one| (one.name.clone(), one.words(&t))).collect(),
        }
    }
}

/// GET /admin/settings
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Query(new): Query<NewSection>,
) -> WebResult<SettingsPage> {
    let now = desk(&state, &member)?.now(&state).await?;
    let t = member.visit.texts();
    let adding = MANY.iter().map(|(kind, words)| {
        let is_it = new.kind == *kind;
        Adding {
            kind,
            words: t.get(words).into_owned(),
            typed: if is_it { new.name.clone() } else { String::new() },
            problem: is_it.then(|| t.get("settings-name-problem").into_owned()),
        }
    });
    Ok(SettingsPage {
        view: member.view(&state).await?,
        sections: sections(t, &now.seen),
        adding: adding.collect(),
    })
}

/// Those that have a name where the first of them would stand.
pub fn sections(t: Texts, seen: &[SettingSeen]) -> Vec<Section> {
    let mut done = BTreeSet::new();
    let mut all = Vec::new();
    for one in SETTINGS {
        let (kind, name) =
            one.section().split_once(".NAME").map_or((one.section(), None), |(k, n)| (k, Some(n)));
        if name.is_none() {
            if done.insert(kind.to_owned()) {
                all.push(section(t, kind, seen));
            }
            continue;
        }
        let start = format!("{kind}.");
        let named =
            seen.iter().map(|one| one.setting.section()).filter(|section| section.starts_with(&start));
        for name in named {
            if done.insert(name.to_owned()) {
                all.push(section(t, name, seen));
            }
        }
    }
    all
}

fn section(t: Texts, name: &str, seen: &[SettingSeen]) -> Section {
    let own = seen.iter().filter(|one| one.setting.section() == name);
    let given = own.clone().filter(|one| one.from != From::Nowhere);
    Section {
        name: name.to_owned(),
        title: title(t, name),
        open: own.clone().any(|one| one.setting.kind != Kind::Start),
        given: given.map(|one| Field::of(t, one)).collect(),
    }
}

/// What a section is called, such as `Directory: staff`.
pub fn title(t: Texts, section: &str) -> String {
    let (kind, name) = section.split_once('.').map_or((section, None), |(kind, name)| (kind, Some(name)));
    let kind = t.get(&format!("settings-section-{}", kind.replace('_', "-"))).into_owned();
    match name {
        Some(name) => format!("{kind}: {name}"),
        None => kind,
    }
}
