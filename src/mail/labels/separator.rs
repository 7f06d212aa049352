//! The line that separates an answer, or a covering note, from the mail below it.

/// Words on the line that separates an answer, or a covering note, from the mail below it.
const ORIGINAL: &[&str] = &[
    "original message",
    "originalnachricht",
    "ursprüngliche nachricht",
    "message d'origine",
    "message d’origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "ursprungligt meddelande",
    "originalmeddelande",
    "original meddelelse",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "původní zpráva",
    "pôvodná správa",
    "eredeti üzenet",
    "исходное сообщение",
    "оригінальне повідомлення",
    "αρχικό μήνυμα",
    "orijinal ileti",
    "orjinal mesaj",
    "original mail",
    "mesaj original",
    "mesajul original",
    "izvorna poruka",
    "原始邮件",
    "原始郵件",
    "原邮件",
    "原郵件",
    "原始信件",
    "邮件原件",
    "邮件原文",
    "郵件原文",
    "元のメッセージ",
    "オリジナルメッセージ",
    "원본 메일",
    "원본 메시지",
    "원본 이메일",
    "tin nhắn gốc",
    "pesan asli",
    "ข้อความเดิม",
    "reply message",
    "回复的原邮件",
    "replied message",
    "إرسالة الأصلية",
    "ההודעה המקורית",
];
const FORWARDED: &[&str] = &[
    "forwarded message",
    "forwarded by",
    "forwarded mail",
    "weitergeleitete nachricht",
    "message transféré",
    "message transmis",
    "message réexpédié",
    "mensaje reenviado",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "messaggio inoltrato",
    "doorgestuurd bericht",
    "vidarebefordrat meddelande",
    "videresendt",
    "välitetty viesti",
    "edelleenlähetetty viesti",
    "przekazana wiadomość",
    "przekazanej wiadomości",
    "przekazywanej wiadomości",
    "přeposlaná zpráva",
    "přeposlané zprávy",
    "preposlaná správa",
    "preposlanej správy",
    "továbbított üzenet",
    "továbbított levél",
    "пересланное сообщение",
    "пересылаемое сообщение",
    "перенаправленное сообщение",
    "переслане повідомлення",
    "перенаправлене повідомлення",
    "iletilen ileti",
    "iletilmiş mesaj",
    "iletilen posta",
    "yönlendirilmiş",
    "mesaj redirecționat",
    "mesajul redirecționat",
    "proslijeđena poruka",
    "proslijeđenu poruku",
    "προωθημένο μήνυμα",
    "转发邮件",
    "转发的邮件",
    "轉寄的郵件",
    "转发信息",
    "轉寄郵件",
    "転送メッセージ",
    "メッセージを転送",
    "転送されたメッセージ",
    "전달된 메일",
    "전달된 메시지",
    "fwd.msg",
    "forwarded email",
    "mensaje reenviado",
    "pesan terusan",
    "tin nhắn chuyển tiếp",
    "mensagem reenviada",
    "vidarebefordrat",
    "forwarded letter",
    "eteenpäin lähetetty",
    "перекладене",
    "továbbított",
];

/// Whether a line is a separator with words, such as `-----Original Message-----` or `Begin forwarded message:`.
pub fn separates(line: &str) -> Option<Separator> {
    if line.len() > 160 {
        return None;
    }
    let bare = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*' | '\u{feff}' | '|'));
    let words = bare.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '_' | '=' | '─' | '－' | ':' | '：')
    });
    let is_rule = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '_' | '=' | '─' | '－');
    let ruled = bare.starts_with(is_rule) && bare.len() > words.len() + 3;
    // Without a rule the line must be nothing else than the words, and end with a colon as Apple Mail writes them.
    let alone = bare.ends_with([':', '：']) && words.chars().count() < 45;
    if !ruled && !alone {
        return None;
    }
    let lower = words.to_lowercase().replace("i̇", "i");
    let holds = |table: &[&str]| table.iter().any(|text| lower.contains(text));
    if holds(FORWARDED) {
        return Some(Separator::Forwarded);
    }
    // QQ writes nothing but the one word in English.
    ((holds(ORIGINAL) || lower == "original") && ruled).then_some(Separator::Original)
}

/// What a separator says about the mail below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Original,
    Forwarded,
}
