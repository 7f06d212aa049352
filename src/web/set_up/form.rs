//! Everything that a first start has to know, on one page.

use std::net::IpAddr;

use askama::Template;
use askama_web::WebTemplate;

use super::{SetUpState, Tried, Visitor};
use crate::actions::set_up::FirstAdmin;
use crate::config::{Config, SettingSeen};
use crate::domain::address::EmailAddress;
use crate::domain::kept::{Change, Kept};
use crate::domain::settings::PublicUrl;
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome};
use crate::web::admin::check::StepRow;
use crate::web::admin::settings::find::{look, notice, put};
use crate::web::admin::settings::form::{Notice, Typed, mark, take};
use crate::web::admin::settings::{Field, Input};
use crate::web::filters;
use crate::web::view::View;

/// The settings that are asked for, by what they belong to: the text of its heading, the settings, and those that are seldom
/// needed.
const PARTS: [(&str, &[&str], &[&str]); 4] = [
    ("set-up-account", &["mail.address", "imap.password"], &["imap.user"]),
    ("settings-section-imap", &["imap.host", "imap.port", "imap.security"], &["imap.ca_file"]),
    (
        "settings-section-smtp",
        &["smtp.host", "smtp.port", "smtp.security"],
        &["smtp.user", "smtp.password", "smtp.ca_file"],
    ),
    ("set-up-house", &["server.public_url", "mail.language"], &[]),
];
/// The names of the admin's fields.
const ADMIN: &str = "admin.address";
const ADMIN_NAME: &str = "admin.name";

#[derive(Template, WebTemplate)]
#[template(path = "set_up/form.html")]
pub struct SetUpForm {
    pub view: View,
    pub parts: Vec<Part>,
    pub admin: String,
    pub admin_name: String,
    pub admin_problem: Option<String>,
    pub notice: Option<Notice>,
    /// What is typed can be read on the way.
    pub open: bool,
}

/// Fields below one heading.
#[derive(Clone, Debug)]
pub struct Part {
    pub title: String,
    pub fields: Vec<Field>,
    /// How many of them are always shown; the others are folded away where nothing is in them.
    pub shown: usize,
    /// What was tried of it, where that does not work.
    pub steps: Vec<CheckStep>,
}

impl Part {
    fn main(&self) -> &[Field] {
        self.fields.get(..self.shown).unwrap_or_default()
    }

    fn more(&self) -> &[Field] {
        self.fields.get(self.shown..).unwrap_or_default()
    }

    /// Whether its first field is a setting of a section.
    fn is_of(&self, section: &str) -> bool {
        self.fields
            .first()
            .and_then(|field| field.name.split_once('.'))
            .is_some_and(|(own, _)| own == section)
    }

    fn is_open(&self) -> bool {
        self.more().iter().any(|field| field.problem.is_some() || field.again || !field.text.is_empty())
    }
}

impl SetUpForm {
    pub(super) fn of(state: &SetUpState, visitor: &Visitor, token: &str) -> Self {
        let (t, seen) = (visitor.texts(), state.origin.list(&Kept::default()));
        let field = |name: &&str| {
            let one = seen.iter().find(|one| one.setting.name == **name)?;
            Some(Field::of(t, one))
        };
        let part = |(title, main, more): &(&str, &[&str], &[&str])| Part {
            title: t.get(title).into_owned(),
            fields: main.iter().chain(*more).filter_map(field).collect(),
            shown: main.len(),
            steps: Vec::new(),
        };
        let mut form = Self {
            view: visitor.view(token),
            parts: PARTS.iter().map(part).collect(),
            admin: String::new(),
            admin_name: String::new(),
            admin_problem: None,
            notice: None,
            open: !visitor.is_private,
        };
        form.set("mail.language", t.language().tag());
        form.set("server.public_url", &usual_url(state, visitor));
        form
    }

    pub(super) fn name_account(&mut self, address: &EmailAddress) {
        self.set("mail.address", address.as_str());
    }

    /// Looks for the servers, which takes some seconds, and says what was found.
    pub(super) async fn find(&mut self, state: &SetUpState, address: &EmailAddress) {
        let t = self.view.t;
        let servers = state.origin.name_servers(&Kept::default());
        let found = match look(address, (&servers, &state.server.internal_networks), t).await {
            Ok(found) => found,
            Err(notice) => {
                self.notice = Some(notice);
                return;
            }
        };
        self.notice = Some(notice([&found.imap, &found.smtp].into_iter().flatten(), address, t));
        for (section, offer) in [("imap", found.imap), ("smtp", found.smtp)] {
            for part in &mut self.parts {
                if let Some(offer) = &offer {
                    put(&mut part.fields, (section, ""), offer.clone());
                }
            }
        }
    }

    /// Puts what was typed into the fields, and gives what it means; `None` when something is wrong, which is marked.
    pub(super) fn take(
        &mut self,
        state: &SetUpState,
        typed: &Typed,
        network: IpAddr,
    ) -> Option<(Config, Vec<Change>, FirstAdmin)> {
        let (t, own) = (self.view.t, state.origin.list(&Kept::default()));
        let changes = self.changes(&own, typed);
        let text = |name: &str| typed.get(name).map_or("", |text| text.trim()).to_owned();
        (self.admin, self.admin_name) = (text(ADMIN), text(ADMIN_NAME));
        let made = state.origin.config(&Kept::default().after(&changes));
        let admin = self.admin.parse::<EmailAddress>();
        self.admin_problem = match (&admin, &made) {
            (Err(_), _) => Some(t.get("set-up-no-address").into_owned()),
            (Ok(address), Ok(config)) if config.mail.owns(address) => {
                Some(t.get("cli-admin-own-address").into_owned())
            }
            _ => None,
        };
        if let Err(error) = &made {
            let problems = error.problems.iter().map(|one| (one.name.clone(), one.words(&t)));
            self.mark(problems.collect(), t);
        } else if self.admin_problem.is_some() {
            self.notice = Some(Notice::new(false, t.get("settings-wrong")));
        }
        let full_name = Some(self.admin_name.clone()).filter(|name| !name.is_empty());
        match (made, admin, &self.admin_problem) {
            (Ok(config), Ok(address), None) => {
                Some((config, changes, FirstAdmin { address, full_name, network }))
            }
            _ => None,
        }
    }

    fn changes(&mut self, own: &[SettingSeen], typed: &Typed) -> Vec<Change> {
        self.parts.iter_mut().flat_map(|part| take(&mut part.fields, own, typed)).collect()
    }

    /// Problems at their fields, and those of no field above all.
    fn mark(&mut self, problems: Vec<(String, String)>, t: Texts) {
        let mut left = problems;
        for part in &mut self.parts {
            let is_here = |name: &String| part.fields.iter().any(|field| field.name == *name);
            let (here, others) = left.into_iter().partition(|(name, _)| is_here(name));
            mark(&mut part.fields, here, t);
            left = others;
        }
        let mut notice = Notice::new(false, t.get("settings-wrong"));
        notice.more = left.into_iter().map(|(_, words)| words).collect();
        self.notice = Some(notice);
    }

    /// It was tried, and does not work; what does is not shown.
    pub(super) fn meet(&mut self, tried: Tried) {
        for part in &mut self.parts {
            let steps = tried.iter().filter(|(section, _)| part.is_of(section)).flat_map(|(_, steps)| steps);
            part.steps = steps.filter(|step| step.outcome != Outcome::Ok).cloned().collect();
        }
        self.notice = Some(Notice::new(false, self.view.t.get("set-up-steps-failed")));
    }

    fn has_failed(&self) -> bool {
        self.parts.iter().any(|part| !part.steps.is_empty())
    }

    pub(super) fn fail(&mut self, why: &str) {
        self.notice = Some(Notice::new(false, self.view.t.with("set-up-failed", &[("why", why)])));
    }

    fn set(&mut self, name: &str, text: &str) {
        let fields = self.parts.iter_mut().flat_map(|part| &mut part.fields);
        for field in fields.filter(|field| field.name == name && !field.is_fixed()) {
            text.clone_into(&mut field.text);
        }
    }
}

/// The address by which the browser came, or the one that is usual.
fn usual_url(state: &SetUpState, visitor: &Visitor) -> String {
    let scheme = if visitor.is_private && !visitor.address.is_loopback() { "https" } else { "http" };
    let came_by = format!("{scheme}://{}", visitor.host).parse::<PublicUrl>();
    came_by.unwrap_or_else(|_| state.server.public_url.clone()).as_str().to_owned()
}
