//! Where a copy of all that is said is kept.

use super::sections::{account, not_empty};
use super::values::Values;
use super::{MailSource, oauth};
use crate::transport::account::{Login, MailServer, Proof};
use crate::transport::imap::{ImapAccount, Patience};
use crate::transport::oauth::Tokens;

/// A folder of the mailbox that mails come from, or of another account. A password goes to the server it was given for only, so
/// another server needs its own.
pub(super) fn archive(
    values: &mut Values,
    source: Option<&MailSource>,
    tokens: Option<&Tokens>,
) -> Option<Option<ImapAccount>> {
    if !values.has_section("archive") {
        return Some(None);
    }
    let folder = values.need("archive.folder", "config-expected-mail-folder", not_empty);
    let own = match (values.text("archive.host"), source) {
        (None, Some(MailSource::Imap(account))) => account.server.clone(),
        _ => other(values, tokens)?,
    };
    let archive = ImapAccount { server: own, folder: folder?, max_size: 0, patience: Patience::default() };
    match source {
        Some(MailSource::Imap(account)) if is_same(account, &archive) => {
            // Each mail that is put there would be fetched as a new one.
            values.wrong("archive.folder", "config-expected-other-folder");
            None
        }
        _ => Some(Some(archive)),
    }
}

/// INBOX has no case (RFC 9051 5.1), and neither have hosts; what servers make of other names is not known, so they count as
/// the same as well.
fn is_same(one: &ImapAccount, other: &ImapAccount) -> bool {
    let user = |account: &ImapAccount| account.server.login.as_ref().map(|login| login.user.to_lowercase());
    one.server.host.eq_ignore_ascii_case(&other.server.host)
        && user(one) == user(other)
        && one.folder.to_lowercase() == other.folder.to_lowercase()
}

fn other(values: &mut Values, tokens: Option<&Tokens>) -> Option<MailServer> {
    let server = account(values, "archive.", (993, 143));
    let user = values.need("archive.user", "config-expected-user", not_empty);
    let proof = match oauth::is_wanted(values, "archive", false)? {
        true => oauth::proof(values, "archive", server.as_ref(), tokens),
        false => values
            .need("archive.password", "config-expected-password", not_empty)
            .map(|password| Proof::Password(password.into())),
    };
    Some(MailServer { login: Some(Login { user: user?, proof: proof? }), ..server? })
}
