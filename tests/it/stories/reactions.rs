//! Reacting to messages: seen by all at once, never more than a page can hold, and no reason for a mail.

use std::time::Duration;

use mailmoot::actions::reactions::{MOST_KINDS, MOST_OWN};
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::message::MessagePlace;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::reaction::{Emoji, SHOWN};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, WANG, Wanted, on_both};

fn emoji(text: &str) -> Emoji {
    text.parse().unwrap()
}

async fn react(house: &House, who: &Viewer, place: MessagePlace, text: &str) -> Result<i64, ActionError> {
    let message = house.actions.react(who, place, (emoji(text), true)).await?;
    Ok(message.reactions.iter().map(|reaction| reaction.count).sum())
}

#[tokio::test]
async fn a_reaction_is_on_every_open_page_with_its_names_and_is_taken_back() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, place) = (house.person(WANG).await, MessagePlace { group, seq: 1 });
        let mut page = Browser::of(&house, ANNA).await.live().await;
        page.watch(&group.to_string(), 1).await;
        page.all("changed").await;
        react(&house, &wang, place, "👍").await.unwrap();
        let told = page.next("changed").await;
        let html = told["html"].as_str().unwrap();
        assert!(html.contains("data-emoji=\"👍\"") && html.contains(&wang.person_id.to_string()), "{html}");
        assert!(html.contains("王小明"), "{html}");
        // The same again, however it is written, changes nothing.
        assert_eq!(react(&house, &wang, place, "👍").await.unwrap(), 1);
        assert!(page.all("changed").await.is_empty());
        react(&house, &anna, place, "❤").await.unwrap();
        react(&house, &anna, place, "👍").await.unwrap();
        let message = house.messages(&anna, group, 1).await.remove(0);
        let shown: Vec<_> = message.reactions.iter().map(|r| (r.emoji.as_str(), r.count)).collect();
        assert_eq!(shown, [("👍", 2), ("❤️", 1)], "in the order in which they came up");
        let back = house.actions.react(&wang, place, (emoji("👍"), false)).await.unwrap();
        assert_eq!(back.reactions.len(), 2);
        assert_eq!(back.trace.changed, 4, "each is a change of its own");
        // Who is no member sees nothing to react to, and of a removed message nothing is left.
        let outsider = house.admin().await;
        assert!(matches!(react(&house, &outsider, place, "👍").await, Err(ActionError::NotFound)));
        let removed = house.actions.remove_message(&anna, place).await.unwrap();
        assert_eq!(removed.reactions, []);
        let late = react(&house, &wang, place, "👍").await;
        assert!(matches!(late, Err(ActionError::Invalid { problem: Problem::MessageGone, .. })), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_a_mail_for_a_reaction() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(DAVID).await;
        react(&house, &anna, MessagePlace { group, seq: 1 }, "🎉").await.unwrap();
        house.later(Duration::from_secs(3600));
        Browser::of(&house, ANNA).await.say(&group.to_string(), "", "A message").await;
        house.later(Duration::from_secs(3600));
        let mails = house.mails_of(DAVID, 2).await;
        assert_eq!(mails.len(), 2, "the invitation and the message");
    })
    .await;
}

#[tokio::test]
async fn without_script_one_reacts_on_the_message_s_own_page() {
    on_both(Wanted::long_hold, async |house| {
        let (_, group) = house.group("Plan", &[WANG, DAVID]).await;
        let browser = Browser::of(&house, WANG).await;
        let own = format!("/groups/{group}/messages/1");
        let done = browser.post(&format!("{own}/react"), &[("emoji", "🎉"), ("on", "true")]).await;
        assert_eq!(done.headers()["location"], *own);
        let page = browser.page(&own).await;
        assert!(page.contains("value=\"🎉\"><input type=\"hidden\" name=\"on\" value=\"false\""), "{page}");
        for wrong in ["<script>", "👍👍", "ok", ""] {
            let refused = browser.post(&format!("{own}/react"), &[("emoji", wrong), ("on", "true")]).await;
            assert_eq!(refused.status(), reqwest::StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.text().await.unwrap().contains("Choose one emoji"));
        }
        browser.post(&format!("{own}/react"), &[("emoji", "🎉"), ("on", "false")]).await;
        assert!(!browser.page(&format!("/groups/{group}")).await.contains("data-reactions"));
        assert!(browser.page("/emojis").await.contains("title=\"thumbs up\""));
    })
    .await;
}

#[tokio::test]
async fn a_message_takes_so_many_kinds_and_a_person_so_many_of_them() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let (wang, david) = (house.person(WANG).await, house.person(DAVID).await);
        let place = MessagePlace { group, seq: 1 };
        let signs: Vec<&str> = emojis::iter().map(emojis::Emoji::as_str).take(MOST_KINDS + 1).collect();
        for (number, sign) in signs.iter().take(MOST_KINDS).enumerate() {
            react(&house, if number < MOST_OWN { &anna } else { &wang }, place, sign).await.unwrap();
        }
        let full =
            |done| matches!(done, Err(ActionError::Invalid { problem: Problem::TooManyReactions, .. }));
        assert!(full(react(&house, &anna, place, signs[MOST_OWN]).await), "so many are one's own");
        assert!(full(react(&house, &david, place, signs[MOST_KINDS]).await), "so many kinds there are");
        react(&house, &david, place, signs[0]).await.unwrap();
    })
    .await;
}

/// As many as a group of thousand can bring, put in by the side door: the doors would take a while.
#[tokio::test]
async fn ten_thousand_reactions_stay_a_small_page() {
    let house = House::with(Wanted::long_hold()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let mut database =
        SqliteConnection::connect(&format!("sqlite:{}", house.database().display())).await.unwrap();
    for statement in [
        "CREATE TEMP TABLE n AS WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000) SELECT n FROM n",
        "CREATE TEMP TABLE e AS SELECT column1 AS e FROM (VALUES ('👍'), ('✅'), ('🎉'), ('❤️'), ('😄'), ('👀'), ('🚀'), ('🔥'), ('💯'), ('🙏'))",
        "CREATE TEMP TABLE p AS SELECT randomblob(16) AS id, n FROM n",
    ] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    let columns: Vec<(String,)> =
        sqlx::query_as("SELECT name FROM pragma_table_info('persons') WHERE name <> 'id'")
            .fetch_all(&mut database)
            .await
            .unwrap();
    let columns = columns.into_iter().map(|(name,)| name).collect::<Vec<_>>().join(", ");
    let people = format!(
        "INSERT INTO persons (id, {columns}) SELECT p.id, {columns} FROM temp.p, (SELECT {columns} FROM persons LIMIT 1)"
    );
    sqlx::query(AssertSqlSafe(people)).execute(&mut database).await.unwrap();
    sqlx::query("INSERT INTO reactions SELECT m.id, p.id, e.e, p.n FROM messages m, temp.p, temp.e")
        .execute(&mut database)
        .await
        .unwrap();
    let message = house.messages(&anna, group, 1).await.remove(0);
    assert_eq!(message.reactions.iter().map(|reaction| reaction.count).sum::<i64>(), 10_000);
    assert!(message.reactions.iter().all(|reaction| reaction.first.len() as i64 == SHOWN));
    let browser = Browser::of(&house, ANNA).await;
    let page = browser.page(&format!("/groups/{group}")).await;
    assert!(page.contains("990 more"), "the first are named, the rest counted");
    assert!(page.len() < 100_000, "{}", page.len());
    // One more is a frame of bounded size as well.
    let mut live = browser.live().await;
    live.watch(&group.to_string(), 1).await;
    live.all("changed").await;
    react(&house, &anna, MessagePlace { group, seq: 1 }, "👍").await.unwrap();
    let told = live.next("changed").await;
    assert!(told["html"].as_str().unwrap().len() < 60_000);
}
