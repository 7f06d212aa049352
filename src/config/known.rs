//! Every setting there is. `docs/ADMIN.md` describes the same ones; a test compares.

use std::borrow::Cow;

/// Stands in [`Setting::name`] for the name of a section, of which there can be several: `[directory.staff]`.
const NAME: &str = ".NAME.";
/// The longest name of a section.
const LONGEST_NAME: usize = 30;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `section.name`, as in the file, or `section.NAME.name`.
    pub name: Cow<'static, str>,
    /// Never shown; can also be given as `..._file`, the path of a file that holds it.
    pub secret: bool,
    pub kind: Kind,
}

/// How it is put in on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    YesNo,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Several lines.
    Lines,
    /// Not at all: it is needed before anything that is kept can be read.
    Start,
}

const fn setting(name: &'static str, secret: bool, kind: Kind) -> Setting {
    Setting { name: Cow::Borrowed(name), secret, kind }
}

const fn open(name: &'static str) -> Setting {
    setting(name, false, Kind::Text)
}

const fn secret(name: &'static str) -> Setting {
    setting(name, true, Kind::Text)
}

const fn start(name: &'static str) -> Setting {
    setting(name, false, Kind::Start)
}

const fn yes_no(name: &'static str) -> Setting {
    setting(name, false, Kind::YesNo)
}

const fn word(name: &'static str, words: &'static [&'static str]) -> Setting {
    setting(name, false, Kind::Word(words))
}

const SECURITY: &[&str] = &["tls", "starttls", "none"];
const REPLIES: &[&str] = &["subaddress", "catch_all", "single"];
const AUTH: &[&str] = &["password", "oauth"];

pub const SETTINGS: &[Setting] = &[
    start("server.listen"),
    open("server.public_url"),
    start("server.data"),
    open("server.trusted_proxies"),
    open("server.internal_networks"),
    setting("database.url", true, Kind::Start),
    open("mail.address"),
    open("mail.name"),
    word("mail.replies", REPLIES),
    open("mail.catch_all_domain"),
    open("mail.hold"),
    open("mail.max_size"),
    open("mail.attach_up_to"),
    word("mail.language", &["en", "zh-CN"]),
    open("mail.zone"),
    open("mail.authserv_id"),
    yes_no("mail.check_dkim"),
    setting("mail.dkim_key", true, Kind::Lines),
    open("mail.dkim_selector"),
    open("mail.dkim_domain"),
    open("mail.per_domain_at_once"),
    open("mail.per_domain_per_minute"),
    open("mail.give_up_after"),
    open("dns.servers"),
    open("imap.host"),
    open("imap.port"),
    word("imap.security", SECURITY),
    open("imap.user"),
    word("imap.auth", AUTH),
    secret("imap.password"),
    open("imap.folder"),
    open("imap.ca_file"),
    open("maildir.path"),
    open("smtp.host"),
    open("smtp.port"),
    word("smtp.security", SECURITY),
    open("smtp.user"),
    word("smtp.auth", AUTH),
    secret("smtp.password"),
    open("smtp.ca_file"),
    open("account.NAME.address"),
    open("account.NAME.domains"),
    word("account.NAME.replies", REPLIES),
    open("account.NAME.catch_all_domain"),
    open("account.NAME.user"),
    secret("account.NAME.password"),
    open("account.NAME.folder"),
    open("account.NAME.imap_host"),
    open("account.NAME.imap_port"),
    word("account.NAME.imap_security", SECURITY),
    open("account.NAME.imap_ca_file"),
    open("account.NAME.smtp_host"),
    open("account.NAME.smtp_port"),
    word("account.NAME.smtp_security", SECURITY),
    open("account.NAME.smtp_ca_file"),
    open("oauth.token_url"),
    open("oauth.client_id"),
    secret("oauth.client_secret"),
    secret("oauth.refresh_token"),
    open("oauth.scope"),
    open("oauth.hosts"),
    open("oauth.ca_file"),
    open("limits.file_size"),
    open("limits.forbidden_files"),
    open("limits.mails_per_hour"),
    open("limits.sign_in_mails_per_hour"),
    open("limits.edit_time"),
    open("sign_in.domains"),
    yes_no("sign_in.mail_password"),
    yes_no("sign_in.own_mailbox"),
    yes_no("sign_in.own_mailbox_password"),
    open("sign_in.imap_host"),
    open("sign_in.imap_port"),
    word("sign_in.imap_security", SECURITY),
    open("sign_in.imap_ca_file"),
    open("provider.NAME.title"),
    open("provider.NAME.issuer"),
    open("provider.NAME.client_id"),
    secret("provider.NAME.client_secret"),
    open("provider.NAME.scopes"),
    open("provider.NAME.mailbox_scope"),
    open("provider.NAME.mailbox_parameters"),
    open("provider.NAME.address_claim"),
    open("provider.NAME.name_claim"),
    open("provider.NAME.groups_claim"),
    open("provider.NAME.owned_domains"),
    open("provider.NAME.only_domains"),
    open("provider.NAME.admin_groups"),
    open("provider.NAME.auditor_groups"),
    open("provider.NAME.session"),
    yes_no("provider.NAME.single_logout"),
    open("provider.NAME.ca_file"),
    open("presence.idle"),
    yes_no("push.enabled"),
    open("share.outside_domains"),
    open("policy.outside_members"),
    open("policy.starters"),
    yes_no("policy.share_links"),
    open("policy.share_lasts"),
    open("policy.link_lasts"),
    open("policy.session_lasts"),
    open("retention.messages"),
    open("retention.mails"),
    open("retention.audit"),
    open("directory.NAME.host"),
    open("directory.NAME.port"),
    word("directory.NAME.security", SECURITY),
    open("directory.NAME.url"),
    open("directory.NAME.user"),
    secret("directory.NAME.password"),
    open("directory.NAME.ca_file"),
    open("directory.NAME.base"),
    open("directory.NAME.filter"),
    open("directory.NAME.order"),
    open("directory.NAME.every"),
    open("directory.NAME.full_every"),
    open("directory.NAME.name_attributes"),
    open("directory.NAME.address_attributes"),
    open("directory.NAME.phone_attributes"),
    open("directory.NAME.department_attributes"),
    open("directory.NAME.position_attributes"),
    open("directory.NAME.manager_attributes"),
    open("directory.NAME.photo_attributes"),
    yes_no("directory.NAME.lists"),
    open("directory.NAME.list_base"),
    open("directory.NAME.list_filter"),
    open("directory.NAME.member_attributes"),
    open("archive.folder"),
    open("archive.host"),
    open("archive.port"),
    word("archive.security", SECURITY),
    open("archive.user"),
    word("archive.auth", AUTH),
    secret("archive.password"),
    open("archive.ca_file"),
    secret("alerts.webhook"),
    start("metrics.listen"),
    start("log.format"),
    start("log.level"),
];

impl Setting {
    /// The section of which there can be several, if it is of one.
    pub(super) fn many(&self) -> Option<&str> {
        self.name.split_once(NAME).map(|(section, _)| section)
    }

    /// The setting of one of several sections.
    pub fn of(&self, name: &str) -> Self {
        Self { name: self.name.replace(NAME, &format!(".{name}.")).into(), ..self.clone() }
    }

    /// `provider.corp` of `provider.corp.issuer`, `imap` of `imap.port`.
    pub fn section(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// The variable that wins over the file.
    pub fn variable(&self) -> String {
        format!("MAILMOOT_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The setting that names a file with the secret in it.
    pub fn file_name(&self) -> Option<String> {
        self.secret.then(|| format!("{}_file", self.name))
    }

    /// The variable for [`Setting::file_name`].
    pub fn file_variable(&self) -> Option<String> {
        self.secret.then(|| format!("{}_FILE", self.variable()))
    }
}

/// Whether a section can be called so: small letters and digits, so that variables have the same name and end where it ends.
pub fn is_section_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    !text.is_empty() && text.len() <= LONGEST_NAME && text.chars().all(fits)
}
