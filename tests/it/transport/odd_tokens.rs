//! Servers that are shown a token, and are odd about it.

use mailmoot::transport::account::{Login, MailServer, Proof, Security};
use mailmoot::transport::imap::{ImapAccount, ImapError, Patience};
use mailmoot::transport::oauth::Tokens;
use mailmoot::transport::smtp::{SmtpAccount, SmtpError, Submitter};
use serde_json::json;

use super::odd_servers::{Script, play};
use crate::support::token_server::{TokenServer, token};

async fn server(script: Script, tagged: bool, tokens: &TokenServer) -> MailServer {
    let proof = Proof::Tokens(Tokens::new(tokens.client(None)));
    MailServer {
        host: "127.0.0.1".to_owned(),
        port: play(script, tagged).await,
        security: Security::None,
        login: Some(Login::new("gw".to_owned(), proof)),
        ca_file: None,
    }
}

async fn imap(script: Script) -> ImapError {
    let tokens = TokenServer::start().await;
    let server = server(script, true, &tokens).await;
    let (folder, patience) = ("INBOX".to_owned(), Patience::default());
    ImapAccount { server, folder, max_size: 100, patience }.connect().await.err().unwrap()
}

async fn smtp(script: Script, access_token: &str) -> Result<(), SmtpError> {
    let tokens = TokenServer::start().await;
    tokens.answers(&[token(json!({ "access_token": access_token }))]);
    let submitter = Submitter::new(SmtpAccount { server: server(script, false, &tokens).await });
    submitter.prepare().await.map(|_| ())
}

#[tokio::test]
async fn a_token_that_an_imap_server_does_not_take_is_told_in_its_words() {
    const HELLO: (&str, &str) = ("", "* OK hello\r\n");
    const OFFER: (&str, &str) = ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\nTAG OK\r\n");
    // {"status":"400","scope":"mail"}
    let refused = imap(&[
        HELLO,
        OFFER,
        (
            "AUTHENTICATE XOAUTH2",
            "+ \r\n+ eyJzdGF0dXMiOiI0MDAiLCJzY29wZSI6Im1haWwifQ==\r\nTAG NO [AUTHENTICATIONFAILED] bad\r\n",
        ),
    ])
    .await;
    assert!(refused.needs_admin() && !refused.is_about_the_mail());
    let told =
        "The IMAP server refuses the access token: [AUTHENTICATIONFAILED] bad (status 400, scope mail)";
    assert_eq!(refused.to_string(), told);
    // Exchange Online says no at once.
    let short = imap(&[HELLO, OFFER, ("AUTHENTICATE", "+ \r\nTAG NO AUTHENTICATE failed.\r\n")]).await;
    assert!(
        matches!(&short, ImapError::TokenRefused { reply } if reply == "AUTHENTICATE failed."),
        "{short}"
    );
    let busy = imap(&[HELLO, OFFER, ("AUTHENTICATE", "+ \r\nTAG NO [UNAVAILABLE] later\r\n")]).await;
    assert!(matches!(&busy, ImapError::LoginUnavailable { .. }) && !busy.needs_admin(), "{busy}");
    let odd = imap(&[HELLO, OFFER, ("AUTHENTICATE", "+ \r\n+ no base64!\r\n")]).await;
    assert!(matches!(&odd, ImapError::Lost { .. }), "{odd}");
    let old = imap(&[HELLO, ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK\r\n")]).await;
    assert!(matches!(&old, ImapError::NoTokenLogin) && old.needs_admin(), "{old}");
}

#[tokio::test]
async fn a_long_token_has_a_line_of_its_own_when_mails_are_handed_in() {
    const SCRIPT: Script = &[
        ("", "220 mx\r\n"),
        ("EHLO", "250-mx\r\n250 AUTH LOGIN XOAUTH2\r\n"),
        ("AUTH XOAUTH2 ", "235 2.7.0 short\r\n"),
        ("AUTH XOAUTH2", "334 \r\n"),
        // "user=gw^Aauth=Bearer xx"
        ("dXNlcj1ndwFhdXRoPUJlYXJlciB4eH", "235 2.7.0 long\r\n"),
    ];
    smtp(SCRIPT, "xxxx").await.unwrap();
    smtp(SCRIPT, &"x".repeat(2_000)).await.unwrap();
    // "user=gw^Aauth=Bearer t^A^A"
    const ONLY_AT_ONCE: Script =
        &[SCRIPT[0], SCRIPT[1], ("AUTH XOAUTH2 dXNlcj1ndwFhdXRoPUJlYXJlciB0AQE=", "235 ok\r\n")];
    smtp(ONLY_AT_ONCE, "t").await.unwrap();
}

#[tokio::test]
async fn a_token_that_a_submission_server_does_not_take_is_told_in_its_words() {
    const HELLO: (&str, &str) = ("", "220 mx\r\n");
    const OFFER: (&str, &str) = ("EHLO", "250-mx\r\n250 AUTH OAUTHBEARER XOAUTH2\r\n");
    // The dialogue is ended with one byte 0x01, in base64.
    const REFUSING: Script = &[
        HELLO,
        OFFER,
        ("AUTH OAUTHBEARER ", "334 eyJzdGF0dXMiOiI0MDAiLCJzY29wZSI6Im1haWwifQ==\r\n"),
        ("AQ==", "535 5.7.3 Authentication unsuccessful\r\n"),
    ];
    let refused = smtp(REFUSING, "t").await.unwrap_err();
    assert!(matches!(refused, SmtpError::TokenRefused(_)) && refused.needs_admin() && refused.is_transient());
    assert_eq!(
        refused.to_string(),
        "The SMTP server refuses the access token: 535 5.7.3 Authentication unsuccessful (status 400, scope mail)"
    );
    let busy = smtp(&[HELLO, OFFER, ("AUTH", "454 4.7.0 later\r\n")], "t").await.unwrap_err();
    assert!(matches!(busy, SmtpError::LoginRefused(_)) && !busy.needs_admin(), "{busy}");
    let gone = smtp(&[HELLO, OFFER, ("AUTH", "334 x\r\nCLOSE")], "t").await.unwrap_err();
    assert!(matches!(gone, SmtpError::Lost { .. }), "{gone}");
    let old = smtp(&[HELLO, ("EHLO", "250-mx\r\n250 AUTH PLAIN\r\n")], "t").await.unwrap_err();
    assert!(matches!(old, SmtpError::NoTokenLogin) && old.needs_admin(), "{old}");
}
