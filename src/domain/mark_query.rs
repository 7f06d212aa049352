//! Which marks somebody looks at, and in which order: by time, by what they are on, by tag, by topic and by person, in
//! any combination. It is written into a URL, and into a view that is kept.

use super::ids::{MarkId, PersonId};
use super::mark::Content;
use super::period::Period;
use super::search;
use super::time::Timestamp;
use super::topic;

/// What is asked for; nothing asks for all marks, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkQuery {
    pub period: Period,
    /// Any of these.
    pub contents: Vec<Content>,
    /// With any of these tags, as tags are compared: in all groups the same kind, or the same name.
    pub tags: Vec<String>,
    /// About this topic, folded; empty for none.
    pub topic: Option<String>,
    /// Marked by this person.
    pub by: Option<PersonId>,
    pub task: Option<TaskState>,
    /// Actions that this person is to do.
    pub assignee: Option<PersonId>,
    pub grouping: Grouping,
}

/// Which actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskState {
    Open,
    /// Open, and the reader's own.
    Mine,
    /// Open, and due before today.
    Overdue,
    Done,
}

/// Under which headings the marks stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Grouping {
    #[default]
    Day,
    Week,
    Month,
    Content,
    Topic,
    Tag,
}

/// One of the parts of a query, each with its counts beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Facet {
    Period,
    Content,
    Tag,
    Topic,
    Marker,
    Task,
    Assignee,
}

/// Where a page of marks ends: the heading's sign, when the last mark was made, and its id. The next page goes on there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub section: String,
    pub at: Timestamp,
    pub id: MarkId,
}

/// More tags at once, and longer words, are left out: no tag and no topic is as long.
const MOST_TAGS: usize = 20;
const LONGEST: usize = 400;

impl MarkQuery {
    /// Reads the parameters of a URL. What can't be read asks for nothing; names that are no part of a query are passed
    /// over.
    pub fn read<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut query, mut from, mut until) = (Self::default(), "", "");
        for (name, value) in parameters {
            match name {
                "when" => query.period = Period::parse(value).unwrap_or(query.period),
                "from" => from = value,
                "until" => until = value,
                "type" => add(&mut query.contents, Content::from_name(value)),
                "tag" => add(&mut query.tags, folded(value).filter(|tag| !tag.is_empty())),
                "topic" => query.topic = folded(value),
                "by" => query.by = value.parse().ok(),
                "who" => query.assignee = value.parse().ok(),
                "task" => query.task = TaskState::from_name(value),
                "group" => query.grouping = Grouping::from_name(value).unwrap_or_default(),
                _ => {}
            }
        }
        query.tags.truncate(MOST_TAGS);
        if query.period == Period::Any {
            query.period = Period::range(from, until);
        }
        query
    }

    /// The parameters of a URL that [`Self::read`] reads as this.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut all: Vec<(&'static str, String)> = Vec::new();
        match self.period {
            Period::Any => {}
            Period::Range(from, until) => {
                all.extend(from.map(|day| ("from", day.to_string())));
                all.extend(until.map(|day| ("until", day.to_string())));
            }
            period => all.push(("when", period.to_string())),
        }
        all.extend(self.contents.iter().map(|content| ("type", content.name().to_owned())));
        all.extend(self.tags.iter().map(|tag| ("tag", tag.clone())));
        all.extend(self.topic.clone().map(|topic| ("topic", topic)));
        all.extend(self.by.map(|person| ("by", person.to_string())));
        all.extend(self.task.map(|task| ("task", task.name().to_owned())));
        all.extend(self.assignee.map(|person| ("who", person.to_string())));
        if self.grouping != Grouping::default() {
            all.push(("group", self.grouping.name().to_owned()));
        }
        all
    }

    /// Whether it asks for all marks, in whichever order.
    pub fn is_all(&self) -> bool {
        *self == Self { grouping: self.grouping, ..Self::default() }
    }

    /// The same without what one facet asks: what its counts are counted in.
    pub fn without(&self, facet: Facet) -> Self {
        let mut rest = self.clone();
        match facet {
            Facet::Period => rest.period = Period::Any,
            Facet::Content => rest.contents.clear(),
            Facet::Tag => rest.tags.clear(),
            Facet::Topic => rest.topic = None,
            Facet::Marker => rest.by = None,
            Facet::Task => rest.task = None,
            Facet::Assignee => rest.assignee = None,
        }
        rest
    }
}

/// Each once.
fn add<T: PartialEq>(all: &mut Vec<T>, one: Option<T>) {
    all.extend(one.filter(|one| !all.contains(one)));
}

/// As tags and topics are compared; `None` for what is longer than any.
fn folded(text: &str) -> Option<String> {
    (text.len() <= LONGEST).then(|| topic::fold(&search::fold(text)))
}

impl TaskState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Mine, Self::Overdue, Self::Done];

    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mine => "mine",
            Self::Overdue => "overdue",
            Self::Done => "done",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Grouping {
    pub const ALL: [Self; 6] = [Self::Day, Self::Week, Self::Month, Self::Content, Self::Topic, Self::Tag];

    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Content => "type",
            Self::Topic => "topic",
            Self::Tag => "tag",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grouping| grouping.name() == name)
    }
}

impl Key {
    /// As a URL has it: `1795165200000.<id>.<section>`.
    pub fn written(&self) -> String {
        format!("{}.{}.{}", self.at.millis(), self.id, self.section)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let at = Timestamp::from_millis(parts.next()?.parse().ok()?);
        let id = parts.next()?.parse().ok()?;
        let section = parts.next()?;
        let is_plain = section.len() <= LONGEST + 1 && !section.contains(char::is_control);
        is_plain.then(|| Self { section: section.to_owned(), at, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(parameters: &[(&str, &str)]) -> MarkQuery {
        MarkQuery::read(parameters.iter().copied())
    }

    fn read_again(query: &MarkQuery) -> MarkQuery {
        MarkQuery::read(query.parameters().iter().map(|(name, value)| (*name, value.as_str())))
    }

    #[test]
    fn all_parts_are_combined_and_written_as_they_were_read() {
        let person = "01900000-0000-7000-8000-000000000003";
        let query = read(&[
            ("when", "2026-W47"),
            ("type", "text"),
            ("type", "picture"),
            ("type", "text"),
            ("tag", "Decision"),
            ("tag", "Büro"),
            ("topic", "Offer  2"),
            ("by", person),
            ("task", "open"),
            ("who", person),
            ("group", "topic"),
            ("zone", "Asia/Shanghai"),
        ]);
        assert_eq!(query.contents, [Content::Text, Content::Picture]);
        assert_eq!(query.tags, ["decision", "buro"]);
        assert_eq!(
            (query.topic.as_deref(), query.task, query.grouping),
            (Some("offer 2"), Some(TaskState::Open), Grouping::Topic)
        );
        assert_eq!(query.by.unwrap().to_string(), person);
        assert_eq!(query.assignee, query.by);
        assert_eq!(read_again(&query), query);
        assert!(!query.is_all() && read(&[("group", "tag")]).is_all());
        for range in [("2026-11-01", "2026-11-30"), ("2026-11-01", ""), ("", "2026-11-30")] {
            let query = read(&[("from", range.0), ("until", range.1)]);
            assert!(matches!(query.period, Period::Range(..)));
            assert_eq!(read_again(&query), query);
        }
    }

    #[test]
    fn what_cannot_be_read_asks_for_nothing() {
        let long = "x".repeat(10_000);
        let odd =
            [("when", "soon"), ("type", "gold"), ("tag", ""), ("tag", &long), ("topic", &long), ("by", "me")];
        assert_eq!(read(&odd), MarkQuery::default());
        assert_eq!(read(&[("task", "x"), ("group", "x"), ("from", "x")]), MarkQuery::default());
        let many: Vec<String> = (0..100).map(|n| format!("tag{n}")).collect();
        assert_eq!(MarkQuery::read(many.iter().map(|tag| ("tag", tag.as_str()))).tags.len(), MOST_TAGS);
        // What has no topic is asked for by an empty one.
        assert_eq!(read(&[("topic", "")]).topic.as_deref(), Some(""));
    }

    #[test]
    fn a_facet_counts_without_itself() {
        let query =
            read(&[("when", "today"), ("type", "text"), ("tag", "risk"), ("topic", "a"), ("task", "done")]);
        let facets = [Facet::Period, Facet::Content, Facet::Tag, Facet::Topic, Facet::Marker, Facet::Task];
        let nothing = facets.iter().fold(query.clone(), |query, facet| query.without(*facet));
        assert_eq!(nothing, MarkQuery::default());
        assert_eq!(query.without(Facet::Tag), MarkQuery { tags: Vec::new(), ..query });
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let key = Key {
            section: "1a.b 预算".to_owned(),
            at: Timestamp::from_millis(-3),
            id: uuid::Uuid::from_u128(7).into(),
        };
        assert_eq!(Key::parse(&key.written()), Some(key));
        for odd in [
            "",
            "1",
            "1.2.3",
            "x.01900000-0000-7000-8000-000000000003.",
            "1.01900000-0000-7000-8000-000000000003.\0",
        ] {
            assert_eq!(Key::parse(odd), None, "{odd:?}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_and_written_as_it_was_read(
            all in prop::collection::vec(("when|from|until|type|tag|topic|by|task|group", ".{0,30}"), 0..12),
            key in ".{0,60}",
        ) {
            let query = MarkQuery::read(all.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            prop_assert_eq!(read_again(&query), query);
            if let Some(found) = Key::parse(&key) {
                prop_assert_eq!(Key::parse(&found.written()), Some(found));
            }
        }
    }
}
