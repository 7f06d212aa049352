//! Secrets that stand in links, cookies and reply addresses.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::digest::Digest;

/// 128 unguessable bits, written as 26 lower-case letters and digits (RFC 4648 base32 without padding), so that
/// it survives mail systems that fold case. The database holds only its [`Digest`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token([u8; 16]);

/// The text is no token: not 26 letters and digits of base32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is no token")]
pub struct NoToken;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Letters and digits of a written token.
pub const WRITTEN: usize = 26;

impl Token {
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The token a server key gives for a purpose and an id (HMAC-SHA-256, RFC 2104, cut to 128 bits): it can be
    /// written into every mail without being stored anywhere.
    pub fn derived(key: &ServerKey, purpose: &str, id: uuid::Uuid) -> Self {
        let mut text = purpose.as_bytes().to_vec();
        text.push(0);
        text.extend_from_slice(id.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&key.hmac(&text)[..16]);
        Self(bytes)
    }

    /// What the database holds and looks up.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// Six digits out of it, to be typed by people.
    pub fn six_digits(&self) -> String {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        format!("{:06}", u64::from_be_bytes([a, b, c, d, e, f, g, h]) % 1_000_000)
    }

    /// The token in the clear: only for links, cookies and addresses.
    pub fn reveal(&self) -> String {
        let mut out = String::with_capacity(WRITTEN);
        let (mut bits, mut held) = (0u32, 0u32);
        for byte in self.0 {
            bits = (bits << 8) | u32::from(byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                out.push(char::from(ALPHABET[(bits >> held) as usize & 31]));
            }
            bits &= (1 << held) - 1;
        }
        out.push(char::from(ALPHABET[(bits << (5 - held)) as usize & 31]));
        out
    }
}

impl FromStr for Token {
    type Err = NoToken;
    fn from_str(text: &str) -> Result<Self, NoToken> {
        if text.len() != WRITTEN {
            return Err(NoToken);
        }
        let mut bytes = [0; 16];
        let (mut bits, mut held, mut at) = (0u32, 0u32, 0);
        for letter in text.bytes() {
            let value = ALPHABET.iter().position(|a| *a == letter.to_ascii_lowercase()).ok_or(NoToken)?;
            bits = (bits << 5) | u32::try_from(value).map_err(|_| NoToken)?;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes[at] = (bits >> held) as u8;
                at += 1;
                bits &= (1 << held) - 1;
            }
        }
        (bits == 0).then_some(Self(bytes)).ok_or(NoToken)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The server's own key, 256 bits: reply tokens are derived from it. Whoever has it can speak as any member.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerKey([u8; 32]);

impl ServerKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Another key for a purpose of its own (HMAC-SHA-256, RFC 2104): it tells nothing of this one.
    pub fn derived(&self, purpose: &str) -> [u8; 32] {
        self.hmac(purpose.as_bytes())
    }

    /// Encrypts a text so that only this key opens it, and only for the same purpose: AES-256-GCM (RFC 5116 5.2) under a key of
    /// its own, in base64. `nonce` is chance: the same one must not come twice. `None` for texts of many gigabytes.
    pub fn seal(&self, purpose: &str, nonce: [u8; NONCE_LEN], text: &str) -> Option<String> {
        let mut sealed = text.as_bytes().to_vec();
        let once = Nonce::assume_unique_for_key(nonce);
        self.sealing_key()?
            .seal_in_place_append_tag(once, Aad::from(purpose.as_bytes()), &mut sealed)
            .ok()?;
        Some(BASE64.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What [`Self::seal`] made; `None` when another key or another purpose sealed it, or it was changed.
    pub fn unseal(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = sealed.to_vec();
        let opened =
            self.sealing_key()?.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut text).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    fn sealing_key(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &self.derived("seal")).ok().map(LessSafeKey::new)
    }

    fn hmac(&self, text: &[u8]) -> [u8; 32] {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.0);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(ring::hmac::sign(&key, text).as_ref());
        bytes
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_in_any_case() {
        for bytes in [[0; 16], [255; 16], *b"0123456789abcdef"] {
            let token = Token::from_random(bytes);
            assert_eq!(token.reveal().len(), WRITTEN);
            assert_eq!(token.reveal().to_uppercase().parse(), Ok(token));
        }
        assert_eq!("short".parse::<Token>(), Err(NoToken));
        assert_eq!("1".repeat(26).parse::<Token>(), Err(NoToken));
        assert_eq!(format!("{:?}", Token::from_random([7; 16])), "***");
    }

    #[test]
    fn what_is_sealed_is_opened_by_the_same_key_for_the_same_purpose_only() {
        let key = ServerKey::from_bytes([7; 32]);
        let sealed = key.seal("imap.password", [1; 12], "gehei.m 密码").unwrap();
        assert!(!sealed.contains("gehei"));
        assert_eq!(key.unseal("imap.password", &sealed).as_deref(), Some("gehei.m 密码"));
        assert_ne!(key.seal("imap.password", [2; 12], "gehei.m 密码").unwrap(), sealed);
        assert_eq!(key.unseal("smtp.password", &sealed), None);
        assert_eq!(ServerKey::from_bytes([8; 32]).unseal("imap.password", &sealed), None);
        for broken in ["", "AAAA", "no base64!", &sealed[4..]] {
            assert_eq!(key.unseal("imap.password", broken), None);
        }
    }
}
