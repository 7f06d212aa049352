//! The choices beside the list: each a link to the same marks with it, or without it, and how many there would be.

use super::address::Address;
use crate::actions::mark_lists::MarkPage;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::mark::Content;
use crate::domain::mark_query::{Grouping, MarkQuery, TaskState};
use crate::domain::period::Period;
use crate::domain::tag::TagKind;
use crate::texts::Texts;
use crate::web::calendar;

/// One part of a query, and what can be chosen of it.
#[derive(Debug)]
pub struct FacetView {
    /// The key of its title, and its place on the page.
    pub name: &'static str,
    pub choices: Vec<Choice>,
    /// Whether its choices are on the same page.
    pub stays: bool,
}

#[derive(Debug)]
pub struct Choice {
    pub label: String,
    /// The colour of a tag.
    pub colour: Option<&'static str>,
    pub count: Option<i64>,
    pub url: String,
    pub is_on: bool,
}

/// Writes choices of one page.
pub struct Writer<'a> {
    pub t: Texts,
    pub address: &'a Address,
    pub page: &'a MarkPage,
}

impl Writer<'_> {
    pub fn facets(&self) -> Vec<FacetView> {
        let all = [
            ("marks-time", self.periods()),
            ("marks-type", self.contents()),
            ("marks-tag", self.tags()),
            ("marks-task", self.tasks()),
            ("marks-assignee", self.assignees()),
            ("marks-topic", self.topics()),
            ("marks-by", self.people(&self.page.counts.markers, |query| &mut query.by)),
            ("marks-group", self.groups()),
        ];
        let facets =
            all.into_iter().map(|(name, choices)| FacetView { name, choices, stays: name != "marks-group" });
        facets.filter(|facet| !facet.choices.is_empty()).collect()
    }

    /// The headings to choose from.
    pub fn groupings(&self) -> Vec<Choice> {
        let choice = |grouping: Grouping| Choice {
            is_on: self.page.query.grouping == grouping,
            ..self.choice(self.t.get(grouping_key(grouping)).into_owned(), None, |query| {
                query.grouping = grouping
            })
        };
        Grouping::ALL.map(choice).into()
    }

    /// What the list is narrowed to; each leads to the page without it.
    pub fn narrowed(&self) -> Vec<Choice> {
        let mut all: Vec<Choice> =
            self.facets().into_iter().flat_map(|facet| facet.choices).filter(|choice| choice.is_on).collect();
        // What is chosen by two dates stands in no facet.
        if let period @ Period::Range(..) = self.page.query.period {
            let label = calendar::period(self.t, period);
            all.push(Choice { is_on: true, ..self.choice(label, None, |query| query.period = Period::Any) });
        }
        all
    }

    /// The period of the same length before the chosen one, and that after it.
    pub fn beside(&self) -> Option<[Choice; 2]> {
        let (before, after) = self.page.query.period.beside(self.page.today)?;
        let of = |period: Period| {
            self.choice(calendar::period(self.t, period), None, |query| query.period = period)
        };
        Some([of(before), of(after)])
    }

    fn choice(&self, label: String, count: Option<i64>, change: impl Fn(&mut MarkQuery)) -> Choice {
        let mut query = self.page.query.clone();
        change(&mut query);
        Choice { label, colour: None, count, url: self.address.of(&query), is_on: false }
    }

    /// One of which at most one is chosen; chosen again, it is taken back.
    fn single<T: Clone + PartialEq>(
        &self,
        (value, label): (T, String),
        count: Option<i64>,
        part: impl Fn(&mut MarkQuery) -> &mut Option<T>,
    ) -> Choice {
        let is_on = part(&mut self.page.query.clone()).as_ref() == Some(&value);
        let next = Some(value).filter(|_| !is_on);
        Choice { is_on, ..self.choice(label, count, |query| part(query).clone_from(&next)) }
    }

    /// One of which several can be chosen.
    fn several<T: Clone + PartialEq>(
        &self,
        (value, label): (T, String),
        count: Option<i64>,
        part: impl Fn(&mut MarkQuery) -> &mut Vec<T>,
    ) -> Choice {
        let is_on = part(&mut self.page.query.clone()).contains(&value);
        let change = |query: &mut MarkQuery| {
            let all = part(query);
            if is_on { all.retain(|one| *one != value) } else { all.push(value.clone()) }
        };
        Choice { is_on, ..self.choice(label, count, change) }
    }

    fn periods(&self) -> Vec<Choice> {
        let mut periods: Vec<_> =
            self.page.counts.periods.iter().map(|(period, count)| (*period, Some(*count))).collect();
        let chosen = self.page.query.period;
        let is_other = !matches!(chosen, Period::Any | Period::Range(..));
        if is_other && periods.iter().all(|(period, _)| *period != chosen) {
            periods.push((chosen, None));
        }
        let choice = |(period, count): (Period, Option<i64>)| {
            let is_on = period == chosen;
            let next = if is_on { Period::Any } else { period };
            Choice {
                is_on,
                ..self.choice(calendar::period(self.t, period), count, |query| query.period = next)
            }
        };
        periods.into_iter().map(choice).collect()
    }

    fn contents(&self) -> Vec<Choice> {
        let count = |content| {
            self.page.counts.contents.iter().find(|(one, _)| *one == content).map_or(0, |(_, n)| *n)
        };
        let is_shown = |content: &Content| count(*content) > 0 || self.page.query.contents.contains(content);
        let choice = |content: Content| {
            let label = self.t.get(content_key(content)).into_owned();
            self.several((content, label), Some(count(content)), |query| &mut query.contents)
        };
        Content::ALL.into_iter().filter(is_shown).map(choice).collect()
    }

    fn tags(&self) -> Vec<Choice> {
        let mut counts = self.page.counts.tags.clone();
        let place = |kind: Option<TagKind>| TagKind::ALL.iter().position(|one| Some(*one) == kind);
        counts.sort_by_key(|tag| place(tag.label.kind).unwrap_or(TagKind::ALL.len()));
        let mut choices: Vec<Choice> = Vec::new();
        for tag in counts {
            let label = self.t.tag(&tag.label);
            let choice = self.several((tag.folded, label), Some(tag.count), |query| &mut query.tags);
            choices.push(Choice { colour: Some(tag.label.colour.name()), ..choice });
        }
        // Chosen ones of which there are none now can still be taken back.
        let is_missing = |tag: &&String| self.page.counts.tags.iter().all(|one| one.folded != **tag);
        for tag in self.page.query.tags.iter().filter(is_missing) {
            let label = TagKind::from_name(tag).map_or(tag.clone(), |kind| self.t.tag(&kind.label()));
            choices.push(self.several((tag.clone(), label), Some(0), |query| &mut query.tags));
        }
        choices
    }

    fn tasks(&self) -> Vec<Choice> {
        let is_shown = |(task, count): &&(TaskState, i64)| *count > 0 || self.page.query.task == Some(*task);
        let choice = |(task, count): &(TaskState, i64)| {
            let label = self.t.get(task_key(*task)).into_owned();
            self.single((*task, label), Some(*count), |query| &mut query.task)
        };
        self.page.counts.tasks.iter().filter(is_shown).map(choice).collect()
    }

    fn topics(&self) -> Vec<Choice> {
        let counts = &self.page.counts.topics;
        // Where nothing has a topic there is nothing to choose.
        if counts.iter().all(|topic| topic.folded.is_empty()) && self.page.query.topic.is_none() {
            return Vec::new();
        }
        let label = |topic: &str| {
            if topic.is_empty() { self.t.get("marks-no-topic").into_owned() } else { topic.to_owned() }
        };
        let single = |folded: &str, topic: &str, count| {
            self.single((folded.to_owned(), label(topic)), Some(count), |query| &mut query.topic)
        };
        let mut choices: Vec<Choice> =
            counts.iter().map(|topic| single(&topic.folded, &topic.topic, topic.count)).collect();
        if let Some(chosen) =
            self.page.query.topic.as_ref().filter(|_| choices.iter().all(|choice| !choice.is_on))
        {
            choices.push(single(chosen, chosen, 0));
        }
        choices
    }

    fn assignees(&self) -> Vec<Choice> {
        self.people(&self.page.counts.assignees, |query| &mut query.assignee)
    }

    /// People of whom one can be chosen.
    fn people(
        &self,
        counts: &[(PersonId, String, i64)],
        part: impl Fn(&mut MarkQuery) -> &mut Option<PersonId>,
    ) -> Vec<Choice> {
        let choice = |(person, name, count): &(_, String, i64)| {
            self.single((*person, name.clone()), Some(*count), &part)
        };
        let mut choices: Vec<Choice> = counts.iter().map(choice).collect();
        let chosen = *part(&mut self.page.query.clone());
        if let Some(chosen) = chosen.filter(|_| choices.iter().all(|choice| !choice.is_on)) {
            let label = self.t.get("somebody").into_owned();
            choices.push(self.single((chosen, label), Some(0), &part));
        }
        choices
    }

    /// The groups, where all are shown: each leads to the same marks on its own page.
    fn groups(&self) -> Vec<Choice> {
        let choice = |(group, topic, count): &(GroupId, String, i64)| Choice {
            label: topic.clone(),
            colour: None,
            count: Some(*count),
            url: Address { group: Some(*group), ..*self.address }.of(&self.page.query),
            is_on: false,
        };
        self.page.counts.groups.iter().map(choice).collect()
    }
}

pub fn content_key(content: Content) -> &'static str {
    match content {
        Content::Text => "marks-texts",
        Content::Link => "marks-links",
        Content::Picture => "marks-pictures",
        Content::Attachment => "marks-attachments",
    }
}

fn task_key(task: TaskState) -> &'static str {
    match task {
        TaskState::Open => "marks-open",
        TaskState::Mine => "marks-mine",
        TaskState::Overdue => "marks-overdue",
        TaskState::Done => "marks-done",
    }
}

fn grouping_key(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Day => "by-day",
        Grouping::Week => "by-week",
        Grouping::Month => "by-month",
        Grouping::Content => "by-type",
        Grouping::Topic => "by-topic",
        Grouping::Tag => "by-tag",
    }
}
