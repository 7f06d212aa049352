//! The URLs of the Marks page: each leads to the same marks but for one choice.

use crate::domain::ids::GroupId;
use crate::domain::mark_query::{Key, MarkQuery};
use crate::domain::zone::Zone;
use crate::web::error::form_urlencoded;

/// Where the page is, and whose days it counts if its URL says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Address {
    /// Over all groups if `None`.
    pub group: Option<GroupId>,
    /// `None` if it says nothing.
    pub zone: Option<Zone>,
}

impl Address {
    /// The page in a zone by its name, if there is such a zone.
    pub fn in_zone(group: Option<GroupId>, zone: &str) -> Self {
        Self { group, zone: zone.parse().ok() }
    }

    pub fn zone_name(&self) -> &'static str {
        self.zone.map_or("", Zone::name)
    }

    /// The parameter that says the zone.
    pub fn zone_field(&self) -> Option<(&'static str, String)> {
        self.zone.map(|zone| ("zone", zone.name().to_owned()))
    }

    pub fn path(&self) -> String {
        self.group.map_or("/marks".to_owned(), |group| format!("/groups/{group}/marks"))
    }

    /// The page with these marks.
    pub fn of(&self, query: &MarkQuery) -> String {
        self.with(query, &[])
    }

    /// The page that goes on after a place.
    pub fn after(&self, query: &MarkQuery, key: &Key) -> String {
        self.with(query, &[("after", key.written())])
    }

    /// Up to as many on one page as can be printed.
    pub fn long(&self, query: &MarkQuery) -> String {
        self.with(query, &[("long", "true".to_owned())])
    }

    fn with(&self, query: &MarkQuery, more: &[(&str, String)]) -> String {
        let all = query.parameters().into_iter().chain(self.zone_field()).chain(more.iter().cloned());
        joined(&self.path(), &encoded(all))
    }

    /// A view that is kept, where its reader is now.
    pub fn kept(&self, query: &str) -> String {
        let zone = encoded(self.zone_field());
        let both: Vec<&str> = [query, &zone].into_iter().filter(|part| !part.is_empty()).collect();
        joined(&self.path(), &both.join("&"))
    }
}

/// The marks of a query as a URL asks for them: what a saved view keeps.
pub fn written(query: &MarkQuery) -> String {
    encoded(query.parameters())
}

/// In the form of `application/x-www-form-urlencoded`.
fn encoded<'a>(parameters: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let pairs = parameters.into_iter().map(|(name, value)| format!("{name}={}", form_urlencoded(&value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn joined(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_what_is_shown_and_nothing_more() {
        let all = Address::default();
        assert_eq!(all.of(&MarkQuery::default()), "/marks");
        let query = MarkQuery::read([("tag", "a&b=c"), ("topic", "预算"), ("when", "this-week")]);
        assert_eq!(all.of(&query), "/marks?when=this-week&tag=a%26b%3Dc&topic=%E9%A2%84%E7%AE%97");
        let here = Address::in_zone(None, "Asia/Shanghai");
        assert_eq!(here.kept(""), "/marks?zone=Asia/Shanghai");
        assert_eq!(here.kept("tag=risk"), "/marks?tag=risk&zone=Asia/Shanghai");
        assert_eq!(here.long(&MarkQuery::default()), "/marks?zone=Asia/Shanghai&long=true");
    }
}
