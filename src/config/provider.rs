//! `[provider.NAME]`: sign-in providers, of which there can be several.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::SecretString;

use super::sections::{domains, listed, not_empty, path};
use super::units::duration;
use super::values::Values;
use crate::domain::identity::Trust;
use crate::transport::openid::{ClaimNames, Provider, is_protected};

/// A session that began at a provider lasts so long unless the admin says otherwise.
const LASTS: Duration = Duration::from_secs(7 * 24 * 3600);

/// All of them, by name, or `None` with the reasons in `values`.
pub(super) fn providers(values: &mut Values) -> Option<Vec<Provider>> {
    let names = values.names("provider");
    let all: Vec<Option<Provider>> = names.iter().map(|name| provider(values, name)).collect();
    let all: Vec<Provider> = all.into_iter().collect::<Option<_>>()?;
    let mut issuers = BTreeSet::new();
    // Accounts are known by the issuer: two providers of one would be one.
    match all.iter().find(|one| !issuers.insert(one.issuer.clone())) {
        Some(one) => {
            values.wrong(&format!("provider.{}.issuer", one.name), "config-expected-other-issuer");
            None
        }
        None => Some(all),
    }
}

fn provider(values: &mut Values, name: &str) -> Option<Provider> {
    let of = |setting: &str| format!("provider.{name}.{setting}");
    let issuer = values.need(&of("issuer"), "config-expected-issuer", |text| {
        let plain = is_protected(text) && !text.contains(['?', '#', ' ']);
        plain.then(|| text.to_owned())
    });
    let client_id = values.need(&of("client_id"), "config-expected-client-id", not_empty);
    let client_secret = values.or(&of("client_secret"), "config-expected-password", None, |text| {
        not_empty(text).map(|text| Some(SecretString::from(text)))
    });
    let unread = values.is_unread(&of("client_secret"));
    let title = values.or(&of("title"), "config-expected-title", name.to_owned(), |text| {
        let good = !text.is_empty() && text.chars().count() <= 60 && !text.contains(char::is_control);
        good.then(|| text.to_owned())
    });
    let usual = ["profile", "email"].map(str::to_owned).to_vec();
    let scopes = values.or(&of("scopes"), "config-expected-words", usual, |text| {
        let all: Vec<String> = listed(text).map(str::to_owned).collect();
        // RFC 6749 3.3; `openid` is asked for in any case.
        let is_plain = |one: &String| one.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        all.iter().all(is_plain).then(|| all.into_iter().filter(|one| one != "openid").collect())
    });
    let (claims, trust) = (claims(values, name), trust(values, name));
    let lasts = values.or(&of("session"), "config-expected-time", LASTS, |text| {
        duration(text).filter(|time| !time.is_zero())
    });
    let single_logout =
        values.or(&of("single_logout"), "config-expected-yes-no", true, |text| text.parse().ok());
    let ca_file = values.or(&of("ca_file"), "config-expected-file", None, |text| path(text).map(Some));
    let client_secret = client_secret.filter(|_| !unread)?;
    Some(Provider {
        name: name.to_owned(),
        title: title?,
        issuer: issuer?,
        client_id: client_id?,
        client_secret,
        scopes: scopes?,
        claims: claims?,
        trust: trust?,
        lasts: lasts?,
        single_logout: single_logout?,
        ca_file: ca_file?,
    })
}

fn claims(values: &mut Values, name: &str) -> Option<ClaimNames> {
    let usual = ClaimNames::default();
    let mut claim = |setting: &str, usual: String| {
        values.or(&format!("provider.{name}.{setting}"), "config-expected-claim", usual, not_empty)
    };
    let address = claim("address_claim", usual.address);
    let full_name = claim("name_claim", usual.full_name);
    let groups = claim("groups_claim", usual.groups);
    Some(ClaimNames { address: address?, full_name: full_name?, groups: groups? })
}

fn trust(values: &mut Values, name: &str) -> Option<Trust> {
    let owned_domains = domains(values, &format!("provider.{name}.owned_domains"));
    let only_domains = domains(values, &format!("provider.{name}.only_domains"));
    let mut groups = |setting: &str| {
        values.or(&format!("provider.{name}.{setting}"), "config-expected-words", Vec::new(), |text| {
            Some(listed(text).map(str::to_owned).collect())
        })
    };
    let admin_groups = groups("admin_groups");
    let auditor_groups = groups("auditor_groups");
    Some(Trust {
        owned_domains: owned_domains?,
        only_domains: only_domains?,
        admin_groups: admin_groups?,
        auditor_groups: auditor_groups?,
    })
}
