//! Bounces in a server's own words: qmail, Exim, old Exchange, providers. Looked at only if the mail has the signs of
//! a bounce, so that a person who writes about one is not taken for a server.

use super::class::classify;
use super::delivery::{action_of, status_of};
use crate::domain::address::EmailAddress;
use crate::mail::headers::Headers;
use crate::mail::incoming::{DeliveryReport, RecipientReport};

const SENDERS: &[&str] = &[
    "mailer-daemon",
    "mailerdaemon",
    "postmaster",
    "mail delivery",
    "maildelivery",
    "mdaemon",
    "mail-daemon",
    "mail.daemon",
    "bounce",
];
const SUBJECTS: &[&str] = &[
    "failure notice",
    "undeliver",
    "delivery fail",
    "delivery status notification",
    "mail delivery",
    "returned mail",
    "could not be delivered",
    "delivery notification",
    "non remis",
    "unzustellbar",
    "not delivered",
    "nondeliver",
    "non-deliver",
    "delivery delayed",
    "mail failure",
    "mail error",
    "mail system error",
    "user unknown",
    "delivery error",
    "message delivery",
    "rejected",
    "退信",
    "无法投递",
    "配信",
    "送信",
    "returned to sender",
    "error sending",
    "mail could not",
    "warning: could not send",
    "bounce",
    "delivery problem",
    "unable to deliver",
];
const WORDS: &[&str] = &[
    "not be delivered",
    "not delivered",
    "undeliver",
    "delivery failed",
    "failed to deliver",
    "delivery to the following",
    "unable to deliver",
    "couldn't be delivered",
    "could not deliver",
    "permanent error",
    "permanent fatal errors",
    "fatal error",
    "returned message",
    "not reach",
    "does not exist",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox",
    "delivery error",
    "rejected",
    "wasn't able to deliver",
    "was not able to deliver",
    "delivery status",
    "delivery attempts",
    "konnte nicht",
    "n'a pas pu",
    "no se pudo",
    "could not be sent",
    "smtp error",
    "550 ",
    "554 ",
    "552 ",
    "bounced",
    "以下のメール",
    "配信",
    "届",
    "送信でき",
    "无法",
    "失败",
    "退回",
    "following address",
];
/// Recipients taken from the words of one report.
const MOST: usize = 20;

/// The report, if the mail is one.
pub fn report(headers: &Headers, text: &str) -> Option<DeliveryReport> {
    if !is_bounce(headers, text) {
        return None;
    }
    let named: Vec<String> = headers
        .all("X-Failed-Recipients")
        .flat_map(|value| value.split(','))
        .map(|a| a.trim().to_owned())
        .collect();
    let found = if named.is_empty() { addresses(text) } else { named };
    let own_words = own_words(text);
    let status = status_of(&own_words).or_else(|| reply_code(&own_words));
    let delayed = [
        "delayed",
        "still trying",
        "will keep trying",
        "will continue to",
        "not yet been delivered",
        "warning message only",
    ]
    .iter()
    .any(|w| own_words.to_lowercase().contains(w));
    let action = if delayed { "delayed" } else { action_of(status.as_deref()) };
    let recipients = found.into_iter().filter(|a| !a.is_empty()).take(MOST).map(|address| {
        let diagnostic = diagnostic(&own_words, &address);
        let class = classify(action, status.as_deref(), diagnostic.as_deref().unwrap_or(&own_words));
        RecipientReport {
            final_recipient: address,
            original_recipient: None,
            action: action.to_owned(),
            status: status.clone(),
            class,
            diagnostic,
        }
    });
    Some(DeliveryReport { recipients: recipients.collect(), ..DeliveryReport::default() })
}

/// A daemon's sender or a null return path, and a subject or words of a failed delivery; or a server's own header.
fn is_bounce(headers: &Headers, text: &str) -> bool {
    if headers.has("X-Failed-Recipients") {
        return true;
    }
    let lower = |name: &str| headers.get(name).unwrap_or_default().to_lowercase();
    let (from, subject) = (lower("From"), lower("Subject"));
    let by_daemon = SENDERS.iter().any(|sender| from.contains(sender));
    let null = headers.get("Return-Path").is_some_and(|path| path.replace(' ', "") == "<>");
    let answered = lower("Auto-Submitted").starts_with("auto-replied")
        || lower("Auto-Submitted").starts_with("auto-generated");
    let signs = usize::from(by_daemon) + usize::from(null) + usize::from(answered);
    let titled = SUBJECTS.iter().any(|begin| subject.contains(begin));
    let words = own_words(text).to_lowercase();
    let told = WORDS.iter().any(|word| words.contains(word));
    // Out-of-office answers have a null return path too, but no such words.
    (signs >= 1 && titled && told) || (by_daemon && (titled || told)) || (signs >= 2 && told && titled)
}

/// What the server says, before the mail it gives back.
fn own_words(text: &str) -> String {
    let ends = [
        "--- below this line",
        "------ this is a copy",
        "original message",
        "unsent message below",
        "--- the body of the message",
        "headers of the original",
        "message header",
        "returned mail follows",
        "copy of the message",
    ];
    let mut kept = String::new();
    for line in text.lines().take(200) {
        let lower = line.to_lowercase();
        if ends.iter().any(|end| lower.contains(end)) && !kept.trim().is_empty() {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// The addresses in the server's words, each once; those in brackets or on lines of their own first.
pub fn addresses(text: &str) -> Vec<String> {
    let words = own_words(text);
    let mut found: Vec<String> = Vec::new();
    let mut add = |piece: &str| {
        let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
        if let Ok(address) = bare.parse::<EmailAddress>() {
            let known = address.as_str().to_owned();
            let plausible = address.domain().contains('.')
                && !known.to_lowercase().starts_with("postmaster@")
                && !known.to_lowercase().starts_with("mailer-daemon@");
            if plausible && found.len() < MOST && !found.iter().any(|a| a.eq_ignore_ascii_case(&known)) {
                found.push(known);
            }
        }
    };
    let alone =
        |line: &str| line.trim_matches(|c: char| !c.is_alphanumeric()).split_whitespace().count() == 1;
    for line in
        words.lines().filter(|line| line.contains('@') && (alone(line) || line.trim_start().starts_with('<')))
    {
        line.split(['<', '>', ' ', '\t', ',', ';', '(', ')', '"']).take(4).for_each(&mut add);
    }
    if found.is_empty() {
        for line in words.lines().filter(|line| line.contains('@')).take(60) {
            line.split(['<', '>', ' ', '\t', ',', ';', '(', ')', '"', '[', ']', ':']).for_each(|piece| {
                let bare = piece.trim_matches(|c: char| !c.is_alphanumeric());
                if let Ok(address) = bare.parse::<EmailAddress>() {
                    let known = address.as_str().to_owned();
                    if address.domain().contains('.') && found.is_empty() {
                        found.push(known);
                    }
                }
            });
        }
    }
    found
}

/// The paragraph that names the address.
fn diagnostic(words: &str, address: &str) -> Option<String> {
    let paragraph = words.split("\n\n").find(|p| p.to_lowercase().contains(&address.to_lowercase()))?;
    let joined = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(joined.chars().take(500).collect())
}

/// `550` at the beginning of a line or after a name means 5.0.0 (RFC 5321 4.2).
fn reply_code(words: &str) -> Option<String> {
    let code = words.split(|c: char| !c.is_ascii_digit()).find(|word| {
        word.len() == 3 && matches!(word.as_bytes()[0], b'4' | b'5') && word.as_bytes()[1] <= b'5'
    })?;
    Some(format!("{}.0.0", &code[..1]))
}
