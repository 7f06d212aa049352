//! Our own signature on mails that go out (RFC 6376; RFC 8463 for Ed25519).

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_auth::common::crypto::{Algorithm, Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::{HeaderWriter, Writable};
use mail_auth::dkim::{Canonicalization, DkimSigner};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

use super::headers::Headers;

/// What is signed where it stands in the mail. RFC 8058 4 wants List-Unsubscribe and List-Unsubscribe-Post to be covered.
const SIGNED: &[&str] = &[
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Disposition-Notification-To",
    "Auto-Submitted",
];

/// A private key, in memory only: RSA or Ed25519.
#[derive(Clone)]
pub struct DkimKey(Arc<Pair>);

enum Pair {
    Rsa(RsaKey<Sha256>),
    Ed25519(Ed25519Key),
}

/// Signs mails for one domain. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    key: DkimKey,
    domain: String,
    selector: String,
}

/// A mail that could not be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The mail could not be signed: {0}")]
pub struct Unsigned(String);

impl DkimKey {
    /// From PEM: PKCS #8 of either kind (RFC 5958), or PKCS #1 of RSA (RFC 8017). `None` if it is none, or an RSA key
    /// that is too short (RFC 8301 3.2 wants 2048 bits).
    pub fn from_pem(pem: &str) -> Option<Self> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        if let PrivateKeyDer::Pkcs8(pkcs8) = &der
            && let Ok(key) = Ed25519Key::from_pkcs8_maybe_unchecked_der(pkcs8.secret_pkcs8_der())
        {
            return Some(Self(Arc::new(Pair::Ed25519(key))));
        }
        let key = RsaKey::from_key_der(der).ok()?;
        Some(Self(Arc::new(Pair::Rsa(key))))
    }

    /// What stands in the DNS for it (RFC 6376 3.6.1, RFC 8463 4).
    fn record(&self) -> String {
        match &*self.0 {
            Pair::Rsa(key) => {
                format!("v=DKIM1; k=rsa; p={}", BASE64_STANDARD.encode(rsa_info(&key.public_key())))
            }
            Pair::Ed25519(key) => {
                format!("v=DKIM1; k=ed25519; p={}", BASE64_STANDARD.encode(key.public_key()))
            }
        }
    }
}

impl Signer {
    pub fn new(key: DkimKey, domain: &str, selector: &str) -> Self {
        Self { key, domain: domain.to_owned(), selector: selector.to_owned() }
    }

    /// Where the public key stands in the DNS, such as `moot._domainkey.corp.example`.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The TXT record that has to stand there.
    pub fn record(&self) -> String {
        self.key.record()
    }

    /// Whether a TXT record has our key, whatever else it says and however it is spaced.
    pub fn is_in(&self, record: &str) -> bool {
        let key_of = |text: &str| {
            let key = text.split(';').find_map(|tag| tag.trim().strip_prefix("p=").map(str::to_owned))?;
            Some(key.split_whitespace().collect::<String>())
        };
        key_of(record).is_some_and(|key| Some(key) == key_of(&self.record()))
    }

    /// The mail with our signature before it. From counts twice: another one that is added breaks the signature
    /// (RFC 6376 8.15). The line ends must be those that are sent.
    ///
    /// # Errors
    /// [`Unsigned`] when there is nothing to sign, or the key can't be used.
    pub fn sign(&self, raw: &[u8]) -> Result<Vec<u8>, Unsigned> {
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(raw.len());
        let head = Headers::of_text(&String::from_utf8_lossy(&raw[..end]));
        let there = SIGNED.iter().filter(|name| head.has(name));
        let signed = ["From", "From"].iter().chain(there).copied();
        let signature = DkimSigner::from_key(self.key.clone())
            .domain(&self.domain)
            .selector(&self.selector)
            .headers(signed)
            .header_canonicalization(Canonicalization::Relaxed)
            .body_canonicalization(Canonicalization::Relaxed)
            .sign(raw)
            .map_err(|error| Unsigned(error.to_string()))?;
        let mut whole = signature.to_header().into_bytes();
        whole.extend_from_slice(raw);
        Ok(whole)
    }
}

impl SigningKey for DkimKey {
    type Hasher = Sha256;

    fn sign(&self, input: impl Writable) -> mail_auth::Result<Vec<u8>> {
        match &*self.0 {
            Pair::Rsa(key) => key.sign(input),
            Pair::Ed25519(key) => key.sign(input),
        }
    }

    fn algorithm(&self) -> Algorithm {
        match &*self.0 {
            Pair::Rsa(key) => key.algorithm(),
            Pair::Ed25519(key) => key.algorithm(),
        }
    }
}

/// The SubjectPublicKeyInfo (RFC 5280 4.1.2.7) of an RSAPublicKey, which is what all the world writes into DNS records.
fn rsa_info(key: &[u8]) -> Vec<u8> {
    /// rsaEncryption without parameters (RFC 3279 2.3.1).
    const ALGORITHM: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = der(0x03, &[&[0], key].concat());
    der(0x30, &[ALGORITHM.as_slice(), &bits].concat())
}

/// A tag, the length and the contents (X.690 8.1).
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let first = length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1);
    let digits = &length[first..];
    let mut out = vec![tag];
    if contents.len() > 127 {
        // At most eight digits.
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
    }
    out.extend_from_slice(digits);
    out.extend_from_slice(contents);
    out
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.record_name())
    }
}
