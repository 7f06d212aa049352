//! Answering one message: its line stands above the answer, on pages and in mails, for those who may see it.

use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::ids::MessageId;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, WANG, Wanted, mail, on_both};

fn answer(to: MessageId, words: &str) -> NewMessage {
    NewMessage { markdown: words.to_owned(), answers: Some(to), ..NewMessage::default() }
}

#[tokio::test]
async fn an_answer_shows_the_line_it_answers_and_mails_quote_it() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        house.mail_of(DAVID).await;
        let invited = house.mail_of(WANG).await;
        let wang = house.person(WANG).await;
        let opening = house.messages(&anna, group, 1).await.remove(0);
        let mut page = Browser::of(&house, ANNA).await.live().await;
        page.watch(&group.to_string(), 1).await;
        let posted = house.actions.post_message(&wang, group, answer(opening.id, "Thank you")).await.unwrap();
        assert_eq!(posted.answers.as_ref().map(|answered| answered.seq), Some(1));
        let told = page.next("message").await;
        let html = told["html"].as_str().unwrap();
        let link = format!("href=\"/groups/{group}?at=1#m-1\"");
        assert!(html.contains(&link) && html.contains("Welcome."), "{html}");
        let text = house.mails_of(DAVID, 2).await.remove(0);
        let text = format!("{}{}{}", text.text.new_text, text.text.quotation, text.text.signature);
        assert!(text.contains("> Anna Berg: Welcome."), "{text}");
        // An answer to what is not in the group is told, and posts nothing.
        let (_, other) = house.group("Other", &[WANG]).await;
        let elsewhere = house.messages(&anna, other, 1).await.remove(0);
        let refused = house.actions.post_message(&wang, group, answer(elsewhere.id, "x")).await;
        assert!(
            matches!(refused, Err(ActionError::Invalid { problem: Problem::AnswerGone, .. })),
            "{refused:?}"
        );
        assert_eq!(house.messages(&anna, group, 2).await.len(), 2);
        // What came by mail is quoted as it was typed.
        let reply = [("From", WANG), ("To", invited.reply_to[0].address.as_str()), ("Subject", "Re: Plan")];
        house.deliver(mail(&reply, "*At noon*")).await;
        let by_mail = house.messages(&anna, group, 3).await.remove(2);
        house.actions.post_message(&anna, group, answer(by_mail.id, "Good")).await.unwrap();
        let shown = house.messages(&anna, group, 4).await.remove(3).answers.unwrap();
        assert_eq!(shown.line.unwrap().words, "*At noon*");
    })
    .await;
}

#[tokio::test]
async fn a_page_without_script_answers_edits_and_removes_by_the_messages_own_page() {
    on_both(Wanted::long_hold, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let browser = Browser::of(&house, ANNA).await;
        let own = format!("/groups/{group}/messages/1");
        assert!(browser.page(&format!("/groups/{group}")).await.contains(&format!("href=\"{own}\"")));
        let page = browser.page(&own).await;
        assert!(page.contains("name=\"answers\"") && page.contains("/edit\"") && page.contains("/remove\""));
        let changed =
            browser.post(&format!("{own}/edit"), &[("edits", "0"), ("markdown", "Hello <all>")]).await;
        assert_eq!(changed.headers()["location"], *own);
        let page = browser.page(&own).await;
        assert!(page.contains("Hello &lt;all&gt;") && page.contains("Welcome."), "now and before: {page}");
        // A refusal stands beside what was typed.
        let refused =
            browser.post(&format!("{own}/edit"), &[("edits", "0"), ("markdown", "Typed in vain")]).await;
        assert_eq!(refused.status(), reqwest::StatusCode::CONFLICT);
        assert!(refused.text().await.unwrap().contains("Typed in vain"));
        browser.post(&format!("{own}/remove"), &[]).await;
        let refused =
            browser.post(&format!("{own}/edit"), &[("edits", "1"), ("markdown", "Also in vain")]).await;
        let page = refused.text().await.unwrap();
        assert!(page.contains("Also in vain") && page.contains("was removed meanwhile"), "{page}");
        let (status, told) =
            browser.post_json(&format!("{own}/edit"), &[("edits", "1"), ("markdown", "x")]).await;
        assert_eq!(status, reqwest::StatusCode::CONFLICT);
        assert!(told["problem"].as_str().unwrap().contains("removed meanwhile"), "{told}");
        let messages = house.messages(&anna, group, 1).await;
        assert!(messages[0].trace.removed.is_some());
    })
    .await;
}
