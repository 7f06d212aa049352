//! Anna wants Wang to look at something: she mentions him, and he is told, wherever he is.

use mailmoot::actions::edits::Edit;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::MessagePlace;
use mailmoot::store;
use reqwest::multipart::Form;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, entry, eventually, mail, on_both};
use crate::support::push_service::{PushService, Receiver};

/// Says something and names whom the list after `@` gave.
async fn call(browser: &Browser, group: GroupId, words: &str, chosen: &[String]) -> Value {
    let form = Form::new().text("markdown", words.to_owned());
    let form = chosen.iter().fold(form, |form, person| form.text("mention", person.clone()));
    let request = browser.request("POST", &format!("/groups/{group}/messages"));
    let answer = request.header("accept", "application/json").multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn html(answer: &Value) -> &str {
    answer["html"].as_str().unwrap()
}

/// The addresses of those whom a message mentions.
async fn mentioned(house: &House, group: GroupId, seq: i64) -> Vec<String> {
    let mut tx = house.actions.store.read().await.unwrap();
    let message = store::messages::find(&mut tx, MessagePlace { group, seq }).await.unwrap().unwrap();
    let ids = store::mentions::list(&mut tx, message.id).await.unwrap();
    let people = store::persons::list(&mut tx, &ids).await.unwrap();
    let mut addresses: Vec<String> = people.iter().map(|p| p.main_address().unwrap().to_string()).collect();
    addresses.sort();
    addresses
}

#[tokio::test]
async fn who_is_mentioned_is_told_also_on_another_page() {
    on_both(Wanted::long_hold, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (anna, wang) = (Browser::of(&house, ANNA).await, Browser::of(&house, WANG).await);
        let mut elsewhere = wang.live().await;
        elsewhere.next("hello").await;
        let id = house.person(WANG).await.person_id.to_string();
        let answer = call(&anna, group, "请 @王小明 看 `@David Okafor`", &[]).await;
        let mark = format!("<span class=\"mention\" data-person=\"{id}\">@<bdi>王小明</bdi></span>");
        assert!(html(&answer).contains(&mark), "{answer}");
        assert!(answer["notice"].is_null());
        let row = elsewhere.next("row").await;
        assert!(row["html"].as_str().unwrap().contains(&format!("data-mentions=\"{id} \"")), "{row}");
        assert_eq!(mentioned(&house, group, 2).await, [WANG]);
        // Whoever looks later sees the same, and no row says it twice.
        assert!(wang.page(&format!("/groups/{group}")).await.contains(&mark));
        call(&anna, group, "Nobody in particular", &[]).await;
        assert!(!elsewhere.next("row").await["html"].as_str().unwrap().contains("data-mentions"));
    })
    .await;
}

#[tokio::test]
async fn a_mention_of_nobody_is_posted_and_its_writer_told() {
    on_both(Wanted::long_hold, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let anna = Browser::of(&house, ANNA).await;
        let li = house.person(LI).await.person_id.to_string();
        let answer = call(&anna, group, "@李雷 and @david okafor, look", &[li, "no id".to_owned()]).await;
        assert!(answer["notice"].as_str().unwrap().contains("@李雷:"), "{answer}");
        assert!(!html(&answer).contains("@<bdi>李雷") && html(&answer).contains("@<bdi>david okafor"));
        assert_eq!(mentioned(&house, group, 2).await, [DAVID]);
    })
    .await;
}

#[tokio::test]
async fn of_two_members_of_one_name_the_chosen_one_is_meant() {
    let twins = ["wei.li@corp.example", "li.wei@corp.example"];
    let wanted = || Wanted {
        people: twins
            .iter()
            .map(|address| entry("Wei Li", address))
            .chain([entry("Anna Berg", ANNA)])
            .collect(),
        ..Wanted::long_hold()
    };
    on_both(wanted, async |house| {
        let (_, group) = house.group("Plan", &twins).await;
        let anna = Browser::of(&house, ANNA).await;
        let answer = call(&anna, group, "@Wei Li?", &[]).await;
        assert!(answer["notice"].as_str().unwrap().contains("@Wei"), "nobody is guessed: {answer}");
        assert!(mentioned(&house, group, 2).await.is_empty());
        let second = house.person(twins[1]).await.person_id.to_string();
        assert!(call(&anna, group, "@Wei Li!", &[second]).await["notice"].is_null());
        assert_eq!(mentioned(&house, group, 3).await, [twins[1]]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_mentions_members_too_and_shows_mentions() {
    on_both(Wanted::default, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let david = house.person(DAVID).await.person_id.to_string();
        call(&Browser::of(&house, ANNA).await, group, "@David Okafor, can you?", &[]).await;
        let invitation = house.mail_of(DAVID).await;
        let to = invitation.reply_to[0].address.to_string();
        house
            .deliver(mail(&[("From", DAVID), ("To", &to), ("Subject", "Re: Plan")], "I can, @王小明."))
            .await;
        let seq = eventually(async || {
            let viewer = house.person(ANNA).await;
            let last = house.actions.list_messages_before(&viewer, group, None, 1).await.unwrap().pop()?;
            last.body.markdown.contains("I can").then_some(last.seq)
        });
        assert_eq!(mentioned(&house, group, seq.await).await, [WANG]);
        let mails = house.mails_of(DAVID, 2).await;
        let shown = mails.iter().map(|mail| format!("{mail:?}")).collect::<String>();
        assert!(!shown.contains(&david), "an id is nobody's business");
    })
    .await;
}

#[tokio::test]
async fn the_list_after_the_sign_has_the_other_members_and_nobody_else() {
    on_both(Wanted::long_hold, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let anna = Browser::of(&house, ANNA).await;
        let names = async |query: &str| {
            let list = anna.page(&format!("/groups/{group}/mentionable?q={query}")).await;
            let names = list.split("data-name=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(names("").await, ["David Okafor", "王小明"]);
        assert_eq!(names("oka").await, ["David Okafor"]);
        assert_eq!(names("小明").await, ["王小明"]);
        assert_eq!(names("采购").await, ["王小明"], "by the department");
        assert_eq!(names("wang.xiao").await, ["王小明"], "by the address");
        assert!(names("anna").await.is_empty() && names("李雷").await.is_empty());
        assert!(names("%").await.is_empty() && names("_").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whom_an_edit_mentions_is_told_once_and_nobody_twice() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID, LI]).await;
        let service = PushService::start().await;
        let (wang, david) = (Browser::of(&house, WANG).await, Browser::of(&house, DAVID).await);
        let (of_wang, of_david) = (Receiver::at(&service, "wang"), Receiver::at(&service, "david"));
        of_wang.subscribe(&wang).await;
        of_david.subscribe(&david).await;
        call(&Browser::of(&house, ANNA).await, group, "@王小明, can you?", &[]).await;
        for address in [WANG, DAVID, LI] {
            house.mails_of(address, 2).await;
        }
        service.taken(2).await;
        // David and Li have it by mail, and David has read it, too.
        house.actions.mark_read(&house.person(DAVID).await, group, 2).await.unwrap();
        let place = MessagePlace { group, seq: 2 };
        let edit = async |edits: i64, words: &str| {
            let edit = Edit { edits, markdown: words.to_owned() };
            house.actions.edit_message(&anna, place, edit).await.unwrap();
        };
        edit(0, "@王小明 or @David Okafor, can you?").await;
        let mails = house.mails_of(DAVID, 3).await;
        let newest = &mails[0].text.new_text;
        assert!(newest.contains("@王小明 or @David Okafor") && !newest.contains("Welcome"), "{newest}");
        let notice = service.taken(3).await.remove(2);
        assert_eq!((notice.name.as_str(), notice.header("urgency")), ("david", "high"));
        assert_eq!(of_david.open(&notice.body)["body"], "Anna Berg: @王小明 or @David Okafor, can you?");
        // Named before, or named by an edit before: nothing new.
        edit(1, "@王小明 and @David Okafor, can you?").await;
        edit(2, "@王小明 can").await;
        edit(3, "@王小明 and @David Okafor can").await;
        let member = house.actions.get_group(&anna, group).await.unwrap().members;
        let member = member.iter().find(|m| m.person.full_name == "David Okafor").unwrap().member.id;
        house.actions.mail_mention(member, 2, false).await.unwrap();
        // Whoever has not seen a message hears of it in the usual way.
        call(&Browser::of(&house, ANNA).await, group, "The end", &[]).await;
        house.mails_of(LI, 3).await;
        let all = house.mails_of(DAVID, 4).await;
        let told = all.iter().filter(|mail| mail.text.new_text.contains("@David Okafor")).count();
        assert_eq!((told, all.len()), (1, 4));
        assert_eq!(house.mails_of(WANG, 3).await.len(), 3);
    })
    .await;
}
