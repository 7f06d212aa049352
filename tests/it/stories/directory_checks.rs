//! What the doctor says of a directory: that all is well, and what is wrong when it is really broken.

use mailmoot::actions::directory::check::check_source;
use mailmoot::actions::directory::{Source, Way};
use mailmoot::domain::language::Language;
use mailmoot::texts::Texts;
use mailmoot::transport::account::Security;
use mailmoot::transport::check::{CheckStep, Outcome};
use mailmoot::transport::ldap::LdapAccount;

use crate::support::dav_server::{DavServer, card};
use crate::support::ldap_server::{LdapServer, person, source};
use crate::support::peers::forget_password;

async fn check(source: &Source) -> Vec<CheckStep> {
    check_source(source, Texts::of(Language::English), &mut |_| {}).await
}

/// The step that failed: what was seen, and the advice. All before it went well.
async fn failure(source: &Source) -> (String, String, String) {
    let mut steps = check(source).await;
    let last = steps.pop().unwrap();
    assert_eq!(last.outcome, Outcome::Failed, "{last:?}");
    assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:?}");
    (last.what, last.seen, last.advice)
}

fn anna() -> String {
    let more = [
        ("mail", "anna.berg@corp.example"),
        ("telephoneNumber", "+46 8 555 01 10"),
        ("ou", "Finance"),
        ("title", "Controller"),
    ];
    person("anna", "Anna Berg", &more) + &person("printer", "Printer", &[])
}

fn changed(server: &LdapServer, change: impl Fn(&mut LdapAccount)) -> Source {
    let mut account = server.account(Security::StartTls);
    change(&mut account);
    source("staff", account)
}

#[tokio::test]
async fn an_ldap_server_that_works_shows_one_person_as_mailmoot_understands_them() {
    let Some(server) = LdapServer::start(&anna()).await else { return };
    for security in [Security::StartTls, Security::Tls] {
        let steps = check(&source("staff", server.account(security))).await;
        assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:?}");
        assert_eq!(steps.len(), 6);
        assert_eq!(steps[4].seen, "2 entries, 1 of them without a mail address");
        let sample = "Name: Anna Berg (cn) · Mail addresses: anna.berg@corp.example (mail) · \
            Phones: +46 8 555 01 10 (telephoneNumber) · Department: Finance (ou) · Position: Controller (title)";
        assert_eq!(steps[5].seen, sample);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_ldap_server_is_told_with_advice() {
    let Some(server) = LdapServer::start(&anna()).await else { return };
    let (what, seen, advice) = failure(&changed(&server, |account| {
        forget_password(&mut account.server);
    }))
    .await;
    assert!(what.ends_with("sign in as cn=mailmoot,dc=corp,dc=example"), "{what}");
    assert!(
        seen.contains("invalidCredentials") && advice.contains("directory.staff.password"),
        "{seen} {advice}"
    );

    let (what, seen, advice) =
        failure(&changed(&server, |account| "ou=persons,dc=corp,dc=example".clone_into(&mut account.base)))
            .await;
    assert!(what.contains("ou=persons"), "{what}");
    assert!(seen.contains("noSuchObject") && seen.contains("[dc=corp,dc=example]"), "{seen}");
    assert!(advice.contains("directory.staff.base"), "{advice}");

    let (_, seen, advice) =
        failure(&changed(&server, |account| "(&(mail=*)".clone_into(&mut account.filter))).await;
    assert!(seen.contains("no LDAP filter") && advice.contains("parentheses"), "{seen} {advice}");

    let (_, seen, _) =
        failure(&changed(&server, |account| "(mail=nobody@*)".clone_into(&mut account.filter))).await;
    assert_eq!(seen, "nobody has a mail address");

    let (_, seen, advice) = failure(&changed(&server, |account| account.server.ca_file = None)).await;
    assert!(
        seen.contains("cannot be trusted") && advice.contains("directory.staff.ca_file"),
        "{seen} {advice}"
    );

    let (_, seen, _) = failure(&changed(&server, |account| account.server.login = None)).await;
    assert!(seen.contains("the server says"), "nobody reads without a login: {seen}");

    let (_, seen, advice) = failure(&changed(&server, |account| account.server.port = 1)).await;
    assert!(seen.contains("nobody answers") && advice.contains("636"), "{seen} {advice}");

    let (_, seen, _) =
        failure(&changed(&server, |account| "nowhere.invalid".clone_into(&mut account.server.host))).await;
    assert!(seen.contains("no server has this name"), "{seen}");
}

#[tokio::test]
async fn another_server_is_named_and_not_asked() {
    let elsewhere = "dn: ou=elsewhere,dc=corp,dc=example\nobjectClass: referral\nobjectClass: extensibleObject\n\
        ou: elsewhere\nref: ldap://ldap.elsewhere.test/ou=people,dc=elsewhere\n\n";
    let Some(server) = LdapServer::start(&(anna() + elsewhere)).await else { return };
    let base = |base: &'static str| changed(&server, move |account| base.clone_into(&mut account.base));
    let (_, seen, advice) = failure(&base("ou=elsewhere,dc=corp,dc=example")).await;
    assert!(
        seen.contains("ldap.elsewhere.test") && advice.contains("directory.staff.host"),
        "{seen} {advice}"
    );
    // One on the way stops nothing.
    let steps = check(&base("dc=corp,dc=example")).await;
    assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:?}");
}

#[tokio::test]
async fn certificates_that_ran_out_or_are_somebody_elses_are_refused() {
    for (certificate, words) in [("expired", "xpired"), ("elsewhere", "not valid for name")] {
        let settings = [("MAILMOOT_LDAP_CERT", certificate)];
        let Some(server) = LdapServer::start_with(&anna(), &settings).await else { return };
        for security in [Security::StartTls, Security::Tls] {
            let (what, seen, _) = failure(&source("staff", server.account(security))).await;
            assert!(what.contains("agree on the protection"), "{what}");
            assert!(seen.contains("cannot be trusted") && seen.contains(words), "{certificate}: {seen}");
        }
    }
}

#[tokio::test]
async fn attributes_that_are_not_there_are_named() {
    let Some(server) = LdapServer::start(&person("bo", "Bo Ek", &[("mail", "bo@corp.example")])).await else {
        return;
    };
    let steps = check(&server.source("staff")).await;
    let last = steps.last().unwrap();
    assert_eq!(last.outcome, Outcome::Warning);
    assert!(last.advice.starts_with("Not found: Phones (telephoneNumber, mobile)"), "{}", last.advice);
}

#[tokio::test]
async fn a_limit_of_the_server_is_told_as_such_and_a_page_is_not_the_end() {
    let many: String = (0..700)
        .map(|n| person(&format!("p{n}"), &format!("Person {n}"), &[("mail", &format!("p{n}@corp.example"))]))
        .collect();
    let Some(server) = LdapServer::start(&many).await else { return };
    let steps = check(&server.source("staff")).await;
    assert_eq!(steps[4].seen, "700 entries, 0 of them without a mail address", "more than one page of 500");
    let limited = LdapServer::start_with(&many, &[("MAILMOOT_LDAP_LIMIT", "600")]).await.unwrap();
    let (_, seen, advice) = failure(&limited.source("staff")).await;
    assert!(seen.contains("imitExceeded"), "{seen}");
    assert!(advice.contains("size.prtotal"), "{advice}");
}

#[tokio::test]
async fn an_address_book_that_works_shows_one_card_and_one_that_does_not_says_why() {
    let Some(server) = DavServer::start().await else { return };
    server.put("anna", &card("Anna Berg", "anna.berg@corp.example", "ORG:Corp;Finance\r\n")).await;
    let steps = check(&server.source("cards")).await;
    assert!(steps.iter().all(|step| step.outcome == Outcome::Ok), "{steps:?}");
    assert_eq!(steps.last().unwrap().seen, "Anna Berg · anna.berg@corp.example · Finance");

    let with = |change: &dyn Fn(&mut mailmoot::transport::carddav::DavAccount)| {
        let mut account = server.account();
        change(&mut account);
        Source { way: Way::Carddav(account), ..server.source("cards") }
    };
    let wrong = with(&|account| {
        forget_password(&mut account.server);
    });
    let (_, seen, advice) = failure(&wrong).await;
    assert!(seen.contains("401") && advice.contains("directory.cards.password"), "{seen} {advice}");
    let nowhere = with(&|account| "/mailmoot/nobody/".clone_into(&mut account.path));
    let (_, seen, advice) = failure(&nowhere).await;
    assert!(seen.contains("404") && advice.contains("directory.cards.url"), "{seen} {advice}");
}
