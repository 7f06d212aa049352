//! Mails that one person wrote and another one sent: From names the author, Sender who handed it in (RFC 5322 3.6.2), as
//! Exchange and Outlook write it for secretaries ("on behalf of") and Gmail for addresses that are not an account's own
//! ("via"). Lists and relays put themselves there as well; they are nobody.

use super::automatic;
use super::headers::Headers;
use super::incoming::IncomingMail;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::mail_notes::SentBy;

/// How the local part of an address begins to which bounces go: of lists' programs (`owner-plan@`, `bounce+7f@`), and of
/// relays that rewrite the return path (`SRS0=...@`, `prvs=...@`).
const BOUNCES: &[&str] = &[
    "owner-", "bounce", "srs0=", "srs0+", "srs0-", "srs1=", "srs1+", "srs1-", "prvs=", "btv1==", "msprvs1=",
];
/// How it ends.
const ENDS: &[&str] = &["-bounce", "-errors", "-error", "-return", "-admin", "-confirm"];

/// Who sent a mail, if that is somebody else than who wrote it. `sender` is what Sender names.
pub fn sent_by(mail: &IncomingMail, sender: &[NamedAddress], headers: &Headers) -> Option<SentBy> {
    let [sender] = sender else { return None };
    let address = &sender.address;
    let is_author = mail.from.is_empty() || mail.from.iter().any(|from| from.address.is_mailbox_of(address));
    if is_author || is_relay(address) || is_list(address, headers) {
        return None;
    }
    let name = sender.name.as_deref().map(str::trim).unwrap_or_default().chars().take(100).collect();
    Some(SentBy { name, address: address.clone() })
}

fn is_relay(address: &EmailAddress) -> bool {
    let local = address.local_part().to_lowercase();
    automatic::is_no_person(address)
        || BOUNCES.iter().any(|begin| local.starts_with(begin))
        || ENDS.iter().any(|end| local.ends_with(end))
        // Another address within the return path (VERP): `news-anna=corp.example@list.example`.
        || local.split_once('=').is_some_and(|(_, rest)| rest.contains('.'))
}

/// The address that a list is written to (RFC 2369 3.4), or its own name (RFC 2919).
fn is_list(address: &EmailAddress, headers: &Headers) -> bool {
    let key = address.key();
    let named = |name: &str| headers.get(name).unwrap_or_default().to_lowercase();
    named("List-Post").contains(&format!("mailto:{key}"))
        || named("List-Id").contains(&format!("<{}>", key.replacen('@', ".", 1)))
        || named("X-BeenThere").contains(key)
}

#[cfg(test)]
mod tests {
    use crate::mail::parse::parse;

    fn sent_by(headers: &str) -> Option<String> {
        let mail = parse(format!("{headers}\r\n\r\nText").as_bytes()).unwrap();
        mail.notes.sent_by.map(|by| format!("{} <{}>", by.name, by.address))
    }

    #[test]
    fn who_sends_for_somebody_is_named() {
        for (headers, who) in [
            // Exchange and Outlook.
            (
                "From: \"Berg, Anna\" <anna.berg@corp.example>\r\nSender: Eva Lund <eva.lund@corp.example>",
                Some("Eva Lund <eva.lund@corp.example>"),
            ),
            // Gmail, by an address that is not the account's own.
            (
                "Sender: eva@mail.example\r\nFrom: Anna Berg <anna.berg@corp.example>",
                Some(" <eva@mail.example>"),
            ),
            (
                "From: =?utf-8?B?546L5bCP5piO?= <wang@corp.example>\r\nSender: =?utf-8?B?5p2O6Zu3?= <li@corp.example>",
                Some("李雷 <li@corp.example>"),
            ),
            // One's own address, spelled another way or with a detail; one of two authors.
            ("From: Anna <Anna.Berg@corp.example>\r\nSender: anna.berg@CORP.example", None),
            ("From: anna.berg+moot@corp.example\r\nSender: anna.berg@corp.example", None),
            ("From: a@corp.example, b@corp.example\r\nSender: b@corp.example", None),
            ("From: anna.berg@corp.example", None),
            ("From: anna.berg@corp.example\r\nSender: nobody in particular", None),
        ] {
            assert_eq!(sent_by(headers).as_deref(), who, "{headers}");
        }
    }

    #[test]
    fn lists_and_relays_are_nobody() {
        for sender in [
            "\"Plan\" <plan-bounces@lists.example>",
            "owner-plan@lists.example",
            "plan-owner@lists.example",
            "bounce+7f3a@relay.example",
            "bounces-118_HTML-anna=corp.example@relay.example",
            "SRS0=x1y2=AB=corp.example=anna@relay.example",
            "srs1+x1y2=relay.example@other.example",
            "prvs=12345=anna@corp.example",
            "news-return-4-anna=corp.example@lists.example",
            "mailer-daemon@relay.example",
            "no-reply@corp.example",
            "plan@lists.example",
        ] {
            let list = "List-Id: Plan <plan.lists.example>\r\nList-Post: <mailto:plan@lists.example>";
            let headers = format!("From: Anna <anna@corp.example>\r\nSender: {sender}\r\n{list}");
            assert_eq!(sent_by(&headers), None, "{sender}");
        }
    }
}
