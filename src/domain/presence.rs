//! Presence: whether somebody is there, made of their open pages and of what they say of themselves.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::ids::PersonId;
use super::time::Timestamp;

/// How much somebody attends to one page, or to all of theirs together. The larger one is the more present one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// No page is open.
    #[default]
    Gone,
    /// A page is open, but out of sight, or nobody has touched it for a while.
    Idle,
    /// A page is in sight and in use.
    Looking,
}

impl Attention {
    /// Many pages, tabs and devices are one person: the most present page wins.
    pub fn of_all(pages: impl IntoIterator<Item = Self>) -> Self {
        pages.into_iter().max().unwrap_or_default()
    }

    pub fn of_page(looks: bool) -> Self {
        if looks { Self::Looking } else { Self::Idle }
    }
}

/// What somebody chose by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Choice {
    /// Nothing: the pages tell.
    #[default]
    Online,
    Busy,
    Away,
}

/// What somebody says of themselves, until it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub choice: Choice,
    /// Such as "at lunch"; may be empty.
    pub note: String,
    pub until: Option<Timestamp>,
    /// Not they, but their mail program says it.
    pub absence: Option<Absence>,
}

/// What somebody's mail program answers while they are away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// `None` if it does not say, or not surely.
    pub last_day: Option<Day>,
}

impl Status {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        self.choice == Choice::Online && self.note.is_empty()
    }
}

/// The one word for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Online,
    Busy,
    Away,
    /// No page is open: what is new is brought by mail.
    #[default]
    Offline,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Busy => "busy",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// Whether one can expect an answer on the page.
    pub fn is_here(self) -> bool {
        matches!(self, Self::Online | Self::Busy)
    }
}

/// What others see of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Presence {
    pub state: State,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Told in each reader's language.
    #[serde(skip)]
    pub absence: Option<Absence>,
}

/// Somebody's presence, as the other members get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    pub person: PersonId,
    pub name: String,
    #[serde(flatten)]
    pub presence: Presence,
}

impl Presence {
    /// What a person says by hand wins over what their pages tell, as long as one of them is open: somebody who is busy
    /// in a meeting does not touch the page. Without an open page everybody is offline; the note stays.
    pub fn of(attention: Attention, status: Status) -> Self {
        let Status { choice, note, until, absence } = status;
        let state = match (attention, choice) {
            (Attention::Gone, _) => State::Offline,
            (_, Choice::Busy) => State::Busy,
            (_, Choice::Away) | (Attention::Idle, Choice::Online) => State::Away,
            (Attention::Looking, Choice::Online) => State::Online,
        };
        // When the day of an absence ends is no news to anybody.
        Self { state, note, until: until.filter(|_| absence.is_none()), absence }
    }

    /// Whether it is what everybody is of whom nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Attention::{Gone, Idle, Looking};

    #[test]
    fn the_most_present_page_wins() {
        for (pages, person) in [
            (vec![], Gone),
            (vec![Idle], Idle),
            (vec![Idle, Looking, Idle], Looking),
            (vec![Looking, Looking], Looking),
            (vec![Idle, Idle], Idle),
        ] {
            assert_eq!(Attention::of_all(pages.clone()), person, "{pages:?}");
        }
    }

    #[test]
    fn what_is_said_by_hand_wins_while_a_page_is_open() {
        for (choice, looking, idle) in [
            (Choice::Online, State::Online, State::Away),
            (Choice::Busy, State::Busy, State::Busy),
            (Choice::Away, State::Away, State::Away),
        ] {
            let status = Status { choice, note: "at lunch".to_owned(), ..Status::default() };
            let state = |attention| Presence::of(attention, status.clone()).state;
            assert_eq!(
                (state(Looking), state(Idle), state(Gone)),
                (looking, idle, State::Offline),
                "{choice:?}"
            );
        }
        assert_eq!(Presence::of(Looking, Status::default()).state, State::Online);
        assert!(Presence::of(Gone, Status::default()).is_empty());
    }

    #[test]
    fn a_note_is_shown_of_those_who_are_offline_as_well() {
        let until = Some(Timestamp::from_millis(1));
        let status = Status { choice: Choice::Away, note: "at lunch".to_owned(), until, absence: None };
        let presence = Presence::of(Gone, status);
        assert_eq!((presence.note.as_str(), presence.until, presence.is_empty()), ("at lunch", until, false));
    }
}
