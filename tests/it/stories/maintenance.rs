//! A quiet time: everybody reads on, nothing is changed, no mail comes or goes, and nothing is lost.

use std::time::Duration;

use mailmoot::actions::Actions;
use mailmoot::actions::maintenance::QuietTime;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::audit::Deed;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::house::{ADMIN, ANNA, House, WANG, Wanted, eventually, mail, on_both};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn people_read_on_and_all_that_waited_is_done_when_it_is_over() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Umzug", &[WANG]).await;
        let invitation = house.mail_of(WANG).await;
        let admin = house.admin().await;
        house.quiet().await;
        let boss = Browser::of(&house, ADMIN).await;
        let fields = [("minutes", "60"), ("why", "The mail server moves.")];
        assert_eq!(boss.post("/admin/maintenance", &fields).await.status(), StatusCode::SEE_OTHER);

        let browser = Browser::of(&house, ANNA).await;
        let page = browser.page(&format!("/groups/{group}")).await;
        assert!(page.contains("Maintenance: nothing can be changed now.") && page.contains("The mail server moves."));
        let refused = browser.post(&format!("/groups/{group}/messages"), &[("text", "Lost?")]).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()["retry-after"], "3600");
        assert!(refused.text().await.unwrap().contains("nothing was saved"));
        let (status, json) = browser.say(&group.to_string(), "0192f0c0-0000-7000-8000-000000000001", "Lost?").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(json["problem"].as_str().unwrap().contains("send it again"), "{json}");

        // A mail comes, and one is to go: both wait.
        let to = invitation.reply_to[0].address.to_string();
        house.deliver(mail(&[("From", WANG), ("To", &to), ("Subject", "Re: Umzug")], "By mail meanwhile")).await;
        let new = NewMessage { markdown: "From a job meanwhile".to_owned(), ..NewMessage::default() };
        house.actions.post_message(&anna, group, new).await.unwrap();
        house.later(Duration::from_secs(600));
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(house.count_mails_of(WANG).await, 1, "the invitation of before");
        assert!(house.actions.maintenance().is_some());

        // It ends by itself; what waited is done.
        house.later(HOUR);
        house.messages(&anna, group, 3).await;
        let mails = house.mails_of(WANG, 2).await;
        assert!(mails.iter().any(|mail| mail.text.new_text.contains("From a job meanwhile")));
        assert!(!browser.page(&format!("/groups/{group}")).await.contains("Maintenance:"));
        let lines = house.actions.list_audit(&admin, None, 10).await.unwrap();
        let begun = |deed: &Deed| matches!(deed, Deed::MaintenanceBegun { why, .. } if why == "The mail server moves.");
        assert!(lines.iter().any(|shown| begun(&shown.line.deed)));
    })
    .await;
}

/// Announced at the command line, which is another process: the server learns it from the database.
#[tokio::test]
async fn another_process_announces_and_ends_it() {
    on_both(Wanted::standing, async |house| {
        let elsewhere = Actions { quiet_time: QuietTime::default(), ..house.actions.clone() };
        elsewhere.begin_maintenance_here(None, "").await.unwrap();
        house.actions.look_for_maintenance().await.unwrap();
        let browser = Browser::of(&house, ANNA).await;
        assert_eq!(browser.post("/settings/receipts", &[]).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        // No mail to sign in by would be sent, so none is promised. Signing out, and in by a link, goes on.
        let asked = browser.post("/sign-in", &[("address", ANNA)]).await;
        assert_eq!(asked.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(browser.post("/sign-out", &[]).await.status(), StatusCode::SEE_OTHER);
        house.later(24 * HOUR);
        assert!(house.actions.maintenance().is_some(), "without an end it stays");
        assert!(elsewhere.end_maintenance_here().await.unwrap());
        house.actions.look_for_maintenance().await.unwrap();
        house
            .deliver(mail(
                &[("From", ANNA), ("To", "moot@corp.example"), ("Cc", WANG), ("Subject", "Again")],
                "x",
            ))
            .await;
        eventually(async || {
            (!house.actions.list_drafts(&house.person(ANNA).await).await.unwrap().is_empty()).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn only_admins_announce_one_and_only_for_a_time_that_can_be() {
    let house = House::with(Wanted::standing()).await;
    let anna = house.person(ANNA).await;
    house.actions.begin_maintenance(&anna, (Some(HOUR), "")).await.unwrap_err();
    house.actions.end_maintenance(&anna).await.unwrap_err();
    let admin = house.admin().await;
    for bad in [Duration::ZERO, 1000 * HOUR] {
        house.actions.begin_maintenance(&admin, (Some(bad), "")).await.unwrap_err();
    }
    house.actions.begin_maintenance(&admin, (Some(HOUR), &"x".repeat(501))).await.unwrap_err();
    assert!(house.actions.maintenance().is_none());
}
