//! Notices in browsers whose page is closed: who gets one and who none, what stands in it, and what a push service may
//! answer.

use std::time::Duration;

use axum::http::StatusCode;
use mailmoot::actions::jobs::Lane;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::time::Timestamp;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{ANNA, DAVID, House, NOW, WANG, Wanted, eventually, on_both};
use crate::support::push_service::{PushService, Receiver, Taken, checked_sender};

/// A group of Anna, Wang and David, all signed in, Wang's browser with notices.
struct Scene {
    service: PushService,
    group: GroupId,
    anna: Browser,
    wang: Browser,
    receiver: Receiver,
}

impl Scene {
    async fn of(house: &House) -> Self {
        let service = PushService::start().await;
        let (_, group) = house.group("Budget 2027", &[WANG, DAVID]).await;
        let (anna, wang) = (Browser::of(house, ANNA).await, Browser::of(house, WANG).await);
        let receiver = Receiver::at(&service, "wang");
        assert_eq!(receiver.subscribe(&wang).await, StatusCode::OK);
        Self { service, group, anna, wang, receiver }
    }

    async fn anna_says(&self, house: &House, words: &str) {
        say(house, &self.anna, self.group, words).await;
    }

    /// What Wang's browser would show, when there are `count`.
    async fn notices(&self, count: usize) -> Vec<Value> {
        self.service.taken(count).await.iter().map(|taken| self.receiver.open(&taken.body)).collect()
    }

    async fn words(&self, count: usize) -> Vec<String> {
        let notices = self.notices(count).await;
        notices.iter().map(|notice| notice["body"].as_str().unwrap().to_owned()).collect()
    }

    async fn set_level(&self, level: &str) {
        let answer = self.wang.post(&format!("/groups/{}/notices", self.group), &[("level", level)]).await;
        assert_eq!(answer.status().as_u16(), 303);
    }
}

async fn say(house: &House, browser: &Browser, group: GroupId, words: &str) {
    let id = house.actions.clock.new_id::<()>().to_string();
    assert_eq!(browser.say(&group.to_string(), &id, words).await.0, StatusCode::OK);
}

fn names(taken: &[Taken]) -> Vec<&str> {
    taken.iter().map(|one| one.name.as_str()).collect()
}

#[tokio::test]
async fn whoever_is_away_hears_of_a_message_and_its_author_does_not() {
    on_both(Wanted::long_hold, async |house| {
        let scene = Scene::of(&house).await;
        let own = Receiver::at(&scene.service, "anna");
        assert_eq!(own.subscribe(&scene.anna).await, StatusCode::OK);
        scene.anna_says(&house, "Can *everybody* make it on **Friday**?").await;
        let taken = scene.service.taken(1).await.remove(0);
        let group = scene.group;
        let seq = 2;
        assert_eq!(
            scene.receiver.open(&taken.body),
            json!({
                "title": "Budget 2027",
                "body": "Anna Berg: Can everybody make it on Friday?",
                "url": format!("/groups/{group}?at={seq}#m-{seq}"),
                "tag": group.to_string(),
                "seq": seq,
            })
        );
        // What the push service can see: nothing of it, and who we are.
        assert_eq!((taken.header("ttl"), taken.header("urgency")), ("86400", "normal"));
        assert_eq!(taken.header("content-encoding"), "aes128gcm");
        let topic = taken.header("topic");
        assert!(topic.len() <= 32 && !group.to_string().replace('-', "").contains(topic), "{topic}");
        assert_eq!((taken.body.len() - 86 - 17) % 512, 0, "the length tells nothing");
        let (claims, key) = checked_sender(taken.header("authorization"));
        assert_eq!(claims["aud"], scene.service.origin);
        assert_eq!(claims["sub"], "mailto:moot@corp.example");
        let expires = claims["exp"].as_i64().unwrap() - house.actions.clock.now().millis() / 1000;
        assert!((0..24 * 3600).contains(&expires), "{expires}");
        assert!(scene.wang.page("/settings").await.contains(&format!("data-push=\"{key}\"")));
        // The author heard nothing: the next notice is for her, and it is her first.
        say(&house, &scene.wang, group, "Yes").await;
        let taken = scene.service.taken(2).await;
        assert_eq!(names(&taken), ["wang", "anna"]);
        assert_eq!(own.open(&taken[1].body)["body"], "王小明: Yes");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_the_group_in_sight_gets_no_notice() {
    on_both(Wanted::long_hold, async |house| {
        let scene = Scene::of(&house).await;
        let mut page = scene.wang.live().await;
        page.watch(&scene.group.to_string(), 0).await;
        let sight = |seen: bool| json!({ "type": "sight", "group": scene.group, "seen": seen });
        page.say(sight(true)).await;
        page.all("pong").await;
        scene.anna_says(&house, "Seen").await;
        // Another window is before it now: the page alone is not enough.
        page.say(sight(false)).await;
        page.all("pong").await;
        scene.anna_says(&house, "Not seen").await;
        assert_eq!(scene.words(1).await, ["Anna Berg: Not seen"]);
        page.say(sight(true)).await;
        page.all("pong").await;
        scene.anna_says(&house, "Seen again").await;
        drop(page);
        eventually(async || {
            let viewer = house.person(WANG).await.person_id;
            (!house.actions.hub.has_page(viewer)).then_some(())
        })
        .await;
        scene.anna_says(&house, "Page closed").await;
        assert_eq!(scene.words(2).await, ["Anna Berg: Not seen", "Anna Berg: Page closed"]);
    })
    .await;
}

#[tokio::test]
async fn everybody_chooses_what_to_hear_of() {
    on_both(Wanted::long_hold, async |house| {
        let scene = Scene::of(&house).await;
        for level in ["none", "mentions"] {
            scene.set_level(level).await;
            let page = scene.wang.page(&format!("/groups/{}/settings", scene.group)).await;
            assert!(page.contains(&format!("value=\"{level}\" id=\"level-{level}\" checked")), "{page}");
            scene.anna_says(&house, "Not for Wang").await;
            scene.anna_says(&house, &format!("@王小明 says {level}")).await;
        }
        scene.set_level("all").await;
        scene.anna_says(&house, "For Wang").await;
        // As usual, which is everything in a small group.
        scene.set_level("usual").await;
        scene.anna_says(&house, "Also for Wang").await;
        let taken = scene.service.taken(3).await;
        let mut heard: Vec<_> = taken
            .iter()
            .map(|taken| {
                let notice = scene.receiver.open(&taken.body);
                (notice["body"].as_str().unwrap().to_owned(), taken.header("urgency"))
            })
            .collect();
        heard.sort_unstable();
        // A mention may wake a sleeping device.
        let expected =
            [("Also for Wang", "normal"), ("For Wang", "normal"), ("@王小明 says mentions", "high")];
        let mut expected = expected.map(|(words, urgency)| (format!("Anna Berg: {words}"), urgency));
        expected.sort_unstable();
        assert_eq!(heard, expected);
    })
    .await;
}

#[tokio::test]
async fn of_a_muted_group_only_mentions_are_heard() {
    on_both(Wanted::long_hold, async |house| {
        let scene = Scene::of(&house).await;
        let mute = async |muting: &str| {
            let path = format!("/groups/{}/muting", scene.group);
            assert_eq!(scene.wang.post(&path, &[("muting", muting)]).await.status().as_u16(), 303);
        };
        mute("muted").await;
        scene.set_level("all").await;
        scene.anna_says(&house, "Not for Wang").await;
        scene.anna_says(&house, "@王小明 though muted").await;
        scene.service.taken(1).await;
        // Nothing at all is a stronger wish.
        scene.set_level("none").await;
        scene.anna_says(&house, "@王小明, not even this").await;
        mute("off").await;
        scene.set_level("all").await;
        scene.anna_says(&house, "Heard again").await;
        let mut heard = scene.words(2).await;
        heard.sort_unstable();
        let mut expected = ["@王小明 though muted", "Heard again"].map(|words| format!("Anna Berg: {words}"));
        expected.sort_unstable();
        assert_eq!(heard, expected);
    })
    .await;
}

/// Quiet hours are those of Wang's own clock: it is 11 in Stockholm when it is 10 in UTC.
#[tokio::test]
async fn nobody_is_woken_in_quiet_hours() {
    on_both(Wanted::standing, async |house| {
        assert_eq!(NOW.rfc3339(), "2026-11-20T10:00:00Z");
        let scene = Scene::of(&house).await;
        let page = scene.wang.page("/settings").await;
        assert!(page.contains("value=\"Europe/Stockholm\""), "the browser told its zone: {page}");
        let quiet = [
            ("quiet", "yes"),
            ("from", "11:00"),
            ("until", "12:00"),
            ("zone", "Europe/Stockholm"),
            ("contents", "yes"),
        ];
        let stored = scene.wang.post("/settings/notices", &quiet).await;
        assert_eq!(
            (stored.status().as_u16(), &stored.headers()["location"]),
            (303, &"/settings?saved=notices#notices".parse().unwrap())
        );
        assert!(scene.wang.page("/settings?saved=notices").await.contains("<span>Saved</span>"));
        assert!(!scene.wang.page("/settings").await.contains("<span>Saved</span>"));
        scene.anna_says(&house, "At lunch").await;
        house.later(Duration::from_secs(3600));
        scene.anna_says(&house, "After lunch").await;
        assert_eq!(scene.words(1).await, ["Anna Berg: After lunch"]);
        // A zone that is none is refused, and what was set stays.
        let wrong = [("from", "11:00"), ("until", "12:00"), ("zone", "Mars/Olympus")];
        let answer = scene.wang.post("/settings/notices", &wrong).await;
        assert_eq!(answer.status().as_u16(), 422);
        assert!(answer.text().await.unwrap().contains("There is no time zone of this name"));
        let page = scene.wang.page("/settings").await;
        assert!(page.contains("name=\"quiet\" value=\"yes\" checked"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_notice_keeps_quiet_about_what_it_tells_if_its_reader_wants_that() {
    let house = House::with(Wanted::long_hold()).await;
    let scene = Scene::of(&house).await;
    let hidden = [("from", "22:00"), ("until", "07:00"), ("zone", "UTC")];
    assert_eq!(scene.wang.post("/settings/notices", &hidden).await.status().as_u16(), 303);
    scene.anna_says(&house, "The offer is secret").await;
    let notice = scene.notices(1).await.remove(0);
    assert_eq!(
        (&notice["title"], &notice["body"]),
        (&json!("mailmoot"), &json!("There is a new message for you."))
    );
}

#[tokio::test]
async fn signed_out_means_that_nothing_comes() {
    on_both(Wanted::long_hold, async |house| {
        let scene = Scene::of(&house).await;
        let david = Browser::of(&house, DAVID).await;
        let (here, there) = (Receiver::at(&scene.service, "here"), Receiver::at(&scene.service, "there"));
        let other = Browser::of(&house, DAVID).await;
        here.subscribe(&david).await;
        there.subscribe(&other).await;
        scene.anna_says(&house, "To three browsers").await;
        let mut first: Vec<String> = scene.service.taken(3).await.into_iter().map(|t| t.name).collect();
        first.sort_unstable();
        assert_eq!(first, ["here", "there", "wang"]);
        // One signs out, the other is signed out from elsewhere, the third is switched off in the list.
        scene.wang.post("/sign-out", &[]).await;
        let third = Browser::of(&house, DAVID).await;
        let list = third.page("/sessions").await;
        assert_eq!(list.matches("/revoke").count(), 3);
        let mut sessions: Vec<&str> =
            list.split("action=\"/sessions/").skip(1).map(|rest| &rest[..36]).collect();
        // The newest first: the third itself, the other, and the first.
        let first = sessions.remove(2);
        third.post(&format!("/sessions/{first}/revoke"), &[]).await;
        let page = third.page("/settings").await;
        assert_eq!(page.matches("/remove").count(), 1, "{page}");
        let path = page.split("action=\"").find(|rest| rest.starts_with("/push/")).unwrap();
        third.post(path.split('"').next().unwrap(), &[]).await;
        assert!(!third.page("/settings").await.contains("/remove"));
        // Only who signs in anew and switches on hears of the next.
        let wang = Browser::of(&house, WANG).await;
        let again = Receiver::at(&scene.service, "again");
        again.subscribe(&wang).await;
        scene.anna_says(&house, "To one browser").await;
        let last: Vec<String> = scene.service.taken(4).await.into_iter().skip(3).map(|t| t.name).collect();
        assert_eq!(last, ["again"]);
    })
    .await;
}

#[tokio::test]
async fn a_browser_shows_the_notices_of_whoever_signed_in_last() {
    on_both(Wanted::long_hold, async |house| {
        let scene = Scene::of(&house).await;
        // David signs in at Wang's desk, over Wang's session, and has asked for nothing.
        scene.wang.sign_in_again(&house, DAVID).await;
        scene.anna_says(&house, "Not on this screen").await;
        // He switches notices on; they go on when he signs in anew, and end when he signs out.
        scene.receiver.subscribe(&scene.wang).await;
        scene.wang.sign_in_again(&house, DAVID).await;
        scene.anna_says(&house, "For David").await;
        assert_eq!(scene.words(1).await, ["Anna Berg: For David"]);
        scene.wang.post("/sign-out", &[]).await;
        scene.anna_says(&house, "For nobody").await;
        let david = Browser::of(&house, DAVID).await;
        Receiver::at(&scene.service, "new").subscribe(&david).await;
        scene.anna_says(&house, "For the other").await;
        assert_eq!(names(&scene.service.taken(2).await), ["wang", "new"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_push_service_answers_is_heard() {
    on_both(Wanted::standing, async |house| {
        let scene = Scene::of(&house).await;
        // Too large: a shorter one goes at once.
        scene.service.answers(413, None);
        scene.anna_says(&house, "Too long for it").await;
        let words = scene.words(2).await;
        assert_eq!(words, ["Anna Berg: Too long for it", "There is a new message for you."]);
        // Too many: again when it wants, and not before.
        scene.service.answers(429, Some("90"));
        scene.anna_says(&house, "Patience").await;
        scene.service.taken(3).await;
        retried_after(&house, &scene, Duration::from_secs(90), 4).await;
        // Out of order: again after ten seconds; outdated by then, so that only the newer one comes.
        scene.service.answers(503, None);
        scene.anna_says(&house, "Outdated").await;
        scene.service.taken(5).await;
        scene.anna_says(&house, "Newer").await;
        scene.service.taken(6).await;
        put_off(&house, Duration::from_secs(10)).await;
        house.later(Duration::from_secs(10));
        all_done(&house).await;
        // A redirect is not followed, nor tried again.
        scene.service.answers(307, Some("/push/elsewhere"));
        scene.anna_says(&house, "Elsewhere").await;
        scene.service.taken(7).await;
        all_done(&house).await;
        // Gone: the browser is forgotten.
        scene.service.answers(410, None);
        scene.anna_says(&house, "Gone").await;
        eventually(async || (!scene.wang.page("/settings").await.contains("/remove")).then_some(())).await;
        all_done(&house).await;
        scene.anna_says(&house, "To nobody").await;
        assert_eq!(next_try(&house).await, None);
        let last = scene.words(8).await.split_off(2);
        let said = ["Patience", "Patience", "Outdated", "Newer", "Elsewhere", "Gone"];
        assert_eq!(last, said.map(|words| format!("Anna Berg: {words}")));
    })
    .await;
}

/// The time is not up, then it is.
async fn retried_after(house: &House, scene: &Scene, wait: Duration, count: usize) {
    let due = put_off(house, wait).await;
    house.later(wait - Duration::from_secs(1));
    assert_eq!(next_try(house).await, Some(due));
    house.later(Duration::from_secs(1));
    scene.service.taken(count).await;
    all_done(house).await;
}

/// Waits until a notice is to be tried again, so long from now: until then a worker is still at it. When that is.
async fn put_off(house: &House, wait: Duration) -> Timestamp {
    let due = house.actions.clock.now() + wait;
    eventually(async || (next_try(house).await == Some(due)).then_some(due)).await
}

/// Waits until no notice is to be sent any more, now or later.
async fn all_done(house: &House) {
    eventually(async || next_try(house).await.is_none().then_some(())).await;
}

/// When the next notice is due; of one that a worker is at, when that worker would be taken for dead.
async fn next_try(house: &House) -> Option<Timestamp> {
    house.actions.next_job_at(Lane::Push).await.unwrap()
}

#[tokio::test]
async fn what_was_read_meanwhile_needs_no_notice() {
    on_both(Wanted::standing, async |house| {
        let scene = Scene::of(&house).await;
        scene.service.answers(503, None);
        scene.anna_says(&house, "Read on another device").await;
        scene.service.taken(1).await;
        put_off(&house, Duration::from_secs(10)).await;
        let wang = house.person(WANG).await;
        house.actions.mark_read(&wang, scene.group, 2).await.unwrap();
        house.later(Duration::from_secs(10));
        all_done(&house).await;
        scene.anna_says(&house, "New").await;
        let words = scene.words(2).await;
        assert_eq!(words, ["Anna Berg: Read on another device", "Anna Berg: New"]);
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_names_something_in_our_network_is_refused() {
    let house = House::with(Wanted::long_hold()).await;
    let scene = Scene::of(&house).await;
    let good = Receiver::at(&scene.service, "x").fields();
    let with = |name: &str, value: &str| {
        good.clone().map(|(field, old)| (field, if field == name { value.to_owned() } else { old }))
    };
    let endless = format!("https://push.example/{}", "x".repeat(2000));
    for bad in [
        with("endpoint", "http://10.0.0.1/push"),
        with("endpoint", "https://169.254.169.254/latest/meta-data"),
        with("endpoint", "https://[::ffff:10.0.0.1]/push"),
        with("endpoint", "http://push.example/x"),
        with("endpoint", "javascript:alert(1)"),
        with("endpoint", ""),
        with("endpoint", &endless),
        with("p256dh", "AAAA"),
        // 65 bytes, but no point of the curve.
        with("p256dh", &format!("BA{}", "A".repeat(85))),
        with("auth", "AAAA"),
        with("auth", "not base64!"),
    ] {
        let fields: Vec<(&str, &str)> = bad.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, told) = scene.wang.post_json("/push/subscriptions", &fields).await;
        assert_eq!(status.as_u16(), 422, "{bad:?}");
        assert!(told["problem"].as_str().unwrap().contains("push service"), "{told}");
    }
    // A stranger's device is nobody's to switch off.
    let id = house.actions.clock.new_id::<()>();
    let answer = scene.anna.post(&format!("/push/subscriptions/{id}/remove"), &[]).await;
    assert_eq!(answer.status().as_u16(), 404);
    let page = scene.wang.page("/settings").await;
    let path = page.split("action=\"").find(|rest| rest.starts_with("/push/")).unwrap();
    assert_eq!(scene.anna.post(path.split('"').next().unwrap(), &[]).await.status().as_u16(), 404);
    assert!(scene.wang.page("/settings").await.contains("/remove"));
}

#[tokio::test]
async fn an_admin_can_switch_notices_off() {
    let house = House::with(Wanted { push: false, ..Wanted::long_hold() }).await;
    let service = PushService::start().await;
    let anna = Browser::of(&house, ANNA).await;
    assert_eq!(Receiver::at(&service, "anna").subscribe(&anna).await, StatusCode::NOT_FOUND);
    let page = anna.page("/settings").await;
    assert!(page.contains("has switched notices off") && !page.contains("data-push="), "{page}");
}
