//! The door for mail: what fetches it, sorts it, composes it and hands it over, in the background.

mod directories;
mod jobs;
pub mod mail_in;
mod mail_out;
mod outlet;
mod pause;
mod presence;
mod push;
mod receipts;
mod turns;

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use mail_in::Source;
pub use outlet::Outlet;

use crate::actions::jobs::Lane;
use crate::actions::{ActionError, Actions};
use crate::transport::web_push::PushSender;

/// The ways out of the house. Cheap to clone.
#[derive(Clone, Debug)]
struct Ways {
    mail: Outlet,
    push: Arc<PushSender>,
    /// For work that takes long.
    stop: CancellationToken,
}

impl Ways {
    fn of(actions: &Actions, mail: Outlet, stop: CancellationToken) -> Self {
        Self { mail, push: Arc::new(actions.push_sender()), stop }
    }
}

/// The workers that run. Dropping them stops them at once; [`Workers::stop`] lets them finish what they are at.
#[derive(Debug)]
pub struct Workers {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Workers {
    /// Starts fetching, sorting and sending.
    pub fn start(actions: &Actions, source: Option<Source>, outlet: Outlet) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        if let Some(source) = source {
            tasks.spawn(mail_in::run(actions.clone(), source, stop.clone()));
        }
        let ways = Ways::of(actions, outlet, stop.clone());
        tasks.spawn(mail_out::run(actions.clone(), ways.mail.clone(), stop.clone()));
        for lane in Lane::ALL.into_iter().filter(|lane| *lane != Lane::Send) {
            tasks.spawn(jobs::run(actions.clone(), lane, ways.clone(), stop.clone()));
        }
        tasks.spawn(directories::plan(actions.clone(), stop.clone()));
        tasks.spawn(presence::run(actions.clone(), stop.clone()));
        tasks.spawn(receipts::run(actions.clone(), stop.clone()));
        tasks.spawn(jobs::clean_up_hourly(actions.clone(), stop.clone()));
        Self { tasks, stop }
    }

    /// Ends the workers; what they are at is finished first.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Does the jobs that are due, once, without waiting for later ones: where time is made, not waited for.
///
/// # Errors
/// [`ActionError::Unavailable`] when the database does not answer.
pub async fn do_due(actions: &Actions, outlet: &Outlet) -> Result<(), ActionError> {
    jobs::do_due(actions, &Ways::of(actions, outlet.clone(), CancellationToken::new())).await?;
    actions.flush_receipts().await
}

/// Takes in what lies in a Maildir, once.
///
/// # Errors
/// When the folder or the database can't be used.
pub async fn take_waiting(
    actions: &Actions,
    folder: &crate::transport::maildir::Maildir,
) -> Result<(), ActionError> {
    mail_in::take_waiting(actions, folder).await
}
