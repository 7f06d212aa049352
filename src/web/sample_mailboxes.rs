//! The pages of a person's own mailbox, filled in with what is hard to show.

use super::own_mailbox::{Connect, MailboxPage, MailboxPart, MailboxRow, TakenPage, Typed};
use super::samples::{at, id, view};
use crate::actions::own_mailbox::{Chosen, Known, MailboxThread, Part};
use crate::actions::providers::Offer;
use crate::actions::{ActionError, MailboxProblem, Problem};
use crate::domain::language::Language;
use crate::domain::thread::{Participant, Seen};

/// Where somebody types their password, the frame of the list, or the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Closed,
    Frame,
    List,
    Nothing,
    Trouble(MailboxProblem),
}

pub fn mailbox_page(language: Language, shown: Shown) -> MailboxPage {
    let view = view(language, "/threads/mailbox");
    let address = "anna.berg@corp.example";
    let problem = Some(view.t.get("wrong-mail-password").into_owned());
    let part = match shown {
        Shown::Closed | Shown::Frame => None,
        Shown::Trouble(problem) => {
            let error = ActionError::invalid("mailbox", Problem::Mailbox(problem));
            Some(MailboxPart::failed(view.t, &Typed::default(), &error))
        }
        Shown::List => Some(part(&view.t, (0..4).map(|n| MailboxRow::of(thread(n), ", ")).collect())),
        Shown::Nothing => Some(MailboxPart { query: "<b>".to_owned(), ..part(&view.t, Vec::new()) }),
    };
    MailboxPage {
        view,
        query: "预算 <b>".to_owned(),
        address: (shown != Shown::Closed).then(|| address.parse().ok()).flatten(),
        connect: Connect {
            offers: vec![Offer { name: "corp".to_owned(), title: "Corp <b>Login</b>".to_owned() }],
            by_password: true,
            addresses: address.parse().into_iter().collect(),
            problem,
        },
        later: "/threads/mailbox/list".to_owned(),
        part,
    }
}

pub fn taken_page(language: Language) -> TakenPage {
    TakenPage { view: view(language, "/threads/mailbox/draft"), left_out: 3, path: "/drafts/1".to_owned() }
}

fn part(t: &crate::texts::Texts, rows: Vec<MailboxRow>) -> MailboxPart {
    let next = (!rows.is_empty()).then(|| "/threads/mailbox?page=1".to_owned());
    MailboxPart {
        t: *t,
        query: String::new(),
        problem: None,
        again: String::new(),
        again_label: "mailbox-again",
        rows,
        next,
    }
}

fn thread(n: usize) -> MailboxThread {
    let topics = ["Customs <b>papers</b> for Rotterdam", "关于华东仓库搬迁的时间安排", "Umzug", ""];
    let names = ["王小明", "\"Kenji\" <b>Sato", "David Okafor", ""];
    let participant = |m: usize| Participant {
        name: Some(names[m % 4].to_owned()).filter(|name| !name.is_empty()),
        address: format!("person-{m}@corp.example").parse().unwrap(),
        seen: Seen::default(),
    };
    MailboxThread {
        topic: topics[n].to_owned(),
        participants: (0..8 - n).map(participant).collect(),
        mails: 14 - n,
        unread: n,
        last_at: (n < 3).then(|| at(-100 * n as i64)),
        chosen: Chosen(vec![Part { folder: 0, uid_validity: 7, uids: vec![1, 2] }]),
        known: match n {
            1 => Some(Known::Draft(id(200))),
            2 => Some(Known::Group(id(100))),
            _ => None,
        },
    }
}
