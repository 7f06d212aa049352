//! Mail accounts of their own for the people of other domains: `[account.south]`.

use secrecy::SecretString;

use super::MailSource;
use super::sections::{account, domains, not_empty, reply_style};
use super::values::Values;
use crate::domain::address::EmailAddress;
use crate::domain::gateway::{Branch, Gateway, ReplyStyle};
use crate::domain::settings::MailSettings;
use crate::transport::account::{Login, MailServer};
use crate::transport::imap::{ImapAccount, Patience};
use crate::transport::smtp::SmtpAccount;

/// The account of a branch.
#[derive(Clone, Debug)]
pub struct BranchAccount {
    /// As its section.
    pub name: String,
    pub imap: ImapAccount,
    pub smtp: SmtpAccount,
}

/// All of them, and the branches of the gateway that they are for.
pub(super) fn branches(
    values: &mut Values,
    mail: Option<&MailSettings>,
    source: Option<&MailSource>,
) -> Option<(Vec<Branch>, Vec<BranchAccount>)> {
    let max_size = mail.map_or(0, |mail| mail.max_size);
    let (mut branches, mut accounts) = (Vec::new(), Vec::new());
    let names = values.names("account");
    for name in &names {
        let (branch, own) = (branch(values, name), account_of(values, name, max_size));
        if let (Some(branch), Some(own)) = (branch, own) {
            check_apart(values, (&branch, &own), (mail, source), (&branches, &accounts));
            branches.push(branch);
            accounts.push(own);
        }
    }
    (branches.len() == names.len()).then_some((branches, accounts))
}

fn branch(values: &mut Values, name: &str) -> Option<Branch> {
    let key = |last: &str| format!("account.{name}.{last}");
    let address: Option<EmailAddress> =
        values.need(&key("address"), "config-expected-address", |text| text.parse().ok());
    let given = domains(values, &key("domains"));
    let replies = reply_style(values, (&key("replies"), &key("catch_all_domain")));
    let address = address?;
    let domains = given.map(|all| if all.is_empty() { vec![address.domain().to_lowercase()] } else { all });
    Some(Branch { name: name.to_owned(), gateway: Gateway { address, replies: replies? }, domains: domains? })
}

/// One user and one password for both servers.
fn account_of(values: &mut Values, name: &str, max_size: u64) -> Option<BranchAccount> {
    let key = |last: &str| format!("account.{name}.{last}");
    let imap = account(values, &key("imap_"), (993, 143));
    let smtp = account(values, &key("smtp_"), (465, 587));
    let user = values.text(&key("user")).or_else(|| values.text(&key("address")));
    let password = values.need(&key("password"), "config-expected-password", not_empty);
    let folder = values.or(&key("folder"), "config-expected-mail-folder", "INBOX".to_owned(), not_empty);
    let login = Login::by_password(user?, SecretString::from(password?));
    let imap = MailServer { login: Some(login.clone()), ..imap? };
    Some(BranchAccount {
        name: name.to_owned(),
        imap: ImapAccount { server: imap, folder: folder?, max_size, patience: Patience::default() },
        smtp: SmtpAccount { server: MailServer { login: Some(login), ..smtp? } },
    })
}

/// Whether mails that lie in a folder are taken in already.
pub(super) fn is_read(folder: &ImapAccount, source: Option<&MailSource>, accounts: &[BranchAccount]) -> bool {
    let of_house = match source {
        Some(MailSource::Imap(account)) => Some(account),
        _ => None,
    };
    of_house.into_iter().chain(accounts.iter().map(|one| &one.imap)).any(|one| one.is_same_as(folder))
}

/// An address, a domain and a folder are of one account only: a mail would be taken in twice, or by chance.
fn check_apart(
    values: &mut Values,
    (branch, own): (&Branch, &BranchAccount),
    (mail, source): (Option<&MailSettings>, Option<&MailSource>),
    (branches, accounts): (&[Branch], &[BranchAccount]),
) {
    let key = |last: &str| format!("account.{}.{last}", branch.name);
    let others = || mail.map(|mail| &mail.gateway).into_iter().chain(branches.iter().map(|one| &one.gateway));
    let takes = |other: &Gateway| other.owns(&branch.gateway.address) || branch.gateway.owns(&other.address);
    if others().any(takes) {
        values.wrong(&key("address"), "config-expected-own-address");
    }
    // Every address of such a domain counts as ours: nobody's who takes part.
    if let ReplyStyle::CatchAll { domain } = &branch.gateway.replies
        && branch.domains.iter().chain(branches.iter().flat_map(|one| &one.domains)).any(|one| one == domain)
    {
        values.wrong(&key("catch_all_domain"), "config-expected-own-domains");
    }
    let is_shared = |domain: &String| branches.iter().any(|other| other.serves(domain));
    if branch.domains.iter().any(is_shared) {
        values.wrong(&key("domains"), "config-expected-own-domains");
    }
    if is_read(&own.imap, source, accounts) {
        values.wrong(&key("folder"), "config-expected-own-mailbox");
    }
}
