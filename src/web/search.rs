//! Searching messages: a page over all groups, and a panel beside each. With script the results come while typing.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::error::{WebResult, form_urlencoded};
use super::face::Face;
use super::filters;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::ActionError;
use crate::actions::search::{Asked, Hit, Results};
use crate::domain::group::Group;
use crate::domain::search::{Note, Zone};
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// What the form of a search sends.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
    /// The browser's time zone; UTC without script.
    #[serde(default)]
    zone: String,
    before: Option<i64>,
}

/// The field, and what was found.
#[derive(Template)]
#[template(path = "search/_search.html")]
pub struct SearchPart {
    t: Texts,
    /// Where the form leads.
    action: String,
    in_group: bool,
    typed: String,
    zone: Zone,
    is_blank: bool,
    /// Other words are no advice where there were none.
    is_wordless: bool,
    /// How many were found, in words; empty if nothing was searched for.
    told: String,
    notes: Vec<String>,
    spans: Vec<Span>,
    /// The URL of older ones.
    next: Option<String>,
    /// The URL of the same search over all groups.
    everywhere: Option<String>,
}

impl HtmlSafe for SearchPart {}

/// The results of a day or a month.
#[derive(Debug)]
pub struct Span {
    title: Title,
    hits: Vec<HitView>,
}

/// A result with what its line needs.
#[derive(Debug)]
pub struct HitView {
    face: Face,
    hit: Hit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Title {
    Today,
    Yesterday,
    /// Year and month.
    Month(i32, u32),
}

/// The search over all groups.
#[derive(Template)]
#[template(path = "search/page.html")]
pub struct SearchPage {
    pub view: View,
    pub part: SearchPart,
}

/// What the page offers before something is typed: the keys of an example, and of what it finds.
const EXAMPLES: &[(&str, &str)] = &[
    ("search-eg-words", "search-eg-words-text"),
    ("search-eg-quoted", "search-eg-quoted-text"),
    ("search-eg-from", "search-eg-from-text"),
    ("search-eg-has", "search-eg-has-text"),
    ("search-eg-tag", "search-eg-tag-text"),
    ("search-eg-file", "search-eg-file-text"),
    ("search-eg-in", "search-eg-in-text"),
    ("search-eg-after", "search-eg-after-text"),
    ("search-eg-on", "search-eg-on-text"),
];
/// Longer ones are cut before they are searched for.
const LONGEST_SHOWN: usize = 500;

/// GET /search
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Query(typed): Query<Typed>,
) -> WebResult<Response> {
    let part = part(&state, &member, typed, None).await?;
    let html = if member.visit.wants_part {
        part.render()
    } else {
        SearchPage { view: member.view(&state).await?, part }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

/// The field and what was found, in a group or in all.
///
/// # Errors
/// When this person is no member of the group, or asks too fast.
pub async fn part(
    state: &WebState,
    member: &Member,
    typed: Typed,
    group: Option<&Group>,
) -> WebResult<SearchPart> {
    let (group, zone) = (group.map(|group| group.id), Zone::named(&typed.zone));
    let asked = Asked { typed: &typed.q, group, before: typed.before, zone };
    let results = state.actions.search(&member.viewer, asked).await?;
    Ok(SearchPart::of(member.visit.texts(), asked, results, state.actions.clock.now()))
}

impl SearchPart {
    pub fn of(t: Texts, asked: Asked<'_>, results: Results, now: Timestamp) -> Self {
        let (zone, group) = (asked.zone, asked.group);
        let typed: String = asked.typed.chars().filter(|c| !c.is_control()).take(LONGEST_SHOWN).collect();
        let action = group.map_or("/search".to_owned(), |group| format!("/groups/{group}/search"));
        let words = form_urlencoded(&typed);
        let url = |path: &str| format!("{path}?q={words}&zone={}", form_urlencoded(zone.name()));
        Self {
            t,
            in_group: group.is_some(),
            is_blank: results.is_blank,
            is_wordless: results.is_wordless,
            told: told(t, &results, asked.before.is_some()),
            notes: notes(t, &results),
            next: results.next.map(|next| format!("{}&before={next}", url(&action))),
            everywhere: group.filter(|_| !results.is_blank).map(|_| url("/search")),
            spans: spans(results.hits, zone, now),
            action,
            typed,
            zone,
        }
    }
}

fn told(t: Texts, results: &Results, goes_on: bool) -> String {
    let count = results.hits.len();
    let text = match (count, results.next) {
        (0, _) if results.is_blank => return String::new(),
        (0, _) if results.is_too_slow => t.get("search-too-slow"),
        (0, _) if results.is_wordless => t.get("search-none-such"),
        (0, _) => t.get("search-none"),
        _ if goes_on => t.with("search-more-found", &[("n", count)]),
        (_, Some(_)) => t.with("search-newest-found", &[("n", count)]),
        (_, None) => t.with("search-found", &[("n", count)]),
    };
    text.into_owned()
}

/// What could not be used of a query, and what can't be found yet.
fn notes(t: Texts, results: &Results) -> Vec<String> {
    let mut words: Vec<String> = results.notes.iter().map(|note| note_words(t, note)).collect();
    if results.no_group {
        words.push(t.get("search-no-group").into_owned());
    }
    if results.is_preparing {
        words.push(t.get("search-preparing").into_owned());
    }
    words
}

fn note_words(t: Texts, note: &Note) -> String {
    let words = match note {
        Note::NoFilter { typed } => t.with("search-no-filter", &[("typed", typed.as_str())]),
        Note::NoValue { filter } => t.with("search-no-value", &[("filter", filter.as_str())]),
        Note::NoDay { typed } => t.with("search-no-day", &[("typed", typed.as_str())]),
        Note::NoThing { typed } => t.with("search-no-thing", &[("typed", typed.as_str())]),
        Note::NoWords => t.get("search-no-words"),
        Note::Cut { limit } => t.with("search-cut", &[("n", *limit)]),
        Note::TooMany { limit } => t.with("search-too-many", &[("n", *limit)]),
    };
    words.into_owned()
}

/// Results under the day or the month they are of, where the reader is.
fn spans(hits: Vec<Hit>, zone: Zone, now: Timestamp) -> Vec<Span> {
    let today = zone.date(now);
    let mut spans: Vec<Span> = Vec::new();
    for hit in hits {
        let title = Title::of(zone.date(hit.at), today);
        let view = HitView { face: Face::with(hit.author_id, &hit.author, hit.photo.as_ref()), hit };
        match spans.last_mut() {
            Some(span) if span.title == title => span.hits.push(view),
            _ => spans.push(Span { title, hits: vec![view] }),
        }
    }
    spans
}

impl Title {
    fn of(day: NaiveDate, today: NaiveDate) -> Self {
        match day {
            day if day >= today => Self::Today,
            day if today.pred_opt() == Some(day) => Self::Yesterday,
            day => Self::Month(day.year(), day.month()),
        }
    }
}

impl Span {
    /// Tells spans apart where the results of the next page are put under those of this one.
    fn name(&self) -> String {
        match self.title {
            Title::Today => "today".to_owned(),
            Title::Yesterday => "yesterday".to_owned(),
            Title::Month(year, month) => format!("{year}-{month}"),
        }
    }
    /// When its first result was written, if it is a month.
    fn month(&self) -> Option<&Timestamp> {
        let first = self.hits.first()?;
        matches!(self.title, Title::Month(..)).then_some(&first.hit.at)
    }
}

impl HitView {
    /// The message in its place.
    fn url(&self) -> String {
        let (group, seq) = (self.hit.group, self.hit.seq);
        format!("/groups/{group}?at={seq}#m-{seq}")
    }
}

impl SearchPart {
    /// Each with its URL and what it finds.
    fn examples(&self) -> Vec<(String, String, String)> {
        let text = |key: &str| self.t.get(key).into_owned();
        let example = |(typed, found): &(&str, &str)| {
            let url = format!("{}?q={}", self.action, form_urlencoded(&text(typed)));
            (text(typed), url, text(found))
        };
        let is_useful = |keys: &&(&str, &str)| !(self.in_group && keys.0 == "search-eg-in");
        EXAMPLES.iter().filter(is_useful).map(example).collect()
    }
    /// Of the headings: above them is the panel's or the page's.
    fn level(&self) -> u8 {
        if self.in_group { 3 } else { 2 }
    }
    fn label(&self) -> String {
        self.t.get(if self.in_group { "search-in-group" } else { "search-all" }).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_under_the_readers_days() {
        let (now, hour) = (Timestamp::from_millis(1_795_168_800_000), 3_600_000);
        let hit = |hours: i64| Hit {
            group: uuid::Uuid::nil().into(),
            topic: String::new(),
            seq: 1,
            author_id: None,
            photo: None,
            author: String::new(),
            at: Timestamp::from_millis(now.millis() - hours * hour),
            text: Vec::new(),
            files: Vec::new(),
        };
        // It is 11 o'clock in Stockholm on November 20, and 19 o'clock in Shanghai.
        for (zone, expected) in [
            ("Europe/Stockholm", "today 1, yesterday 2, 2026-11 1, 2026-10 1"),
            ("Asia/Shanghai", "today 2, yesterday 1, 2026-11 1, 2026-10 1"),
        ] {
            let hits = [0, 12, 30, 60, 24 * 30].map(hit).to_vec();
            let found: Vec<String> = spans(hits, Zone::named(zone), now)
                .iter()
                .map(|span| format!("{} {}", span.name(), span.hits.len()))
                .collect();
            assert_eq!(found.join(", "), expected, "{zone}");
        }
    }
}
