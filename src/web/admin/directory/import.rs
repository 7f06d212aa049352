//! Taking people from a file: looked at first, then taken.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};

use super::listed;
use crate::actions::directory::import::ImportSeen;
use crate::domain::directory_sync::Names;
use crate::domain::ids::ImportId;
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
    /// Kinds of change with names.
    pub kinds: Vec<(String, String)>,
    pub unchanged: usize,
    pub problems: Vec<String>,
    pub more_problems: usize,
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
    pub fn of(t: Texts, seen: ImportSeen) -> Self {
        let named = |key, names: &Names| (t.with(key, &[("n", names.count)]).into_owned(), listed(t, names));
        let unchanged = seen.people.saturating_sub(seen.added.count + seen.changed.count);
        let hidden = seen.problems.len().saturating_sub(SHOWN);
        Self {
            id: seen.id,
            people: seen.people,
            kinds: vec![named("directory-added", &seen.added), named("directory-changed", &seen.changed)],
            unchanged,
            problems: seen.problems.iter().take(SHOWN).map(|problem| problem.words(&t)).collect(),
            more_problems: seen.more_problems + hidden,
        }
    }
}
