//! Doing jobs, lane by lane: claimed, done, and tried again later when something stands in the way.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pause::{BackOff, pause};
use super::{Ways, archive, mail_out, push, watch};
use crate::actions::jobs::{ClaimedJob, Lane};
use crate::actions::{ActionError, Actions, apart};
use crate::domain::ids::ExportId;
use crate::domain::job::{Job, back_off};
use crate::domain::message::MessagePlace;

/// How many jobs are claimed at once.
const BATCH: i64 = 16;
/// The longest wait without looking: another node may have added jobs.
const LOOK: Duration = Duration::from_secs(30);
/// A mail that could not be sorted so often is put aside for the admin.
const MOST_TRIES: u32 = 8;
const HOURLY: Duration = Duration::from_secs(3600);

/// Does the jobs of one lane until the workers are to stop.
pub(super) async fn run(actions: Actions, lane: Lane, ways: Ways, stop: CancellationToken) {
    let mut ear = actions.bell.listen();
    let mut trouble = BackOff::default();
    if let Err(error) = actions.free_jobs_at_start(lane).await {
        tracing::warn!(error = %error, "Jobs that a crash left could not be freed; they wait for five minutes.");
    }
    while !stop.is_cancelled() {
        match actions.claim_jobs(lane, batch_of(lane)).await {
            Ok(jobs) if jobs.is_empty() => {
                trouble.reset();
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = ear.heard() => {}
                    () = tokio::time::sleep(until_next(&actions, lane).await) => {}
                }
            }
            Ok(jobs) => do_all(&actions, lane, &ways, jobs).await,
            Err(error) => {
                tracing::error!(error = %error, "Jobs could not be claimed; trying again.");
                if !pause(&stop, trouble.next()).await {
                    return;
                }
            }
        }
    }
}

/// Exports are written one at a time, and directories read so: each takes some memory for itself, and what it writes.
fn batch_of(lane: Lane) -> i64 {
    if matches!(lane, Lane::Export | Lane::Directory) { 1 } else { BATCH }
}

async fn until_next(actions: &Actions, lane: Lane) -> Duration {
    let due = actions.next_job_at(lane).await.ok().flatten();
    due.map_or(LOOK, |due| (due - actions.clock.now()).clamp(Duration::from_millis(1), LOOK))
}

/// Does everything that is due now, and what comes of it.
pub(super) async fn do_due(actions: &Actions, ways: &Ways) -> Result<(), ActionError> {
    loop {
        let mut idle = true;
        idle &= !mail_out::do_due(actions, &ways.mail).await?;
        for lane in Lane::ALL.into_iter().filter(|lane| *lane != Lane::Send) {
            let jobs = actions.claim_jobs(lane, batch_of(lane)).await?;
            idle &= jobs.is_empty();
            do_all(actions, lane, ways, jobs).await;
        }
        if idle {
            return Ok(());
        }
    }
}

/// Mails that came in keep their order; the others do not wait for each other, but for invitations: who is invited
/// now must not get the opening once more with the messages.
async fn do_all(actions: &Actions, lane: Lane, ways: &Ways, jobs: Vec<ClaimedJob>) {
    if lane == Lane::Sort {
        for job in jobs {
            do_one(actions, ways, job).await;
        }
        return;
    }
    let (first, then): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|claimed| matches!(claimed.job, Job::InviteMember { .. }));
    for jobs in [first, then] {
        futures_util::future::join_all(jobs.into_iter().map(|job| do_one(actions, ways, job))).await;
    }
}

async fn do_one(actions: &Actions, ways: &Ways, claimed: ClaimedJob) {
    let done = match &claimed.job {
        Job::SortMail { mail } => match apart(|| actions.sort_mail(*mail)).await {
            Err(error) if claimed.tries + 1 >= MOST_TRIES => {
                actions.quarantine(*mail, &format!("{error:#}")).await
            }
            other => other,
        }
        .map(|()| None),
        Job::InviteMember { member, by } => {
            apart(|| actions.invite_member(*member, *by)).await.map(|()| None)
        }
        Job::PlanBundles { group } | Job::PlanBundlesAgain { group } | Job::PlanBundlesAt { group, .. } => {
            apart(|| actions.plan_bundles(*group)).await.map(|()| None)
        }
        Job::PlanAtOnce { group } => apart(|| actions.plan_at_once(*group)).await.map(|()| None),
        Job::BundleMessages { member } | Job::MailTasks { member } => {
            apart(|| actions.bundle_messages(*member)).await.map(|()| None)
        }
        Job::MailMention { member, seq, held } => {
            apart(|| actions.mail_mention(*member, *seq, *held)).await.map(|()| None)
        }
        Job::EndStatus { person, until } => {
            apart(|| actions.end_status(*person, *until)).await.map(|()| None)
        }
        Job::RemindUnread { group, seq, asked_at } => {
            let place = MessagePlace { group: *group, seq: *seq };
            apart(|| actions.send_reminders(place, *asked_at)).await.map(|()| None)
        }
        Job::TellReaders { group, seq, look } => {
            let place = MessagePlace { group: *group, seq: *seq };
            apart(|| actions.tell_readers(place, *look)).await.map(|()| None)
        }
        Job::MailShare { receiver, asked_at } => {
            apart(|| actions.mail_share_to(*receiver, *asked_at)).await.map(|()| None)
        }
        Job::TryAddress { person, at } => apart(|| actions.try_address(*person, *at)).await.map(|()| None),
        Job::EndTrial { trial } => apart(|| actions.end_trial(*trial)).await.map(|()| None),
        Job::AnswerAsk { ask } => apart(|| actions.answer_ask(*ask)).await.map(|()| None),
        Job::IndexMessages { before } => apart(|| actions.index_messages(*before)).await.map(|()| None),
        // Another lane's.
        Job::SendMail { .. } => Ok(Some((Duration::ZERO, String::new()))),
        Job::Export { export } => apart(|| write_export(actions, ways, *export)).await,
        Job::ExportPerson { export } => apart(|| actions.run_dossier(*export)).await.map(|()| None),
        Job::EraseContents { person } => apart(|| actions.erase_contents(*person)).await.map(|()| None),
        Job::SyncDirectory { source } => apart(|| actions.sync_directory(source)).await.map(|()| None),
        Job::Archive => apart(|| archive::go_on(actions, ways)).await,
        Job::Watch => Ok(apart(|| watch::look(actions)).await),
        Job::LookAtCertificates => Ok(apart(|| watch::look_at_certificates(actions, ways)).await),
        Job::TellAdmins { alert, ended } => {
            apart(|| actions.tell_admins(*alert, *ended)).await.map(|()| None)
        }
        Job::CallWebhook { alert, ended } => {
            apart(|| watch::call(actions, *alert, *ended, claimed.tries)).await
        }
        Job::SendPush(job) => apart(|| push::send(actions, &ways.push, *job, claimed.tries)).await,
    };
    let noted = match done {
        Ok(None) => actions.finish_job(claimed.id).await,
        Ok(Some((wait, why))) => actions.put_off_job(claimed.id, wait, &why).await,
        Err(error) => {
            tracing::warn!(job.id = %claimed.id, tries = claimed.tries, error = %error, "A job failed; trying again later.");
            actions.put_off_job(claimed.id, back_off(claimed.tries), &error.to_string()).await
        }
    };
    if let Err(error) = noted {
        tracing::error!(job.id = %claimed.id, error = %error, "The end of a job could not be noted; it will run again.");
    }
}

/// Writes a group into a file; that may take minutes, and a house that is to stop does not wait for it: it begins anew
/// with the next start.
async fn write_export(
    actions: &Actions,
    ways: &Ways,
    export: ExportId,
) -> Result<Option<(Duration, String)>, ActionError> {
    tokio::select! {
        done = actions.run_export(export) => done.map(|()| None),
        () = ways.stop.cancelled() => Ok(Some((Duration::ZERO, "stopped".to_owned()))),
    }
}

/// Forgets what ran out, once an hour.
pub(super) async fn clean_up_hourly(actions: Actions, stop: CancellationToken) {
    loop {
        if let Err(error) = actions.clean_up().await {
            tracing::warn!(error = %error, "Old sessions and links could not be cleared.");
        }
        if let Err(error) = actions.give_up_old_mails().await {
            tracing::warn!(error = %error, "Mails that have waited for days could not be given up.");
        }
        if let Err(error) = actions.clear_old().await {
            tracing::warn!(error = %error, "What is too old could not be deleted.");
        }
        if let Err(error) = actions.clear_exports().await {
            tracing::warn!(error = %error, "Exports whose time is over could not be cleared.");
        }
        if let Err(error) = actions.clear_unused_files().await {
            tracing::warn!(error = %error, "Files that nobody used could not be cleared.");
        }
        if !pause(&stop, HOURLY).await {
            return;
        }
    }
}
