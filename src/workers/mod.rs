//! The door for mail: what fetches it, sorts it, composes it and hands it over, in the background.

mod archive;
mod directories;
mod jobs;
pub mod mail_in;
mod mail_out;
mod outlet;
mod pause;
mod presence;
mod push;
mod quiet;
mod receipts;
mod turns;
mod watch;

use std::sync::Arc;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use mail_in::Source;
pub use outlet::{Outlet, Submitters};

use self::pause::{BackOff, pause};
use crate::actions::jobs::Lane;
use crate::actions::{ActionError, Actions};
use crate::transport::web_push::PushSender;

/// The ways out of the house. Cheap to clone.
#[derive(Clone, Debug)]
struct Ways {
    mail: Outlet,
    /// Where mail comes from, to look after it; fetching has its own.
    sources: Vec<Source>,
    push: Arc<PushSender>,
    /// For work that takes long.
    stop: CancellationToken,
}

impl Ways {
    fn of(actions: &Actions, sources: Vec<Source>, mail: Outlet, stop: CancellationToken) -> Self {
        Self { mail, sources, push: Arc::new(actions.push_sender()), stop }
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
    pub fn start(actions: &Actions, sources: Vec<Source>, outlet: Outlet) -> Self {
        let stop = CancellationToken::new();
        let ways = Ways::of(actions, sources.clone(), outlet, stop.clone());
        let mut all = Self { tasks: JoinSet::new(), stop };
        if !sources.is_empty() {
            let names: Vec<String> = sources.iter().map(Source::name).collect();
            all.keep("sources", actions, move |actions, _| mail_in::note_in_use(actions, names.clone()));
        }
        for source in sources {
            all.keep("mail in", actions, move |actions, stop| mail_in::run(actions, source.clone(), stop));
        }
        let outlet = ways.mail.clone();
        all.keep("mail out", actions, move |actions, stop| mail_out::run(actions, outlet.clone(), stop));
        for lane in Lane::ALL.into_iter().filter(|lane| *lane != Lane::Send) {
            let ways = ways.clone();
            all.keep("jobs", actions, move |actions, stop| jobs::run(actions, lane, ways.clone(), stop));
        }
        all.keep("directories", actions, directories::plan);
        all.keep("presence", actions, presence::run);
        all.keep("receipts", actions, receipts::run);
        all.keep("cleaning up", actions, jobs::clean_up_hourly);
        all.keep("watch", actions, watch::begin);
        all.tasks.spawn(quiet::follow(actions.clone(), all.stop.clone()));
        all
    }

    /// Runs a task, and begins it anew when it ends by a fault of ours: nothing stops silently. In a quiet time of the house
    /// it finishes what it is at, and begins anew when that is over.
    fn keep<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        name: &'static str,
        actions: &Actions,
        begin: impl Fn(Actions, CancellationToken) -> F + Send + 'static,
    ) {
        let (actions, stop) = (actions.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            let mut back_off = BackOff::default();
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = actions.maintenance_is(false) => {}
                }
                // A set of one: it ends with this task.
                let (mut run, halt) = (JoinSet::new(), stop.child_token());
                run.spawn(begin(actions.clone(), halt.clone()));
                let ended = tokio::select! {
                    ended = run.join_next() => ended,
                    () = actions.maintenance_is(true) => {
                        halt.cancel();
                        run.join_next().await;
                        continue;
                    }
                };
                match ended {
                    Some(Err(error)) if error.is_panic() => {
                        tracing::error!(worker = name, "A task in the background broke; it begins anew.");
                    }
                    _ => return,
                }
                if !pause(&stop, back_off.next()).await {
                    return;
                }
            }
        });
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
    jobs::do_due(actions, &Ways::of(actions, Vec::new(), outlet.clone(), CancellationToken::new())).await?;
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
