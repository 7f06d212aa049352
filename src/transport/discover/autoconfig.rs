//! The file for mail programs that a domain's web server may have ("Mail Autoconfig", draft-ietf-mailmaint-autoconfig;
//! Thunderbird's `config-v1.1.xml`).

use reqwest::header::LOCATION;
use reqwest::{Client, Response};
use roxmltree::{Document, Node};

use super::{By, Found, Offer};
use crate::domain::address::EmailAddress;
use crate::transport::account::Security;
use crate::transport::guard::Guard;

/// Where it is, in this order. The whole address is not told: which user asks does not matter here.
pub(super) const PLACES: [&str; 2] = [
    "https://autoconfig.{domain}/mail/config-v1.1.xml",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
];
/// A usual file has two kilobytes, and one declaration of a namespace at most. With many of them, or of attributes, reading
/// takes time that grows by their square.
const MOST: usize = 32_000;
const MOST_NAMESPACES: usize = 10;
/// Many domains send on to their provider's file.
const REDIRECTS: usize = 3;

/// What the first file says that is one.
pub(super) async fn find(guard: &Guard, places: &[String], address: &EmailAddress) -> Found {
    let Ok(client) = guard.client() else { return Found::default() };
    for place in places {
        let place = place.replace("{domain}", address.domain());
        let found = match read(guard, &client, &place).await {
            Some(text) => servers(&text, &place, address),
            None => Found::default(),
        };
        if !found.is_nothing() {
            return found;
        }
    }
    Found::default()
}

async fn read(guard: &Guard, client: &Client, place: &str) -> Option<String> {
    let mut url = guard.check(place).ok()?;
    for _ in 0..=REDIRECTS {
        let response = client.get(url.clone()).send().await.ok()?;
        if !response.status().is_redirection() {
            return body(response.error_for_status().ok()?).await;
        }
        let next = response.headers().get(LOCATION)?.to_str().ok()?;
        let next = url.join(next).ok()?;
        // What is asked for by TLS is not answered without.
        url = guard.check(next.as_str()).ok().filter(|next| next.scheme() == "https")?;
    }
    None
}

async fn body(mut response: Response) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&part);
        if bytes.len() > MOST {
            return None;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The first servers with TLS, as the file orders them.
fn servers(text: &str, place: &str, address: &EmailAddress) -> Found {
    if text.matches("xmlns").count() > MOST_NAMESPACES {
        return Found::default();
    }
    // Without declarations of entities, which can be made to grow.
    let Ok(document) = Document::parse(text) else { return Found::default() };
    let first = |name: &str, kind: &str| {
        let servers = document.descendants().filter(|node| node.has_tag_name(name));
        servers
            .filter(|node| node.attribute("type") == Some(kind))
            .find_map(|node| offer(node, place, address))
    };
    let (imap, smtp) = (first("incomingServer", "imap"), first("outgoingServer", "smtp"));
    Found { imap, smtp, ..Found::default() }
}

fn offer(server: Node<'_, '_>, place: &str, address: &EmailAddress) -> Option<Offer> {
    let text = |name: &str| {
        let node = server.children().find(|node| node.has_tag_name(name))?;
        node.text().map(|text| filled(text.trim(), address)).filter(|text| !text.is_empty())
    };
    let security = match text("socketType")?.as_str() {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        _ => return None,
    };
    let host = text("hostname").filter(|host| super::is_host(host))?;
    let port = text("port")?.parse().ok().filter(|port| *port != 0)?;
    let user = text("username").filter(|user| user != address.as_str() && !user.contains(char::is_control));
    Some(Offer { host, port, security, user, by: By::Autoconfig(place.to_owned()) })
}

fn filled(text: &str, address: &EmailAddress) -> String {
    text.replace("%EMAILADDRESS%", address.as_str())
        .replace("%EMAILLOCALPART%", address.local_part())
        .replace("%EMAILDOMAIN%", address.domain())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "https://autoconfig.corp.example/mail/config-v1.1.xml";

    fn file(servers: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="corp.example">
               <domain>corp.example</domain>{servers}</emailProvider></clientConfig>"#
        )
    }

    fn server(tag: &str, kind: &str, host: &str, (port, socket): (&str, &str), user: &str) -> String {
        format!(
            r#"<{tag} type="{kind}"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>
               <username>{user}</username><authentication>password-cleartext</authentication></{tag}>"#
        )
    }

    fn found(text: &str) -> Found {
        servers(text, PLACE, &"moot@corp.example".parse().unwrap())
    }

    #[test]
    fn the_first_servers_with_tls_are_offered() {
        let text = file(
            &[
                server("incomingServer", "pop3", "pop.%EMAILDOMAIN%", ("995", "SSL"), "%EMAILADDRESS%"),
                server("incomingServer", "imap", "imap.%EMAILDOMAIN%", ("143", "plain"), "%EMAILADDRESS%"),
                server("incomingServer", "imap", "mail.%EMAILDOMAIN%", (" 993 ", "SSL"), "%EMAILLOCALPART%"),
                server("outgoingServer", "smtp", "mail.corp.example", ("587", "STARTTLS"), "%EMAILADDRESS%"),
            ]
            .concat(),
        );
        let found = found(&text);
        let by = By::Autoconfig(PLACE.to_owned());
        let offer = |port, security, user: Option<&str>| Offer {
            host: "mail.corp.example".to_owned(),
            port,
            security,
            user: user.map(str::to_owned),
            by: by.clone(),
        };
        assert_eq!(found.imap, Some(offer(993, Security::Tls, Some("moot"))));
        assert_eq!(found.smtp, Some(offer(587, Security::StartTls, None)));
    }

    #[test]
    fn a_file_that_is_none_offers_nothing() {
        let imap = |host, door| file(&server("incomingServer", "imap", host, door, "x"));
        for text in [
            String::new(),
            "<html>Welcome</html>".to_owned(),
            imap("", ("993", "SSL")),
            imap("a b", ("993", "SSL")),
            imap("mail.corp.example/x", ("993", "SSL")),
            imap("mail.corp.example", ("0", "SSL")),
            imap("mail.corp.example", ("99999", "SSL")),
            imap("mail.corp.example", ("143", "plain")),
            file(&"<x xmlns:a='u'/>".repeat(20)).replace(
                "</emailProvider>",
                &server("incomingServer", "imap", "a.example", ("993", "SSL"), "x"),
            ),
            // Entities that grow (XML 1.0 4.4) are not even read.
            format!("<!DOCTYPE x [<!ENTITY a \"993\">]>{}", imap("mail.corp.example", ("&a;", "SSL"))),
        ] {
            assert!(found(&text).is_nothing(), "{text}");
        }
    }
}
