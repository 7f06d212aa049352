//! What can be done, whichever door it comes through.
//!
//! Every action checks rights in `access`, changes rows and adds jobs in one transaction, commits, and then tells the
//! hub. No door writes to the store itself, so none can forget receipts, live view or mail.

pub mod addresses;
pub mod alerts;
pub mod archive;
pub mod asks;
pub mod audit;
pub mod cadences;
pub mod changes;
pub mod claims;
pub mod desk;
pub mod directory;
pub mod dossiers;
pub mod drafts;
pub mod edits;
pub mod enclosures;
pub mod erasures;
mod error;
pub mod exports;
pub mod family;
pub mod files;
pub mod files_shown;
mod gateways;
pub mod group_import;
pub mod groups;
pub mod health;
pub mod history;
pub mod imports;
pub mod indexing;
pub mod jobs;
pub mod kept_settings;
pub mod ledger;
pub mod mail_password;
pub mod mails;
pub mod maintenance;
pub mod mark_lists;
pub mod marks;
pub mod members;
pub mod mentions;
pub mod message_page;
pub mod messages;
pub mod meters;
pub mod moves;
pub mod notices;
pub mod oauth;
pub mod outbox;
pub mod own_mailbox;
pub mod pace;
pub mod people;
pub mod people_sets;
pub mod photos;
pub mod pins;
pub mod policy;
pub mod presence;
pub mod providers;
pub mod push;
pub mod reactions;
pub mod receipts;
pub mod retention;
pub mod rights;
pub mod saved_views;
pub mod search;
pub mod sessions;
pub mod set_up;
pub mod shares;
pub mod sign_in;
pub mod tags;
pub mod threads;
pub mod unsent;
pub mod uploads;

mod access;
mod bell;
mod besides;
mod bundles;
mod letters;
mod limits;
mod log;

use std::pin::Pin;
use std::sync::Arc;

pub use bell::{Bell, Ear};
pub use error::{ActionError, Conflict, LedgerProblem, MailboxProblem, PasswordProblem, Problem};
pub use meters::Meters;
pub use pace::Pace;

use crate::clock::Clock;
use crate::domain::person::Viewer;
use crate::domain::secret::{ServerKey, Token};
use crate::domain::settings::Settings;
use crate::files::Files;
use crate::hub::Hub;
use crate::store::Store;
use crate::transport::dkim::Signatures;
use crate::transport::imap::{ImapAccount, PasswordServer};
use crate::transport::openid::Providers;

/// What every action gives.
pub type Result<T> = std::result::Result<T, ActionError>;

/// The one bundle that actions work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Actions {
    pub store: Store,
    pub hub: Hub,
    pub files: Files,
    pub clock: Clock,
    pub settings: Arc<Settings>,
    pub key: ServerKey,
    /// Rung after jobs were added, so that workers need not poll.
    pub bell: Bell,
    pub pace: Pace,
    /// What open pages tell of receipts, until it is written together.
    pub receipts: receipts::Gathered,
    /// Checks the signatures of mails, where the admin wants it.
    pub signatures: Option<Signatures>,
    /// Where the organisation keeps its people.
    pub directories: directory::Directories,
    /// Counts what happens.
    pub meters: Meters,
    /// Where people can sign in beside by mail.
    pub providers: Providers,
    /// Checks mail passwords, where the admin wants that.
    pub passwords: Option<PasswordServer>,
    /// Where a copy of all that is said is kept, if the admin wants one.
    pub archive: Option<Box<ImapAccount>>,
    /// What is known of a quiet time.
    pub quiet_time: maintenance::QuietTime,
    /// Opens people's own mailboxes, where the admin allows that.
    pub mailboxes: Option<PasswordServer>,
    /// Who looks into their own mailbox now.
    pub looks: own_mailbox::Looks,
}

/// Works on a thread that may be busy: what takes a while must not let other pages wait.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| ActionError::Internal(e.into()))
}

/// Makes a future where it lies on nobody's stack: a function that can do one of many things would have room for all of them at
/// once, and one that calls it as well.
pub fn apart<F: Future>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    Box::pin(make())
}

impl Actions {
    /// A new secret for a link or a cookie.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when the operating system gives no random bytes.
    fn new_token(&self) -> Result<Token> {
        let bytes = self.clock.random_bytes().map_err(|e| ActionError::Internal(e.into()))?;
        Ok(Token::from_random(bytes))
    }

    fn asks(&self, viewer: &Viewer) -> access::Asks<'_> {
        (viewer.person_id, &self.settings.sign_in)
    }
}
