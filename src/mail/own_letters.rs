//! Letters of ours that come back: as they are, or inside of a mail that somebody forwards or answers.

use mail_parser::MessageParser;
use uuid::Uuid;

use super::incoming::{Forwarded, IncomingMail};
use crate::domain::address::EmailAddress;
use crate::domain::gateway::Gateway;
use crate::domain::settings::{MailSettings, Settings};

/// Whether we wrote this mail ourselves: it carries our loop mark, or comes from an address of ours.
pub fn is_own(mail: &IncomingMail, settings: &MailSettings) -> bool {
    let is_ours = |mark: &String| {
        settings.gateways().any(|gateway| mark.trim().eq_ignore_ascii_case(gateway.address.key()))
    };
    mail.loop_marks.iter().any(is_ours) || mail.from.iter().any(|from| settings.owns(&from.address))
}

/// The gateway that a composed mail of ours comes from; the house's own if none of its gateways has that address any more.
pub fn gateway_of<'s>(raw: &[u8], settings: &'s MailSettings) -> &'s Gateway {
    let message = MessageParser::default().parse_headers(raw);
    let from = message.as_ref().and_then(|message| message.from()?.first()?.address()?.parse().ok());
    let branch = from.and_then(|from: EmailAddress| settings.branch_at(&from));
    branch.map_or(&settings.gateway, |branch| &branch.gateway)
}

/// Whether somebody hands on a letter of ours.
pub fn hands_on_own(mail: &IncomingMail, settings: &Settings) -> bool {
    mail.handed_on().is_some_and(|inner| is_own_inside(inner, settings))
}

fn is_own_inside(inner: &Forwarded, settings: &Settings) -> bool {
    match (&inner.attached, &inner.from) {
        (Some(attached), _) => is_own(attached, &settings.mail),
        (None, Some(from)) => settings.mail.owns(&from.address),
        // Outlook may leave the address out of "From:"; the links to our pages stay.
        (None, None) => {
            ["/l/", "/mails/", "/groups/"].iter().any(|p| inner.text.contains(&settings.public_url.join(p)))
        }
    }
}

/// Whether the mail answers a letter of ours that belongs to no group, such as a draft's or a sign-in link's
/// (`identity::message_id_of`).
pub fn answers_own(mail: &IncomingMail, settings: &MailSettings) -> bool {
    let is_ours = |id: &String| {
        let Some((local, domain)) = id.split_once('@') else { return false };
        let Some((mark, letter)) = local.split_once('.') else { return false };
        mark.eq_ignore_ascii_case("moot")
            && letter.len() == 32
            && Uuid::try_parse(letter).is_ok()
            && domain.eq_ignore_ascii_case(settings.domain())
    };
    mail.in_reply_to.iter().any(is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::identity::{message_id_for, message_id_of, token_reference};
    use crate::mail::parse::parse;
    use crate::mail::redact::tests::settings;

    #[test]
    fn a_forward_of_our_letter_is_known_in_any_form() {
        let settings = settings();
        let head = "From: Anna <anna@corp.example>\r\nTo: moot@corp.example\r\nSubject: Fwd: Plan\r\n";
        let inline = |block: &str| format!("{head}\r\n---------- Forwarded message ---------\r\n{block}");
        let attached = |inner: &str| {
            format!(
                "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee.\r\n--b\r\n\
                 Content-Type: message/rfc822\r\n\r\n{inner}\r\n\r\nHello\r\n--b--\r\n"
            )
        };
        for (raw, own) in [
            (
                inline("From: Bo (Plan) <moot@corp.example>\r\nSubject: Plan\r\nTo: a@x.example\r\n\r\nHi"),
                true,
            ),
            (inline("From: Bo <bo@corp.example>\r\nSubject: Plan\r\nTo: moot@corp.example\r\n\r\nHi"), false),
            (
                inline(
                    "From: Bo\r\nSent: today\r\nTo: Anna\r\nSubject: Plan\r\n\r\nhttps://moot.corp.example/l/x",
                ),
                true,
            ),
            (attached("From: mailmoot <MOOT@corp.example>\r\nSubject: Plan"), true),
            (attached("From: relay@x.example\r\nX-Mailmoot-Loop: moot@corp.example\r\nSubject: Plan"), true),
            (attached("From: bo@corp.example\r\nSubject: Plan"), false),
        ] {
            assert_eq!(hands_on_own(&parse(raw.as_bytes()).unwrap(), &settings), own, "{raw}");
        }
    }

    #[test]
    fn an_answer_to_a_letter_outside_of_groups_is_known() {
        let (mail, id) = (settings().mail, Uuid::from_u128(7));
        let token = crate::domain::secret::Token::from_random([7; 16]);
        for (answered, own) in [
            (message_id_of(id, "corp.example"), true),
            (message_id_of(id, "Corp.Example").to_uppercase(), true),
            (message_id_of(id, "elsewhere.example"), false),
            (message_id_for(id.into(), id, "corp.example"), false),
            (token_reference(&token, "corp.example"), false),
            ("a@corp.example".to_owned(), false),
        ] {
            let answer = IncomingMail { in_reply_to: vec![answered.clone()], ..IncomingMail::default() };
            assert_eq!(answers_own(&answer, &mail), own, "{answered}");
        }
    }
}
