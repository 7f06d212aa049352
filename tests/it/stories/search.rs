//! Anna remembers that somebody wrote about the transport contract, in one of her groups, some weeks ago.

use std::time::Duration;

use mailmoot::actions::ActionError;
use mailmoot::actions::edits::Edit;
use mailmoot::actions::marks::Chosen;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::tags::{TagChange, TagChoice};
use mailmoot::domain::ids::{GroupId, MarkId};
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::store;
use reqwest::StatusCode;

use super::marks::new_mark;
use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, eventually, mail, on_both};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What is searched for, in one group or in all.
struct Ask<'a> {
    browser: &'a Browser,
    path: String,
}

impl<'a> Ask<'a> {
    fn all(browser: &'a Browser) -> Self {
        Self { browser, path: "/search".to_owned() }
    }

    fn group(browser: &'a Browser, group: GroupId) -> Self {
        Self { browser, path: format!("/groups/{group}/search") }
    }

    async fn page(&self, typed: &str) -> String {
        let words: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        self.browser.page(&format!("{}?q={words}&zone=Asia/Shanghai", self.path)).await
    }

    /// Where the results lead to, the newest first.
    async fn places(&self, typed: &str) -> Vec<String> {
        places(&self.page(typed).await)
    }

    /// The numbers of the results in their groups.
    async fn seqs(&self, typed: &str) -> Vec<i64> {
        let places = self.places(typed).await;
        places.iter().map(|place| place.rsplit("#m-").next().unwrap().parse().unwrap()).collect()
    }
}

fn places(page: &str) -> Vec<String> {
    let links = page.split("class=\"hit\" href=\"").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) {
    let new = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
}

async fn send_file(house: &House, who: &Viewer, group: GroupId, name: &str) {
    let mut upload = house.actions.begin_upload(who, group).await.unwrap();
    upload.write(b"a;b;c").await.unwrap();
    let file = house.actions.finish_upload(who, group, upload, name).await.unwrap();
    let new = NewMessage { files: vec![file.id], ..NewMessage::default() };
    house.actions.post_message(who, group, new).await.unwrap();
}

#[tokio::test]
async fn a_message_is_found_in_all_groups_and_opens_in_its_place() {
    on_both(Wanted::standing, async |house| {
        let (anna, budget) = house.group("Budget", &[WANG, DAVID]).await;
        let (_, moving) = house.group("Moving", &[DAVID]).await;
        let wang = house.person(WANG).await;
        say(&house, &anna, budget, "The transport **contract** is signed.").await;
        say(&house, &wang, budget, "报价单我放在附件里了，下周开会再定。").await;
        house.later(DAY);
        say(&house, &anna, moving, "No transport before the contracts of May.").await;
        let browser = Browser::of(&house, ANNA).await;
        let all = Ask::all(&browser);

        let newest_first = [format!("/groups/{moving}?at=2#m-2"), format!("/groups/{budget}?at=2#m-2")];
        assert_eq!(all.places("transport contract").await, newest_first);
        let page = all.page("Transport CONTRACT").await;
        assert!(page.contains("The <mark>transport</mark> <mark>contract</mark> is signed."), "{page}");
        assert!(page.contains("2 messages found"));
        let opened = browser.page(newest_first[1].split('#').next().unwrap()).await;
        assert!(opened.contains("data-at=\"2\"") && opened.contains("id=\"m-2\""), "in its place");

        // Two letters of Chinese are a word, and one is, too.
        assert_eq!(all.seqs("开会").await, [3]);
        assert_eq!(all.seqs("附").await, [3]);
        assert_eq!(all.seqs("会再").await, [3]);
        assert!(all.seqs("再开").await.is_empty());
        // In one group only, and by its topic.
        assert_eq!(Ask::group(&browser, moving).seqs("transport").await, [2]);
        assert_eq!(all.places("transport in:moving").await, newest_first[..1]);
        assert!(all.page("transport in:nothing").await.contains("None of your groups"));
        let filtered = all.page("before:2001-01-01").await;
        assert!(
            filtered.contains("Nothing found for these filters") && !filtered.contains("Try fewer words"),
            "{filtered}"
        );
        assert!(all.page("transport before:2001-01-01").await.contains("Try fewer words"));
        // Whoever is in one of the groups finds what is there; whoever is in none finds nothing, and no group.
        let wang = Browser::of(&house, WANG).await;
        assert_eq!(Ask::all(&wang).places("transport").await, newest_first[1..]);
        assert_eq!(wang.get(&format!("/groups/{moving}/search?q=transport")).await.status(), 404);
        let li = Browser::of(&house, LI).await;
        assert!(Ask::all(&li).page("transport").await.contains("Nothing found."));
        assert_eq!(li.get(&format!("/groups/{budget}/search?q=transport")).await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn filters_ask_for_people_files_and_the_readers_days() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let wang = house.person(WANG).await;
        // It is 10 o'clock UTC on November 20, and 18 o'clock in Shanghai.
        say(&house, &anna, group, "The plan of Friday: https://x.example/plan").await;
        house.later(Duration::from_secs(7 * 3600));
        say(&house, &wang, group, "The plan of Saturday, in Shanghai").await;
        house.later(DAY);
        send_file(&house, &wang, group, "报价单 plan v2.csv").await;
        let browser = Browser::of(&house, ANNA).await;
        let all = Ask::all(&browser);
        for (typed, expected) in [
            ("plan", &[4, 3, 2][..]),
            ("plan from:王小明", &[4, 3]),
            ("plan from:wang.xiaoming@corp.example", &[4, 3]),
            ("plan from:me", &[2]),
            ("来自:我 plan", &[2]),
            ("from:nobody@corp.example plan", &[]),
            ("has:file", &[4]),
            ("有:文件 报价", &[4]),
            ("has:link", &[2]),
            ("has:picture", &[]),
            ("file:报价", &[4]),
            ("\"plan v2\"", &[4]),
            ("plan on:2026-11-20", &[2]),
            ("plan on:2026-11-21", &[3]),
            ("plan before:2026-11-21", &[2]),
            ("plan after:2026-11-21 before:2026-11-22", &[3]),
            ("plan 日期:今天", &[4]),
            ("plan after:2026-11", &[4, 3, 2]),
            ("plan before:2026", &[]),
        ] {
            assert_eq!(all.seqs(typed).await, expected, "{typed}");
        }
        // What can't be used is told, and the rest is searched for.
        for (typed, told, expected) in [
            ("plan before:soon", "“soon” is no day", &[4, 3, 2][..]),
            ("plan tag:", "“tag:” still needs", &[4, 3, 2]),
            ("plan from:", "“from:” still needs", &[4, 3, 2]),
            ("plan has:legs", "can’t have “legs”", &[4, 3, 2]),
            ("***", "signs are not searched for", &[]),
        ] {
            let page = all.page(typed).await;
            assert!(page.contains(told), "{typed}: {page}");
            assert_eq!(all.seqs(typed).await, expected, "{typed}");
        }
    })
    .await;
}

async fn tag(house: &House, who: &Viewer, place: MessagePlace, (tag, piece): (&str, Chosen)) -> MarkId {
    let new = new_mark(tag, piece);
    let mut marked = house.actions.mark(who, (place.group, vec![place.seq]), new).await.unwrap();
    marked.remove(0).marks.pop().unwrap().id
}

/// Two groups of Anna's in which all kinds of pieces are marked; the mark that is a risk.
async fn marked_groups(house: &House) -> (Viewer, [GroupId; 2], MarkId) {
    let (anna, plan) = house.group("Plan", &[WANG, LI]).await;
    let (_, moving) = house.group("Moving", &[DAVID]).await;
    let wang = house.person(WANG).await;
    say(house, &anna, plan, "We take the lemon: https://x.example/plan").await;
    say(house, &wang, plan, "The lemon is sour").await;
    send_file(house, &wang, plan, "price.csv").await;
    house.later(DAY);
    say(house, &anna, moving, "A lemon tree moves along").await;
    let at = |seq| MessagePlace { group: plan, seq };
    let file = house.actions.get_message(&anna, at(4)).await.unwrap().message.files[0].id;
    let quote = Chosen::Passage { quote: "is sour".to_owned(), start: None };
    tag(house, &anna, at(2), ("decision", Chosen::Message)).await;
    tag(house, &wang, at(2), ("Next steps", Chosen::Link("https://x.example/plan".to_owned()))).await;
    let sour = tag(house, &anna, at(3), ("risk", quote)).await;
    tag(house, &anna, at(3), ("#next_steps", Chosen::Message)).await;
    tag(house, &anna, at(4), ("fact", Chosen::File(file))).await;
    tag(house, &anna, MessagePlace { group: moving, seq: 2 }, ("决策", Chosen::Message)).await;
    (anna, [plan, moving], sour)
}

#[tokio::test]
async fn tags_find_what_is_marked_whatever_piece_of_it() {
    on_both(Wanted::standing, async |house| {
        let (_, [plan, moving], _) = marked_groups(&house).await;
        let (annas, wangs) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let (all, here, his) = (Ask::all(&annas), Ask::group(&annas, plan), Ask::all(&wangs));
        let (moved, lemon) = (format!("/groups/{moving}?at=2#m-2"), [format!("/groups/{plan}?at=2#m-2")]);
        // A tag of every group is known by its name in any language, whichever the page has.
        for decided in ["tag:decision", "标签:决策", "tag:决定", "TAG：Décision", "tag:decision lemon"]
        {
            assert_eq!(all.places(decided).await, [moved.clone(), lemon[0].clone()], "{decided}");
            assert_eq!(his.places(decided).await, lemon, "{decided}: of his groups only");
            house.later(Duration::from_secs(5));
        }
        for (typed, expected) in [
            ("tag:decision", &[2][..]),
            ("tag:\"next steps\"", &[3, 2]),
            ("tag:NEXT-STEPS", &[3, 2]),
            ("tag:next_steps tag:risk", &[3]),
            ("tag:next_steps tag:next-steps", &[3, 2]),
            ("tag:decision tag:risk", &[]),
            ("tag:fact", &[4]),
            ("tag:fact has:file file:price", &[4]),
            ("tag:next_steps from:me", &[2]),
            ("tag:next_steps from:王小明 lemon sour", &[3]),
            ("tag:next_steps orange", &[]),
            ("tag:risk on:2026-11-20", &[3]),
            ("tag:risk before:2026-11-20", &[]),
            ("tag:risk after:2026-11-21", &[]),
            ("tag:idea", &[]),
            ("tag:nothing", &[]),
            ("tag:next", &[]),
            ("tag:a,b", &[]),
            ("tag:\0", &[]),
            ("tag:'", &[]),
        ] {
            assert_eq!(here.seqs(typed).await, expected, "{typed}");
            house.later(Duration::from_secs(5));
        }
        assert_eq!(all.places("tag:decision in:plan").await, lemon);
        let none = here.page("tag:nothing").await;
        assert!(
            none.contains("Nothing found for these filters") && none.contains("role=\"status\""),
            "{none}"
        );
    })
    .await;
}

#[tokio::test]
async fn tags_find_what_is_marked_now_and_may_be_seen() {
    on_both(Wanted::standing, async |house| {
        let (anna, [plan, _], sour) = marked_groups(&house).await;
        let (annas, wangs) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let (here, his) = (Ask::group(&annas, plan), Ask::all(&wangs));
        assert_eq!(here.seqs("tag:risk").await, [3]);
        // Taken back, renamed, merged, removed.
        house.actions.unmark(&anna, (plan, sour)).await.unwrap();
        assert!(here.seqs("tag:risk").await.is_empty());
        let change = TagChange { name: Some("To come".to_owned()), ..TagChange::default() };
        let own = TagChoice::Named("next steps".parse().unwrap());
        house.actions.change_tag(&anna, (plan, own), change).await.unwrap();
        assert!(here.seqs("tag:next_steps").await.is_empty());
        assert_eq!(here.seqs("tag:\"to come\"").await, [3, 2]);
        let tags = house.actions.list_tags(&anna, plan).await.unwrap();
        let own = tags.lines.iter().find(|line| line.label.kind.is_none()).unwrap().id.unwrap();
        let decision = TagChoice::Named("decision".parse().unwrap());
        house.actions.merge_tags(&anna, (plan, own), decision).await.unwrap();
        assert_eq!(here.seqs("tag:decision").await, [3, 2]);
        house.actions.remove_message(&anna, MessagePlace { group: plan, seq: 2 }).await.unwrap();
        assert_eq!(here.seqs("tag:decision").await, [3]);
        // Nobody finds what was said before their time.
        house.sees_from(&house.person(WANG).await, plan, 4).await;
        assert!(his.seqs("tag:decision").await.is_empty());
        assert_eq!(his.seqs("tag:fact").await, [4]);
    })
    .await;
}

#[tokio::test]
async fn what_is_found_is_what_messages_say_now_by_mail_as_well() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        say(&house, &anna, group, "The lemon is signed").await;
        let invited = house.mails_of(WANG, 1).await.remove(0);
        let reply = [("From", WANG), ("To", invited.reply_to[0].address.as_str()), ("Subject", "Re: Plan")];
        house.deliver(mail(&reply, "Agreed, *orange*\n\nOn Friday Anna wrote:\n> a pear")).await;
        house.messages(&anna, group, 3).await;
        let browser = Browser::of(&house, ANNA).await;
        let here = Ask::group(&browser, group);
        assert_eq!(here.seqs("lemon").await, [2]);
        assert_eq!(here.seqs("orange").await, [3]);
        assert!(here.seqs("pear").await.is_empty(), "a quotation is no word of its author's");
        assert_eq!(here.seqs("welcome").await, [1], "the opening of the draft");

        let place = MessagePlace { group, seq: 2 };
        let edit = Edit { edits: 0, markdown: "The apple is signed".to_owned() };
        house.actions.edit_message(&anna, place, edit).await.unwrap();
        assert!(here.seqs("lemon").await.is_empty());
        assert_eq!(here.seqs("apple").await, [2]);
        send_file(&house, &anna, group, "cherry.csv").await;
        assert_eq!(here.seqs("cherry").await, [4]);
        for seq in [2, 4] {
            house.actions.remove_message(&anna, MessagePlace { group, seq }).await.unwrap();
        }
        for gone in ["apple", "cherry", "has:file", "from:me signed"] {
            assert!(here.seqs(gone).await.is_empty(), "{gone}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_along_into_a_new_group_is_found_there() {
    on_both(Wanted::standing, async |house| {
        let (anna, plan) = house.group("Plan", &[WANG]).await;
        say(&house, &anna, plan, "The price is **12**").await;
        send_file(&house, &anna, plan, "price.csv").await;
        say(&house, &anna, plan, "No price for others").await;
        let draft = house.actions.start_draft_from_group(&anna, plan, vec![2, 3]).await.unwrap();
        let group = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
        let browser = Browser::of(&house, ANNA).await;
        let texts: Vec<i64> =
            house.messages(&anna, group, 2).await.iter().map(|message| message.seq).collect();
        let mut found = Ask::group(&browser, group).seqs("price").await;
        found.sort_unstable();
        assert_eq!(found, texts);
        assert_eq!(Ask::group(&browser, group).seqs("has:file price").await, texts[1..]);
        assert_eq!(Ask::all(&browser).places("price").await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn many_results_come_in_pages() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        for number in 2..=75 {
            say(&house, &anna, group, &format!("Seat {number}")).await;
        }
        let browser = Browser::of(&house, ANNA).await;
        let mut page = Ask::group(&browser, group).page("seat").await;
        assert!(page.contains("The newest 30 messages"));
        let mut found = places(&page);
        while let Some((before, _)) = page.split_once("\" data-more>") {
            let next = before.rsplit_once("href=\"").unwrap().1.replace("&amp;", "&").replace("&#38;", "&");
            page = browser.page(&next).await;
            found.extend(places(&page));
        }
        let expected: Vec<String> =
            (2..=75).rev().map(|seq| format!("/groups/{group}?at={seq}#m-{seq}")).collect();
        assert_eq!(found, expected, "each once, all in one moment");
    })
    .await;
}

#[tokio::test]
async fn nothing_that_is_typed_does_harm() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        say(&house, &anna, group, "<script>alert(1)</script> it's 100 % \"sure\"").await;
        let browser = Browser::of(&house, ANNA).await;
        let all = Ask::all(&browser);
        let long = "word ".repeat(1_500);
        for typed in [
            "\0",
            "\"",
            "'",
            "*",
            "\\",
            ")",
            "((",
            "AND",
            "NOT OR NEAR(",
            "a:b:c",
            "words:x",
            "^x",
            "-x",
            "x & | ! <-> y",
            "%",
            "_",
            "§",
            "§g",
            "\u{202e}x",
            "字".repeat(400).as_str(),
            long.as_str(),
            "from:\" \"",
            "before:99999999999999",
            "after:0000-00-00",
            "it's -- ; DROP TABLE messages",
        ] {
            all.page(typed).await;
            house.later(Duration::from_secs(1));
        }
        let page = all.page("<script>alert").await;
        assert!(
            !page.contains("<script>alert") && page.contains("value=\"&#60;script&#62;alert\""),
            "{page}"
        );
        assert_eq!(all.seqs("100 sure").await, [2]);
        assert!(all.page(&long).await.contains("Only the first 400 letters"));
        for wrong in ["before=x", "before=-1", "before=9223372036854775807", "zone=nowhere", "zone=%00"] {
            let status = browser.get(&format!("/search?q=sure&{wrong}")).await.status();
            assert!(!status.is_server_error(), "{wrong}: {status}");
        }
        // A program that asks again and again is told to wait; what was typed stands in its address.
        let mut refused = None;
        for _ in 0..40 {
            let answer = browser.get("/search?q=sure").await;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                refused = Some(answer.text().await.unwrap());
                break;
            }
        }
        assert!(refused.is_some_and(|page| page.contains("too")), "after 40 at once");
        house.later(Duration::from_secs(60));
        assert_eq!(all.seqs("sure").await, [2]);
    })
    .await;
}

#[tokio::test]
async fn what_was_written_before_there_was_a_search_is_found_after_a_while() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG]).await;
        for number in 2..=450 {
            say(&house, &anna, group, &format!("Seat {number}")).await;
        }
        // As an older mailmoot left it: messages, and an empty index.
        for message in house.messages(&anna, group, 450).await {
            let removed =
                house.actions.store.write(async move |tx| store::search::remove(tx, message.id).await);
            removed.await.unwrap();
        }
        let browser = Browser::of(&house, ANNA).await;
        let here = Ask::group(&browser, group);
        assert!(here.seqs("seat").await.is_empty());
        let job = (house.actions.clock.new_id(), mailmoot::domain::job::Job::IndexMessages { before: None });
        let now = house.actions.clock.now();
        let added = house.actions.store.write(async move |tx| {
            store::jobs::add(tx, &[job], now, now).await?;
            Ok::<_, ActionError>(())
        });
        added.await.unwrap();
        house.actions.bell.ring();
        let all_there = eventually(async || {
            let mut tx = house.actions.store.read().await.unwrap();
            let is_done = !store::jobs::is_waiting(&mut tx, store::jobs::Lane::Index).await.unwrap();
            is_done.then_some(())
        });
        all_there.await;
        for (typed, seq) in [("\"seat 2\"", 2), ("\"seat 251\"", 251), ("\"seat 450\"", 450)] {
            assert_eq!(here.seqs(typed).await, [seq]);
        }
        assert_eq!(here.seqs("seat").await.len(), 30);
    })
    .await;
}
