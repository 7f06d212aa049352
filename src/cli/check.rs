//! `mailmoot check`: tries everything that mailmoot needs, and says in plain words what is wrong and what to do.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::actions::directory::check::check_source;
use crate::actions::providers::way_back;
use crate::app;
use crate::clock::Clock;
use crate::config::{Config, MailSource};
use crate::domain::settings::PublicUrl;
use crate::files::Files;
use crate::store::{Place, Store};
use crate::texts::Texts;
use crate::transport::check::pages::{self, Found};
use crate::transport::check::{CheckStep, Outcome, Source, Subject, check_mail, check_providers};
use crate::transport::openid::Provider;

#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(long)]
    json: bool,
}

/// Exit code 0 if everything works, else 1.
pub fn run(command: &Check) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    let texts = terminal::texts();
    let show: &mut (dyn FnMut(&CheckStep) + Send) =
        if command.json { &mut |_| () } else { &mut |step| print_step(step) };
    let steps = match check(&config, texts, show) {
        Ok(steps) => steps,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let failed = steps.iter().filter(|step| step.outcome == Outcome::Failed).count();
    match (command.json, failed) {
        (true, _) => println!("{}", serde_json::json!({ "failed": failed, "steps": steps })),
        (false, 0) => println!("\n{}", texts.get("check-all-well")),
        (false, _) => println!("\n{}", texts.with("check-some-failed", &[("n", failed)])),
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check(
    config: &Config,
    texts: Texts,
    show: &mut (dyn FnMut(&CheckStep) + Send),
) -> anyhow::Result<Vec<CheckStep>> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    runtime.block_on(async {
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
        let clock = Clock::system();
        steps.extend(check_providers(&config.providers, back, (&clock, texts), show).await);
        for source in &config.directories {
            steps.extend(check_source(source, texts, show).await);
        }
        let source = match &config.source {
            MailSource::Imap(account) => Source::Imap(account),
            MailSource::Maildir(path) => Source::Maildir(path),
        };
        let (smtp, signer) = (&config.smtp, config.dkim.as_ref());
        let subject = Subject { mail: &config.mail, source, smtp, signer, dns: &config.dns_servers };
        steps.extend(check_mail(subject, &clock, texts, show).await);
        Ok(steps)
    })
}

/// Links in mails are opened on other machines, and passwords of sessions go through the network.
async fn check_public_url(config: &Config, texts: Texts) -> CheckStep {
    let url = &config.server.public_url;
    let what = texts.with("check-public-url", &[("url", url.as_str())]).into_owned();
    let here = ["localhost", "127.", "[::1]"].iter().any(|host| url.authority().starts_with(host));
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
        app::make_folders(config)?;
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
            seen: terminal::words_of(&error),
            advice: texts.get("check-advice-files").into_owned(),
        },
    }
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
