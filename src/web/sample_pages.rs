//! A sample of every page, in the invented company of `samples`.

use super::admin::ledger::LedgerPage;
use super::admin::ledger::filter::Filter;
use super::admin::ledger::row::LedgerRow;
use super::cadence::{CadencePage, PageState};
use super::claims::ClaimPage;
use super::drafts::from::FromPage;
use super::drafts::new::NewDraftPage;
use super::drafts::page::{DraftFile, DraftMember, DraftPage, DraftView, LeaseView};
use super::error::{ErrorPage, Trouble};
use super::files::entry::{EntryPage, EntryPart};
use super::links::{LinkPage, LinkState};
use super::mail_desk::{DeskPage, DeskPerson, DeskRow, Letter, MailboxPage, WriteForm};
use super::people::{PeopleOptions, PersonOption};
use super::people_sets::{SetOption, SetView, SetWay};
use super::providers::{self, LeavingPage};
use super::samples::{at, face, file, id, nobody, person, person_id, safe, view};
use super::search::{SearchPage, SearchPart};
use super::sessions::{SessionRow, SessionsPage};
use super::sign_in::{AskPage, WaitingPage};
use super::threads::{ThreadRow, ThreadsPage};
use crate::actions::claims::ClaimView;
use crate::actions::files_shown::{Beginning, FileEntry, Use};
use crate::actions::providers::{Offer, Refusal};
use crate::actions::search::{Asked, Hit, HitFile, Results};
use crate::domain::claim::ClaimState;
use crate::domain::draft::{Draft, DraftState};
use crate::domain::group::Reach;
use crate::domain::language::Language;
use crate::domain::ledger::{
    Delivery, DeliveryKind, DeliveryState, Ignored, MailEntry, Outcome, Proof, Routed, SourcePlace, Verdict,
    Way,
};
use crate::domain::people_set::{PeopleSet, SetOffer, SetSeen};
use crate::domain::person::Session;
use crate::domain::search::excerpt::Piece;
use crate::domain::search::{Note, Zone};
use crate::domain::thread::Seen;
use crate::texts::Texts;

pub fn ask_page(language: Language, wrong: bool, providers: &[&str]) -> AskPage {
    let view = nobody(language, "/sign-in");
    let problem = wrong.then(|| view.t.get("wrong-address").into_owned());
    let offer = |title: &&str| Offer { name: "corp".to_owned(), title: (*title).to_owned() };
    let offers = providers.iter().map(offer).collect();
    AskPage {
        view,
        passwords: !providers.is_empty(),
        keeps_passwords: wrong,
        password_problem: problem.clone(),
        offers,
        address: if wrong { "anna" } else { "" }.to_owned(),
        next: "/".to_owned(),
        problem,
    }
}

pub fn leaving_page(language: Language) -> LeavingPage {
    let view = nobody(language, "/sign-in/with/corp");
    let title = view.t.get("leaving-to-sign-in").into_owned();
    LeavingPage { view, title, url: "https://login.corp.example/?a=\"1\"&b=<2>".to_owned() }
}

pub fn refusal_page(language: Language, refusal: &Refusal) -> ErrorPage {
    providers::refusal_page(nobody(language, "/sign-in/with/corp/back"), "Corp <b>Login</b>", refusal)
}

pub fn waiting_page(language: Language) -> WaitingPage {
    let view = nobody(language, "/sign-in/waiting");
    let problem = Some(view.t.get("wrong-code").into_owned());
    WaitingPage { view, address: "anna.berg@corp.example".to_owned(), problem }
}

pub fn claim_page(language: Language, state: Option<ClaimState>) -> ClaimPage {
    let claim = state.map(|state| ClaimView {
        address: "anna@home.example".to_owned(),
        name: "Anna <b>Berg</b>".to_owned(),
        state,
    });
    ClaimPage { view: nobody(language, "/claims/abc"), token: "abc".to_owned(), claim }
}

pub fn cadence_page(language: Language, state: PageState) -> CadencePage {
    CadencePage { view: nobody(language, "/mails/abc"), token: "abc".to_owned(), state, saved: true }
}

pub fn link_page(language: Language, state: LinkState) -> LinkPage {
    LinkPage { view: nobody(language, "/l/abc"), token: "abc".to_owned(), state, problem: None }
}

pub fn sessions_page(language: Language) -> SessionsPage {
    let row = |n: u128, device: &str| SessionRow {
        device: device.to_owned(),
        current: n == 900,
        session: Session {
            id: id(n),
            person_id: person_id(0),
            user_agent: String::new(),
            created_at: at(-9000),
            last_seen_at: at(-30),
            expires_at: at(90_000),
        },
    };
    SessionsPage {
        view: view(language, "/sessions"),
        sessions: vec![row(900, "Firefox, Windows"), row(901, "Safari, iPhone")],
    }
}

/// A text with its beginning, used in one message.
pub fn file_page(language: Language) -> EntryPage {
    let view = view(language, "/files/501/entry");
    let entry = FileEntry {
        file: file(501, "notes <b>.txt", "text/plain", 302_112),
        digest: "9f86d081884c7d65".repeat(4),
        uses: vec![Use {
            group_id: id(100),
            topic: "Budget 2027".to_owned(),
            seq: 8,
            author_name: person(1).full_name,
            posted_at: at(24),
        }],
    };
    let beginning = Some(Beginning { text: "<script>\n第二行".to_owned(), goes_on: true });
    EntryPage { part: EntryPart { t: view.t, entry, beginning }, view }
}

pub fn error_page(language: Language, trouble: Trouble) -> ErrorPage {
    trouble.page(nobody(language, "/groups/1"), "/")
}

pub fn threads_page(language: Language, query: &str) -> ThreadsPage {
    let topics = [
        ("Customs papers for the Rotterdam shipment", 14),
        ("关于华东仓库搬迁的时间安排", 9),
        ("Fehlende Unterlagen zur Betriebsprüfung", 3),
        ("", 1),
    ];
    let row = |n: usize| ThreadRow {
        id: id(300 + n as u128),
        topic: topics[n].0.to_owned(),
        names: (0..5 - n).map(|m| person(m).full_name).collect::<Vec<_>>().join(", "),
        faces: (0..5 - n).map(face).collect(),
        mails: topics[n].1,
        last_at: at(-100 * n as i64),
    };
    let threads = if query.is_empty() { (0..4).map(row).collect() } else { Vec::new() };
    let next = query.is_empty().then(|| "/threads?before=1".to_owned());
    let mailboxes = query.is_empty();
    ThreadsPage { view: view(language, "/threads"), query: query.to_owned(), threads, next, mailboxes }
}

pub fn new_draft_page(language: Language) -> NewDraftPage {
    NewDraftPage {
        view: view(language, "/drafts/new"),
        gateway: "moot@corp.example".to_owned(),
        limit: "25 MB".to_owned(),
        problem: None,
    }
}

pub fn draft_view(language: Language, lease: LeaseView, state: DraftState) -> DraftView {
    let seen = |n: usize| match n {
        0 => Seen { from: 4, to: 1, cc: 0 },
        1 => Seen { from: 2, to: 6, cc: 0 },
        2 | 3 => Seen { from: 0, to: 3, cc: 2 },
        _ => Seen { from: 0, to: 0, cc: 5 },
    };
    let member = |n: usize| DraftMember {
        may_join: true,
        face: face(n),
        person: person(n),
        seen: seen(n),
        reach: if n.is_multiple_of(3) { Reach::Browser } else { Reach::Mail },
        is_you: n == 0,
    };
    let opening = "We have fourteen mails about this and still no list.\n\n- which papers are **missing**\n- who asks the carrier";
    DraftView {
        t: Texts::of(language),
        rule: None,
        draft: Draft {
            id: id(200),
            owner: person_id(0),
            topic: "Customs papers for the Rotterdam shipment".to_owned(),
            opening: opening.to_owned(),
            thread_id: Some(id(300)),
            parent_id: Some(id(101)),
            state,
            group_id: (state == DraftState::Confirmed).then(|| id(100)),
            version: 7,
            lease: None,
            created_at: at(0),
            updated_at: at(12),
        },
        page: id(800),
        lease,
        members: (0..6).map(member).collect(),
        files: vec![
            DraftFile {
                file: file(601, "packing list.xlsx", "application/vnd.ms-excel", 18_230),
                keep: true,
            },
            DraftFile { file: file(602, "image001.png", "image/png", 3_120), keep: false },
        ],
        chosen: super::samples::messages().into_iter().take(2).map(|message| (message, true)).collect(),
        lists: offers(),
        parent: Some("Budget 2027: second round".to_owned()),
        owns: true,
        preview: safe(
            "<p>We have fourteen mails about this and still no list.</p><ul><li>which papers are <strong>missing</strong></li><li>who asks the carrier</li></ul>",
        ),
        added: vec![person_id(4), person_id(5)],
        already: Some(person_id(3)),
        problem: None,
        kept: None,
    }
}

pub fn draft_page(language: Language, lease: LeaseView, state: DraftState) -> DraftPage {
    DraftPage {
        view: view(language, &format!("/drafts/{}", id::<()>(200))),
        d: draft_view(language, lease, state),
    }
}

pub fn lost_draft_page(language: Language) -> DraftPage {
    let other = LeaseView::Other { name: "王小明".to_owned(), asked: false };
    let mut page = draft_page(language, other, DraftState::Open);
    page.d.problem = Some(page.d.t.get("lease-lost").into_owned());
    page.d.kept = Some("Customs papers, second list".to_owned());
    page
}

fn offers() -> Vec<SetOption> {
    let list = SetOffer { set: PeopleSet::List(id(1)), name: "Purchasing & customs".to_owned(), count: 62 };
    let name = "采购部".to_owned();
    let department = SetOffer { set: PeopleSet::Department(name.clone()), name, count: 1 };
    [list, department].map(SetOption::from).into()
}

pub fn set_page(language: Language) -> FromPage {
    let set = PeopleSet::Department("采购部".to_owned());
    let people = (0..5).map(person).collect();
    let departed = vec!["Maria Fernández".to_owned()];
    let seen = SetSeen { set, name: "采购部".to_owned(), people, departed, unknown: 2 };
    let way = SetWay {
        action: "/drafts/1/members/from".to_owned(),
        back: "/drafts/1".to_owned(),
        ..SetWay::default()
    };
    let part = SetView::of(Texts::of(language), seen, (&[person_id(1)], 4), way);
    FromPage { view: view(language, "/drafts/1/members/from"), part }
}

pub fn people_options(language: Language) -> PeopleOptions {
    PeopleOptions {
        t: Texts::of(language),
        sets: offers(),
        sets_first: true,
        people: (0..4).map(person).map(PersonOption::from).collect(),
        free_address: Some("new.person@partner.example".to_owned()),
    }
}

pub fn ledger_page(language: Language, incoming: bool) -> LedgerPage {
    let t = Texts::of(language);
    let outcomes = [
        Outcome::Waiting,
        Outcome::Message { group: id(100), message: id(1001) },
        Outcome::Draft { draft: id(200) },
        Outcome::Ignored { why: Ignored::Automatic },
        Outcome::ThreadOnly { thread: id(300) },
        Outcome::Quarantined { why: "More than 100 mails inside each other".to_owned() },
        Outcome::Unfetched {
            place: SourcePlace::Uid { uid_validity: 1, uid: 815 },
            why: "The IMAP server refuses UID FETCH: [SERVERBUG] Internal error".to_owned(),
            again: false,
        },
    ];
    let mail = |(n, outcome): (usize, Outcome)| {
        let entry = MailEntry {
            id: id(400 + n as u128),
            received_at: at(-(n as i64) * 7),
            source: "imap:moot@mail.corp.example/INBOX".to_owned(),
            message_id: format!("20261120.{n}.8f3@corp.example"),
            sender: "anna.berg@corp.example".to_owned(),
            subject: "Budget 2027".to_owned(),
            size: 4000,
            routed: Routed {
                way: matches!(outcome, Outcome::Message { .. }).then_some(Way::Answer),
                ..Routed::default()
            },
            proof: matches!(outcome, Outcome::Message { .. })
                .then(|| Proof { verdict: Verdict::Aligned, words: "dmarc=pass".to_owned() }),
            outcome,
        };
        LedgerRow::incoming(t, &entry)
    };
    let states = [
        (DeliveryState::Waiting, 2, "450 4.2.0 Mailbox busy, try again later"),
        (DeliveryState::Sent, 1, "250 2.0.0 Ok: queued as 4F1A2"),
        (DeliveryState::Failed, 1, "550 5.1.1 No such user"),
    ];
    let delivery = |(n, (state, attempts, reply)): (usize, (DeliveryState, i64, &str))| {
        LedgerRow::outgoing(
            t,
            &Delivery {
                id: id(450 + n as u128),
                kind: DeliveryKind::Messages,
                person_id: None,
                group_id: None,
                address: "bo.lind@corp.example".parse().expect("an address"),
                message_id: String::new(),
                state,
                attempts,
                last_reply: reply.to_owned(),
                created_at: at(0),
                updated_at: at(3),
                retried_at: None,
            },
        )
    };
    let rows = if incoming {
        outcomes.into_iter().enumerate().map(mail).collect()
    } else {
        states.into_iter().enumerate().map(delivery).collect()
    };
    LedgerPage {
        view: view(language, "/admin/ledger"),
        filter: Filter::none(t, incoming),
        rows,
        next: Some("/admin/ledger?before=1".to_owned()),
        done: Vec::new(),
        may_act: true,
    }
}

pub fn desk_page(language: Language) -> DeskPage {
    let row =
        |n: usize| DeskPerson { face: face(n), address: person(n).addresses[0].to_string(), mails: 3 * n };
    DeskPage {
        view: nobody(language, "/mail-desk"),
        gateway: "moot@corp.example".to_owned(),
        people: (0..7).map(row).collect(),
    }
}

pub fn mailbox_page(language: Language) -> MailboxPage {
    let mail = |n: usize, from: &str, subject: &str| DeskRow {
        id: n.to_string(),
        from: from.to_owned(),
        subject: subject.to_owned(),
        at: at(-(n as i64) * 40),
        is_open: n == 1,
    };
    MailboxPage {
        view: nobody(language, "/mail-desk/david.okafor@corp.example"),
        owner: face(2),
        address: "david.okafor@corp.example".to_owned(),
        mails: vec![
            mail(0, "王小明 (Budget 2027)", "Budget 2027: second round"),
            mail(1, "mailmoot", "A group for you: Budget 2027: second round"),
            mail(2, "Anna Berg", "Re: Budget 2027, now with the lab positions and everything"),
        ],
        open: Some(Letter {
            id: "1".to_owned(),
            subject: "A group for you: Budget 2027: second round".to_owned(),
            from: "mailmoot <moot@corp.example>".to_owned(),
            to: "David Okafor <david.okafor@corp.example>".to_owned(),
            cc: String::new(),
            at: at(-40),
            text: "Anna Berg added you to the group “Budget 2027: second round”.\n\nOpen it: https://moot.corp.example/l/abc".to_owned(),
            has_html: false,
            files: String::new(),
        }),
        form: Some(WriteForm { to: "moot@corp.example".to_owned(), kind: "reply".to_owned(), subject: "Re: A group for you".to_owned(), ..WriteForm::default() }),
        sent: true,
        problem: None,
    }
}

/// With results, or without any; blank if nothing was typed.
pub fn search_page(language: Language, typed: &str, hits: i64) -> SearchPage {
    let view = view(language, "/search");
    let asked = Asked { typed, group: None, before: None, zone: Zone::named("Europe/Stockholm") };
    let results = Results {
        is_blank: typed.is_empty(),
        hits: (0..hits).map(hit).collect(),
        next: (hits > 2).then_some(1),
        notes: vec![Note::NoDay { typed: "<soon>".to_owned() }, Note::NoWords],
        is_preparing: hits > 2,
        ..Results::default()
    };
    SearchPage { part: SearchPart::of(view.t, asked, results, at(60)), view }
}

fn hit(n: i64) -> Hit {
    let piece = |text: &str, marked| Piece { text: text.to_owned(), marked };
    let attached = file(501, "Budget 2027 v3.xlsx", "application/vnd.ms-excel", 48_311);
    Hit {
        group: id(100),
        topic: "Budget 2027: second round".to_owned(),
        seq: n + 1,
        author_id: Some(person_id(4)),
        author: person(4).full_name,
        photo: None,
        at: at(-1_000 * n * n),
        text: vec![piece("… <the> ", false), piece("budget", true), piece(" of 2027", false)],
        files: vec![HitFile {
            file: attached,
            name: vec![piece("Budget", true), piece(" 2027 v3.xlsx", false)],
        }],
    }
}
