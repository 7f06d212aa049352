//! `[oauth]`: where access tokens for the mail account come from, and which servers are shown them.

use secrecy::SecretString;

use super::sections::{listed, not_empty, path};
use super::values::Values;
use crate::transport::account::{MailServer, Proof};
use crate::transport::oauth::{TokenClient, Tokens};
use crate::transport::openid::is_protected;

/// What stands in `imap.auth`, `smtp.auth` and `archive.auth`.
const WAYS: [&str; 2] = ["password", "oauth"];

/// What can stand in those settings that are no secrets.
const EXPECTED: [(&str, &str); 5] = [
    ("oauth.token_url", "config-expected-token-url"),
    ("oauth.client_id", "config-expected-client-id"),
    ("oauth.scope", "config-expected-scope"),
    ("oauth.hosts", "config-expected-oauth-hosts"),
    ("oauth.ca_file", "config-expected-file"),
];

/// Whether a section's account signs in by tokens.
pub(super) fn is_wanted(values: &mut Values, section: &str, usual: bool) -> Option<bool> {
    let name = format!("{section}.auth");
    values.or(&name, "config-expected-auth", usual, |text| WAYS.contains(&text).then(|| text == WAYS[1]))
}

/// The same, as long as nobody needs to know whether what stands there can stand there.
pub(super) fn is_said(values: &Values, section: &str) -> bool {
    values.text(&format!("{section}.auth")).is_some_and(|text| text.trim() == WAYS[1])
}

/// The tokens, if there are any. Both are read in any case, so that all is told at once.
pub(super) fn tokens(values: &mut Values) -> Option<Option<Tokens>> {
    let is_used = ["imap", "smtp", "archive"].iter().any(|section| is_said(values, section));
    if !is_used && !values.has_section("oauth") {
        // They are not looked at, and whoever begins with them on the page reads what can stand there.
        for (name, expected) in EXPECTED {
            values.expect(name, expected);
        }
        return Some(None);
    }
    let token_url = values.need("oauth.token_url", "config-expected-token-url", |text| {
        let plain = is_protected(text) && !text.contains(['#', '@', ' ']);
        plain.then(|| text.to_owned())
    });
    let client_id = values.need("oauth.client_id", "config-expected-client-id", not_empty);
    let client_secret = secret(values, "oauth.client_secret");
    let refresh_token = secret(values, "oauth.refresh_token");
    let scopes = values.or("oauth.scope", "config-expected-scope", Vec::new(), |text| {
        let all: Vec<String> =
            text.split([' ', ',']).filter(|one| !one.is_empty()).map(str::to_owned).collect();
        // RFC 6749 3.3.
        let is_plain = |one: &String| one.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        all.iter().all(is_plain).then_some(all)
    });
    let hosts = values.need("oauth.hosts", "config-expected-oauth-hosts", |text| {
        let all: Vec<String> = listed(text).map(str::to_owned).collect();
        (!all.is_empty()).then_some(all)
    });
    let ca_file = values.or("oauth.ca_file", "config-expected-file", None, |text| path(text).map(Some));
    let (client_secret, refresh_token) = (client_secret?, refresh_token?);
    if client_secret.is_none() && refresh_token.is_none() {
        values.missing("oauth.client_secret", "config-expected-oauth-secret");
        return None;
    }
    let client = TokenClient {
        token_url: token_url?,
        client_id: client_id?,
        client_secret,
        refresh_token,
        scopes: scopes?,
        hosts: hosts?,
        ca_file: ca_file?,
    };
    Some(Some(Tokens::new(client)))
}

fn secret(values: &mut Values, name: &str) -> Option<Option<SecretString>> {
    let text = values.or(name, "config-expected-password", None, |text| {
        not_empty(text).map(|text| Some(SecretString::from(text)))
    });
    text.filter(|_| !values.is_unread(name))
}

/// What a section's server is shown. A token opens the mailbox for whoever has it, so it goes to the named servers only
/// (RFC 6750 5.2).
pub(super) fn proof(
    values: &mut Values,
    section: &str,
    server: Option<&MailServer>,
    tokens: Option<&Tokens>,
) -> Option<Proof> {
    let (server, tokens) = (server?, tokens?);
    if !tokens.client().is_for(&server.host) {
        values.wrong(&format!("{section}.host"), "config-expected-oauth-host");
        return None;
    }
    Some(Proof::Tokens(tokens.clone()))
}
