//! The header labels that mail programs write above a quoted or forwarded mail, in the languages they speak.

/// What a label introduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    From,
    To,
    Cc,
    Subject,
    Date,
    ReplyTo,
}

const FROM: &[&str] = &[
    "From",
    "Von",
    "De",
    "De la",
    "Da",
    "Van",
    "Fra",
    "Från",
    "Lähettäjä",
    "Od",
    "Odesílatel",
    "Odosielateľ",
    "Feladó",
    "Kimden",
    "Gönderen",
    "От",
    "От кого",
    "Від",
    "Кого",
    "Από",
    "Expeditor",
    "Expeditorul",
    "Mittente",
    "Nadawca",
    "Šalje",
    "Remitente",
    "Remetente",
    "Expéditeur",
    "Afzender",
    "Absender",
    "Avsender",
    "Afsender",
    "Avsändare",
    "Sender",
    "发件人",
    "寄件者",
    "寄件人",
    "發件人",
    "差出人",
    "送信元",
    "送信者",
    "보낸 사람",
    "보낸사람",
    "발신",
    "מאת",
    "من",
    "Từ",
    "Người gửi",
    "Dari",
    "จาก",
    "Pošiljatelj",
    "Siuntėjas",
    "Saatja",
    "No",
    "Nuo",
    "Kellelt",
    "发信人",
];
const TO: &[&str] = &[
    "To",
    "An",
    "À",
    "A",
    "Para",
    "Pour",
    "Aan",
    "Til",
    "Till",
    "Vastaanottaja",
    "Komu",
    "Pre",
    "Do",
    "Címzett",
    "Kime",
    "Alıcı",
    "Кому",
    "Προς",
    "Către",
    "Destinatarul",
    "Destinatar",
    "Destinatario",
    "Destinatário",
    "Destinataire",
    "Adresat",
    "Prima",
    "Za",
    "Empfänger",
    "Mottaker",
    "Mottagare",
    "Modtager",
    "Ontvanger",
    "收件人",
    "收件者",
    "收信人",
    "宛先",
    "送信先",
    "받는 사람",
    "받는사람",
    "수신",
    "אל",
    "إلى",
    "Đến",
    "Tới",
    "Kepada",
    "ถึง",
    "Primatelj",
    "Kam",
    "Kellele",
    "Adresatas",
];
const CC: &[&str] = &[
    "Cc",
    "CC",
    "cc",
    "Kopie",
    "Kopia",
    "Kopio",
    "Kopi",
    "Kópia",
    "Másolat",
    "Másolatot kap",
    "Copie à",
    "Copie",
    "Copia",
    "Cópia",
    "Dw",
    "DW",
    "Do wiadomości",
    "UDW",
    "Bilgi",
    "Копия",
    "Копія",
    "Κοιν.",
    "Κοινοποίηση",
    "抄送",
    "副本",
    "抄寄",
    "参照",
    "참조",
    "עותק",
    "نسخة",
    "Đồng gửi",
    "สำเนา",
    "Koopia",
    "Kopija",
    "Cópia para",
    "Másolat",
    "CC/抄送",
    "Para (CC)",
];
const SUBJECT: &[&str] = &[
    "Subject",
    "Betreff",
    "Objet",
    "Sujet",
    "Asunto",
    "Assunto",
    "Oggetto",
    "Onderwerp",
    "Emne",
    "Ämne",
    "Aihe",
    "Předmět",
    "Predmet",
    "Temat",
    "Tárgy",
    "Konu",
    "Тема",
    "Θέμα",
    "Subiect",
    "Subiectul",
    "Naslov",
    "Zadeva",
    "主题",
    "主題",
    "主旨",
    "标题",
    "標題",
    "件名",
    "題名",
    "제목",
    "נושא",
    "الموضوع",
    "Chủ đề",
    "Tiêu đề",
    "Perihal",
    "Subjek",
    "เรื่อง",
    "Teema",
    "Tema",
    "Temats",
    "Pavadinimas",
];
const DATE: &[&str] = &[
    "Date",
    "Sent",
    "Datum",
    "Gesendet",
    "Gesendet am",
    "Envoyé",
    "Envoyé le",
    "Fecha",
    "Enviado",
    "Enviado el",
    "Enviada em",
    "Enviado em",
    "Enviada",
    "Data",
    "Dată",
    "Inviato",
    "Data invio",
    "Verzonden",
    "Dato",
    "Sendt",
    "Skickat",
    "Skickad",
    "Päivämäärä",
    "Päiväys",
    "Lähetetty",
    "Odesláno",
    "Odoslané",
    "Dátum",
    "Wysłano",
    "Wysłane",
    "Elküldve",
    "Küldve",
    "Tarih",
    "Gönderilen",
    "Gönderilme",
    "Gönderme Tarihi",
    "Дата",
    "Отправлено",
    "Надіслано",
    "Відправлено",
    "Ημερομηνία",
    "Στάλθηκε",
    "Trimis",
    "Message du",
    "Date d'envoi",
    "Send time",
    "发送时间",
    "发送日期",
    "日期",
    "时间",
    "寄件日期",
    "傳送日期",
    "發送時間",
    "時間",
    "送信日時",
    "日時",
    "日付",
    "送信日",
    "보낸 날짜",
    "날짜",
    "보낸날짜",
    "תאריך",
    "נשלח",
    "التاريخ",
    "تم الإرسال",
    "Ngày",
    "Đã gửi",
    "Tanggal",
    "Dikirim",
    "วันที่",
    "ส่ง",
    "Poslano",
    "Kuupäev",
    "Saadetud",
    "Datums",
    "Išsiųsta",
];
const REPLY_TO: &[&str] = &[
    "Reply-To",
    "Reply To",
    "Antwort an",
    "Répondre à",
    "Responder a",
    "Responder para",
    "Rispondi a",
    "Risposta",
    "Antwoord aan",
    "Svar til",
    "Svara till",
    "Vastausosoite",
    "Odpovědět",
    "Odpowiedz do",
    "Válaszcím",
    "Yanıt Adresi",
    "Ответить",
    "回复",
    "回复至",
    "回覆至",
    "返信先",
    "회신",
];
/// All tables with what they introduce.
const ALL: [(Label, &[&str]); 6] = [
    (Label::From, FROM),
    (Label::To, TO),
    (Label::Cc, CC),
    (Label::Subject, SUBJECT),
    (Label::Date, DATE),
    (Label::ReplyTo, REPLY_TO),
];

/// The label at the beginning of a line, and the value after it. Quote signs and bold marks around it are passed over.
pub fn label_of(line: &str) -> Option<(Label, &str)> {
    let start = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '>' | '*' | '_' | '|' | '\u{feff}' | '·' | '•')
    });
    let (at, colon) = start.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = start[..at].trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '\u{a0}'));
    let value = start[at + colon.len_utf8()..].trim_start_matches(['*', '_', ' ', '\t', '\u{a0}']).trim_end();
    // Chinese and Japanese programs put spaces into short labels: 主 题, 件　名.
    let tight: String = name.split_whitespace().collect();
    let known = |text: &&str| {
        text.eq_ignore_ascii_case(name) || (!name.is_ascii() && **text == tight) || lower_equal(text, name)
    };
    ALL.iter().find(|(_, names)| names.iter().any(&known)).map(|(label, _)| (*label, value))
}

fn lower_equal(a: &str, b: &str) -> bool {
    !b.is_ascii() && a.len() == b.len() && a.to_lowercase() == b.to_lowercase()
}

/// Breaks a line in which a program squeezed all labels together ("From: A <a@b>To: C <c@d>Subject: x") before each
/// label. `None` if there are not at least three.
pub fn unsqueezed(line: &str) -> Option<Vec<String>> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < line.len() {
        match label_at(&line[at..]) {
            Some(length) => {
                starts.push(at);
                at += length;
            }
            None => at += line[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if starts.len() < 3 {
        return None;
    }
    starts.push(line.len());
    Some(starts.windows(2).map(|w| line[w[0]..w[1]].trim().to_owned()).collect())
}

/// The length of the longest label that begins exactly here and has its colon.
fn label_at(text: &str) -> Option<usize> {
    let fits = |name: &&&str| {
        text.strip_prefix(**name)
            .is_some_and(|rest| rest.trim_start_matches([' ', '\u{a0}']).starts_with([':', '：']))
    };
    ALL.iter().flat_map(|(_, names)| names.iter()).filter(fits).map(|name| name.len()).max()
}

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
        c.is_whitespace() || matches!(c, '-' | '_' | '=' | '—' | '–' | '─' | '－' | ':' | '：')
    });
    let ruled = bare.starts_with(['-', '_', '=', '—', '–', '─', '－']) && bare.len() > words.len() + 3;
    let lower = words.to_lowercase().replace("i̇", "i");
    let holds = |table: &[&str]| table.iter().any(|text| lower.contains(text));
    // Without a rule the line must be nothing else than the words, and end with a colon as Apple Mail writes them.
    let alone = bare.ends_with([':', '：']) && lower.chars().count() < 45;
    if holds(FORWARDED) && (ruled || alone) {
        return Some(Separator::Forwarded);
    }
    (holds(ORIGINAL) && ruled).then_some(Separator::Original)
}

/// What a separator says about the mail below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Original,
    Forwarded,
}

/// The header lines above a quoted or forwarded mail.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub fields: Vec<(Label, String)>,
    /// The line after the last of them.
    pub end: usize,
}

impl Block {
    pub fn get(&self, label: Label) -> Option<&str> {
        self.fields.iter().find(|(l, _)| *l == label).map(|(_, value)| value.as_str())
    }

    /// From and two more, or From with a subject: less could be something a person typed.
    fn is_sure(&self) -> bool {
        let mut kinds: Vec<Label> = self.fields.iter().map(|(label, _)| *label).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.contains(&Label::From)
            && (kinds.len() >= 3 || (kinds.len() == 2 && kinds.contains(&Label::Subject)))
    }
}

impl Block {
    /// Whether a line goes on with the last value: an address list with more of it, or a value that filled its line.
    fn continues(&self, above: &str, line: &str) -> bool {
        match self.fields.last() {
            Some((Label::From | Label::To | Label::Cc | Label::ReplyTo, value)) => {
                value.is_empty()
                    || line.contains(['@', '<', '>', ';', ','])
                    || above.trim_end().ends_with([',', ';'])
            }
            Some((_, value)) => {
                value.is_empty() || (above.chars().count() >= 65 && line.chars().count() < 60)
            }
            None => false,
        }
    }
}

/// Lines of a value that is folded.
const MOST_FOLDS: usize = 12;

/// The header block that begins at a line.
pub fn block_at(lines: &[&str], start: usize) -> Option<Block> {
    let first = lines.get(start)?;
    if let Some(pieces) = (first.len() < 4_000).then(|| unsqueezed(first)).flatten() {
        let fields =
            pieces.iter().filter_map(|piece| label_of(piece).map(|(l, v)| (l, v.to_owned()))).collect();
        return Some(Block { fields, end: start + 1 }).filter(Block::is_sure);
    }
    label_of(first)?;
    let mut block = Block { fields: Vec::new(), end: start };
    let mut folds = 0;
    for (at, line) in lines.iter().enumerate().skip(start).take(40) {
        let bare = line.trim_matches(|c: char| c.is_whitespace() || c == '>');
        match label_of(line) {
            Some((label, value)) => {
                block.fields.push((label, value.to_owned()));
                (block.end, folds) = (at + 1, 0);
            }
            // Some programs leave an empty line between the labels.
            None if bare.is_empty() => {
                if lines.get(at + 1).is_none_or(|next| label_of(next).is_none()) || block.is_sure() {
                    break;
                }
            }
            None => {
                folds += 1;
                if folds > MOST_FOLDS || !block.continues(lines[at - 1], bare) {
                    break;
                }
                if let Some((_, value)) = block.fields.last_mut() {
                    value.push(' ');
                    value.push_str(bare);
                    block.end = at + 1;
                }
            }
        }
    }
    Some(block).filter(Block::is_sure)
}
