//! The characters of a file that does not say in which charset it is: spreadsheets write the one of their system.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// By byte order mark, else UTF-8 if it is that, also with a few bytes that are none, else UTF-16, gb18030 or windows-1252 by what
/// the bytes look like. U+FFFD stands for what can't be read.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains('\0')
    {
        return Cow::Borrowed(text);
    }
    if is_broken_utf8(bytes) {
        return String::from_utf8_lossy(bytes);
    }
    guess(bytes).decode_without_bom_handling(bytes).0
}

/// Whether so much of it is UTF-8 that the rest must be a fault: in other charsets hardly any letters happen to be UTF-8. A fault in a
/// letter spoils all of its bytes, up to three.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad, mut run) = (0, 0, 0_usize);
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_empty() {
            bad += run.div_ceil(3);
            run = 0;
        }
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        run += chunk.invalid().len();
    }
    good >= 4 * (bad + run.div_ceil(3)) && !bytes.contains(&0)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(1_000_000)];
    // In UTF-16 every second byte of ASCII is null: the second one in little endian.
    let nulls = |start: usize| sample.iter().skip(start).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nulls(0), nulls(1));
    if odd > sample.len() / 10 && odd > 4 * even {
        return UTF_16LE;
    }
    if even > sample.len() / 10 && even > 4 * odd {
        return UTF_16BE;
    }
    if looks_chinese(sample) { GB18030 } else { WINDOWS_1252 }
}

/// Chinese text has pairs of high bytes, most of them common characters (GB 2312 level 1: a first byte of B0 to D7);
/// text in Latin letters has single ones between ASCII letters.
fn looks_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut pairs, mut singles) = (0, 0, 0);
    let mut rest = bytes.iter().copied().peekable();
    while let Some(first) = rest.next() {
        if first < 0x80 {
            continue;
        }
        match rest.next_if(|second| *second >= 0x80) {
            Some(second) if second >= 0xa1 && first >= 0xa1 => {
                pairs += 1;
                common += u32::from((0xb0..=0xd7).contains(&first));
            }
            // Rarer characters have a second byte below A1.
            Some(_) => pairs += 1,
            None => singles += 1,
        }
    }
    pairs > singles && 2 * common >= pairs
}
