//! Servers found from a mail address, by a real name server and a real web server.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use mailmoot::domain::address::EmailAddress;
use mailmoot::domain::network::AddressBlock;
use mailmoot::transport::account::Security;
use mailmoot::transport::discover::{By, Discovery, Found, Offer};

use crate::support::name_server::NameServer;

fn moot(domain: &str) -> EmailAddress {
    format!("moot@{domain}").parse().unwrap()
}

/// Host, port, protection.
fn seen(offer: Option<&Offer>) -> Option<(&str, u16, Security)> {
    offer.map(|offer| (offer.host.as_str(), offer.port, offer.security))
}

/// A domain's web server with a file for mail programs, beside one that sends on to elsewhere without TLS.
async fn web_server() -> SocketAddr {
    let file = r#"<clientConfig version="1.1"><emailProvider id="x">
        <incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType>
        <username>%EMAILLOCALPART%</username></incomingServer></emailProvider></clientConfig>"#;
    let pages = Router::new()
        .route("/file.test.xml", get(move || async move { file }))
        .route("/large.test.xml", get(async || "x".repeat(1_000_000)))
        .route("/moved.test.xml", get(async || Redirect::to("/file.test.xml")));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    address
}

#[tokio::test]
async fn what_a_domain_publishes_is_offered_with_who_said_so() {
    let records = [
        "--srv-host=_imap._tcp.corp.test,mail.corp.test,143,10",
        "--srv-host=_submissions._tcp.corp.test,far.corp.test,465,20",
        "--srv-host=_submissions._tcp.corp.test,near.corp.test,465,10",
        "--srv-host=_submission._tcp.corp.test,near.corp.test,587,10",
        "--srv-host=_imaps._tcp.odd.test,ev\"il[x].test,993",
        // No IMAP at all (RFC 2782), and mail at a provider.
        "--srv-host=_imaps._tcp.hosted.test,,0",
        "--mx-host=hosted.test,hosted-test.mail.protection.outlook.example,10",
        "--mx-host=cloud.test,aspmx.l.google.com,1",
        "--mx-host=cloud.test,mx.other.test,5",
    ];
    let Some(dns) = NameServer::answering(records.map(str::to_owned).to_vec()).await else { return };
    let web = web_server().await;
    let file = |name: &str| format!("http://{web}/{name}.xml");
    let discovery = Discovery::asking(&[dns.address], &AddressBlock::LOOPBACK).unwrap();
    let discovery = discovery.with_files_at(vec![file("gone"), file("{domain}")]);

    let found = discovery.find(&moot("corp.test")).await;
    assert_eq!(seen(found.imap.as_ref()), Some(("mail.corp.test", 143, Security::StartTls)));
    assert_eq!(seen(found.smtp.as_ref()), Some(("near.corp.test", 465, Security::Tls)));
    assert!(
        found.imap.as_ref().is_some_and(|offer| offer.by == By::Srv && !offer.is_abroad(&moot("corp.test")))
    );

    let found = discovery.find(&moot("file.test")).await;
    let imap = found.imap.unwrap();
    assert_eq!(seen(Some(&imap)), Some(("imap.file.test", 993, Security::Tls)));
    assert_eq!((imap.user.as_deref(), imap.by), (Some("moot"), By::Autoconfig(file("file.test"))));
    assert_eq!(found.smtp, None, "the file has none, and nobody answers under the usual names");

    let found = discovery.find(&moot("cloud.test")).await;
    assert_eq!(seen(found.imap.as_ref()), Some(("imap.gmail.com", 993, Security::Tls)));
    assert!(found.smtp.is_some_and(|offer| offer.is_abroad(&moot("cloud.test"))));

    for nothing in ["hosted.test", "odd.test", "large.test", "moved.test", "nobody.test"] {
        assert_eq!(discovery.find(&moot(nothing)).await, Found::default(), "{nothing}");
    }
    let gone = dns.address;
    drop(dns);
    let alone = Discovery::asking(&[gone], &[]).unwrap();
    let found = alone.find(&moot("corp.test")).await;
    assert!(
        found.is_nothing() && found.is_unanswered,
        "a name server that is away says nothing of the domain"
    );
}
