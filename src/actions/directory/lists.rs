//! Bringing the distribution lists up to date by what a source says now.

use std::collections::{HashMap, HashSet};

use super::super::{ActionError, Actions, Result};
use super::Source;
use super::look::Looked;
use crate::domain::digest::Digest;
use crate::domain::ids::ListId;
use crate::domain::people_set::SourceList;
use crate::store;

/// How many lists one transaction takes: each may have thousands of entries.
const PART: usize = 100;

impl Actions {
    /// Keeps lists under the name of a source that is configured nowhere. Twice is harmless.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn keep_lists(&self, source: &str, lists: Vec<SourceList>) -> Result<()> {
        let (source, clock) = (source.to_owned(), self.clock.clone());
        let lists: Vec<(ListId, SourceList)> = lists.into_iter().map(|list| (clock.new_id(), list)).collect();
        self.store
            .write(async move |tx| {
                Ok::<_, ActionError>(store::directory_lists::keep(tx, &source, &lists).await?)
            })
            .await
    }

    /// Keeps the lists that are new or say something new, and forgets those that are gone. How many these were.
    pub(super) async fn take_lists(&self, source: &Source, looked: &Looked) -> Result<usize> {
        let stamps = store::directory_lists::stamps(&mut self.store.read().await?, &source.name).await?;
        let (changed, gone) = plan(looked, &stamps);
        let count = changed.len() + gone.len();
        for part in changed.chunks(PART) {
            let (name, job, clock) = (source.name.clone(), source.job(), self.clock.clone());
            let part: Vec<(ListId, SourceList)> =
                part.iter().map(|list| (clock.new_id(), (*list).clone())).collect();
            let kept = self.store.write(async move |tx| {
                store::jobs::keep(tx, &job, clock.now()).await?;
                Ok::<_, ActionError>(store::directory_lists::keep(tx, &name, &part).await?)
            });
            kept.await?;
        }
        if !gone.is_empty() {
            let name = source.name.clone();
            self.store.write(async move |tx| store::directory_lists::forget(tx, &name, &gone).await).await?;
        }
        Ok(count)
    }
}

fn plan<'a>(looked: &'a Looked, stamps: &[(String, Digest)]) -> (Vec<&'a SourceList>, Vec<String>) {
    let known: HashMap<&str, &Digest> = stamps.iter().map(|(uid, digest)| (uid.as_str(), digest)).collect();
    // A server that names two lists alike has one of them.
    let mut once = HashSet::new();
    let mut changed = Vec::new();
    for list in &looked.lists {
        let is_new = known.get(list.uid.as_str()).is_none_or(|digest| **digest != list.digest());
        if once.insert(list.uid.as_str()) && is_new {
            changed.push(list);
        }
    }
    let seen: HashSet<&str> = looked.lists.iter().map(|list| list.uid.as_str()).collect();
    let told: HashSet<&str> = looked.gone.iter().map(String::as_str).collect();
    let is_gone = |uid: &str| {
        !seen.contains(uid)
            && !looked.kept.iter().any(|kept| kept == uid)
            && ((looked.full && !looked.lists_missing) || told.contains(uid))
    };
    let gone = stamps.iter().map(|(uid, _)| uid).filter(|uid| is_gone(uid)).cloned().collect();
    (changed, gone)
}
