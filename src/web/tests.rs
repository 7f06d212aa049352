use askama::Template;

use super::cadence::PageState;
use super::drafts::page::LeaseView;
use super::error::Trouble;
use super::links::{LinkState, Place};
use super::sample_mailboxes::{self, Shown as Mailbox, mailbox_page};
use super::{sample_directories, sample_pages, sample_settings, samples};
use crate::actions::MailboxProblem;
use crate::actions::providers::Refusal;
use crate::domain::cadence::Cadence;
use crate::domain::claim::ClaimState;
use crate::domain::draft::DraftState;
use crate::domain::identity::Untrusted;
use crate::domain::language::Language;
use crate::domain::notices::NoticeSettings;
use crate::domain::quoted::Quoted;
use crate::domain::zone::Zone;

type Rendered = (&'static str, String);

/// Every page with its sample.
fn pages(language: Language) -> Vec<Rendered> {
    [signed_out(language), signed_in(language), drafts(language)].concat()
}

fn signed_out(l: Language) -> Vec<Rendered> {
    let anna = || "Anna B.".to_owned();
    let member = |cadence| PageState::Member {
        topic: "<b>Budget</b> 预算 2027".to_owned(),
        cadence,
        quoted: Quoted::of(5),
        hours: NoticeSettings::default(),
        house: Zone::UTC,
    };
    let mut pages = vec![
        ("sign-in", sample_pages::ask_page(l, false, &[]).render()),
        ("sign-in-wrong", sample_pages::ask_page(l, true, &[]).render()),
        ("sign-in-one", sample_pages::ask_page(l, false, &["Corp <b>Login</b>"]).render()),
        ("sign-in-many", sample_pages::ask_page(l, true, &["Corp", "统一身份认证", "C", "D", "E"]).render()),
        ("sign-in-leaving", sample_pages::leaving_page(l).render()),
        ("waiting", sample_pages::waiting_page(l).render()),
        ("link", sample_pages::link_page(l, LinkState::SignIn { name: anna() }).render()),
        ("link-other", sample_pages::link_page(l, LinkState::OtherBrowser).render()),
        (
            "personal",
            sample_pages::link_page(l, LinkState::Open { name: anna(), place: Place::Group }).render(),
        ),
        ("personal-claimed", sample_pages::link_page(l, LinkState::Claimed).render()),
        ("personal-code", sample_pages::link_page(l, LinkState::CodeSent).render()),
        ("link-departed", sample_pages::link_page(l, LinkState::Departed).render()),
        ("link-mistake", sample_pages::link_page(l, LinkState::AddedByMistake { by: anna() }).render()),
        ("link-gone", sample_pages::link_page(l, LinkState::Gone).render()),
        ("often", sample_pages::cadence_page(l, member(Cadence::Daily)).render()),
        ("often-none", sample_pages::cadence_page(l, member(Cadence::None)).render()),
        ("often-left", sample_pages::cadence_page(l, PageState::Left).render()),
        ("claim", sample_pages::claim_page(l, Some(ClaimState::Asked)).render()),
        ("claim-accepted", sample_pages::claim_page(l, Some(ClaimState::Accepted)).render()),
        ("claim-denied", sample_pages::claim_page(l, Some(ClaimState::Denied)).render()),
        ("claim-unknown", sample_pages::claim_page(l, None).render()),
        ("often-unknown", sample_pages::cadence_page(l, PageState::Unknown).render()),
        ("desk", sample_pages::desk_page(l).render()),
        ("mailbox", sample_pages::mailbox_page(l).render()),
    ];
    pages.extend(
        Trouble::ALL.map(|trouble| (trouble.keys().0, sample_pages::error_page(l, trouble).render())),
    );
    let refused = |refusal: &Refusal| ("sign-in-refused", sample_pages::refusal_page(l, refusal).render());
    pages.extend(refusals().iter().map(refused));
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}

fn signed_in(l: Language) -> Vec<Rendered> {
    let pages = vec![
        ("home", samples::home_page(l).render()),
        ("group", samples::group_page(l).render()),
        ("threads", sample_pages::threads_page(l, "").render()),
        ("threads-none", sample_pages::threads_page(l, "<b>").render()),
        ("mailbox-closed", mailbox_page(l, Mailbox::Closed).render()),
        ("mailbox-frame", mailbox_page(l, Mailbox::Frame).render()),
        ("mailbox", mailbox_page(l, Mailbox::List).render()),
        ("mailbox-none", mailbox_page(l, Mailbox::Nothing).render()),
        ("mailbox-slow", mailbox_page(l, Mailbox::Trouble(MailboxProblem::TooSlow)).render()),
        ("mailbox-taken", sample_mailboxes::taken_page(l).render()),
        ("new", sample_pages::new_draft_page(l).render()),
        ("set", sample_pages::set_page(l).render()),
        ("search", sample_pages::search_page(l, "", 0).render()),
        ("search-found", sample_pages::search_page(l, "budget", 7).render()),
        ("search-none", sample_pages::search_page(l, "<b>budget", 0).render()),
        ("sessions", sample_pages::sessions_page(l).render()),
        ("file", sample_pages::file_page(l).render()),
        ("ledger", sample_pages::ledger_page(l, true).render()),
        ("ledger-out", sample_pages::ledger_page(l, false).render()),
        ("settings-pages", sample_settings::settings_page(l).render()),
        ("settings-imap", sample_settings::settings_form(l, "imap").render()),
        ("settings-provider", sample_settings::settings_form(l, "provider.corp").render()),
        ("settings-mail", sample_settings::settings_form(l, "mail").render()),
        ("settings-history", sample_settings::history_page(l, false).render()),
        ("settings-history-empty", sample_settings::history_page(l, true).render()),
        ("rules", sample_settings::rules_page(l).render()),
        ("maintenance", sample_settings::maintenance_page(l, false).render()),
        ("maintenance-holds", sample_settings::maintenance_page(l, true).render()),
        ("check", sample_settings::check_page(l, false).render()),
        ("check-runs", sample_settings::check_page(l, true).render()),
        ("directory", sample_directories::directory_page(l).render()),
        ("directory-person", sample_directories::person_page(l).render()),
        ("directory-import", sample_directories::import_page(l, false).render()),
        ("directory-import-seen", sample_directories::import_page(l, true).render()),
    ];
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}

fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::NoProvider,
        Refusal::Gone,
        Refusal::Denied,
        Refusal::Answered { error: "invalid_scope".to_owned() },
        Refusal::Unreachable,
        Refusal::Unfit,
        Refusal::NotBelieved,
        Refusal::Untrusted(Untrusted::NoAddress),
        Refusal::Untrusted(Untrusted::NotVerified),
        Refusal::Untrusted(Untrusted::OtherDomain),
        Refusal::OwnAddress,
        Refusal::Unknown,
        Refusal::OtherAccount,
        Refusal::Departed,
    ]
}

fn drafts(l: Language) -> Vec<Rendered> {
    let wang = || "王小明".to_owned();
    let pages = vec![
        ("draft", sample_pages::draft_page(l, LeaseView::Free, DraftState::Open)),
        ("draft-mine", sample_pages::draft_page(l, LeaseView::Mine { wanted_by: None }, DraftState::Open)),
        (
            "draft-wanted",
            sample_pages::draft_page(l, LeaseView::Mine { wanted_by: Some(wang()) }, DraftState::Open),
        ),
        (
            "draft-other",
            sample_pages::draft_page(l, LeaseView::Other { name: wang(), asked: true }, DraftState::Open),
        ),
        ("draft-elsewhere", sample_pages::draft_page(l, LeaseView::Elsewhere, DraftState::Open)),
        ("draft-lost", sample_pages::lost_draft_page(l)),
        ("draft-confirmed", sample_pages::draft_page(l, LeaseView::Free, DraftState::Confirmed)),
        ("draft-discarded", sample_pages::draft_page(l, LeaseView::Free, DraftState::Discarded)),
    ];
    pages.into_iter().map(|(name, page)| (name, page.render().unwrap())).collect()
}

#[test]
fn the_options_of_the_people_field_can_be_rendered() {
    let html = sample_pages::people_options(Language::Chinese).render().unwrap();
    assert_eq!(html.matches("role=\"option\"").count(), 7);
    assert!(html.contains("王小明"));
}

/// Renders every page; with MAILMOOT_PAGES=folder the pages are left there to look at.
#[test]
fn every_page_can_be_rendered_in_every_language() {
    for language in Language::ALL {
        for (name, html) in pages(language) {
            assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())), "{name}");
            assert!(
                !html.contains(" style=\"") && !html.contains("<style"),
                "{name}: the CSP allows no inline style"
            );
            assert!(!html.contains("onclick="), "{name}: the CSP allows no inline script");
            if let Some(folder) = std::env::var_os("MAILMOOT_PAGES") {
                let file = std::path::Path::new(&folder).join(format!("{name}.{}.html", language.tag()));
                std::fs::write(file, html).unwrap();
            }
        }
    }
}

/// `|safe` would let any text through; `|markup` takes only what the sanitiser made.
#[test]
fn no_template_trusts_a_text() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "html") {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains("|safe") && !text.contains("| safe"), "{}", path.display());
            }
        }
    }
}
