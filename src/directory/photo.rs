//! The picture of a vCard (RFC 6350 6.2.4, RFC 2426 3.1.4) or of an LDAP entry (RFC 2798 2.6), as bytes nobody has looked at.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use calcard::vcard::{VCardEntry, VCardValue};

use super::Photo;

/// Old programs forget the padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What one PHOTO says: bytes in base64, a `data:` URI (RFC 2397), or an address elsewhere.
pub(super) fn of_property(property: &VCardEntry) -> Photo {
    let mut texts = Vec::new();
    for value in &property.values {
        match value {
            VCardValue::Binary(data) if !data.data.is_empty() => return Photo::Bytes(data.data.clone()),
            VCardValue::Text(text) => texts.push(text.as_str()),
            VCardValue::Component(parts) => texts.extend(parts.iter().map(String::as_str)),
            _ => {}
        }
    }
    // The comma of a `data:` URI that is no URI to the parser ends a value.
    of_text(&texts.join(","))
}

fn of_text(text: &str) -> Photo {
    let text = text.trim();
    let is = |start: &str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if text.is_empty() {
        return Photo::None;
    }
    if is("data:") {
        let encoded = text.split_once(";base64").map(|(_, rest)| rest.trim_start_matches([',', '\\']));
        return encoded.map_or(Photo::Broken, decoded);
    }
    let has_scheme = text.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    if has_scheme { Photo::Elsewhere } else { decoded(text) }
}

fn decoded(text: &str) -> Photo {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match LENIENT.decode(plain) {
        Ok(bytes) if !bytes.is_empty() => Photo::Bytes(bytes),
        _ => Photo::Broken,
    }
}
