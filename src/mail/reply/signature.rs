//! Signatures: what follows `-- ` (RFC 3676 4.3), and the notes programs leave ("Sent from my phone").

use super::introduction;

/// A signature has at most this many lines that are not empty, unless it begins with the very `-- ` of the RFC.
const MOST_LINES: usize = 14;
const LONGEST_NOTE: usize = 160;

/// Beginnings of the notes of programs, in lower case.
const NOTES: &[&str] = &[
    "sent from",
    "sent via",
    "sent with",
    "sent using",
    "sent by",
    "sent on the go",
    "get outlook for",
    "get [outlook",
    "from my ",
    "posted from",
    "gesendet von",
    "gesendet mit",
    "gesendet über",
    "von meinem",
    "von unterwegs",
    "diese nachricht wurde von",
    "holen sie sich outlook",
    "outlook für",
    "envoyé depuis",
    "envoyé de",
    "envoyé à partir",
    "envoyé avec",
    "télécharger outlook",
    "obtenir outlook",
    "provenance :",
    "enviado desde",
    "enviado do",
    "enviado de",
    "enviado a partir",
    "enviado con",
    "enviado pelo",
    "enviado via",
    "obtener outlook",
    "obter o outlook",
    "inviato da",
    "inviato con",
    "scarica outlook",
    "ottieni outlook",
    "verzonden met",
    "verzonden vanaf",
    "verzonden via",
    "verstuurd vanaf",
    "verstuurd met",
    "outlook voor",
    "downloaden outlook",
    "skickat från",
    "skickat med",
    "hämta outlook",
    "sendt fra",
    "sendt med",
    "sendt via",
    "hent outlook",
    "skaff deg outlook",
    "lähetetty",
    "hanki outlook",
    "wysłano z",
    "wysłane z",
    "wysłano za",
    "pobierz outlook",
    "odesláno z",
    "odesláno pomocí",
    "získejte outlook",
    "odoslané z",
    "elküldve",
    "küldve a",
    "outlook beszerzése",
    "отправлено с",
    "отправлено из",
    "отправлено через",
    "надіслано з",
    "надіслано через",
    "отримати outlook",
    "скачать outlook",
    "получить outlook",
    "στάλθηκε από",
    "trimis de pe",
    "trimis din",
    "poslano s",
    "poslano z",
    "发自",
    "發自",
    "来自我的",
    "從我的",
    "从我的",
    "寄自",
    "获取 outlook",
    "取得 outlook",
    "获取outlook",
    "下载 outlook",
    "送信元:",
    "나의 ",
    "gửi từ",
    "được gửi từ",
    "dikirim dari",
    "ส่งจาก",
    "נשלח מ",
    "أرسلت من",
    "تم الإرسال من",
    "enviat des de",
    "bidalia",
    "iphoneから",
    "ipadから",
    "androidから",
    "saadetud",
];
/// Ends of such notes in languages that put the verb last.
const NOTE_ENDS: &[&str] = &[
    "gesendet",
    "gesendet.",
    "から送信",
    "から送信されました",
    "传送",
    "傳送",
    "发送",
    "傳送。",
    "에서 보냄",
    "에서 보냈습니다",
    "gönderildi",
    "gönderildi.",
    "küldve",
    "from mobile",
    "verstuurd",
    "发出",
];
/// Words that make "sent from ..." a note.
const DEVICES: &[&str] = &[
    "iphone",
    "ipad",
    "ipod",
    "android",
    "blackberry",
    "samsung",
    "galaxy",
    "mobile",
    "phone",
    "windows",
    "outlook",
    "mail",
    "yahoo",
    "cell",
    "device",
    "htc",
    "nokia",
    "huawei",
    "xiaomi",
    "pixel",
    "tablet",
    "mobil",
    "handy",
    "telefon",
    "smartphone",
    "móvil",
    "celular",
    "téléphone",
    "手机",
    "手機",
    "スマートフォン",
    "携帯",
    "钉钉",
    "微信",
    "企业",
    "邮箱",
    "app",
    "proton",
    "spark",
    "thunderbird",
    "masterpiece",
    "workspace",
    "k-9",
    "airmail",
    "ti-85",
    "мобиль",
    "телефон",
    "сообщение",
    "nine",
    "ios",
    "zimbra",
    "gmail",
    "honor",
    "oneplus",
    "oppo",
    "vivo",
    "watch",
];

/// The text and its signature.
pub fn split(lines: &[&str]) -> (String, String) {
    let mut end = lines.len();
    if let Some(at) = delimiter(lines) {
        end = at;
    }
    // Notes and rules at the end go too, also several of them.
    while let Some(last) = (0..end).rev().find(|at| !lines[*at].trim().is_empty()) {
        if !is_program_note(lines[last]) && !is_rule(lines[last]) {
            break;
        }
        end = last;
    }
    (lines[..end].join("\n"), lines[end..].join("\n"))
}

/// The line that begins the signature.
fn delimiter(lines: &[&str]) -> Option<usize> {
    let last_quoted = lines.iter().rposition(|line| super::is_quoted(line)).unwrap_or(0);
    let mut code = false;
    for (at, line) in lines.iter().enumerate() {
        code ^= line.trim_start().starts_with("```");
        // What is quoted further down is answered further down: this is no signature yet.
        if code || !is_delimiter(line) || last_quoted > at {
            continue;
        }
        if line.trim_end_matches('\r') == "-- " {
            return Some(at);
        }
        let rest: Vec<&&str> =
            lines[at + 1..].iter().filter(|l| !l.trim().is_empty()).take(MOST_LINES + 1).collect();
        let short = rest.len() <= MOST_LINES && rest.iter().all(|l| l.chars().count() <= 140);
        let own_rule = line.trim() != "--" && line.trim() != "—";
        // A longer rule could divide a text; then something like a contact must follow.
        if short && (!own_rule || looks_like_contact(&rest)) {
            return Some(at);
        }
    }
    None
}

fn is_delimiter(line: &str) -> bool {
    let bare = line.trim();
    matches!(bare, "--" | "—" | "__" | "–")
        || (bare.chars().count() >= 3 && bare.chars().all(|c| c == '—' || c == '–' || c == '_'))
}

/// A telephone number, an address or a link, and no line that reads like a paragraph.
fn looks_like_contact(lines: &[&&str]) -> bool {
    let contact = |line: &str| {
        let digits = line.bytes().filter(u8::is_ascii_digit).count();
        (digits >= 6 && line.contains(['+', '-', ' ', '.']))
            || line.contains('@')
            || line.contains("www.")
            || line.contains("://")
    };
    lines.len() <= 8 && lines.iter().all(|l| l.chars().count() <= 80) && lines.iter().any(|l| contact(l))
}

/// A line of nothing but signs, or of a tracking program's sign.
fn is_rule(line: &str) -> bool {
    let bare = line.trim();
    bare == "ᐧ"
        || (bare.chars().count() >= 2
            && bare.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '#' | '~' | '+' | '—' | '–' | '─')))
}

/// "Sent from my iPhone", "Get Outlook for Android", 发自我的手机 ...
pub fn is_program_note(line: &str) -> bool {
    let bare = line.trim_matches(|c: char| {
        c.is_whitespace()
            || introduction::is_unseen(c)
            || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '*' | '_' | '-' | '—' | '–' | '|' | '~')
    });
    if bare.is_empty() || line.len() > LONGEST_NOTE {
        return false;
    }
    let lower = bare.to_lowercase();
    if is_offer(&lower) {
        return true;
    }
    let begins = NOTES.iter().any(|note| lower.starts_with(note));
    let ends = NOTE_ENDS.iter().any(|note| lower.ends_with(note));
    if !begins && !ends {
        return false;
    }
    let clause = lower.split([',', ';']).next().unwrap_or(&lower);
    let named = DEVICES.iter().any(|device| clause.contains(device));
    let short = lower.split_whitespace().count() <= 7 && !lower.contains(',') && !lower.ends_with(['?', ':']);
    match (begins, ends) {
        (true, _)
            if lower.starts_with("from my ")
                || lower.starts_with("나의 ")
                || lower.starts_with("von meinem") =>
        {
            named && short
        }
        (true, _) => named || (short && lower.starts_with("sent from my ")),
        _ => {
            named && lower.chars().count() <= 60
                || lower.ends_with("from mobile") && lower.split_whitespace().count() <= 4
        }
    }
}

/// "Get BlueMail for Android": the program's own name between.
fn is_offer(lower: &str) -> bool {
    let named = lower.strip_prefix("get ").and_then(|rest| rest.split_once(" for "));
    named.is_some_and(|(program, system)| {
        program.split_whitespace().count() <= 2
            && ["android", "ios", "iphone", "ipad", "mobile", "desktop", "windows", "mac"]
                .iter()
                .any(|known| system.starts_with(known))
            && system.split_whitespace().count() <= 2
    })
}

/// The footer of a mailing list: a long rule, then a few lines with the list's address.
pub fn is_list_footer(lines: &[&str]) -> bool {
    let Some(first) = lines.first().map(|line| line.trim()) else { return false };
    let ruled = first.len() >= 20 && first.chars().all(|c| c == '_' || c == '-' || c == '=');
    if !ruled {
        return false;
    }
    let rest: Vec<&&str> = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).take(7).collect();
    let tells = |line: &&&str| {
        let lower = line.to_lowercase();
        ["mailing list", "unsubscribe", "listinfo", "退订"].iter().any(|word| lower.contains(word))
    };
    rest.len() <= 6 && rest.iter().any(tells)
}
