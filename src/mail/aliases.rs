//! Message-IDs that relays give our mails in place of ours.

use super::incoming::InternetMessageId;

/// Amazon SES names the region in the id it gives, but not in its answer.
const SES: &str = "amazonses.com";

/// The Message-ID that a submission server says it gave the mail, in its answer to DATA: in angle brackets, as Exchange
/// does (`250 2.6.0 <id@host> Queued mail`), or the bare id of Amazon SES (`250 Ok 0100018c...-000000`). It may as well be
/// the one the mail had.
pub fn given_id(reply: &str) -> Option<InternetMessageId> {
    let bracketed = reply.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(id, _)| id);
    let is_id = |id: &&str| {
        let good = |c: char| c.is_ascii_graphic() && c != '"';
        id.len() <= 250 && id.split('@').filter(|part| !part.is_empty()).count() == 2 && id.chars().all(good)
    };
    let found = bracketed.filter(is_id).map(|id| canonical(id).into_owned()).next();
    found.or_else(|| {
        let id = reply.split_whitespace().find(|word| is_ses(word))?;
        Some(format!("{}@{SES}", id.to_ascii_lowercase()))
    })
}

/// One spelling of an id that may come back in several.
pub fn canonical(id: &str) -> std::borrow::Cow<'_, str> {
    let Some((local, host)) = id.rsplit_once('@') else { return id.into() };
    let host = host.to_ascii_lowercase();
    if is_ses(local) && (host == SES || host.ends_with(".amazonses.com")) {
        return format!("{}@{SES}", local.to_ascii_lowercase()).into();
    }
    id.into()
}

/// `0100018c2f3b6d5e-1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f-000000`
fn is_ses(word: &str) -> bool {
    let mut lengths = [16, 8, 4, 4, 4, 12, 6].into_iter();
    let fits = word
        .split('-')
        .all(|part| lengths.next() == Some(part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    fits && lengths.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "0102018c2f3b6d5e-1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f-000000";

    #[test]
    fn the_id_in_an_answer_is_found() {
        let ses = format!("{GIVEN}@amazonses.com");
        for (reply, id) in [
            (format!("250 Ok {GIVEN}"), Some(ses.as_str())),
            (format!("250 Ok <{GIVEN}@eu-west-1.amazonses.com>"), Some(ses.as_str())),
            (
                "250 2.6.0 <a1@exchange.corp.example> [InternalId=7, Hostname=x] Queued mail".into(),
                Some("a1@exchange.corp.example"),
            ),
            ("250 2.0.0 Ok: queued as 4F1A2".into(), None),
            ("250 OK id=1rABCD-0001".into(), None),
            ("250 <no id> <@x> <x@> <a b@c>".into(), None),
        ] {
            assert_eq!(given_id(&reply).as_deref(), id, "{reply}");
        }
    }

    #[test]
    fn the_region_in_an_id_does_not_matter() {
        for host in ["email.amazonses.com", "EU-west-1.AmazonSES.com", "amazonses.com"] {
            assert_eq!(canonical(&format!("{GIVEN}@{host}")), format!("{GIVEN}@amazonses.com"));
        }
        for other in
            ["a@amazonses.com".to_owned(), format!("{GIVEN}@x.example"), "Case@Kept.example".to_owned()]
        {
            assert_eq!(canonical(&other), other);
        }
    }
}
