//! The demo's house: its settings, its mailboxes instead of a mail server, and the folder that keeps everything.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use secrecy::SecretString;

use super::people::{Character, PEOPLE};
use super::seed;
use crate::actions::Actions;
use crate::actions::desk::Desk;
use crate::app::{self, MailWays};
use crate::clock::Clock;
use crate::config::{Config, MailSource};
use crate::domain::address::NamedAddress;
use crate::domain::language::Language;
use crate::domain::network::AddressBlock;
use crate::domain::settings::PublicUrl;
use crate::transport::local::LocalMail;
use crate::transport::maildir::Maildir;
use crate::workers::{Outlet, Source};

/// The address that mails are forwarded to.
pub const GATEWAY: &str = "moot@corp.example";
/// Short, so that one need not wait for mails.
const HOLD: Duration = Duration::from_secs(5);
/// Written last: a folder with it holds a whole demo.
const MARK: &str = "demo.txt";

/// An open demo, not yet running.
#[derive(Debug)]
pub struct Demo {
    pub actions: Actions,
    pub desk: Desk,
    pub ways: MailWays,
}

/// How somebody signs in.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SignInLink {
    pub name: String,
    pub address: String,
    pub link: String,
}

/// The folders that stand for a mail system.
#[derive(Clone, Debug)]
pub struct Mailboxes {
    root: PathBuf,
    pub gateway: Maildir,
    pub desk: Desk,
}

impl Mailboxes {
    /// The people's mailboxes at another time.
    pub fn local_at(&self, clock: Clock) -> LocalMail {
        LocalMail::new(&self.root, clock)
    }
}

impl Demo {
    /// Opens the demo in a folder, and fills it if it is empty.
    ///
    /// # Errors
    /// When the folder holds something else, or can't be used.
    pub async fn open(data: &Path, public_url: PublicUrl, clock: Clock) -> Result<Self> {
        let is_new = is_new(data)?;
        let config = settings(data, public_url)?;
        let actions = app::open_actions(&config, clock.clone()).await?;
        let gateway = Maildir::open(data.join("mail/gateway"), clock.clone())
            .await
            .context("Making the folder of the gateway's mail")?;
        let root = data.join("mail/people");
        let local = LocalMail::new(&root, clock.clone());
        let desk = Desk::new(local.clone(), gateway.clone(), people()?, config.mail.clone(), clock.clone());
        if is_new {
            let mailboxes = Mailboxes { root, gateway: gateway.clone(), desk: desk.clone() };
            seed::fill(&actions, &mailboxes, clock.now()).await.context("Filling the demo")?;
            std::fs::write(data.join(MARK), "This folder holds the demo of mailmoot.\n")
                .context("Marking the folder of the demo")?;
        }
        let ways = MailWays { source: Some(Source::Maildir(gateway)), outlet: Outlet::Local(local) };
        Ok(Self { actions, desk, ways })
    }

    /// One link a person, new at each start.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn links(&self) -> Result<Vec<SignInLink>> {
        let mut links = Vec::with_capacity(PEOPLE.len());
        for person in people()? {
            // Who is in no address book yet has no account either.
            if let Ok(link) = self.actions.make_sign_in_link(&person.address, "/").await {
                links.push(SignInLink {
                    name: person.display_name().to_owned(),
                    address: person.address.to_string(),
                    link,
                });
            }
        }
        Ok(links)
    }
}

/// The language that somebody chose; those with an English browser never had to.
pub fn language_of(character: &Character) -> Option<Language> {
    (character.language != Language::English).then_some(character.language)
}

fn people() -> Result<Vec<NamedAddress>> {
    PEOPLE.iter().map(Character::named).collect()
}

/// Whether there is nothing yet.
fn is_new(data: &Path) -> Result<bool> {
    if data.join(MARK).exists() {
        return Ok(false);
    }
    match std::fs::read_dir(data).map(Iterator::count) {
        Ok(1..) => bail!(
            "The folder {} is not empty and holds no complete demo. Give --data an empty or a new folder.",
            data.display()
        ),
        Ok(0) => Ok(true),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(e).with_context(|| format!("Reading the folder {}", data.display())),
    }
}

fn settings(data: &Path, public_url: PublicUrl) -> Result<Config> {
    // The submission server is never asked: mail goes into folders.
    let text = format!(
        "[mail]\naddress = \"{GATEWAY}\"\nzone = \"Europe/Stockholm\"\n[maildir]\npath = \"mail\"\n[smtp]\nhost = \"localhost\"\nuser = \"\"\n"
    );
    let mut config = Config::read(&text, [])?;
    config.server.public_url = public_url;
    config.server.data = data.to_owned();
    config.database = SecretString::from(format!("sqlite:{}", data.join("mailmoot.db").display()));
    config.source = MailSource::Maildir(data.join("mail/gateway"));
    config.mail.hold = HOLD;
    // A push service on this machine can be tried as well.
    config.server.internal_networks = AddressBlock::LOOPBACK.to_vec();
    Ok(config)
}
