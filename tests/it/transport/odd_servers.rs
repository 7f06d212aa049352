//! Servers that do what real ones do on bad days, played by a script.

use std::time::Duration;

use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::connect::ConnectError;
use mailmoot::transport::imap::{ImapAccount, ImapError, Patience, Woken};
use mailmoot::transport::smtp::{Envelope, Reports, SmtpAccount, SmtpError, Stage, Submitter};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// What the server answers to a line that begins so (after an IMAP tag, which `TAG` stands for). The first entry is
/// the greeting. `CLOSE` ends the connection.
pub(super) type Script = &'static [(&'static str, &'static str)];

/// Plays a script for every connection; gives the port.
pub(super) async fn play(script: Script, tagged: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, script, tagged));
        }
    });
    port
}

async fn answer(stream: tokio::net::TcpStream, script: Script, tagged: bool) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    write.write_all(script[0].1.as_bytes()).await?;
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        let (tag, command) =
            if tagged { line.split_once(' ').unwrap_or((&line, "")) } else { ("", line.as_str()) };
        let Some((_, reply)) = script[1..].iter().find(|(begin, _)| command.starts_with(begin)) else {
            continue;
        };
        write.write_all(reply.replace("TAG", tag).replace("CLOSE", "").as_bytes()).await?;
        if reply.ends_with("CLOSE") {
            break;
        }
    }
    Ok(())
}

fn server(port: u16) -> MailServer {
    let login = Some(Login::by_password("gw".to_owned(), "pw".into()));
    MailServer { host: "127.0.0.1".to_owned(), port, security: Security::None, login, ca_file: None }
}

async fn imap(script: Script) -> ImapAccount {
    let patience = Patience {
        command: Duration::from_millis(800),
        idle: Duration::from_secs(60),
        poll: Duration::from_millis(50),
        retry: Duration::from_millis(1),
    };
    let server = server(play(script, true).await);
    ImapAccount { server, folder: "INBOX".to_owned(), max_size: 100, patience }
}

async fn smtp(script: Script) -> Submitter {
    Submitter::new(SmtpAccount { server: server(play(script, false).await) })
}

const GREETING: (&str, &str) = ("", "* OK hello\r\n");
const CAPABILITY: (&str, &str) = ("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK\r\n");
const LOGIN: (&str, &str) = ("LOGIN", "TAG OK welcome\r\n");
const EXAMINE: (&str, &str) =
    ("EXAMINE", "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\nTAG OK done\r\n");

#[tokio::test]
async fn a_server_without_idle_is_looked_at_now_and_then() {
    let account = imap(&[GREETING, CAPABILITY, LOGIN, EXAMINE, ("NOOP", "* 3 EXISTS\r\nTAG OK\r\n")]).await;
    let mut session = account.connect().await.unwrap();
    assert!(!session.can_idle());
    session.select().await.unwrap();
    assert_eq!(session.wait_for_mail(Duration::from_secs(10)).await.unwrap(), Woken::NewMail);
}

#[tokio::test]
async fn a_refused_fetch_is_no_empty_folder() {
    let account = imap(&[
        GREETING,
        CAPABILITY,
        LOGIN,
        EXAMINE,
        ("UID SEARCH", "* SEARCH 1 2\r\nTAG OK\r\n"),
        ("UID FETCH", "TAG NO [SERVERBUG] disk on fire\r\n"),
    ])
    .await;
    let mut session = account.connect().await.unwrap();
    session.select().await.unwrap();
    let error = session.fetch_after(0, 10).await.unwrap_err();
    assert!(matches!(&error, ImapError::Refused { reply, .. } if reply.contains("disk on fire")), "{error}");
    assert!(!error.needs_admin());
}

#[tokio::test]
async fn a_mail_that_is_larger_than_its_server_says_is_cut_and_one_without_a_body_is_empty() {
    let account = imap(&[
        GREETING,
        CAPABILITY,
        LOGIN,
        EXAMINE,
        ("UID SEARCH", "* SEARCH 1 2\r\nTAG OK\r\n"),
        ("UID FETCH 1:2 (UID RFC822.SIZE)", "* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n* 2 FETCH (UID 2 RFC822.SIZE 9)\r\nTAG OK\r\n"),
        (
            "UID FETCH 1:2 (UID BODY.PEEK[]<0.101>)",
            "* 1 FETCH (UID 1 BODY[]<0> {101}\r\n0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x)\r\n\
             * 2 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 BODY[]<0> NIL)\r\nTAG OK\r\n",
        ),
        ("UID FETCH 1 (UID BODY.PEEK[HEADER]", "* 1 FETCH (UID 1 BODY[HEADER]<0> \"A: b\")\r\nTAG OK\r\n"),
    ])
    .await;
    let mut session = account.connect().await.unwrap();
    session.select().await.unwrap();
    let mails = session.fetch_after(0, 10).await.unwrap();
    let seen: Vec<_> = mails.iter().map(|mail| (mail.uid, mail.raw.as_slice(), mail.too_large)).collect();
    assert_eq!(seen, [(1, b"A: b".as_slice(), Some(101)), (2, b"".as_slice(), None)]);
}

#[tokio::test]
async fn a_silent_and_a_parting_server_are_told_apart() {
    let silent = imap(&[GREETING, CAPABILITY, LOGIN, EXAMINE]).await;
    let mut session = silent.connect().await.unwrap();
    session.select().await.unwrap();
    let error = session.fetch_after(0, 10).await.unwrap_err();
    assert!(matches!(error, ImapError::Timeout { command: "UID SEARCH" }), "{error}");

    let parting =
        imap(&[GREETING, CAPABILITY, LOGIN, EXAMINE, ("UID", "* BYE shutting down\r\nCLOSE")]).await;
    let mut session = parting.connect().await.unwrap();
    session.select().await.unwrap();
    let error = session.fetch_after(0, 10).await.unwrap_err();
    assert!(matches!(&error, ImapError::Lost { why } if why.contains("shutting down")), "{error}");

    let mut mute = imap(&[("", "")]).await;
    mute.patience.command = Duration::from_millis(200);
    let error = mute.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::Timeout { .. })), "{error}");
}

#[tokio::test]
async fn a_server_in_trouble_does_not_make_the_password_wrong() {
    let account = imap(&[GREETING, CAPABILITY, ("LOGIN", "TAG NO [UNAVAILABLE] try later\r\n")]).await;
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::LoginUnavailable { .. }), "{error}");
    assert!(!error.needs_admin());
}

#[tokio::test]
async fn a_password_never_goes_over_a_connection_without_tls_to_elsewhere() {
    let mut account = imap(&[GREETING]).await;
    // An address for documentation (RFC 5737); nothing is sent there.
    account.server.host = "192.0.2.1".to_owned();
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::PlainAbroad { .. })), "{error}");
    account.server.host = "127.0.0.1".to_owned();
    account.server.security = Security::StartTls;
    let refusing = play(&[GREETING, ("STARTTLS", "TAG BAD what?\r\n")], true).await;
    account.server.port = refusing;
    let error = account.connect().await.err().unwrap();
    assert!(matches!(error, ImapError::Connect(ConnectError::NoStartTls { .. })), "{error}");
}

#[tokio::test]
async fn reports_are_asked_of_servers_that_offer_them_and_of_no_others() {
    const REST: [(&str, &str); 5] = [
        ("AUTH", "235 2.7.0 ok\r\n"),
        (
            "RCPT TO:<bo+x=y@moot.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bo+2Bx+3Dy@moot.test",
            "250 ok\r\n",
        ),
        ("RCPT TO:<bo+x=y@moot.test>", "550 5.1.1 asked otherwise\r\n"),
        ("DATA", "354 go on\r\n"),
        (".", "250 2.0.0 taken\r\n"),
    ];
    const PLAIN: [(&str, &str); 4] = [
        ("AUTH", "235 2.7.0 ok\r\n"),
        ("MAIL FROM:<gw@moot.test> ", "555 5.5.4 what is that?\r\n"),
        ("MAIL FROM:<gw@moot.test>", "250 ok\r\n"),
        ("RCPT TO:<bo+x=y@moot.test> ", "555 5.5.4 what is that?\r\n"),
    ];
    const OFFERS: Script = &[
        ("", "220 mx\r\n"),
        ("EHLO", "250-mx\r\n250-DSN\r\n250 AUTH PLAIN\r\n"),
        ("MAIL FROM:<gw@moot.test> RET=HDRS ENVID=d-1", "250 ok\r\n"),
        REST[0],
        REST[1],
        REST[2],
        REST[3],
        REST[4],
    ];
    const OFFERS_NOTHING: Script = &[
        ("", "220 mx\r\n"),
        ("EHLO", "250-mx\r\n250 AUTH PLAIN\r\n"),
        PLAIN[0],
        PLAIN[1],
        PLAIN[2],
        PLAIN[3],
        ("RCPT TO:<bo+x=y@moot.test>", "250 ok\r\n"),
        REST[3],
        REST[4],
    ];
    let (sender, to) = ("gw@moot.test".parse().unwrap(), "bo+x=y@moot.test".parse().unwrap());
    let reports = Some(Reports { envelope_id: "d-1", success: true });
    let envelope = Envelope { from: Some(&sender), to: &to, reports };
    for script in [OFFERS, OFFERS_NOTHING] {
        smtp(script).await.send(envelope, b"Subject: x\r\n\r\n").await.unwrap();
    }
}

#[tokio::test]
async fn smtp_servers_refuse_at_every_stage() {
    const EHLO: (&str, &str) = ("EHLO", "250-mx\r\n250 AUTH PLAIN\r\n");
    const AUTH: (&str, &str) = ("AUTH", "235 2.7.0 ok\r\n");
    const HELLO: (&str, &str) = ("", "220 mx\r\n");
    let (sender, to) = ("gw@moot.test".parse().unwrap(), "alice@moot.test".parse().unwrap());
    let send = async |script: Script| {
        smtp(script).await.send(Envelope::new(Some(&sender), &to), b"Subject: x\r\n\r\n").await.unwrap_err()
    };

    let error = send(&[("", "554 5.3.2 no service\r\n")]).await;
    assert!(matches!(error, SmtpError::Connect(ConnectError::Greeting { .. })), "{error}");

    let error = send(&[HELLO, ("EHLO", "250 mx\r\n")]).await;
    assert!(matches!(error, SmtpError::NoLogin) && error.needs_admin(), "{error}");

    let error = send(&[HELLO, EHLO, AUTH, ("MAIL", "553 5.7.1 not your address\r\n")]).await;
    assert!(matches!(error, SmtpError::Refused { stage: Stage::Sender, .. }), "{error}");
    assert!(error.needs_admin() && !error.is_permanent(), "the mail waits until the account may send so");

    let error = send(&[
        HELLO,
        EHLO,
        AUTH,
        ("MAIL", "250 ok\r\n"),
        ("RCPT", "250 ok\r\n"),
        ("DATA", "354 go on\r\n"),
        (".", "554 5.7.1 spam\r\n"),
    ])
    .await;
    assert!(
        matches!(error, SmtpError::Refused { stage: Stage::Content, .. }) && error.is_permanent(),
        "{error}"
    );

    let error = send(&[HELLO, EHLO, AUTH, ("MAIL", "250 ok\r\n"), ("RCPT", "CLOSE")]).await;
    assert!(matches!(error, SmtpError::Lost { .. }) && error.is_transient(), "{error}");
}
