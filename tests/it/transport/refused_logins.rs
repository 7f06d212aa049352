//! Directories are shown a password that they refused as seldom as mail servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use mailmoot::transport::account::{Login, MailServer, Security};
use mailmoot::transport::carddav::{DavAccount, DavBook, DavError};
use mailmoot::transport::ldap::{LdapError, LdapSession};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn server(port: u16) -> MailServer {
    let login = Some(Login::by_password("cn=reader".to_owned(), "pw".into()));
    MailServer { host: "127.0.0.1".to_owned(), port, security: Security::None, login, ca_file: None }
}

async fn listener() -> (TcpListener, MailServer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, server(port))
}

/// The answer to a first message that is a bind: invalidCredentials (RFC 4511 4.2.2).
const REFUSED: &[u8] = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00";

#[tokio::test]
async fn an_ldap_server_is_not_bound_again_at_once() {
    let (listener, server) = listener().await;
    let binds = Arc::new(AtomicUsize::new(0));
    let count = binds.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                let mut said = [0; 512];
                if stream.read(&mut said).await.is_ok_and(|read| read > 0) {
                    count.fetch_add(1, Ordering::Relaxed);
                    stream.write_all(REFUSED).await.unwrap();
                    // The connection stays as long as the client wants it.
                    let _ = stream.read(&mut said).await;
                }
            });
        }
    });
    for _ in 0..3 {
        let bound = LdapSession::open(&server).await.unwrap().bind().await;
        let Err(LdapError::BindRefused { reply }) = bound else { panic!("{bound:?}") };
        assert!(reply.contains("rc=49"), "what was said the first time: {reply}");
    }
    assert_eq!(binds.load(Ordering::Relaxed), 1);
    assert!(server.shut_for().is_some());
    server.open_gate();
    assert!(LdapSession::open(&server).await.unwrap().bind().await.is_err());
    assert_eq!(binds.load(Ordering::Relaxed), 2, "whoever asks for it is not kept waiting");
}

#[tokio::test]
async fn an_address_book_is_not_asked_again_at_once() {
    let (listener, server) = listener().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let pages = Router::new().fallback(async move || {
        count.fetch_add(1, Ordering::Relaxed);
        StatusCode::UNAUTHORIZED
    });
    tokio::spawn(async move { axum::serve(listener, pages).await });
    let account = DavAccount { server, path: "/staff/".to_owned() };
    for _ in 0..3 {
        let found = DavBook::open(&account).await.unwrap().changes(None).await;
        let Err(DavError::LoginRefused { reply }) = found else { panic!("{found:?}") };
        assert_eq!(reply, "401 Unauthorized");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
