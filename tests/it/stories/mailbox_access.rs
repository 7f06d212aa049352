//! What a provider gives for somebody's own mailbox: whether it is good for that, and what becomes of it in the end.

use serde_json::json;

use super::own_mailbox_by_sign_in::{Corp, LIST, MAILBOX, kept, says};
use crate::support::browser::Browser;
use crate::support::databases::at_each_place;
use crate::support::house::{ANNA, House, Wanted, eventually};
use crate::support::provider::Signed;

const NOT_GIVEN: &str = "gave no access to your mailbox";

#[tokio::test]
async fn a_sign_in_that_gives_no_access_to_mail_is_told_as_that_and_the_mail_server_is_not_asked() {
    at_each_place(async |place| {
        let corp = Corp::start().await;
        let house = House::with(Wanted { database: Some(place.clone()), ..corp.wanted() }).await;
        corp.provider.gives("openid email");
        let browser = corp.anna(&house).await;
        says(&browser, NOT_GIVEN).await;
        assert_eq!((corp.server.connections(), kept(&place).await.len()), (0, 0));
        says(&browser, "not connected any more").await;

        // The provider says that it gave all of it, in its own order.
        corp.provider.gives("mail profile openid");
        let browser = corp.anna(&house).await;
        says(&browser, "no mails in your inbox").await;
    })
    .await;
}

#[tokio::test]
async fn what_a_renewal_takes_away_is_told_as_well() {
    let corp = Corp::start().await;
    corp.provider.set_renews(true);
    let house = House::with(corp.wanted()).await;
    let browser = corp.anna(&house).await;
    says(&browser, "no mails in your inbox").await;
    corp.provider.gives("openid");
    house.later(super::own_mailbox_by_sign_in::HOLDS);
    says(&browser, NOT_GIVEN).await;
    assert_eq!(corp.server.connections(), 1);
}

impl Corp {
    /// Its provider takes tokens back (RFC 7009).
    fn takes_back(&self) {
        self.provider.set_renews(true);
        self.provider.describe(json!({ "revocation_endpoint": format!("{}/revoke", self.provider.issuer) }));
    }

    async fn got_back(&self, count: usize) -> Vec<String> {
        eventually(async || Some(self.provider.returned()).filter(|all| all.len() >= count)).await
    }
}

#[tokio::test]
async fn whoever_signs_out_leaves_nothing_behind_at_the_provider() {
    at_each_place(async |place| {
        let corp = Corp::start().await;
        corp.takes_back();
        let house = House::with(Wanted { database: Some(place.clone()), ..corp.wanted() }).await;
        let browser = corp.anna(&house).await;
        browser.post("/sign-out", &[]).await;
        assert_eq!(corp.got_back(2).await, ["refresh-1", "access-1"]);

        let browser = corp.anna(&house).await;
        browser.post("/threads/mailbox/disconnect", &[]).await;
        assert_eq!(corp.got_back(4).await[2..], ["refresh-2", "access-2"]);
        browser.post("/sign-out", &[]).await;

        // From another browser of hers.
        let (first, second) = (corp.anna(&house).await, corp.anna(&house).await);
        let list = second.page("/sessions").await;
        let other = list.split("<li class=\"item\">").skip(1).find(|row| !row.contains("chip good")).unwrap();
        let revoke = other.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
        second.post(revoke, &[]).await;
        assert_eq!(corp.got_back(6).await[4..], ["refresh-3", "access-3"]);
        drop((first, second));

        // She signs out there, which tells the house.
        let claims = corp.provider.logout_claims("1", "session-of-1");
        let token = corp.provider.sign(&claims, Signed::Well);
        Browser::new(&house).post("/sign-in/with/corp/logout", &[("logout_token", &token)]).await;
        assert_eq!(corp.got_back(8).await[6..], ["refresh-4", "access-4"]);
        assert!(kept(&place).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn nobody_waits_for_a_provider_that_takes_nothing_back_now() {
    let corp = Corp::start().await;
    corp.takes_back();
    let house = House::with(corp.wanted()).await;
    let browser = corp.anna(&house).await;
    corp.provider.set_away(true);
    browser.post("/sign-out", &[]).await;
    let asked = async || corp.provider.asked().iter().filter(|path| *path == "revoke").count();
    eventually(async || (asked().await == 2).then_some(())).await;
    assert!(corp.provider.returned().is_empty());
    assert_ne!(browser.get(LIST).await.status(), reqwest::StatusCode::OK, "signed out all the same");
    corp.provider.set_away(false);
    // Whoever types a password instead needs no access any more, and has nothing to give back later.
    corp.server.set_password("right");
    let browser = corp.anna(&house).await;
    let typed = browser.post("/threads/mailbox/connect", &[("address", ANNA), ("password", "right")]).await;
    assert_eq!(typed.headers()["location"], MAILBOX);
    assert_eq!(corp.got_back(2).await, ["refresh-2", "access-2"]);
    browser.post("/threads/mailbox/disconnect", &[]).await;
    let browser = corp.anna(&house).await;
    browser.post("/sign-out", &[]).await;
    assert_eq!(corp.got_back(4).await[2..], ["refresh-3", "access-3"]);
}
