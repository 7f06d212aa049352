//! Character sets: labels that programs write wrongly, and bytes without a label.

use mail_parser::decoders::charsets::map::charset_decoder;

/// The text that bytes in a named character set stand for; `None` if nobody knows the name.
pub fn decode(label: &str, bytes: &[u8]) -> Option<String> {
    let label = canonical(label);
    if label == "utf-8" {
        return Some(String::from_utf8_lossy(bytes).into_owned());
    }
    // Labelled as seven bits, yet with eight: the label says nothing.
    if matches!(label.as_str(), "us-ascii" | "ascii" | "ansi_x3.4-1968") && !bytes.is_ascii() {
        return Some(guess(bytes));
    }
    charset_decoder(label.as_bytes()).map(|decoder| decoder(bytes))
}

/// Whether the parser's own decoding of this label can't be trusted.
pub fn is_odd(label: &str) -> bool {
    let label = label.trim().to_ascii_lowercase();
    canonical(&label) != label
        || matches!(label.as_str(), "us-ascii" | "ascii" | "ansi_x3.4-1968")
        || (label != "utf-8" && charset_decoder(label.as_bytes()).is_none())
}

/// Names that mail programs use for a character set registered under another one.
fn canonical(label: &str) -> String {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let known = match label.as_str() {
        "utf8" | "utf_8" | "unicode-1-1-utf-8" | "utf-8-sig" | "cp65001" | "65001" | "utf8mb4"
        | "x-utf-8" => "utf-8",
        "cp932" | "ms932" | "windows-31j" | "x-sjis" | "sjis" | "ms_kanji" | "x-ms-cp932" | "shift-jis" => {
            "shift_jis"
        }
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220" | "cp50221" => {
            "iso-2022-jp"
        }
        "cp936" | "ms936" | "x-gbk" | "gb_2312-80" | "gb2312" | "gbk" | "x-cp936" | "euc-cn" => "gb18030",
        "cp949" | "ms949" | "uhc" | "ks_c_5601-1987" | "x-windows-949" | "ksc5601" => "euc-kr",
        "cp950" | "x-x-big5" | "big5-hkscs" | "ms950" => "big5",
        "cp874" | "x-windows-874" => "windows-874",
        "latin1" | "latin-1" | "iso8859-1" | "iso_8859-1" | "8859-1" | "iso88591" | "cp819" => "iso-8859-1",
        "ansi" | "windows1252" | "x-ansi" | "cp-1252" | "win-1252" => "windows-1252",
        "win-1251" | "windows1251" | "cp-1251" | "x-cp1251" => "windows-1251",
        "default" | "x-unknown" | "unknown-8bit" | "unknown" | "x-user-defined" | "_iso-8859-1"
        | "binary" | "8bit" | "7bit" | "none" | "" | "charset" => "us-ascii",
        _ => return label,
    };
    known.to_owned()
}

/// Bytes without a usable label: UTF-8 if they are, ISO-2022-JP by its escapes, GB18030 if all high bytes stand in
/// pairs that are Chinese, else Windows-1252.
pub fn guess(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let escapes = bytes.windows(3).any(|w| matches!(w, b"\x1b$B" | b"\x1b$@"));
        return match charset_decoder(b"iso-2022-jp").filter(|_| escapes) {
            Some(decoder) => decoder(bytes),
            None => text.to_owned(),
        };
    }
    let by = |label: &str| charset_decoder(label.as_bytes()).map(|decoder| decoder(bytes));
    if looks_chinese(bytes)
        && let Some(text) = by("gb18030").filter(|text| !text.contains('\u{fffd}'))
    {
        return text;
    }
    by("windows-1252").unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

/// The high bytes come in pairs, and mostly in the rows of common Chinese characters (B0-F7, A1-A3).
fn looks_chinese(bytes: &[u8]) -> bool {
    let (mut at, mut pairs, mut common) = (0, 0, 0);
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        let second = bytes.get(at + 1).copied().unwrap_or(0);
        if second < 0x40 {
            return false;
        }
        pairs += 1;
        common += usize::from(matches!(bytes[at], 0xa1..=0xa3 | 0xb0..=0xf7) && second >= 0xa1);
        at += 2;
    }
    pairs > 1 && common * 10 >= pairs * 9
}
