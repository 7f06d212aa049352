//! Reading a source and bringing the address book up to date: in batches, each whole; who is gone last; and how far it came
//! is written down at the very end. So whatever interrupts it, the next time it begins where it began.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::{ActionError, Actions, Result};
use super::Source;
use super::look::{self, Looked};
use super::merge::{self, Context};
use crate::domain::digest::Digest;
use crate::domain::directory::SourceEntry;
use crate::domain::directory_sync::{Hitch, Sync, SyncOutcome, SyncReport, SyncTrouble, is_doubtful};
use crate::domain::time::Timestamp;
use crate::store;
use crate::store::directories::{Answered, SourceState, Stamp};

/// How many entries one transaction takes; others may write in between.
const PART: usize = 500;
/// After a failure it is tried again so soon, or when it is time anyway.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(300);

impl Actions {
    /// Reads a source and brings the address book up to date. May run twice, and may be interrupted anywhere.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer. That the source does not is told in its outcome.
    pub async fn sync_directory(&self, name: &str) -> Result<()> {
        // Not configured any more: it ends here.
        let Some(source) = self.directories.find(name).cloned() else { return Ok(()) };
        let begun_at = self.clock.now();
        let state = store::directories::state(&mut self.store.read().await?, name).await?;
        let is_full = state.take_fewer
            || state.full_at.is_none_or(|at| begun_at - at >= source.full_every)
            || state.position.is_empty();
        let position = if is_full { "" } else { state.position.as_str() };
        let (outcome, state) = match look::look(self, &source, position).await {
            Err(trouble) => (SyncOutcome::Stopped(trouble), state),
            Ok(looked) => self.take_looked(&source, state, looked, begun_at).await?,
        };
        log(&source, &outcome);
        if let SyncOutcome::Done(report) = &outcome {
            self.settle_people(report.added.count + report.changed.count).await;
            if report.full || report.departed.count + report.returned.count > 0 {
                self.hand_over().await?;
            }
        }
        self.end_sync(&source, state, begun_at, outcome).await
    }

    async fn take_looked(
        &self,
        source: &Source,
        state: SourceState,
        mut looked: Looked,
        begun_at: Timestamp,
    ) -> Result<(SyncOutcome, SourceState)> {
        if looked.photos_missing {
            self.keep_photos(source, &mut looked.entries).await?;
        }
        let stamps = store::directories::stamps(&mut self.store.read().await?, &source.name).await?;
        let plan = Plan::of(&looked, &stamps);
        if is_doubtful(plan.known, plan.gone.len()) && !state.take_fewer {
            let words = format!("{} / {}", plan.known - plan.gone.len(), plan.known);
            return Ok((SyncOutcome::Stopped(SyncTrouble { hitch: Hitch::Fewer, words }), state));
        }
        let (full, found, position) = (looked.full, looked.entries.len(), looked.position.clone());
        let lists = self.take_lists(source, &looked).await?;
        // What could not be read is asked for again from where it was read last, with the people.
        let whole = !looked.lists_missing && !looked.photos_missing;
        let refused = looked.refused;
        let mut report = self.take_plan(source, (looked.entries, plan)).await?;
        for one in &refused.refused {
            report.refuse(&one.who, one.why.clone());
        }
        report.more_refused += refused.more_refused;
        (report.full, report.found, report.lists) = (full, found, lists);
        let full_at = if full && whole { Some(begun_at) } else { state.full_at };
        let position = if whole { position } else { state.position.clone() };
        Ok((SyncOutcome::Done(report), SourceState { position, full_at, ..state }))
    }

    /// Nobody loses their photo because it can't be read.
    async fn keep_photos(&self, source: &Source, entries: &mut [SourceEntry]) -> Result<()> {
        let known = store::directories::photos_of(&mut self.store.read().await?, &source.name).await?;
        let known: HashMap<String, Digest> = known.into_iter().collect();
        for entry in entries {
            entry.said.entry.photo = entry.said.entry.photo.or(known.get(&entry.uid).copied());
        }
        Ok(())
    }

    async fn take_plan(
        &self,
        source: &Source,
        (entries, plan): (Vec<SourceEntry>, Plan),
    ) -> Result<SyncReport> {
        let mains = entries.iter().filter_map(|entry| entry.said.entry.addresses.first().cloned());
        let context = Context {
            mains: Arc::new(mains.collect()),
            leaving: Arc::new(plan.gone.iter().cloned().collect()),
            ..self.merging(&source.name)
        };
        // A server that names two entries alike has one of them.
        let mut once = plan.changed;
        let new: Vec<SourceEntry> = entries.into_iter().filter(|entry| once.remove(&entry.uid)).collect();
        let (mut report, contested) = self.take_all(source, &context, new).await?;
        // Those that were refused for an address get a second chance below, and are told then.
        (report.refused, report.more_refused) = (Vec::new(), 0);
        for uids in plan.gone.chunks(PART) {
            let (context, uids, job) = (context.clone(), uids.to_vec(), source.job());
            let departed = self.store.write(async move |tx| {
                store::jobs::keep(tx, &job, context.clock.now()).await?;
                merge::depart(tx, &context, &uids).await
            });
            let (departed, ended) = departed.await?;
            self.tell_ended(ended);
            add(&mut report, departed);
        }
        let (again, _) = self.take_all(source, &context, contested).await?;
        report.added.append(again.added);
        (report.refused, report.more_refused) = (again.refused, again.more_refused);
        Ok(report)
    }

    /// What was done, and the entries with an address that was somebody else's.
    async fn take_all(
        &self,
        source: &Source,
        context: &Context,
        entries: Vec<SourceEntry>,
    ) -> Result<(SyncReport, Vec<SourceEntry>)> {
        let (mut report, mut contested) = (SyncReport::default(), Vec::new());
        for part in entries.chunks(PART) {
            let (context, part, job) = (context.clone(), part.to_vec(), source.job());
            let batch = self.store.write(async move |tx| {
                store::jobs::keep(tx, &job, context.clock.now()).await?;
                merge::take(tx, &context, part).await
            });
            let mut batch = batch.await?;
            add(&mut report, batch.report);
            contested.append(&mut batch.contested);
        }
        Ok((report, contested))
    }

    /// Writes down what came of it, how far it was read, and when it is read next.
    async fn end_sync(
        &self,
        source: &Source,
        state: SourceState,
        begun_at: Timestamp,
        outcome: SyncOutcome,
    ) -> Result<()> {
        let (clock, source) = (self.clock.clone(), source.clone());
        let fewer = state.take_fewer && matches!(outcome, SyncOutcome::Done(_));
        let answered = Answered { all: state.full_at == Some(begun_at), fewer };
        let wait = match outcome {
            SyncOutcome::Done(_) => source.every,
            SyncOutcome::Stopped(_) => {
                source.every.min(AGAIN).max(source.server().shut_for().unwrap_or_default())
            }
        };
        self.store
            .write(async move |tx| {
                let now = clock.now();
                let took_ms = i64::try_from((now - begun_at).as_millis()).unwrap_or(i64::MAX);
                let sync = Sync { begun_at, took_ms, outcome };
                store::directories::add_sync(tx, clock.new_id(), &source.name, &sync).await?;
                store::directories::set_state(tx, &source.name, &state, answered).await?;
                // The job that does this one goes on until it is finished: then it is asked for again.
                store::jobs::add(tx, &[(clock.new_id(), source.job())], now + wait, now).await?;
                Ok::<_, ActionError>(())
            })
            .await
    }
}

/// What there is to do.
struct Plan {
    /// Entries that are new or say something new.
    changed: HashSet<String>,
    gone: Vec<String>,
    /// How many the source had.
    known: usize,
}

impl Plan {
    fn of(looked: &Looked, stamps: &[Stamp]) -> Self {
        let known: HashMap<&str, &Stamp> = stamps.iter().map(|stamp| (stamp.uid.as_str(), stamp)).collect();
        let is_new = |entry: &&SourceEntry| {
            known.get(entry.uid.as_str()).is_none_or(|stamp| stamp.departed || stamp.digest != entry.digest())
        };
        let changed = looked.entries.iter().filter(is_new).map(|entry| entry.uid.clone()).collect();
        let kept = looked.kept.iter().map(String::as_str);
        let seen: HashSet<&str> = looked.entries.iter().map(|entry| entry.uid.as_str()).chain(kept).collect();
        let told: HashSet<&str> = looked.gone.iter().map(String::as_str).collect();
        let is_gone = |stamp: &&Stamp| {
            let uid = stamp.uid.as_str();
            !stamp.departed && !seen.contains(uid) && (looked.full || told.contains(uid))
        };
        let gone = stamps.iter().filter(is_gone).map(|stamp| stamp.uid.clone()).collect();
        Self { changed, gone, known: stamps.iter().filter(|stamp| !stamp.departed).count() }
    }
}

fn add(report: &mut SyncReport, more: SyncReport) {
    report.added.append(more.added);
    report.changed.append(more.changed);
    report.departed.append(more.departed);
    report.returned.append(more.returned);
    for one in &more.refused {
        report.refuse(&one.who, one.why.clone());
    }
    report.more_refused += more.more_refused;
}

/// Names of people do not get into the log.
fn log(source: &Source, outcome: &SyncOutcome) {
    match outcome {
        SyncOutcome::Done(report) => tracing::info!(
            directory = source.name,
            found = report.found,
            added = report.added.count,
            changed = report.changed.count,
            departed = report.departed.count,
            refused = report.refused_count(),
            "A directory was read."
        ),
        SyncOutcome::Stopped(trouble) => {
            tracing::warn!(directory = source.name, hitch = ?trouble.hitch, "A directory could not be read; trying again.");
        }
    }
}
