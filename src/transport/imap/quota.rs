//! How much room is left in the mailbox (RFC 9208).

use std::time::Duration;

use async_imap::imap_proto::Response;
use async_imap::imap_proto::rfc2087::QuotaResourceName;

use super::append::quoted;
use super::{ImapError, ImapSession, utf7};

/// Room for mails, in KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub used: u64,
    pub limit: u64,
}

impl Room {
    pub fn is_full(&self) -> bool {
        self.used >= self.limit
    }

    /// More than nine tenths are used.
    pub fn is_scarce(&self) -> bool {
        self.used.saturating_mul(10) > self.limit.saturating_mul(9)
    }
}

impl ImapSession {
    /// The room of the account's folder, the scarcest where there are several limits; `None` if the server has none, or tells
    /// none.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn room(&mut self) -> Result<Option<Room>, ImapError> {
        if !self.offers("QUOTA") {
            return Ok(None);
        }
        let folder = quoted(&utf7::encode(&self.account.folder));
        let mut found: Vec<Room> = Vec::new();
        self.run("GETQUOTAROOT", format!("GETQUOTAROOT {folder}"), Duration::ZERO, |response| {
            let Response::Quota(quota) = response else { return };
            let storage = quota.resources.iter().filter(|one| one.name == QuotaResourceName::Storage);
            found.extend(storage.map(|one| Room { used: one.usage, limit: one.limit }));
        })
        .await?;
        Ok(found.into_iter().min_by_key(|room| room.limit.saturating_sub(room.used)))
    }
}

#[cfg(test)]
mod tests {
    use super::Room;

    #[test]
    fn room_is_scarce_before_it_is_gone() {
        for (used, scarce, full) in
            [(0, false, false), (90, false, false), (91, true, false), (100, true, true), (120, true, true)]
        {
            let room = Room { used, limit: 100 };
            assert_eq!((room.is_scarce(), room.is_full()), (scarce, full), "{used}");
        }
    }
}
