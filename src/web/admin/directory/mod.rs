//! Directories: what came of reading each source, and reading one now.

pub mod import;
pub mod person;

use askama::Template;
use askama_web::WebTemplate;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Redirect;
use serde::Deserialize;

use crate::actions::directory::pages::SourceSeen;
use crate::actions::directory::words::{TroubleWords, why, words};
use crate::actions::directory::{Directories, Source};
use crate::domain::directory_sync::{Hitch, Names, Refused, Sync, SyncOutcome, SyncReport};
use crate::domain::person::Person;
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// So many people are found at once.
const FOUND: i64 = 20;

/// All sources.
#[derive(Template, WebTemplate)]
#[template(path = "admin/directory/page.html")]
pub struct DirectoryPage {
    pub view: View,
    pub sources: Vec<SourceRow>,
    /// What was looked for, and who was found.
    pub query: String,
    pub people: Vec<Person>,
}

/// One source.
#[derive(Clone, Debug)]
pub struct SourceRow {
    pub name: String,
    /// What it is and where, such as `LDAP · ldap.corp.example`.
    pub place: String,
    pub people: i64,
    pub is_running: bool,
    pub next_at: Option<Timestamp>,
    /// The last time, if there was one.
    pub last: Option<SyncRow>,
    pub earlier: Vec<SyncRow>,
    /// When it was read well the last time, if that is not `last`.
    pub well_at: Option<Timestamp>,
}

/// One time that it was read.
#[derive(Clone, Debug)]
pub struct SyncRow {
    pub at: Timestamp,
    /// In one sentence.
    pub summary: String,
    pub trouble: Option<TroubleWords>,
    /// It is not believed: an admin can say that it is right.
    pub is_doubted: bool,
    /// Kinds of change with names.
    pub names: Vec<(String, String)>,
    /// Who was left out, and why.
    pub refused: Vec<(String, String)>,
    pub more_refused: usize,
}

#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Debug, Deserialize)]
pub struct SyncForm {
    /// Few people are right this once.
    fewer: Option<String>,
}

/// GET /admin/directory
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Query(asked): Query<Asked>,
) -> WebResult<DirectoryPage> {
    let (actions, t) = (&state.actions, member.visit.texts());
    let seen = actions.list_directories(&member.viewer).await?;
    let query = asked.q.trim().to_owned();
    let people = match query.is_empty() {
        true => Vec::new(),
        false => actions.search_everybody(&member.viewer, &query, FOUND).await?,
    };
    Ok(DirectoryPage {
        view: member.view(&state).await?,
        sources: rows(t, &actions.directories, seen),
        query,
        people,
    })
}

/// POST /admin/directory/sources/{name}/sync
pub async fn sync(
    State(state): State<WebState>,
    member: Member,
    Path(name): Path<String>,
    Form(form): Form<SyncForm>,
) -> WebResult<Redirect> {
    state.actions.ask_sync(&member.viewer, &name, form.fewer.is_some()).await?;
    Ok(Redirect::to("/admin/directory"))
}

fn rows(t: Texts, directories: &Directories, seen: Vec<SourceSeen>) -> Vec<SourceRow> {
    let row = |seen: SourceSeen| directories.find(&seen.name).map(|source| SourceRow::of(t, source, seen));
    seen.into_iter().filter_map(row).collect()
}

impl SourceRow {
    /// A source in its reader's language.
    pub fn of(t: Texts, source: &Source, seen: SourceSeen) -> Self {
        let well = |sync: &&Sync| matches!(sync.outcome, SyncOutcome::Done(_));
        let well_at = seen.syncs.iter().skip(1).find(well).map(|sync| sync.begun_at);
        let mut syncs = seen.syncs.iter().map(|sync| SyncRow::of(t, source, sync));
        let last = syncs.next();
        Self {
            name: seen.name.clone(),
            place: source.words(),
            people: seen.people,
            is_running: seen.is_running,
            next_at: seen.next_at,
            well_at: well_at.filter(|_| last.as_ref().is_some_and(|last| last.trouble.is_some())),
            earlier: syncs.collect(),
            last,
        }
    }
}

impl SyncRow {
    fn of(t: Texts, source: &Source, sync: &Sync) -> Self {
        let seconds = format!("{:.1}", sync.took_ms as f64 / 1000.0);
        let mut row = Self {
            at: sync.begun_at,
            summary: String::new(),
            trouble: None,
            is_doubted: false,
            names: Vec::new(),
            refused: Vec::new(),
            more_refused: 0,
        };
        match &sync.outcome {
            SyncOutcome::Done(report) => {
                row.summary = summary(t, report, &seconds);
                if report.lists > 0 {
                    let lists = t.with("directory-lists-changed", &[("n", report.lists)]);
                    row.summary = format!("{} {lists}", row.summary);
                }
                row.names = names(t, report);
                row.refused = report.refused.iter().map(|one| refused(t, one)).collect();
                row.more_refused = report.more_refused;
            }
            SyncOutcome::Stopped(trouble) => {
                row.is_doubted = trouble.hitch == Hitch::Fewer;
                row.summary = t.get("directory-stopped").into_owned();
                row.trouble = Some(words(t, trouble, source));
            }
        }
        row
    }
}

fn summary(t: Texts, report: &SyncReport, seconds: &str) -> String {
    let key = if report.full { "directory-read-all" } else { "directory-read-changes" };
    let counts = [
        ("found", report.found.to_string()),
        ("added", report.added.count.to_string()),
        ("changed", report.changed.count.to_string()),
        ("departed", report.departed.count.to_string()),
        ("returned", report.returned.count.to_string()),
        ("refused", report.refused_count().to_string()),
        ("seconds", seconds.to_owned()),
    ];
    t.with(key, &counts).into_owned()
}

fn names(t: Texts, report: &SyncReport) -> Vec<(String, String)> {
    let kinds = [
        ("directory-added", &report.added),
        ("directory-changed", &report.changed),
        ("directory-departed", &report.departed),
        ("directory-returned", &report.returned),
    ];
    let some = kinds.into_iter().filter(|(_, names)| names.count > 0);
    some.map(|(key, names)| (t.with(key, &[("n", names.count)]).into_owned(), listed(t, names))).collect()
}

/// Names, and how many more there are.
fn listed(t: Texts, names: &Names) -> String {
    let mut words = names.first.join(t.get("directory-comma").as_ref());
    if names.more() > 0 {
        let more = t.with("directory-more", &[("n", names.more())]);
        words = format!("{words} {more}");
    }
    words
}

fn refused(t: Texts, refused: &Refused) -> (String, String) {
    (refused.who.clone(), why(t, refused))
}
