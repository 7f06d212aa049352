//! Chosen content becomes a page: prepared as a draft, published version by version, recalled; and nothing of it that
//! its readers may not see.

use std::time::Duration;

use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::shares::{
    AccessChange, Chosen, OpenShare, Reader, Reading, ShareChange, ShareText, Step,
};
use mailmoot::actions::{ActionError, Conflict, Problem};
use mailmoot::domain::audit::Deed;
use mailmoot::domain::group::Role;
use mailmoot::domain::ids::{FileId, GroupId, ShareId};
use mailmoot::domain::language::Language;
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::network::Network;
use mailmoot::domain::notice::Notice;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::secret::Token;
use mailmoot::domain::share::{Access, Context, Enclosing, Grouping, Share, ShareForm, ShareState};
use mailmoot::domain::share_document::{Document, Enclosure, Heading};
use mailmoot::domain::zone::Zone;

use crate::support::files::{a_picture, bring};
use crate::support::house::{DAVID, House, LI, WANG, Wanted, on_both};

/// A day, in which nothing else happens.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Wanted with a clock that stands, and nobody mailed.
fn standing() -> Wanted {
    Wanted { hold: Duration::from_secs(3600), ..Wanted::standing() }
}

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) -> i64 {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap().seq
}

async fn show(
    house: &House,
    who: &Viewer,
    group: GroupId,
    words: &str,
    file: (&str, &[u8]),
) -> (i64, FileId) {
    let id = bring(house, who, group, file).await.unwrap().id;
    let new = NewMessage { markdown: words.to_owned(), files: vec![id], ..NewMessage::default() };
    (house.actions.post_message(who, group, new).await.unwrap().seq, id)
}

async fn start(house: &House, who: &Viewer, group: GroupId, seqs: &[i64]) -> ShareId {
    let chosen = Chosen { seqs: seqs.to_vec(), ..Chosen::default() };
    house.actions.start_share(who, group, chosen).await.unwrap()
}

async fn publish(house: &House, who: &Viewer, id: ShareId) -> Share {
    let telling = house.actions.telling(who, Language::English, Zone::UTC);
    house.actions.publish_share(who, id, telling).await.unwrap()
}

async fn preview(house: &House, who: &Viewer, id: ShareId) -> Document {
    let telling = house.actions.telling(who, Language::English, Zone::UTC);
    house.actions.preview_share(who, id, &telling).await.unwrap()
}

/// The secret of a share's address.
async fn link_of(house: &House, who: &Viewer, id: ShareId) -> Token {
    let link = house.actions.get_share(who, id).await.unwrap().link.unwrap();
    link.rsplit_once("/s/").unwrap().1.parse().unwrap()
}

async fn open_to(house: &House, who: &Viewer, id: ShareId, access: Access) {
    let change = AccessChange { access, lasts: 30, password: None };
    house.actions.set_share_access(who, id, change).await.unwrap();
}

async fn read(house: &House, link: &Token, viewer: Option<&Viewer>) -> Result<OpenShare, ActionError> {
    house.actions.open_share(link, Reader { viewer, pass: None }).await
}

fn words(document: &Document) -> Vec<&str> {
    document.items().filter_map(|item| Some(item.body.as_ref()?.markdown.as_str())).collect()
}

fn is_gone<T: std::fmt::Debug>(answer: Result<T, ActionError>) {
    assert!(matches!(answer, Err(ActionError::NotFound)), "{answer:?}");
}

#[tokio::test]
async fn what_was_chosen_goes_out_as_a_page_for_members_and_for_all_with_the_link() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let price = say(&house, &wang, plan, "The price is **12**, @Anna Berg.").await;
        say(&house, &wang, plan, "Between us: too much").await;
        let (gate, photo) = show(&house, &anna, plan, "The gate", ("gate.png", &a_picture(4, 3))).await;

        let share = start(&house, &anna, plan, &[gate, price, price, 99]).await;
        let draft = house.actions.get_share(&anna, share).await.unwrap();
        assert_eq!((draft.share.title.as_str(), draft.share.state), ("Plan", ShareState::Draft));
        assert_eq!(draft.pieces.iter().map(|piece| piece.item.seq).collect::<Vec<_>>(), [price, gate]);
        assert!(draft.link.is_none() && draft.is_own);
        let text = ShareText {
            title: " Where we\r\nstand ".to_owned(),
            note: "Please **read**.".to_owned(),
            saves: 0,
        };
        assert_eq!(house.actions.save_share_text(&anna, share, text).await.unwrap(), 1);

        let out = publish(&house, &anna, share).await;
        assert_eq!((out.version, out.state), (1, ShareState::Out));
        let link = link_of(&house, &anna, share).await;
        // Only members, until the sharer says otherwise.
        is_gone(read(&house, &link, None).await);
        let li = house.person(LI).await;
        is_gone(read(&house, &link, Some(&li)).await);
        let seen = read(&house, &link, Some(&wang)).await.unwrap();
        assert_eq!(
            (seen.document.title.as_str(), seen.document.sharer.as_str()),
            ("Where we stand", "Anna Berg")
        );
        assert_eq!(
            seen.document.note.as_ref().unwrap().html.as_str().trim(),
            "<p>Please <strong>read</strong>.</p>"
        );
        assert_eq!(words(&seen.document), ["The price is **12**, @Anna Berg.", "The gate"]);
        let first = seen.document.items().next().unwrap();
        assert_eq!(first.author.as_deref(), Some("王小明"));
        let html = first.body.as_ref().unwrap().html.as_str();
        assert!(html.contains("class=\"mention\"") && !html.contains(&anna.person_id.to_string()), "{html}");
        let files: Vec<_> = seen.document.files().map(|file| (file.id, file.how)).collect();
        assert_eq!(files, [(photo, Enclosure::Inline)]);

        assert_eq!(preview(&house, &anna, share).await, seen.document, "nothing new to publish");

        open_to(&house, &anna, share, Access::Link).await;
        let anybody = read(&house, &link, None).await.unwrap();
        assert_eq!(anybody.document, seen.document);
        assert!(house.actions.open_shared_file(&anybody, photo).await.is_ok());

        // The group hears of it, and its members find it.
        let log = house.messages(&wang, plan, 5).await;
        let notices: Vec<_> = log.iter().filter_map(|message| message.notice.clone()).collect();
        assert_eq!(notices, [Notice::Shared { title: "Where we stand".to_owned(), version: 1 }]);
        let listed = house.actions.list_shares(&wang, plan, None).await.unwrap();
        assert_eq!(listed.lines.len(), 1);
        assert!(listed.lines[0].link.is_some() && !listed.lines[0].may_manage);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_its_sharers_alone_and_a_member_chooses_what_they_see() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, david, li) = (house.person(WANG).await, house.person(DAVID).await, house.person(LI).await);
        let early = say(&house, &anna, plan, "Before David").await;
        let late = say(&house, &anna, plan, "Since David").await;
        house.sees_from(&david, plan, late).await;
        let chosen = Chosen { seqs: vec![early], ..Chosen::default() };
        is_gone(house.actions.start_share(&li, plan, chosen).await);

        let share = start(&house, &david, plan, &[early, late]).await;
        let pieces = house.actions.get_share(&david, share).await.unwrap().pieces;
        assert_eq!(pieces.iter().map(|piece| piece.item.seq).collect::<Vec<_>>(), [late]);
        let around = ShareChange::Context { item: 1, context: Context { before: 3, after: 3 } };
        house.actions.change_share(&david, share, around).await.unwrap();
        assert_eq!(
            words(&preview(&house, &david, share).await),
            ["Since David"],
            "nothing from before comes as context"
        );

        // Nobody else knows of the draft, not even the owner.
        for other in [&anna, &wang, &li] {
            is_gone(house.actions.get_share(other, share).await);
            is_gone(house.actions.recall_share(other, share).await);
        }
        assert!(house.actions.list_shares(&anna, plan, None).await.unwrap().lines.is_empty());
        publish(&house, &david, share).await;
        // Once it is out the owner can take it back, but not write it.
        assert!(house.actions.get_share(&anna, share).await.unwrap().pieces.is_empty());
        let text = ShareText { title: "Mine".to_owned(), note: String::new(), saves: 0 };
        let refused = house.actions.save_share_text(&anna, share, text).await;
        assert!(matches!(refused, Err(ActionError::Forbidden)), "{refused:?}");
        is_gone(house.actions.get_share(&wang, share).await);
        let link = link_of(&house, &david, share).await;
        house.actions.recall_share(&anna, share).await.unwrap();
        is_gone(read(&house, &link, Some(&david)).await);
    })
    .await;
}

#[tokio::test]
async fn order_sections_names_files_and_context_are_the_sharers_choice() {
    on_both(standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG]).await;
        let first = say(&house, &anna, plan, "First").await;
        house.later(DAY);
        let (second, file) = show(&house, &anna, plan, "Second", ("a.txt", b"x")).await;
        say(&house, &anna, plan, "Third").await;
        house.actions.set_adding(&anna, plan, mailmoot::domain::group::Adding::Owners).await.unwrap();
        let fourth = say(&house, &anna, plan, "Fourth").await;
        let share = start(&house, &anna, plan, &[first, second, fourth]).await;
        let change = async |change| house.actions.change_share(&anna, share, change).await.unwrap();
        let shown = async || words_of(&preview(&house, &anna, share).await);

        change(ShareChange::Move { item: 3, step: Step::Up }).await;
        assert_eq!(shown().await, ["First", "Fourth", "Second"]);
        change(ShareChange::Order(vec![2, 9, 3])).await;
        assert_eq!(shown().await, ["Second", "Fourth", "First"]);
        change(ShareChange::TakeOut { item: 2, out: true }).await;
        assert_eq!(shown().await, ["Fourth", "First"]);
        change(ShareChange::Context { item: 3, context: Context { before: 2, after: 2 } }).await;
        assert_eq!(shown().await, ["(Second)", "(Third)", "Fourth", "First"], "a notice is no context");
        change(ShareChange::TakeOut { item: 2, out: false }).await;
        assert_eq!(
            shown().await,
            ["Second", "(Third)", "Fourth", "First"],
            "what is chosen is not shown twice"
        );

        let form = ShareForm { grouping: Grouping::Day, names: false, files: Enclosing::LeftOut };
        change(ShareChange::Form(form)).await;
        let document = preview(&house, &anna, share).await;
        let days: Vec<_> = document.sections.iter().map(|section| section.items.len()).collect();
        assert_eq!(days, [1, 3], "the days in their order");
        assert!(document.sections.iter().all(|section| matches!(section.heading, Some(Heading::Day(_)))));
        assert!(document.items().all(|item| item.author.is_none()) && !document.names);
        assert_eq!(
            document.files().map(|file| (file.id, file.how)).collect::<Vec<_>>(),
            [(file, Enclosure::LeftOut)]
        );
        open_to(&house, &anna, share, Access::Link).await;
        publish(&house, &anna, share).await;
        let open = read(&house, &link_of(&house, &anna, share).await, None).await.unwrap();
        is_gone(house.actions.open_shared_file(&open, file).await);
        let gone =
            house.actions.change_share(&anna, share, ShareChange::TakeOut { item: 9, out: true }).await;
        is_gone(gone);
    })
    .await;
}

/// What a document says, in brackets what is only around it.
fn words_of(document: &Document) -> Vec<String> {
    let words = |item: &mailmoot::domain::share_document::Item| {
        let words = item.body.as_ref().map_or("", |body| &body.markdown);
        if item.context { format!("({words})") } else { words.to_owned() }
    };
    document.items().map(words).collect()
}

#[tokio::test]
async fn two_windows_lose_nothing_that_was_typed() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, plan) = house.group("Plan", &[WANG]).await;
    let share = start(&house, &anna, plan, &[1]).await;
    let text = |note: &str, saves| ShareText { title: "Plan".to_owned(), note: note.to_owned(), saves };
    let save = async |note, saves| house.actions.save_share_text(&anna, share, text(note, saves)).await;
    assert_eq!(save("One", 0).await.unwrap(), 1);
    let Err(ActionError::Conflict(Conflict::SharedElsewhere { note, saves, .. })) = save("Other", 0).await
    else {
        panic!("the second window wrote over the first")
    };
    assert_eq!((note.as_str(), saves), ("One", 1));
    assert_eq!(save("One", 0).await.unwrap(), 1, "the same is no conflict");
    assert_eq!(save("Other", 1).await.unwrap(), 2);
    for (note, title) in [("x".repeat(20_001), "Plan".to_owned()), (String::new(), "预".repeat(201))] {
        let long = house.actions.save_share_text(&anna, share, ShareText { title, note, saves: 2 }).await;
        assert!(
            matches!(long, Err(ActionError::Invalid { problem: Problem::TooLong { .. }, .. })),
            "{long:?}"
        );
    }
    assert_eq!(save("a\0b\r\nc", 2).await.unwrap(), 3);
    assert_eq!(house.actions.get_share(&anna, share).await.unwrap().share.note, "ab\nc");
}

#[tokio::test]
async fn nothing_and_too_much_cannot_be_shared() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, plan) = house.group("Plan", &[WANG]).await;
    let share = start(&house, &anna, plan, &[]).await;
    let problem = async |share| {
        let telling = house.actions.telling(&anna, Language::English, Zone::UTC);
        match house.actions.publish_share(&anna, share, telling).await {
            Err(ActionError::Invalid { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(problem(share).await, Problem::NothingShared);
    let share = start(&house, &anna, plan, &[1]).await;
    let untitled = ShareText { title: " ".to_owned(), note: String::new(), saves: 0 };
    house.actions.save_share_text(&anna, share, untitled).await.unwrap();
    assert_eq!(problem(share).await, Problem::Empty);
    let many = Chosen { seqs: (1..=501).collect(), ..Chosen::default() };
    let refused = house.actions.start_share(&anna, plan, many).await;
    let limit = Share::MOST_ITEMS;
    assert!(
        matches!(refused, Err(ActionError::Invalid { problem: Problem::TooMuchShared { limit: l }, .. }) if l == limit),
        "{refused:?}"
    );
    house.actions.discard_share(&anna, share).await.unwrap();
    is_gone(house.actions.get_share(&anna, share).await);
}

#[tokio::test]
async fn a_link_ends_by_itself_and_what_is_recalled_comes_back_under_another() {
    on_both(standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG]).await;
        let share = start(&house, &anna, plan, &[1]).await;
        let change = AccessChange { access: Access::Link, lasts: 7, password: None };
        house.actions.set_share_access(&anna, share, change.clone()).await.unwrap();
        publish(&house, &anna, share).await;
        let link = link_of(&house, &anna, share).await;
        assert!(read(&house, &link, None).await.is_ok());
        house.later(DAY * 7);
        is_gone(read(&house, &link, None).await);
        is_gone(read(&house, &link, Some(&anna)).await);
        assert!(house.actions.list_shares(&anna, plan, None).await.unwrap().lines[0].link.is_none());
        // More time can be given, and a new version gives it as well.
        house.actions.set_share_access(&anna, share, AccessChange { lasts: 30, ..change }).await.unwrap();
        assert!(read(&house, &link, None).await.is_ok());
        house.later(DAY * 31);
        publish(&house, &anna, share).await;
        assert_eq!(read(&house, &link, None).await.unwrap().document.version, 2);

        house.actions.recall_share(&anna, share).await.unwrap();
        house.actions.recall_share(&anna, share).await.unwrap();
        is_gone(read(&house, &link, None).await);
        is_gone(read(&house, &link, Some(&anna)).await);
        publish(&house, &anna, share).await;
        let other = link_of(&house, &anna, share).await;
        assert!(read(&house, &other, None).await.is_ok());
        is_gone(read(&house, &link, None).await);
        is_gone(read(&house, &house.token(), None).await);
    })
    .await;
}

#[tokio::test]
async fn a_removed_message_is_gone_from_every_version() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG]).await;
        let wang = house.person(WANG).await;
        let keeps = say(&house, &anna, plan, "Stays").await;
        let (secret, file) = show(&house, &wang, plan, "A slip", ("slip.txt", b"slip")).await;
        let share = start(&house, &anna, plan, &[keeps]).await;
        let around = ShareChange::Context { item: 1, context: Context { before: 0, after: 2 } };
        house.actions.change_share(&anna, share, around).await.unwrap();
        open_to(&house, &anna, share, Access::Link).await;
        publish(&house, &anna, share).await;
        let whole = start(&house, &anna, plan, &[secret]).await;
        open_to(&house, &anna, whole, Access::Link).await;
        publish(&house, &anna, whole).await;
        let (around, alone) = (link_of(&house, &anna, share).await, link_of(&house, &anna, whole).await);
        let open = read(&house, &around, None).await.unwrap();
        assert_eq!(words(&open.document), ["Stays", "A slip"]);
        assert!(house.actions.open_shared_file(&open, file).await.is_ok());

        let place = MessagePlace { group: plan, seq: secret };
        house.actions.remove_message(&wang, place).await.unwrap();
        let open = read(&house, &around, None).await.unwrap();
        assert_eq!(words(&open.document), ["Stays"]);
        is_gone(house.actions.open_shared_file(&open, file).await);
        assert!(read(&house, &alone, None).await.unwrap().document.sections.is_empty());
        assert!(house.actions.get_share(&anna, whole).await.unwrap().pieces.is_empty());
    })
    .await;
}

#[tokio::test]
async fn owners_can_keep_content_inside() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, LI]).await;
        let (wang, li) = (house.person(WANG).await, house.person(LI).await);
        let late = say(&house, &wang, plan, "Since Li").await;
        house.sees_from(&li, plan, late).await;
        let share = start(&house, &wang, plan, &[1, late]).await;
        open_to(&house, &wang, share, Access::Link).await;
        publish(&house, &wang, share).await;
        let link = link_of(&house, &wang, share).await;
        let refused = house.actions.set_outside_sharing(&wang, plan, false).await;
        assert!(matches!(refused, Err(ActionError::Forbidden)), "{refused:?}");
        house.actions.set_outside_sharing(&anna, plan, false).await.unwrap();
        // What is out already closes for all but the members.
        is_gone(read(&house, &link, None).await);
        assert!(read(&house, &link, Some(&wang)).await.is_ok());
        let seen = read(&house, &link, Some(&li)).await.unwrap();
        assert_eq!(words(&seen.document), ["Since Li"], "each from where they joined");
        let forbidden = |answer: Result<_, ActionError>| {
            assert!(
                matches!(answer, Err(ActionError::Invalid { problem: Problem::OutsideForbidden, .. })),
                "{answer:?}"
            );
        };
        let change = AccessChange { access: Access::Link, lasts: 30, password: None };
        forbidden(house.actions.set_share_access(&wang, share, change).await);
        let telling = house.actions.telling(&wang, Language::English, Zone::UTC);
        forbidden(house.actions.publish_share(&wang, share, telling).await.map(drop));
        house.actions.set_outside_sharing(&anna, plan, true).await.unwrap();
        assert!(read(&house, &link, None).await.is_ok());
        let log = house.messages(&anna, plan, 5).await;
        let told: Vec<_> = log.iter().filter_map(|message| message.notice.clone()).skip(1).collect();
        assert_eq!(
            told,
            [Notice::OutsideSharing { allowed: false }, Notice::OutsideSharing { allowed: true }]
        );
    })
    .await;
}

#[tokio::test]
async fn a_password_opens_a_share_until_it_is_changed_and_cannot_be_guessed() {
    let house = House::with(standing()).await;
    let (anna, plan) = house.group("Plan", &[WANG, LI]).await;
    let share = start(&house, &anna, plan, &[1]).await;
    let with = |password: &str| AccessChange {
        access: Access::Link,
        lasts: 30,
        password: Some(password.to_owned()),
    };
    let short = house.actions.set_share_access(&anna, share, with("short")).await;
    assert!(
        matches!(short, Err(ActionError::Invalid { problem: Problem::PasswordTooShort { .. }, .. })),
        "{short:?}"
    );
    house.actions.set_share_access(&anna, share, with("blue gate 7")).await.unwrap();
    publish(&house, &anna, share).await;
    let link = link_of(&house, &anna, share).await;
    assert!(matches!(house.actions.read_share(&link, Reader::default()).await, Ok(Reading::Locked)));
    is_gone(read(&house, &link, None).await);
    let wang = house.person(WANG).await;
    assert!(read(&house, &link, Some(&wang)).await.is_ok(), "members need none");
    let li = house.person(LI).await;
    house.sees_from(&li, plan, 2).await;
    let late = Reader { viewer: Some(&li), pass: None };
    let locked = house.actions.read_share(&link, late).await;
    assert!(matches!(locked, Ok(Reading::Locked)), "but for what was said before their time");

    let from = |text: &str| Network::of(text.parse().unwrap());
    let unlock = async |words: &str, network: &str| {
        house.actions.unlock_share(&link, None, (words.to_owned(), from(network))).await
    };
    let pass = unlock("blue gate 7", "192.0.2.1").await.unwrap();
    let with_pass = Reader { viewer: None, pass: Some(&pass) };
    assert!(house.actions.open_share(&link, with_pass).await.is_ok());
    for _ in 0..12 {
        assert!(unlock("blue gate 7", "203.0.113.5").await.is_ok(), "colleagues behind one address");
    }
    for _ in 0..10 {
        let wrong = unlock("blue gate 8", "198.51.100.7").await;
        assert!(
            matches!(wrong, Err(ActionError::Invalid { problem: Problem::WrongPassword, .. })),
            "{wrong:?}"
        );
    }
    let late = unlock("blue gate 7", "198.51.100.7").await;
    assert!(matches!(late, Err(ActionError::Invalid { problem: Problem::TooOften { .. }, .. })), "{late:?}");
    assert!(unlock("blue gate 7", "192.0.2.1").await.is_ok(), "others are not held up");

    house.actions.set_share_access(&anna, share, with("green gate 8")).await.unwrap();
    assert!(matches!(house.actions.read_share(&link, with_pass).await, Ok(Reading::Locked)));
    house.actions.set_share_access(&anna, share, with("")).await.unwrap();
    assert!(read(&house, &link, None).await.is_ok());
}

#[tokio::test]
async fn who_looked_is_counted_and_what_left_the_house_is_on_record() {
    on_both(standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        let share = start(&house, &anna, plan, &[1]).await;
        open_to(&house, &anna, share, Access::Link).await;
        publish(&house, &anna, share).await;
        let link = link_of(&house, &anna, share).await;
        for reader in [Some(&anna), Some(&wang), None, Some(&wang)] {
            // Lines of one moment have no order.
            house.later(Duration::from_secs(1));
            let open = read(&house, &link, reader).await.unwrap();
            house.actions.note_share_view(&open, reader).await.unwrap();
        }
        let open = read(&house, &link, None).await.unwrap();
        house.later(Duration::from_secs(1));
        house.actions.note_share_download(&open, None, "html").await.unwrap();
        house.later(Duration::from_secs(1));
        house.actions.recall_share(&anna, share).await.unwrap();
        let page = house.actions.get_share(&anna, share).await.unwrap();
        assert_eq!(page.share.views, 3, "the sharer is not counted");
        assert_eq!(
            page.viewed.iter().map(|v| (v.name.as_str(), v.views)).collect::<Vec<_>>(),
            [("王小明", 2)]
        );

        is_gone(house.actions.list_audit(&anna, None, 10).await);
        let admin = house.admin().await;
        let mut lines = house.actions.list_audit(&admin, None, 3).await.unwrap();
        let older = house.actions.list_audit(&admin, lines.last().map(|line| line.line.id), 3).await.unwrap();
        lines.extend(older);
        lines.retain(|line| line.line.group_id.is_some());
        let told: Vec<_> = lines.iter().map(|l| (l.line.who.name.as_str(), l.line.deed.clone())).collect();
        let version = 1;
        assert_eq!(
            told.into_iter().rev().collect::<Vec<_>>(),
            [
                ("Anna Berg", Deed::SharePublished { share, version, items: 1, outside: true }),
                ("王小明", Deed::ShareViewed { share, version }),
                ("", Deed::ShareDownloaded { share, what: "html".to_owned() }),
                ("Anna Berg", Deed::ShareRecalled { share }),
            ],
            "who looked again within the hour stands there once"
        );
        assert!(lines.iter().all(|line| line.topic == "Plan"));
    })
    .await;
}

#[tokio::test]
async fn a_sharer_who_left_has_no_say_any_more_and_the_owner_has() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, plan) = house.group("Plan", &[WANG, DAVID]).await;
    let wang = house.person(WANG).await;
    let share = start(&house, &wang, plan, &[1]).await;
    open_to(&house, &wang, share, Access::Link).await;
    publish(&house, &wang, share).await;
    let link = link_of(&house, &wang, share).await;
    house.actions.leave_group(&wang, plan).await.unwrap();
    is_gone(house.actions.get_share(&wang, share).await);
    assert!(read(&house, &link, None).await.is_ok());
    let david = house.person(DAVID).await;
    is_gone(house.actions.recall_share(&david, share).await);
    house.actions.set_role(&anna, plan, david.person_id, Role::Owner).await.unwrap();
    house.actions.recall_share(&david, share).await.unwrap();
    is_gone(read(&house, &link, None).await);
}
