//! Departments and distribution lists: offered while somebody types, and looked at before their people are added.

use askama::Template;
use askama::filters::HtmlSafe;

use super::error::{Failure, Trouble, form_urlencoded};
use super::filters;
use super::people::PersonOption;
use crate::domain::ids::PersonId;
use crate::domain::people_set::{PeopleSet, SetOffer, SetSeen};
use crate::texts::Texts;

/// One set to choose.
#[derive(Clone, Debug)]
pub struct SetOption {
    pub offer: SetOffer,
    /// How its people are asked for: the last part of a URL.
    pub query: String,
}

impl SetOption {
    /// What it is, and how large.
    pub fn line(&self, t: Texts) -> String {
        let key = if self.is_list() { "set-list-of" } else { "set-department-of" };
        t.with(key, &[("n", self.offer.count)]).into_owned()
    }

    pub fn is_list(&self) -> bool {
        matches!(self.offer.set, PeopleSet::List(_))
    }
}

impl From<SetOffer> for SetOption {
    fn from(offer: SetOffer) -> Self {
        Self { query: query_of(&offer.set), offer }
    }
}

/// A set as it stands in a URL.
pub fn query_of(set: &PeopleSet) -> String {
    match set {
        PeopleSet::Department(name) => format!("department={}", form_urlencoded(name)),
        PeopleSet::List(id) => format!("list={id}"),
    }
}

/// The set that a URL names.
///
/// # Errors
/// For a URL that names none.
pub fn set_in(fields: &[(String, String)]) -> Result<PeopleSet, Failure> {
    let named = |name: &str| fields.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    match (named("department"), named("list").map(str::parse)) {
        (Some(name), _) => Ok(PeopleSet::Department(name.to_owned())),
        (None, Some(Ok(id))) => Ok(PeopleSet::List(id)),
        _ => Err(Trouble::NotFound.into()),
    }
}

/// Who would be added, and who not: a form that sends the people whose box is ticked.
#[derive(Clone, Debug, Template)]
#[template(path = "people/_set.html")]
pub struct SetView {
    pub t: Texts,
    pub name: String,
    pub is_list: bool,
    /// Who can be added.
    pub rows: Vec<PersonOption>,
    /// Names of those who are in it.
    pub already: Vec<String>,
    /// Names of those who have left the organisation.
    pub departed: Vec<String>,
    pub unknown: usize,
    /// So many more than fit.
    pub too_many: usize,
    pub way: SetWay,
}

/// Where the form leads.
#[derive(Clone, Debug, Default)]
pub struct SetWay {
    pub action: String,
    /// What else is sent.
    pub fields: Vec<(&'static str, String)>,
    /// Where somebody goes who does not want it.
    pub back: String,
    /// In the drawer.
    pub is_panel: bool,
}

impl HtmlSafe for SetView {}

impl SetView {
    /// A set for something that has these members and takes `most`.
    pub fn of(t: Texts, seen: SetSeen, (members, most): (&[PersonId], usize), way: SetWay) -> Self {
        let is_list = matches!(seen.set, PeopleSet::List(_));
        let (already, new): (Vec<_>, Vec<_>) =
            seen.people.into_iter().partition(|person| members.contains(&person.id));
        Self {
            t,
            name: seen.name,
            is_list,
            too_many: (members.len() + new.len()).saturating_sub(most),
            rows: new.into_iter().map(PersonOption::from).collect(),
            already: already.into_iter().map(|person| person.full_name).collect(),
            departed: seen.departed,
            unknown: seen.unknown,
            way,
        }
    }

    fn names(&self, key: &str, names: &[String]) -> String {
        let all = names.join(self.t.get("directory-comma").as_ref());
        let values = [("n", names.len().to_string()), ("names", all)];
        self.t.with(key, &values).into_owned()
    }

    fn count(&self, key: &str, n: usize) -> String {
        self.t.with(key, &[("n", n)]).into_owned()
    }
}
