//! What is looked for in the ledger: read from the URL, shown in the form as it was typed, and as what can be taken away.

use serde::Deserialize;

use super::outcome_key;
use crate::actions::Actions;
use crate::domain::ids::GroupId;
use crate::domain::ledger::{DeliveryState, Outcome};
use crate::domain::ledger_query::{LedgerPlace, LedgerQuery};
use crate::domain::period::parse_day;
use crate::domain::person::Viewer;
use crate::domain::zone::Zone;
use crate::texts::Texts;
use crate::web::error::{WebResult, form_urlencoded};

/// As it stands in the URL.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// Mails out are wanted.
    pub out: Option<String>,
    pub address: String,
    /// A part of a group's topic, by which one is chosen.
    pub topic: String,
    /// The group that was chosen.
    pub group: String,
    pub from: String,
    pub until: String,
    pub outcome: String,
    /// The browser's time zone; UTC without script.
    pub zone: String,
    pub before: String,
    /// What was just done.
    pub done: String,
    pub n: String,
    pub left: String,
}

/// The form, what is wrong in it, and what it asks for.
#[derive(Clone, Debug)]
pub struct Filter {
    pub incoming: bool,
    pub typed: Typed,
    pub zone: Zone,
    /// What can't be used of what was typed, in words.
    pub problems: Vec<String>,
    /// Groups to choose from, with the URL of each.
    pub groups: Vec<(String, String)>,
    /// What is asked for in words, with the URL without it.
    pub active: Vec<(String, String)>,
    /// Name, words, and whether it is chosen.
    pub outcomes: Vec<(&'static str, String, bool)>,
    pub query: LedgerQuery,
    pub after: Option<LedgerPlace>,
}

/// In characters: RFC 5321 4.5.3.1.3 allows 254.
const LONGEST_ADDRESS: usize = 254;
/// Groups that are offered.
const MOST_GROUPS: usize = 20;

impl Typed {
    /// The filters, without how far was read and what was done.
    fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("out", self.out.as_deref().unwrap_or_default()),
            ("address", self.address.trim()),
            ("topic", self.topic.trim()),
            ("group", self.group.as_str()),
            ("from", self.from.trim()),
            ("until", self.until.trim()),
            ("outcome", self.outcome.as_str()),
            ("zone", self.zone.as_str()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The filters as a query string.
    pub fn written(&self) -> String {
        let pairs = self.pairs().into_iter();
        pairs.map(|(name, value)| format!("{name}={}", form_urlencoded(value))).collect::<Vec<_>>().join("&")
    }

    /// The ledger's URL with these filters and more.
    pub fn url(&self, more: &str) -> String {
        let written = self.written();
        let parts: Vec<&str> = [written.as_str(), more].into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            "/admin/ledger".to_owned()
        } else {
            format!("/admin/ledger?{}", parts.join("&"))
        }
    }
}

impl Filter {
    /// What nobody looked for.
    pub fn none(t: Texts, incoming: bool) -> Self {
        let typed = Typed { out: (!incoming).then(|| "yes".to_owned()), ..Typed::default() };
        Self::read(t, typed)
    }

    /// Reads what was typed, but for the group.
    fn read(t: Texts, typed: Typed) -> Self {
        let incoming = typed.out.is_none();
        let mut filter = Self {
            incoming,
            zone: Zone::named(&typed.zone),
            problems: Vec::new(),
            groups: Vec::new(),
            active: Vec::new(),
            outcomes: outcomes(t, incoming, &typed.outcome),
            query: LedgerQuery::default(),
            after: None,
            typed,
        };
        filter.read_address(t);
        filter.read_days(t);
        filter.read_outcome(t);
        if !filter.typed.before.is_empty() {
            filter.after = filter.typed.before.parse().ok();
            if filter.after.is_none() {
                filter.problems.push(t.get("ledger-no-such-place").into_owned());
            }
        }
        filter
    }

    /// Reads what was typed, and finds the group.
    ///
    /// # Errors
    /// When the visitor may not look, or the database does not answer.
    pub async fn of(t: Texts, typed: Typed, (actions, viewer): (&Actions, &Viewer)) -> WebResult<Self> {
        let mut filter = Self::read(t, typed);
        filter.find_group(t, (actions, viewer)).await?;
        Ok(filter)
    }

    /// Takes something in: its words, and the URL without it.
    fn note(&mut self, t: Texts, (key, value): (&str, &str), without: impl FnOnce(&mut Typed)) {
        let mut rest = self.typed.clone();
        without(&mut rest);
        self.active.push((t.with(key, &[("value", value)]).into_owned(), rest.url("")));
    }

    fn read_address(&mut self, t: Texts) {
        let part: String = self.typed.address.chars().filter(|c| !c.is_control()).collect();
        let part = part.trim().to_lowercase();
        if part.chars().count() > LONGEST_ADDRESS {
            self.problems.push(t.get("ledger-address-too-long").into_owned());
        } else if !part.is_empty() {
            self.note(t, ("ledger-is-address", &part), |rest| rest.address.clear());
            self.query.address = part;
        }
    }

    fn read_days(&mut self, t: Texts) {
        let (from, until) = (self.typed.from.trim().to_owned(), self.typed.until.trim().to_owned());
        let (first, last) = (parse_day(&from), parse_day(&until));
        for (typed, read) in [(&from, first), (&until, last)] {
            if !typed.is_empty() && read.is_none() {
                self.problems.push(t.with("ledger-no-day", &[("typed", typed.as_str())]).into_owned());
            }
        }
        if first.zip(last).is_some_and(|(first, last)| first > last) {
            self.problems.push(t.get("ledger-days-turned").into_owned());
        }
        if let Some(first) = first {
            self.query.from = Some(self.zone.begin(first));
            self.note(t, ("ledger-is-from", &from), |rest| rest.from.clear());
        }
        if let Some(after) = last.and_then(|last| last.succ_opt()) {
            self.query.before = Some(self.zone.begin(after));
            self.note(t, ("ledger-is-until", &until), |rest| rest.until.clear());
        }
    }

    fn read_outcome(&mut self, t: Texts) {
        let chosen = self.outcomes.iter().find(|(.., is_chosen)| *is_chosen).cloned();
        match chosen {
            Some((name, words, _)) => {
                self.query.outcome = Some(name);
                self.note(t, ("ledger-is-outcome", &words), |rest| rest.outcome.clear());
            }
            None if self.typed.outcome.is_empty() => {}
            None => {
                let typed: String = self.typed.outcome.chars().take(100).collect();
                self.problems.push(t.with("ledger-no-outcome", &[("typed", typed)]).into_owned());
            }
        }
    }

    /// By its id, or the only one with the words in its topic.
    async fn find_group(&mut self, t: Texts, (actions, viewer): (&Actions, &Viewer)) -> WebResult<()> {
        let typed: String = self.typed.topic.trim().chars().take(LONGEST_ADDRESS).collect();
        let chosen: Option<GroupId> = self.typed.group.parse().ok();
        let known = match chosen {
            Some(id) => actions.ledger_topics(viewer, &[id]).await?.remove(&id).map(|topic| (id, topic)),
            None => None,
        };
        // What is typed anew counts more than what was chosen before.
        let known = known.filter(|(_, topic)| typed.is_empty() || typed == *topic);
        let found = match known {
            Some(known) => Some(known),
            None if typed.is_empty() && self.typed.group.is_empty() => return Ok(()),
            None if typed.is_empty() => {
                self.problems.push(t.get("ledger-group-gone").into_owned());
                None
            }
            None => self.choose_group(t, actions.groups_about(viewer, &typed, MOST_GROUPS).await?),
        };
        if let Some((id, topic)) = found {
            self.query.group = Some(id);
            self.typed.group = id.to_string();
            self.typed.topic.clone_from(&topic);
            self.note(t, ("ledger-is-group", &topic), |rest| {
                rest.group.clear();
                rest.topic.clear();
            });
        }
        Ok(())
    }

    fn choose_group(&mut self, t: Texts, mut about: Vec<(GroupId, String)>) -> Option<(GroupId, String)> {
        if about.len() == 1 {
            return about.pop();
        }
        if about.is_empty() {
            let typed = self.typed.topic.trim();
            self.problems.push(t.with("ledger-no-group", &[("typed", typed)]).into_owned());
        }
        let offer = |(id, topic): (GroupId, String)| {
            let (group, name) = (id.to_string(), topic.clone());
            (Typed { group, topic: name, ..self.typed.clone() }.url(""), topic)
        };
        self.groups = about.into_iter().map(offer).collect();
        None
    }
}

fn outcomes(t: Texts, incoming: bool, chosen: &str) -> Vec<(&'static str, String, bool)> {
    let row = |(name, key): (&'static str, &str)| (name, t.get(key).into_owned(), name == chosen);
    if incoming {
        Outcome::NAMES.into_iter().map(|name| (name, outcome_key(name))).map(row).collect()
    } else {
        let key = |state: DeliveryState| match state {
            DeliveryState::Waiting => "delivery-waiting",
            DeliveryState::Sent => "delivery-sent",
            DeliveryState::Failed => "delivery-failed",
            DeliveryState::Dropped => "delivery-dropped",
        };
        DeliveryState::ALL.into_iter().map(|state| (state.name(), key(state))).map(row).collect()
    }
}
