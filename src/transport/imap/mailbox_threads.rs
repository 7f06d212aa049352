//! Threads as the server knows them (RFC 5256 4): they reach back beyond the page that is shown.

use tokio::time::timeout;

use super::mailbox::Mailbox;
use super::session::{gone, lost};
use super::{FolderState, ImapError};

/// Threads are looked for among so many mails that came last.
const LOOKED_AT: u32 = 2_000;
/// Of one answer, in bytes.
const LONGEST: usize = 256 * 1024;
/// Lines before the answer ends.
const LINES: usize = 100;

impl Mailbox {
    /// The UIDs of the threads among the last 2,000 mails of the open folder; none where the server does not tell.
    ///
    /// # Errors
    /// [`ImapError`]
    pub async fn threads(&mut self, folder: FolderState) -> Result<Vec<Vec<u32>>, ImapError> {
        if !self.can.thread || folder.exists == 0 {
            return Ok(Vec::new());
        }
        let first = folder.exists.saturating_sub(LOOKED_AT - 1).max(1);
        let limit = self.session.account.patience.command;
        // The library does not know the answer, so the stream is read beside it: between two commands it is free.
        let inner = self.session.inner.as_mut().ok_or_else(gone)?;
        let stream = inner.get_mut();
        let dialogue = async {
            let lost = |error| lost(&async_imap::error::Error::Io(error));
            let command = format!("t1 UID THREAD REFERENCES UTF-8 {first}:{}", folder.exists);
            stream.write_line(&command).await.map_err(lost)?;
            let mut threads = Vec::new();
            for _ in 0..LINES {
                let line = stream.read_line_up_to(LONGEST).await.map_err(lost)?;
                if let Some(answer) = line.strip_prefix("* THREAD") {
                    threads.extend(read(answer));
                } else if let Some(answer) = line.strip_prefix("t1 ") {
                    // A server that refuses it after all: what is on the page is shown.
                    return Ok(if answer.starts_with("OK") { threads } else { Vec::new() });
                }
            }
            Err(ImapError::Lost { why: "the server's answer could not be understood".to_owned() })
        };
        timeout(limit, dialogue).await.map_err(|_| ImapError::Timeout { command: "UID THREAD" })?
    }
}

/// `(2)(3 6 (4 23)(44 7 96))`: who answers whom does not matter here, so only the outer parentheses do.
fn read(answer: &str) -> Vec<Vec<u32>> {
    let (mut threads, mut depth) = (Vec::new(), 0_u32);
    let mut number = String::new();
    for c in answer.chars() {
        if c.is_ascii_digit() && depth > 0 {
            number.push(c);
            continue;
        }
        if let (Ok(uid), Some(thread)) = (number.parse(), threads.last_mut()) {
            let thread: &mut Vec<u32> = thread;
            thread.push(uid);
        }
        number.clear();
        match c {
            '(' => {
                if depth == 0 {
                    threads.push(Vec::new());
                }
                depth += 1;
            }
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    threads
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn threads_are_read_whatever_stands_inside() {
        assert_eq!(read(" (2)(3 6 (4 23)(44 7 96))"), [vec![2], vec![3, 6, 4, 23, 44, 7, 96]]);
        // A parent that is not there (RFC 5256 4).
        assert_eq!(read(" ((3)(5))"), [vec![3, 5]]);
        assert!(read("").is_empty());
        assert_eq!(read(") 7 (9999999999999 1"), [Vec::<u32>::new()]);
    }
}
