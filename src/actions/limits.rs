//! What may be done so often an hour.

use std::time::Duration;

use super::{ActionError, Result};
use crate::domain::digest::Digest;
use crate::domain::time::Timestamp;
use crate::store::{self, Tx};

pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// What is counted, and how often it may be used within an hour.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    bucket: Digest,
    most: i64,
}

impl Limit {
    /// `what` names the kind, `whose` tells its buckets apart.
    pub(super) fn new(what: &str, whose: &[&str], most: i64) -> Self {
        let text = [&[what], whose].concat().join("\n");
        Self { bucket: Digest::of(text.as_bytes()), most }
    }
}

/// Uses all of them, or none and refuses with what is said of so many minutes to wait. On PostgreSQL requests of the same
/// moment may pass together; their number is small.
pub(super) async fn take(
    tx: &mut Tx,
    limits: &[Limit],
    now: Timestamp,
    refusal: fn(u64) -> ActionError,
) -> Result<()> {
    let mut free_at = now;
    for limit in limits {
        if let Some(used_at) = store::uses::nth_newest(tx, &limit.bucket, limit.most, now - HOUR).await? {
            free_at = free_at.max(used_at + HOUR);
        }
    }
    if free_at > now {
        let minutes = (free_at - now).as_secs().div_ceil(60).max(1);
        return Err(refusal(minutes));
    }
    Ok(store::uses::insert(tx, &buckets(limits), now).await?)
}

/// Takes back what was used at a time.
pub(super) async fn give_back(tx: &mut Tx, limits: &[Limit], used_at: Timestamp) -> Result<()> {
    Ok(store::uses::delete(tx, &buckets(limits), used_at).await?)
}

fn buckets(limits: &[Limit]) -> Vec<Digest> {
    limits.iter().map(|limit| limit.bucket).collect()
}
