//! All that is known of a person, as a file: for themself, and for an admin who has to answer them.

use std::io::{Cursor, Read};
use std::time::Duration;

use mailmoot::actions::ActionError;
use mailmoot::actions::exports::KEPT;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::audit::Deed;
use mailmoot::domain::dossier::Dossier;
use mailmoot::domain::export::ExportState;
use mailmoot::domain::ids::{ExportId, PersonId};
use mailmoot::domain::language::Language;
use mailmoot::domain::person::Viewer;
use reqwest::StatusCode;
use serde_json::Value;
use zip::ZipArchive;

use crate::support::browser::Browser;
use crate::support::files::bring;
use crate::support::house::{ADMIN, ANNA, DAVID, House, WANG, Wanted, eventually, mail, on_both};

async fn ended(house: &House, who: &Viewer, person: PersonId) -> Dossier {
    eventually(async || {
        let dossiers = house.actions.list_dossiers(who, person).await.unwrap();
        dossiers.into_iter().next().filter(|dossier| !dossier.state.is_open())
    })
    .await
}

async fn fetched(browser: &Browser, id: ExportId) -> ZipArchive<Cursor<Vec<u8>>> {
    let answer = browser.get(&format!("/data-exports/{id}/download")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    ZipArchive::new(Cursor::new(answer.bytes().await.unwrap().to_vec())).unwrap()
}

fn text(zip: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Wang writes in the browser, with a file, and by mail; Anna and David write, too.
async fn live_in(house: &House) {
    let (anna, group) = house.group("Umzug 搬迁", &[WANG, DAVID]).await;
    let invitation = house.mail_of(WANG).await;
    let to = invitation.reply_to[0].address.as_str();
    house.deliver(mail(&[("From", WANG), ("To", to), ("Subject", "Re: Umzug")], "I come on Monday.")).await;
    house.messages(&anna, group, 2).await;
    let wang = house.person(WANG).await;
    let file = bring(house, &wang, group, ("plan.txt", b"The plan of Wang")).await.unwrap();
    for (who, words, files) in [
        (&wang, "My own <b>words</b> 危险品", vec![file.id]),
        (&house.person(DAVID).await, "David's private thoughts for @王小明", Vec::new()),
    ] {
        let new = NewMessage { markdown: words.to_owned(), files, ..NewMessage::default() };
        house.actions.post_message(who, group, new).await.unwrap();
    }
    house.quiet().await;
}

#[tokio::test]
async fn somebody_fetches_all_that_is_known_of_them_and_nothing_that_others_wrote() {
    on_both(Wanted::default, async |house| {
        live_in(&house).await;
        let (wang, browser) = (house.person(WANG).await, Browser::of(&house, WANG).await);
        assert!(browser.page("/settings").await.contains("href=\"/settings/data\""));
        assert!(browser.page("/settings/data").await.contains("My data"));
        assert_eq!(browser.post("/settings/data", &[]).await.status(), StatusCode::SEE_OTHER);
        let dossier = ended(&house, &wang, wang.person_id).await;
        assert_eq!(dossier.state, ExportState::Done, "{dossier:?}");
        let page = browser.page("/settings/data").await;
        assert!(page.contains(&format!("/data-exports/{}/download", dossier.id)), "{page}");

        let mut zip = fetched(&browser, dossier.id).await;
        let (json, html) = (text(&mut zip, "data.json"), text(&mut zip, "index.html"));
        let data: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(data["person"][0]["full_name"], "王小明");
        assert_eq!(data["addresses"][0]["address"], WANG);
        assert_eq!(data["memberships"][0]["topic"], "Umzug 搬迁");
        let said: Vec<&str> =
            data["messages"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert_eq!(said, ["I come on Monday.", "My own <b>words</b> 危险品"]);
        assert_eq!(data["mails_in"].as_array().unwrap().len(), 1);
        for some in ["sessions", "mails_out", "mentions", "account"] {
            assert!(!data[some].as_array().unwrap().is_empty(), "{some}: {json}");
        }
        let id = data["files"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(text(&mut zip, &format!("files/{id}/plan.txt")), "The plan of Wang");
        assert!(html.contains("My own &#60;b&#62;words") && !html.contains("<b>words"), "{html}");
        for private in ["private thoughts", "Welcome.", DAVID, ANNA] {
            assert!(!json.contains(private) && !html.contains(private), "{private}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_admin_asks_for_it_and_nobody_else_gets_it() {
    on_both(Wanted::standing, async |house| {
        let (wang, admin) = (house.person(WANG).await, house.admin().await);
        let desk = Browser::of(&house, ADMIN).await;
        let path = format!("/admin/directory/people/{}/data", wang.person_id);
        assert!(desk.page(&path).await.contains("Data protection"));
        assert_eq!(desk.post(&format!("{path}/export"), &[]).await.status(), StatusCode::SEE_OTHER);
        // Pressed twice, it is one.
        desk.post(&format!("{path}/export"), &[]).await;
        let dossier = ended(&house, &admin, wang.person_id).await;
        let mut zip = fetched(&desk, dossier.id).await;
        assert!(text(&mut zip, "index.html").contains("王小明"));

        // Not even the person gets what an admin asked for, nor anybody what is not about them.
        assert!(matches!(house.actions.open_dossier(&wang, dossier.id).await, Err(ActionError::NotFound)));
        let asked = house.actions.ask_dossier(&wang, admin.person_id, Language::English).await;
        assert!(matches!(asked, Err(ActionError::NotFound)));
        let lines = house.actions.list_audit(&admin, None, 10).await.unwrap();
        let deeds: Vec<&Deed> = lines.iter().map(|shown| &shown.line.deed).collect();
        let of = wang.person_id;
        assert!(deeds.contains(&&Deed::PersonExported { of }), "{deeds:?}");
        assert!(deeds.contains(&&Deed::PersonExportDownloaded { of }), "{deeds:?}");

        house.later(KEPT + Duration::from_secs(1));
        house.actions.clear_exports().await.unwrap();
        assert!(matches!(house.actions.open_dossier(&admin, dossier.id).await, Err(ActionError::NotFound)));
        assert!(house.actions.files.list_exports().await.unwrap().is_empty());
    })
    .await;
}
