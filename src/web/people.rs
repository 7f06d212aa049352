//! Finding people while typing.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::error::WebResult;
use super::face::Face;
use super::filters;
use super::path::Path;
use super::people_sets::SetOption;
use super::state::WebState;
use super::visit::Member;
use crate::domain::address::EmailAddress;
use crate::domain::ids::GroupId;
use crate::domain::person::Person;
use crate::texts::Texts;

/// The options under the field "add somebody".
#[derive(Template, WebTemplate)]
#[template(path = "people/options.html")]
pub struct PeopleOptions {
    pub t: Texts,
    /// Departments and lists of that name.
    pub sets: Vec<SetOption>,
    /// Whether they stand before the people.
    pub sets_first: bool,
    pub people: Vec<PersonOption>,
    /// What was typed, if it is an address nobody of those has.
    pub free_address: Option<String>,
}

/// One person to choose.
#[derive(Clone, Debug)]
pub struct PersonOption {
    pub face: Face,
    pub person: Person,
}

impl PersonOption {
    /// What tells two people of one name apart.
    pub fn line(&self) -> String {
        let address = self.person.main_address().map(ToString::to_string).unwrap_or_default();
        let parts = [address.as_str(), &self.person.position, &self.person.department];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

impl From<Person> for PersonOption {
    fn from(person: Person) -> Self {
        Self { face: Face::of_person(&person), person }
    }
}

/// GET /groups/{id}/mentionable: the members that a message can mention, but oneself.
pub async fn mentionable(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Query(search): Query<Search>,
) -> WebResult<PeopleOptions> {
    let found = state.actions.find_mentionable(&member.viewer, group, search.q.trim(), OFFERED).await?;
    let people = found.into_iter().map(PersonOption::from).collect();
    let t = member.visit.texts();
    Ok(PeopleOptions { t, sets: Vec::new(), sets_first: false, people, free_address: None })
}

#[derive(Debug, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    /// Whether departments and lists can be chosen, too.
    sets: Option<String>,
}

/// How many people are offered.
const OFFERED: i64 = 8;
/// How many departments, and as many lists.
const SETS: usize = 3;

/// GET /people
pub async fn search(
    State(state): State<WebState>,
    member: Member,
    Query(search): Query<Search>,
) -> WebResult<PeopleOptions> {
    let query = search.q.trim();
    let found = state.actions.search_people(&member.viewer, query, OFFERED).await?;
    let sets = match search.sets {
        Some(_) => state.actions.search_people_sets(&member.viewer, query, SETS).await?,
        None => Vec::new(),
    };
    // Somebody's name that begins so is meant rather than a department.
    let begin = query.to_lowercase();
    let sets_first = !found.iter().any(|person| person.full_name.to_lowercase().starts_with(&begin));
    let typed = query.parse::<EmailAddress>().ok();
    let mut free = typed.filter(|address| !found.iter().any(|person| person.addresses.contains(address)));
    // Where a list can be chosen, its address is not somebody's.
    if search.sets.is_some() && free.is_some() {
        let is_list = state.actions.find_people_set(&member.viewer, query).await?.is_some();
        free = free.filter(|_| !is_list);
    }
    Ok(PeopleOptions {
        t: member.visit.texts(),
        sets: sets.into_iter().map(SetOption::from).collect(),
        sets_first,
        people: found.into_iter().map(PersonOption::from).collect(),
        free_address: free.map(|address| address.to_string()),
    })
}
