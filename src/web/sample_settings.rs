//! Samples of the pages of settings and of the check.

use super::admin::check::CheckPage;
use super::admin::maintenance::MaintenancePage;
use super::admin::settings::form::{Notice, SettingsForm};
use super::admin::settings::history::{HistoryPage, SaveRow};
use super::admin::settings::{Adding, Field, SettingsPage, sections, title};
use super::rules::{Rule, RulesPage};
use super::samples::{at, view};
use crate::config::Origin;
use crate::domain::kept::{Changed, Kept, Save, Told};
use crate::domain::language::Language;
use crate::domain::maintenance::Maintenance;
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome};

fn seen() -> Vec<crate::config::SettingSeen> {
    let kept = [
        ("imap.host", "mail.<b>corp</b>.example"),
        ("imap.password", "secret"),
        ("provider.corp.title", "Corp"),
    ];
    let kept = kept.map(|(name, text)| (name.to_owned(), text.to_owned()));
    Origin::of("[mail]\naddress = \"moot@corp.example\"\n", []).list(&Kept(kept.into_iter().collect()))
}

fn save() -> Save {
    let changed = |name: &str, before, after| Changed { name: name.to_owned(), before, after };
    let changes = vec![
        changed("imap.host", Told::Nothing, Told::Text("mail.corp.example".to_owned())),
        changed("imap.password", Told::Secret, Told::Secret),
    ];
    Save { number: 3, at: at(0), who: "<i>Ada</i> Min".to_owned(), changes }
}

pub fn settings_page(language: Language) -> SettingsPage {
    let t = Texts::of(language);
    let adding = Adding {
        kind: "provider",
        words: t.get("settings-add-provider").into_owned(),
        typed: "<Größe>".to_owned(),
        problem: Some(t.get("settings-name-problem").into_owned()),
    };
    SettingsPage {
        view: view(language, "/admin/settings"),
        sections: sections(t, &seen()),
        adding: vec![adding],
    }
}

pub fn settings_form(language: Language, section: &str) -> SettingsForm {
    let t = Texts::of(language);
    let own = seen().into_iter().filter(|one| one.setting.section() == section);
    let mut fields: Vec<Field> = own.map(|one| Field::of(t, &one)).collect();
    fields[0].problem = Some("imap.host is “<b>”".to_owned());
    SettingsForm {
        view: view(language, "/admin/settings"),
        section: section.to_owned(),
        title: title(t, section),
        fields,
        seen: 3,
        removable: true,
        notice: Some(Notice {
            good: false,
            words: t.get("settings-wrong").into_owned(),
            more: vec!["smtp.host is not set.".to_owned()],
        }),
        steps: vec![CheckStep {
            what: "IMAP".to_owned(),
            outcome: Outcome::Failed,
            seen: "<script>".to_owned(),
            advice: "Try another one.".to_owned(),
        }],
        meanwhile: vec![SaveRow::of(t, save())],
        of_accounts: true,
        find: Some("Find".to_owned()),
    }
}

pub fn history_page(language: Language, empty: bool) -> HistoryPage {
    let t = Texts::of(language);
    let saves = if empty { Vec::new() } else { vec![SaveRow::of(t, save())] };
    let done = empty.then(|| t.get("settings-saved").into_owned());
    HistoryPage {
        view: view(language, "/admin/settings/history"),
        saves,
        done,
        problems: vec!["<b>".to_owned()],
    }
}

pub fn check_page(language: Language, runs: bool) -> CheckPage {
    CheckPage { view: view(language, "/admin/check"), runs }
}

pub fn rules_page(language: Language) -> RulesPage {
    let t = Texts::of(language);
    let rule = Rule {
        title: t.get("rules-outside").into_owned(),
        words: vec![t.with("rules-members", &[("domains", "<b>partner</b>.example")]).into_owned()],
        section: "policy",
    };
    RulesPage { view: view(language, "/settings/rules"), rules: vec![rule], is_admin: true }
}

pub fn maintenance_page(language: Language, holds: bool) -> MaintenancePage {
    let mut view = view(language, "/admin/maintenance");
    let why = "<i>The mail server moves</i>".to_owned();
    view.quiet = holds.then(|| Maintenance { begun_at: at(0), ends_at: Some(at(3_600)), why });
    MaintenancePage { view }
}
