//! The section of the company's rules.

use std::time::Duration;

use super::sections::{is_domain, listed};
use super::units::duration;
use super::values::Values;
use crate::domain::address::EmailAddress;
use crate::domain::policy::{Domains, Policy, Starters};
use crate::domain::share::Share;

/// A personal link that ends before its mail is read helps nobody.
const SHORTEST: Duration = Duration::from_secs(3600);
/// Two years, in which a browser is given away more than once.
const LONGEST: Duration = Duration::from_hours(730 * 24);

pub(super) fn policy(values: &mut Values) -> Option<Policy> {
    let usual = Policy::default();
    let outside_members = outside(values, "policy.outside_members");
    let starters = values.or("policy.starters", "config-expected-starters", usual.starters, starters);
    let share_links = values
        .or("policy.share_links", "config-expected-yes-no", usual.share_links, |text| text.parse().ok());
    let share_days =
        values.or("policy.share_lasts", "config-expected-share-lasts", usual.share_days, |text| {
            let days = text.trim().trim_end_matches('d').parse().ok();
            days.filter(|days| Share::LASTS.contains(days))
        });
    let link_lasts = values.or("policy.link_lasts", "config-expected-lifetime", usual.link_lasts, lifetime);
    let session_lasts =
        values.or("policy.session_lasts", "config-expected-lifetime", usual.session_lasts, lifetime);
    Some(Policy {
        outside_members: outside_members?,
        starters: starters?,
        share_links: share_links?,
        share_days: share_days?,
        link_lasts: link_lasts?,
        session_lasts: session_lasts?,
    })
}

/// For an empty list, which a field of a page can't hold.
const NOBODY: &str = "none";

/// Domains outside: `*` for all of them; an empty list or `none` for none.
pub(super) fn outside(values: &mut Values, name: &str) -> Option<Domains> {
    values.or(name, "config-expected-outside", Domains::default(), |text| {
        let all: Vec<String> = listed(text).map(str::to_lowercase).collect();
        match all.as_slice() {
            [one] if one == "*" => Some(Domains(None)),
            [one] if one == NOBODY => Some(Domains(Some(Vec::new()))),
            _ => all.iter().all(|one| is_domain(one)).then_some(Domains(Some(all))),
        }
    })
}

fn starters(text: &str) -> Option<Starters> {
    let all: Vec<String> = listed(text).map(str::to_lowercase).collect();
    match all.as_slice() {
        [one] if one == "*" => Some(Starters::Everybody),
        [one] if one == NOBODY => Some(Starters::Only(Vec::new())),
        _ => {
            let good = |one: &String| is_domain(one) || one.parse::<EmailAddress>().is_ok();
            all.iter().all(good).then_some(Starters::Only(all))
        }
    }
}

fn lifetime(text: &str) -> Option<Duration> {
    duration(text).filter(|time| (SHORTEST..=LONGEST).contains(time))
}
