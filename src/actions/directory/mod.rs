//! Directories: reading the organisation's own lists of people, and bringing the address book up to date by them.

pub mod check;
pub mod import;
pub mod import_words;
mod lists;
mod look;
mod look_dav;
mod look_ldap;
pub(super) mod merge;
pub(super) mod own_addresses;
pub mod pages;
mod sync;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

use super::{ActionError, Actions, Result};
use crate::domain::job::Job;
use crate::domain::ldap::{AttributeNames, ListPlace};
use crate::store;
use crate::transport::account::MailServer;
use crate::transport::carddav::DavAccount;
use crate::transport::ldap::LdapAccount;

/// One place where people are kept.
#[derive(Clone, Debug)]
pub struct Source {
    /// By which the configuration and the pages call it.
    pub name: String,
    pub way: Way,
    /// How often it is asked for what changed.
    pub every: Duration,
    /// How often all of it is read, so that those are noticed who are gone.
    pub full_every: Duration,
}

/// How a source is reached.
#[derive(Clone, Debug)]
pub enum Way {
    Ldap {
        account: LdapAccount,
        names: Box<AttributeNames>,
        /// Where its distribution lists are, if they are read.
        lists: Option<ListPlace>,
    },
    Carddav(DavAccount),
}

/// The sources, those first that are believed first. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Directories(Arc<[Source]>);

impl Directories {
    pub fn new(sources: Vec<Source>) -> Self {
        Self(sources.into())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    pub fn find(&self, name: &str) -> Option<&Source> {
        self.iter().find(|source| source.name == name)
    }

    /// Their names, in their order.
    pub fn names(&self) -> Vec<String> {
        self.iter().map(|source| source.name.clone()).collect()
    }
}

impl Source {
    /// The server that is asked.
    pub fn server(&self) -> &MailServer {
        match &self.way {
            Way::Ldap { account, .. } => &account.server,
            Way::Carddav(account) => &account.server,
        }
    }

    /// What it is and where, such as `LDAP, ldap.corp.example`.
    pub fn words(&self) -> String {
        format!("{}, {}", self.protocol().0, self.server().host)
    }

    /// What it speaks, and the ports for TLS from the beginning and for the other way.
    fn protocol(&self) -> (&'static str, [&'static str; 2]) {
        match &self.way {
            Way::Ldap { .. } => ("LDAP", ["636", "389"]),
            Way::Carddav(_) => ("CardDAV", ["443", "443"]),
        }
    }

    /// Where people are on the server.
    fn place(&self) -> &str {
        match &self.way {
            Way::Ldap { account, .. } => &account.base,
            Way::Carddav(account) => &account.path,
        }
    }

    fn job(&self) -> Job {
        Job::SyncDirectory { source: self.name.clone() }
    }
}

impl Actions {
    /// Sees to it that every source is read when it is time. For the start of the workers.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn plan_directories(&self) -> Result<()> {
        let (clock, sources) = (self.clock.clone(), self.directories.clone());
        self.store
            .write(async move |tx| {
                let now = clock.now();
                for source in sources.iter() {
                    store::jobs::add(tx, &[(clock.new_id(), source.job())], now, now).await?;
                    // It may have been planned when the interval was longer.
                    store::jobs::hasten(tx, &source.job(), now + source.every).await?;
                }
                Ok::<_, ActionError>(())
            })
            .await?;
        self.bell.ring();
        Ok(())
    }
}
