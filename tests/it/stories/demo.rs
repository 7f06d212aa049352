//! The demo as somebody tries it with a browser: forward a thread, make the group, answer the invitation by mail.

use std::time::{Duration, Instant};

use mailmoot::app::App;
use mailmoot::clock::Clock;
use mailmoot::demo;
use reqwest::Client;

use crate::support::browser::client;

const ANNA: &str = "anna.berg@corp.example";
const DAVID: &str = "david.okafor@corp.example";

/// A running demo and a browser of one person.
struct Tried {
    app: App,
    url: String,
    browser: Client,
    _folder: tempfile::TempDir,
}

impl Tried {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let demo = demo::open(folder.path(), url.parse().unwrap(), Clock::system()).await.unwrap();
        let app = App::start(demo, listener).unwrap();
        let browser = client().cookie_store(true).build().unwrap();
        Self { app, url, browser, _folder: folder }
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.browser.get(format!("{}{path}", self.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Sends a form; the page it leads to, and its path.
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (String, String) {
        let answer = self.browser.post(format!("{}{path}", self.url)).form(form).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let at = answer.url().path().to_owned();
        (at, answer.text().await.unwrap())
    }

    /// The path of the newest mail in a mailbox that holds `text`, waiting for it.
    async fn mail(&self, of: &str, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let page = self.get(&format!("/mail-desk/{of}")).await;
            let row = page.split("class=\"mail-row\" href=\"").nth(1).unwrap();
            let (_, shown) = row.split("</a>").next().unwrap().split_once('>').unwrap();
            if shown.contains(text) {
                return row.split('"').next().unwrap().to_owned();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "no mail with {text:?} for {of}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Opens the form for an answer, writes something above, and sends it.
    async fn answer(&self, of: &str, mail: &str, way: &str, words: &str) {
        let page = self.get(&format!("{mail}/{way}")).await;
        let form = page.split("id=\"write\"").nth(1).unwrap();
        let value = |name: &str| {
            let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
            plain(field.split('"').next().unwrap())
        };
        let below = plain(form.split("rows=\"10\">").nth(1).unwrap().split("</textarea>").next().unwrap());
        let text = format!("{words}{below}").replace('\n', "\r\n");
        let (to, cc, subject) = (value("to"), value("cc"), value("subject"));
        let (kind, answers) = (value("kind"), value("answers"));
        let fields = [
            ("to", to.as_str()),
            ("cc", &cc),
            ("subject", &subject),
            ("kind", &kind),
            ("answers", &answers),
            ("text", &text),
        ];
        let (_, sent) = self.post(&format!("/mail-desk/{of}/send"), &fields).await;
        assert!(sent.contains("role=\"status\""), "sent");
    }
}

/// What a browser makes of the references in a page.
fn plain(html: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn link_in(html: &str) -> String {
    let token: String = html.split("/l/").nth(1).unwrap().chars().take(26).collect();
    format!("/l/{token}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_becomes_a_group_and_an_answer_by_mail_appears_in_it() {
    let tried = Tried::start().await;
    let everybody = tried.get("/mail-desk").await;
    assert!(everybody.contains("王小明") && everybody.contains("yuki.tanaka@partner.example"));

    let thread = tried.mail(ANNA, "Visit of Partner Logistics on Thursday").await;
    tried.answer(ANNA, &thread, "forward", "Let us settle this live.").await;
    let letter = tried.mail(ANNA, "mailmoot").await;
    let link = link_in(&tried.get(&format!("{letter}/html")).await);
    assert!(tried.get(&link).await.contains("Anna"));
    let (draft, page) = tried.post(&link, &[]).await;
    assert!(draft.starts_with("/drafts/"), "{draft}");
    for name in
        ["Priya Raman", "David Okafor", "王小明", "Sofia Lindqvist", "Kenji Sato", "Yuki Tanaka", "Emma"]
    {
        assert!(page.contains(name), "{name} is to be a member");
    }
    assert!(page.contains("Let us settle this live."));
    assert!(!page.contains("Forwarded message"), "the opening is what was said, not what was quoted");

    let of_page = page.split("name=\"page\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let (group, page) = tried.post(&format!("{draft}/confirm"), &[("page", of_page)]).await;
    assert!(group.starts_with("/groups/"), "{group}");
    assert!(page.contains("Visit of Partner Logistics on Thursday"));

    let invitation = tried.mail(DAVID, "Anna Berg (Visit of Partner Logistics on Thursday)").await;
    tried.answer(DAVID, &invitation, "reply", "I fetch them at the station.").await;
    let begun = Instant::now();
    loop {
        let page = tried.get(&group).await;
        if page.contains("I fetch them at the station.") {
            assert!(
                page.contains("data-quotation") || page.contains("<details"),
                "quotation is one click away"
            );
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the answer does not appear");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tried.app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_says_what_is_wrong_with_an_address() {
    let tried = Tried::start().await;
    let form =
        [("kind", "new"), ("to", "nobody"), ("cc", ""), ("subject", "x"), ("text", "y"), ("answers", "")];
    let (_, page) = tried.post(&format!("/mail-desk/{ANNA}/send"), &form).await;
    assert!(page.contains("role=\"alert\"") && page.contains("value=\"nobody\""), "what was typed is kept");
    let form = [("kind", "new"), ("to", "bo@nowhere.example"), ("cc", ""), ("subject", "x"), ("text", "y")];
    let (_, page) = tried.post(&format!("/mail-desk/{ANNA}/send"), &form).await;
    assert!(page.contains("Nobody in the demo has the address bo@nowhere.example."), "{page}");
    let answer =
        tried.browser.get(format!("{}/mail-desk/nobody@corp.example", tried.url)).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    tried.app.stop().await;
}
