//! 50,000 people of a real LDAP server: read the first time, read again whole, and 50 changes; then finding people while typing,
//! among all of them. The bare way: the server's entries are only fetched.
//!
//! `MAILMOOT_BENCH_PEOPLE` makes it less.

use std::fmt::Write;
use std::time::{Duration, Instant};

use mailmoot::actions::directory::Directories;
use mailmoot::domain::directory_sync::SyncOutcome;
use mailmoot::domain::ldap::AttributeNames;
use mailmoot::domain::person::Viewer;
use mailmoot::store::Place;
use mailmoot::transport::account::Security;
use mailmoot::transport::ldap::LdapSession;

use super::house::House;
use super::ldap_server::{LdapServer, person};
use super::{databases, spread};

const PEOPLE: usize = 50_000;
const CHANGES: usize = 50;
const TIMES: usize = 300;
const GIVEN: [&str; 8] = ["Anna", "Wei", "David", "Zoë", "Kenji", "Maria", "Olu", "Erik"];
const FAMILY: [&str; 9] =
    ["Berg", "Okafor", "Lindqvist", "Sato", "Müller", "Fernández", "Chen", "Novak", "Haddad"];
/// As somebody types: a beginning, more of it, two words, a department, an address, and what nobody has.
const TYPED: [&str; 10] =
    ["a", "an", "anna", "anna b", "berg 4", "sato kenji", "dept 17", "p4711@", "müll", "nobody at all"];

pub async fn measure() {
    let people = std::env::var("MAILMOOT_BENCH_PEOPLE").map_or(PEOPLE, |n| n.parse().unwrap());
    let ldif: String = (0..people).map(one).collect();
    let Some(server) = LdapServer::start(&ldif).await else { return };
    databases::at_each_place(async |place| measure_on(&server, place, people).await).await;
}

fn one(n: usize) -> String {
    let name = format!("{} {} {n}", GIVEN[n % GIVEN.len()], FAMILY[n / 7 % FAMILY.len()]);
    let (mail, dept) = (format!("p{n}@corp.example"), format!("Dept {}", n % 40));
    let phone = format!("+1 555 {n:07}");
    person(
        &format!("p{n}"),
        &name,
        &[("mail", &mail), ("ou", &dept), ("telephoneNumber", &phone), ("title", "Officer")],
    )
}

async fn measure_on(server: &LdapServer, place: Place, people: usize) {
    let name = if matches!(place, Place::Sqlite(_)) { "SQLite" } else { "PostgreSQL" };
    let mut house = House::on(place, tempfile::tempdir().unwrap(), 1).await;
    house.actions.directories = Directories::new(vec![server.source("staff")]);
    let (viewer, _) = house.sign_in(0).await;
    let bare = fetch(server).await;
    let first = sync(&house).await;
    println!(
        "directory {name}: {people} people of an LDAP server, the first time {first:.1?}; only fetched {bare:.1?}"
    );
    let mut changes = String::new();
    for n in 0..CHANGES {
        let uid = n * (people / CHANGES);
        write!(
            changes,
            "dn: uid=p{uid},ou=people,dc=corp,dc=example\nchangetype: modify\nreplace: title\ntitle: Head {}\n\n",
            std::process::id()
        )
        .unwrap();
    }
    server.change(&changes);
    let changed = sync(&house).await;
    println!("directory {name}: {CHANGES} changes {changed:.1?}");
    find(&house, &viewer, name).await;
}

async fn fetch(server: &LdapServer) -> Duration {
    let account = server.account(Security::StartTls);
    let begun = Instant::now();
    let mut session = LdapSession::open(&account.server).await.unwrap();
    session.bind().await.unwrap();
    let wanted = AttributeNames::default().wanted();
    session.search((&account.base, &account.filter), &wanted, &mut |_| {}).await.unwrap();
    begun.elapsed()
}

async fn sync(house: &House) -> Duration {
    let begun = Instant::now();
    house.actions.sync_directory("staff").await.unwrap();
    let took = begun.elapsed();
    let admin = house.admin().await;
    let seen = house.actions.list_directories(&admin).await.unwrap();
    let SyncOutcome::Done(_) = &seen[0].syncs[0].outcome else { panic!("{:?}", seen[0].syncs[0]) };
    took
}

/// What the field offers.
async fn find(house: &House, viewer: &Viewer, name: &str) {
    let (mut all, mut slowest) = (Vec::new(), (Duration::ZERO, ""));
    for n in 0..TIMES {
        let typed = TYPED[n % TYPED.len()];
        let begun = Instant::now();
        house.actions.search_people(viewer, typed, 8).await.unwrap();
        let took = begun.elapsed();
        if took > slowest.0 {
            slowest = (took, typed);
        }
        all.push(took);
    }
    println!("directory {name}: finding people while typing {}; slowest “{}”", spread(all), slowest.1);
}
