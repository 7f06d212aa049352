//! Signing in at the company's own provider: there and back, the same person whatever their address becomes, and nobody
//! else; what a provider gives and takes; and everything that lies on the way.

use std::time::Duration;

use mailmoot::domain::identity::{Right, Trust};
use mailmoot::domain::settings::Limits;
use reqwest::{Response, StatusCode, Url};
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, GATEWAY, House, NOW, PEOPLE, STRANGER, WANG, Wanted, on_both};
use crate::support::provider::{OddProvider, Signed, Word};

const NEW_ADDRESS: &str = "anna.lind@corp.example";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A house with one provider called `corp`, on a standing clock; more is changed by `change`.
async fn house_with(change: impl FnOnce(&OddProvider, &mut Wanted)) -> (House, OddProvider) {
    let mut wanted = Wanted::standing();
    let provider = OddProvider::start(wanted.clock.clone()).await;
    wanted.providers = vec![provider.settings("corp")];
    change(&provider, &mut wanted);
    (House::with(wanted).await, provider)
}

async fn house() -> (House, OddProvider) {
    house_with(|_, _| {}).await
}

/// Presses the button of a provider; where the browser is sent.
pub async fn press(browser: &Browser, provider: &str, next: &str) -> String {
    let answer = browser.post(&format!("/sign-in/with/{provider}"), &[("next", next)]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    link_in(&answer.text().await.unwrap())
}

/// Where a page leads that sends the browser on.
fn link_in(page: &str) -> String {
    let written = page.split("content=\"0;url=").nth(1).unwrap().split('"').next().unwrap();
    assert!(page.contains(&format!("href=\"{written}\"")), "the button leads there, too");
    written.replace("&#38;", "&").replace("&amp;", "&")
}

/// Follows the provider's redirect back.
pub async fn follow(house: &House, browser: &Browser, back: &str) -> Response {
    browser.get(back.strip_prefix(&house.url("")).unwrap()).await
}

/// The whole way, with what the provider says.
pub async fn sign_in(house: &House, provider: &OddProvider, browser: &Browser, word: Word) -> Response {
    let sent_to = press(browser, "corp", "/").await;
    follow(house, browser, &provider.let_in(&sent_to, word)).await
}

/// Nobody was let in, and the page says these words.
async fn assert_refused(browser: &Browser, answer: Response, words: &str) {
    let status = answer.status();
    assert!(status.is_client_error() || status.is_server_error(), "{status} instead of: {words}");
    assert!(!answer.headers().contains_key("set-cookie"), "{words}");
    let page = answer.text().await.unwrap();
    assert!(page.contains(words), "not {words:?} but {page}");
    assert!(page.contains("href=\"/sign-in\""), "{page}");
    assert_eq!(browser.get("/").await.status(), StatusCode::SEE_OTHER, "{words}");
}

/// The name that a browser's pages show as its own; empty for nobody.
async fn who(browser: &Browser) -> String {
    let answer = browser.get("/threads").await;
    if answer.status() != StatusCode::OK {
        return String::new();
    }
    let page = answer.text().await.unwrap();
    let mine = page.split("class=\"me\"").nth(1).unwrap();
    mine.split("<bdi class=\"cut\">").nth(1).unwrap().split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn who_signs_in_at_the_company_comes_to_where_they_wanted_to_go() {
    let provider = OddProvider::start(mailmoot::clock::Clock::system()).await;
    let wanted = || Wanted { providers: vec![provider.settings("corp")], ..Wanted::default() };
    on_both(wanted, async |house| {
        let (_, group) = house.group("Budget", &[DAVID]).await;
        let (browser, place) = (Browser::new(&house), format!("/groups/{group}"));
        let asked = browser.get(&place).await;
        let page = browser.page(asked.headers()["location"].to_str().unwrap()).await;
        assert!(page.contains("Sign in with Login corp") && page.contains("Or by mail"), "{page}");
        assert!(page.contains(&format!("name=\"next\" value=\"{place}\"")), "{page}");
        let sent_to = press(&browser, "corp", &place).await;
        assert!(sent_to.starts_with(&format!("{}/authorize?", provider.issuer)), "{sent_to}");
        let answer = follow(&house, &browser, &provider.let_in(&sent_to, Word::of("7", DAVID))).await;
        assert_eq!(
            (answer.status(), answer.headers()["location"].to_str().unwrap()),
            (StatusCode::SEE_OTHER, place.as_str())
        );
        assert!(browser.page(&place).await.contains("Budget"));
        assert_eq!(who(&browser).await, "David Okafor");
        // Loading the same address again does no harm, and nothing.
        let again = browser.get("/sign-in/with/corp/back?code=x&state=y").await;
        assert_eq!(again.headers()["location"], "/");
    })
    .await;
}

#[tokio::test]
async fn a_changed_address_stays_the_same_person_and_who_gets_it_next_inherits_nothing() {
    let provider = OddProvider::start(mailmoot::clock::Clock::system()).await;
    let corp = vec!["corp.example".to_owned()];
    let wanted =
        || Wanted { providers: vec![provider.settings("corp")], domains: corp.clone(), ..Wanted::default() };
    on_both(wanted, async |house| {
        let (anna, other) = (Browser::new(&house), Browser::new(&house));
        sign_in(&house, &provider, &anna, Word::of("1", ANNA)).await;
        // She marries; the provider says another address, and need not even have checked it.
        let renamed = Word::of("1", NEW_ADDRESS).but(json!({ "email_verified": false }));
        sign_in(&house, &provider, &anna, renamed).await;
        assert_eq!(who(&anna).await, "Anna Berg");
        // Her old address goes to somebody new: that is another account.
        let answer = sign_in(&house, &provider, &other, Word::of("2", ANNA)).await;
        assert_refused(&other, answer, "signs in with another account").await;
        // The new one was never hers here: whoever the company says has it joins as themselves.
        let newcomer = sign_in(&house, &provider, &other, Word::of("2", NEW_ADDRESS)).await;
        assert_eq!(newcomer.status(), StatusCode::SEE_OTHER);
        assert_eq!(who(&other).await, "2 by provider");
        // The admin knows better: the account was made anew, and is Anna's.
        house.actions.forget_identities(&ANNA.parse().unwrap()).await.unwrap();
        assert_eq!(who(&anna).await, "", "sessions of the forgotten account have ended");
        sign_in(&house, &provider, &anna, Word::of("3", ANNA)).await;
        assert_eq!(who(&anna).await, "Anna Berg");
    })
    .await;
}

#[tokio::test]
async fn an_address_lets_in_only_by_a_word_that_counts() {
    let trust = Trust {
        owned_domains: vec!["corp.example".to_owned()],
        only_domains: vec!["corp.example".to_owned(), "partner.example".to_owned()],
        ..Trust::default()
    };
    let (house, provider) = house_with(|provider, wanted| {
        let strict = mailmoot::transport::openid::Provider { trust, ..provider.settings("corp") };
        wanted.providers = vec![strict];
    })
    .await;
    let word = |address: &str| Word::of("5", address);
    for (word, words) in [
        (word(WANG).but(json!({ "email_verified": false })), "does not say that the mail address"),
        (word(STRANGER).but(json!({ "email_verified": null })), "does not say that the mail address"),
        (word(WANG).but(json!({ "email": null })), "told no mail address"),
        (word(WANG).but(json!({ "email": ["a@corp.example"] })), "could not be believed"),
        (word(WANG).but(json!({ "email": "a@corp.example, wang@corp.example" })), "told no mail address"),
        (word("wang@elsewhere.example"), "of a domain that may not be used"),
        (word(GATEWAY), "that of mailmoot itself"),
        (word("moot+x@corp.example"), "that of mailmoot itself"),
        (word("nobody@corp.example"), "not in the address book"),
        // What the user-info endpoint vouches for is its own address, not the token's.
        (
            Word {
                user_info: json!({ "sub": "5", "email": DAVID, "email_verified": true }),
                ..word(STRANGER).but(json!({ "email_verified": null, "name": null }))
            },
            "does not say that the mail address",
        ),
        (
            Word {
                user_info: json!({ "sub": "6", "email": WANG, "email_verified": true }),
                ..word(WANG).but(json!({ "email": null }))
            },
            "could not be believed",
        ),
    ] {
        let browser = Browser::new(&house);
        let answer = sign_in(&house, &provider, &browser, word.clone()).await;
        assert_refused(&browser, answer, words).await;
    }
    // The company owns its domain, and does not say so in each token; elsewhere the same is not enough.
    let browser = Browser::new(&house);
    sign_in(&house, &provider, &browser, word(WANG).but(json!({ "email_verified": null }))).await;
    assert_eq!(who(&browser).await, "王小明");
    // Or it tells all of it elsewhere.
    let told = json!({ "sub": "8", "email": DAVID, "email_verified": "true", "name": "x", "groups": [] });
    let short = Word { claims: json!({ "sub": "8" }), user_info: told, signed: Signed::Well };
    sign_in(&house, &provider, &browser, short).await;
    assert_eq!(who(&browser).await, "David Okafor");
}

#[tokio::test]
async fn a_token_that_is_not_quite_right_lets_nobody_in() {
    let (house, provider) = house().await;
    let now = NOW.millis() / 1000;
    let word = || Word::of("1", ANNA);
    for (word, why) in [
        (word().signed(Signed::Not), "no signature"),
        (word().signed(Signed::ByAnother), "another's key"),
        (word().signed(Signed::BySecret), "the client's secret"),
        (word().but(json!({ "iss": "https://login.evil.example" })), "another issuer"),
        (word().but(json!({ "iss": format!("{}/", provider.issuer) })), "almost the issuer"),
        (word().but(json!({ "aud": "another" })), "another's token"),
        (word().but(json!({ "aud": ["mailmoot", "another"] })), "also another's token"),
        (word().but(json!({ "aud": [] })), "nobody's token"),
        (word().but(json!({ "exp": now })), "expired"),
        (word().but(json!({ "exp": null })), "for ever"),
        (word().but(json!({ "nonce": "stolen" })), "of another sign-in"),
        (word().but(json!({ "nonce": null })), "of any sign-in"),
        (word().but(json!({ "sub": null })), "nobody"),
        (word().but(json!({ "sub": "x".repeat(256) })), "too long"),
    ] {
        let browser = Browser::new(&house);
        let answer = sign_in(&house, &provider, &browser, word).await;
        assert_refused(&browser, answer, "could not be believed").await;
        assert_eq!(who(&browser).await, "", "{why}");
    }
    let browser = Browser::new(&house);
    sign_in(&house, &provider, &browser, word()).await;
    assert_eq!(who(&browser).await, "Anna Berg");
}

#[tokio::test]
async fn a_way_back_counts_once_in_the_browser_that_was_sent() {
    let (house, provider) = house().await;
    let gone = "was begun in another browser";
    let (mine, victim) = (Browser::new(&house), Browser::new(&house));
    // Somebody is led to finish what another began (login CSRF): they would write as the other.
    let back = provider.let_in(&press(&mine, "corp", "/").await, Word::of("1", ANNA));
    let answer = follow(&house, &victim, &back).await;
    assert_refused(&victim, answer, gone).await;
    victim.page("/sign-in").await;
    let answer = follow(&house, &victim, &back).await;
    assert_refused(&victim, answer, gone).await;
    // It was not used up by that, and is by this.
    assert_eq!(follow(&house, &mine, &back).await.status(), StatusCode::SEE_OTHER);
    mine.post("/sign-out", &[]).await;
    let answer = follow(&house, &mine, &back).await;
    assert_refused(&mine, answer, gone).await;
    // A code caught elsewhere is worth nothing here (RFC 7636), nor twice.
    let caught = provider.let_in(&press(&victim, "corp", "/").await, Word::of("2", DAVID));
    let caught = caught.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let own = provider.let_in(&press(&mine, "corp", "/").await, Word::of("1", ANNA));
    let state = own.split("state=").nth(1).unwrap();
    let answer = mine.get(&format!("/sign-in/with/corp/back?code={caught}&state={state}")).await;
    assert_refused(&mine, answer, gone).await;
    // Too late.
    let back = provider.let_in(&press(&mine, "corp", "/").await, Word::of("1", ANNA));
    house.later(Duration::from_secs(15 * 60 + 1));
    let answer = follow(&house, &mine, &back).await;
    assert_refused(&mine, answer, gone).await;
    for forged in
        ["", "?state=", "?code=x", "?state=zzz&code=x", &format!("?state={}&code=x", house.token().reveal())]
    {
        let answer = mine.get(&format!("/sign-in/with/corp/back{forged}")).await;
        assert_refused(&mine, answer, gone).await;
    }
}

#[tokio::test]
async fn the_answer_of_one_provider_is_not_taken_for_that_of_another() {
    let mut wanted = Wanted::standing();
    let (good, evil) =
        (OddProvider::start(wanted.clock.clone()).await, OddProvider::start(wanted.clock.clone()).await);
    good.describe(json!({ "authorization_response_iss_parameter_supported": true }));
    wanted.providers = vec![good.settings("good"), evil.settings("evil")];
    let house = House::with(wanted).await;
    let browser = Browser::new(&house);
    let back = evil.let_in(&press(&browser, "evil", "/").await, Word::of("1", ANNA));
    let answer = follow(&house, &browser, &back.replace("/with/evil/", "/with/good/")).await;
    assert_refused(&browser, answer, "was begun in another browser").await;
    for issuer in ["", &format!("&iss={}", evil.issuer)] {
        let back = good.let_in(&press(&browser, "good", "/").await, Word::of("1", ANNA)) + issuer;
        let answer = follow(&house, &browser, &back).await;
        assert_refused(&browser, answer, "could not be believed").await;
    }
    let back = good.let_in(&press(&browser, "good", "/").await, Word::of("1", ANNA));
    follow(&house, &browser, &format!("{back}&iss={}", good.issuer)).await;
    assert_eq!(who(&browser).await, "Anna Berg");
    // The same number at another provider is somebody else, who has the address of a person that signs in there.
    let other = Browser::new(&house);
    let back = evil.let_in(&press(&other, "evil", "/").await, Word::of("1", "nobody@corp.example"));
    let answer = follow(&house, &other, &back).await;
    assert_refused(&other, answer, "not in the address book").await;
}

#[tokio::test]
async fn nobody_is_led_away_from_here_after_signing_in() {
    let (house, provider) = house().await;
    for astray in ["https://evil.example/", "//evil.example", "/\\evil.example", "/%2e%2e//evil.example", ""]
    {
        let browser = Browser::new(&house);
        let back = provider.let_in(&press(&browser, "corp", astray).await, Word::of("1", ANNA));
        let answer = follow(&house, &browser, &back).await;
        assert_eq!(answer.headers()["location"], "/", "{astray}");
    }
}

#[tokio::test]
async fn what_the_provider_answers_instead_is_told_in_words_of_ours() {
    let (house, provider) = house().await;
    let browser = Browser::new(&house);
    for (error, words) in [
        ("access_denied", "you cancelled it there"),
        ("temporarily_unavailable", "does not answer"),
        ("invalid_scope", "refused with “invalid_scope”"),
        ("<b>call 555-0100</b>", "could not be believed"),
    ] {
        let sent_to = press(&browser, "corp", "/").await;
        let state = sent_to.split("state=").nth(1).unwrap().split('&').next().unwrap();
        let said = [("state", state), ("error", error), ("error_description", "<i>call</i>")];
        let back = Url::parse_with_params(&house.url("/sign-in/with/corp/back"), said).unwrap();
        let answer = follow(&house, &browser, back.as_str()).await;
        assert_refused(&browser, answer, words).await;
    }
    provider.set_away(true);
    let answer = browser.post("/sign-in/with/corp", &[]).await;
    assert_eq!(answer.status(), StatusCode::OK, "what is known of it still counts");
    house.later(2 * DAY);
    let answer = browser.post("/sign-in/with/corp", &[]).await;
    assert_refused(&browser, answer, "does not answer").await;
    // Those who come at the same time do not each ask it again.
    let asked = provider.asked().len();
    for _ in 0..5 {
        browser.post("/sign-in/with/corp", &[]).await;
    }
    assert_eq!(provider.asked().len(), asked);
    provider.set_away(false);
    house.later(Duration::from_secs(10));
    sign_in(&house, &provider, &browser, Word::of("1", ANNA)).await;
    assert_eq!(who(&browser).await, "Anna Berg");
}

#[tokio::test]
async fn a_provider_that_does_not_fit_is_not_used() {
    for (wrong, why) in [
        (json!({ "issuer": "https://login.evil.example" }), "it calls itself otherwise"),
        (
            json!({ "token_endpoint": "http://login.evil.example/token" }),
            "the secret would go through the network",
        ),
        (json!({ "jwks_uri": "http://login.evil.example/keys" }), "keys that anybody could have changed"),
        (json!({ "authorization_endpoint": null }), "nowhere to go"),
    ] {
        let (house, provider) = house().await;
        provider.describe(wrong);
        let browser = Browser::new(&house);
        let answer = browser.post("/sign-in/with/corp", &[]).await;
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{why}");
        assert_refused(&browser, answer, "a setting has to be changed").await;
    }
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_learnt_when_it_is_used() {
    let (house, provider) = house().await;
    let browser = Browser::new(&house);
    sign_in(&house, &provider, &browser, Word::of("1", ANNA)).await;
    provider.change_key();
    house.later(Duration::from_secs(60));
    sign_in(&house, &provider, &browser, Word::of("2", DAVID)).await;
    assert_eq!(who(&browser).await, "David Okafor");
    // Tokens with odd keys make it ask no more than now and then.
    let asked = || provider.asked().iter().filter(|path| *path == "keys").count();
    let before = asked();
    for _ in 0..4 {
        let forged = provider.sign(&provider.logout_claims("1", "x"), Signed::ByAnother);
        browser.post("/sign-in/with/corp/logout", &[("logout_token", &forged)]).await;
    }
    assert_eq!(asked(), before);
}

#[tokio::test]
async fn a_network_cannot_fill_the_house_with_sign_ins_that_never_end() {
    let (house, _provider) = house_with(|_, wanted| {
        wanted.limits = Limits { sign_in_mails_per_hour: 1, ..Limits::default() };
    })
    .await;
    for _ in 0..10 {
        press(&Browser::new(&house), "corp", "/").await;
    }
    let answer = Browser::new(&house).post("/sign-in/with/corp", &[]).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.text().await.unwrap().contains("60 minutes"));
    house.later(Duration::from_secs(3600));
    press(&Browser::new(&house), "corp", "/").await;
}

#[tokio::test]
async fn groups_at_the_provider_give_rights_for_a_session_that_ends() {
    let (house, provider) = house_with(|provider, wanted| {
        wanted.providers[0].trust = Trust {
            admin_groups: vec!["moot-admins".to_owned()],
            auditor_groups: vec!["audit".to_owned()],
            ..Trust::default()
        };
        wanted.providers[0].lasts = 7 * DAY;
        assert!(!provider.issuer.is_empty());
    })
    .await;
    let status = async |browser: &Browser, path: &str| browser.get(path).await.status().as_u16();
    let browser = Browser::new(&house);
    let of = |groups: &[&str]| Word::of("1", ANNA).but(json!({ "groups": groups }));
    sign_in(&house, &provider, &browser, of(&["staff", "moot-admins"])).await;
    assert_eq!(status(&browser, "/admin/ledger").await, 200);
    let righted = house.actions.list_rights().await.unwrap();
    assert_eq!(
        (righted[0].full_name.as_str(), righted[0].by_provider.admin, righted[0].given.admin),
        ("Anna Berg", true, false)
    );
    // The rights are the session's: what else she signs in by has none.
    let mailed = Browser::of(&house, ANNA).await;
    assert_eq!(status(&mailed, "/admin/ledger").await, 404);
    let later = Browser::new(&house);
    sign_in(&house, &provider, &later, of(&["staff", "audit"])).await;
    assert_eq!((status(&later, "/admin/audit").await, status(&later, "/admin/ledger").await), (200, 200));
    sign_in(&house, &provider, &later, of(&[])).await;
    assert_eq!(status(&later, "/admin/audit").await, 404);
    // Used every day it still ends after a week; the one by mail goes on.
    for _ in 0..7 {
        assert_eq!(status(&browser, "/admin/ledger").await, 200);
        assert_eq!(who(&mailed).await, "Anna Berg");
        house.later(DAY);
    }
    assert_eq!((who(&browser).await, who(&mailed).await), (String::new(), "Anna Berg".to_owned()));
}

#[tokio::test]
async fn rights_are_given_and_withdrawn_at_once_and_noted() {
    on_both(Wanted::default, async |house| {
        let (auditor, admin) = (Browser::of(&house, DAVID).await, house.admin().await);
        let david = DAVID.parse().unwrap();
        let status = async |path: &str| auditor.get(path).await.status().as_u16();
        assert_eq!(status("/admin/audit").await, 404);
        house.actions.give_right(Right::Auditor, &david, None).await.unwrap();
        assert_eq!((status("/admin/audit").await, status("/admin/ledger").await), (200, 200));
        assert!(auditor.page("/").await.contains("href=\"/admin/ledger\""));
        house.actions.withdraw_right(Right::Auditor, &david).await.unwrap();
        assert_eq!(status("/admin/audit").await, 404);
        assert!(house.actions.withdraw_right(Right::Auditor, &david).await.is_err());
        assert!(
            house.actions.withdraw_right(Right::Admin, &"no@corp.example".parse().unwrap()).await.is_err()
        );
        let lines = house.actions.list_audit(&admin, None, 10).await.unwrap();
        assert_eq!(lines.len(), 3, "given to the admin, given and taken: {lines:?}");
    })
    .await;
}

#[tokio::test]
async fn signing_out_here_signs_out_there() {
    let (house, provider) = house().await;
    let browser = Browser::new(&house);
    sign_in(&house, &provider, &browser, Word::of("1", ANNA)).await;
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(who(&browser).await, "", "here first, whatever happens there");
    let url = link_in(&answer.text().await.unwrap());
    assert!(url.starts_with(&format!("{}/leave?id_token_hint=ey", provider.issuer)), "{url}");
    let back = house.url("/sign-in").replace(':', "%3A").replace('/', "%2F");
    assert!(
        url.contains(&format!("post_logout_redirect_uri={back}")) && url.contains("client_id=mailmoot"),
        "{url}"
    );
    // Who came by a mail is none of the provider's business.
    let mailed = Browser::of(&house, ANNA).await;
    assert_eq!(mailed.post("/sign-out", &[]).await.headers()["location"], "/sign-in");
}

#[tokio::test]
async fn signing_out_there_signs_out_here() {
    let provider = OddProvider::start(mailmoot::clock::Clock::system()).await;
    let wanted = || Wanted { providers: vec![provider.settings("corp")], ..Wanted::default() };
    on_both(wanted, async |house| {
        let (desk, phone, other) = (Browser::new(&house), Browser::new(&house), Browser::new(&house));
        let by = |sid: &str| Word::of("1", ANNA).but(json!({ "sid": sid }));
        sign_in(&house, &provider, &desk, by("desk")).await;
        sign_in(&house, &provider, &phone, by("phone")).await;
        sign_in(&house, &provider, &other, Word::of("2", DAVID)).await;
        let mailed = Browser::of(&house, ANNA).await;
        let mut page = desk.live().await;
        let server = Browser::new(&house);
        let tell =
            async |token: &str| server.post("/sign-in/with/corp/logout", &[("logout_token", token)]).await;
        let good = provider.sign(&provider.logout_claims("1", "desk"), Signed::Well);
        let answer = tell(&good).await;
        assert_eq!(
            (answer.status(), answer.headers()["cache-control"].to_str().unwrap()),
            (StatusCode::OK, "no-store")
        );
        page.next("signed_out").await;
        assert_eq!([who(&desk).await, who(&phone).await], ["", "Anna Berg"]);
        // The same word again ends nothing.
        sign_in(&house, &provider, &desk, by("desk")).await;
        assert_eq!(tell(&good).await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(who(&desk).await, "Anna Berg");
        // All of the account at once; what did not begin there goes on.
        let mut all = provider.logout_claims("1", "");
        all.as_object_mut().unwrap().remove("sid");
        assert_eq!(tell(&provider.sign(&all, Signed::Well)).await.status(), StatusCode::OK);
        let left = [who(&desk).await, who(&phone).await, who(&mailed).await, who(&other).await];
        assert_eq!(left, ["", "", "Anna Berg", "David Okafor"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_signed_out_by_a_token_that_is_not_quite_right() {
    let (house, provider) = house().await;
    let browser = Browser::new(&house);
    sign_in(&house, &provider, &browser, Word::of("1", ANNA)).await;
    let now = NOW.millis() / 1000;
    let event = "http://schemas.openid.net/event/backchannel-logout";
    for (change, signed) in [
        (json!({}), Signed::Not),
        (json!({}), Signed::ByAnother),
        (json!({}), Signed::BySecret),
        (json!({ "iss": "https://login.evil.example" }), Signed::Well),
        (json!({ "aud": "another" }), Signed::Well),
        (json!({ "exp": now }), Signed::Well),
        (json!({ "iat": now - 3600, "exp": now + 3600 }), Signed::Well),
        (json!({ "iat": now + 3600, "exp": now + 7200 }), Signed::Well),
        (json!({ "iat": null }), Signed::Well),
        (json!({ "jti": null }), Signed::Well),
        (json!({ "jti": "" }), Signed::Well),
        (json!({ "events": null }), Signed::Well),
        (json!({ "events": { "http://schemas.example/other": {} } }), Signed::Well),
        (json!({ "events": [event] }), Signed::Well),
        (json!({ "events": { event: "yes" } }), Signed::Well),
        // An ID token, which a page could have got hold of.
        (json!({ "nonce": "n" }), Signed::Well),
    ] {
        let mut claims = provider.logout_claims("1", "session-of-1");
        for (name, value) in change.as_object().unwrap() {
            match value.is_null() {
                true => drop(claims.as_object_mut().unwrap().remove(name)),
                false => claims[name] = value.clone(),
            }
        }
        let token = provider.sign(&claims, signed);
        let answer = browser.post("/sign-in/with/corp/logout", &[("logout_token", &token)]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{change} {signed:?}");
        assert_eq!(who(&browser).await, PEOPLE[0].0, "{change} {signed:?}");
    }
    for token in ["", "x", "a.b.c", "..."] {
        let answer = browser.post("/sign-in/with/corp/logout", &[("logout_token", token)]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }
}
