//! Putting the house together: from a configuration to actions, workers and the web server.

mod entrance;
mod patience;
mod renewal;
mod serving;
pub mod set_up;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::actions::directory::Directories;
use crate::actions::kept_settings;
use crate::actions::maintenance::QuietTime;
use crate::actions::own_mailbox::Looks;
use crate::actions::receipts::Gathered;
use crate::actions::{Actions, Bell, Meters, Pace};
use crate::clock::Clock;
use crate::config::renewal::{Asked, Renewals};
use crate::config::{Config, MailSource, Origin, folders};
use crate::domain::kept::Kept;
use crate::domain::secret::ServerKey;
use crate::domain::settings::Settings;
use crate::files::Files;
use crate::hub::Hub;
use crate::store::Store;
use crate::transport::account::MailServer;
use crate::transport::dkim::Signatures;
use crate::transport::dns::Dns;
use crate::transport::imap::{ImapAccount, PasswordServer};
use crate::transport::maildir::Maildir;
use crate::transport::openid::Providers;
use crate::transport::smtp::Submitter;
use crate::web::admin::settings::SettingsDesk;
use crate::web::mail_desk::Desk;
use crate::web::metrics::metrics_router;
use crate::web::routes::router;
use crate::web::state::WebState;
use crate::workers::{Outlet, Source, Submitters};
pub use entrance::Entrance;
pub use patience::Patience;
use renewal::Running;
use serving::serve;

/// The server's key, in the folder of data.
const KEY: &str = "server.key";

/// A house that is put together and does not run yet.
#[derive(Debug)]
pub struct House {
    /// What its settings come from.
    pub origin: Origin,
    pub actions: Actions,
    pub ways: MailWays,
    /// The invented people's mailboxes; only in the demo.
    pub desk: Option<Desk>,
}

/// A running mailmoot.
#[derive(Debug)]
pub struct App {
    /// Where it really listens: the port that was given, if 0 was asked for.
    pub address: SocketAddr,
    entrance: Entrance,
    state: WebState,
    /// Takes new settings, and stops the workers at the end.
    keeper: JoinHandle<()>,
    /// Tells figures, at an address of its own.
    metrics: Option<JoinHandle<()>>,
    stop: CancellationToken,
}

/// Where mail comes from and goes to.
#[derive(Clone, Debug)]
pub struct MailWays {
    pub sources: Vec<Source>,
    pub outlet: Outlet,
    /// They stay whatever the settings say.
    pub fixed: bool,
}

impl House {
    /// With its desk of settings, and where that asks for new ones.
    fn ready(self) -> (WebState, MailWays, Asked) {
        let (renewals, asked) = Renewals::channel();
        let settings = Some(SettingsDesk { origin: self.origin, renewals });
        (WebState { actions: self.actions, desk: self.desk, settings }, self.ways, asked)
    }
}

impl App {
    /// Starts the workers and serves the pages.
    ///
    /// # Errors
    /// When the listener is broken.
    pub fn start(house: House, listener: TcpListener) -> Result<Self> {
        let (state, ways, asked) = house.ready();
        let entrance = Entrance::open(listener, router(state.clone()))?;
        Ok(Self::run(entrance, (state, ways), asked))
    }

    /// The same where a door is open already, which leads to something else until now.
    pub fn start_at(entrance: Entrance, house: House) -> Self {
        let (state, ways, asked) = house.ready();
        drop(entrance.doors().send_replace(router(state.clone())));
        Self::run(entrance, (state, ways), asked)
    }

    fn run(entrance: Entrance, (state, ways): (WebState, MailWays), asked: Asked) -> Self {
        let stop = entrance.stop_token();
        let running = Running { state: state.clone(), ways, doors: entrance.doors() };
        let keeper = tokio::spawn(running.keep(asked, stop.clone()));
        Self { address: entrance.address, entrance, state, keeper, metrics: None, stop }
    }

    /// The same, with figures told at another address.
    pub fn telling_figures(mut self, listener: TcpListener) -> Self {
        let router = metrics_router(self.state.clone());
        self.metrics = Some(tokio::spawn(serve(listener, router, Patience::default(), self.stop.clone())));
        self
    }

    /// The address of the pages as people type it.
    pub fn public_url(&self) -> &str {
        self.state.actions.settings.public_url.as_str()
    }

    /// Ends everything: what workers are at is finished, open pages are given a moment.
    pub async fn stop(self) {
        self.stop.cancel();
        if self.keeper.await.is_err() {
            tracing::error!("The workers could not be ended in order.");
        }
        if let Some(metrics) = self.metrics {
            // Whoever is asking just now asks again.
            metrics.abort();
        }
        self.entrance.close().await;
    }
}

/// Opens the database (bringing its tables up to date), the files and the key.
///
/// # Errors
/// When one of them can't be opened; the message says which and why.
pub async fn open_actions(config: &Config, clock: Clock) -> Result<Actions> {
    let data = &config.server.data;
    let place = config.place();
    folders::make_all(data, &place)?;
    let store = Store::open(&place)
        .await
        .with_context(|| format!("Opening the database ({})", folders::place_name(&place)))?;
    let files =
        Files::open_folder(data.join("files"), clock.clone()).await.context("Opening the folder of files")?;
    let key = server_key(&data.join(KEY), &clock)?;
    let settled = Settled::of(config, &clock)?;
    let actions = Actions {
        store,
        hub: Hub::new(),
        files,
        settings: settled.settings,
        key,
        bell: Bell::default(),
        pace: Pace::default(),
        looks: Looks::default(),
        receipts: Gathered::default(),
        quiet_time: QuietTime::default(),
        signatures: settled.signatures,
        meters: Meters::default(),
        providers: settled.providers,
        passwords: settled.passwords,
        archive: settled.archive,
        mailboxes: settled.mailboxes,
        directories: settled.directories,
        clock,
    };
    actions.look_after(config.oauth.as_ref());
    Ok(actions)
}

/// The parts of [`Actions`] that settings make.
struct Settled {
    settings: Arc<Settings>,
    signatures: Option<Signatures>,
    providers: Providers,
    passwords: Option<PasswordServer>,
    archive: Option<Box<ImapAccount>>,
    mailboxes: Option<PasswordServer>,
    directories: Directories,
}

impl Settled {
    fn of(config: &Config, clock: &Clock) -> Result<Self> {
        let settings = Settings {
            public_url: config.server.public_url.clone(),
            trusted_proxies: config.server.trusted_proxies.clone(),
            mail: config.mail.clone(),
            limits: config.limits,
            files: config.files.clone(),
            sign_in: config.sign_in.clone(),
            presence: config.presence,
            push: config.push,
            share: config.share.clone(),
            queue: config.queue,
            alerts: config.alerts.clone(),
            retention: config.retention,
            policy: config.policy.clone(),
            internal_networks: config.server.internal_networks.clone(),
        };
        let signatures = if settings.mail.check_dkim {
            let dns = Dns::asking(&config.dns_servers)
                .context("mail.check_dkim is on, but nothing can be asked")?;
            Some(Signatures::asking(&dns))
        } else {
            None
        };
        Ok(Self {
            settings: Arc::new(settings),
            signatures,
            providers: Providers::new(config.providers.clone(), clock),
            passwords: config.passwords.as_ref().map(|server| password_server(config, server)),
            archive: config.archive.clone().map(Box::new),
            mailboxes: config.own_mailboxes.as_ref().map(|server| password_server(config, server)),
            directories: Directories::new(config.directories.clone()),
        })
    }
}

/// People of a branch have their mailboxes where its account is.
fn password_server(config: &Config, server: &MailServer) -> PasswordServer {
    let branches = config.mail.branches.iter().zip(&config.branches);
    let servers = branches.map(|(branch, account)| (branch.domains.clone(), account.imap.server.clone()));
    PasswordServer::new(server.clone()).with_branches(servers)
}

/// The settings that admins keep on pages, before the house is opened. What a broken configuration keeps is told elsewhere.
///
/// # Errors
/// When the database does not answer, or holds secrets of another server's key.
pub async fn kept_before_opening(origin: &Origin) -> Result<Kept> {
    let Some((data, place)) = origin.home() else { return Ok(Kept::default()) };
    let key = read_key(&data.join(KEY))?;
    Ok(kept_settings::peek(&place, key.as_ref()).await?)
}

/// The ways of mail that the configuration names.
///
/// # Errors
/// When the Maildir can't be made.
pub async fn mail_ways(config: &Config, clock: &Clock) -> Result<MailWays> {
    let source = match &config.source {
        MailSource::Imap(account) => Source::Imap(Box::new(account.clone())),
        MailSource::Maildir(path) => {
            Source::Maildir(Maildir::open(path, clock.clone()).await.context("Opening the Maildir")?)
        }
    };
    let branches = config.branches.iter().map(|one| Source::Imap(Box::new(one.imap.clone())));
    let sources = std::iter::once(source).chain(branches).collect();
    let own = Submitter::new(config.smtp.clone()).signing(config.dkim.clone());
    // Their own servers sign: the key is one of the house's own domain.
    let branches = config.branches.iter().map(|one| (one.name.clone(), Submitter::new(one.smtp.clone())));
    let outlet = Outlet::Smtp(Submitters::new(own, branches.collect()));
    Ok(MailWays { sources, outlet, fixed: false })
}

/// The server's key, made at the first start and readable by its owner only. All nodes of one database share it.
fn server_key(path: &Path, clock: &Clock) -> Result<ServerKey> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    let bytes: [u8; 32] = clock.random_bytes()?;
    write_secret(path, &bytes).with_context(|| format!("Writing the key file {}", path.display()))?;
    Ok(ServerKey::from_bytes(bytes))
}

/// The key, if there is one already.
fn read_key(path: &Path) -> Result<Option<ServerKey>> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes
                .try_into()
                .map_err(|_| anyhow::anyhow!("The key file {} has not 32 bytes", path.display()))?;
            Ok(Some(ServerKey::from_bytes(bytes)))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("Reading the key file {}", path.display())),
    }
}

/// A new file that only its owner can read.
///
/// # Errors
/// When there is one already, or it can't be written.
pub fn write_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
