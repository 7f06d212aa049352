//! The audit log: who did what, when and from where; and that nothing is taken out of it by the way.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use mailmoot::actions::set_up::FirstAdmin;
use mailmoot::domain::audit::{Deed, Doer, Whence};
use mailmoot::domain::erasure::Erasure;
use mailmoot::domain::identity::Right;
use mailmoot::domain::kept::Change;
use mailmoot::domain::retention::RetentionSettings;
use mailmoot::store::Place;

use crate::support::browser::Browser;
use crate::support::databases::{at_each_place, execute};
use crate::support::house::{ADMIN, ANNA, House, LI, WANG, Wanted, on_both, token_in};

/// Whether the database lets somebody do this behind the house's back.
async fn is_let(place: &Place, statement: &str) -> bool {
    AssertUnwindSafe(execute(place, |_| statement.to_owned())).catch_unwind().await.is_ok()
}

#[tokio::test]
async fn each_line_says_from_where_and_an_auditor_takes_them_along() {
    on_both(Wanted::default, async |house| {
        let (_, group) = house.group("=Umzug, \"alt\"", &[WANG]).await;
        let anna = Browser::of(&house, ANNA).await;
        anna.post(&format!("/groups/{group}/sharing"), &[("outside", "false")]).await;
        // Behind a web server of ours, whoever asked it counts.
        let answer = anna
            .request("POST", &format!("/groups/{group}/sharing"))
            .header("x-forwarded-for", "203.0.113.9")
            .form(&[("outside", "true")]);
        answer.send().await.unwrap();
        house.actions.give_right(Right::Auditor, &LI.parse().unwrap(), None).await.unwrap();
        let li = Browser::of(&house, LI).await;
        let page = li.page("/admin/audit").await;
        for words in ["127.0.0.1", "203.0.113.9", "command line", "/admin/audit.csv"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let answer = li.get("/admin/audit.csv").await;
        assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
        let csv = answer.text().await.unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[0].contains("\"When\",\"Who\""), "{csv}");
        assert!(csv.contains("\"Anna Berg\"") && csv.contains("\"203.0.113.9\""), "{csv}");
        assert!(csv.contains("\"'=Umzug, \"\"alt\"\"\""), "no cell is a formula: {csv}");
        assert!(lines.last().unwrap().contains("Downloaded the audit log"), "{csv}");
        let lines = house.actions.list_audit(&house.person(LI).await, None, 10).await.unwrap();
        let right = lines.iter().find(|shown| matches!(shown.line.deed, Deed::RightGiven { .. })).unwrap();
        assert_eq!(right.line.who.whence, Whence::CommandLine);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_keeps_the_lines() {
    at_each_place(async |place| {
        let house = House::with(Wanted { database: Some(place.clone()), ..Wanted::default() }).await;
        let wang = house.person(WANG).await.person_id;
        house.actions.give_right(Right::Auditor, &WANG.parse().unwrap(), None).await.unwrap();
        for statement in [
            "DELETE FROM audit",
            "UPDATE audit SET what = 'right_withdrawn'",
            "UPDATE audit SET person_name = 'Somebody else'",
        ] {
            assert!(!is_let(&place, statement).await, "{statement}");
        }
        let admin = house.admin().await;
        let before = house.actions.list_audit(&admin, None, 10).await.unwrap();
        assert_eq!(before.len(), 2, "{before:?}");
        // Whoever is erased is in it by an id alone.
        house.actions.erase(Doer::at_the_machine(), Erasure { person: wang, texts: false }).await.unwrap();
        let after = house.actions.list_audit(&admin, None, 10).await.unwrap();
        assert_eq!(after.len(), 3);
        assert!(!format!("{after:?}").contains("王小明"), "{after:?}");
        // The way around is shut again.
        assert!(!is_let(&place, "DELETE FROM audit").await);
    })
    .await;
}

#[tokio::test]
async fn lines_are_kept_as_long_as_the_house_wants() {
    let wanted = || {
        let retention = RetentionSettings { audit: Some(30), ..RetentionSettings::default() };
        Wanted { retention, ..Wanted::standing() }
    };
    on_both(wanted, async |house| {
        house.admin().await;
        for (days, left) in [(29, 1), (2, 0)] {
            house.actions.clock.advance(Duration::from_secs(days * 24 * 3600));
            house.actions.clear_old().await.unwrap();
            let admin = house.person(ADMIN).await;
            assert_eq!(house.actions.list_audit(&admin, None, 10).await.unwrap().len(), left, "{days}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_first_admin_made_themselves_one() {
    on_both(
        || Wanted { people: Vec::new(), ..Wanted::default() },
        async |house| {
            let network = std::net::Ipv4Addr::new(192, 0, 2, 7).into();
            let full_name = Some("Inês Duarte".to_owned());
            let first = FirstAdmin { address: ADMIN.parse().unwrap(), full_name, network };
            let changes =
                vec![Change { name: "mail.name".to_owned(), secret: false, text: Some("moot".to_owned()) }];
            let link = house.actions.set_up(changes, first).await.unwrap().unwrap();
            let (admin, _) = house.sign_in(&token_in(&link)).await;
            let lines = house.actions.list_audit(&admin, None, 10).await.unwrap();
            let lines: Vec<_> = lines.into_iter().map(|shown| shown.line).collect();
            assert!(lines.iter().any(|line| matches!(line.deed, Deed::RightGiven { .. })), "{lines:?}");
            let themselves = Doer {
                person_id: Some(admin.person_id),
                name: "Inês Duarte".to_owned(),
                whence: Whence::Network(network),
            };
            assert!(lines.iter().all(|line| line.who == themselves), "{lines:?}");
        },
    )
    .await;
}
