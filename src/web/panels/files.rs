//! The files of a group, the newest first: by kind, person and time, each with its message.

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::Panel;
use crate::actions::files_shown::{Filter, Place, Shared};
use crate::domain::file::Kind;
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::message::MessagePlace;
use crate::domain::person::Person;
use crate::domain::time::Timestamp;
use crate::texts::Texts;
use crate::web::error::WebResult;
use crate::web::path::Path;
use crate::web::state::WebState;
use crate::web::visit::Member;
use crate::web::{filters, messages};

/// The panel's form, as it was sent. What can't be read asks for nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    pub kind: String,
    pub person: String,
    /// First and last day, such as `2026-11-20`.
    pub since: String,
    pub until: String,
    /// How many minutes the asker's clock is before UTC; the script writes it.
    pub zone: String,
    /// Number of a message and rank in it, such as `17.0`.
    pub before: String,
}

#[derive(Template)]
#[template(path = "panels/_files.html")]
pub struct Files {
    pub t: Texts,
    pub group: Group,
    pub people: Vec<Person>,
    pub wish: Wish,
    pub files: Vec<Shared>,
    pub older: Option<Place>,
}

impl HtmlSafe for Files {}

/// GET /groups/{id}/files
pub async fn show(
    State(state): State<WebState>,
    member: Member,
    Path(id): Path<GroupId>,
    Query(wish): Query<Wish>,
) -> WebResult<Response> {
    let members = state.actions.get_group(&member.viewer, id).await?.members;
    let found = state.actions.list_files(&member.viewer, id, wish.filter(), wish.place()).await?;
    let body = Files {
        t: member.visit.texts(),
        group: found.group.clone(),
        people: members.into_iter().map(|line| line.person).collect(),
        wish,
        files: found.files,
        older: found.older,
    };
    super::show(&state, &member, (Panel::Files, &found.group), body).await
}

/// In milliseconds.
const A_DAY: i64 = 24 * 3600 * 1000;
const A_MINUTE: i64 = 60 * 1000;
/// No clock is further from UTC, in minutes.
const FURTHEST: i64 = 14 * 60;

impl Wish {
    fn filter(&self) -> Filter {
        Filter {
            kind: Kind::from_name(&self.kind),
            author: self.person.parse::<PersonId>().ok(),
            since: self.day(&self.since, 0),
            until: self.day(&self.until, A_DAY),
        }
    }

    /// The beginning of a day where the asker is, and so many milliseconds more.
    fn day(&self, written: &str, more: i64) -> Option<Timestamp> {
        let day = chrono::NaiveDate::parse_from_str(written, "%Y-%m-%d").ok()?;
        let there = day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
        let zone = self.zone.parse::<i64>().unwrap_or(0).clamp(-FURTHEST, FURTHEST);
        Some(Timestamp::from_millis(there.saturating_add(more).saturating_sub(zone * A_MINUTE)))
    }

    fn place(&self) -> Option<Place> {
        let (seq, rank) = self.before.split_once('.')?;
        Some((seq.parse().ok()?, rank.parse().ok()?))
    }

    fn asks(&self) -> bool {
        [&self.kind, &self.person, &self.since, &self.until].iter().any(|field| !field.is_empty())
    }
}

impl Files {
    fn kinds(&self) -> [(Kind, std::borrow::Cow<'static, str>); 4] {
        Kind::ALL.map(|kind| {
            let key = match kind {
                Kind::Picture => "files-pictures",
                Kind::Document => "files-documents",
                Kind::Recording => "files-recordings",
                Kind::Other => "files-others",
            };
            (kind, self.t.get(key))
        })
    }

    fn is_person(&self, person: &Person) -> bool {
        self.wish.person == person.id.to_string()
    }

    fn message_of(&self, file: &Shared) -> String {
        messages::link_to(MessagePlace { group: self.group.id, seq: file.at.0 })
    }

    /// The next page under the same wish.
    fn older_path(&self, (seq, rank): &Place) -> String {
        let Wish { kind, person, since, until, zone, .. } = &self.wish;
        let coded = crate::web::error::form_urlencoded;
        format!(
            "/groups/{}/files?kind={}&person={}&since={}&until={}&zone={}&before={seq}.{rank}",
            self.group.id,
            coded(kind),
            coded(person),
            coded(since),
            coded(until),
            coded(zone)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(since: &str, until: &str, zone: &str) -> Filter {
        let (since, until, zone) = (since.to_owned(), until.to_owned(), zone.to_owned());
        Wish { since, until, zone, ..Wish::default() }.filter()
    }

    #[test]
    fn a_day_is_that_of_the_one_who_asks() {
        let midnight = 1_795_132_800_000;
        let shanghai = wish("2026-11-20", "2026-11-20", "480");
        assert_eq!(shanghai.since, Some(Timestamp::from_millis(midnight - 8 * 3_600_000)));
        assert_eq!(shanghai.until, Some(Timestamp::from_millis(midnight + 16 * 3_600_000)));
        assert_eq!(wish("2026-11-20", "", "").since, Some(Timestamp::from_millis(midnight)));
        assert_eq!(wish("20.11.2026", "soon", "far"), Filter::default());
        let far = wish("2026-11-20", "", "999999999999");
        assert_eq!(far.since, Some(Timestamp::from_millis(midnight - 14 * 3_600_000)));
    }
}
