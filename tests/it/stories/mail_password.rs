//! Signing in by the password of one's mailbox, where the admin wants that: the mail server decides, and guessing is dear.

use std::time::Duration;

use mailmoot::actions::mail_password::Attempt;
use mailmoot::actions::{ActionError, PasswordProblem, Problem};
use mailmoot::domain::network::Network;
use mailmoot::domain::secret::Token;
use reqwest::StatusCode;
use secrecy::SecretString;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, STRANGER, Wanted, entry, on_both};
use crate::support::odd_imap::OddImap;
use crate::support::peers::MailPeers;

const HOME: &str = "192.0.2.1";

/// The mail server of the odd house takes this for everybody.
const RIGHT: &str = "Käse 🧀 \"1\"";

async fn wanted(server: &OddImap) -> Wanted {
    server.set_password(RIGHT);
    Wanted { passwords: Some(server.start().await.server), ..Wanted::standing() }
}

async fn attempt(
    house: &House,
    browser: &Token,
    (address, password): (&str, &str),
    network: &str,
) -> Result<(), PasswordProblem> {
    let password = SecretString::from(password);
    let network = Network::of(network.parse().unwrap());
    let attempt =
        Attempt { address, password: &password, target: "/".to_owned(), browser, network, user_agent: "x" };
    match house.actions.sign_in_by_password(attempt).await {
        Ok(_) => Ok(()),
        Err(ActionError::Invalid { problem: Problem::MailPassword(problem), .. }) => Err(problem),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_real_mail_server_says_whether_a_password_is_right() {
    let Some(peers) = MailPeers::find() else { return };
    let anna = peers.someone_new("anna");
    let address = format!("{anna}@moot.test");
    let wanted = Wanted {
        passwords: Some(peers.imap("gw").server),
        people: vec![entry("Anna Berg", &address)],
        ..Wanted::default()
    };
    let house = House::with(wanted).await;
    let browser = Browser::new(&house);
    let page = browser.page("/sign-in?next=/threads").await;
    assert!(
        page.contains("With the password of your mailbox") && page.contains("current-password"),
        "{page}"
    );
    let send = async |password: &str| {
        let fields = [("address", address.as_str()), ("password", password), ("next", "//evil.example")];
        browser.post("/sign-in/password", &fields).await
    };
    let answer = send("wrong").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("do not match") && page.contains("<details class=\"with-password\" open>"),
        "{page}"
    );
    assert!(!page.contains("value=\"wrong\""), "a password is never shown again");
    let answer = send(&format!("pw-{anna}")).await;
    assert_eq!(
        (answer.status(), answer.headers()["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/")
    );
    assert_eq!(browser.get("/threads").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_said_is_the_same_whoever_has_the_address() {
    let server = OddImap::default();
    let place = wanted(&server).await.passwords;
    let wanted = || Wanted { passwords: place.clone(), ..Wanted::standing() };
    on_both(wanted, async |house| {
        let browser = house.token();
        for (address, password) in [(ANNA, "wrong"), ("nobody@corp.example", "wrong"), (STRANGER, RIGHT)] {
            let (before, got) =
                (server.connections(), attempt(&house, &browser, (address, password), HOME).await);
            assert_eq!(got, Err(PasswordProblem::Wrong), "{address}");
            assert_eq!(server.connections(), before + 1, "{address}: the same way for everybody");
        }
        assert_eq!(attempt(&house, &browser, (ANNA, RIGHT), HOME).await, Ok(()));
        // What no server takes is not even asked for, and splits no command.
        let before = server.connections();
        for odd in ["", "a\r\nx1 DELETE INBOX", "a\0b", &"x".repeat(256)] {
            let got = attempt(&house, &browser, (ANNA, odd), HOME).await;
            assert_eq!(got, Err(PasswordProblem::Wrong), "{odd:?}");
        }
        assert_eq!(server.connections(), before);
    })
    .await;
}

#[tokio::test]
async fn guessing_ends_soon_and_keeps_nobody_out_of_their_own_browser() {
    let server = OddImap::default();
    let place = wanted(&server).await.passwords;
    let wanted = || Wanted { passwords: place.clone(), ..Wanted::standing() };
    on_both(wanted, async |house| {
        let own = house.token();
        attempt(&house, &own, (ANNA, RIGHT), HOME).await.unwrap();
        let guess = async |address: &str, network: &str| {
            attempt(&house, &house.token(), (address, "guess"), network).await.unwrap_err()
        };
        let full = |minutes| PasswordProblem::TooOften { minutes };
        for _ in 0..5 {
            assert_eq!(guess(ANNA, HOME).await, PasswordProblem::Wrong);
        }
        // Now not even the right one is tried from there, and the server hears nothing of it.
        let before = server.connections();
        assert_eq!(attempt(&house, &house.token(), (ANNA, RIGHT), HOME).await, Err(full(60)));
        assert_eq!(server.connections(), before);
        // Many networks: twenty for one address.
        for number in 0..15 {
            assert_eq!(guess(ANNA, &format!("198.51.{number}.1")).await, PasswordProblem::Wrong);
        }
        assert_eq!(guess(ANNA, "203.0.113.1").await, full(60));
        // Many addresses: a hundred from one network.
        for number in 0..95 {
            assert_eq!(guess(&format!("p{number}@corp.example"), HOME).await, PasswordProblem::Wrong);
        }
        assert_eq!(guess(DAVID, HOME).await, full(60));
        // Her own browser goes on, and right passwords are free.
        for _ in 0..12 {
            assert_eq!(attempt(&house, &own, (ANNA, RIGHT), HOME).await, Ok(()));
        }
        house.later(Duration::from_secs(3600));
        assert_eq!(guess(ANNA, HOME).await, PasswordProblem::Wrong);
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_no_wrong_password() {
    let server = OddImap::default();
    let mut place = wanted(&server).await;
    if let Some(server) = &mut place.passwords {
        // Nobody listens there.
        server.port = 9;
    }
    let house = House::with(place).await;
    for _ in 0..7 {
        let got = attempt(&house, &house.token(), (ANNA, RIGHT), HOME).await;
        assert_eq!(got, Err(PasswordProblem::Unchecked));
    }
}
