//! Who sends: a short-lived signed statement that push services check (RFC 8292), and the key it is signed with.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::json;
use web_push_native::p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};

use crate::clock::Clock;
use crate::domain::secret::ServerKey;

/// How long a statement holds; a day at most (RFC 8292 2).
const HOLDS: Duration = Duration::from_secs(12 * 3600);

/// Our key pair on P-256. Derived from the server's key, so that every node of one database has the same, and nothing
/// more has to be kept or backed up.
pub struct Vapid {
    private: SecretKey,
    /// Uncompressed: 65 bytes.
    public: Vec<u8>,
}

impl Vapid {
    pub fn derived(key: &ServerKey) -> Self {
        // Of 2^32 numbers about one is none of the curve's; then the next one is taken.
        let mut numbers = (0u8..).map(|n| key.derived(&format!("vapid:{n}")));
        let private = loop {
            let number = numbers.next().unwrap_or_default();
            if let Ok(private) = SecretKey::from_slice(&number) {
                break private;
            }
        };
        let public = private.public_key().to_encoded_point(false).as_bytes().to_vec();
        Self { private, public }
    }

    /// As browsers want it for `applicationServerKey`.
    pub fn public_key(&self) -> String {
        BASE64URL.encode(&self.public)
    }

    /// The value of `Authorization` for a push service (RFC 8292 3): a JSON Web Token (RFC 7519) signed with ES256
    /// (RFC 7518 3.4), and the key to check it with. `None` if it can't be signed.
    pub(super) fn authorization(&self, origin: &str, contact: &str, clock: &Clock) -> Option<String> {
        let expires = (clock.now() + HOLDS).millis() / 1000;
        let head = BASE64URL.encode(json!({ "typ": "JWT", "alg": "ES256" }).to_string());
        let claims = json!({ "aud": origin, "exp": expires, "sub": contact });
        let signed = format!("{head}.{}", BASE64URL.encode(claims.to_string()));
        let signature = self.sign(signed.as_bytes(), clock)?;
        Some(format!("vapid t={signed}.{}, k={}", BASE64URL.encode(signature), self.public_key()))
    }

    fn sign(&self, bytes: &[u8], clock: &Clock) -> Option<Vec<u8>> {
        let (algorithm, private) = (&ECDSA_P256_SHA256_FIXED_SIGNING, self.private.to_bytes());
        let chance = clock.chance();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(algorithm, &private, &self.public, chance).ok()?;
        Some(pair.sign(chance, bytes).ok()?.as_ref().to_vec())
    }
}

impl std::fmt::Debug for Vapid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_of_one_key_is_the_same_sender() {
        let [one, again, other] = [[7; 32], [7; 32], [8; 32]].map(ServerKey::from_bytes);
        let public = |key| Vapid::derived(key).public_key();
        assert_eq!(public(&one), public(&again));
        assert_ne!(public(&one), public(&other));
        assert_eq!(BASE64URL.decode(public(&one)).unwrap().len(), 65);
    }
}
