//! Tries everything that a configuration names, one step after the other. The command and the page for admins run the same steps.

use super::folders::{self, words_of};
use super::{BranchAccount, Config, MailSource};
use crate::actions::directory::check::check_source;
use crate::actions::providers::way_back;
use crate::clock::Clock;
use crate::domain::settings::{MailSettings, PublicUrl};
use crate::files::Files;
use crate::store::{Place, Store};
use crate::texts::Texts;
use crate::transport::check::pages::{self, Found};
use crate::transport::check::{
    CheckStep, Outcome, PATIENCE, Source, Subject, check_mail, check_people, check_providers, check_reading,
    check_sending, check_tokens,
};
use crate::transport::openid::Provider;

/// All steps; `show` is called as soon as one is done. Takes up to some minutes: a mail is sent and waited for.
pub async fn check_all(
    config: &Config,
    clock: &Clock,
    texts: Texts,
    show: &mut (dyn FnMut(&CheckStep) + Send),
) -> Vec<CheckStep> {
    let mut steps = Vec::new();
    let ours = [
        check_public_url(config, texts).await,
        check_database(config, texts).await,
        check_files(config, texts).await,
    ];
    for step in ours {
        show(&step);
        steps.push(step);
    }
    let back = |provider: &Provider| way_back(&config.server.public_url, &provider.name);
    steps.extend(check_providers(&config.providers, back, (clock, texts), show).await);
    for source in &config.directories {
        steps.extend(check_source(source, texts, show).await);
    }
    if let Some(tokens) = &config.oauth {
        steps.extend(check_tokens(tokens, texts, show).await);
    }
    let (source, smtp, signer) = (source(config), &config.smtp, config.dkim.as_ref());
    let (mail, dns) = (&config.mail, config.dns_servers.as_slice());
    let subject = Subject { mail, source, smtp, signer, dns, patience: PATIENCE };
    steps.extend(check_mail(subject, clock, texts, show).await);
    for account in &config.branches {
        steps.extend(check_branch(config, account, (clock, texts), show).await);
    }
    let mut others = check_people_server(config, clock, texts).await;
    others.extend(check_archive(config, clock, texts).await);
    for step in others {
        show(&step);
        steps.push(step);
    }
    steps
}

/// The steps of one section's server alone, without a mail; none where it has no server.
pub async fn check_section(config: &Config, section: &str, clock: &Clock, texts: Texts) -> Vec<CheckStep> {
    let none = &mut |_: &CheckStep| ();
    match section.split_once('.').unwrap_or((section, "")) {
        ("imap" | "maildir", _) => check_reading(source(config), clock, texts).await,
        ("archive", _) => check_archive(config, clock, texts).await,
        ("sign_in", _) => check_people_server(config, clock, texts).await,
        ("smtp", _) => check_sending(&config.smtp, &config.mail, clock, texts).await,
        ("account", name) => match config.branches.iter().find(|one| one.name == name) {
            Some(account) => check_branch_doors(config, account, clock, texts).await,
            None => Vec::new(),
        },
        ("oauth", _) => match &config.oauth {
            Some(tokens) => check_tokens(tokens, texts, none).await,
            None => Vec::new(),
        },
        ("provider", name) => {
            let one = config.providers.iter().find(|one| one.name == name).map(std::slice::from_ref);
            let back = |provider: &Provider| way_back(&config.server.public_url, &provider.name);
            check_providers(one.unwrap_or_default(), back, (clock, texts), none).await
        }
        ("directory", name) => match config.directories.iter().find(|one| one.name == name) {
            Some(source) => check_source(source, texts, none).await,
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The settings for mail as they are for the people of a branch.
fn mail_of(config: &Config, account: &BranchAccount) -> MailSettings {
    let branch = config.mail.branches.iter().find(|branch| branch.name == account.name);
    let gateway = branch.map_or(&config.mail.gateway, |branch| &branch.gateway).clone();
    MailSettings { gateway, ..config.mail.clone() }
}

/// All steps for the account of a branch, with a mail that comes back.
async fn check_branch(
    config: &Config,
    account: &BranchAccount,
    (clock, texts): (&Clock, Texts),
    show: &mut (dyn FnMut(&CheckStep) + Send),
) -> Vec<CheckStep> {
    let mail = mail_of(config, account);
    let (source, smtp) = (Source::Imap(&account.imap), &account.smtp);
    let dns = config.dns_servers.as_slice();
    let subject = Subject { mail: &mail, source, smtp, signer: None, dns, patience: PATIENCE };
    let show = &mut |step: &CheckStep| show(&named(step.clone(), account, texts));
    let steps = check_mail(subject, clock, texts, show).await;
    steps.into_iter().map(|step| named(step, account, texts)).collect()
}

/// Reading and handing over, without a mail.
async fn check_branch_doors(
    config: &Config,
    account: &BranchAccount,
    clock: &Clock,
    texts: Texts,
) -> Vec<CheckStep> {
    let mut steps = check_reading(Source::Imap(&account.imap), clock, texts).await;
    steps.extend(check_sending(&account.smtp, &mail_of(config, account), clock, texts).await);
    steps
}

fn named(step: CheckStep, account: &BranchAccount, texts: Texts) -> CheckStep {
    let values = [("name", account.name.as_str()), ("what", step.what.as_str())];
    CheckStep { what: texts.with("check-branch", &values).into_owned(), ..step }
}

/// Whether the folder of the archive can be opened; nothing is put there.
async fn check_archive(config: &Config, clock: &Clock, texts: Texts) -> Vec<CheckStep> {
    let Some(account) = &config.archive else { return Vec::new() };
    let mut steps = check_reading(Source::Imap(account), clock, texts).await;
    for step in &mut steps {
        step.what = texts.with("check-archive", &[("what", step.what.as_str())]).into_owned();
    }
    steps
}

/// Whether people could sign in at the server that has their mailboxes, where it is another one than the house's own.
async fn check_people_server(config: &Config, clock: &Clock, texts: Texts) -> Vec<CheckStep> {
    let Some(server) = config.passwords.as_ref().or(config.own_mailboxes.as_ref()) else { return Vec::new() };
    let is_tried = matches!(&config.source, MailSource::Imap(own) if own.server.is_at(server));
    if is_tried { Vec::new() } else { check_people(server, clock, texts).await }
}

fn source(config: &Config) -> Source<'_> {
    match &config.source {
        MailSource::Imap(account) => Source::Imap(account),
        MailSource::Maildir(path) => Source::Maildir(path),
    }
}

/// Links in mails are opened on other machines, and passwords of sessions go through the network.
async fn check_public_url(config: &Config, texts: Texts) -> CheckStep {
    let url = &config.server.public_url;
    let what = texts.with("check-public-url", &[("url", url.as_str())]).into_owned();
    let here = url.is_of_this_machine();
    let (seen, advice) = match (here, url.is_https()) {
        (true, _) => ("check-saw-url-here", "check-advice-url-here"),
        (false, false) => ("check-saw-url-plain", "check-advice-url-plain"),
        (false, true) => return check_from_outside(what, url, texts).await,
    };
    let (seen, advice) = (texts.get(seen).into_owned(), texts.get(advice).into_owned());
    CheckStep { what, outcome: Outcome::Warning, seen, advice }
}

/// That they lead to us can be seen only while "mailmoot serve" runs; so it is never more than a warning.
async fn check_from_outside(what: String, url: &PublicUrl, texts: Texts) -> CheckStep {
    let (seen, advice) = match pages::ask(url).await {
        Found::Us => {
            return CheckStep { what, outcome: Outcome::Ok, seen: String::new(), advice: String::new() };
        }
        Found::Other(status) => {
            (texts.with("check-saw-url-other", &[("n", status)]), texts.get("check-advice-url-other"))
        }
        Found::Nobody(why) => {
            (texts.with("check-saw-url-nobody", &[("why", why)]), texts.get("check-advice-url-nobody"))
        }
    };
    let (seen, advice) = (seen.into_owned(), advice.into_owned());
    CheckStep { what, outcome: Outcome::Warning, seen, advice }
}

/// Really writes something.
async fn check_files(config: &Config, texts: Texts) -> CheckStep {
    let path = config.server.data.display().to_string();
    let what = texts.with("check-files", &[("path", path.as_str())]).into_owned();
    let written = async {
        folders::make_all(&config.server.data, &config.place())?;
        let files = Files::open_folder(config.server.data.join("files"), Clock::system()).await?;
        files.try_out().await?;
        Ok::<_, anyhow::Error>(files.disk()?)
    };
    match written.await {
        Ok(disk) => {
            let seen = texts.with("check-saw-room", &[("n", disk.free / 1_000_000)]).into_owned();
            let (outcome, advice) = match disk.is_nearly_full() {
                true => (Outcome::Warning, texts.get("concern-advice-disk").into_owned()),
                false => (Outcome::Ok, String::new()),
            };
            CheckStep { what, outcome, seen, advice }
        }
        Err(error) => CheckStep {
            what,
            outcome: Outcome::Failed,
            seen: words_of(&error, texts),
            advice: texts.get("check-advice-files").into_owned(),
        },
    }
}

async fn check_database(config: &Config, texts: Texts) -> CheckStep {
    let place = config.place();
    let what = match &place {
        Place::Sqlite(path) => {
            texts.with("check-sqlite", &[("path", path.display().to_string().as_str())]).into_owned()
        }
        Place::Postgres(_) => texts.get("check-postgres").into_owned(),
    };
    let opened = async {
        folders::make_all(&config.server.data, &config.place())?;
        Store::open(&place).await?;
        Ok::<_, anyhow::Error>(())
    };
    match opened.await {
        Ok(()) => CheckStep { what, outcome: Outcome::Ok, seen: String::new(), advice: String::new() },
        Err(error) => CheckStep {
            what,
            outcome: Outcome::Failed,
            seen: words_of(&error, texts),
            advice: texts.get("check-advice-database").into_owned(),
        },
    }
}
