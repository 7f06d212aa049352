//! An action costs a fixed number of SQL statements, however many people, groups or threads there are.

use std::time::Duration;

use mailmoot::actions::Actions;
use mailmoot::actions::directory::Directories;
use mailmoot::actions::edits::Edit;
use mailmoot::actions::files_shown::Filter;
use mailmoot::actions::history::Place;
use mailmoot::actions::mark_lists as marks;
use mailmoot::actions::marks::{Chosen as ChosenPiece, NewMark};
use mailmoot::actions::members::NewMembers;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::moves::Wish;
use mailmoot::actions::search::Asked;
use mailmoot::actions::shares::{Chosen, Mailing, NewReceivers, Reader, ShareChange};
use mailmoot::actions::tags::TagChoice;
use mailmoot::actions::unsent::NewUnsent;
use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::draft::Editor;
use mailmoot::domain::export::Format;
use mailmoot::domain::identity::Rights;
use mailmoot::domain::ids::{DraftId, FileId, GroupId};
use mailmoot::domain::language::Language;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::notices::Level;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::ReceiptRequest;
use mailmoot::domain::search::Zone;
use mailmoot::domain::secret::Token;
use mailmoot::domain::share::Context;
use mailmoot::domain::time::Timestamp;

use crate::support::house::{actions_in, token_in};
use crate::support::ldap_server::{LdapServer, person};
use crate::support::push_service::Receiver;

/// Somebody signed in on a database of their own.
struct Desk {
    actions: Actions,
    anna: Viewer,
    _folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let actions = actions_in(folder.path(), Duration::from_secs(120)).await;
        let person = actions.make_admin(&"anna@corp.example".parse().unwrap(), Some("Anna")).await.unwrap();
        let anna = Viewer {
            person_id: person.id,
            session_id: actions.clock.new_id(),
            full_name: person.full_name,
            photo: None,
            rights: Rights::default(),
            language: None,
            whence: mailmoot::domain::audit::Whence::default(),
            until: mailmoot::domain::time::Timestamp::from_millis(i64::MAX),
        };
        Self { actions, anna, _folder: folder }
    }

    /// A mail from Anna to so many others.
    fn mail(&self, others: usize) -> Vec<u8> {
        let to: Vec<String> = (0..others).map(|n| format!("Person {n} <p{n}@corp.example>")).collect();
        let id = self.actions.clock.new_id::<Viewer>();
        format!(
            "From: Anna <anna@corp.example>\r\nTo: {}\r\nSubject: Topic {id}\r\nMessage-ID: <{id}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\n",
            to.join(",\r\n ")
        )
        .into_bytes()
    }

    async fn draft(&self, others: usize) -> DraftId {
        self.actions.start_draft_from_mails(&self.anna, vec![self.mail(others)]).await.unwrap()
    }

    async fn confirm(&self, draft: DraftId) -> GroupId {
        let page = self.actions.clock.new_id();
        let editor = Editor { person: self.anna.person_id, session: self.anna.session_id, page };
        self.actions.confirm_draft(editor, draft).await.unwrap()
    }

    /// A group from a group, with its newest messages.
    async fn go_on(&self, group: GroupId, messages: i64) -> GroupId {
        let last = self.actions.get_group(&self.anna, group).await.unwrap().group.last_seq;
        let seqs = (last - messages + 1..=last).collect();
        let draft = self.actions.start_draft_from_group(&self.anna, group, seqs).await.unwrap();
        self.confirm(draft).await
    }

    /// Somebody signs in, in a browser that takes notices.
    async fn switch_notices_on(&self, address: &str) {
        let (actions, browser) =
            (&self.actions, Token::from_random(self.actions.clock.random_bytes().unwrap()));
        let link = actions.make_sign_in_link(&address.parse().unwrap(), "/").await.unwrap();
        let signed_in = actions.use_link(&token_in(&link), &browser, "test").await.unwrap();
        let viewer = actions.find_viewer(&signed_in.cookie).await.unwrap().unwrap();
        let receiver = Receiver::new(format!("https://push.example/{}", browser.reveal())).as_told();
        actions.subscribe(&viewer, &browser, receiver).await.unwrap();
        // A group of any size: none is so large that only mentions count.
        for group in actions.list_groups(&viewer).await.unwrap() {
            actions.set_group_notices(&viewer, group.id, Some(Level::All)).await.unwrap();
        }
    }

    /// How many statements some work costs.
    async fn cost<T>(&self, work: impl AsyncFnOnce() -> T) -> u64 {
        let before = self.actions.store.statements();
        work().await;
        self.actions.store.statements() - before
    }
}

const SEARCHES: [&str; 4] = [
    "hello",
    "hello from:me from:anna@corp.example in:topic has:file before:2030",
    "tag:fact",
    "hello from:me from:anna@corp.example in:topic tag:fact tag:risk",
];

/// What each action costs with so many other members.
async fn costs(others: usize) -> Vec<(&'static str, u64)> {
    let desk = Desk::new().await;
    let (actions, anna) = (&desk.actions, &desk.anna);
    let mut costs = vec![("start a draft", desk.cost(async || desk.draft(others).await).await)];
    let draft = desk.draft(others).await;
    costs.push(("look at a draft", desk.cost(async || actions.get_draft(anna, draft).await.unwrap()).await));
    let mut made = None;
    costs.push(("confirm a draft", desk.cost(async || made = Some(desk.confirm(draft).await)).await));
    let group = made.unwrap();
    let new = NewMessage { markdown: "Hello".to_owned(), ..NewMessage::default() };
    for n in 0..others {
        desk.switch_notices_on(&format!("p{n}@corp.example")).await;
    }
    let typed = NewUnsent { markdown: "Hel".to_owned(), ..NewUnsent::default() };
    costs.push((
        "keep what is typed",
        desk.cost(async || actions.keep_unsent(anna, group, typed).await.unwrap()).await,
    ));
    let text = || "Hello @Person 1, look".to_owned();
    costs.push((
        "preview",
        desk.cost(async || actions.preview_message(anna, group, text()).await.unwrap()).await,
    ));
    let new_mention = NewMessage { markdown: text(), ..NewMessage::default() };
    costs.push((
        "mention",
        desk.cost(async || actions.post_message(anna, group, new_mention).await.unwrap()).await,
    ));
    costs.push((
        "whom to mention",
        desk.cost(async || actions.find_mentionable(anna, group, "p", 8).await.unwrap()).await,
    ));
    costs.push(("post", desk.cost(async || actions.post_message(anna, group, new).await.unwrap()).await));
    let edit = Edit { edits: 0, markdown: "Hello all".to_owned() };
    let place = MessagePlace { group, seq: 2 };
    costs.push(("edit", desk.cost(async || actions.edit_message(anna, place, edit).await.unwrap()).await));
    costs.extend(costs_of_marks(&desk, group).await);
    costs.extend(costs_of_choosing(&desk, group).await);
    let thumb = "👍".parse().unwrap();
    costs.push(("react", desk.cost(async || actions.react(anna, place, (thumb, true)).await.unwrap()).await));
    let changes = desk.cost(async || actions.list_changes_after(anna, group, 0, 100).await.unwrap()).await;
    costs.push(("what changed", changes));
    for typed in SEARCHES {
        let asked = Asked { typed, group: None, before: None, zone: Zone::named("UTC") };
        let found = desk.cost(async || actions.search(anna, asked).await.unwrap()).await;
        assert!(found <= 5, "{found} for {typed}");
        costs.push(("search", found));
    }
    let added = NewMembers {
        addresses: vec![NamedAddress { name: None, address: "late@corp.example".parse().unwrap() }],
        ..NewMembers::default()
    };
    costs.push((
        "add a member",
        desk.cost(async || actions.add_members(anna, group, added).await.unwrap()).await,
    ));
    let late = actions.get_group(anna, group).await.unwrap().members.pop().unwrap().person.id;
    costs.push((
        "remove a member",
        desk.cost(async || actions.remove_member(anna, group, late).await.unwrap()).await,
    ));
    costs.extend(costs_of_looking(&desk, group, others).await);
    let form = (Format::Mbox, Language::English);
    costs.push((
        "ask for an export",
        desk.cost(async || actions.ask_export(anna, group, form).await.unwrap()).await,
    ));
    costs.push(("list exports", desk.cost(async || actions.list_exports(anna, group).await.unwrap()).await));
    costs
}

/// What it costs to take back that so many were added.
async fn costs_of_taking_back(desk: &Desk, group: GroupId, count: usize) -> Vec<(&'static str, u64)> {
    let (actions, anna) = (&desk.actions, &desk.anna);
    let typed = |n| NamedAddress { name: None, address: format!("mistake{n}@corp.example").parse().unwrap() };
    let added = NewMembers { addresses: (0..count).map(typed).collect(), ..NewMembers::default() };
    actions.add_members(anna, group, added).await.unwrap();
    let found = actions.find_addition(anna, group).await.unwrap().unwrap();
    assert_eq!(found.people.len(), count);
    vec![
        (
            "look for whom one added",
            desk.cost(async || actions.find_addition(anna, group).await.unwrap()).await,
        ),
        (
            "take back adding them",
            desk.cost(async || actions.take_back_addition(anna, group, found.seq).await.unwrap()).await,
        ),
    ]
}

/// What it costs to read a directory that so many have left who were signed in.
async fn cost_of_leaving(leaving: usize) -> Option<u64> {
    let one =
        |n| person(&format!("p{n}"), &format!("Person {n}"), &[("mail", &format!("p{n}@corp.example"))]);
    let server = LdapServer::start(&(0..20).map(one).collect::<String>()).await?;
    let mut desk = Desk::new().await;
    desk.actions.directories = Directories::new(vec![server.source("staff")]);
    desk.actions.sync_directory("staff").await.unwrap();
    for n in 0..leaving {
        let address = format!("p{n}@corp.example").parse().unwrap();
        let link = desk.actions.make_sign_in_link(&address, "/").await.unwrap();
        let browser = Token::from_random(desk.actions.clock.random_bytes().unwrap());
        desk.actions.use_link(&token_in(&link), &browser, "test").await.unwrap();
        server.remove(&format!("p{n}"));
    }
    let admin = Viewer { rights: Rights { admin: true, auditor: false }, ..desk.anna.clone() };
    desk.actions.ask_sync(&admin, "staff", true).await.unwrap();
    let cost = desk.cost(async || desk.actions.sync_directory("staff").await.unwrap()).await;
    let seen = desk.actions.list_directories(&admin).await.unwrap();
    assert_eq!(usize::try_from(seen[0].people).unwrap(), 20 - leaving);
    Some(cost)
}

#[tokio::test]
async fn many_who_leave_cost_no_more_than_one() {
    let (one, many) = (cost_of_leaving(1).await, cost_of_leaving(9).await);
    assert_eq!(one, many);
}

/// What it costs to move a message out of the group, and back.
async fn costs_of_moving(desk: &Desk, group: GroupId) -> Vec<(&'static str, u64)> {
    let (actions, anna) = (&desk.actions, &desk.anna);
    // In a larger one only those who are mentioned get a notice, which is a statement less.
    let to = desk.confirm(desk.draft(2).await).await;
    let new = NewMessage { markdown: "Elsewhere".to_owned(), ..NewMessage::default() };
    let place = actions.post_message(anna, group, new).await.unwrap().place();
    let wish = Wish { to, edits: 0 };
    vec![
        ("choose where", desk.cost(async || actions.get_move(anna, place, Some(to)).await.unwrap()).await),
        ("move", desk.cost(async || actions.move_message(anna, place, wish).await.unwrap()).await),
        ("look at a trace", desk.cost(async || actions.get_message(anna, place).await.unwrap()).await),
        ("move back", desk.cost(async || actions.move_message_back(anna, place).await.unwrap()).await),
    ]
}

/// What it costs to choose how often a group writes, and to find out who gets a mail.
async fn costs_of_choosing(desk: &Desk, group: GroupId) -> Vec<(&'static str, u64)> {
    let (actions, anna) = (&desk.actions, &desk.anna);
    let mut costs = Vec::new();
    for cadence in [Cadence::Daily, Cadence::None, Cadence::AtOnce] {
        let choose = async || actions.set_cadence(anna, group, cadence).await.unwrap();
        costs.push(("choose how often", desk.cost(choose).await));
    }
    let plan = desk.cost(async || actions.plan_bundles(group).await.unwrap()).await;
    assert!(plan <= 3, "{plan}");
    costs.push(("plan mails", plan));
    costs
}

/// What it costs to mark messages of a group with many members, by the form and by what is written.
async fn costs_of_marks(desk: &Desk, group: GroupId) -> Vec<(&'static str, u64)> {
    let (actions, anna) = (&desk.actions, &desk.anna);
    let mut costs = Vec::new();
    let new = |tag: &str| NewMark {
        tag: TagChoice::Named(tag.parse().unwrap()),
        piece: ChosenPiece::Message,
        topic: "Budget".to_owned(),
        assignee: Some(anna.person_id),
        due_on: None,
    };
    let action = new("action");
    costs.push((
        "mark",
        desk.cost(async || actions.mark(anna, (group, vec![2]), action).await.unwrap()).await,
    ));
    let fact = new("fact");
    costs.push((
        "mark more",
        desk.cost(async || actions.mark(anna, (group, vec![1, 2, 3]), fact).await.unwrap()).await,
    ));
    let looked = desk.cost(async || actions.get_marking(anna, group, vec![1, 2, 3]).await.unwrap()).await;
    costs.push(("look at what to mark", looked));
    let tagged = NewMessage { markdown: "#risk #Budget #Money".to_owned(), ..NewMessage::default() };
    costs.push((
        "write tags",
        desk.cost(async || actions.post_message(anna, group, tagged).await.unwrap()).await,
    ));
    costs
}

/// What it costs to look at a group with many members, and to go on from it.
async fn costs_of_looking(desk: &Desk, group: GroupId, others: usize) -> Vec<(&'static str, u64)> {
    let (actions, anna) = (&desk.actions, &desk.anna);
    let mut costs = costs_of_taking_back(desk, group, others).await;
    costs.push(("look at a group", desk.cost(async || actions.get_group(anna, group).await.unwrap()).await));
    costs.push((
        "see who is here",
        desk.cost(async || actions.list_presences(anna, group).await.unwrap()).await,
    ));
    // Everybody's page is opened at the same moment.
    let members = actions.get_group(anna, group).await.unwrap().members;
    let pages: Vec<_> = members.iter().map(|line| actions.hub.open(line.person.id)).collect();
    costs.push(("tell who is here", desk.cost(async || actions.tell_presences().await.unwrap()).await));
    drop(pages);
    costs.push((
        "page back",
        desk.cost(async || actions.list_messages_before(anna, group, None, 50).await.unwrap()).await,
    ));
    costs.push(("go on in a new group", desk.cost(async || desk.go_on(group, 1).await).await));
    costs.push((
        "the family of a group",
        desk.cost(async || actions.get_family(anna, group).await.unwrap()).await,
    ));
    for group in [Some(group), None] {
        let asked = marks::Asked { group, ..marks::Asked::default() };
        let looked = desk.cost(async || actions.list_marks(anna, asked).await.unwrap()).await;
        assert!(looked <= 12, "{looked}");
        costs.push(("look at marks", looked));
    }
    costs.extend(costs_of_receipts(desk, group).await);
    costs.extend(costs_of_moving(desk, group).await);
    costs
}

/// What it costs to ask the members of a group, to look who has read it, and to remind the others.
async fn costs_of_receipts(desk: &Desk, group: GroupId) -> Vec<(&'static str, u64)> {
    let (actions, anna) = (&desk.actions, &desk.anna);
    let (receipt, markdown) = (Some(ReceiptRequest::Wanted), "Read this".to_owned());
    let new = NewMessage { markdown, receipt, ..NewMessage::default() };
    let mut seq = 0;
    let post = desk.cost(async || seq = actions.post_message(anna, group, new).await.unwrap().seq).await;
    let place = MessagePlace { group, seq };
    let members = actions.get_group(anna, group).await.unwrap().members;
    let others: Vec<Viewer> = members
        .into_iter()
        .filter(|line| line.person.id != anna.person_id)
        .map(|line| Viewer { person_id: line.person.id, full_name: line.person.full_name, ..anna.clone() })
        .collect();
    let flush = async |note: &dyn Fn(&Viewer)| {
        others.iter().skip(1).for_each(note);
        desk.cost(async || actions.flush_receipts().await.unwrap()).await
    };
    let (got, seen) = (
        flush(&|viewer| actions.note_delivered(viewer, group, &[seq])).await,
        flush(&|viewer| actions.note_seen(viewer, group, &[seq])).await,
    );
    let again = flush(&|viewer| actions.note_seen(viewer, group, &[seq])).await;
    assert!(again < seen, "{again}: what is no news is not written");
    let count = actions.count_receipts(anna, group, &[seq]).await.unwrap()[0].1.tally;
    assert_eq!((count.asked, count.read), (others.len() as i64, others.len() as i64 - 1));
    let look = desk.cost(async || actions.get_receipts(anna, place, None).await.unwrap()).await;
    let remind = desk.cost(async || actions.remind_unread(anna, place).await.unwrap()).await;
    let now = actions.clock.now();
    let send = desk.cost(async || actions.send_reminders(place, now).await.unwrap()).await;
    vec![
        ("post and ask", post),
        ("pages got it", got),
        ("pages showed it", seen),
        ("told twice", again),
        ("look who has read it", look),
        ("ask to remind", remind),
        ("queue the reminders", send),
    ]
}

#[tokio::test]
async fn a_group_from_a_group_costs_the_same_however_much_comes_along() {
    let desk = Desk::new().await;
    let group = desk.confirm(desk.draft(2).await).await;
    for n in 0..60 {
        let new = NewMessage { markdown: format!("Message {n}"), ..NewMessage::default() };
        desk.actions.post_message(&desk.anna, group, new).await.unwrap();
    }
    let few = desk.cost(async || desk.go_on(group, 1).await).await;
    let family = desk.cost(async || desk.actions.get_family(&desk.anna, group).await.unwrap()).await;
    assert_eq!(desk.cost(async || desk.go_on(group, 60).await).await, few);
    assert_eq!(desk.cost(async || desk.actions.get_family(&desk.anna, group).await.unwrap()).await, family);
}

#[tokio::test]
async fn sixty_members_cost_no_more_statements_than_three() {
    let (few, many) = (costs(2).await, costs(59).await);
    println!("{many:?}");
    assert_eq!(few, many);
    // A message that moves is removed in one group and posted in the other, and its mail is learnt from.
    let most = |what: &str| if what.starts_with("move") { 60 } else { 40 };
    assert!(many.iter().all(|(what, cost)| *cost <= most(what)), "{many:?}");
}

#[tokio::test]
async fn lists_cost_the_same_however_long() {
    let desk = Desk::new().await;
    let (actions, anna) = (&desk.actions, &desk.anna);
    let lists = async || {
        let groups = desk.cost(async || actions.list_groups(anna).await.unwrap()).await;
        let threads = desk.cost(async || actions.list_threads(anna, "", None, 50).await.unwrap()).await;
        let drafts = desk.cost(async || actions.list_drafts(anna).await.unwrap()).await;
        let people = desk.cost(async || actions.search_people(anna, "p", 50).await.unwrap()).await;
        [groups, threads, drafts, people]
    };
    let draft = desk.draft(2).await;
    desk.confirm(draft).await;
    desk.draft(2).await;
    let short = lists().await;
    for others in 3..20 {
        let draft = desk.draft(others).await;
        desk.confirm(draft).await;
        desk.draft(others).await;
    }
    assert_eq!(actions.list_groups(anna).await.unwrap().len(), 18);
    assert_eq!(lists().await, short);
    println!("{short:?}");
}

#[tokio::test]
async fn a_page_of_history_costs_the_same_wherever_it_is() {
    let desk = Desk::new().await;
    let (actions, anna) = (&desk.actions, &desk.anna);
    let group = desk.confirm(desk.draft(2).await).await;
    let pages = async || {
        let mut costs = Vec::new();
        for place in [
            Place::Newest,
            Place::Before(2),
            Place::After(0),
            Place::At(1),
            Place::At(1_000),
            Place::Since(Timestamp::from_millis(0)),
        ] {
            costs.push(desk.cost(async || actions.read_history(anna, group, place, 50).await.unwrap()).await);
        }
        costs
    };
    let short = pages().await;
    for _ in 0..120 {
        let new = NewMessage { markdown: "Hello".to_owned(), ..NewMessage::default() };
        actions.post_message(anna, group, new).await.unwrap();
    }
    assert_eq!(pages().await, short);
    println!("{short:?}");
}

#[tokio::test]
async fn files_cost_the_same_however_many_there_are() {
    let desk = Desk::new().await;
    let (actions, anna) = (&desk.actions, &desk.anna);
    let group = desk.confirm(desk.draft(2).await).await;
    let next = std::cell::Cell::new(0_u8);
    // Each has contents of its own.
    let bring = async |parts: u64| -> FileId {
        next.set(next.get() + 1);
        let id = actions.start_upload(anna, group, "a.txt", parts).await.unwrap().id;
        for at in 0..parts {
            actions.append_upload(anna, id, at, &[next.get()]).await.unwrap();
        }
        id.cast()
    };
    let look = async || {
        let listed = desk.cost(async || actions.list_files(anna, group, Filter::default(), None).await).await;
        let newest = actions.list_files(anna, group, Filter::default(), None).await.unwrap().files.remove(0);
        let entry = desk.cost(async || actions.get_file(anna, newest.file.id).await.unwrap()).await;
        let opened = desk.cost(async || actions.open_file(anna, newest.file.id).await.unwrap()).await;
        let removed = desk.cost(async || {
            let place = MessagePlace { group, seq: newest.at.0 };
            actions.remove_message(anna, place).await.unwrap()
        });
        [listed, entry, opened, removed.await]
    };
    let send = async |files: Vec<FileId>| {
        let new = NewMessage { files, ..NewMessage::default() };
        desk.cost(async || actions.post_message(anna, group, new).await.unwrap()).await
    };
    let first = vec![bring(1).await, bring(1).await];
    let (few, short) = (send(first).await, look().await);
    for _ in 0..45 {
        send(vec![bring(1).await, bring(1).await]).await;
    }
    let mut ten = Vec::new();
    for _ in 0..10 {
        ten.push(bring(1).await);
    }
    assert_eq!((send(ten).await, look().await), (few, short));
    let part = desk.cost(async || bring(2).await).await - desk.cost(async || bring(1).await).await;
    assert!(part <= 4, "each part costs {part}");
    println!("{few} {short:?} {part}");
}

#[tokio::test]
async fn a_share_costs_the_same_however_much_is_in_it() {
    let desk = Desk::new().await;
    let (actions, anna) = (&desk.actions, &desk.anna);
    let group = desk.confirm(desk.draft(2).await).await;
    for n in 0..60 {
        let new = NewMessage { markdown: format!("Message {n}"), ..NewMessage::default() };
        actions.post_message(anna, group, new).await.unwrap();
    }
    let costs = async |seqs: Vec<i64>| {
        let chosen = Chosen { seqs, ..Chosen::default() };
        let mut made = None;
        let start =
            desk.cost(async || made = Some(actions.start_share(anna, group, chosen).await.unwrap())).await;
        let share = made.unwrap();
        let context = Context { before: 1, after: 1 };
        let around = ShareChange::Context { item: 1, context };
        let change = desk.cost(async || actions.change_share(anna, share, around).await.unwrap()).await;
        let order = ShareChange::Order(vec![2, 1]);
        let order = desk.cost(async || actions.change_share(anna, share, order).await.unwrap()).await;
        let look = desk.cost(async || actions.get_share(anna, share).await.unwrap()).await;
        let telling = actions.telling(anna, Language::English, Zone::UTC);
        let publish = desk.cost(async || actions.publish_share(anna, share, telling).await.unwrap()).await;
        let link = actions.get_share(anna, share).await.unwrap().link.unwrap();
        let link: Token = link.rsplit_once("/s/").unwrap().1.parse().unwrap();
        let reader = Reader { viewer: Some(anna), pass: None };
        let read = desk.cost(async || actions.open_share(&link, reader).await.unwrap()).await;
        let list = desk.cost(async || actions.list_shares(anna, group, None).await.unwrap()).await;
        [start, change, order, look, publish, read, list]
    };
    let few = costs(vec![2, 3]).await;
    assert_eq!(costs((2..60).collect()).await, few);
    assert!(few.iter().all(|cost| *cost <= 20), "{few:?}");
    println!("{few:?}");
}

#[tokio::test]
async fn mailing_a_share_costs_the_same_to_however_many() {
    let desk = Desk::new().await;
    let (actions, anna) = (&desk.actions, &desk.anna);
    let group = desk.confirm(desk.draft(2).await).await;
    let costs = async |count: usize| {
        let chosen = Chosen { seqs: vec![1], ..Chosen::default() };
        let share = actions.start_share(anna, group, chosen).await.unwrap();
        let telling = actions.telling(anna, Language::English, Zone::UTC);
        actions.publish_share(anna, share, telling).await.unwrap();
        let many: Vec<String> = (0..count).map(|n| format!("p{n}@elsewhere.example")).collect();
        let new = NewReceivers {
            addresses: mailmoot::mail::parse::parse_addresses(&many.join(", ")).addresses,
            ..NewReceivers::default()
        };
        let add = desk.cost(async || actions.add_share_receivers(anna, share, new).await.unwrap()).await;
        let mailing = Mailing::default();
        let send = desk
            .cost(async || assert_eq!(actions.mail_share(anna, share, mailing).await.unwrap(), count))
            .await;
        let look = desk.cost(async || drop(actions.share_mails(anna, share).await.unwrap())).await;
        [add, send, look]
    };
    let few = costs(2).await;
    assert_eq!(costs(150).await, few);
    assert!(few.iter().all(|cost| *cost <= 16), "{few:?}");
    println!("{few:?}");
}
