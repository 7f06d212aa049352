//! An admin changes settings on pages: what they see, what holds at once, what is refused, what two of them do at once, and
//! what can be put back.

use std::path::PathBuf;

use mailmoot::actions::Actions;
use mailmoot::app::{self, App, House};
use mailmoot::clock::Clock;
use mailmoot::config::Origin;
use mailmoot::domain::kept::Kept;
use mailmoot::store::Place;
use reqwest::StatusCode;
use tokio::net::TcpListener;

use crate::support::browser::Browser;
use crate::support::databases::at_each_place;
use crate::support::house::{ADMIN, ANNA};
use crate::support::ldap_server::{LdapServer, person};
use crate::support::name_server::NameServer;

/// mailmoot as `mailmoot serve` runs it.
pub(super) struct Office {
    pub(super) app: App,
    pub(super) actions: Actions,
    url: String,
    folder: PathBuf,
    place: Place,
}

impl Office {
    async fn open(place: &Place, folder: PathBuf) -> Self {
        let text = format!(
            "[mail]\naddress = \"moot@corp.example\"\n[maildir]\npath = \"{0}/inbox\"\n[smtp]\nhost = \"127.0.0.1\"\nport = 1\n\
             security = \"none\"\nuser = \"\"\n[server]\ndata = \"{0}\"\n",
            folder.display()
        );
        let database = match place {
            Place::Sqlite(path) => format!("sqlite:{}", path.display()),
            Place::Postgres(url) => url.clone(),
        };
        let variables =
            [("MAILMOOT_DATABASE_URL", database), ("MAILMOOT_LIMITS_FILE_SIZE", "9 MB".to_owned())];
        let origin = Origin::of(&text, variables.map(|(name, value)| (name.to_owned(), value)));
        let kept = app::kept_before_opening(&origin).await.unwrap();
        let config = origin.config(&kept).unwrap();
        let clock = Clock::system();
        let actions = app::open_actions(&config, clock.clone()).await.unwrap();
        let ways = app::mail_ways(&config, &clock).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = App::start(House { origin, actions: actions.clone(), ways, desk: None }, listener).unwrap();
        Self { app, actions, url, folder, place: place.clone() }
    }

    pub(super) async fn admin(&self, address: &str, name: &str) -> Browser {
        self.actions.make_admin(&address.parse().unwrap(), Some(name)).await.unwrap();
        let browser = Browser::at(&self.url);
        browser.sign_in_by(&self.actions, address).await;
        browser
    }

    async fn restarted(self) -> Self {
        let Self { app, folder, place, .. } = self;
        app.stop().await;
        Self::open(&place, folder).await
    }
}

pub(super) async fn at_each_office(story: impl AsyncFn(Office)) {
    at_each_place(async |place| {
        let folder = tempfile::tempdir().unwrap();
        story(Office::open(&place, folder.path().to_owned()).await).await;
    })
    .await;
}

/// Sends a section's form as the page has it, with some fields typed anew; the answer, after a redirect the page it leads to.
pub(super) async fn save(browser: &Browser, section: &str, typed: &[(&str, &str)]) -> (StatusCode, String) {
    let seen = seen(&browser.page(&format!("/admin/settings/{section}")).await);
    save_having_seen(browser, section, &seen, typed).await
}

fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn save_having_seen(
    browser: &Browser,
    section: &str,
    seen: &str,
    typed: &[(&str, &str)],
) -> (StatusCode, String) {
    let form: Vec<(&str, &str)> = [("seen", seen)].into_iter().chain(typed.iter().copied()).collect();
    let answer = browser.post(&format!("/admin/settings/{section}"), &form).await;
    let status = answer.status();
    if status == StatusCode::SEE_OTHER {
        let to = answer.headers()["location"].to_str().unwrap().to_owned();
        return (status, browser.page(&to).await);
    }
    (status, answer.text().await.unwrap())
}

#[tokio::test]
async fn what_is_saved_holds_at_once_and_after_a_restart_and_can_be_put_back() {
    at_each_office(async |office| {
        let admin = office.admin(ADMIN, "Ada Min").await;
        let overview = admin.page("/admin/settings").await;
        assert!(overview.contains("set by MAILMOOT_LIMITS_FILE_SIZE"), "{overview}");
        assert!(overview.contains("set by mail.address"), "{overview}");
        let form = admin.page("/admin/settings/limits").await;
        assert!(!form.contains("name=\"limits.file_size\"") && form.contains("9 MB"), "{form}");
        let stranger = Browser::at(&office.url);
        assert!(!stranger.page("/sign-in").await.contains("type=\"password\""));

        // Nobody answers there: it is tried before it is saved.
        let typed = [
            ("sign_in.mail_password", "true"),
            ("sign_in.imap_host", "127.0.0.1"),
            ("sign_in.imap_port", "1"),
            ("sign_in.imap_security", "none"),
        ];
        let (status, page) = save(&admin, "sign_in", &typed).await;
        assert!(status != StatusCode::SEE_OTHER && page.contains("Is sign_in.imap_port right?"), "{page}");
        let typed = [
            ("sign_in.mail_password", "true"),
            ("sign_in.imap_host", "mail.corp.example"),
            ("anyway", "yes"),
        ];
        let (status, page) = save(&admin, "sign_in", &typed).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        assert!(page.contains("It holds from now on"), "{page}");
        assert!(stranger.page("/sign-in").await.contains("type=\"password\""), "it holds at once");

        let office = office.restarted().await;
        let admin = office.admin(ADMIN, "Ada Min").await;
        let stranger = Browser::at(&office.url);
        assert!(stranger.page("/sign-in").await.contains("type=\"password\""), "it is kept");

        let history = admin.page("/admin/settings/history").await;
        for words in ["Ada Min", "sign_in.imap_host", "mail.corp.example", "as usual"] {
            assert!(history.contains(words), "{words}: {history}");
        }
        assert!(admin.page("/admin/audit").await.contains("sign_in.mail_password, sign_in.imap_host"));
        let back = admin.post("/admin/settings/history/1", &[]).await;
        assert_eq!(back.status(), StatusCode::SEE_OTHER);
        assert!(!stranger.page("/sign-in").await.contains("type=\"password\""), "it was put back");
        assert_eq!(office.actions.kept_settings().await.unwrap(), (Kept::default(), 2));
        office.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_where_it_was_typed_and_nothing_is_lost() {
    at_each_office(async |office| {
        let admin = office.admin(ADMIN, "Ada Min").await;
        let typed = [("limits.edit_time", "soon"), ("limits.mails_per_hour", "77")];
        let (status, page) = save(&admin, "limits", &typed).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("limits.edit_time is “soon”. Expected: a time with its unit"), "{page}");
        assert!(page.contains("value=\"soon\"") && page.contains("value=\"77\""), "{page}");
        // What belongs together and is torn apart.
        let (status, page) = save(&admin, "mail", &[("mail.replies", "catch_all")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("mail.catch_all_domain is not set"), "{page}");
        // What a form of another page, or a made one, brings beside is not taken.
        let odd = [("limits.edit_time", "1h"), ("database.url", "sqlite:x"), ("limits.file_size", "1 KB")];
        let (status, _) = save(&admin, "limits", &odd).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let kept = office.actions.kept_settings().await.unwrap().0;
        assert_eq!(
            kept.0.into_iter().collect::<Vec<_>>(),
            [("limits.edit_time".to_owned(), "1h".to_owned())]
        );
        for section in ["nothing", "provider.", "provider.Größe", "provider.NAME"] {
            let path = format!("/admin/settings/{section}");
            assert_eq!(admin.get(&path).await.status(), StatusCode::NOT_FOUND, "{section}");
        }
        let answer = admin.post("/admin/settings/new", &[("kind", "provider"), ("name", "Größe")]).await;
        let page = admin.page(answer.headers()["location"].to_str().unwrap()).await;
        assert!(page.contains("30 small letters") && page.contains("value=\"größe\""), "{page}");
        office.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn two_admins_at_one_form_lose_nothing() {
    at_each_office(async |office| {
        let (ada, anna) = (office.admin(ADMIN, "Ada Min").await, office.admin(ANNA, "Anna Berg").await);
        let before = seen(&ada.page("/admin/settings/limits").await);
        let (status, _) = save(&anna, "limits", &[("limits.edit_time", "1h")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let (status, page) = save_having_seen(
            &ada,
            "limits",
            &before,
            &[("limits.edit_time", "2h"), ("limits.mails_per_hour", "9")],
        )
        .await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(
            page.contains("Anna Berg has changed this meanwhile") && page.contains("<bdi>1h</bdi>"),
            "{page}"
        );
        assert!(page.contains("value=\"2h\"") && page.contains("value=\"9\""), "{page}");
        assert_eq!(office.actions.settings.limits.edit_time.as_secs(), 24 * 3600, "an older house");
        // Another part of it is nobody's business.
        let (status, _) = save_having_seen(&ada, "presence", &before, &[("presence.idle", "5m")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        // Seen, and wanted.
        let again = seen(&page);
        let (status, _) = save_having_seen(&ada, "limits", &again, &[("limits.edit_time", "2h")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(office.actions.kept_settings().await.unwrap().0.0["limits.edit_time"], "2h");
        office.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_directory_is_added_on_a_page_when_it_works_and_its_password_is_never_shown() {
    let people = person("anna", "Anna Berg", &[("mail", ANNA)]);
    let Some(server) = LdapServer::start(&people).await else { return };
    at_each_office(async |office| {
        let admin = office.admin(ADMIN, "Ada Min").await;
        let to = admin.post("/admin/settings/new", &[("kind", "directory"), ("name", "Staff")]).await;
        assert_eq!(to.headers()["location"], "/admin/settings/directory.staff");
        let form = admin.page("/admin/settings/directory.staff").await;
        assert!(form.contains("the name of a server without its port, such as"), "{form}");
        let (port, ca_file) = (server.port().to_string(), server.ca_file().display().to_string());
        let typed = |password| {
            [
                ("directory.staff.host", "localhost"),
                ("directory.staff.port", port.as_str()),
                ("directory.staff.security", "starttls"),
                ("directory.staff.ca_file", ca_file.as_str()),
                ("directory.staff.base", "ou=people,dc=corp,dc=example"),
                ("directory.staff.user", "cn=mailmoot,dc=corp,dc=example"),
                ("directory.staff.password", password),
            ]
        };
        let (status, page) = save_having_seen(&admin, "directory.staff", "0", &typed("guess")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("invalidCredentials") && page.contains("Save all the same"), "{page}");
        assert!(!page.contains("guess") && page.contains("Type it once more"), "{page}");
        assert!(office.actions.kept_settings().await.unwrap().0.0.is_empty());
        let password = "pw-mailmoot".to_owned();
        let (status, page) = save_having_seen(&admin, "directory.staff", "0", &typed(&password)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        for path in ["/admin/settings", "/admin/settings/directory.staff", "/admin/settings/history"] {
            assert!(!admin.page(path).await.contains(&password), "{path}");
        }
        assert!(page.contains("A value is kept. It is never shown."), "{page}");
        assert!(admin.page("/admin/directory").await.contains("<h2 id=\"source-staff\">"));
        if let Place::Sqlite(path) = &office.place {
            let bytes = std::fs::read(path).unwrap();
            let log = std::fs::read(path.with_extension("db-wal")).unwrap_or_default();
            let has = |bytes: &[u8]| bytes.windows(password.len()).any(|part| part == password.as_bytes());
            assert!(!has(&bytes) && !has(&log), "the password stands in the database");
        }
        // Nobody has it sent to a server of their own by naming another one.
        let elsewhere =
            [("directory.staff.host", "127.0.0.1"), ("directory.staff.password", ""), ("anyway", "yes")];
        let (status, page) = save(&admin, "directory.staff", &elsewhere).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("Type it again: it would go to another server."), "{page}");
        // An empty field keeps it; the box forgets it.
        let (status, _) = save(&admin, "directory.staff", &[("directory.staff.password", "")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(office.actions.kept_settings().await.unwrap().0.0["directory.staff.password"], password);
        let (status, _) = save(&admin, "directory.staff", &[("remove", "yes")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert_eq!(office.actions.kept_settings().await.unwrap().0, Kept::default());
        assert!(!admin.page("/admin/directory").await.contains("source-staff"));
        office.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_page_runs_the_same_steps_as_the_command() {
    at_each_office(async |office| {
        let admin = office.admin(ADMIN, "Ada Min").await;
        assert!(admin.page("/admin/check").await.contains("Check now"));
        let answer = admin.post("/admin/check", &[]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers().get("content-length").is_none(), "it is sent as it is made");
        let page = answer.text().await.unwrap();
        for words in ["server.public_url", "Database", "127.0.0.1", "nobody answers", "The check is over"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let outcomes = page.matches("<span class=\"chip ").count();
        assert!(outcomes >= 5 && page.contains("chip bad") && page.contains("chip good"), "{page}");
        office.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn secrets_of_another_key_stop_the_start_with_words() {
    at_each_office(async |office| {
        let admin = office.admin(ADMIN, "Ada Min").await;
        let typed = [("alerts.webhook", "https://hook.corp.example/x")];
        assert_eq!(save(&admin, "alerts", &typed).await.0, StatusCode::SEE_OTHER);
        office.app.stop().await;
        std::fs::write(office.folder.join("server.key"), [9; 32]).unwrap();
        let text = format!("[server]\ndata = \"{}\"\n", office.folder.display());
        let database = match &office.place {
            Place::Sqlite(path) => format!("sqlite:{}", path.display()),
            Place::Postgres(url) => url.clone(),
        };
        let origin = Origin::of(&text, [("MAILMOOT_DATABASE_URL".to_owned(), database)]);
        let refused = app::kept_before_opening(&origin).await.unwrap_err();
        assert!(
            format!("{refused:#}").contains("alerts.webhook was encrypted with another key"),
            "{refused:#}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_servers_of_the_mail_address_are_found_and_offered_not_saved() {
    let records = [
        "--srv-host=_imaps._tcp.corp.example,imap.corp.example,9993,0",
        "--mx-host=corp.example,aspmx.l.google.com,1",
    ];
    let Some(dns) = NameServer::answering(records.map(str::to_owned).to_vec()).await else { return };
    let servers = dns.address.to_string();
    at_each_office(async |office| {
        let browser = office.admin(ADMIN, "Ada").await;
        assert_eq!(save(&browser, "dns", &[("dns.servers", &servers)]).await.0, StatusCode::SEE_OTHER);
        let words = [("find", "yes"), ("imap.folder", "Moot"), ("imap.password", "s3cret")];
        let (status, page) = save(&browser, "imap", &words).await;
        assert!(
            status == StatusCode::OK && page.contains("imap.corp.example, port 9993: From the SRV records"),
            "{page}"
        );
        for kept in ["value=\"imap.corp.example\"", "value=\"9993\"", "value=\"Moot\""] {
            assert!(page.contains(kept), "{kept}: {page}");
        }
        assert!(!page.contains("s3cret") && !page.contains("lies outside"), "{page}");
        assert!(
            !browser.page("/admin/settings/imap").await.contains("imap.corp.example"),
            "nothing is saved"
        );
        // What stands in the file stays what it is; who else said so is told.
        let (_, page) = save(&browser, "smtp", &[("find", "yes")]).await;
        assert!(
            page.contains("smtp.gmail.com, port 465") && page.contains("lies outside of corp.example"),
            "{page}"
        );
        assert!(!page.contains("value=\"smtp.gmail.com\"") && page.contains("Google Workspace"), "{page}");
        // An account of its own for another domain: both servers, of the address that was typed.
        let typed = [("find", "yes"), ("account.south.address", "moot@corp.example")];
        let (_, page) = save(&browser, "account.south", &typed).await;
        for found in
            ["value=\"imap.corp.example\"", "value=\"smtp.gmail.com\"", "value=\"moot@corp.example\""]
        {
            assert!(page.contains(found), "{found}: {page}");
        }
        let (_, page) = save(&browser, "account.south", &[("find", "yes")]).await;
        assert!(page.contains("is no mail address"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_kept_password_comes_back_for_the_server_that_it_was_for_only() {
    at_each_office(async |office| {
        let admin = office.admin(ADMIN, "Ada").await;
        let save = async |typed: &[(&str, &str)]| save(&admin, "archive", typed).await.0;
        let account = [
            ("anyway", "yes"),
            ("archive.folder", "Moot"),
            ("archive.host", "127.0.0.1"),
            ("archive.port", "1"),
            ("archive.user", "keep"),
            ("archive.password", "s3cret"),
        ];
        assert_eq!(save(&account).await, StatusCode::SEE_OTHER);
        assert_eq!(save(&[("anyway", "yes"), ("archive.password", "other")]).await, StatusCode::SEE_OTHER);
        let moved = [("anyway", "yes"), ("archive.port", "2"), ("archive.password", "another")];
        assert_eq!(save(&moved).await, StatusCode::SEE_OTHER);
        let put_back = async |number: &str| {
            let answer = admin.post(&format!("/admin/settings/history/{number}"), &[]).await;
            (answer.status(), answer.text().await.unwrap())
        };
        let (status, page) = put_back("2").await;
        assert!(
            status == StatusCode::CONFLICT && page.contains("archive.password would come back"),
            "{page}"
        );
        // With its server it does.
        assert_eq!(put_back("3").await.0, StatusCode::SEE_OTHER);
        let kept = office.actions.kept_settings().await.unwrap().0;
        assert_eq!((kept.0["archive.port"].as_str(), kept.0["archive.password"].as_str()), ("1", "other"));
    })
    .await;
}
