//! One person, and which source says what of them.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;

use crate::actions::directory::pages::PersonSeen;
use crate::domain::directory::{IMPORT, MAIL, Word};
use crate::domain::ids::PersonId;
use crate::domain::person::{Entry, Person};
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::filters;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::view::View;
use crate::web::visit::Member;

#[derive(Template, WebTemplate)]
#[template(path = "admin/directory/person.html")]
pub struct PersonPage {
    pub view: View,
    pub person: Person,
    pub manager: Option<Person>,
    pub fields: Vec<FieldRow>,
    /// The names of the sources, as columns.
    pub sources: Vec<SourceHead>,
}

/// A source above its column.
#[derive(Clone, Debug)]
pub struct SourceHead {
    pub name: String,
    /// They are gone from it.
    pub departed: bool,
}

/// One thing that is known, and what each source says of it.
#[derive(Clone, Debug)]
pub struct FieldRow {
    pub name: String,
    pub value: String,
    /// What each source says, and whether it is believed.
    pub said: Vec<(String, bool)>,
}

/// GET /admin/directory/people/{person}
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<PersonId>,
) -> WebResult<PersonPage> {
    let seen = state.actions.get_person(&member.viewer, id).await?;
    Ok(PersonPage::of(member.view(&state).await?, seen))
}

impl PersonPage {
    pub fn of(view: View, seen: PersonSeen) -> Self {
        let t = view.t;
        let sources = seen
            .words
            .iter()
            .map(|word| SourceHead { name: source_name(t, &word.source), departed: word.departed })
            .collect();
        Self { fields: fields(t, &seen), sources, person: seen.person, manager: seen.manager, view }
    }
}

fn fields(t: Texts, seen: &PersonSeen) -> Vec<FieldRow> {
    let (person, merged) = (&seen.person, &seen.merged);
    let joined = |all: &[String]| all.join(", ");
    let addresses =
        |entry: &Entry| joined(&entry.addresses.iter().map(ToString::to_string).collect::<Vec<_>>());
    let counts = |word: &Word| !word.departed || merged.departed;
    let row = |key: &str, value: String, of: Option<usize>, says: &dyn Fn(&Entry) -> String| FieldRow {
        name: t.get(key).into_owned(),
        value,
        said: seen
            .words
            .iter()
            .enumerate()
            // Of several values those of all sources count.
            .map(|(at, word)| (says(&word.said.entry), of.map_or(counts(word), |of| of == at)))
            .collect(),
    };
    let nobody = usize::MAX;
    let own = person.addresses.iter().map(ToString::to_string).collect::<Vec<_>>();
    vec![
        row("directory-name", person.full_name.clone(), merged.name_of.or(Some(nobody)), &|entry| {
            entry.full_name.clone()
        }),
        row("directory-addresses", joined(&own), None, &addresses),
        row("directory-phones", joined(&person.phones), None, &|entry| joined(&entry.phones)),
        row(
            "directory-department",
            person.department.clone(),
            merged.department_of.or(Some(nobody)),
            &|entry| entry.department.clone(),
        ),
        row("directory-position", person.position.clone(), merged.position_of.or(Some(nobody)), &|entry| {
            entry.position.clone()
        }),
    ]
}

fn source_name(t: Texts, source: &str) -> String {
    match source {
        IMPORT => t.get("directory-source-import").into_owned(),
        MAIL => t.get("directory-source-mail").into_owned(),
        name => name.to_owned(),
    }
}
