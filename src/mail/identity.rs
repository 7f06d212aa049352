//! Our own addresses and Message-IDs: what we write into outgoing mail to know an answer again.
//!
//! A reply address carries a member's token; a Message-ID carries the group and the message, for programs that
//! ignore Reply-To and for relays that rewrite one of the two. Case, and the sign before the token, may change
//! on the way; both are read back in any form.

use uuid::Uuid;

use super::incoming::IncomingMail;
use crate::domain::address::{AddressProblem, EmailAddress};
use crate::domain::gateway::{Gateway, ReplyStyle};
use crate::domain::ids::GroupId;
use crate::domain::secret::{Token, WRITTEN};
use crate::domain::settings::MailSettings;

/// The sign between our name and a token; some servers take `-` or `=` for `+`.
pub(super) const SIGNS: [char; 4] = ['+', '-', '=', '.'];

/// Stands before the token in addresses for sharing.
const SHARE: &str = "share";

/// The address a member answers to.
///
/// # Errors
/// The gateway's own local part is so long that no token fits beside it (RFC 5321 4.5.3.1.1: 64 characters).
pub fn reply_address(gateway: &Gateway, token: &Token) -> Result<EmailAddress, AddressProblem> {
    let (own, token) = (&gateway.address, token.reveal());
    match &gateway.replies {
        ReplyStyle::Subaddress => format!("{}+{token}@{}", own.local_part(), own.domain()).parse(),
        ReplyStyle::CatchAll { domain } => format!("{token}@{domain}").parse(),
        ReplyStyle::Single => Ok(own.clone()),
    }
}

/// The address at which a member hands a mail of the group on to be shared; `None` where addresses carry no token.
///
/// # Errors
/// As [`reply_address`].
pub fn share_address(gateway: &Gateway, token: &Token) -> Result<Option<EmailAddress>, AddressProblem> {
    let (own, token) = (&gateway.address, token.reveal());
    match &gateway.replies {
        ReplyStyle::Subaddress => {
            format!("{}+{SHARE}.{token}@{}", own.local_part(), own.domain()).parse().map(Some)
        }
        ReplyStyle::CatchAll { domain } => format!("{SHARE}.{token}@{domain}").parse().map(Some),
        ReplyStyle::Single => Ok(None),
    }
}

/// Whether a mail was written to an address of [`share_address`].
pub fn is_for_sharing(mail: &IncomingMail, settings: &MailSettings) -> bool {
    let named = mail.to.iter().chain(&mail.cc).map(|n| &n.address);
    mail.delivered_to.iter().chain(named).any(|address| {
        let before =
            address.local_part().len().checked_sub(WRITTEN).and_then(|at| address.local_part().get(..at));
        before.is_some_and(|before| without_share(before).is_some())
            && token_of_address(address, settings).is_some()
    })
}

/// What stands before "share." at the end of a text.
fn without_share(before: &str) -> Option<&str> {
    let word = before.strip_suffix(SIGNS)?;
    let at = word.len().checked_sub(SHARE.len())?;
    word.get(at..).filter(|end| end.eq_ignore_ascii_case(SHARE)).map(|_| &word[..at])
}

/// An id for References that brings the token back where addresses can't.
pub fn token_reference(token: &Token, domain: &str) -> String {
    format!("moot.{}@{domain}", token.reveal())
}

/// The tokens in a mail, the surest place first: where it was delivered, To, Cc, then In-Reply-To and References.
pub fn find_tokens(mail: &IncomingMail, settings: &MailSettings) -> Vec<Token> {
    let mut found = addressed_tokens(mail, settings);
    add_new(&mut found, referred_tokens(mail).into_iter());
    found
}

/// The tokens in In-Reply-To and in References, the newest first.
pub fn referred_tokens(mail: &IncomingMail) -> Vec<Token> {
    let answered = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    let mut found = Vec::new();
    add_new(&mut found, answered.filter_map(|id| token_of_reference(id)));
    found
}

/// The tokens in the addresses a mail was written to.
pub fn addressed_tokens(mail: &IncomingMail, settings: &MailSettings) -> Vec<Token> {
    let named = mail.to.iter().chain(&mail.cc).map(|n| &n.address);
    let mut found = Vec::new();
    add_new(
        &mut found,
        mail.delivered_to.iter().chain(named).filter_map(|address| token_of_address(address, settings)),
    );
    found
}

fn add_new(found: &mut Vec<Token>, more: impl Iterator<Item = Token>) {
    for token in more {
        if !found.contains(&token) {
            found.push(token);
        }
    }
}

fn token_of_address(address: &EmailAddress, settings: &MailSettings) -> Option<Token> {
    let local = address.local_part();
    let at = local.len().checked_sub(WRITTEN).filter(|at| local.is_char_boundary(*at))?;
    let token = local[at..].parse().ok()?;
    let before = without_share(&local[..at]).unwrap_or(&local[..at]);
    settings.gateways().any(|gateway| is_before_token(before, address, gateway)).then_some(token)
}

/// Whether what stands before a token is what a gateway writes there.
fn is_before_token(before: &str, address: &EmailAddress, gateway: &Gateway) -> bool {
    match &gateway.replies {
        ReplyStyle::CatchAll { domain } => before.is_empty() && domain.eq_ignore_ascii_case(address.domain()),
        // Deliveries made before the admin changed the style still come back.
        ReplyStyle::Subaddress | ReplyStyle::Single => {
            let name = before.strip_suffix(SIGNS);
            name.is_some_and(|name| name.eq_ignore_ascii_case(gateway.address.local_part()))
        }
    }
}

fn token_of_reference(id: &str) -> Option<Token> {
    let (local, _) = id.split_once('@')?;
    let (mark, token) = local.split_once('.')?;
    mark.eq_ignore_ascii_case("moot").then(|| token.parse().ok()).flatten()
}

/// The Message-ID of a mail that carries something of a group: `message` is the message's id, or that of the bundle.
pub fn message_id_for(group: GroupId, message: Uuid, domain: &str) -> String {
    format!("moot.{}.{}@{domain}", group.uuid().simple(), message.simple())
}

/// The Message-ID of a mail outside of any group, such as a draft's or a sign-in link's.
pub fn message_id_of(mail: Uuid, domain: &str) -> String {
    format!("moot.{}@{domain}", mail.simple())
}

/// An id for References that names a mail of ours where a relay gives it another Message-ID. `message_id` is one made by
/// [`message_id_for`]; this is none of a mail, or a mail would refer to itself.
pub fn mail_reference(message_id: &str) -> String {
    format!("re.{message_id}")
}

/// The Message-ID of ours that a reference made by [`mail_reference`] names.
pub fn mail_of_reference(id: &str) -> Option<String> {
    let (mark, message_id) = id.split_at_checked(3)?;
    let is_one = mark.eq_ignore_ascii_case("re.") && group_of_message_id(message_id).is_some();
    is_one.then(|| message_id.to_owned())
}

/// The group and the message that a Message-ID made by [`message_id_for`] names.
pub fn group_of_message_id(id: &str) -> Option<(GroupId, Uuid)> {
    let (local, _) = id.trim_matches(['<', '>', ' ']).split_once('@')?;
    let mut parts = local.split('.');
    let (mark, group, message) = (parts.next()?, parts.next()?, parts.next()?);
    if !mark.eq_ignore_ascii_case("moot")
        || parts.next().is_some()
        || group.len() != 32
        || message.len() != 32
    {
        return None;
    }
    Some((GroupId::from(Uuid::try_parse(group).ok()?), Uuid::try_parse(message).ok()?))
}

/// Whether a Message-ID has the form of ours, in whichever house it was made.
pub fn is_of_mailmoot(id: &str) -> bool {
    let alone = || {
        let letter = id.split_once('@').and_then(|(local, _)| local.split_once('.'));
        letter.is_some_and(|(mark, letter)| {
            mark.eq_ignore_ascii_case("moot") && letter.len() == 32 && Uuid::try_parse(letter).is_ok()
        })
    };
    group_of_message_id(id).is_some() || alone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(replies: ReplyStyle) -> MailSettings {
        MailSettings {
            gateway: Gateway { address: "moot@corp.example".parse().unwrap(), replies },
            branches: Vec::new(),
            name: "mailmoot".to_owned(),
            hold: std::time::Duration::ZERO,
            max_size: 1,
            attach_up_to: 5_000_000,
            language: crate::domain::language::Language::English,
            zone: crate::domain::zone::Zone::UTC,
            authserv_ids: Vec::new(),
            check_dkim: false,
        }
    }

    #[test]
    fn a_reply_address_is_read_back_in_any_spelling() {
        let token = Token::from_random(*b"0123456789abcdef");
        for style in
            [ReplyStyle::Subaddress, ReplyStyle::CatchAll { domain: "groups.corp.example".to_owned() }]
        {
            let settings = settings(style);
            let share = share_address(&settings.gateway, &token).unwrap().unwrap();
            for (spelled, shares) in [
                (share.as_str().to_owned(), true),
                (share.as_str().to_uppercase(), true),
                (share.as_str().replacen("share.", "share-", 1), true),
                (reply_address(&settings.gateway, &token).unwrap().as_str().to_owned(), false),
            ] {
                let mail =
                    IncomingMail { delivered_to: vec![spelled.parse().unwrap()], ..IncomingMail::default() };
                assert_eq!(
                    (find_tokens(&mail, &settings), is_for_sharing(&mail, &settings)),
                    (vec![token], shares),
                    "{spelled}"
                );
            }
            let address = reply_address(&settings.gateway, &token).unwrap();
            for spelled in [address.as_str().to_owned(), address.as_str().to_uppercase()] {
                let mail =
                    IncomingMail { delivered_to: vec![spelled.parse().unwrap()], ..IncomingMail::default() };
                assert_eq!(find_tokens(&mail, &settings), [token]);
                assert!(settings.owns(&mail.delivered_to[0]));
            }
        }
        let single = IncomingMail {
            references: vec![token_reference(&token, "corp.example")],
            ..IncomingMail::default()
        };
        assert_eq!(find_tokens(&single, &settings(ReplyStyle::Single)), [token]);
    }

    #[test]
    fn a_strangers_address_is_no_token() {
        for text in
            ["other+abcdefghijklmnopqrstuvwxyz@corp.example", "moot+short@corp.example", "moot@corp.example"]
        {
            let mail = IncomingMail { delivered_to: vec![text.parse().unwrap()], ..IncomingMail::default() };
            assert!(find_tokens(&mail, &settings(ReplyStyle::Subaddress)).is_empty(), "{text}");
        }
    }

    #[test]
    fn our_message_id_names_group_and_message() {
        let (group, message) = (GroupId::from(Uuid::from_u128(7)), Uuid::from_u128(8));
        let id = message_id_for(group, message, "corp.example");
        assert_eq!(group_of_message_id(&id), Some((group, message)));
        assert_eq!(group_of_message_id(&format!("<{}>", id.to_uppercase())), Some((group, message)));
        assert_eq!(group_of_message_id(&message_id_of(message, "corp.example")), None);
        assert_eq!(group_of_message_id("moot.x.y@corp.example"), None);
    }
}
