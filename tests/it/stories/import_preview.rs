//! An admin looks at a file of people before taking it, and reads what would become of each of them.

use mailmoot::actions::imports::Imported;
use mailmoot::domain::directory_sync::SyncOutcome;
use mailmoot::domain::person::{Entry, Person};

use crate::support::browser::Browser;
use crate::support::house::{
    ADMIN, ANNA, DAVID, GATEWAY, House, STRANGER, WANG, Wanted, eventually, on_both,
};
use crate::support::ldap_server::{LdapServer, person};

/// Of whom the address book says no more than this.
fn bare(name: &str, address: &str) -> Entry {
    let addresses = vec![address.parse().unwrap()];
    Entry { full_name: name.to_owned(), addresses, ..Entry::default() }
}

fn house_of() -> Wanted {
    let people = vec![bare("Anna Berg", ANNA), bare("王小明", WANG), bare("David Okafor", DAVID)];
    Wanted { people, ..Wanted::standing() }
}

/// What the page says of a file, without its tags.
async fn looked_at(house: &House, csv: &str) -> (String, String) {
    let browser = Browser::of(house, ADMIN).await;
    let part = reqwest::multipart::Part::text(csv.to_owned()).file_name("people.csv");
    let form = reqwest::multipart::Form::new().part("file", part);
    let request = browser.request("POST", "/admin/directory/import").multipart(form);
    let page = request.header("sec-fetch-site", "same-origin").send().await.unwrap().text().await.unwrap();
    let at = page
        .find("/admin/directory/import/")
        .map(|at| page[at..].chars().take_while(|c| *c != '"').collect());
    (words_of(&page), at.unwrap_or_default())
}

fn words_of(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                words.push(' ');
            }
            c if !inside => words.push(c),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn found(house: &House, query: &str) -> Person {
    let anna = house.person(ANNA).await;
    house.actions.search_people(&anna, query, 5).await.unwrap().remove(0)
}

#[tokio::test]
async fn the_admin_reads_of_each_person_what_would_be_different() {
    on_both(house_of, async |house| {
        house.admin().await;
        let before = Entry {
            phones: vec!["+46 1".to_owned(), "+46 2".to_owned()],
            department: "Finance".to_owned(),
            ..bare("Anna Berg", ANNA)
        };
        house.actions.import_people(vec![before]).await.unwrap();
        house.group("Plan", &[STRANGER]).await;
        let csv = format!(
            "name,email,email2,phone,phone2,department,title\n\
             Anna Berg-Lund,{ANNA},a.berg@corp.example,+46 2,+46 3,Finance,Head\n\
             王小明,{WANG},,,,,\n\
             Kenji Sato,{STRANGER},,,,,\n\
             Nora New,nora@corp.example,,+46 9,,Sales,\n"
        );
        let (words, take) = looked_at(&house, &csv).await;
        for said in [
            "The file has 4 people",
            "Added (1) Nora New nora@corp.example · +46 9 · Sales",
            "Changed (2)",
            "What Now Afterwards Anna Berg anna.berg@corp.example Name Now: Anna Berg Afterwards: Anna Berg-Lund",
            "Position Now: nothing Afterwards: Head",
            "Now: anna.berg@corp.example Afterwards: anna.berg@corp.example, a.berg@corp.example (new)",
            "Phones Now: +46 1 (goes), +46 2 Afterwards: +46 2, +46 3 (new)",
            "Known from Now: mails Afterwards: the address book: belongs to the organisation from then on",
            "Unchanged: 1",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
        assert!(!words.contains("Department Finance"), "what stays is not told: {words}");
        assert_eq!(found(&house, "Anna").await.phones, ["+46 1", "+46 2"], "nothing has happened yet");

        // What was said is what is done, and then the same file changes nothing.
        let browser = Browser::of(&house, ADMIN).await;
        let done = browser.post(&take, &[]).await.text().await.unwrap();
        assert!(done.contains("1 added, 2 updated, 1 unchanged"), "{done}");
        let anna = found(&house, "Berg-Lund").await;
        assert_eq!((anna.phones, anna.addresses.len()), (vec!["+46 2".to_owned(), "+46 3".to_owned()], 2));
        let (words, _) = looked_at(&house, &csv).await;
        assert!(words.contains("Unchanged: 4") && !words.contains("Changed ("), "{words}");
    })
    .await;
}

#[tokio::test]
async fn two_lines_of_one_person_and_an_address_of_two_are_told_and_nobody_is_counted_twice() {
    on_both(house_of, async |house| {
        house.admin().await;
        let csv = format!(
            "name,email,email2,phone\nNora New,nora@corp.example,,+46 1\nNora N. New,Nora@corp.example,desk@corp.example,\n\
             Odd Ek,odd@corp.example,desk@corp.example,\nOdd Ek,odd@corp.example,desk@corp.example,\nAnna Berg,{ANNA},{DAVID},\n"
        );
        let (words, take) = looked_at(&house, &csv).await;
        for said in [
            "Line 3 (Nora N. New): is the same person as in line 2",
            "Line 4 (Odd Ek): the address desk@corp.example stands in line 3 already",
            "Added (2) Nora N. New Nora@corp.example · desk@corp.example Odd Ek odd@corp.example",
            // David has it, here, though the file says nothing of him.
            "Left out Anna Berg : the address david.okafor@corp.example is somebody else",
            "Unchanged: 1",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
        let done = Browser::of(&house, ADMIN).await.post(&take, &[]).await.text().await.unwrap();
        assert!(done.contains("2 added, 0 updated, 1 unchanged"), "{done}");
        assert_eq!(found(&house, "David").await.full_name, "David Okafor");
    })
    .await;
}

#[tokio::test]
async fn what_a_directory_says_is_not_shown_as_lost_since_it_is_not() {
    let company =
        person("anna", "Anna Berg", &[("mail", ANNA), ("title", "Controller"), ("telephoneNumber", "+46 1")])
            + &person("wang", "王小明", &[("mail", WANG)]);
    let Some(server) = LdapServer::start(&company).await else { return };
    let sources = vec![server.source("staff")];
    let house = House::with(Wanted { directories: sources, people: Vec::new(), ..Wanted::standing() }).await;
    let admin = house.admin().await;
    eventually(async || {
        let seen = house.actions.list_directories(&admin).await.unwrap();
        seen[0].syncs.first().map(|sync| assert!(matches!(sync.outcome, SyncOutcome::Done(_))))
    })
    .await;
    // Anna gets a department and a phone more; of Wang the file says nothing but another name.
    let csv = format!("name,mail,phone,department\nA. Berg,{ANNA},+46 2,Finance\nWang X.,{WANG},,\n");
    let (words, take) = looked_at(&house, &csv).await;
    for said in [
        "Changed (1) What Now Afterwards Anna Berg anna.berg@corp.example \
         Name Now: Anna Berg Afterwards: stays: the file says “A. Berg”, but a directory counts first \
         Department Now: nothing Afterwards: Finance Phones Now: +46 1 Afterwards: +46 1, +46 2 (new)",
        "Stay as they are, although the file says something else (1)",
        "王小明 wang.xiaoming@corp.example Name Now: 王小明 Afterwards: stays: the file says “Wang X.”",
        "Unchanged: 0",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!words.contains("(goes)") && !words.contains("Controller"), "{words}");
    Browser::of(&house, ADMIN).await.post(&take, &[]).await;
    let anna = found(&house, "Berg").await;
    assert_eq!((anna.full_name.as_str(), anna.department.as_str()), ("Anna Berg", "Finance"));
    assert_eq!((anna.phones.len(), anna.position.as_str()), (2, "Controller"));
    // Kept as a word of the file, it counts as said.
    let unchanged = Imported { unchanged: 1, ..Imported::default() };
    assert_eq!(house.actions.preview_import(vec![bare("Wang X.", WANG)]).await.unwrap().counts(), unchanged);
}

#[tokio::test]
async fn a_thousand_changes_are_counted_and_the_first_ones_shown() {
    let house = House::with(Wanted::standing()).await;
    house.admin().await;
    let line = |n: usize, name: &str| format!("{name} {n},p{n}@corp.example\n");
    let file =
        |name: &str| (0..1_000).map(|n| line(n, name)).fold("name,mail\n".to_owned(), |all, one| all + &one);
    let (words, take) = looked_at(&house, &file("Person")).await;
    assert!(words.contains("Added (1000)") && words.contains("and 950 more"), "{words}");
    Browser::of(&house, ADMIN).await.post(&take, &[]).await;
    let (words, _) = looked_at(&house, &file("Other")).await;
    assert!(words.contains("Changed (1000)") && words.contains("and 950 more"), "{words}");
    assert_eq!(words.matches(" Other ").count(), 50, "{words}");
}

#[tokio::test]
async fn our_own_mailbox_in_a_file_is_nobody() {
    on_both(house_of, async |house| {
        house.admin().await;
        let csv = format!(
            "name,email,email2\nMail Robot,{GATEWAY},\nNora New,nora@corp.example,moot+r.x@corp.example\n"
        );
        let (words, take) = looked_at(&house, &csv).await;
        for said in [
            "Added (1) Nora New nora@corp.example",
            "Mail Robot : moot@corp.example is mailmoot’s own address, and nobody’s.",
            "Nora New : moot+r.x@corp.example is mailmoot’s own address",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
        let done = Browser::of(&house, ADMIN).await.post(&take, &[]).await.text().await.unwrap();
        assert!(done.contains("1 added, 0 updated, 0 unchanged"), "{done}");
        let anna = house.person(ANNA).await;
        assert!(house.actions.search_people(&anna, "robot", 5).await.unwrap().is_empty());
        assert_eq!(found(&house, "Nora").await.addresses.len(), 1);
    })
    .await;
}
