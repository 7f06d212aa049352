//! Handing notices to push services.

use std::time::Duration;

use crate::actions::push::Shown;
use crate::actions::{ActionError, Actions};
use crate::domain::job::{PushJob, back_off};
use crate::transport::web_push::{Handed, PushSender};

/// After so many tries, about ten minutes, a notice is given up: the mail has gone by then.
const MOST_TRIES: u32 = 6;
/// A service that asks for more patience than this is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Hands over one notice. When to try again, and why, if that is to be.
pub(super) async fn send(
    actions: &Actions,
    sender: &PushSender,
    job: PushJob,
    tries: u32,
) -> Result<Option<(Duration, String)>, ActionError> {
    let handed = match try_to_send(actions, sender, job, (tries, Shown::Wished)).await? {
        Handed::TooLarge => try_to_send(actions, sender, job, (tries, Shown::Least)).await?,
        handed => handed,
    };
    match handed {
        Handed::Over => {}
        Handed::Gone => actions.forget_browser(job.subscription).await?,
        Handed::NotNow { wait, why } => return Ok(next_try(wait, tries).map(|wait| (wait, why))),
        Handed::TooLarge => tracing::warn!("A push service took not even the shortest notice."),
        Handed::Refused { why } => tracing::warn!(why, "A notice was refused."),
    }
    Ok(None)
}

/// What is needless counts as handed over.
async fn try_to_send(
    actions: &Actions,
    sender: &PushSender,
    job: PushJob,
    (tries, shown): (u32, Shown),
) -> Result<Handed, ActionError> {
    match actions.parcel_of(job, tries, shown).await? {
        Some(parcel) => Ok(sender.send(&parcel).await),
        None => Ok(Handed::Over),
    }
}

/// `None` to give up. A service's own wish counts when it is longer (RFC 8030 8.4).
fn next_try(wished: Option<Duration>, tries: u32) -> Option<Duration> {
    let wait = wished.unwrap_or_default().max(back_off(tries));
    (tries + 1 < MOST_TRIES && wait <= LONGEST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_tried_again_as_long_as_it_is_news() {
        let seconds = |wished: Option<u64>, tries| {
            next_try(wished.map(Duration::from_secs), tries).map(|wait| wait.as_secs())
        };
        for (wished, tries, wait) in [
            (None, 0, Some(10)),
            (None, 4, Some(160)),
            (None, 5, None),
            (Some(2), 0, Some(10)),
            (Some(120), 0, Some(120)),
            (Some(86_400), 0, None),
        ] {
            assert_eq!(seconds(wished, tries), wait, "{wished:?} {tries}");
        }
    }
}
