//! Taking people from a file: looked at first, then taken.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};

use super::refused;
use crate::actions::directory::import::ImportSeen;
use crate::actions::directory::import_words::{ChangeWords, words};
use crate::domain::counted::Counted;
use crate::domain::ids::ImportId;
use crate::domain::import_preview::PersonChange;
use crate::domain::person::Entry;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

/// So many problems are shown.
const SHOWN: usize = 100;

#[derive(Template, WebTemplate)]
#[template(path = "admin/directory/import.html")]
pub struct ImportPage {
    pub view: View,
    pub seen: Option<SeenView>,
    /// Why nothing of the file can be used.
    pub problem: Option<String>,
    /// What was done.
    pub done: Option<String>,
}

/// What a file would do.
#[derive(Clone, Debug)]
pub struct SeenView {
    pub id: ImportId,
    pub people: usize,
    pub added: Counted<Comer>,
    /// Who changes, and who stays although the file says something else.
    pub kinds: Vec<Kind>,
    pub unchanged: usize,
    /// Who is left out, and why.
    pub refused: Counted<(String, String)>,
    pub problems: Vec<String>,
    pub more_problems: usize,
}

/// Somebody new: their name, and what else is said of them.
#[derive(Clone, Debug)]
pub struct Comer {
    pub name: String,
    pub words: String,
}

/// People to whom something alike would happen.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Names the heading.
    pub id: &'static str,
    pub heading: String,
    pub people: Counted<Changed>,
}

/// Somebody, and what would be different.
#[derive(Clone, Debug)]
pub struct Changed {
    pub name: String,
    pub address: String,
    pub rows: Vec<ChangeWords>,
}

/// GET /admin/directory/import
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<ImportPage> {
    state.actions.check_admin(&member.viewer)?;
    Ok(ImportPage { view: member.view(&state).await?, seen: None, problem: None, done: None })
}

/// POST /admin/directory/import: looks at a file.
pub async fn look(
    State(state): State<WebState>,
    member: Member,
    form: Result<Multipart, MultipartRejection>,
) -> WebResult<ImportPage> {
    // Before anything is said of the form: for others there is no such page.
    state.actions.check_admin(&member.viewer)?;
    let mut bytes = Vec::new();
    if let Ok(mut form) = form {
        while let Some(field) = form.next_field().await? {
            if field.name() == Some("file") {
                bytes = field.bytes().await?.to_vec();
            }
        }
    }
    let t = member.visit.texts();
    let (seen, problem) = match state.actions.look_at_import(&member.viewer, bytes).await? {
        Ok(seen) => (Some(SeenView::of(t, seen)), None),
        Err(error) => (None, Some(error.words(&t))),
    };
    Ok(ImportPage { view: member.view(&state).await?, seen, problem, done: None })
}

/// POST /admin/directory/import/{id}: takes the people of a file that was looked at.
pub async fn take(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<ImportId>,
) -> WebResult<ImportPage> {
    let done = state.actions.take_import(&member.viewer, id).await?;
    let counts = [("added", done.added), ("updated", done.updated), ("unchanged", done.unchanged)];
    let done = member.visit.texts().with("cli-import-done", &counts).into_owned();
    Ok(ImportPage { view: member.view(&state).await?, seen: None, problem: None, done: Some(done) })
}

impl SeenView {
    /// How many lines of the file something is said of.
    fn told(&self) -> usize {
        self.problems.len() + self.more_problems
    }

    pub fn of(t: Texts, seen: ImportSeen) -> Self {
        let preview = seen.preview;
        let kind = |id, key, told: Counted<PersonChange>| Kind {
            id,
            heading: t.with(key, &[("n", told.count)]).into_owned(),
            people: shown(told, |one| Changed::of(t, &one)),
        };
        let kinds = [
            kind("changed", "directory-changed", preview.changed),
            kind("overruled", "import-stay", preview.overruled),
        ];
        let hidden = seen.problems.len().saturating_sub(SHOWN);
        Self {
            id: seen.id,
            people: seen.people,
            added: shown(preview.added, |one| Comer::of(t, one)),
            kinds: kinds.into_iter().filter(|kind| kind.people.count > 0).collect(),
            unchanged: preview.unchanged,
            refused: shown(preview.refused, |one| refused(t, &one)),
            problems: seen.problems.iter().take(SHOWN).map(|problem| problem.words(&t)).collect(),
            more_problems: seen.more_problems + hidden,
        }
    }
}

fn shown<T, U>(told: Counted<T>, view: impl Fn(T) -> U) -> Counted<U> {
    Counted { count: told.count, first: told.first.into_iter().map(view).collect() }
}

impl Comer {
    fn of(t: Texts, entry: Entry) -> Self {
        let addresses = entry.addresses.iter().map(ToString::to_string);
        let rest = entry.phones.into_iter().chain([entry.department, entry.position]);
        let picture = entry.photo.map(|_| t.get("import-picture").into_owned());
        let words: Vec<String> =
            addresses.chain(rest).chain(picture).filter(|word| !word.is_empty()).collect();
        Self { name: entry.full_name, words: words.join(" · ") }
    }
}

impl Changed {
    fn of(t: Texts, change: &PersonChange) -> Self {
        Self {
            name: change.name.clone(),
            address: change.address.clone(),
            rows: change.changes.iter().map(|one| words(t, one)).collect(),
        }
    }
}
