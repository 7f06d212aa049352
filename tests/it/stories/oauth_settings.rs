//! An admin describes the OAuth client of the mail account on a page: it is tried, kept, and never shown.

use mailmoot::domain::kept::Kept;
use reqwest::StatusCode;
use serde_json::json;

use super::settings::{at_each_office, save};
use crate::support::house::ADMIN;
use crate::support::token_server::{TokenServer, token};

/// What an admin types of a client that asks for itself.
fn client_at(token_url: &str) -> [(&'static str, &str); 4] {
    [
        ("oauth.token_url", token_url),
        ("oauth.client_id", "mailmoot"),
        ("oauth.client_secret", "cl13nt-secret"),
        ("oauth.hosts", "imap.corp.example"),
    ]
}

#[tokio::test]
async fn a_client_is_tried_before_it_is_kept_and_its_secrets_go_to_no_other_server() {
    at_each_office(async |office| {
        let server = TokenServer::start().await;
        let admin = office.admin(ADMIN, "Ada Min").await;
        let [url, id, secret, hosts] = client_at(&server.url);
        let typed = [url, id, secret, ("oauth.refresh_token", "first-token"), hosts];
        server.answers(&[json!({ "error": "invalid_client", "error_description": "Who is cl13nt-secret?" })]);
        let (status, page) = save(&admin, "oauth", &typed).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("the provider says: invalid_client: Who is ***?"), "{page}");
        assert!(page.contains("Save all the same") && !page.contains("cl13nt-secret"), "{page}");
        assert_eq!(office.actions.kept_settings().await.unwrap().0, Kept::default());

        // Trying it turned the refresh token over: the next one who asks shows the new one.
        server.answers(&[token(json!({ "refresh_token": "second-token" })), token(json!({}))]);
        let (status, page) = save(&admin, "oauth", &typed).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let (status, page) = save(&admin, "oauth", &[("oauth.scope", "mail")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        let shown = server.asked().last().unwrap().clone();
        assert_eq!((shown["refresh_token"].as_str(), shown["scope"].as_str()), ("second-token", "mail"));
        for path in ["/admin/settings", "/admin/settings/oauth", "/admin/settings/history"] {
            let page = admin.page(path).await;
            assert!(!page.contains("cl13nt-secret") && !page.contains("-token"), "{path}");
        }

        // A session that was stolen is not enough to have them sent elsewhere.
        for (name, elsewhere) in
            [("oauth.token_url", "https://thief.example/x"), ("oauth.hosts", "thief.example")]
        {
            for part in [&[][..], &typed[2..3], &typed[3..4]] {
                let changes: Vec<_> = [(name, elsewhere)].into_iter().chain(part.iter().copied()).collect();
                let (status, page) = save(&admin, "oauth", &changes).await;
                assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
                let wanted = 2 - part.len();
                let told = page.matches("Type it again: it would go to another server.").count();
                assert_eq!(told, wanted, "{name}: {page}");
            }
        }
        assert_eq!(office.actions.kept_settings().await.unwrap().0.0["oauth.hosts"], "imap.corp.example");
        let both = [("oauth.hosts", "imap.corp.example,smtp.corp.example"), typed[2], typed[3]];
        assert_eq!(save(&admin, "oauth", &both).await.0, StatusCode::SEE_OTHER);
        office.app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_doctor_on_the_page_asks_for_a_token() {
    at_each_office(async |office| {
        let server = TokenServer::start().await;
        let admin = office.admin(ADMIN, "Ada Min").await;
        assert_eq!(save(&admin, "oauth", &client_at(&server.url)).await.0, StatusCode::SEE_OTHER);
        server.says(200, "<html>Sign in, please</html>");
        let page = admin.post("/admin/check", &[]).await.text().await.unwrap();
        let step = format!("OAuth: get an access token from {} for the client mailmoot itself", server.url);
        assert!(page.contains(&step) && page.contains("it answers 200 OK"), "{page}");
        office.app.stop().await;
    })
    .await;
}
