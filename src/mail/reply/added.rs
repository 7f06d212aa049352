//! What mail servers write into a mail beside its author's words: the warning above a mail from outside, and the
//! paragraph about secrecy below it.

/// A text, and what servers added above and below.
pub struct Own<'l> {
    pub above: String,
    pub lines: &'l [&'l str],
    pub below: String,
}

/// Paragraphs of one mail that are taken for added ones, on each side.
const MOST: usize = 3;
/// A paragraph longer than this was written by a person; in bytes.
const LONGEST: usize = 4_000;
/// A secrecy notice says more than so many characters; Chinese and its neighbours need fewer.
const SHORTEST: usize = 70;
const SHORTEST_WIDE: usize = 24;

/// The lines without what servers added. Never all of them.
pub fn without<'l>(lines: &'l [&'l str]) -> Own<'l> {
    let (mut start, mut end) = (0, lines.len());
    for _ in 0..MOST {
        let Some((from, to)) = first_paragraph(&lines[start..end]) else { break };
        let (from, to) = (start + from, start + to);
        if !is_warning(&lines[from..to]) || !says_something(&lines[to..end]) {
            break;
        }
        start = to;
    }
    for _ in 0..MOST {
        let Some(from) = last_paragraph(&lines[start..end]).map(|from| start + from) else { break };
        if !is_secrecy_notice(&lines[from..end]) || !says_something(&lines[start..from]) {
            break;
        }
        end = from;
    }
    Own { above: lines[..start].join("\n"), lines: &lines[start..end], below: lines[end..].join("\n") }
}

fn is_empty(line: &str) -> bool {
    line.trim().is_empty()
}

fn says_something(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.contains(char::is_alphanumeric) && !super::is_quoted(line))
}

fn first_paragraph(lines: &[&str]) -> Option<(usize, usize)> {
    let from = lines.iter().position(|line| !is_empty(line))?;
    let to = lines[from..].iter().position(|line| is_empty(line)).map_or(lines.len(), |length| from + length);
    Some((from, to))
}

fn last_paragraph(lines: &[&str]) -> Option<usize> {
    let last = lines.iter().rposition(|line| !is_empty(line))?;
    Some(lines[..last].iter().rposition(|line| is_empty(line)).map_or(0, |empty| empty + 1))
}

fn joined(lines: &[&str]) -> Option<String> {
    let length: usize = lines.iter().map(|line| line.len()).sum();
    let typed = lines.iter().all(|line| !super::is_quoted(line));
    (length <= LONGEST && typed).then(|| {
        lines.iter().flat_map(|line| line.split_whitespace()).collect::<Vec<_>>().join(" ").to_lowercase()
    })
}

/// "CAUTION: This email originated from outside of the organization ..."
fn is_warning(lines: &[&str]) -> bool {
    let Some(text) = joined(lines) else { return false };
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    holds(WARNINGS) && holds(OUTSIDE) && text.chars().count() <= 500
}

const WARNINGS: &[&str] = &[
    "caution",
    "warning",
    "external",
    "achtung",
    "vorsicht",
    "attention",
    "precaución",
    "atención",
    "cuidado",
    "atenção",
    "attenzione",
    "let op",
    "uwaga",
    "внимание",
    "警告",
    "注意",
    "提醒",
    "提示",
    "외부",
    "dikkat",
    "تحذير",
];
const OUTSIDE: &[&str] = &[
    "outside of the organi",
    "outside the organi",
    "outside of your organi",
    "outside your organi",
    "outside our organi",
    "outside of our organi",
    "outside of the company",
    "outside the company",
    "from an external sender",
    "external email. do not",
    "external e-mail. do not",
    "von einem externen absender",
    "von außerhalb",
    "de l'extérieur de",
    "de l’extérieur de",
    "d'un expéditeur externe",
    "fuera de la organización",
    "fuera de su organización",
    "remitente externo",
    "fora da organização",
    "remetente externo",
    "mittente esterno",
    "esterno all'organizzazione",
    "externe afzender",
    "buiten de organisatie",
    "spoza organizacji",
    "внешнего отправителя",
    "извне организации",
    "外部邮件",
    "来自外部",
    "外部發件",
    "外部发件人",
    "外部寄件",
    "社外から",
    "외부에서",
    "kuruluş dışından",
    "خارج المؤسسة",
];

/// Names the mail itself, calls it secret, and says what others than its receiver must do: one of each.
fn is_secrecy_notice(lines: &[&str]) -> bool {
    let Some(text) = joined(lines) else { return false };
    let wide = text
        .chars()
        .filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
        .count();
    let long = if wide * 2 > text.chars().count() { SHORTEST_WIDE } else { SHORTEST };
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    text.chars().count() >= long && holds(MAIL) && holds(SECRET) && holds(OTHERS)
}

const MAIL: &[&str] = &[
    "e-mail",
    "email",
    "message",
    "communication",
    "nachricht",
    "courriel",
    "mensaje",
    "correo",
    "mensagem",
    "messaggio",
    "bericht",
    "wiadomość",
    "сообщение",
    "письмо",
    "邮件",
    "郵件",
    "信件",
    "メール",
    "メッセージ",
    "메일",
    "ileti",
    "e-posta",
    "رسالة",
    "البريد",
    "meddelande",
    "meddelelse",
    "viesti",
    "zpráva",
];
const SECRET: &[&str] = &[
    "confidential",
    "privileged",
    "vertraulich",
    "confidentiel",
    "confidencial",
    "riservat",
    "confidenzial",
    "vertrouwelijk",
    "poufn",
    "конфиденциальн",
    "保密",
    "机密",
    "機密",
    "秘密",
    "기밀",
    "비밀",
    "gizli",
    "سري",
    "konfidentiell",
    "fortrolig",
    "luottamuksell",
    "důvěrn",
];
const OTHERS: &[&str] = &[
    "intended recipient",
    "intended only",
    "intended solely",
    "addressee",
    "received this",
    "receive this",
    "in error",
    "by mistake",
    "irrtümlich",
    "richtige adressat",
    "bestimmungsgemäß",
    "destinataire",
    "par erreur",
    "destinatario",
    "por error",
    "destinatário",
    "por engano",
    "per errore",
    "geadresseerde",
    "per vergissing",
    "adresat",
    "omyłk",
    "адресат",
    "по ошибке",
    "收件人",
    "误收",
    "誤收",
    "错误地收到",
    "受信者",
    "宛先",
    "誤って",
    "수신",
    "alıcı",
    "المستلم",
    "المرسل إليه",
    "av misstag",
    "mottagare",
    "modtager",
    "mottaker",
    "vastaanottaja",
    "příjemc",
];
