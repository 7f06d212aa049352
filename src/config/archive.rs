//! Where a copy of all that is said is kept.

use super::branches::{BranchAccount, is_read};
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
    branches: &[BranchAccount],
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
    if is_read(&archive, source, branches) {
        // Each mail that is put there would be fetched as a new one.
        values.wrong("archive.folder", "config-expected-other-folder");
        return None;
    }
    Some(Some(archive))
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
    Some(MailServer { login: Some(Login::new(user?, proof?)), ..server? })
}
