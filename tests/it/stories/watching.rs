//! Whether all runs: what is wrong is told once, to admins and to another program, and so is its end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mailmoot::domain::settings::AlertSettings;
use mailmoot::transport::account::{MailServer, Security};
use mailmoot::transport::smtp::{SmtpAccount, Submitter};
use mailmoot::web::{WebState, metrics_router};
use mailmoot::workers::Outlet;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::browser::Browser;
use crate::support::house::{ADMIN, ANNA, House, WANG, Wanted, eventually, mail, on_both};
use crate::support::push_service::{PushService, Taken};

const MINUTE: Duration = Duration::from_secs(60);

/// Time goes on, a look at a time, whatever else waits.
pub(super) async fn minutes(house: &House, minutes: u32) {
    for _ in 0..minutes {
        house.later(MINUTE + Duration::from_secs(1));
        eventually(async || {
            let loads = house.actions.list_loads().await.unwrap();
            loads.iter().all(|load| !["watch", "members"].contains(&load.lane.as_str())).then_some(())
        })
        .await;
    }
}

fn new_mails(house: &House) -> PathBuf {
    house.database().with_file_name("inbox").join("new")
}

#[tokio::test]
async fn a_mailbox_that_stands_still_is_told_once_and_so_is_its_end() {
    on_both(Wanted::standing, async |house| {
        house.admin().await;
        let admin = Browser::of(&house, ADMIN).await;
        let page = admin.page("/admin/status").await;
        assert!(page.contains("All is well.") && page.contains("Nothing in the last 90 days"), "{page}");
        let aside = new_mails(&house).with_extension("aside");
        std::fs::rename(new_mails(&house), &aside).unwrap();
        std::fs::write(new_mails(&house), "not a folder").unwrap();
        eventually(async || admin.page("/admin/status").await.contains("<dt>It says").then_some(())).await;

        minutes(&house, 9).await;
        let page = admin.page("/admin/status").await;
        assert!(page.contains("Something does not work just now."), "a server may be started anew: {page}");
        minutes(&house, 4).await;
        let told = house.mail_of(ADMIN).await;
        assert_eq!(told.subject, "mailmoot: No mail can be fetched");
        assert!(told.text.new_text.contains("No mail can be fetched from maildir. It says:"), "{told:?}");
        assert!(told.text.new_text.contains("mailmoot check"), "what to do");
        let page = admin.page("/admin/status").await;
        assert!(page.contains("One thing is wrong.") && page.contains("No mail can be fetched"), "{page}");
        minutes(&house, 20).await;
        assert_eq!(house.count_mails_of(ADMIN).await, 1, "told once");

        std::fs::remove_file(new_mails(&house)).unwrap();
        std::fs::rename(&aside, new_mails(&house)).unwrap();
        eventually(async || (!admin.page("/admin/status").await.contains("<dt>It says")).then_some(())).await;
        house.deliver(mail(&[("From", ANNA), ("To", "moot@corp.example"), ("Subject", "x")], "Hello")).await;
        house.ledger(1).await;
        minutes(&house, 7).await;
        let over = house.mails_of(ADMIN, 2).await.remove(0);
        assert_eq!(over.subject, "Well again: No mail can be fetched");
        let page = admin.page("/admin/status").await;
        assert!(page.contains("All is well.") && !page.contains("Nothing in the last 90 days"), "{page}");
    })
    .await;
}

/// Nobody listens there.
fn nowhere() -> Outlet {
    let server = MailServer {
        host: "127.0.0.1".to_owned(),
        port: 1,
        security: Security::None,
        login: None,
        ca_file: None,
    };
    Outlet::smtp(Submitter::new(SmtpAccount { server }))
}

/// What was said of the outbox. Our own Maildir is not looked at by the standing clock, and may be told of as well.
async fn of_outbox(service: &PushService) -> Vec<(Taken, Value)> {
    let taken = service.taken(0).await.into_iter();
    let read = taken.map(|taken| {
        let news: Value = serde_json::from_slice(&taken.body).unwrap();
        (taken, news)
    });
    read.filter(|(_, news)| news["concern"]["kind"] == "outbox_stands").collect()
}

#[tokio::test]
async fn another_program_hears_that_no_mail_goes_out() {
    let service = PushService::start().await;
    let webhook = Some(SecretString::from(format!("{}/push/alerts", service.origin)));
    let wanted = || Wanted {
        outlet: Some(nowhere()),
        alerts: AlertSettings { webhook: webhook.clone() },
        ..Wanted::standing()
    };
    let seen = AtomicUsize::new(0);
    on_both(wanted, async |house| {
        house.admin().await;
        let admin = Browser::of(&house, ADMIN).await;
        house.group("Plan", &[WANG]).await;
        eventually(async || admin.page("/admin/status").await.contains("Connection refused").then_some(()))
            .await;
        minutes(&house, 13).await;
        let count = seen.fetch_add(1, Ordering::Relaxed) + 1;
        let told =
            eventually(async || Some(of_outbox(&service).await).filter(|told| told.len() == count)).await;
        let (taken, news) = told.last().unwrap();
        assert_eq!(news["state"], "begun");
        let text = news["text"].as_str().unwrap();
        assert!(text.contains("none can be handed over to the submission server"), "{text}");
        assert_eq!(taken.header("content-type"), "application/json");
        assert!(admin.page("/admin/status").await.contains("none can be handed over"));
        minutes(&house, 20).await;
        assert_eq!(of_outbox(&service).await.len(), count, "told once");
    })
    .await;
}

#[tokio::test]
async fn programs_ask_whether_we_live_and_can_serve() {
    let house = House::start().await;
    let answer = async |path: &str| {
        let answer = reqwest::get(house.url(path)).await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    assert_eq!(answer("/health/live").await, (StatusCode::OK, r#"{"state":"live"}"#.to_owned()));
    assert_eq!(answer("/health/ready").await, (StatusCode::OK, r#"{"state":"ready"}"#.to_owned()));
    let files = house.database().with_file_name("files");
    std::fs::rename(&files, files.with_extension("gone")).unwrap();
    let (status, words) = answer("/health/ready").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(words, r#"{"state":"not ready","missing":["files"]}"#);
    assert_eq!(answer("/health/live").await.0, StatusCode::OK);
}

#[tokio::test]
async fn figures_are_told_at_an_address_of_their_own_without_a_name_in_them() {
    let house = House::start().await;
    house.group("Plan", &[WANG]).await;
    house.mail_of(WANG).await;
    house
        .deliver(mail(&[("From", ANNA), ("To", "moot@corp.example"), ("Subject", "Secret plan")], "x"))
        .await;
    house.ledger(2).await;
    house.quiet().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = metrics_router(WebState::from(house.actions.clone()));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let figures = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
    assert!(figures.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let figures = figures.text().await.unwrap();
    for line in [
        "mailmoot_mails_in_total 1",
        "mailmoot_mails_out_total{outcome=\"sent\"} 2",
        "mailmoot_messages_total",
        "mailmoot_outbox_mails 0",
        "mailmoot_submission_up 1",
        "mailmoot_disk_free_bytes",
        "mailmoot_build_info{version=",
        "# EOF",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }
    assert!(!figures.contains("corp.example") && !figures.contains("Secret"), "{figures}");
    let page = reqwest::get(house.url("/metrics")).await.unwrap();
    assert_eq!(page.status(), StatusCode::NOT_FOUND, "not where the pages are");
    server.abort();
}
