//! `[provider.NAME]`: sign-in providers, of which there can be several.

use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::SecretString;

use super::sections::{domains, listed, not_empty, path};
use super::units::duration;
use super::values::Values;
use crate::domain::identity::Trust;
use crate::transport::openid::{ClaimNames, MailboxAsk, Provider, is_protected};

/// A session that began at a provider lasts so long unless the admin says otherwise.
const LASTS: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a request for a sign-in says by itself (RFC 6749 4.1.1, RFC 7636 4.3, OpenID Connect Core 1.0 3.1.2.1 and 6).
const TAKEN: [&str; 12] = [
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
];

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

/// Nobody's mailbox is asked for where people cannot open them. Where they can, there has to be a way: a password or a provider.
pub(super) fn asking(
    values: &mut Values,
    mut all: Vec<Provider>,
    own_mailboxes: bool,
    by_password: bool,
) -> Vec<Provider> {
    if !own_mailboxes {
        all.iter_mut().for_each(|one| one.mailbox = MailboxAsk::default());
    } else if !by_password && all.iter().all(|one| one.mailbox.scopes.is_empty()) {
        values.wrong("sign_in.own_mailbox_password", "config-expected-mailbox-way");
    }
    all
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
    let scopes = values.or(&of("scopes"), "config-expected-words", usual, |text| scopes_in(listed(text)));
    let (claims, trust, mailbox) = (claims(values, name), trust(values, name), mailbox(values, name));
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
        mailbox: mailbox?,
        claims: claims?,
        trust: trust?,
        lasts: lasts?,
        single_logout: single_logout?,
        ca_file: ca_file?,
    })
}

/// RFC 6749 3.3; `openid` is asked for in any case.
fn scopes_in<'t>(all: impl Iterator<Item = &'t str>) -> Option<Vec<String>> {
    let all: Vec<String> = all.map(str::to_owned).collect();
    let is_plain = |one: &String| one.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    all.iter().all(is_plain).then(|| all.into_iter().filter(|one| one != "openid").collect())
}

fn mailbox(values: &mut Values, name: &str) -> Option<MailboxAsk> {
    let of = |setting: &str| format!("provider.{name}.{setting}");
    let scopes = values.or(&of("mailbox_scope"), "config-expected-scope", Vec::new(), |text| {
        scopes_in(text.split([' ', ',']).filter(|one| !one.is_empty()))
    });
    let parameters = values.or(&of("mailbox_parameters"), "config-expected-parameters", Vec::new(), |text| {
        listed(text).map(parameter).collect()
    });
    let (scopes, parameters) = (scopes?, parameters?);
    // Without a scope there is nothing that they could be for.
    let parameters = if scopes.is_empty() { Vec::new() } else { parameters };
    Some(MailboxAsk { scopes, parameters })
}

/// `name=value`, of letters that need no care.
fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let is_plain = |one: &str| !one.is_empty() && one.bytes().all(|b| b.is_ascii_graphic());
    (is_plain(name) && is_plain(value) && !TAKEN.contains(&name)).then(|| (name.to_owned(), value.to_owned()))
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

#[cfg(test)]
mod tests {
    use super::super::Config;

    const PROVIDER: &str = "[mail]\naddress = \"moot@corp.example\"\n[imap]\nhost = \"mail.corp.example\"\npassword = \"x\"\n\
        [smtp]\nhost = \"mail.corp.example\"\n[sign_in]\nown_mailbox = true\n[provider.corp]\n\
        issuer = \"https://login.corp.example\"\nclient_id = \"mailmoot\"\n";

    #[test]
    fn people_who_may_open_their_mailboxes_have_a_way() {
        let only_providers =
            PROVIDER.replace("own_mailbox = true", "own_mailbox = true\nown_mailbox_password = false");
        let told = Config::read(&only_providers, []).unwrap_err().to_string();
        assert!(told.contains("sign_in.own_mailbox_password is “false”"), "{told}");
        assert!(told.contains("mailbox_scope") && told.contains("nobody can open"), "{told}");
        assert!(Config::read(&format!("{only_providers}mailbox_scope = \"mail\"\n"), []).is_ok());
        let nothing_offered = only_providers.replace("own_mailbox = true", "own_mailbox = false");
        assert!(Config::read(&nothing_offered, []).is_ok());
    }

    #[test]
    fn a_mailbox_is_asked_for_in_words_that_leave_the_sign_in_alone() {
        let read = |lines: &str| Config::read(&format!("{PROVIDER}{lines}"), []);
        let ask = |lines: &str| read(lines).unwrap().providers.remove(0).mailbox;
        let more = "mailbox_parameters = [\"access_type=offline\", \"prompt=consent\"]\n";
        let asked =
            ask(&format!("mailbox_scope = \"https://mail.example.com/ offline_access openid\"\n{more}"));
        assert_eq!(asked.scopes, ["https://mail.example.com/", "offline_access"]);
        assert_eq!(asked.parameters[1], ("prompt".to_owned(), "consent".to_owned()));
        assert!(ask(more).parameters.is_empty(), "nothing is asked for");
        for odd in [
            "state=x",
            "scope=all",
            "redirect_uri=https://evil.example",
            "prompt",
            "=x",
            "a b=c",
            "request_uri=x",
        ] {
            let told = read(&format!("mailbox_parameters = [\"{odd}\"]\n")).unwrap_err().to_string();
            assert!(told.contains("provider.corp.mailbox_parameters"), "{odd}: {told}");
        }
        let told = read("mailbox_scope = \"a\\\\b\"\n").unwrap_err().to_string();
        assert!(told.contains("words with spaces between"), "{told}");
        let closed = PROVIDER.replace("own_mailbox = true", "own_mailbox = false");
        let config = Config::read(&format!("{closed}mailbox_scope = \"mail\"\n"), []).unwrap();
        assert!(config.providers[0].mailbox.scopes.is_empty(), "nobody can open one");
    }
}
