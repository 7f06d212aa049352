//! A forwarded mail becomes a group, and an answer by mail a message.

use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::ids::{DraftId, GroupId};
use mailmoot::domain::message::Grade;
use mailmoot::domain::person::Viewer;

use crate::support::house::{ANNA, DAVID, GATEWAY, House, WANG, Wanted, link_in, on_both};

const FORWARD: &str = "From: Anna Berg <anna.berg@corp.example>\r\n\
To: moot@corp.example\r\n\
Subject: Fwd: Budget 2027\r\n\
Message-ID: <fwd-1@corp.example>\r\n\
Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\
MIME-Version: 1.0\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
\r\n\
Let us settle this live.\r\n\
\r\n\
---------- Forwarded message ---------\r\n\
From: David Okafor <david.okafor@corp.example>\r\n\
Date: Thu, 19 Nov 2026 at 16:12\r\n\
Subject: Re: Budget 2027\r\n\
To: Anna Berg <anna.berg@corp.example>, 王小明 <wang.xiaoming@corp.example>\r\n\
Cc: Kenji Sato <kenji.sato@partner.example>\r\n\
\r\n\
The plant needs two more lines in the plan.\r\n";

/// Anna forwards a thread, opens the draft by its link and confirms it.
async fn forwarded_and_confirmed(house: &House) -> (Viewer, GroupId) {
    house.inbox.deliver(FORWARD.as_bytes()).await.unwrap();
    let (anna, target) = house.sign_in(&link_in(&house.mail_of(ANNA).await)).await;
    let draft: DraftId = target.strip_prefix("/drafts/").unwrap().parse().unwrap();
    let page = house.actions.get_draft(&anna, draft).await.unwrap();
    assert_eq!(page.draft.topic, "Budget 2027");
    let mut names: Vec<&str> = page.members.iter().map(|m| m.person.full_name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Anna Berg", "David Okafor", "Kenji Sato", "王小明"]);
    assert!(page.draft.opening.contains("two more lines"));
    let group = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
    (anna, group)
}

#[tokio::test]
async fn a_forwarded_thread_becomes_a_group_and_a_mail_reply_a_message() {
    on_both(Wanted::default, async |house| {
        let (anna, group) = forwarded_and_confirmed(&house).await;

        let invitation = house.mail_of(DAVID).await;
        let (david, target) = house.sign_in(&link_in(&invitation)).await;
        assert_eq!(target, format!("/groups/{group}"));

        let new = NewMessage { markdown: "Hello **all**".to_owned(), ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        let mails = house.mails_of(WANG, 2).await;
        let bundle = &mails[0];
        assert_eq!(bundle.references[0], invitation.references[0], "one thread in mail programs");

        let reply = format!(
            "From: Wang <{WANG}>\r\nTo: {}\r\nSubject: Re: {}\r\nMessage-ID: <r1@corp.example>\r\nIn-Reply-To: <{}>\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n我同意。\r\n\r\nOn Fri, 20 Nov 2026 at 10:02, Anna Berg <{GATEWAY}> wrote:\r\n> Hello all\r\n",
            bundle.reply_to[0].address,
            bundle.subject,
            bundle.message_id.as_deref().unwrap(),
        );
        house.inbox.deliver(reply.as_bytes()).await.unwrap();
        let messages = house.messages(&david, group, 3).await;
        let answer = &messages[2];
        assert_eq!((answer.author.name.as_str(), answer.author.grade), ("王小明", Grade::Confirmed));
        assert_eq!(answer.body.markdown, "我同意。");
        assert!(answer.quotation.contains("Hello all"));
        assert_eq!(messages.iter().map(|m| m.seq).collect::<Vec<_>>(), [1, 2, 3]);
    })
    .await;
}
