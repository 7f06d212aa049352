//! The company's rules: set once, and said where they bite.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use mailmoot::actions::group_import::{GroupImported, ImportError};
use mailmoot::actions::members::NewMembers;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::shares::{AccessChange, Chosen};
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::export::Format;
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::policy::{Domains, Policy, Starters};
use mailmoot::domain::share::Access;
use reqwest::StatusCode;

use super::exports::exported;
use crate::support::browser::Browser;
use crate::support::house::{ADMIN, ANNA, DAVID, GATEWAY, House, STRANGER, WANG, Wanted, mail, on_both};

const PARTNER: &str = "maria@friend.example";

fn only_friends() -> Wanted {
    let policy =
        Policy { outside_members: Domains(Some(vec!["friend.example".to_owned()])), ..Policy::default() };
    Wanted { policy, ..Wanted::long_hold() }
}

fn typed(address: &str) -> NewMembers {
    let address = NamedAddress { name: None, address: address.parse().unwrap() };
    NewMembers { addresses: vec![address], ..NewMembers::default() }
}

fn problem<T: std::fmt::Debug>(result: Result<T, ActionError>) -> Problem {
    match result {
        Err(ActionError::Invalid { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_thread_with_strangers_becomes_a_group_without_them_and_its_draft_says_so() {
    on_both(only_friends, async |house| {
        let (anna, draft) = house.draft("Presses", &[WANG, STRANGER, PARTNER]).await;
        let browser = Browser::of(&house, ANNA).await;
        let page = browser.page(&format!("/drafts/{draft}")).await;
        assert!(page.contains("will be left out"), "{page}");
        assert!(page.contains("One of them can’t be a member"), "{page}");
        let group = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
        let found = house.actions.get_group(&anna, group).await.unwrap();
        let mut who: Vec<String> =
            found.members.iter().map(|line| line.person.main_address().unwrap().to_string()).collect();
        who.sort();
        assert_eq!(who, [ANNA, PARTNER, WANG]);
        house.quiet().await;
        assert_eq!(house.count_mails_of(STRANGER).await, 0, "nobody writes to whom the company keeps out");

        let refused = problem(house.actions.add_members(&anna, group, typed(STRANGER)).await);
        assert!(
            matches!(&refused, Problem::MemberNotAllowed { domain, .. } if domain == "partner.example"),
            "{refused:?}"
        );
        // The field says the rule before anybody tries, and again when they did.
        let path = format!("/groups/{group}/members");
        assert!(
            browser
                .page(&path)
                .await
                .contains("only people of these domains can be made members: friend.example.")
        );
        let answer = browser.post(&path, &[("who", STRANGER)]).await;
        assert_eq!(answer.status(), StatusCode::OK, "the form is to be mended");
        assert!(answer.text().await.unwrap().contains("does not allow members from partner.example"));
        house.actions.add_members(&anna, group, typed(DAVID)).await.unwrap();
    })
    .await;
}

/// By mail as on pages: a member who puts a stranger into Cc adds nobody.
#[tokio::test]
async fn a_stranger_in_cc_of_an_answer_is_not_added() {
    on_both(only_friends, async |house| {
        let (anna, group) = house.group("Presses", &[WANG]).await;
        let invitation = house.mail_of(WANG).await;
        let to = invitation.reply_to[0].address.to_string();
        let answer = [("From", WANG), ("To", to.as_str()), ("Cc", STRANGER), ("Subject", "Re: Presses")];
        house.deliver(mail(&answer, "Let us ask Kenji.")).await;
        house.messages(&anna, group, 2).await;
        house.quiet().await;
        let found = house.actions.get_group(&anna, group).await.unwrap();
        assert_eq!(found.members.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn only_those_start_groups_whom_the_company_names() {
    let wanted = || Wanted {
        policy: Policy { starters: Starters::Only(vec![WANG.to_owned()]), ..Policy::default() },
        ..Wanted::long_hold()
    };
    on_both(wanted, async |house| {
        let (anna, wang) = (house.person(ANNA).await, house.person(WANG).await);
        assert_eq!(problem(house.actions.start_blank_draft(&anna).await), Problem::MayNotStart);
        house.actions.start_blank_draft(&wang).await.unwrap();
        let admin = house.admin().await;
        house.actions.start_blank_draft(&admin).await.unwrap();

        for (who, id) in [(ANNA, "<a@x>"), (WANG, "<b@x>"), (ADMIN, "<c@x>")] {
            let head = [("From", who), ("To", GATEWAY), ("Cc", DAVID), ("Subject", id), ("Message-ID", id)];
            house.deliver(mail(&head, "Shall we?")).await;
        }
        let outcomes = house.outcomes(3).await;
        let refused =
            outcomes.iter().filter(|o| **o == Outcome::Ignored { why: Ignored::NotAllowed }).count();
        let drafts = outcomes.iter().filter(|o| matches!(o, Outcome::Draft { .. })).count();
        assert_eq!((refused, drafts), (1, 2), "{outcomes:?}");
        house.quiet().await;
        assert_eq!(house.answered().await, [ANNA], "she is told why nothing came of it");

        let browser = Browser::of(&house, ANNA).await;
        assert!(
            browser
                .page("/settings/rules")
                .await
                .contains("Only some people in the organisation may start groups.")
        );
        assert!(!browser.page("/").await.contains("/drafts/new"), "what she may not do is not offered");
    })
    .await;
}

#[tokio::test]
async fn links_of_shares_close_when_the_company_forbids_them() {
    let day = Policy { share_days: 7, ..Policy::default() };
    on_both(
        || Wanted { policy: day.clone(), ..Wanted::long_hold() },
        async |house| {
            let (anna, group) = house.group("Plan", &[WANG]).await;
            let new = NewMessage { markdown: "Secret plan".to_owned(), ..NewMessage::default() };
            let seq = house.actions.post_message(&anna, group, new).await.unwrap().seq;
            let chosen = Chosen { seqs: vec![seq], ..Chosen::default() };
            let share = house.actions.start_share(&anna, group, chosen).await.unwrap();
            let access = AccessChange { access: Access::Link, lasts: 365, password: None };
            house.actions.set_share_access(&anna, share, access.clone()).await.unwrap();
            let browser = Browser::of(&house, ANNA).await;
            let page = browser.page(&format!("/shares/{share}")).await;
            let choices =
                "<option value=\"1\">1 day</option><option value=\"7\" selected>a week</option></select>";
            assert!(page.contains(choices), "{page}");
            browser.post(&format!("/shares/{share}/publish"), &[("title", "Plan")]).await;
            let link = house.actions.get_share(&anna, share).await.unwrap().link.unwrap();
            let path = link.split("/s/").nth(1).map(|token| format!("/s/{token}")).unwrap();
            assert!(Browser::new(&house).page(&path).await.contains("Secret plan"));

            let house = house.under(Policy { share_links: false, ..Policy::default() }).await;
            let closed = Browser::new(&house).get(&path).await;
            assert_eq!(closed.status(), StatusCode::NOT_FOUND);
            let browser = Browser::of(&house, WANG).await;
            assert!(browser.page(&path).await.contains("Secret plan"), "members read on");
            let refused = problem(house.actions.set_share_access(&anna, share, access).await);
            assert_eq!(refused, Problem::LinksNotAllowed);
        },
    )
    .await;
}

#[tokio::test]
async fn sessions_and_personal_links_last_as_long_as_the_company_says() {
    let hour = Duration::from_secs(3600);
    let policy = Policy { link_lasts: 2 * hour, session_lasts: 8 * hour, ..Policy::default() };
    let house = House::with(Wanted { policy, ..Wanted::standing() }).await;
    let link = house.actions.make_sign_in_link(&WANG.parse().unwrap(), "/").await.unwrap();
    let browser = Browser::of(&house, ANNA).await;
    for _ in 0..3 {
        house.later(7 * hour);
        assert_eq!(
            browser.get("/settings").await.status(),
            StatusCode::OK,
            "whoever is here stays signed in"
        );
    }
    house.later(9 * hour);
    assert_eq!(browser.get("/settings").await.status(), StatusCode::SEE_OTHER);
    let path = link.split("/l/").nth(1).map(|token| format!("/l/{token}")).unwrap();
    assert_eq!(Browser::new(&house).get(&path).await.status(), StatusCode::NOT_FOUND);
    let words = Browser::of(&house, ANNA).await.page("/settings/rules").await;
    assert!(
        words.contains("for 2 hours after it was made") && words.contains("not been here for 8 hours"),
        "{words}"
    );
}

#[tokio::test]
async fn an_open_page_hears_nothing_any_more_when_its_session_has_run_out() {
    let policy = Policy { session_lasts: Duration::from_secs(1), ..Policy::default() };
    let house = House::with(Wanted { policy, ..Wanted::standing() }).await;
    let browser = Browser::of(&house, ANNA).await;
    browser.live().await.ended().await;
    // The clock stands: it was only the page's time.
    browser.live().await.ended().await;
    house.later(Duration::from_secs(2));
    assert!(browser.live_from(&house.url("")).await.is_err(), "it is not let in again");
}

#[tokio::test]
async fn a_group_that_is_imported_gets_no_member_whom_the_company_does_not_want() {
    on_both(Wanted::standing, async |from| {
        let (anna, group) = from.group("Plan", &[WANG, STRANGER]).await;
        let mbox: Arc<[u8]> = exported(&from, &anna, group, Format::Mbox).await.into();
        let open = |mbox: &Arc<[u8]>| {
            let mbox = mbox.clone();
            move || Ok(Cursor::new(mbox.clone()))
        };
        let policy = Policy { outside_members: Domains(Some(Vec::new())), ..Policy::default() };
        let here = House::with(Wanted { policy: policy.clone(), ..Wanted::standing() }).await;
        let done = here.actions.import_group(open(&mbox)).await.unwrap();
        assert!(matches!(done, GroupImported::Done { members: 2, left_out: 1, .. }), "{done:?}");
        let anna = here.person(ANNA).await;
        let members = here.actions.get_group(&anna, group).await.unwrap().members;
        let mut names: Vec<&str> = members.iter().map(|line| line.person.full_name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Anna Berg", "王小明"]);
        // Where nobody may be a member, there is no group, and nothing is left of it.
        let gateway = "moot@elsewhere.example";
        let nowhere = House::with(Wanted { policy, gateway, people: Vec::new(), ..Wanted::standing() }).await;
        for _ in 0..2 {
            let refused = nowhere.actions.import_group(open(&mbox)).await;
            assert!(matches!(refused, Err(ImportError::NoMembers)), "{refused:?}");
        }
    })
    .await;
}
