//! How the house is: gathered for the status page, for alerts and for programs that watch us.

use std::time::Duration;

use super::{Actions, Result, access};
use crate::domain::failure::{DirectoryAge, FailureKind, Failures};
use crate::domain::health::{Alert, Certificate, Health, MailsIn, MailsOut};
use crate::domain::person::Viewer;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

const A_DAY: Duration = Duration::from_secs(24 * 3600);
/// Servers at which nobody looked for so long are not in use any more.
const FORGOTTEN: Duration = Duration::from_secs(2 * 24 * 3600);
/// How many of those that are over the status page shows.
const ENDED: i64 = 20;

/// What the status page shows.
#[derive(Clone, Debug)]
pub struct Status {
    pub health: Health,
    /// What is wrong now, and admins were told or will be within a minute.
    pub open: Vec<Alert>,
    /// What was wrong, the newest first; up to 20.
    pub ended: Vec<Alert>,
}

impl Actions {
    /// The figures of now. Eleven statements.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn health(&self) -> Result<Health> {
        let at = self.clock.now();
        let mut tx = self.store.read().await?;
        let mails_in = store::health::mails_in(&mut tx, at - A_DAY).await?;
        let mails_out = store::health::mails_out(&mut tx, at - A_DAY).await?;
        Ok(Health {
            at,
            sources: store::health::sources(&mut tx).await?,
            directories: self.directory_ages(&mut tx).await?,
            failures: failures(&mut tx, at, (&mails_in, &mails_out)).await?,
            mails_in,
            mails_out,
            lanes: store::jobs::loads(&mut tx, at).await?,
            certificates: store::health::certificates(&mut tx).await?,
            disk: self.files.disk().ok(),
        })
    }

    /// Every directory that is configured, those that were never read as well.
    async fn directory_ages(&self, tx: &mut Tx) -> Result<Vec<DirectoryAge>> {
        let read = store::failures::directories(tx).await?;
        let age = |name: String| {
            let found = read.iter().find(|one| one.name == name).cloned();
            found.unwrap_or(DirectoryAge { name, well_at: None, trouble: None })
        };
        Ok(self.directories.names().into_iter().map(age).collect())
    }

    /// How everything is, for admins. Fourteen statements.
    ///
    /// # Errors
    /// [`super::ActionError::NotFound`] for people who are no admins.
    pub async fn status(&self, viewer: &Viewer) -> Result<Status> {
        access::admin(viewer)?;
        let health = self.health().await?;
        let mut tx = self.store.read().await?;
        let (open, ended) =
            (store::alerts::open(&mut tx).await?, store::alerts::ended(&mut tx, ENDED).await?);
        Ok(Status { health, open, ended })
    }

    /// What keeps us from serving pages, in a word for programs; nothing if all is there.
    pub async fn not_ready(&self) -> Vec<&'static str> {
        let database = async { store::health::sources(&mut self.store.read().await?).await };
        let database = database.await.err().map(|error| {
            tracing::error!(error = %error, "The database does not answer.");
            "database"
        });
        let files = self.files.disk().err().map(|error| {
            tracing::error!(error = %error, "The folder of files can't be read.");
            "files"
        });
        database.into_iter().chain(files).collect()
    }

    /// Mail is fetched from these sources from now on, and from no others.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn use_sources(&self, names: Vec<String>) -> Result<()> {
        let now = self.clock.now();
        Ok(self.store.write(async move |tx| store::health::use_sources(tx, &names, now).await).await?)
    }

    /// Mail goes out by these submission servers from now on, and by no others.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn use_outlets(&self, names: Vec<String>) -> Result<()> {
        let now = self.clock.now();
        let begin = async move |tx: &mut Tx| {
            store::health::use_outlets(tx, &names).await?;
            // What waits for a server that was of no use waits no longer: it may be another one now, or another password.
            match store::health::is_submission_away(tx).await? {
                true => store::jobs::hasten_lane(tx, store::jobs::Lane::Send, now).await,
                false => Ok(()),
            }
        };
        Ok(self.store.write(begin).await?)
    }

    /// Notes whether a way out of the house can be used; if not, with what it says.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn note_outlet(&self, name: &str, words: Option<&str>) -> Result<()> {
        let (now, name) = (self.clock.now(), name.to_owned());
        let words = words.map(|words| words.chars().take(500).collect::<String>());
        self.store
            .write(async move |tx| match &words {
                Some(words) => store::health::outlet_is_away(tx, &name, words, now).await,
                None => store::health::outlet_is_back(tx, &name).await,
            })
            .await?;
        Ok(())
    }

    /// Notes until when the certificates of servers hold, and forgets those of servers that are not in use any more.
    ///
    /// # Errors
    /// [`super::ActionError::Unavailable`] when the database does not answer.
    pub async fn note_certificates(&self, certificates: Vec<Certificate>) -> Result<()> {
        let now = self.clock.now();
        self.store
            .write(async move |tx| {
                for certificate in &certificates {
                    store::health::put_certificate(tx, certificate, now).await?;
                }
                store::health::forget_certificates(tx, now - FORGOTTEN).await
            })
            .await?;
        Ok(())
    }
}

/// What went wrong within the last day; kinds of which there was nothing are left out.
async fn failures(
    tx: &mut Tx,
    at: Timestamp,
    (mails_in, out): (&MailsIn, &MailsOut),
) -> Result<Vec<Failures>> {
    let aside = mails_in.outcomes.iter().find(|(outcome, _)| outcome == "quarantined").map_or(0, |(_, n)| *n);
    let stopped = store::failures::directory_stops(tx, at - A_DAY).await?;
    let work = store::failures::jobs(tx).await?.into_iter();
    let counts = [
        (FailureKind::MailSetAside, aside),
        (FailureKind::MailGivenUp, out.failed),
        (FailureKind::DirectoryStopped, stopped),
    ];
    let work = work.map(|(lane, count)| (FailureKind::WorkAgain { lane }, count));
    let all = counts.into_iter().chain(work).filter(|(_, count)| *count > 0);
    Ok(all.map(|(kind, count)| Failures { kind, count }).collect())
}
