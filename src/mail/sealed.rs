//! Signed and encrypted mail as far as it can be read without keys: what a signature wraps (RFC 5652, RFC 9580 7), and
//! that something is encrypted. No signature is verified.

use std::borrow::Cow;

/// What an S/MIME part (RFC 8551 3.2) holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Cms {
    /// The mail within a signature.
    Signed(Vec<u8>),
    Encrypted,
    /// Compressed, certificates only, or broken.
    Other,
}

/// id-signedData, id-envelopedData, id-encryptedData (RFC 5652) and id-ct-authEnvelopedData (RFC 5083), as DER.
const SIGNED: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const ENCRYPTED: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17],
];

const OBJECT: u8 = 0x06;
const OCTETS: u8 = 0x04;
const CONSTRUCTED_OCTETS: u8 = 0x24;
const CONTEXT_0: u8 = 0xa0;
/// Octet strings in pieces are pieces of pieces at the most.
const DEEPEST: usize = 4;

/// Opens an S/MIME part. Many programs write it in pieces without lengths (BER), so both are read.
pub fn open_cms(bytes: &[u8]) -> Cms {
    open(bytes).unwrap_or(Cms::Other)
}

fn open(bytes: &[u8]) -> Option<Cms> {
    let (_, content) = element(bytes)?.inside();
    let kind = element(content)?;
    if kind.tag != OBJECT {
        return None;
    }
    if ENCRYPTED.contains(&kind.value) {
        return Some(Cms::Encrypted);
    }
    if kind.value != SIGNED {
        return None;
    }
    // [0] { SEQUENCE { version, digest algorithms, SEQUENCE { type, [0] { OCTET STRING } }, ... } }
    let (_, explicit) = element(kind.rest)?.inside();
    let (_, signed) = element(explicit)?.inside();
    let version = element(signed)?;
    let algorithms = element(version.rest)?;
    let (_, encapsulated) = element(algorithms.rest)?.inside();
    let inner_kind = element(encapsulated)?;
    let wrapped = element(inner_kind.rest).filter(|found| found.tag == CONTEXT_0)?;
    let mut out = Vec::new();
    octets(&element(wrapped.value)?, &mut out, 0)?;
    Some(Cms::Signed(out))
}

/// One element: its tag, what it holds, what follows it.
struct Element<'b> {
    tag: u8,
    value: &'b [u8],
    rest: &'b [u8],
}

impl<'b> Element<'b> {
    fn inside(self) -> (u8, &'b [u8]) {
        (self.tag, self.value)
    }
}

/// The element that begins here (X.690 8.1). One without a length ends at two null bytes at its own depth.
fn element(bytes: &[u8]) -> Option<Element<'_>> {
    let (&tag, after) = bytes.split_first()?;
    // No tag of these has more than one byte.
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (&first, after) = after.split_first()?;
    if first == 0x80 {
        let length = open_length(after)?;
        return Some(Element { tag, value: &after[..length], rest: &after[length + 2..] });
    }
    let (length, after) = if first < 0x80 {
        (usize::from(first), after)
    } else {
        let count = usize::from(first & 0x7f);
        let (digits, after) = after.split_at_checked(count).filter(|_| count <= 4)?;
        (digits.iter().fold(0, |length, digit| (length << 8) | usize::from(*digit)), after)
    };
    // A mail that was cut still has its beginning.
    let length = length.min(after.len());
    Some(Element { tag, value: &after[..length], rest: &after[length..] })
}

/// Where the two null bytes stand that end an element without a length. One pass, however deep.
fn open_length(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        let head = bytes.get(at..)?;
        match head {
            [0, 0, ..] if depth == 0 => return Some(at),
            [0, 0, ..] => {
                depth -= 1;
                at += 2;
            }
            [_, 0x80, ..] => {
                depth += 1;
                at += 2;
            }
            _ => {
                let closed = element_head(head)?;
                at = at.checked_add(closed)?;
            }
        }
    }
}

/// The bytes of an element that has a length, its own head included.
fn element_head(bytes: &[u8]) -> Option<usize> {
    let found = element(bytes)?;
    Some(bytes.len() - found.rest.len())
}

fn octets(found: &Element<'_>, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    match found.tag {
        OCTETS => out.extend_from_slice(found.value),
        CONSTRUCTED_OCTETS if depth < DEEPEST => {
            let mut rest = found.value;
            while !rest.is_empty() {
                let piece = element(rest)?;
                octets(&piece, out, depth + 1)?;
                rest = piece.rest;
            }
        }
        _ => return None,
    }
    Some(())
}

const CLEAR: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
const SIGNATURE_END: &str = "-----END PGP SIGNATURE-----";
const MESSAGE: &str = "-----BEGIN PGP MESSAGE-----";

/// Whether the text is nothing but an encrypted one.
pub fn is_pgp_message(text: &str) -> bool {
    text.trim_start().starts_with(MESSAGE)
}

/// The text within a signature in clear (RFC 9580 7); `None` for any other.
pub fn without_pgp_signature(text: &str) -> Option<Cow<'_, str>> {
    let rest = text.trim_start().strip_prefix(CLEAR)?;
    // "Hash: SHA512" and the like end with an empty line.
    let mut lines = rest.lines().skip(1).skip_while(|line| !line.trim().is_empty()).skip(1);
    let mut out = String::with_capacity(text.len());
    for line in lines.by_ref().take_while(|line| *line != SIGNATURE) {
        out.push_str(line.strip_prefix("- ").unwrap_or(line));
        out.push('\n');
    }
    // What stands below, such as a list's footer.
    for line in lines.skip_while(|line| *line != SIGNATURE_END).skip(1) {
        out.push_str(line);
        out.push('\n');
    }
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, length[0], length[1]], value].concat()
    }

    fn open_ended(tag: u8, value: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], value, &[0, 0]].concat()
    }

    fn signed(octets: &[u8], wrap: fn(u8, &[u8]) -> Vec<u8>) -> Vec<u8> {
        let data = tlv(OBJECT, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
        let content = wrap(0x30, &[data, wrap(CONTEXT_0, octets)].concat());
        let parts = [tlv(2, &[1]), tlv(0x31, &[]), content, wrap(0x31, &[])].concat();
        wrap(0x30, &[tlv(OBJECT, SIGNED), wrap(CONTEXT_0, &wrap(0x30, &parts))].concat())
    }

    #[test]
    fn what_a_signature_wraps_is_read_with_and_without_lengths() {
        let text = b"Content-Type: text/plain\r\n\r\nHello";
        let whole = tlv(OCTETS, text);
        let pieces = [tlv(OCTETS, &text[..9]), tlv(OCTETS, &text[9..])].concat();
        for bytes in [
            signed(&whole, tlv),
            signed(&whole, open_ended),
            signed(&tlv(CONSTRUCTED_OCTETS, &pieces), tlv),
            signed(&open_ended(CONSTRUCTED_OCTETS, &pieces), open_ended),
        ] {
            assert_eq!(open_cms(&bytes), Cms::Signed(text.to_vec()));
        }
        let sealed = tlv(0x30, &[tlv(OBJECT, ENCRYPTED[0]), tlv(CONTEXT_0, &[])].concat());
        assert_eq!(open_cms(&sealed), Cms::Encrypted);
    }

    #[test]
    fn lying_lengths_and_endless_depth_end_at_once() {
        let whole = signed(&tlv(OCTETS, b"x"), tlv);
        for cut in 0..whole.len() {
            let _ = open_cms(&whole[..cut]);
        }
        for bytes in [
            vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            [0x30, 0x80].repeat(1_000_000),
            [0x24, 0x80].repeat(1_000_000),
            vec![0; 1_000_000],
            vec![0xff; 1_000],
        ] {
            assert_eq!(open_cms(&bytes), Cms::Other);
        }
    }

    #[test]
    fn a_clear_signature_is_taken_off() {
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nYes.\n- -- \nAnna\n-----BEGIN PGP SIGNATURE-----\n\n\
            abc\n-----END PGP SIGNATURE-----\nfooter\n";
        assert_eq!(without_pgp_signature(text).unwrap(), "Yes.\n-- \nAnna\nfooter\n");
        assert_eq!(without_pgp_signature("I sign with -----BEGIN PGP SIGNED MESSAGE-----"), None);
        assert!(is_pgp_message("\n-----BEGIN PGP MESSAGE-----\n\nabc") && !is_pgp_message("no"));
    }
}
