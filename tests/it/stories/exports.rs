//! Taking a group away as a file, and making the same group of it elsewhere.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::Duration;

use mailmoot::actions::edits::Edit;
use mailmoot::actions::exports::KEPT;
use mailmoot::actions::group_import::{GroupImported, ImportError};
use mailmoot::actions::marks::{Chosen, NewMark, TaskChange};
use mailmoot::actions::members::NewMembers;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::audit::Deed;
use mailmoot::domain::export::{Export, ExportProblem, ExportState, Format};
use mailmoot::domain::group::History;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::language::Language;
use mailmoot::domain::mark::{Mark, Piece};
use mailmoot::domain::message::{Message, MessagePlace};
use mailmoot::domain::person::Viewer;
use mailmoot::domain::tag::Colour;
use mailmoot::mail::export::read::{ReadError, ReadProblem};
use mailmoot::mail::export::record::{GROUP, MESSAGE, from_header, to_header};
use mailmoot::texts::Texts;
use reqwest::StatusCode;
use serde_json::Value;
use zip::ZipArchive;

use super::marks::new_mark;
use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring, contents};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, eventually, mail, on_both};

const ENGLISH: Language = Language::English;

/// An export when it is done, or has failed.
async fn ended(house: &House, who: &Viewer, group: GroupId, format: Format) -> Export {
    eventually(async || {
        let (_, exports) = house.actions.list_exports(who, group).await.unwrap();
        exports.into_iter().find(|export| export.format == format && !export.state.is_open())
    })
    .await
}

/// Exports a group, and gives the file.
pub async fn exported(house: &House, who: &Viewer, group: GroupId, format: Format) -> Vec<u8> {
    house.actions.ask_export(who, group, (format, ENGLISH)).await.unwrap();
    let export = ended(house, who, group, format).await;
    assert_eq!(export.state, ExportState::Done, "{export:?}");
    let mut bytes = Vec::new();
    let mut open = house.actions.open_export(who, export.id).await.unwrap();
    tokio::io::AsyncReadExt::read_to_end(&mut open.contents, &mut bytes).await.unwrap();
    assert_eq!(export.size, Some(bytes.len() as i64));
    bytes
}

async fn import(house: &House, mbox: &[u8]) -> Result<GroupImported, ImportError> {
    let mbox: Arc<[u8]> = mbox.into();
    house.actions.import_group(move || Ok(Cursor::new(mbox.clone()))).await
}

async fn say(house: &House, who: &Viewer, group: GroupId, markdown: &str) -> Message {
    let new = NewMessage { markdown: markdown.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap()
}

/// A group in which everything has happened that can.
pub async fn eventful(house: &House) -> (Viewer, GroupId) {
    let (anna, group) = house.group("Budget 2027 预算", &[WANG, DAVID]).await;
    let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
    let first = say(house, &wang, group, "Hello **all**, see @Anna Berg:\n\n- one\n- two").await;
    let answer = NewMessage {
        markdown: "From here on\n>From there on\n>>From afar\n\nwith trailing  \nspaces & <b>signs</b>"
            .to_owned(),
        answers: Some(first.id),
        ..NewMessage::default()
    };
    let answer = house.actions.post_message(&david, group, answer).await.unwrap();
    let text = bring(house, &anna, group, ("预算 \"a\".txt", b"From me\nno end")).await.unwrap();
    let picture = bring(house, &anna, group, ("plan.png", &a_picture(30, 20))).await.unwrap();
    let new = NewMessage {
        markdown: "中文也要完整。".to_owned(),
        files: vec![text.id, picture.id],
        answers: Some(answer.id),
        ..NewMessage::default()
    };
    let files = house.actions.post_message(&anna, group, new).await.unwrap();
    house.actions.react(&wang, answer.place(), ("👍".parse().unwrap(), true)).await.unwrap();
    house.actions.react(&anna, answer.place(), ("👍".parse().unwrap(), true)).await.unwrap();
    house.actions.pin_message(&wang, first.place(), true).await.unwrap();
    let marks = Marks { house, group };
    marks.before_the_edits(&wang, &first, &answer).await;
    for text in ["Once", "Twice @David Okafor"] {
        let edits = house.actions.list_messages_before(&wang, group, None, 100).await.unwrap();
        let edits = edits.iter().find(|m| m.id == first.id).unwrap().trace.edits;
        let edit = Edit { edits, markdown: text.to_owned() };
        house.actions.edit_message(&wang, first.place(), edit).await.unwrap();
    }
    marks.of_files(&david, &files).await;
    let gone = say(house, &david, group, "Forget this").await;
    house.actions.remove_message(&anna, gone.place()).await.unwrap();
    by_mail(house, &anna, group).await;
    house.actions.set_topic(&anna, group, "Budget 2027, 定稿").await.unwrap();
    let li = NewMembers {
        persons: vec![house.person(LI).await.person_id],
        addresses: Vec::new(),
        history: History::Now,
    };
    house.actions.add_members(&anna, group, li).await.unwrap();
    house.actions.leave_group(&david, group).await.unwrap();
    say(house, &anna, group, "The same file once more").await;
    let again = bring(house, &anna, group, ("copy.png", &a_picture(30, 20))).await.unwrap();
    let new = NewMessage { files: vec![again.id], ..NewMessage::default() };
    let picture = house.actions.post_message(&anna, group, new).await.unwrap();
    marks.of_the_rest(&anna, &picture).await;
    (anna, group)
}

/// Everything that can be marked, and become of it.
struct Marks<'a> {
    house: &'a House,
    group: GroupId,
}

impl Marks<'_> {
    async fn mark(&self, who: &Viewer, message: &Message, new: NewMark) -> Mark {
        let seqs = vec![message.seq];
        let mut marked = self.house.actions.mark(who, (self.group, seqs), new).await.unwrap();
        marked.remove(0).marks.pop().unwrap()
    }

    async fn before_the_edits(&self, wang: &Viewer, first: &Message, answer: &Message) {
        let passage = |quote: &str| Chosen::Passage { quote: quote.to_owned(), start: None };
        self.mark(wang, first, new_mark("decision", Chosen::Message)).await;
        // An edit takes it out of the message.
        self.mark(wang, first, new_mark("fact", passage("one\ntwo"))).await;
        let topic =
            NewMark { topic: "报价 of May".to_owned(), ..new_mark("Next steps", passage("there on")) };
        self.mark(wang, answer, topic).await;
        self.house.actions.make_tag(wang, self.group, ("Parked", Some(Colour::Violet))).await.unwrap();
    }

    async fn of_files(&self, david: &Viewer, message: &Message) {
        for file in &message.files {
            self.mark(david, message, new_mark("next_steps", Chosen::File(file.id))).await;
        }
        let due = Some("2026-11-27".parse().unwrap());
        let action =
            NewMark { assignee: Some(david.person_id), due_on: due, ..new_mark("action", Chosen::Message) };
        let mark = self.mark(david, message, action).await;
        let done = TaskChange { done: Some(true), ..TaskChange::default() };
        self.house.actions.set_task(david, (self.group, mark.id), done).await.unwrap();
    }

    async fn of_the_rest(&self, anna: &Viewer, picture: &Message) {
        self.mark(anna, picture, new_mark("idea", Chosen::Message)).await;
        let text = "Mind [the <offer>](https://x.example/?a=1&b=2) #risk #next-steps";
        let linked = say(self.house, anna, self.group, text).await;
        assert_eq!(linked.marks.len(), 2);
        let url = "https://x.example/?a=1&b=2".to_owned();
        self.mark(anna, &linked, new_mark("question", Chosen::Link(url))).await;
    }
}

/// The marks of a message as a reader knows them, whatever ids persons, tags and files have in the house.
async fn marks_told(house: &House, who: &Viewer, message: &Message) -> Vec<String> {
    let mut all = Vec::new();
    for mark in &message.marks {
        let said = house.actions.get_mark(who, (message.group_id, mark.id)).await.unwrap().said;
        let file = |id| message.files.iter().position(|file| file.id == id);
        let piece = match &mark.piece {
            Piece::File(id) => format!("file {:?}", file(*id)),
            other => format!("{other:?}"),
        };
        let (task, label) = (&mark.task, &mark.tag.label);
        let done = task.done.as_ref().map(|done| (&done.by.name, done.at));
        let assignee = task.assignee.as_ref().map(|who| (&who.name, who.id.is_some()));
        all.push(format!(
            "{} {label:?} {:?} {piece} {:?} {:?} {:?} {} {:?} {} {assignee:?} {:?} {done:?} {:?} {}",
            mark.id,
            mark.tag.created_by.is_some(),
            mark.content,
            mark.topic,
            mark.source,
            mark.marked_by.name,
            mark.marked_at,
            mark.edits,
            task.due_on,
            said.text,
            without_ids(said.html.as_str()),
        ));
    }
    all
}

/// David answers the group by mail, with what he quotes.
async fn by_mail(house: &House, anna: &Viewer, group: GroupId) {
    let invitation = house.mail_of(DAVID).await;
    let reply = invitation.reply_to[0].address.to_string();
    let before = house.actions.get_group(anna, group).await.unwrap().group.last_seq;
    let text = "By mail, from the train.\r\n\r\nAm 20.11.2026 schrieb Anna:\r\n> Hello all\r\n";
    house.deliver(mail(&[("From", DAVID), ("To", &reply), ("Subject", "Re: Budget")], text)).await;
    house.messages(anna, group, before as usize + 1).await;
}

/// A message as a reader knows it, whatever ids the house gave.
fn told(message: &Message) -> String {
    let t = Texts::of(ENGLISH);
    let html = without_ids(message.body.html.as_str());
    let notice = message.notice.as_ref().map(|n| t.notice(&message.author.name, n, str::to_owned));
    let files: Vec<_> =
        message.files.iter().map(|f| (f.name.to_string(), &f.media_type, f.size, f.picture)).collect();
    let reactions: Vec<_> = message
        .reactions
        .iter()
        .map(|r| (&r.emoji, r.count, r.first.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>()))
        .collect();
    let answers = message.answers.as_ref().map(|a| (a.id, a.seq, a.line.clone()));
    let removed = message.trace.removed.as_ref().map(|r| (r.name.clone(), r.at));
    let trace = (message.trace.edits, message.trace.edited_at, removed, message.trace.pinned_at);
    let author = (&message.author.name, message.author.grade, message.source);
    format!(
        "{} {} {author:?} {:?}\n{:?}\n{html}\n{:?} {:?}\n{files:?} {reactions:?} {answers:?} {trace:?} {notice:?} {:?}",
        message.seq,
        message.id,
        message.posted_at,
        message.body.markdown,
        message.quotation,
        message.signature,
        message.receipts.request,
    )
}

fn without_ids(html: &str) -> String {
    html.split('"').filter(|part| part.len() != 36).collect::<Vec<_>>().join("\"")
}

/// Who is in a group: name, role, and the first message they see.
async fn who(house: &House, viewer: &Viewer, group: GroupId) -> Vec<String> {
    let page = house.actions.get_group(viewer, group).await.unwrap();
    let mut who: Vec<String> =
        page.members.iter().map(|m| format!("{} {:?}", m.person.full_name, m.member.role)).collect();
    who.sort();
    who
}

async fn compare(from: &House, to: &House, address: &str, group: GroupId) {
    let (there, here) = (from.person(address).await, to.person(address).await);
    let before = from.actions.list_messages_before(&there, group, None, 1_000).await.unwrap();
    let now = to.actions.list_messages_before(&here, group, None, 1_000).await.unwrap();
    // The notice of the export came after what was exported.
    let before_told: Vec<String> = before.iter().take(now.len()).map(told).collect();
    let now_told: Vec<String> = now.iter().map(told).collect();
    assert_eq!(now_told, before_told, "{address}");
    for (message, before) in now.iter().zip(&before) {
        let marks = marks_told(to, &here, message).await;
        assert_eq!(marks, marks_told(from, &there, before).await, "{address}, {}", message.seq);
    }
    let tags = async |house: &House, who: &Viewer| {
        let tags = house.actions.list_tags(who, group).await.unwrap().lines;
        tags.into_iter().map(|line| (line.label, line.marks, line.may_change)).collect::<Vec<_>>()
    };
    assert_eq!(tags(to, &here).await, tags(from, &there).await, "{address}");
    assert_eq!(who(to, &here, group).await, who(from, &there, group).await);
    for message in &now {
        for file in &message.files {
            let mut open = to.actions.open_file(&here, file.id).await.unwrap();
            let mut bytes = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut open.contents, &mut bytes).await.unwrap();
            assert_eq!(bytes.len() as i64, file.size);
        }
    }
}

/// Exports a group of one house and imports it into the other.
async fn moves(from: &House, to: &House) {
    let (anna, group) = eventful(from).await;
    let mbox = exported(from, &anna, group, Format::Mbox).await;
    let mails = to.count_mails_of(WANG).await;
    let done = import(to, &mbox).await.unwrap();
    assert!(matches!(done, GroupImported::Done { members: 3, .. }), "{done:?}");
    compare(from, to, ANNA, group).await;
    let marks: usize = to
        .actions
        .list_messages_before(&to.person(ANNA).await, group, None, 1_000)
        .await
        .unwrap()
        .iter()
        .map(|message| message.marks.len())
        .sum();
    assert_eq!(marks, 10);
    // Who came later sees no more here than there.
    let li = to.person(LI).await;
    let seen = to.actions.list_messages_before(&li, group, None, 100).await.unwrap();
    assert!(!seen.is_empty() && seen.iter().all(|m| !m.body.markdown.contains("Twice")), "{seen:?}");
    let david = to.person(DAVID).await;
    assert!(matches!(to.actions.get_group(&david, group).await, Err(ActionError::NotFound)));
    // What it said before it was edited, whom it mentions, who pinned it.
    let here = to.person(ANNA).await;
    let page = to.actions.get_message(&here, MessagePlace { group, seq: 2 }).await.unwrap();
    let versions: Vec<&str> = page.versions.iter().map(|v| v.body.markdown.as_str()).collect();
    assert_eq!(versions, ["Hello **all**, see @Anna Berg:\n\n- one\n- two", "Once"]);
    assert_eq!(to.actions.list_pins(&here, group).await.unwrap().1[0].by, "王小明");
    // The same once more changes nothing, here and where it came from.
    let before = contents(to);
    assert_eq!(import(to, &mbox).await.unwrap(), GroupImported::There);
    assert_eq!(import(from, &mbox).await.unwrap(), GroupImported::There);
    assert_eq!(contents(to), before);
    // It is a group as any other: what is said now has the next number, and nobody got mail about what was said before.
    assert_eq!(to.count_mails_of(WANG).await, mails);
    let said = say(to, &here, group, "Let us go on here").await;
    let count = to.actions.get_group(&here, group).await.unwrap().group.said();
    assert_eq!(said.seq, to.actions.get_group(&here, group).await.unwrap().group.last_seq);
    assert_eq!(count, seen_by(to, &here, group).await);
    let found = to.actions.list_groups(&here).await.unwrap();
    assert_eq!((found[0].said, found[0].read), (count, count));
}

async fn seen_by(house: &House, who: &Viewer, group: GroupId) -> i64 {
    let all = house.actions.list_messages_before(who, group, None, 1_000).await.unwrap();
    all.iter().filter(|message| message.notice.is_none()).count() as i64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_comes_back_from_its_mbox_as_it_was() {
    on_both(Wanted::long_hold, async |house| {
        let other = House::with(Wanted::long_hold()).await;
        moves(&house, &other).await;
        moves(&other, &house).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asked_fetches_the_file_in_parts_and_nobody_else_at_all() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let annas = Browser::of(&house, ANNA).await;
        let asked = annas.post(&format!("/groups/{group}/exports"), &[("format", "mbox")]).await;
        assert_eq!(asked.headers()["location"], format!("/groups/{group}/exports"));
        let export = ended(&house, &anna, group, Format::Mbox).await;
        let panel = annas.page(&format!("/groups/{group}/exports")).await;
        let path = format!("/exports/{}/download", export.id);
        assert!(panel.contains(&path), "{panel}");
        let whole = annas.get(&path).await;
        assert_eq!(whole.headers()["content-type"], "application/mbox");
        assert!(
            whole.headers()["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment; filename=\"Plan.mbox\"")
        );
        let whole = whole.bytes().await.unwrap();
        let part = annas.request("GET", &path).header("range", "bytes=5-9").send().await.unwrap();
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(part.bytes().await.unwrap(), whole[5..10]);
        let log = house.audited().await;
        let deeds: Vec<&Deed> = log.iter().map(|line| &line.deed).collect();
        let (export_id, format) = (export.id, Format::Mbox);
        let asked = Deed::GroupExported { export: export_id, format, messages: 1 };
        let fetched = Deed::ExportDownloaded { export: export_id };
        assert!(deeds.len() == 2 && deeds.contains(&&asked) && deeds.contains(&&fetched), "{deeds:?}");
        // The group's log says so; to others it is as if there were no file.
        assert!(annas.page(&format!("/groups/{group}")).await.contains("exported the group"));
        let wangs = Browser::of(&house, WANG).await;
        assert_eq!(wangs.get(&path).await.status(), StatusCode::NOT_FOUND);
        assert!(!wangs.page(&format!("/groups/{group}/exports")).await.contains(&path));
        assert!(matches!(house.actions.open_export(&wang, export.id).await, Err(ActionError::NotFound)));
        // Nor for who is no member any more.
        house.leaves(&anna, group).await;
        assert_eq!(annas.get(&path).await.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_there_for_a_week() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        exported(&house, &anna, group, Format::Mbox).await;
        let id = house.actions.list_exports(&anna, group).await.unwrap().1[0].id;
        house.later(KEPT - Duration::from_secs(60));
        house.actions.clear_exports().await.unwrap();
        assert!(house.actions.open_export(&anna, id).await.is_ok());
        house.later(Duration::from_secs(60));
        assert!(matches!(house.actions.open_export(&anna, id).await, Err(ActionError::NotFound)));
        assert_eq!(house.actions.list_exports(&anna, group).await.unwrap().1, []);
        house.actions.clear_exports().await.unwrap();
        assert_eq!(house.actions.files.list_exports().await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_again_while_it_is_written_is_asking_once_and_a_new_start_begins_anew() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        // Nobody works: the job of an hour from now.
        let asked = async |format| house.actions.ask_export(&anna, group, (format, ENGLISH)).await.unwrap();
        let (first, second) = tokio::join!(asked(Format::Zip), asked(Format::Zip));
        let zip = ended(&house, &anna, group, Format::Zip).await;
        assert_eq!((zip.id == first, first == second), (true, true));
        let notices = house.messages(&anna, group, 2).await.iter().filter(|m| m.notice.is_some()).count();
        assert_eq!(notices, 1);
        // Done, a new file takes the place of the old one.
        let third = asked(Format::Zip).await;
        assert_ne!(third, first);
        ended(&house, &anna, group, Format::Zip).await;
        assert_eq!(house.actions.files.list_exports().await.unwrap(), [third]);
        assert_eq!(house.actions.list_exports(&anna, group).await.unwrap().1.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_failure_while_it_is_written_costs_nothing_but_time() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        for n in 0..60 {
            say(&house, &anna, group, &format!("No. {n}")).await;
        }
        let asked = house.actions.ask_export(&anna, group, (Format::Zip, ENGLISH)).await.unwrap();
        let house = house.restarted().await;
        house.later(Duration::from_secs(3600));
        let done = ended(&house, &anna, group, Format::Zip).await;
        assert_eq!((done.id, done.state), (asked, ExportState::Done));
        assert_eq!(house.actions.files.list_exports().await.unwrap(), [asked]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_disk_takes_nothing_it_is_said_and_asked_again() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let folder = house.database().with_file_name("files").join("exports");
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::write(&folder, b"").unwrap();
        house.actions.ask_export(&anna, group, (Format::Mbox, ENGLISH)).await.unwrap();
        let failed = ended(&house, &anna, group, Format::Mbox).await;
        assert_eq!((failed.state, failed.problem), (ExportState::Failed, Some(ExportProblem::Disk)));
        let panel = Browser::of(&house, ANNA).await.page(&format!("/groups/{group}/exports")).await;
        assert!(panel.contains("disk"), "{panel}");
        std::fs::remove_file(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        assert!(!exported(&house, &anna, group, Format::Mbox).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_comes_to_the_open_panel_by_itself() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let annas = Browser::of(&house, ANNA).await;
    let mut page = annas.live().await;
    page.all("export").await;
    let id = house.actions.ask_export(&anna, group, (Format::Zip, ENGLISH)).await.unwrap();
    let mut states = Vec::new();
    while states.last().is_none_or(|state| state != "done") {
        let frame = page.next("export").await;
        assert_eq!(frame["export"], id.to_string());
        let html = frame["html"].as_str().unwrap().to_owned();
        states.push(html.split("data-state=\"").nth(1).unwrap().split('"').next().unwrap().to_owned());
    }
    assert_eq!((states[0].as_str(), states[1].as_str()), ("waiting", "running"));
    // Another member's page hears nothing of it.
    let mut wangs = Browser::of(&house, WANG).await.live().await;
    house.actions.ask_export(&anna, group, (Format::Mbox, ENGLISH)).await.unwrap();
    ended(&house, &anna, group, Format::Mbox).await;
    assert!(wangs.all("export").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zip_has_pages_and_each_file_once() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = eventful(&house).await;
    let zip = exported(&house, &anna, group, Format::Zip).await;
    let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(
        names,
        [
            "index.html",
            "messages-0001.html",
            "files/0001-预算 _a_.txt",
            "files/0002-plan.png",
            "group.json",
            "group.mbox"
        ]
    );
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(read("files/0001-预算 _a_.txt"), b"From me\nno end");
    let page = String::from_utf8(read("messages-0001.html")).unwrap();
    for words in [
        "中文也要完整。",
        "files/0002-plan.png",
        "Removed by Anna Berg",
        "👍 2",
        "&lt;b&gt;signs",
        "Am 20.11.2026",
        "<b><bdi>Decision</bdi></b>",
        "<b><bdi>Next steps</bdi></b> <bdi>“there on”</bdi> · <bdi>报价 of May</bdi>",
        "<bdi>“预算 _a_.txt”</bdi>",
        "<b><bdi>Action</bdi></b> · <bdi>David Okafor</bdi> · Due 2026-11-27 · Done",
        "title=\"王小明, 20",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(
        !page.contains("Forget this") && !page.contains("<script") && !page.contains("http://"),
        "{page}"
    );
    let json: Value = serde_json::from_slice(&read("group.json")).unwrap();
    assert_eq!(json["group"]["topic"], "Budget 2027, 定稿");
    assert_eq!(json["people"].as_array().unwrap().len(), 4);
    let messages = json["messages"].as_array().unwrap();
    assert_eq!(messages.len() as i64, messages.last().unwrap()["number"].as_i64().unwrap());
    assert_eq!(messages[3]["paths"][1], "files/0002-plan.png");
    assert_eq!(messages[1]["versions"][1]["text"], "Once");
    let tag = |name: &str| json["group"]["tags"].as_array().unwrap().iter().find(|tag| tag["name"] == name);
    assert_eq!(tag("Parked").unwrap()["colour"], "violet");
    let of_text = &messages[2]["marks"][0];
    assert_eq!((&of_text["tag"], &of_text["topic"]), (&"Next steps".into(), &"报价 of May".into()));
    assert_eq!(
        (&of_text["piece"]["what"], &of_text["piece"]["quote"]),
        (&"passage".into(), &"there on".into())
    );
    assert_eq!((&of_text["by"]["name"], &of_text["said"]), (&"王小明".into(), &Value::Null));
    let action = &messages[3]["marks"][2];
    assert_eq!((&action["tag"], &action["due"]), (&"action".into(), &"2026-11-27".into()));
    assert_eq!(
        (&action["assignee"]["name"], &action["done"]["by"]["name"]),
        (&"David Okafor".into(), &"David Okafor".into())
    );
    assert!(action["at"].is_i64() && action["done"]["at"].is_i64(), "{action}");
    assert!(messages[1]["marks"][1]["piece"]["start"].is_null(), "lost by an edit");
    // The mbox in it is the same as alone.
    let other = House::with(Wanted::long_hold()).await;
    assert!(matches!(import(&other, &read("group.mbox")).await.unwrap(), GroupImported::Done { .. }));
    compare(&house, &other, WANG, group).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_came_later_takes_along_what_they_see() {
    let house = House::with(Wanted::long_hold()).await;
    let (_, group) = eventful(&house).await;
    let li = house.person(LI).await;
    let seen = house.actions.list_messages_before(&li, group, None, 100).await.unwrap();
    let zip = exported(&house, &li, group, Format::Zip).await;
    let mbox = exported(&house, &li, group, Format::Mbox).await;
    for bytes in [&zip, &mbox] {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("Twice") && !text.contains("From here on") && !text.contains("there on"));
    }
    let other = House::with(Wanted::long_hold()).await;
    import(&other, &mbox).await.unwrap();
    let there = other.person(ANNA).await;
    let imported = other.actions.list_messages_before(&there, group, None, 100).await.unwrap();
    assert_eq!(imported[0].seq, seen[0].seq);
    assert_eq!(imported.len(), seen.len() + 1, "and the notice of the zip");
    assert_eq!(imported.iter().map(|message| message.marks.len()).sum::<usize>(), 4);
}

#[tokio::test]
async fn a_group_without_messages_can_not_be_exported() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    house.sees_from(&anna, group, 2).await;
    let refused = house.actions.ask_export(&anna, group, (Format::Mbox, ENGLISH)).await;
    assert!(
        matches!(refused, Err(ActionError::Invalid { problem: Problem::NothingToExport, .. })),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_file_is_refused_with_its_place_and_leaves_nothing() {
    on_both(Wanted::long_hold, async |house| {
        let from = House::with(Wanted::long_hold()).await;
        let (anna, group) = eventful(&from).await;
        let mbox = exported(&from, &anna, group, Format::Mbox).await;
        // Cut off anywhere.
        for part in 1..40 {
            let cut = &mbox[..mbox.len() * part / 40];
            let refused = import(&house, cut).await;
            assert!(matches!(refused, Err(ImportError::Read(_))), "{part}: {refused:?}");
        }
        let text = String::from_utf8(mbox).unwrap();
        let problem = async |text: &str| match import(&house, text.as_bytes()).await {
            Err(ImportError::Read(ReadError { place, problem })) => (place, problem),
            other => panic!("{other:?}"),
        };
        let (place, wrong) = problem(&text.replace("The same file once more", "The same file thrice")).await;
        assert!(matches!(wrong, ReadProblem::OtherText), "{wrong:?}");
        assert!(place.mail > 5 && place.line > 100, "{place:?}");
        // A mail less, a file that was changed, two mails in the other order.
        let mails: Vec<&str> = text.split_inclusive("\n\nFrom ").collect();
        let without: String = mails[..2].iter().chain(&mails[3..]).copied().collect();
        assert!(matches!(problem(&without).await.1, ReadProblem::Missing { expected: 3 }));
        let base64 = "RnJvbSBtZQpubyBlbmQ=";
        assert!(text.contains(base64));
        let other = problem(&text.replace(base64, "RnJvbSBtZQpubyBFTkQ=")).await.1;
        assert!(matches!(other, ReadProblem::OtherFile { .. }), "{other:?}");
        assert!(matches!(problem("A: 1\n\nno mbox\n").await.1, ReadProblem::NoMbox));
        let foreign = "From a@b.example Fri Nov 20 10:00:00 2026\nFrom: a@b.example\nSubject: x\n\nHello\n\n";
        assert!(matches!(problem(foreign).await.1, ReadProblem::Foreign { .. }));
        let long = format!("{}\n{}", text.lines().next().unwrap(), "x".repeat(1_000_000));
        assert!(matches!(problem(&long).await.1, ReadProblem::TooLong));
        // Nothing of it stays.
        assert_eq!(contents(&house), 0);
        let here = house.person(ANNA).await;
        assert!(house.actions.list_groups(&here).await.unwrap().is_empty());
        // And the whole one is taken after all that.
        assert!(matches!(import(&house, text.as_bytes()).await, Ok(GroupImported::Done { .. })));
    })
    .await;
}

/// An mbox in which one record says something else: the one of a header, counted from 0.
fn forged(mbox: &str, (header, nth): (&str, usize), change: impl FnOnce(&mut Value)) -> String {
    let (at, _) = mbox.match_indices(&format!("\n{header}:")).nth(nth).unwrap();
    let (before, rest) = mbox.split_at(at + 1);
    let value = &rest[header.len() + 1..];
    let length: usize = 1 + value[1..]
        .split_inclusive('\n')
        .take_while(|line| line.starts_with(' '))
        .map(str::len)
        .sum::<usize>();
    let (value, after) = value.split_at(length);
    let mut record: Value = from_header(value).unwrap();
    change(&mut record);
    format!("{before}{}{after}", to_header(header, &record).unwrap().replace("\r\n", "\n"))
}

/// What no import takes of an eventful group.
fn impossible(mbox: &str) -> Vec<String> {
    let message = |nth: usize| (MESSAGE, nth);
    let mark = |nth: usize, change: fn(&mut Value)| {
        forged(mbox, message(nth), |record| change(&mut record["marks"][0]))
    };
    vec![
        mark(2, |mark| mark["tag"] = "nobody's".into()),
        mark(2, |mark| mark["tag"] = "#".into()),
        mark(2, |mark| mark["edits"] = 7.into()),
        mark(2, |mark| mark["edits"] = (-1).into()),
        mark(2, |mark| mark["piece"]["quote"] = "x".repeat(5_000).into()),
        mark(3, |mark| mark["piece"]["number"] = 0.into()),
        mark(3, |mark| mark["piece"]["number"] = 3.into()),
        forged(mbox, message(2), |record| {
            let first = record["marks"][0].clone();
            record["marks"].as_array_mut().unwrap().push(first);
        }),
        forged(mbox, message(2), |record| {
            let again = |n: u128| {
                let mut mark = record["marks"][0].clone();
                mark["id"] = uuid::Uuid::from_u128(n).to_string().into();
                mark
            };
            record["marks"] = (1..=1_001).map(again).collect();
        }),
        forged(mbox, (GROUP, 0), |record| {
            let first = record["tags"][0].clone();
            record["tags"].as_array_mut().unwrap().push(first);
        }),
        forged(mbox, (GROUP, 0), |record| {
            let own = |n: usize| serde_json::json!({ "name": format!("Own {n}"), "colour": "red", "at": 0 });
            record["tags"] = (0..101).map(own).collect();
        }),
        forged(mbox, (GROUP, 0), |record| {
            record["tags"] = serde_json::json!([{ "name": "decision", "colour": "red", "at": 0 }]);
        }),
        forged(mbox, (GROUP, 0), |record| record["tags"][0]["colour"] = "<script>".into()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_marks_are_refused_or_harmless() {
    on_both(Wanted::long_hold, async |house| {
        let from = House::with(Wanted::long_hold()).await;
        let (anna, group) = eventful(&from).await;
        let mbox = String::from_utf8(exported(&from, &anna, group, Format::Mbox).await).unwrap();
        for (n, wrong) in impossible(&mbox).iter().enumerate() {
            let refused = import(&house, wrong.as_bytes()).await;
            assert!(matches!(refused, Err(ImportError::Read(_))), "{n}: {refused:?}");
        }
        let linked = mbox.matches(&format!("\n{MESSAGE}:")).count() - 1;
        let bad = forged(&mbox, (MESSAGE, 2), |record| {
            let mark = &mut record["marks"][0];
            mark["topic"] = format!("a\0b\n{}", "字".repeat(10_000)).into();
            mark["by"]["name"] = "x\n\0y".into();
            mark["said"] = "<script>alert(1)</script>\0".into();
            mark["due"] = "99999-01-01".into();
            mark["assignee"] = serde_json::json!({ "name": "Nobody" });
            mark["piece"]["before"] = "b".repeat(100_000).into();
            mark["piece"]["start"] = i64::MAX.into();
        });
        let bad = forged(&bad, (MESSAGE, linked), |record| {
            let marks = record["marks"].as_array_mut().unwrap();
            let link = marks.iter_mut().find(|mark| mark["piece"]["what"] == "link").unwrap();
            link["piece"]["url"] = "javascript:alert(1)".into();
        });
        assert!(matches!(import(&house, bad.as_bytes()).await, Ok(GroupImported::Done { .. })));
        let here = house.person(ANNA).await;
        let messages = house.actions.list_messages_before(&here, group, None, 1_000).await.unwrap();
        let mark = &messages[2].marks[0];
        assert_eq!((mark.topic.chars().count(), mark.marked_by.name.as_str()), (200, "x y"));
        assert_eq!((mark.task.assignee.as_ref(), mark.task.due_on), (None, None));
        assert_eq!(mark.piece.passage().unwrap().quote, "there on");
        let said = house.actions.get_mark(&here, (group, mark.id)).await.unwrap().said;
        assert!(!said.html.as_str().contains("<script") && !said.text.contains('\0'), "{said:?}");
        let marks = &messages[linked].marks;
        assert!(marks.len() == 2 && marks.iter().all(|mark| mark.piece == Piece::Message), "{marks:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_import_leaves_that_was_broken_off_is_cleared() {
    on_both(Wanted::long_hold, async |house| {
        let from = House::with(Wanted::long_hold()).await;
        let (anna, group) = eventful(&from).await;
        // More than are written at once.
        for n in 0..220 {
            say(&from, &anna, group, &format!("Seat {n}")).await;
        }
        let mbox = String::from_utf8(exported(&from, &anna, group, Format::Mbox).await).unwrap();
        // The last one has the id of a message that is here.
        let (here, other) = house.group("Plan", &[WANG]).await;
        let taken = house.messages(&here, other, 1).await.remove(0).id;
        let last = mbox.matches(&format!("\n{MESSAGE}:")).count() - 1;
        let broken = forged(&mbox, (MESSAGE, last), |record| record["id"] = taken.to_string().into());
        let refused = import(&house, broken.as_bytes()).await;
        assert!(matches!(refused, Err(ImportError::Action(_))), "{refused:?}");
        assert_eq!(house.actions.list_groups(&here).await.unwrap().len(), 1);
        // Nothing of it is in the way of the whole one.
        assert!(matches!(import(&house, mbox.as_bytes()).await, Ok(GroupImported::Done { .. })));
        compare(&from, &house, ANNA, group).await;
    })
    .await;
}
