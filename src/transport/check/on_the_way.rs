//! What became of our mail on its way: whether names and headers of ours come through, and whether the clocks agree.

use std::time::Duration;

use chrono::DateTime;

use super::{Outcome, Steps};
use crate::domain::time::Timestamp;
use crate::mail::incoming::IncomingMail;

/// Clocks may differ so much before links and receipts look odd.
const CLOCKS: Duration = Duration::from_secs(120);

/// A mail that came back.
pub(super) struct Returned<'a> {
    pub mail: &'a IncomingMail,
    pub raw: &'a [u8],
    /// Its Message-ID as it was sent.
    pub message_id: &'a str,
    /// When it came, by our clock.
    pub at: Timestamp,
    /// How long it took.
    pub after: Duration,
}

pub(super) fn check(steps: &mut Steps<'_>, returned: &Returned<'_>) {
    check_message_id(steps, returned);
    check_headers(steps, returned.mail);
    check_clock(steps, returned);
}

/// Some relays give mails another name. That is learnt from answers, so nothing has to be done.
fn check_message_id(steps: &mut Steps<'_>, returned: &Returned<'_>) {
    let what = steps.texts.get("check-message-id").into_owned();
    let found = returned.mail.message_id.as_deref().unwrap_or_default();
    if found == returned.message_id {
        return steps.ok(what, String::new());
    }
    let seen = steps.texts.with("check-saw-message-id", &[("id", found)]).into_owned();
    let advice = steps.texts.get("check-advice-message-id").into_owned();
    steps.add(what, Outcome::Warning, seen, advice);
}

fn check_headers(steps: &mut Steps<'_>, mail: &IncomingMail) {
    let what = steps.texts.get("check-headers").into_owned();
    let lost = [
        ("References", mail.references.is_empty()),
        ("Auto-Submitted", mail.automatic.is_none()),
        ("X-Mailmoot-Loop", mail.loop_marks.is_empty()),
    ];
    let lost: Vec<&str> = lost.iter().filter(|(_, is_lost)| *is_lost).map(|(name, _)| *name).collect();
    if lost.is_empty() {
        return steps.ok(what, String::new());
    }
    let seen = steps.texts.with("check-saw-headers", &[("names", lost.join(", "))]).into_owned();
    let advice = steps.texts.get("check-advice-headers").into_owned();
    steps.add(what, Outcome::Warning, seen, advice);
}

fn check_clock(steps: &mut Steps<'_>, returned: &Returned<'_>) {
    let Some(server) = received_at(returned.raw) else { return };
    let what = steps.texts.get("check-clock").into_owned();
    let begin = returned.at - returned.after;
    // Whole seconds there.
    let off = match () {
        () if server > returned.at => server - returned.at,
        () if server < begin => begin - server,
        () => Duration::ZERO,
    };
    if off < CLOCKS {
        return steps.ok(what, String::new());
    }
    let seen = steps.texts.with("check-saw-mail-clock", &[("n", off.as_secs() / 60)]).into_owned();
    let advice = steps.texts.get("check-advice-mail-clock").into_owned();
    steps.add(what, Outcome::Warning, seen, advice);
}

/// When the last server took it, as its line says (RFC 5321 4.4): the topmost one, whose time stands behind the last semicolon.
fn received_at(raw: &[u8]) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(raw.get(..raw.len().min(64 * 1024))?);
    let header = text.split("\r\n\r\n").next()?.split("\n\n").next()?.replace("\r\n", "\n");
    let unfolded = header.replace("\n\t", " ").replace("\n ", " ");
    let line = unfolded.lines().find(|line| line.to_ascii_lowercase().starts_with("received:"))?;
    let date = line.rsplit_once(';')?.1;
    // "(CET)" behind the offset is a comment.
    let date = date.split('(').next()?.trim();
    let at = DateTime::parse_from_rfc2822(date).ok()?;
    Some(Timestamp::from_millis(at.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topmost_line_tells_when_it_was_taken() {
        let at = |raw: &str| received_at(raw.as_bytes()).map(Timestamp::rfc3339);
        let topmost = "Return-Path: <x@y.example>\r\nReceived: from a by b;\r\n\tFri, 20 Nov 2026 10:00:05 +0100 (CET)\r\n\
                       Received: from c by a; Fri, 20 Nov 2026 08:00:00 +0000\r\n\r\nReceived: no; header";
        assert_eq!(at(topmost).as_deref(), Some("2026-11-20T09:00:05Z"));
        for odd in
            ["", "Subject: x\n\nReceived: from a; Fri, 20 Nov 2026 08:00:00 +0000", "Received: by x\n\n"]
        {
            assert_eq!(at(odd), None, "{odd:?}");
        }
    }
}
