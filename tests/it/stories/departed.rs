//! Somebody leaves the organisation, as its directory says: they are out at once, and in again as they were when they come back.

use std::time::Duration;

use mailmoot::actions::members::NewMembers;
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::sign_in::LinkView;
use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::directory_sync::SyncOutcome;
use mailmoot::domain::group::{History, Role};
use mailmoot::domain::identity::Right;
use mailmoot::domain::ids::{DraftId, GroupId};
use mailmoot::domain::ledger::{Ignored, Outcome};
use mailmoot::domain::person::Viewer;
use mailmoot::mail::incoming::IncomingMail;
use reqwest::StatusCode;

use super::cadence;
use crate::support::browser::Browser;
use crate::support::house::{ANNA, House, STRANGER, WANG, Wanted, eventually, link_in, mail, on_both};
use crate::support::ldap_server::{LdapServer, person};

const EVA: &str = "eva.lind@corp.example";
/// Also hers, and not the company's.
const EVA_AT_HOME: &str = "eva@home.example";
const EVA_UID: &str = "eva";

fn eva() -> String {
    person(EVA_UID, "Eva Lind", &[("mail", EVA), ("mail", EVA_AT_HOME)])
}

/// Enough people that one may go.
fn company() -> String {
    let others = (0..10).map(|n| {
        person(&format!("p{n}"), &format!("Person {n}"), &[("mail", &format!("p{n}@corp.example"))])
    });
    let staff = person("anna", "Anna Berg", &[("mail", ANNA)]) + &person("wang", "王小明", &[("mail", WANG)]);
    others.fold(staff + &eva(), |all, one| all + &one)
}

/// Waits until the directory was read `count` times.
async fn read(house: &House, admin: &Viewer, count: usize) {
    let outcome = eventually(async || {
        let seen = house.actions.list_directories(admin).await.unwrap();
        let syncs = &seen[0].syncs;
        (syncs.len() >= count && !seen[0].is_running).then(|| syncs[0].outcome.clone())
    })
    .await;
    assert!(matches!(outcome, SyncOutcome::Done(_)), "{outcome:?}");
}

async fn read_again(house: &House, admin: &Viewer, count: usize) {
    house.later(Duration::from_secs(3 * 24 * 3600));
    house.actions.ask_sync(admin, "staff", false).await.unwrap();
    read(house, admin, count).await;
    house.quiet().await;
}

/// The company reads its directory. The house, and an admin of it.
async fn company_house(house: House, server: &LdapServer) -> (House, Viewer) {
    let house = house.reading(vec![server.source("staff")]).await;
    let admin = house.admin().await;
    read(&house, &admin, 1).await;
    (house, admin)
}

/// Who owns a group, by name.
async fn owners(house: &House, group: GroupId) -> Vec<String> {
    let member = house.person(STRANGER).await;
    let members = house.actions.get_group(&member, group).await.unwrap().members;
    let owners = members.into_iter().filter(|one| one.member.role == Role::Owner);
    let mut names: Vec<String> = owners.map(|one| one.person.full_name).collect();
    names.sort_unstable();
    names
}

/// Anna makes a draft of a mail to Wang and Eva.
async fn annas_draft(house: &House) -> DraftId {
    let cc = format!("{WANG}, {EVA}");
    let headers = [
        ("From", ANNA),
        ("To", "moot@corp.example"),
        ("Cc", &cc),
        ("Subject", "Budget"),
        ("Message-ID", "<b@x>"),
    ];
    house.deliver(mail(&headers, "Who looks at the figures?")).await;
    let Outcome::Draft { draft } = house.outcomes(1).await.remove(0) else { panic!("no draft") };
    draft
}

/// The company reads its directory, and Eva is in a group with Anna and Wang.
async fn begin(house: House, server: &LdapServer) -> (House, Viewer, Viewer, GroupId) {
    let (house, admin) = company_house(house, server).await;
    let (anna, group) = house.group("Budget", &[WANG, EVA]).await;
    house.mail_of(EVA).await;
    house.mail_of(WANG).await;
    (house, admin, anna, group)
}

fn reply(from: &str, to: &IncomingMail, id: &str, words: &str) -> String {
    let reply_to = to.reply_to[0].address.to_string();
    let headers = [
        ("From", from),
        ("To", reply_to.as_str()),
        ("Cc", WANG),
        ("Subject", "Re: Budget"),
        ("Message-ID", id),
    ];
    mail(&headers, words)
}

async fn say(house: &House, who: &Viewer, group: GroupId, words: &str) {
    house.later(Duration::from_secs(1));
    let said = NewMessage { markdown: words.to_owned(), ..NewMessage::default() };
    house.actions.post_message(who, group, said).await.unwrap();
}

fn wanted() -> Wanted {
    Wanted { people: Vec::new(), ..Wanted::standing() }
}

#[tokio::test]
async fn whoever_leaves_is_signed_out_everywhere_and_let_in_by_nothing() {
    let Some(probe) = LdapServer::start(&company()).await else { return };
    drop(probe);
    on_both(wanted, async |house| {
        let server = LdapServer::start(&company()).await.unwrap();
        let (house, admin, _, group) = begin(house, &server).await;
        let first = house.mail_of(EVA).await;
        let (invitation, mails) = (link_in(&first), cadence::link(&first));
        let (desk, phone, others) =
            (Browser::of(&house, EVA).await, Browser::new(&house), Browser::of(&house, WANG).await);
        let at = format!("/groups/{group}");
        let link = format!("/l/{}", invitation.reveal());
        assert_eq!(phone.post(&link, &[]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(phone.get(&at).await.status(), StatusCode::OK);
        let mut page = desk.live().await;

        server.remove(EVA_UID);
        read_again(&house, &admin, 2).await;

        // The open page hears of it, and no cookie lets her in.
        page.next("signed_out").await;
        for browser in [&desk, &phone] {
            assert_eq!(browser.get(&at).await.status(), StatusCode::SEE_OTHER);
        }
        assert_eq!(others.get(&at).await.status(), StatusCode::OK, "nobody else");
        // Her own link says why, and does nothing.
        let answer = phone.get(&link).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let page = answer.text().await.unwrap();
        assert!(page.contains("You can’t sign in any more") && page.contains("address book"), "{page}");
        assert!(!page.contains("Budget") && !page.contains("<form method=\"post\" action=\"/l/"), "{page}");
        phone.post(&link, &[]).await;
        assert_eq!(phone.get(&at).await.status(), StatusCode::SEE_OTHER);
        assert!(!phone.page(&mails).await.contains("Budget"), "not by the link that chooses her mails");
        // Another browser learns nothing of it by a link that is not its own.
        let stranger = house.actions.view_link(&invitation, Some(&house.token())).await.unwrap();
        assert_eq!(stranger, LinkView::Claimed);
        // Who asks for a sign-in mail is told in it, and only there.
        let before = house.count_mails_of(EVA).await;
        desk.post("/sign-in", &[("address", EVA)]).await;
        let told = house.mails_of(EVA, before + 1).await.remove(0);
        assert!(told.text.new_text.contains("says that you have left"), "{}", told.text.new_text);
        assert!(!told.text.new_text.contains("/l/"), "{}", told.text.new_text);

        // Rights are nothing to somebody who is out.
        let refused = house.actions.give_right(Right::Admin, &EVA.parse().unwrap(), None).await;
        let departed =
            matches!(&refused, Err(ActionError::Invalid { problem: Problem::Departed { .. }, .. }));
        assert!(departed, "{refused:?}");

        // She comes back at the same address: the same person, and her browser and link are good again.
        server.add(&eva());
        read_again(&house, &admin, 3).await;
        assert_eq!(phone.post(&link, &[]).await.status(), StatusCode::SEE_OTHER);
        assert!(phone.page(&at).await.contains("Budget"));
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_to_who_has_left_nothing_is_taken_from_them_and_all_of_it_waits_for_them() {
    let Some(probe) = LdapServer::start(&company()).await else { return };
    drop(probe);
    on_both(wanted, async |house| {
        let server = LdapServer::start(&company()).await.unwrap();
        let (house, admin, anna, group) = begin(house, &server).await;
        let invitation = house.mail_of(EVA).await;
        server.remove(EVA_UID);
        read_again(&house, &admin, 2).await;

        say(&house, &anna, group, "Figures of October are here.").await;
        house.later(Duration::from_secs(3600));
        house.mails_of(WANG, 2).await;
        house.quiet().await;
        assert_eq!(house.count_mails_of(EVA).await, 1, "the invitation of before");

        // By her own reply address, from the address that stays hers; as a draft; and a stranger by her reply address.
        for (from, id) in
            [(EVA, "<e1@corp.example>"), (EVA_AT_HOME, "<e2@home.example>"), (STRANGER, "<s@x.example>")]
        {
            house.later(Duration::from_secs(1));
            house.deliver(reply(from, &invitation, id, &format!("I still have a say, {id}."))).await;
        }
        let draft = mail(
            &[
                ("From", EVA_AT_HOME),
                ("To", "moot@corp.example"),
                ("Cc", WANG),
                ("Subject", "New"),
                ("Message-ID", "<d@x.example>"),
            ],
            "Let us begin.",
        );
        house.deliver(draft).await;
        // The first line is the mail of which the group was made.
        let mut outcomes = house.outcomes(5).await.split_off(1);
        outcomes.sort_by_key(|outcome| format!("{outcome:?}"));
        let ignored = |why| Outcome::Ignored { why };
        let departed = || ignored(Ignored::Departed);
        assert_eq!(outcomes, [departed(), departed(), departed(), ignored(Ignored::NotAMember)]);
        assert_eq!(house.messages(&anna, group, 2).await.len(), 2, "the opening and Anna's");
        assert_eq!(house.answered().await, [EVA, EVA_AT_HOME, EVA_AT_HOME, STRANGER]);
        let answers = house.mails_of(EVA, 2).await;
        assert!(answers[0].text.new_text.contains("says that you have left"), "{}", answers[0].text.new_text);

        // Back again, she gets with the next mail what was said meanwhile, and her word counts as hers.
        server.add(&eva());
        read_again(&house, &admin, 3).await;
        say(&house, &anna, group, "And those of November.").await;
        house.later(Duration::from_secs(3600));
        let both = house.mails_of(EVA, 3).await.remove(0);
        let text = format!("{} {}", both.text.new_text, both.text.quotation);
        assert!(text.contains("October") && text.contains("November"), "{text}");
        house.later(Duration::from_secs(3600));
        house.deliver(reply(EVA, &invitation, "<e3@corp.example>", "Thank you, all clear.")).await;
        let said = house.messages(&anna, group, 4).await;
        assert_eq!(said[3].author.name, "Eva Lind", "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn a_group_whose_only_owner_leaves_goes_to_the_colleague_who_is_there_longest() {
    let Some(probe) = LdapServer::start(&company()).await else { return };
    drop(probe);
    on_both(wanted, async |house| {
        let server = LdapServer::start(&company()).await.unwrap();
        let (house, admin) = company_house(house, &server).await;
        let (anna, group) = house.group("Budget", &[STRANGER]).await;
        for address in [WANG, EVA] {
            house.later(Duration::from_secs(1));
            let address = NamedAddress { name: None, address: address.parse().unwrap() };
            let new = NewMembers { persons: Vec::new(), addresses: vec![address], history: History::Start };
            house.actions.add_members(&anna, group, new).await.unwrap();
        }
        let mut page = Browser::of(&house, WANG).await.live().await;
        page.watch(&group.to_string(), 0).await;

        server.remove("anna");
        read_again(&house, &admin, 2).await;
        page.next("head").await;
        assert_eq!(owners(&house, group).await, ["Anna Berg", "王小明"]);
        let shown = Browser::of(&house, WANG).await.page(&format!("/groups/{group}")).await;
        assert!(shown.contains("is the owner now, because the one before has gone"), "{shown}");
        // Who has departed counts for nothing: he can't leave, nor make her the owner again.
        let wang = house.person(WANG).await;
        let refused = house.actions.leave_group(&wang, group).await;
        assert!(
            matches!(refused, Err(ActionError::Invalid { problem: Problem::LastOwner, .. })),
            "{refused:?}"
        );
        let eva = house.person(EVA).await;
        house.actions.set_role(&wang, group, eva.person_id, Role::Owner).await.unwrap();
        house.actions.set_role(&wang, group, eva.person_id, Role::Member).await.unwrap();
        server.remove(EVA_UID);
        read_again(&house, &admin, 3).await;
        assert_eq!(owners(&house, group).await, ["Anna Berg", "王小明"], "it has an owner");
        let refused = house.actions.set_role(&wang, group, eva.person_id, Role::Owner).await;
        let departed =
            matches!(&refused, Err(ActionError::Invalid { problem: Problem::Departed { .. }, .. }));
        assert!(departed, "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_group_that_everybody_left_but_guests_is_owned_by_who_comes_back_first() {
    let Some(server) = LdapServer::start(&company()).await else { return };
    let (house, admin) = company_house(House::with(wanted()).await, &server).await;
    let (_, group) = house.group("Budget", &[STRANGER, WANG]).await;
    server.remove("anna");
    server.remove("wang");
    read_again(&house, &admin, 2).await;
    assert_eq!(owners(&house, group).await, ["Anna Berg"], "no guest");
    server.add(&person("wang", "王小明", &[("mail", WANG)]));
    read_again(&house, &admin, 3).await;
    assert_eq!(owners(&house, group).await, ["Anna Berg", "王小明"]);
}

#[tokio::test]
async fn a_draft_whose_owner_has_left_becomes_the_group_of_whoever_confirms_it() {
    let Some(server) = LdapServer::start(&company()).await else { return };
    let (house, admin) = company_house(House::with(wanted()).await, &server).await;
    let draft = annas_draft(&house).await;
    server.remove("anna");
    read_again(&house, &admin, 2).await;
    let wang = house.person(WANG).await;
    let group = house.actions.confirm_draft(house.editor(&wang), draft).await.unwrap();
    let members = house.actions.get_group(&wang, group).await.unwrap().members;
    let mut roles: Vec<_> =
        members.iter().map(|one| (one.person.full_name.as_str(), one.member.role)).collect();
    roles.sort_by_key(|(name, _)| *name);
    assert_eq!(roles, [("Eva Lind", Role::Member), ("王小明", Role::Owner)]);
}

#[tokio::test]
async fn the_draft_of_a_thread_names_who_has_left_and_the_group_is_made_without_them() {
    let Some(server) = LdapServer::start(&company()).await else { return };
    let (house, admin) = company_house(House::with(wanted()).await, &server).await;
    server.remove(EVA_UID);
    read_again(&house, &admin, 2).await;
    let draft = annas_draft(&house).await;
    let page = Browser::of(&house, ANNA).await.page(&format!("/drafts/{draft}")).await;
    for said in ["Eva Lind", "One of them has left the organisation", "will be left out"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let anna = house.person(ANNA).await;
    let group = house.actions.confirm_draft(house.editor(&anna), draft).await.unwrap();
    let members = house.actions.get_group(&anna, group).await.unwrap().members;
    let names: Vec<&str> = members.iter().map(|one| one.person.full_name.as_str()).collect();
    assert_eq!(names, ["Anna Berg", "王小明"]);
}
