//! Folder names as IMAP writes them: modified UTF-7 (RFC 3501 5.1.3).

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const BASE64: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::IMAP_MUTF7, NO_PAD);

/// `Entwürfe` becomes `Entw&APw-rfe`, and `&` becomes `&-`.
pub(super) fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut foreign: Vec<u8> = Vec::new();
    for c in name.chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            flush(&mut out, &mut foreign);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            foreign.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut out, &mut foreign);
    out
}

fn flush(out: &mut String, foreign: &mut Vec<u8>) {
    if !foreign.is_empty() {
        out.push('&');
        out.push_str(&BASE64.encode(&*foreign));
        out.push('-');
        foreign.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn folder_names_are_written_as_imap_wants_them() {
        for (name, written) in [
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("Tom & Jerry", "Tom &- Jerry"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(encode(name), written);
        }
    }
}
