//! Handing mails over to the submission server: each by itself, none waits for another one to be done.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::outlet::{Handed, Outlet};
use super::pause::{BackOff, pause};
use super::turns::{Due, Reached, Turns};
use crate::actions::jobs::{ClaimedJob, Lane};
use crate::actions::outbox::MailToSend;
use crate::actions::{ActionError, Actions};
use crate::domain::ids::DeliveryId;
use crate::domain::job::{Job, back_off};

/// The longest wait without looking: another node may have added mails.
const LOOK: Duration = Duration::from_secs(30);
/// What is noted of a mail to an address that can't be written to (RFC 3463 3.2).
const UNWRITABLE: &str = "5.1.3 This address can't stand in a mail";

/// The name of the submission server among the ways out; those of branches have their name behind it.
const SUBMISSION: &str = "submission";

/// What hands mails over to one submission server: none waits for another server. Cheap to clone.
#[derive(Clone, Debug)]
struct Post {
    actions: Actions,
    outlet: Outlet,
    /// It has the mails to the domains of this branch; those to all other domains if `None`.
    branch: Option<String>,
    turns: Arc<Mutex<Turns>>,
}

/// What becomes of the job.
enum Ended {
    Done,
    Later(Duration, String),
}

/// Hands over what is due until the workers are to stop; what is on its way then is finished.
pub(super) async fn run(actions: Actions, outlet: Outlet, stop: CancellationToken) {
    if let Err(error) = actions.free_jobs_at_start(Lane::Send).await {
        tracing::warn!(error = %error, "Mails that a crash left could not be freed; they wait for five minutes.");
    }
    let posts = posts(&actions, &outlet);
    let names = posts.iter().map(Post::name).collect();
    if let Err(error) = actions.use_outlets(names).await {
        tracing::warn!(error = %error, "Which submission servers are in use could not be noted.");
    }
    futures_util::future::join_all(posts.into_iter().map(|post| work(post, stop.clone()))).await;
}

/// One for the house's own server, and one for each branch.
fn posts(actions: &Actions, outlet: &Outlet) -> Vec<Post> {
    let branches = actions.settings.mail.branches.iter().map(|branch| Some(branch.name.clone()));
    let all = std::iter::once(None).chain(branches);
    all.map(|branch| Post::new(actions.clone(), outlet.clone(), branch)).collect()
}

async fn work(post: Post, stop: CancellationToken) {
    let mut ear = post.actions.bell.listen();
    let mut trouble = BackOff::default();
    let mut on_their_way = JoinSet::new();
    while !stop.is_cancelled() {
        match post.begin(&mut on_their_way).await {
            Ok(0) => {
                trouble.reset();
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = ear.heard() => {}
                    Some(_) = on_their_way.join_next() => {}
                    () = tokio::time::sleep(post.until_next().await) => {}
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = %error, "Mails could not be claimed; trying again.");
                if !pause(&stop, trouble.next()).await {
                    break;
                }
            }
        }
    }
    while on_their_way.join_next().await.is_some() {}
}

/// Hands over what is due now. Whether there was anything.
pub(super) async fn do_due(actions: &Actions, outlet: &Outlet) -> Result<bool, ActionError> {
    let mut on_their_way = JoinSet::new();
    let mut any = false;
    for post in posts(actions, outlet) {
        while post.begin(&mut on_their_way).await? > 0 {
            any = true;
            while on_their_way.join_next().await.is_some() {}
        }
    }
    Ok(any)
}

impl Post {
    fn new(actions: Actions, outlet: Outlet, branch: Option<String>) -> Self {
        let turns = Arc::new(Mutex::new(Turns::new(actions.settings.queue)));
        Self { actions, outlet, branch, turns }
    }

    fn name(&self) -> String {
        self.branch.as_ref().map_or_else(|| SUBMISSION.to_owned(), |name| format!("{SUBMISSION}.{name}"))
    }

    fn has(&self, domain: &str) -> bool {
        let branch = self.actions.settings.mail.branch_for(domain);
        branch.map(|branch| &branch.name) == self.branch.as_ref()
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        // Nothing in here can be half done, so a panic elsewhere does not make it wrong.
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins with those whose turn it is. How many.
    async fn begin(&self, on_their_way: &mut JoinSet<()>) -> Result<usize, ActionError> {
        let now = self.actions.clock.now();
        if self.turns().hear(self.actions.bell.rung_out()) {
            self.outlet.open_gate(self.branch.as_deref());
        }
        if !self.turns().has_room(now) {
            return Ok(0);
        }
        let due = self.actions.list_due_domains().await?;
        let own = due.into_iter().filter(|(domain, _)| self.has(domain));
        let due = own.map(|(domain, since)| Due { domain, since }).collect();
        let rooms = self.turns().rooms(due, now);
        if rooms.is_empty() {
            return Ok(0);
        }
        let claimed = self.actions.claim_mails(rooms).await?;
        let mut begun = 0;
        for job in claimed {
            if self.turns().begin(job.id, job.job.domain(), now) {
                on_their_way.spawn(self.clone().hand_over(job));
                begun += 1;
            }
        }
        Ok(begun)
    }

    /// Until the next mail is due, or something that is away is asked again.
    async fn until_next(&self) -> Duration {
        let now = self.actions.clock.now();
        let due = self.actions.next_mail_after(now).await.ok().flatten();
        let again = self.turns().next_at(now);
        let next = due.into_iter().chain(again).min();
        next.map_or(LOOK, |at| (at - now).clamp(Duration::from_millis(1), LOOK))
    }

    async fn hand_over(self, claimed: ClaimedJob) {
        let noted = match self.attempt(&claimed).await {
            Ok(Ended::Done) => self.actions.finish_job(claimed.id).await,
            Ok(Ended::Later(wait, why)) => self.actions.put_off_job(claimed.id, wait, &why).await,
            Err(error) => {
                tracing::warn!(job.id = %claimed.id, error = %error, "A mail could not be handed over; trying again later.");
                let (wait, why) = (back_off(claimed.tries), error.to_string());
                self.actions.put_off_job(claimed.id, wait, &why).await
            }
        };
        if let Err(error) = noted {
            tracing::error!(job.id = %claimed.id, error = %error, "The end of a job could not be noted; it will run again.");
        }
        // Not before it is noted: nobody else may begin it meanwhile.
        self.turns().release(claimed.id, claimed.job.domain());
    }

    /// One attempt, and what it tells of others.
    async fn attempt(&self, claimed: &ClaimedJob) -> Result<Ended, ActionError> {
        let Job::SendMail { delivery, domain } = &claimed.job else { return Ok(Ended::Done) };
        let Some(mail) = self.actions.mail_to_send(*delivery).await? else { return Ok(Ended::Done) };
        if mail.raw.is_empty() {
            return self.refused(*delivery, UNWRITABLE).await;
        }
        let handed = self.outlet.send(&mail).await;
        let (now, reached) = (self.actions.clock.now(), handed.reached());
        let shut_until = self.outlet.shut_for(self.branch.as_deref()).map(|left| now + left);
        let away_until = self.turns().tell_all(domain, reached, (now, shut_until));
        let away = handed.server_is_away();
        let ended = match handed {
            Handed::Over { reply } => {
                self.actions.record_sent(*delivery, &reply).await?;
                Ok(Ended::Done)
            }
            Handed::Refused { reply } => self.refused(*delivery, &reply).await,
            Handed::NotNow { reply, .. } => {
                let wait = away_until.map_or_else(|| back_off(claimed.tries), |until| until - now);
                self.not_now(&mail, (reached, reply), wait).await
            }
        };
        // Not before what became of the mail is noted: a crash in between sends it twice.
        self.note_server(away.as_deref()).await?;
        ended
    }

    /// Notes that the submission server can't be used, or can be again; not with every mail.
    async fn note_server(&self, words: Option<&str>) -> Result<(), ActionError> {
        if self.turns().is_news(words.is_some()) {
            self.actions.note_outlet(&self.name(), words).await?;
        }
        Ok(())
    }

    async fn refused(&self, delivery: DeliveryId, reply: &str) -> Result<Ended, ActionError> {
        self.actions.record_refused(delivery, reply).await?;
        Ok(Ended::Done)
    }

    async fn not_now(
        &self,
        mail: &MailToSend,
        (reached, reply): (Reached, String),
        wait: Duration,
    ) -> Result<Ended, ActionError> {
        // That our own server is away says nothing of anybody's address.
        let is_theirs = reached != Reached::Nobody;
        let goes_on = self.actions.record_delay(&mail.delivery, &reply, is_theirs).await?;
        Ok(if goes_on { Ended::Later(wait, reply) } else { Ended::Done })
    }
}
