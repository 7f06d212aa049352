//! The demo's house: its settings, its mailboxes instead of a mail server, and the folder that keeps everything.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::people::{Character, PEOPLE};
use super::seed;
use crate::actions::desk::Desk;
use crate::actions::{Actions, apart};
use crate::app::{self, House, MailWays};
use crate::clock::Clock;
use crate::config::Origin;
use crate::domain::address::NamedAddress;
use crate::domain::language::Language;
use crate::domain::settings::PublicUrl;
use crate::transport::local::LocalMail;
use crate::transport::maildir::Maildir;
use crate::workers::{Outlet, Source};

/// The address that mails are forwarded to.
pub const GATEWAY: &str = "moot@corp.example";
/// Short, so that one need not wait for mails.
const HOLD: &str = "5s";
/// A push service on this machine can be tried as well.
const INTERNAL: &str = "127.0.0.0/8, ::1";
/// Written last: a folder with it holds a whole demo.
const MARK: &str = "demo.txt";

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

/// Opens the demo in a folder, and fills it if it is empty.
///
/// # Errors
/// When the folder holds something else, or can't be used.
pub async fn open(data: &Path, public_url: PublicUrl, clock: Clock) -> Result<House> {
    let is_new = is_new(data)?;
    let origin = settings(data, &public_url);
    // What admins keep in the demo is for its next start as well.
    let kept = app::kept_before_opening(&origin).await?;
    let config = origin.config(&kept)?;
    let actions = apart(|| app::open_actions(&config, clock.clone())).await?;
    let gateway = Maildir::open(data.join("mail/gateway"), clock.clone())
        .await
        .context("Making the folder of the gateway's mail")?;
    let root = data.join("mail/people");
    let local = LocalMail::new(&root, clock.clone());
    let desk = Desk::new(local.clone(), gateway.clone(), people()?, config.mail.clone(), clock.clone());
    if is_new {
        let mailboxes = Mailboxes { root, gateway: gateway.clone(), desk: desk.clone() };
        let now = clock.now();
        apart(|| seed::fill(&actions, &mailboxes, now)).await.context("Filling the demo")?;
        std::fs::write(data.join(MARK), "This folder holds the demo of mailmoot.\n")
            .context("Marking the folder of the demo")?;
    }
    let ways =
        MailWays { sources: vec![Source::Maildir(gateway)], outlet: Outlet::Local(local), fixed: true };
    Ok(House { origin, actions, desk: Some(desk), ways })
}

/// One link a person, new at each start.
///
/// # Errors
/// When the database does not answer.
pub async fn links(actions: &Actions) -> Result<Vec<SignInLink>> {
    let mut links = Vec::with_capacity(PEOPLE.len());
    for person in people()? {
        // Who is in no address book yet has no account either.
        if let Ok(link) = actions.make_sign_in_link(&person.address, "/").await {
            links.push(SignInLink {
                name: person.display_name().to_owned(),
                address: person.address.to_string(),
                link,
            });
        }
    }
    Ok(links)
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

/// What a configuration file and the environment would say.
fn settings(data: &Path, public_url: &PublicUrl) -> Origin {
    // The submission server is never asked: mail goes into folders.
    let text = format!(
        "[mail]\naddress = \"{GATEWAY}\"\nzone = \"Europe/Stockholm\"\nhold = \"{HOLD}\"\n[smtp]\nhost = \"localhost\"\nuser = \"\"\n\
         [server]\ninternal_networks = \"{INTERNAL}\"\n"
    );
    let path = |below: &str| data.join(below).display().to_string();
    let variables = [
        ("MAILMOOT_SERVER_PUBLIC_URL", public_url.to_string()),
        ("MAILMOOT_SERVER_DATA", data.display().to_string()),
        ("MAILMOOT_DATABASE_URL", format!("sqlite:{}", path("mailmoot.db"))),
        ("MAILMOOT_MAILDIR_PATH", path("mail/gateway")),
    ];
    Origin::of(&text, variables.map(|(name, value)| (name.to_owned(), value)))
}
