//! One invented company, as the tests show it on every page.

use std::time::Duration;

use super::face::Face;
use super::groups::{GroupPage, GroupRow, HomePage};
use super::members::Head;
use super::messages::MessagePart;
use super::presence::Mine;
use super::view::{DraftRow, Side, Theme, View};
use crate::domain::audit::Whence;
use crate::domain::digest::Digest;
use crate::domain::event::MemberHead;
use crate::domain::file::{File, FileName, PictureSize};
use crate::domain::group::{Adding, Group, History};
use crate::domain::identity::Rights;
use crate::domain::ids::{Id, PersonId};
use crate::domain::language::Language;
use crate::domain::mail_notes::MailNotes;
use crate::domain::message::{Author, Body, Glance, Grade, Message, Source, Trace};
use crate::domain::notice::{Named, Notice};
use crate::domain::person::{Origin, Person, Viewer};
use crate::domain::presence::{Attention, Choice, Presence, Status};
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest, Receipts, Tally};
use crate::domain::retention::{Hold, Keeping};
use crate::domain::safe_html::SafeHtml;
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// 2026-11-20 09:00 UTC.
pub const MORNING: i64 = 1_795_165_200_000;

pub fn id<T>(n: u128) -> Id<T> {
    Id::from(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n))
}

pub fn at(minutes: i64) -> Timestamp {
    Timestamp::from_millis(MORNING + minutes * 60_000)
}

const PEOPLE: &[(&str, &str, &str, &str, &str)] = &[
    ("Anna Berg", "anna.berg@corp.example", "+46 8 555 01 10", "Finance", "Head of controlling"),
    ("王小明", "wang.xiaoming@corp.example", "+86 10 5555 0121", "采购部", "采购经理"),
    ("David Okafor", "david.okafor@corp.example", "+44 20 5550 0132", "Operations", "Plant manager"),
    ("李雷", "lei.li@corp.example", "+86 21 5555 0143", "研发中心", "高级工程师"),
    (
        "Maria-Fernanda Gutiérrez de la Torre",
        "mf.gutierrez@corp.example",
        "",
        "Legal and regulatory affairs, Iberia",
        "Senior counsel",
    ),
    ("Kenji Sato", "kenji.sato@partner.example", "", "", ""),
    ("陈思远", "siyuan.chen@corp.example", "+86 10 5555 0165", "财务部", "会计主管"),
];

pub fn person(n: usize) -> Person {
    let (name, address, phone, department, position) = PEOPLE[n % PEOPLE.len()];
    Person {
        id: person_id(n),
        full_name: name.to_owned(),
        addresses: vec![address.parse().unwrap()],
        phones: [phone].into_iter().filter(|p| !p.is_empty()).map(str::to_owned).collect(),
        department: department.to_owned(),
        position: position.to_owned(),
        origin: if n == 5 { Origin::Learnt } else { Origin::Imported },
        departed_at: None,
        photo: n.is_multiple_of(3).then(|| Digest::of(name.as_bytes())),
    }
}

pub fn person_id(n: usize) -> PersonId {
    id(17 * n as u128 + 3)
}

pub fn face(n: usize) -> Face {
    let person = person(n);
    Face::of_person(&person)
}

pub fn view(language: Language, path: &str) -> View {
    let t = Texts::of(language);
    let viewer = Viewer {
        person_id: person_id(0),
        session_id: id(900),
        full_name: person(0).full_name,
        photo: person(0).photo,
        rights: Rights { admin: true, auditor: false },
        language: None,
        whence: Whence::default(),
        until: crate::domain::time::Timestamp::from_millis(i64::MAX),
    };
    View {
        t,
        theme: Theme::Auto,
        viewer: Some(viewer),
        side: side(t, path),
        mine: Some(Mine::new(lunch(), Duration::from_secs(600))),
        path: path.to_owned(),
        quiet: None,
        demo: true,
    }
}

pub fn nobody(language: Language, path: &str) -> View {
    View { viewer: None, mine: None, side: Side::default(), ..view(language, path) }
}

fn side(t: Texts, path: &str) -> Side {
    let rows = [
        ("Budget 2027: second round", 3, "王小明", "供应商的新报价我放在附件里了，请大家看一下", 31),
        ("华东仓库搬迁", 0, "李雷", "周五上午可以现场确认", -40),
        (
            "Audit questions from the bank, answers needed by Friday noon",
            120,
            "Maria-Fernanda Gutiérrez de la Torre",
            "I have put comments into the draft",
            -200,
        ),
        ("Team lunch", 0, "David Okafor", "Same place as last time?", -2000),
    ];
    let groups = rows.iter().enumerate().map(|(n, (topic, unread, author, line, minutes))| {
        let group = id(100 + n as u128);
        GroupRow {
            t,
            group,
            topic: (*topic).to_owned(),
            said: 200,
            read: Some(200 - *unread),
            muted: n == 3,
            last: Some(Glance {
                author: (*author).to_owned(),
                words: (*line).to_owned(),
                ..Glance::default()
            }),
            by: None,
            at: at(*minutes),
            current: path == format!("/groups/{group}"),
            mentions: Vec::new(),
            newest: 0,
        }
    });
    let drafts = vec![DraftRow {
        id: id(200),
        t,
        topic: "Customs papers for the Rotterdam shipment".to_owned(),
        at: at(12),
        current: path == format!("/drafts/{}", id::<()>(200)),
    }];
    Side { may_start: true, groups: groups.collect(), drafts }
}

/// As the database would give it back.
pub fn safe(html: &str) -> SafeHtml {
    serde_json::from_value(html.into()).unwrap()
}

fn message(seq: i64, author: usize, minutes: i64, html: &str) -> Message {
    Message {
        id: id(1000 + seq as u128),
        group_id: id(100),
        seq,
        author: Author {
            person_id: Some(person_id(author)),
            name: person(author).full_name,
            grade: Grade::Confirmed,
            photo: person(author).photo,
        },
        source: Source::Browser,
        posted_at: at(minutes),
        body: Body { markdown: html.to_owned(), html: safe(html) },
        quotation: String::new(),
        signature: String::new(),
        notes: MailNotes::default(),
        mail_id: None,
        client_id: None,
        files: Vec::new(),
        reactions: Vec::new(),
        marks: Vec::new(),
        answers: None,
        trace: Trace::default(),
        taken_from: None,
        share: None,
        notice: None,
        receipts: Receipts::default(),
    }
}

fn notice(seq: i64) -> Message {
    let named = |n: usize| Named { id: person_id(n), name: person(n).full_name };
    let added = Notice::Added { people: vec![named(4), named(5)], history: History::Now };
    Message { notice: Some(added), ..message(seq, 0, 40, "") }
}

pub fn file(n: u128, name: &str, media_type: &str, size: i64) -> File {
    File {
        id: id(n),
        name: FileName::cleaned(name, "file"),
        media_type: media_type.to_owned(),
        size,
        created_at: at(0),
        picture: media_type.starts_with("image/").then_some(PictureSize { width: 1200, height: 800 }),
    }
}

pub fn messages() -> Vec<Message> {
    let mut opening = message(
        1,
        0,
        -1500,
        "<p>Seven people, fourteen mails and three versions of one table: let us settle the <strong>budget for 2027</strong> here.</p><p>What is still open:</p><ul><li>the second transport contract</li><li>two positions in the lab</li><li>whether the move of the warehouse falls into this year</li></ul>",
    );
    opening.source = Source::Draft;
    opening.files = vec![
        file(501, "Budget 2027 v3 (final) final.xlsx", "application/vnd.ms-excel", 48_311),
        file(502, "minutes.pdf", "application/pdf", 1_402_233),
    ];
    let mut mail = message(
        4,
        2,
        -1380,
        "<p>Moving in December is possible if the racks arrive before the 4th. I have asked the supplier to confirm in writing.</p>",
    );
    mail.source = Source::Mail;
    mail.quotation = "On Fri, 20 Nov 2026 at 09:12, Anna Berg wrote:\n> What is still open:\n> - the second transport contract".to_owned();
    mail.signature = "-- \nDavid Okafor\nPlant manager".to_owned();
    let mut stranger = message(
        5,
        5,
        -1300,
        "<p>We can hold the price until the end of the month. See <a href=\"https://partner.example/offers/2027\">our offer</a>.</p>",
    );
    stranger.source = Source::Mail;
    stranger.author.grade = Grade::ByLink;
    stranger.receipts = Receipts {
        request: ReceiptRequest::Wanted,
        tally: Tally { asked: 9, read: 7, failed: 1, declined: 0 },
    };
    let mut offer = message(
        8,
        1,
        24,
        "<p>供应商的新报价我放在附件里了，请大家看一下。和上一版相比，运输费降了 4%，但是交货期多了一周。</p>",
    );
    offer.files = vec![file(503, "报价单（第二版）.pdf", "application/pdf", 302_112)];
    vec![
        opening,
        message(2, 3, -1440, "<p>实验室的两个职位我这边可以推迟到第二季度，先把合同定下来。</p>"),
        message(3, 3, -1439, "<p>理由写在第 12 行的备注里。</p>"),
        mail,
        stranger,
        message(
            6,
            4,
            2,
            "<p>From the legal side: please do <em>not</em> sign before we have seen the liability clause. The last version said</p><blockquote><p>the carrier is liable for direct damage only</p></blockquote><p>which is not what we agreed. <code>§ 7.2</code> needs to go back to what it was.</p>",
        ),
        message(7, 0, 3, "<p>Understood, waiting.</p>"),
        offer,
        message(9, 6, 25, "<p>收到，今天下班前给意见。</p>"),
        message(
            10,
            0,
            31,
            "<p>Thank you! I will put both versions side by side and come back after lunch.</p>",
        ),
        notice(11),
    ]
}

fn lunch() -> Status {
    Status { choice: Choice::Away, note: "at lunch".to_owned(), until: Some(at(45)), absence: None }
}

fn presence(n: usize) -> Presence {
    match n {
        0 | 3 => Presence::of(Attention::Looking, Status::default()),
        1 => Presence::of(Attention::Looking, lunch()),
        4 => Presence::of(Attention::Idle, Status { choice: Choice::Busy, ..lunch() }),
        6 => Presence::of(Attention::Gone, lunch()),
        _ => Presence::default(),
    }
}

fn heads() -> Vec<MemberHead> {
    let head = |n: usize| MemberHead {
        id: person_id(n),
        name: person(n).full_name,
        photo: person(n).photo,
        is_guest: n == 5,
        presence: presence(n),
    };
    (0..PEOPLE.len()).map(head).collect()
}

pub fn group_page(language: Language) -> GroupPage {
    let group = Group {
        id: id(100),
        topic: "Budget 2027: second round".to_owned(),
        thread_id: None,
        parent_id: None,
        created_by: person_id(0),
        created_at: at(-1500),
        last_seq: 11,
        last_change: 2,
        said_seq: 10,
        notices: 1,
        subject: "Budget 2027".to_owned(),
        adding: Adding::Members,
        receipt_request: ReceiptRequest::None,
        outside_sharing: true,
    };
    GroupPage {
        view: view(language, &format!("/groups/{}", group.id)),
        group,
        head: Head::of(Texts::of(language), (id(100), heads())),
        messages: MessagePart::list(Texts::of(language), messages()),
        older: false,
        newer: false,
        at: None,
        read_seq: 7,
        parent: None,
        owns: true,
        edit_time: 86_400_000,
        reads_since: None,
        file_limit: 25_000_000,
        client_id: id(700),
        answers: None,
        receipt: ReceiptRequest::None,
        receipt_policy: ReceiptPolicy::Automatic,
        typed: String::new(),
        unsent_at: 0,
        kept: vec![file(504, "kept from before.pdf", "application/pdf", 12_000)],
        problem: None,
        keeping: Keeping {
            hold: Some(Hold { since: at(-60), why: "Audit <b>2027</b>".to_owned() }),
            own: Some(90),
            house: Some(365),
        },
    }
}

pub fn home_page(language: Language) -> HomePage {
    HomePage { view: view(language, "/"), gateway: "moot@corp.example".to_owned() }
}
