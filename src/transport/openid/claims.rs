//! What a token or the user-info endpoint says of a person, under the names that the admin gave.

use std::collections::BTreeMap;

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::identity::{Identity, IdentityKey};

/// Claims beside those of the standard.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra {
    #[serde(flatten)]
    pub all: BTreeMap<String, Value>,
}

impl AdditionalClaims for Extra {}

/// Under which names a provider tells what we ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    pub address: String,
    pub full_name: String,
    pub groups: String,
}

impl Default for ClaimNames {
    /// OpenID Connect Core 1.0 5.1; for groups there is no standard, but a habit.
    fn default() -> Self {
        Self { address: "email".to_owned(), full_name: "name".to_owned(), groups: "groups".to_owned() }
    }
}

/// Everything that one source says.
pub type Said = serde_json::Map<String, Value>;

impl ClaimNames {
    /// Whether a source says all that we want to know.
    pub fn are_all_in(&self, said: &Said) -> bool {
        [&self.address, &self.full_name, &self.groups].iter().all(|name| said.contains_key(name.as_str()))
    }

    /// Puts together what the token says and, where it says nothing, what the user-info endpoint does. Address and whether
    /// it was checked come from one of them.
    pub fn identity(&self, key: IdentityKey, token: &Said, more: &Said) -> Identity {
        let source = if token.contains_key(&self.address) { token } else { more };
        let first = |name: &str| token.get(name).or_else(|| more.get(name));
        Identity {
            key,
            sid: token.get("sid").and_then(text),
            address: source.get(&self.address).and_then(text),
            // The claim is about `email`, whatever else may be an address (OpenID Connect Core 1.0 5.1).
            verified: source.get("email_verified").filter(|_| self.address == "email").and_then(yes),
            full_name: first(&self.full_name).and_then(text).unwrap_or_default(),
            groups: first(&self.groups).map(texts).unwrap_or_default(),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Some providers write the word (the library's reading takes both).
fn yes(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// A list, or one alone.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(value: Value) -> Said {
        value.as_object().unwrap().clone()
    }

    fn identity(token: Value, more: Value) -> Identity {
        let key = IdentityKey { issuer: "https://login.example".to_owned(), subject: "1".to_owned() };
        ClaimNames::default().identity(key, &said(token), &said(more))
    }

    #[test]
    fn an_address_is_not_vouched_for_by_another_source() {
        let found = identity(
            json!({ "email": "anna@corp.example" }),
            json!({ "email": "eve@corp.example", "email_verified": true, "name": "Anna", "groups": "all" }),
        );
        assert_eq!((found.address.as_deref(), found.verified), (Some("anna@corp.example"), None));
        assert_eq!((found.full_name.as_str(), found.groups), ("Anna", vec!["all".to_owned()]));
        let found = identity(
            json!({ "email_verified": true, "groups": ["a", 1, " "] }),
            json!({ "email": "eve@corp.example", "groups": ["b"] }),
        );
        assert_eq!((found.address.as_deref(), found.verified), (Some("eve@corp.example"), None));
        assert_eq!(found.groups, ["a"]);
    }

    #[test]
    fn a_checked_address_is_not_another_claim_that_looks_like_one() {
        let names = ClaimNames { address: "upn".to_owned(), ..ClaimNames::default() };
        let key = IdentityKey { issuer: "https://login.example".to_owned(), subject: "1".to_owned() };
        let token =
            said(json!({ "upn": "anna@corp.example", "email": "eve@evil.example", "email_verified": true }));
        let found = names.identity(key, &token, &Said::new());
        assert_eq!((found.address.as_deref(), found.verified), (Some("anna@corp.example"), None));
    }

    #[test]
    fn odd_claims_say_nothing() {
        let found = identity(
            json!({ "email": ["a@b.example"], "email_verified": 1, "name": {}, "sid": "" }),
            json!({}),
        );
        assert_eq!((found.address, found.verified, found.sid), (None, None, None));
        let found = identity(json!({ "email": "a@b.example", "email_verified": "true" }), json!({}));
        assert_eq!(found.verified, Some(true));
    }
}
