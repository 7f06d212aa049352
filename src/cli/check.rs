//! `mailmoot check`: tries everything that mailmoot needs, and says in plain words what is wrong and what to do.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::actions::directory::check::check_source;
use crate::app;
use crate::clock::Clock;
use crate::config::{Config, MailSource};
use crate::store::{Place, Store};
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome, Source, Subject, check_mail};

#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    config: ConfigFile,
}

/// Exit code 0 if everything works, else 1.
pub fn run(command: &Check) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    let texts = terminal::texts();
    let failed = match check(&config, texts) {
        Ok(failed) => failed,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    println!();
    if failed == 0 {
        println!("{}", texts.get("check-all-well"));
        ExitCode::SUCCESS
    } else {
        println!("{}", texts.with("check-some-failed", &[("n", failed)]));
        ExitCode::FAILURE
    }
}

/// How many steps failed.
fn check(config: &Config, texts: Texts) -> anyhow::Result<usize> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    runtime.block_on(async {
        let mut failed = 0;
        let mut show = |step: &CheckStep| {
            failed += usize::from(step.outcome == Outcome::Failed);
            print_step(step);
        };
        show(&check_public_url(config, texts));
        show(&check_database(config, texts).await);
        for source in &config.directories {
            check_source(source, texts, &mut show).await;
        }
        let source = match &config.source {
            MailSource::Imap(account) => Source::Imap(account),
            MailSource::Maildir(path) => Source::Maildir(path),
        };
        let (smtp, signer) = (&config.smtp, config.dkim.as_ref());
        let subject = Subject { mail: &config.mail, source, smtp, signer, dns: &config.dns_servers };
        check_mail(subject, &Clock::system(), texts, &mut show).await;
        Ok(failed)
    })
}

/// Links in mails are opened on other machines, and passwords of sessions go through the network.
fn check_public_url(config: &Config, texts: Texts) -> CheckStep {
    let url = &config.server.public_url;
    let what = texts.with("check-public-url", &[("url", url.as_str())]).into_owned();
    let here = ["localhost", "127.", "[::1]"].iter().any(|host| url.authority().starts_with(host));
    let (seen, advice) = match (here, url.is_https()) {
        (true, _) => ("check-saw-url-here", "check-advice-url-here"),
        (false, false) => ("check-saw-url-plain", "check-advice-url-plain"),
        (false, true) => {
            return CheckStep { what, outcome: Outcome::Ok, seen: String::new(), advice: String::new() };
        }
    };
    let (seen, advice) = (texts.get(seen).into_owned(), texts.get(advice).into_owned());
    CheckStep { what, outcome: Outcome::Warning, seen, advice }
}

async fn check_database(config: &Config, texts: Texts) -> CheckStep {
    let place = app::place(config);
    let what = match &place {
        Place::Sqlite(path) => {
            texts.with("check-sqlite", &[("path", path.display().to_string().as_str())]).into_owned()
        }
        Place::Postgres(_) => texts.get("check-postgres").into_owned(),
    };
    let opened = async {
        app::make_folders(config)?;
        Store::open(&place).await?;
        Ok::<_, anyhow::Error>(())
    };
    match opened.await {
        Ok(()) => CheckStep { what, outcome: Outcome::Ok, seen: String::new(), advice: String::new() },
        Err(error) => CheckStep {
            what,
            outcome: Outcome::Failed,
            seen: terminal::words_of(&error),
            advice: texts.get("check-advice-database").into_owned(),
        },
    }
}

fn print_step(step: &CheckStep) {
    let sign = match step.outcome {
        Outcome::Ok => "✓",
        Outcome::Warning => "!",
        Outcome::Failed => "✗",
    };
    if step.seen.is_empty() {
        println!("{sign} {}", step.what);
    } else {
        println!("{sign} {} — {}", step.what, step.seen);
    }
    if !step.advice.is_empty() {
        println!("    {}", step.advice);
    }
}
