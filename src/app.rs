//! Putting the house together: from a configuration to actions, workers and the web server.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::actions::directory::Directories;
use crate::actions::receipts::Gathered;
use crate::actions::{Actions, Bell, Meters, Pace};
use crate::clock::Clock;
use crate::config::{Config, MailSource};
use crate::domain::language::Language;
use crate::domain::secret::ServerKey;
use crate::domain::settings::Settings;
use crate::files::Files;
use crate::hub::Hub;
use crate::store::{Place, Store};
use crate::texts::Texts;
use crate::transport::dkim::Signatures;
use crate::transport::dns::Dns;
use crate::transport::imap::PasswordServer;
use crate::transport::maildir::Maildir;
use crate::transport::openid::Providers;
use crate::transport::smtp::Submitter;
use crate::workers::{Outlet, Source, Workers};

/// A running mailmoot.
#[derive(Debug)]
pub struct App {
    /// Where it really listens: the port that was given, if 0 was asked for.
    pub address: SocketAddr,
    workers: Workers,
    server: JoinHandle<std::io::Result<()>>,
    /// Tells figures, at an address of its own.
    metrics: Option<JoinHandle<std::io::Result<()>>>,
    stop: CancellationToken,
}

/// Where mail comes from and goes to.
#[derive(Debug)]
pub struct MailWays {
    pub source: Option<Source>,
    pub outlet: Outlet,
}

impl App {
    /// Starts the workers and serves the pages.
    ///
    /// # Errors
    /// When the listener is broken.
    pub fn start(actions: &Actions, ways: MailWays, listener: TcpListener, router: Router) -> Result<Self> {
        let address = listener.local_addr().context("Asking for the address we listen at")?;
        let workers = Workers::start(actions, ways.source, ways.outlet);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move {
            axum::serve(listener, service).with_graceful_shutdown(stopped.cancelled_owned()).await
        });
        Ok(Self { address, workers, server, metrics: None, stop })
    }

    /// The same, with figures told at another address.
    pub fn telling_figures(mut self, listener: TcpListener, router: Router) -> Self {
        let stopped = self.stop.clone();
        self.metrics = Some(tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await
        }));
        self
    }

    /// Ends everything: what workers are at is finished, open pages are given a moment.
    pub async fn stop(self) {
        self.stop.cancel();
        self.workers.stop().await;
        let patience = std::time::Duration::from_secs(3);
        if let Some(metrics) = self.metrics {
            // Whoever is asking just now asks again.
            metrics.abort();
        }
        let abort = self.server.abort_handle();
        if tokio::time::timeout(patience, self.server).await.is_err() {
            // Open sockets would keep it for ever; browsers come back by themselves.
            abort.abort();
        }
    }
}

/// Opens the database (bringing its tables up to date), the files and the key.
///
/// # Errors
/// When one of them can't be opened; the message says which and why.
pub async fn open_actions(config: &Config, clock: Clock) -> Result<Actions> {
    let data = &config.server.data;
    make_folders(config)?;
    let place = place(config);
    let store = Store::open(&place)
        .await
        .with_context(|| format!("Opening the database ({})", place_name(&place)))?;
    let files =
        Files::open_folder(data.join("files"), clock.clone()).await.context("Opening the folder of files")?;
    let key = server_key(&data.join("server.key"), &clock)?;
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
        internal_networks: config.server.internal_networks.clone(),
    };
    let directories = Directories::new(config.directories.clone());
    let (hub, settings, bell) = (Hub::new(), Arc::new(settings), Bell::default());
    let (pace, receipts) = (Pace::default(), Gathered::default());
    let signatures = if settings.mail.check_dkim {
        let dns =
            Dns::asking(&config.dns_servers).context("mail.check_dkim is on, but nothing can be asked")?;
        Some(Signatures::asking(&dns))
    } else {
        None
    };
    let providers = Providers::new(config.providers.clone(), &clock);
    let passwords = config.passwords.clone().map(PasswordServer::new);
    Ok(Actions {
        store,
        hub,
        files,
        clock,
        settings,
        key,
        bell,
        pace,
        receipts,
        signatures,
        meters: Meters::default(),
        providers,
        passwords,
        directories,
    })
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
    let outlet = Outlet::Smtp(Arc::new(Submitter::new(config.smtp.clone()).signing(config.dkim.clone())));
    Ok(MailWays { source: Some(source), outlet })
}

/// Where the database is, by its URL.
pub fn place(config: &Config) -> Place {
    let url = config.database.expose_secret();
    match url.strip_prefix("sqlite:") {
        Some(path) => Place::Sqlite(path.into()),
        None => Place::Postgres(url.to_owned()),
    }
}

/// The place of the database in words; a server's URL may hold a password.
pub fn place_name(place: &Place) -> String {
    match place {
        Place::Sqlite(path) => path.display().to_string(),
        Place::Postgres(_) => "PostgreSQL, database.url".to_owned(),
    }
}

/// A folder that a setting names and that cannot be made.
#[derive(Debug)]
pub struct FolderError {
    setting: &'static str,
    value: String,
    why: String,
}

impl FolderError {
    pub fn words(&self, texts: &Texts) -> String {
        let values = [("setting", self.setting), ("value", self.value.as_str()), ("why", self.why.as_str())];
        texts.with("cli-folder-failed", &values).into_owned()
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(&Texts::of(Language::English)))
    }
}

impl std::error::Error for FolderError {}

/// Makes the folder of data and that of the database, whoever comes first.
///
/// # Errors
/// When one of them can't be made; the error names the setting.
pub fn make_folders(config: &Config) -> Result<(), FolderError> {
    let data = &config.server.data;
    make_private_folder("server.data", &data.display(), data)?;
    make_database_folder(config)
}

/// Makes the folder of the database only: a PostgreSQL database has none.
///
/// # Errors
/// When it can't be made; the error names the setting.
pub fn make_database_folder(config: &Config) -> Result<(), FolderError> {
    let Place::Sqlite(file) = place(config) else { return Ok(()) };
    match file.parent() {
        // A file without a folder before it is in the one we are in.
        None => Ok(()),
        Some(folder) if folder.as_os_str().is_empty() => Ok(()),
        Some(folder) if folder == config.server.data => {
            make_private_folder("server.data", &folder.display(), folder)
        }
        Some(folder) => {
            make_private_folder("database.url", &format_args!("sqlite:{}", file.display()), folder)
        }
    }
}

/// The server's key, made at the first start and readable by its owner only. All nodes of one database share it.
fn server_key(path: &Path, clock: &Clock) -> Result<ServerKey> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let bytes: [u8; 32] = bytes
                .try_into()
                .map_err(|_| anyhow::anyhow!("The key file {} has not 32 bytes", path.display()))?;
            Ok(ServerKey::from_bytes(bytes))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let bytes: [u8; 32] = clock.random_bytes()?;
            write_secret(path, &bytes).with_context(|| format!("Writing the key file {}", path.display()))?;
            Ok(ServerKey::from_bytes(bytes))
        }
        Err(e) => Err(e).with_context(|| format!("Reading the key file {}", path.display())),
    }
}

/// Everybody's mails are below it: nobody else on this machine may look in. A folder that is there stays as it is.
fn make_private_folder(
    setting: &'static str,
    value: &dyn fmt::Display,
    folder: &Path,
) -> Result<(), FolderError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| FolderError {
        setting,
        value: value.to_string(),
        why: error.to_string(),
    })
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
