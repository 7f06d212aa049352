//! Receipts: who has read it, as the sender sees it, whichever way the message went.

use std::time::Duration;

use mailmoot::domain::ids::GroupId;
use mailmoot::domain::ledger::{Delivery, DeliveryKind};
use mailmoot::domain::secret::Token;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Live};
use crate::support::house::{ANNA, DAVID, House, LI, WANG, Wanted, entry, eventually, mail, on_both};

/// What Anna's page shows of a message's receipts.
struct Sender {
    browser: Browser,
    group: GroupId,
}

impl Sender {
    /// Anna with a group of these people.
    async fn with(house: &House, others: &[&str]) -> Self {
        let (_, group) = house.group("Budget", others).await;
        Self { browser: Browser::of(house, ANNA).await, group }
    }

    /// Posts from the composer; the number of the message.
    async fn asks(&self, words: &str) -> i64 {
        self.posts(words, &[("receipt", "none"), ("receipt", "wanted")]).await
    }

    async fn posts(&self, words: &str, fields: &[(&'static str, &'static str)]) -> i64 {
        let mut form = reqwest::multipart::Form::new().text("markdown", words.to_owned());
        for (name, value) in fields {
            form = form.text(*name, *value);
        }
        let request = self.browser.request("POST", &format!("/groups/{}/messages", self.group));
        let answer = request.header("accept", "application/json").multipart(form).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["seq"].as_i64().unwrap()
    }

    fn panel(&self, seq: i64) -> String {
        format!("/groups/{}/messages/{seq}/receipts", self.group)
    }

    /// The panel's sections and who stands in them, in one line; the words beside a name are in brackets.
    async fn sees(&self, seq: i64) -> String {
        let page = self.browser.page(&self.panel(seq)).await;
        let panel = page.split("data-receipts-of").nth(1).unwrap().split("</main>").next().unwrap();
        let mut seen = String::new();
        for part in panel.split("<h3 id=\"receipts-group-").skip(1) {
            let (title, people) = part.split_once("</h3>").unwrap();
            seen.push_str(&format!("{}: ", text_of(title.split_once('>').unwrap().1)));
            for person in people.split("<li class=\"person\">").skip(1) {
                let (name, rest) = person.split_once("<bdi>").unwrap().1.split_once("</bdi>").unwrap();
                seen.push_str(&format!("{name} ({}); ", text_of(rest.split("</li>").next().unwrap())));
            }
        }
        seen
    }

    /// Until the panel says so.
    async fn comes_to_see(&self, seq: i64, words: &[&str]) -> String {
        eventually(async || {
            let seen = self.sees(seq).await;
            words.iter().all(|word| seen.contains(word)).then_some(seen)
        })
        .await
    }

    /// The line at the message on the discussion page.
    async fn line(&self, seq: i64) -> String {
        let page = self.browser.page(&format!("/groups/{}", self.group)).await;
        let message =
            page.split(&format!("id=\"m-{seq}\"")).nth(1).unwrap().split("</article>").next().unwrap();
        message.split("class=\"receipt-line").nth(1).map(line_of).unwrap_or_default()
    }
}

/// The words of the line in a piece of markup.
fn line_of(html: &str) -> String {
    let line = html.split("</svg>").nth(1).unwrap().split("<span").next().unwrap();
    line.trim().to_owned()
}

/// Without tags and without times.
fn text_of(html: &str) -> String {
    let plain = html.split('<').map(|part| match part.split_once('>') {
        Some((tag, _)) if tag.starts_with("time") => "",
        Some((_, text)) => text,
        None => part,
    });
    plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Somebody's open page of the group.
async fn open_page(browser: &Browser, group: GroupId) -> Live {
    let mut live = browser.live().await;
    live.watch(&group.to_string(), 0).await;
    live.all("message").await;
    live
}

async fn says(live: &mut Live, kind: &str, group: GroupId, seqs: &[i64]) {
    live.say(json!({ "type": kind, "group": group, "seqs": seqs })).await;
}

/// The next line that is told of a message.
async fn told(live: &mut Live, seq: i64) -> String {
    loop {
        let frame = live.next("receipts").await;
        if frame["seq"] == seq {
            return line_of(frame["html"].as_str().unwrap());
        }
    }
}

#[tokio::test]
async fn three_browsers_see_live_who_has_read_it() {
    on_both(Wanted::long_hold, async |house| {
        let anna = Sender::with(&house, &[WANG, LI, DAVID]).await;
        let (wang, li) = (Browser::of(&house, WANG).await, Browser::of(&house, LI).await);
        let mut annas = open_page(&anna.browser, anna.group).await;
        let mut wangs = open_page(&wang, anna.group).await;
        let seq = anna.asks("Please read the figures").await;
        let frame = wangs.next("message").await;
        assert_eq!(
            line_of(frame["html"].as_str().unwrap().split("receipt-line").nth(1).unwrap()),
            "0 of 3 read"
        );
        let seen = anna.sees(seq).await;
        assert_eq!(
            seen,
            "Not read yet 3: David Okafor (Goes out by mail soon); 李雷 (Stored until they come back); \
             王小明 (Sent · in the browser); "
        );

        says(&mut wangs, "got", anna.group, &[seq]).await;
        assert_eq!(told(&mut annas, seq).await, "0 of 3 read");
        assert!(anna.sees(seq).await.contains("王小明 (Delivered · in the browser)"));
        says(&mut wangs, "seen", anna.group, &[seq]).await;
        assert_eq!(told(&mut annas, seq).await, "1 of 3 read");
        assert_eq!(told(&mut wangs, seq).await, "0 of 3 read", "who looks on is told the same");
        assert_eq!(told(&mut wangs, seq).await, "1 of 3 read");

        // A third one opens the page later, and asks how things stand: that says that the page has the message.
        let mut lis = open_page(&li, anna.group).await;
        says(&mut lis, "show_receipts", anna.group, &[seq]).await;
        assert_eq!(told(&mut lis, seq).await, "1 of 3 read");
        assert_eq!(lis.next("to_confirm").await["seqs"], json!([]));
        assert_eq!(told(&mut annas, seq).await, "1 of 3 read");
        let seen = anna.sees(seq).await;
        assert!(seen.contains("李雷 (Delivered · in the browser)"), "{seen}");
        assert!(seen.ends_with("Read 1: 王小明 (Read · in the browser); "), "{seen}");
        assert_eq!(anna.line(seq).await, "1 of 3 read");

        // A connection that was lost meanwhile: the page asks, and is told how it stands now.
        drop(annas);
        says(&mut lis, "seen", anna.group, &[seq]).await;
        assert_eq!(told(&mut lis, seq).await, "1 of 3 read", "delivered");
        assert_eq!(told(&mut lis, seq).await, "2 of 3 read");
        let mut annas = open_page(&anna.browser, anna.group).await;
        says(&mut annas, "show_receipts", anna.group, &[seq]).await;
        assert_eq!(told(&mut annas, seq).await, "2 of 3 read");
    })
    .await;
}

#[tokio::test]
async fn who_confirms_by_hand_is_not_betrayed_by_having_seen_it() {
    on_both(Wanted::long_hold, async |house| {
        let anna = Sender::with(&house, &[WANG, DAVID]).await;
        let wang = Browser::of(&house, WANG).await;
        wang.post("/settings/receipts", &[("policy", "manual")]).await;
        assert!(wang.page("/settings").await.contains("value=\"manual\" checked"));
        let mut page = open_page(&wang, anna.group).await;
        let mut other = open_page(&wang, anna.group).await;
        let seq = anna.asks("Please read").await;
        let seen_frame = page.next("message").await["seq"].clone();
        assert_eq!(seen_frame, seq);
        says(&mut page, "got", anna.group, &[seq]).await;
        says(&mut page, "seen", anna.group, &[seq]).await;
        page.say(json!({ "type": "read", "group": anna.group, "seq": seq })).await;
        anna.comes_to_see(seq, &["王小明 (Delivered"]).await;
        says(&mut page, "show_receipts", anna.group, &[seq]).await;
        assert_eq!(page.next("to_confirm").await["seqs"], json!([seq]));
        assert_eq!(anna.line(seq).await, "0 of 2 read");

        let panel = anna.panel(seq);
        assert!(wang.page(&panel).await.contains("Confirm reading"));
        assert_eq!(wang.post(&panel, &[]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(other.next("confirmed").await["seq"], seq, "the button goes on other pages, too");
        anna.comes_to_see(seq, &["Read 1: 王小明 (Read · in the browser)"]).await;
        assert!(wang.page(&panel).await.contains("You have confirmed it."));
        // Twice is once.
        assert_eq!(wang.post(&panel, &[]).await.status(), StatusCode::SEE_OTHER);
        says(&mut page, "show_receipts", anna.group, &[seq]).await;
        assert_eq!(page.next("to_confirm").await["seqs"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_said_at_once_and_stays() {
    on_both(Wanted::long_hold, async |house| {
        let anna = Sender::with(&house, &[WANG, LI]).await;
        let (wang, li) = (Browser::of(&house, WANG).await, Browser::of(&house, LI).await);
        let before = anna.asks("Asked before").await;
        let settings = format!("/groups/{}/settings/receipts", anna.group);
        assert_eq!(wang.post(&settings, &[("policy", "refuse")]).await.status(), StatusCode::SEE_OTHER);
        let seq = anna.asks("Asked after").await;
        for (seq, place) in [(before, "what waited"), (seq, "what comes")] {
            assert_eq!(anna.line(seq).await, "0 of 2 read · 1 declined", "{place}");
            assert!(anna.sees(seq).await.ends_with("Give no receipt 1: 王小明 (Declined); "));
        }
        let mut page = open_page(&wang, anna.group).await;
        says(&mut page, "seen", anna.group, &[seq]).await;
        wang.post(&anna.panel(seq), &[]).await;
        assert!(wang.page(&anna.panel(seq)).await.contains("You give no receipts here."));
        // Elsewhere they go on giving receipts; and here again, from now on.
        wang.post(&settings, &[("policy", "as-everywhere")]).await;
        let later = anna.asks("Asked again").await;
        says(&mut page, "seen", anna.group, &[seq, later]).await;
        anna.comes_to_see(later, &["Read 1: 王小明"]).await;
        assert_eq!(anna.line(seq).await, "0 of 2 read · 1 declined");
        let mut lis = open_page(&li, anna.group).await;
        says(&mut lis, "seen", anna.group, &[later]).await;
        anna.comes_to_see(later, &["Read 2:"]).await;
        assert_eq!(anna.line(later).await, "Read by all 2");
        assert_eq!(
            wang.post(&settings, &[("policy", "sometimes")]).await.status(),
            StatusCode::UNPROCESSABLE_ENTITY
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_by_mail_says_that_it_was_read() {
    on_both(Wanted::default, async |house| {
        let anna = Sender::with(&house, &[WANG, DAVID]).await;
        let seq = anna.asks("Is the plan fine?").await;
        anna.comes_to_see(seq, &["David Okafor (Sent · by mail)", "王小明 (Sent · by mail)"]).await;
        let bundle = house.mails_of(DAVID, 2).await.remove(0);
        assert!(bundle.text.new_text.contains("Is the plan fine?"));
        let reply = mail(
            &[
                ("From", DAVID),
                ("To", bundle.reply_to[0].address.as_str()),
                ("Subject", "Re: Budget"),
                ("Message-ID", "<reply@corp.example>"),
            ],
            "It is.",
        );
        house.deliver(reply).await;
        let seen = anna.comes_to_see(seq, &["Read 1:"]).await;
        assert_eq!(
            seen,
            "Not read yet 1: 王小明 (Sent · by mail); Read 1: David Okafor (Read · by answering by mail); "
        );
        assert_eq!(anna.line(seq).await, "1 of 2 read");
        // He has signed in meanwhile and confirms by hand: his next answer is no receipt.
        let david = Browser::of(&house, DAVID).await;
        david.post("/settings/receipts", &[("policy", "manual")]).await;
        let seq = anna.asks("And the other plan?").await;
        let bundle = house.mails_of(DAVID, 3).await.remove(0);
        anna.comes_to_see(seq, &["David Okafor (Stored until they come back · sent by mail as well)"]).await;
        let reply = mail(
            &[
                ("From", DAVID),
                ("To", bundle.reply_to[0].address.as_str()),
                ("Subject", "Re: Budget"),
                ("Message-ID", "<reply2@corp.example>"),
            ],
            "That one, too.",
        );
        house.deliver(reply).await;
        house.ledger(2).await;
        assert!(anna.sees(seq).await.contains("Not read yet 2:"));
    })
    .await;
}

/// A report (RFC 3464) about the first mail with messages to somebody.
async fn report(house: &House, to: &str, action: &str, words: &str) -> String {
    let deliveries = house.deliveries().await;
    let is_it = |d: &&Delivery| d.address.as_str() == to && d.kind == DeliveryKind::Messages;
    let first = deliveries.iter().rev().find(is_it).unwrap();
    let token = Token::derived(&house.actions.key, "return", first.id.uuid());
    format!(
        "From: MAILER-DAEMON@corp.example\r\nTo: moot+{}@corp.example\r\nSubject: Report\r\nMIME-Version: 1.0\r\n\
         Message-ID: <{}@mx.corp.example>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\n{action}\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.corp.example\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {words}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n--b--\r\n",
        token.reveal(),
        house.token().reveal(),
    )
}

#[tokio::test]
async fn a_report_says_that_it_failed_and_why_or_that_it_was_delivered() {
    on_both(Wanted::default, async |house| {
        let anna = Sender::with(&house, &[WANG, DAVID]).await;
        let mut page = open_page(&anna.browser, anna.group).await;
        let seq = anna.asks("Please read").await;
        let plain = anna.posts("No need to answer", &[]).await;
        anna.comes_to_see(seq, &["David Okafor (Sent", "王小明 (Sent"]).await;
        house.mails_of(DAVID, 2).await;
        house.deliver(report(&house, WANG, "delivered", "2.0.0").await).await;
        anna.comes_to_see(seq, &["王小明 (Delivered · says their mail system)"]).await;
        house.deliver(report(&house, DAVID, "failed", "5.1.1 No such user").await).await;
        let seen = anna.comes_to_see(seq, &["Did not reach them 1:"]).await;
        assert!(
            seen.starts_with("Did not reach them 1: David Okafor (Failed · says their mail system "),
            "{seen}"
        );
        assert!(seen.contains("5.1.1 No such user"), "{seen}");
        assert_eq!(anna.line(seq).await, "0 of 2 read · 1 failed");
        // What asked for nothing tells only that it did not arrive; both came in one mail, or the second is on its way.
        let line = anna.line(plain).await;
        assert!(line == "Did not reach 1 member" || line.is_empty(), "{line}");
        loop {
            if told(&mut page, seq).await == "0 of 2 read · 1 failed" {
                break;
            }
        }
        // "delayed" is no news, and a failure after the delivery is none of this mail.
        house.deliver(report(&house, WANG, "delayed", "4.2.0 later").await).await;
        house.deliver(report(&house, WANG, "failed", "5.0.0 late").await).await;
        house.ledger(4).await;
        assert!(anna.sees(seq).await.contains("王小明 (Delivered"));
        // He reads it in the browser after all.
        let david = Browser::of(&house, DAVID).await;
        let mut davids = open_page(&david, anna.group).await;
        says(&mut davids, "seen", anna.group, &[seq, plain]).await;
        anna.comes_to_see(seq, &["Read 1: David Okafor"]).await;
        assert_eq!(anna.line(seq).await, "1 of 2 read");
        assert_eq!(anna.line(plain).await, "");
    })
    .await;
}

#[tokio::test]
async fn what_a_server_handed_on_is_delivered_by_its_word_until_somebody_knows_better() {
    on_both(Wanted::default, async |house| {
        let anna = Sender::with(&house, &[WANG, LI, DAVID]).await;
        let seq = anna.asks("Please read").await;
        anna.comes_to_see(seq, &["David Okafor (Sent", "王小明 (Sent", "李雷 (Sent"]).await;
        let handed_on = "(Delivered · handed on by mx.corp.example to";
        for to in [WANG, LI, DAVID] {
            house.deliver(report(&house, to, "relayed", "2.0.0").await).await;
        }
        let relayed = |name| format!("{name} {handed_on} a system that reports no more)");
        let all = [relayed("王小明"), relayed("李雷"), relayed("David Okafor")];
        anna.comes_to_see(seq, &all.each_ref().map(String::as_str)).await;
        // It can still come back, or be known to have arrived; "expanded" says no more than "relayed".
        house.deliver(report(&house, DAVID, "failed", "5.1.1 No such user").await).await;
        house.deliver(report(&house, WANG, "delivered", "2.0.0").await).await;
        house.deliver(report(&house, LI, "expanded", "2.0.0").await).await;
        house.ledger(6).await;
        let words =
            ["Did not reach them 1: David Okafor (Failed", "王小明 (Delivered · says their mail system)"];
        let seen = anna.comes_to_see(seq, &words).await;
        assert!(seen.contains(&relayed("李雷")), "{seen}");
        // What was known first stays so: a failure after the delivery is none of this mail, in whichever order.
        house.deliver(report(&house, DAVID, "relayed", "2.0.0").await).await;
        house.deliver(report(&house, WANG, "failed", "5.0.0 late").await).await;
        house.ledger(8).await;
        anna.comes_to_see(seq, &words).await;
    })
    .await;
}

/// Where the newest letter to somebody asks their program to say that it was read.
async fn asks_program(house: &House, of: &str) -> Option<String> {
    let letter = house.outbox.list(&of.parse().unwrap()).await.unwrap().remove(0);
    let head = String::from_utf8_lossy(&letter.raw).split("\r\n\r\n").next().unwrap().to_owned();
    let line = head.lines().find_map(|line| line.strip_prefix("Disposition-Notification-To: "));
    line.map(|to| to.trim_matches(['<', '>']).to_owned())
}

/// What a program answers to that (RFC 8098 3).
fn disposition(house: &House, (of, to): (&str, &str), mode: &str) -> String {
    format!(
        "From: {of}\r\nTo: {to}\r\nSubject: Read: Budget\r\nMIME-Version: 1.0\r\nMessage-ID: <{}@corp.example>\r\n\
         Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt was displayed.\r\n\
         --b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; {of}\r\n\
         Disposition: {mode}\r\n\r\n--b--\r\n",
        house.token().reveal(),
    )
}

#[tokio::test]
async fn an_address_that_no_mail_can_go_to_holds_up_nobody_else() {
    on_both(Wanted::default, async |house| {
        // Mails do come from such addresses.
        let anna = Sender::with(&house, &[DAVID, "postmaster@[127.0.0.1]"]).await;
        house.quiet().await;
        let seq = anna.asks("Please read").await;
        let seen = anna.comes_to_see(seq, &["David Okafor (Sent", "Did not reach them 1:"]).await;
        assert!(seen.contains("can't stand in a mail") || seen.contains("5.1.3"), "{seen}");
        assert_eq!(
            anna.browser.post(&format!("{}/remind", anna.panel(seq)), &[]).await.status(),
            StatusCode::SEE_OTHER
        );
        eventually(async || (house.mails_of(DAVID, 1).await[0].subject == "Reminder: Budget").then_some(()))
            .await;
        let add = format!("/groups/{}/members", anna.group);
        for odd in ["a..b@x.example", "x@[IPv6:::1]"] {
            let answer = anna.browser.post(&add, &[("who", odd), ("history", "now")]).await;
            let page = answer.text().await.unwrap();
            assert!(page.contains("is neither a mail address nor the name"), "{odd}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_program_says_that_it_was_read_as_far_as_its_user_lets_it() {
    on_both(Wanted::default, async |house| {
        let anna = Sender::with(&house, &[WANG, LI, DAVID]).await;
        Browser::of(&house, WANG).await.post("/settings/receipts", &[("policy", "manual")]).await;
        Browser::of(&house, LI).await.post("/settings/receipts", &[("policy", "refuse")]).await;
        anna.posts("Nothing to confirm", &[]).await;
        house.mails_of(DAVID, 2).await;
        assert_eq!(asks_program(&house, DAVID).await, None, "nobody asked for it");

        let seq = anna.asks("Please read").await;
        let davids = eventually(async || asks_program(&house, DAVID).await).await;
        let wangs = eventually(async || asks_program(&house, WANG).await).await;
        anna.comes_to_see(seq, &["David Okafor (Sent", "sent by mail as well"]).await;
        eventually(async || {
            house.mails_of(LI, 1).await[0].text.new_text.contains("Please read").then_some(())
        })
        .await;
        assert_eq!(asks_program(&house, LI).await, None, "who refuses is not asked");
        let by_itself = "automatic-action/MDN-sent-automatically; displayed";
        house.deliver(disposition(&house, (DAVID, &davids), by_itself)).await;
        house.deliver(disposition(&house, (WANG, &wangs), by_itself)).await;
        anna.comes_to_see(
            seq,
            &[
                "Read 1: David Okafor (Read · says their mail program)",
                "王小明 (Delivered · says their mail program)",
            ],
        )
        .await;
        let deleted = "manual-action/MDN-sent-manually; deleted";
        house.deliver(disposition(&house, (WANG, &wangs), deleted)).await;
        house.ledger(3).await;
        assert!(anna.sees(seq).await.contains("王小明 (Delivered"));
        house
            .deliver(disposition(&house, (WANG, &wangs), "manual-action/MDN-sent-manually; displayed"))
            .await;
        anna.comes_to_see(seq, &["Read 2:"]).await;
        assert_eq!(anna.line(seq).await, "2 of 3 read · 1 declined");

        let seq = anna.asks("And this").await;
        let next =
            eventually(async || asks_program(&house, DAVID).await.filter(|mail| *mail != davids)).await;
        let denied = "manual-action/MDN-sent-manually; denied";
        house.deliver(disposition(&house, (DAVID, &next), denied)).await;
        anna.comes_to_see(seq, &["David Okafor (Declined"]).await;
    })
    .await;
}

#[tokio::test]
async fn what_new_messages_ask_is_told_to_open_pages() {
    on_both(Wanted::long_hold, async |house| {
        let anna = Sender::with(&house, &[WANG]).await;
        let wang = Browser::of(&house, WANG).await;
        let mut wangs = open_page(&wang, anna.group).await;
        let path = format!("/groups/{}/settings/receipt-default", anna.group);
        anna.browser.post(&path, &[("receipt", "wanted")]).await;
        assert_eq!(wangs.next("receipt_default").await["request"], "wanted");
        // Whoever missed it is told when their page comes back.
        let mut wangs = open_page(&wang, anna.group).await;
        says(&mut wangs, "show_receipts", anna.group, &[]).await;
        assert_eq!(wangs.next("to_confirm").await["request"], "wanted");
    })
    .await;
}

#[tokio::test]
async fn the_sender_reminds_those_who_have_not_read_it_and_nobody_twice() {
    on_both(Wanted::long_hold, async |house| {
        let anna = Sender::with(&house, &[WANG, LI, DAVID]).await;
        let (wang, li) = (Browser::of(&house, WANG).await, Browser::of(&house, LI).await);
        li.post("/language", &[("language", "zh-CN"), ("back", "/")]).await;
        house.mail_of(DAVID).await;
        house.mail_of(LI).await;
        let seq = anna.asks("Sign by **Tuesday**, please").await;
        let remind = format!("{}/remind", anna.panel(seq));
        assert_eq!(wang.post(&remind, &[]).await.status(), StatusCode::NOT_FOUND, "only the author");
        let plain = anna.posts("Nothing to confirm", &[]).await;
        let of_plain = format!("{}/remind", anna.panel(plain));
        assert_eq!(anna.browser.post(&of_plain, &[]).await.status(), StatusCode::NOT_FOUND);

        // Wang looks at the discussion just now, David and Li do not.
        let mut wangs = open_page(&wang, anna.group).await;
        assert!(anna.browser.page(&anna.panel(seq)).await.contains("Remind who has not read it"));
        let answer = anna.browser.post(&remind, &[]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let page = anna.browser.page(answer.headers()["location"].to_str().unwrap()).await;
        assert!(page.contains("2 reminders are on their way."), "{page}");
        let letter = house.mails_of(DAVID, 2).await.remove(0);
        assert_eq!(letter.subject, "Reminder: Budget");
        assert!(letter.text.new_text.contains("Anna Berg asks you to read this message"));
        assert!(letter.text.new_text.contains(&format!("/groups/{}?at={seq}#m-{seq}", anna.group)));
        assert_eq!(house.mails_of(LI, 2).await[0].subject, "提醒：Budget");
        let seen = anna.comes_to_see(seq, &["David Okafor (Sent · by mail"]).await;
        assert!(
            seen.contains("· reminded") && !seen.contains("王小明 (Sent · in the browser · reminded"),
            "{seen}"
        );
        let page = anna.browser.page(&anna.panel(seq)).await;
        assert!(page.contains("You can do it again at") && !page.contains("id=\"remind-unread\""), "{page}");

        // The job once more, as after a crash; and the button once more.
        let again = anna.browser.post(&remind, &[]).await;
        assert_eq!(again.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(again.text().await.unwrap().contains("within the last hour"));
        let reminders = async || {
            let all = house.deliveries().await;
            all.iter()
                .filter(|d| d.kind == DeliveryKind::Reminder)
                .map(|d| d.address.to_string())
                .collect::<Vec<_>>()
        };
        let mut to = reminders().await;
        to.sort_unstable();
        assert_eq!(to, [DAVID, LI]);
        // An answer to the reminder is one to the message.
        let reply = mail(
            &[
                ("From", DAVID),
                ("To", letter.reply_to[0].address.as_str()),
                ("Subject", "Re: Reminder: Budget"),
                ("Message-ID", "<r@corp.example>"),
                ("In-Reply-To", &format!("<{}>", letter.message_id.as_deref().unwrap())),
            ],
            "Signed.",
        );
        house.deliver(reply).await;
        says(&mut wangs, "seen", anna.group, &[seq]).await;
        anna.comes_to_see(seq, &["Read 2:"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_reminder_that_is_planned_twice_is_sent_once() {
    use mailmoot::actions::messages::NewMessage;
    use mailmoot::domain::message::MessagePlace;
    use mailmoot::domain::receipt::ReceiptRequest;

    let house = House::with(Wanted { hold: Duration::from_secs(3600), ..Wanted::standing() }).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let new = NewMessage {
        markdown: "Please".to_owned(),
        receipt: Some(ReceiptRequest::Wanted),
        ..NewMessage::default()
    };
    let seq = house.actions.post_message(&anna, group, new).await.unwrap().seq;
    let (place, asked_at) = (MessagePlace { group, seq }, house.actions.clock.now());
    for _ in 0..3 {
        house.actions.send_reminders(place, asked_at).await.unwrap();
    }
    house.mails_of(DAVID, 2).await;
    let count = async || house.deliveries().await.iter().filter(|d| d.kind == DeliveryKind::Reminder).count();
    assert_eq!(count().await, 2);
    // An hour later they can be reminded once more.
    assert_eq!(house.actions.remind_unread(&anna, place).await.unwrap(), 2);
    assert!(house.actions.remind_unread(&anna, place).await.is_err());
    house.later(Duration::from_secs(3601));
    assert_eq!(house.actions.remind_unread(&anna, place).await.unwrap(), 2);
}

#[tokio::test]
async fn of_a_removed_message_nobody_is_asked_or_reminded() {
    on_both(Wanted::long_hold, async |house| {
        let anna = Sender::with(&house, &[WANG, DAVID]).await;
        let wang = Browser::of(&house, WANG).await;
        wang.post("/settings/receipts", &[("policy", "manual")]).await;
        let seq = anna.asks("Forget this").await;
        let mut page = open_page(&wang, anna.group).await;
        let remove = format!("/groups/{}/messages/{seq}/remove", anna.group);
        assert_eq!(anna.browser.post(&remove, &[]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(anna.line(seq).await, "");
        says(&mut page, "seen", anna.group, &[seq]).await;
        says(&mut page, "show_receipts", anna.group, &[seq]).await;
        assert_eq!(page.next("to_confirm").await["seqs"], json!([]));
        for (browser, path) in
            [(&wang, anna.panel(seq)), (&anna.browser, format!("{}/remind", anna.panel(seq)))]
        {
            let refused = browser.post(&path, &[]).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(refused.text().await.unwrap().contains("This message was removed meanwhile."));
        }
        assert!(anna.browser.page(&anna.panel(seq)).await.contains("This message was removed meanwhile."));
        assert!(house.deliveries().await.iter().all(|d| d.kind != DeliveryKind::Reminder));
    })
    .await;
}

#[tokio::test]
async fn the_owner_decides_what_new_messages_ask_and_the_author_for_each() {
    let house = House::with(Wanted::long_hold()).await;
    let anna = Sender::with(&house, &[WANG, DAVID]).await;
    let wang = Browser::of(&house, WANG).await;
    assert_eq!(anna.line(anna.posts("plain", &[]).await).await, "");
    let default = format!("/groups/{}/settings/receipt-default", anna.group);
    assert_eq!(wang.post(&default, &[("receipt", "wanted")]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(anna.browser.post(&default, &[("receipt", "wanted")]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(anna.line(anna.posts("asks as the group does", &[]).await).await, "0 of 2 read");
    assert_eq!(anna.line(anna.posts("but not this one", &[("receipt", "none")]).await).await, "");
    let page = anna.browser.page(&format!("/groups/{}", anna.group)).await;
    assert!(page.contains("id=\"composer-receipt\" aria-label=\"Ask for receipts\" checked"), "{page}");
    anna.browser.post(&default, &[]).await;
    assert_eq!(anna.line(anna.posts("no more", &[]).await).await, "");
}

#[tokio::test]
async fn a_receipt_for_a_message_one_cannot_see_changes_nothing() {
    let stranger = "eva@corp.example";
    let mut wanted = Wanted::long_hold();
    wanted.people.push(entry("Eva", stranger));
    let house = House::with(wanted).await;
    let anna = Sender::with(&house, &[WANG, DAVID]).await;
    let seq = anna.asks("Only for us").await;
    let eva = Browser::of(&house, stranger).await;
    let mut live = eva.live().await;
    live.watch(&anna.group.to_string(), 0).await;
    for kind in ["got", "seen", "show_receipts"] {
        says(&mut live, kind, anna.group, &[seq, 0, -1, i64::MAX]).await;
    }
    assert!(live.all("receipts").await.is_empty());
    for path in [anna.panel(seq), anna.panel(seq + 1), anna.panel(-1)] {
        for browser in [&eva, &anna.browser] {
            let (seen, confirmed) = (browser.get(&path).await, browser.post(&path, &[]).await);
            if path != anna.panel(seq) || std::ptr::eq(browser, &eva) {
                assert_eq!(seen.status(), StatusCode::NOT_FOUND, "{path}");
            }
            assert_eq!(confirmed.status(), StatusCode::NOT_FOUND, "{path}: nobody asked the author either");
            assert!(confirmed.text().await.unwrap().contains("Nothing here for you"));
        }
    }
    // A member's page that talks nonsense is not cut off, and is believed nothing.
    let wang = Browser::of(&house, WANG).await;
    let mut live = open_page(&wang, anna.group).await;
    let many: Vec<i64> = (0..300).collect();
    says(&mut live, "seen", anna.group, &many[..seq as usize]).await;
    says(&mut live, "got", GroupId::from(house.actions.clock.new_id::<()>().uuid()), &many).await;
    says(&mut live, "show_receipts", anna.group, &many).await;
    assert_eq!(told(&mut live, seq).await, "0 of 2 read");
}
