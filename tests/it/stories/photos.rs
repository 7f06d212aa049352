//! What people look like: from the organisation's directories, shown to those who know them, and gone with them.

use std::io::{Cursor, Read};
use std::time::Duration;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mailmoot::actions::ActionError;
use mailmoot::actions::directory::Source;
use mailmoot::domain::audit::Doer;
use mailmoot::domain::directory_sync::{SyncOutcome, SyncReport, Why};
use mailmoot::domain::erasure::Erasure;
use mailmoot::domain::language::Language;
use mailmoot::domain::person::Viewer;
use reqwest::StatusCode;

use crate::support::browser::Browser;
use crate::support::dav_server::{DavServer, card};
use crate::support::house::{ADMIN, ANNA, DAVID, House, STRANGER, WANG, Wanted, eventually, on_both};
use crate::support::ldap_server::{LdapServer, base64, person};

/// A picture of one colour.
fn picture(colour: [u8; 3]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(48, 64, Rgb(colour)));
    picture.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

const RED: [u8; 3] = [200, 20, 20];
const GREEN: [u8; 3] = [20, 160, 20];

/// Somebody in the LDAP server with a picture.
fn pictured(uid: &str, name: &str, address: &str, photo: &[u8]) -> String {
    let entry = person(uid, name, &[("mail", address)]);
    format!("{}\njpegPhoto:: {}\n\n", entry.trim_end(), base64(photo))
}

fn house_of(sources: Vec<Source>) -> Wanted {
    Wanted { directories: sources, people: Vec::new(), ..Wanted::standing() }
}

/// What came of the last time a source was read, when it was read `count` times.
async fn read(house: &House, admin: &Viewer, (source, count): (&str, usize)) -> SyncReport {
    let outcome = eventually(async || {
        let seen = house.actions.list_directories(admin).await.unwrap();
        let one = seen.into_iter().find(|one| one.name == source).unwrap();
        (one.syncs.len() >= count && !one.is_running).then(|| one.syncs[0].outcome.clone())
    })
    .await;
    match outcome {
        SyncOutcome::Done(report) => report,
        SyncOutcome::Stopped(trouble) => panic!("{trouble:?}"),
    }
}

/// The colour in the middle of somebody's picture.
async fn colour(house: &House, viewer: &Viewer, of: &Viewer) -> Option<[u8; 3]> {
    let (_, bytes) = match house.actions.get_photo(viewer, of.person_id).await {
        Ok(found) => found,
        Err(ActionError::NotFound) => return None,
        Err(error) => panic!("{error}"),
    };
    let shown = image::load_from_memory(&bytes).unwrap().to_rgb8();
    assert_eq!((shown.width(), shown.height()), (112, 112));
    Some(shown.get_pixel(56, 56).0)
}

fn is_like(colour: Option<[u8; 3]>, wanted: [u8; 3]) -> bool {
    colour.is_some_and(|found| found.iter().zip(wanted).all(|(one, other)| one.abs_diff(other) < 12))
}

#[tokio::test]
async fn pictures_come_from_ldap_and_carddav_and_are_seen_by_those_who_know_the_person() {
    let (Some(_), Some(_)) = (LdapServer::start("").await, DavServer::start().await) else { return };
    on_both(
        || house_of(vec![]),
        async |house| {
            let people = pictured("anna", "Anna Berg", ANNA, &picture(RED))
                + &person("wang", "王小明", &[("mail", WANG)])
                + &person("david", "David Okafor", &[("mail", DAVID)]);
            let ldap = LdapServer::start(&people).await.unwrap();
            let dav = DavServer::start().await.unwrap();
            let green = format!("PHOTO;ENCODING=b;TYPE=PNG:{}\r\n", base64(&picture(GREEN)));
            dav.put("anna", &card("Anna Berg", ANNA, &green)).await;
            dav.put("wang", &card("王小明", WANG, &green)).await;
            dav.put("david", &card("David", DAVID, "PHOTO;VALUE=uri:http://127.0.0.1:9/d.png\r\n")).await;
            let house = house.reading(vec![ldap.source("staff"), dav.source("phones")]).await;
            let admin = house.admin().await;
            read(&house, &admin, ("staff", 1)).await;
            let phones = read(&house, &admin, ("phones", 1)).await;
            assert!(
                phones
                    .refused
                    .iter()
                    .any(|one| matches!(&one.why, Why::PhotosElsewhere { value } if value == "1")),
                "{phones:?}"
            );

            // The first source that has one is believed; an address is not followed.
            let (anna, wang, david) =
                (house.person(ANNA).await, house.person(WANG).await, house.person(DAVID).await);
            assert!(is_like(colour(&house, &wang, &anna).await, RED));
            assert!(is_like(colour(&house, &anna, &wang).await, GREEN));
            assert_eq!(colour(&house, &anna, &david).await, None);

            // They are where their letters were: the list of members, the messages, the field of people.
            let (_, group) = house.group("Budget", &[WANG, DAVID]).await;
            let browser = Browser::of(&house, WANG).await;
            let page = browser.page(&format!("/groups/{group}")).await;
            let start = format!("<img src=\"/people/{}/photo/", anna.person_id);
            assert!(page.matches(&start).count() >= 2, "{page}");
            assert!(browser.page("/people?q=Anna").await.contains(&start));
            let url = page.split(&start).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
            let path = format!("/people/{}/photo/{url}", anna.person_id);
            let answer = browser.get(&path).await;
            let head = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!((answer.status(), head("content-type").as_str()), (StatusCode::OK, "image/jpeg"));
            assert!(head("cache-control").starts_with("private"), "{}", head("cache-control"));
            let known = browser.request("GET", &path).header("if-none-match", head("etag"));
            assert_eq!(known.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);

            // A guest sees those they are in a group with, and nobody else.
            house.group("Offer", &[STRANGER]).await;
            let kenji = house.person(STRANGER).await;
            assert!(is_like(colour(&house, &kenji, &anna).await, RED));
            assert_eq!(colour(&house, &kenji, &wang).await, None);
            let nobody = Browser::new(&house);
            assert_eq!(nobody.get(&path).await.status(), StatusCode::SEE_OTHER);

            // Taken out of the one directory, the other one's is shown.
            house.later(Duration::from_secs(60));
            ldap.change("dn: uid=anna,ou=people,dc=corp,dc=example\nchangetype: modify\ndelete: jpegPhoto\n");
            house.actions.sync_directory("staff").await.unwrap();
            let changed = read(&house, &admin, ("staff", 2)).await;
            assert_eq!((changed.full, changed.changed.count), (false, 1), "{changed:?}");
            assert!(is_like(colour(&house, &wang, &anna).await, GREEN));
        },
    )
    .await;
}

#[tokio::test]
async fn huge_pictures_and_hostile_bytes_stop_nobody_and_are_told() {
    // Ten megabytes of which the first few are a picture; a bomb; a script.
    let mut huge = picture(RED);
    huge.resize(10_000_000, 0);
    let mut bomb = picture(GREEN);
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
    let many: Vec<String> = (0..20).map(|n| format!("many{n}@corp.example")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|address| ("mail", address.as_str())).collect();
    let people = pictured("anna", "Anna Berg", ANNA, &huge)
        + &pictured("wang", "王小明", WANG, &bomb)
        + &pictured("david", "David Okafor", DAVID, b"<svg onload='alert(1)'/>")
        + &person("many", "Many Addresses", &many)
        + &person("none", "Nobody", &[]);
    let large: String = (0..12)
        .map(|n| pictured(&format!("l{n}"), &format!("Large {n}"), &format!("l{n}@corp.example"), &huge))
        .collect();
    let Some(server) = LdapServer::start(&(people + &large)).await else { return };
    let house = House::with(house_of(vec![server.source("staff")])).await;
    let admin = house.admin().await;
    let first = read(&house, &admin, ("staff", 1)).await;
    assert_eq!((first.full, first.found, first.added.count), (true, 16, 16), "{first:?}");
    let mut told: Vec<(&str, &Why)> = first.refused.iter().map(|one| (one.who.as_str(), &one.why)).collect();
    told.sort_by_key(|(who, _)| *who);
    assert_eq!(
        told,
        [("David Okafor", &Why::BadPhoto), ("Nobody", &Why::NoAddress), ("王小明", &Why::BadPhoto)]
    );
    let (anna, wang) = (house.person(ANNA).await, house.person(WANG).await);
    assert!(is_like(colour(&house, &wang, &anna).await, RED));
    assert_eq!(colour(&house, &anna, &wang).await, None);
    let large = house.actions.search_people(&anna, "Large 7", 5).await.unwrap();
    assert!(large[0].photo.is_some(), "the same picture, kept once");
    let page = Browser::of(&house, ADMIN).await.page("/admin/directory").await;
    assert!(page.contains("the picture cannot be shown"), "{page}");
}

#[tokio::test]
async fn a_picture_of_a_file_is_theirs_goes_into_their_data_and_is_gone_when_they_are() {
    on_both(Wanted::default, async |house| {
        let admin = house.admin().await;
        let photo = format!("PHOTO;ENCODING=b;TYPE=PNG:{}\r\n", base64(&picture(RED)));
        let bad = format!("PHOTO;ENCODING=b;TYPE=PNG:{}\r\n", base64(b"no picture"));
        let file =
            card("Anna Berg", ANNA, &photo) + &card("王小明", WANG, &photo) + &card("David", DAVID, &bad);
        let seen = house.actions.look_at_import(&admin, file.into_bytes()).await.unwrap().unwrap();
        let told: Vec<&str> = seen.problems.iter().map(|problem| problem.who.as_str()).collect();
        assert_eq!((seen.people, told), (3, vec!["David"]));
        house.actions.take_import(&admin, seen.id).await.unwrap();
        let (anna, wang) = (house.person(ANNA).await, house.person(WANG).await);
        assert!(is_like(colour(&house, &anna, &wang).await, RED));
        // A file without pictures takes none away.
        let plain = card("Anna B. Berg", ANNA, "").into_bytes();
        let again = house.actions.look_at_import(&admin, plain).await.unwrap().unwrap();
        house.actions.take_import(&admin, again.id).await.unwrap();
        assert!(is_like(colour(&house, &anna, &anna).await, RED));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.zip");
        let file = std::fs::File::create_new(&path).unwrap();
        house.actions.export_person(&ANNA.parse().unwrap(), (Language::English, file)).await.unwrap();
        let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        let mut bytes = Vec::new();
        zip.by_name("photo.jpg").unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, house.actions.get_photo(&anna, anna.person_id).await.unwrap().1);

        // Erased, it is theirs no longer; and nobody's when the last one has gone who had it.
        for one in [&anna, &wang] {
            let erasure = Erasure { person: one.person_id, texts: false };
            house.actions.erase(Doer::at_the_machine(), erasure).await.unwrap();
            assert_eq!(colour(&house, &admin, one).await, None);
            let other = colour(&house, &admin, &wang).await;
            assert_eq!(is_like(other, RED), one.person_id == anna.person_id);
        }
    })
    .await;
}
