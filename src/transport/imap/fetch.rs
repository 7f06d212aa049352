//! The mails after a position: sizes first, then bodies in batches of bounded size.

use std::collections::BTreeMap;
use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response};

use super::session::ImapSession;
use super::{FetchedMail, ImapError};

/// Bodies are fetched together up to this many bytes, so that small mails do not wait for each other.
const BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// A header is cut here: some have no end.
const LONGEST_HEADER: u32 = 256 * 1024;
/// The slowest line for which a mail must still come through, in bytes a second.
const SLOWEST: u64 = 20_000;

/// What FETCH says of one mail.
#[derive(Default)]
struct Told {
    uid: Option<u32>,
    size: Option<u64>,
    body: Option<Vec<u8>>,
}

impl ImapSession {
    /// The mails with a UID above `last_uid`, lowest first, `limit` at most. Call again until none comes.
    ///
    /// # Errors
    /// [`ImapError`]; mails that were not handed over come with the next call.
    pub async fn fetch_after(&mut self, last_uid: u32, limit: usize) -> Result<Vec<FetchedMail>, ImapError> {
        let uids = self.list_after(last_uid, limit).await?;
        self.fetch_uids(&uids).await
    }

    /// One mail; `None` if it is not in the folder any more.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn fetch_one(&mut self, uid: u32) -> Result<Option<FetchedMail>, ImapError> {
        Ok(self.fetch_uids(&[uid]).await?.pop())
    }

    pub(super) async fn fetch_uids(&mut self, uids: &[u32]) -> Result<Vec<FetchedMail>, ImapError> {
        if uids.is_empty() {
            return Ok(Vec::new());
        }
        let sizes = self.list_sizes(uids).await?;
        let (large, small): (Vec<_>, Vec<_>) =
            sizes.into_iter().partition(|(_, size)| *size > self.account.max_size);
        let mut mails = Vec::new();
        for batch in batches(&small) {
            mails.extend(self.fetch_bodies(&batch).await?);
        }
        for (uid, size) in large {
            mails.extend(self.fetch_header(uid, size).await?);
        }
        mails.sort_by_key(|mail| mail.uid);
        let came = |uid: &u32| mails.binary_search_by_key(uid, |mail| mail.uid).is_ok();
        let missing: Vec<u32> = uids.iter().copied().filter(|uid| !came(uid)).collect();
        // Deleted by somebody else meanwhile, or kept back: what is still there must not be passed over.
        if missing.is_empty() || self.search(&uid_set(&missing)).await?.is_empty() {
            return Ok(mails);
        }
        let reply = "it says OK, but does not hand over a mail that it lists".to_owned();
        Err(ImapError::Refused { command: "UID FETCH", reply })
    }

    /// The UIDs above `last_uid`, lowest first, `limit` at most.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn list_after(&mut self, last_uid: u32, limit: usize) -> Result<Vec<u32>, ImapError> {
        let Some(first) = last_uid.checked_add(1) else { return Ok(Vec::new()) };
        // Before asking: what is told of while the answer is on its way may be missing in it.
        self.fresh = false;
        let mut uids = self.search(&format!("{first}:*")).await?;
        // `5:*` in a folder whose last UID is 3 means 3:5 (RFC 9051 9, seq-range).
        uids.retain(|uid| *uid >= first);
        uids.truncate(limit);
        Ok(uids)
    }

    /// Those of a set of UIDs that are in the folder, lowest first.
    async fn search(&mut self, set: &str) -> Result<Vec<u32>, ImapError> {
        let mut uids = Vec::new();
        self.run("UID SEARCH", format!("UID SEARCH UID {set}"), Duration::ZERO, |response| {
            if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                uids.extend_from_slice(found);
            }
        })
        .await?;
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    async fn list_sizes(&mut self, uids: &[u32]) -> Result<Vec<(u32, u64)>, ImapError> {
        let told = self.fetch(uids, "(UID RFC822.SIZE)", Duration::ZERO).await?;
        Ok(told.into_iter().filter_map(|(uid, told)| Some((uid, told.size?))).collect())
    }

    async fn fetch_bodies(&mut self, batch: &[(u32, u64)]) -> Result<Vec<FetchedMail>, ImapError> {
        let uids: Vec<u32> = batch.iter().map(|(uid, _)| *uid).collect();
        let bytes: u64 = batch.iter().map(|(_, size)| size).sum();
        // Some servers only guess the size: ask for no more than is allowed.
        let most = self.account.max_size.saturating_add(1).min(u64::from(u32::MAX / 2));
        let what = format!("(UID BODY.PEEK[]<0.{most}>)");
        let mut told = self.fetch(&uids, &what, Duration::from_secs(bytes / SLOWEST)).await?;
        let mut mails = Vec::new();
        for (uid, size) in batch {
            let Some(raw) = told.remove(uid).and_then(|told| told.body) else { continue };
            let real = raw.len() as u64;
            if real > self.account.max_size {
                mails.extend(self.fetch_header(*uid, real.max(*size)).await?);
            } else {
                mails.push(FetchedMail { uid: *uid, raw, too_large: None });
            }
        }
        Ok(mails)
    }

    async fn fetch_header(&mut self, uid: u32, size: u64) -> Result<Option<FetchedMail>, ImapError> {
        let what = format!("(UID BODY.PEEK[HEADER]<0.{LONGEST_HEADER}>)");
        let mut told = self.fetch(&[uid], &what, Duration::from_secs(30)).await?;
        let header = told.remove(&uid).and_then(|told| told.body);
        Ok(header.map(|raw| FetchedMail { uid, raw, too_large: Some(size) }))
    }

    async fn fetch(
        &mut self,
        uids: &[u32],
        what: &str,
        extra: Duration,
    ) -> Result<BTreeMap<u32, Told>, ImapError> {
        let mut all = BTreeMap::new();
        let line = format!("UID FETCH {} {what}", uid_set(uids));
        self.run("UID FETCH", line, extra, |response| {
            if let Response::Fetch(_, attributes) = response {
                let told = read(attributes);
                // Servers may also tell of changed flags in between, without a UID or without a body.
                if let Some(uid) = told.uid {
                    let entry: &mut Told = all.entry(uid).or_default();
                    entry.size = told.size.or(entry.size.take());
                    entry.body = told.body.or(entry.body.take());
                }
            }
        })
        .await?;
        Ok(all)
    }
}

fn read(attributes: &[AttributeValue<'_>]) -> Told {
    let mut told = Told::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => told.uid = Some(*uid),
            AttributeValue::Rfc822Size(size) => told.size = Some(u64::from(*size)),
            AttributeValue::BodySection { data, .. } => {
                told.body = Some(data.as_deref().unwrap_or_default().to_vec());
            }
            _ => {}
        }
    }
    told
}

/// Ascending UIDs as a set with ranges (RFC 9051 9, sequence-set), so that the line stays short.
pub(super) fn uid_set(uids: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*uid) => *last = *uid,
            _ => ranges.push((*uid, *uid)),
        }
    }
    let texts: Vec<String> = ranges
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") })
        .collect();
    texts.join(",")
}

fn batches(mails: &[(u32, u64)]) -> Vec<Vec<(u32, u64)>> {
    let mut all: Vec<Vec<(u32, u64)>> = Vec::new();
    let mut bytes = 0;
    for mail in mails {
        match all.last_mut() {
            Some(batch) if bytes + mail.1 <= BATCH_BYTES => {
                batch.push(*mail);
                bytes += mail.1;
            }
            _ => {
                all.push(vec![*mail]);
                bytes = mail.1;
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{BATCH_BYTES, batches, uid_set};

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(uid_set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(uid_set(&[u32::MAX]), u32::MAX.to_string());
    }

    #[test]
    fn a_batch_holds_what_fits_and_a_large_mail_goes_alone() {
        let mails = [(1, 10), (2, BATCH_BYTES), (3, BATCH_BYTES - 5), (4, 5), (5, 1)];
        let uids: Vec<Vec<u32>> =
            batches(&mails).iter().map(|batch| batch.iter().map(|(uid, _)| *uid).collect()).collect();
        assert_eq!(uids, [vec![1], vec![2], vec![3, 4], vec![5]]);
    }
}
