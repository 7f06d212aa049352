//! Waiting for new mail: IDLE (RFC 2177), or a look now and then where a server does not offer it.

use std::time::Duration;

use async_imap::extensions::idle::{Handle, IdleResponse};
use async_imap::imap_proto::{MailboxDatum, Response, Status};
use async_imap::types::UnsolicitedResponse;
use tokio::time::{Instant, timeout};

use super::session::{ImapSession, gone, lost};
use super::{ImapError, Woken};
use crate::transport::stream::Stream;

impl ImapSession {
    /// Waits until the server tells of new mail, `at_most` this long. Dropping the call ends the session.
    ///
    /// # Errors
    /// [`ImapError`], also when the connection is lost meanwhile.
    pub async fn wait_for_mail(&mut self, at_most: Duration) -> Result<Woken, ImapError> {
        let end = Instant::now() + at_most;
        loop {
            if std::mem::take(&mut self.fresh) {
                return Ok(Woken::NewMail);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Woken::Quiet);
            }
            if self.can_idle() {
                self.idle(left.min(self.account.patience.idle)).await?;
            } else {
                tokio::time::sleep(left.min(self.account.patience.poll)).await;
                self.run("NOOP", "NOOP".to_owned(), Duration::ZERO, |_| {}).await?;
            }
        }
    }

    /// One IDLE; sets `fresh` when new mail was told of.
    async fn idle(&mut self, at_most: Duration) -> Result<(), ImapError> {
        let limit = self.account.patience.command;
        let inner = self.inner.take().ok_or_else(gone)?;
        let told = inner.unsolicited_responses.clone();
        while told.try_recv().is_ok() {}
        let mut handle = inner.idle();
        timeout(limit, handle.init())
            .await
            .map_err(|_| ImapError::Timeout { command: "IDLE" })?
            .map_err(|error| lost(&error))?;
        // What came between our last look and IDLE is told before the server says that it waits.
        let mut fresh = false;
        while let Ok(response) = told.try_recv() {
            fresh |= matches!(response, UnsolicitedResponse::Exists(_));
        }
        if !fresh {
            fresh = watch(&mut handle, at_most).await?;
        }
        let inner = timeout(limit, handle.done())
            .await
            .map_err(|_| ImapError::Timeout { command: "DONE" })?
            .map_err(|error| lost(&error))?;
        while let Ok(response) = told.try_recv() {
            fresh |= matches!(response, UnsolicitedResponse::Exists(_));
        }
        self.inner = Some(inner);
        self.fresh |= fresh;
        Ok(())
    }
}

/// Until new mail is told of or the time is up.
async fn watch(handle: &mut Handle<Stream>, at_most: Duration) -> Result<bool, ImapError> {
    let end = Instant::now() + at_most;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let (waiting, _stop) = handle.wait_with_timeout(left);
        // The library's own limit starts anew with every keep-alive line of the server; this one does not.
        let Ok(answer) = timeout(left, waiting).await else { return Ok(false) };
        match answer.map_err(|error| lost(&error))? {
            IdleResponse::Timeout => return Ok(false),
            // Nobody interrupts here: this is how the library says that the connection is gone.
            IdleResponse::ManualInterrupt => {
                return Err(ImapError::Lost { why: "the server closed it while it was watched".to_owned() });
            }
            IdleResponse::NewData(data) => match data.parsed() {
                Response::MailboxData(MailboxDatum::Exists(_)) => return Ok(true),
                Response::Data { status: Status::Bye, .. } => {
                    return Err(ImapError::Lost { why: "the server said goodbye".to_owned() });
                }
                _ => {}
            },
        }
    }
}
