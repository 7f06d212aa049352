//! What the organisation has set for everybody, in plain sentences; admins get to the place where each is changed.

use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;

use super::error::WebResult;
use super::filters;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::policy::HouseRules;
use crate::domain::policy::{Domains, Policy, Starters};
use crate::texts::Texts;

#[derive(Template, WebTemplate)]
#[template(path = "settings/rules.html")]
pub struct RulesPage {
    pub view: View,
    pub rules: Vec<Rule>,
    /// The viewer can change them.
    pub is_admin: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Rule {
    pub title: String,
    /// What holds, as sentences.
    pub words: Vec<String>,
    /// The section of the settings in which it is set.
    pub section: &'static str,
}

/// GET /settings/rules
pub async fn show(State(state): State<WebState>, member: Member) -> WebResult<RulesPage> {
    let rules = state.actions.house_rules(&member.viewer).await?;
    Ok(RulesPage {
        view: member.view(&state).await?,
        rules: rules_of(member.visit.texts(), &rules),
        is_admin: member.viewer.rights.admin,
    })
}

/// All of them, those about people first.
pub fn rules_of(t: Texts, rules: &HouseRules) -> Vec<Rule> {
    let rule = |title: &str, section, words: Vec<String>| Rule {
        title: t.get(title).into_owned(),
        words: words.into_iter().filter(|one| !one.is_empty()).collect(),
        section,
    };
    let settings = &rules.settings;
    let policy = &settings.policy;
    let links = t.get(if policy.share_links { "rules-links" } else { "rules-no-links" }).into_owned();
    let mails = domains(
        t,
        &settings.share.outside_domains,
        ["rules-shares-all", "rules-shares-none", "rules-shares"],
    );
    let days = |key, n: i64| t.with(key, &[("n", n)]).into_owned();
    let kept = settings.retention.messages.map(|n| days("rules-kept-days", n));
    let lasts = |key, time| t.with(key, &[("time", lasting(t, time))]).into_owned();
    let language = [("language", settings.mail.language.own_name())];
    vec![
        rule("rules-start", "policy", vec![starting(t, rules)]),
        rule("rules-outside", "policy", vec![outside_members(t, policy)]),
        rule("rules-sharing", "policy", vec![links, days("rules-share-days", policy.share_days)]),
        rule("rules-share-mails", "share", vec![mails]),
        rule("rules-files", "limits", files(t, rules)),
        rule(
            "rules-keeping",
            "retention",
            vec![kept.unwrap_or_else(|| t.get("rules-kept-for-ever").into_owned())],
        ),
        rule(
            "rules-signed-in",
            "policy",
            vec![
                lasts("rules-link-lasts", policy.link_lasts),
                lasts("rules-session-lasts", policy.session_lasts),
            ],
        ),
        rule("rules-language", "mail", vec![t.with("rules-language-words", &language).into_owned()]),
    ]
}

/// Who from outside may be a member.
fn outside_members(t: Texts, policy: &Policy) -> String {
    domains(t, &policy.outside_members, ["rules-members-all", "rules-members-none", "rules-members"])
}

/// The same where somebody adds members; `None` where nobody is kept out.
pub fn members_rule(t: Texts, policy: &Policy) -> Option<String> {
    policy.outside_members.0.is_some().then(|| outside_members(t, policy))
}

/// A time in days, or in hours where it has no two of them.
fn lasting(t: Texts, time: Duration) -> String {
    let hours = time.as_secs() / 3600;
    let (key, n) = if hours < 48 { ("lasting-hours", hours) } else { ("lasting-days", hours / 24) };
    t.with(key, &[("n", n)]).into_owned()
}

/// Of every domain, of none, or of these.
fn domains(t: Texts, domains: &Domains, [all, none, some]: [&str; 3]) -> String {
    match &domains.0 {
        None => t.get(all).into_owned(),
        Some(list) if list.is_empty() => t.get(none).into_owned(),
        Some(list) => t.with(some, &[("domains", list.join(", "))]).into_owned(),
    }
}

fn starting(t: Texts, rules: &HouseRules) -> String {
    let key = match (&rules.settings.policy.starters, rules.may_start) {
        (Starters::Everybody, _) => "rules-start-all",
        (Starters::Only(_), true) => "rules-start-you",
        (Starters::Only(_), false) => "rules-start-others",
    };
    t.get(key).into_owned()
}

fn files(t: Texts, rules: &HouseRules) -> Vec<String> {
    let limits = &rules.settings.limits;
    let size = filters::in_words(i64::try_from(limits.file_size).unwrap_or(i64::MAX));
    let refused = &rules.settings.files.forbidden;
    let endings = match refused.is_empty() {
        true => String::new(),
        false => t.with("rules-files-refused", &[("endings", refused.join(", "))]).into_owned(),
    };
    vec![t.with("rules-files-size", &[("size", size)]).into_owned(), endings]
}
