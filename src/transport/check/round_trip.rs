//! A real mail from the account to itself, by the address that members will answer to.

use std::time::Duration;

use tokio::time::Instant;

use super::advice::{self, Trouble};
use super::on_the_way::{self, Returned};
use super::reading::Inbox;
use super::{Outcome, Steps, Subject};
use crate::clock::Clock;
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::gateway::ReplyStyle;
use crate::domain::secret::Token;
use crate::domain::settings::MailSettings;
use crate::domain::time::Timestamp;
use crate::mail::compose::{self, OutgoingMail};
use crate::mail::identity;
use crate::mail::parse::parse;
use crate::texts::Texts;
use crate::transport::smtp::{Envelope, SmtpError, Stage, Submitter};

/// When a subaddress does not come in, the plain address is tried next; then a third of the time is enough.
const FOR_SUBADDRESSES: u32 = 3;

pub(super) async fn check(
    steps: &mut Steps<'_>,
    subject: &Subject<'_>,
    inbox: Inbox,
    submitter: &Submitter,
    clock: &Clock,
) {
    let (texts, mail) = (steps.texts, subject.mail);
    let address = &mail.gateway.address;
    let Some(reply_address) = some_reply_address(mail, clock) else {
        let what = texts.with("check-replies", &[("address", address.as_str())]).into_owned();
        let seen = texts.get("check-saw-long-address").into_owned();
        return steps
            .failed(what, Trouble { seen, advice: texts.get("check-advice-long-address").into_owned() });
    };
    let other = other_mailbox(texts, &inbox, address);
    let mut post = Post { mail, inbox, submitter, clock };
    let mut lost = None;
    if mail.gateway.replies != ReplyStyle::Single {
        let example = match &mail.gateway.replies {
            ReplyStyle::CatchAll { domain } => format!("…@{domain}"),
            _ => format!("{}+…@{}", address.local_part(), address.domain()),
        };
        let what = texts.with("check-replies", &[("address", example.as_str())]).into_owned();
        let patience = subject.patience / FOR_SUBADDRESSES;
        match post.send(&reply_address, patience).await {
            // The plain address came in on the same way.
            Trip::Arrived(back) => return back.told(steps, what),
            trip => lost = Some((what, trouble(texts, &trip, patience))),
        }
    }
    let what = texts.with("check-round-trip", &[("address", address.as_str())]).into_owned();
    let trip = post.send(address, subject.patience).await;
    // Only now is it known whether subaddresses are to blame, or whose mailbox it is.
    let blamed = other.filter(|_| trip.may_be_elsewhere());
    if let Some((what, Trouble { seen, .. })) = lost {
        let advice = blamed.clone().unwrap_or_else(|| texts.get("check-advice-replies").into_owned());
        steps.add(what, Outcome::Failed, seen, advice);
    }
    match trip {
        Trip::Arrived(back) => back.told(steps, what),
        trip => {
            let Trouble { seen, advice } = trouble(texts, &trip, subject.patience);
            let advice = blamed.map_or_else(|| advice.clone(), |other| format!("{other} {advice}"));
            steps.failed(what, Trouble { seen, advice });
        }
    }
}

/// What is said where mail for the gateway may well arrive in another mailbox than the one that is read.
fn other_mailbox(texts: Texts, inbox: &Inbox, address: &EmailAddress) -> Option<String> {
    let Inbox::Imap { user, .. } = inbox else { return None };
    let own = if user.contains('@') { address.as_str() } else { address.local_part() };
    let values = [("address", address.as_str()), ("user", user.as_str())];
    (!user.eq_ignore_ascii_case(own)).then(|| texts.with("check-advice-other-mailbox", &values).into_owned())
}

fn trouble(texts: Texts, trip: &Trip, patience: Duration) -> Trouble {
    if let Trip::Refused(error) = trip {
        return advice::of_smtp(texts, error);
    }
    let seen = texts.with("check-saw-not-arrived", &[("n", patience.as_secs())]).into_owned();
    Trouble { seen, advice: texts.get("check-advice-not-arrived").into_owned() }
}

fn seconds(steps: &Steps<'_>, after: Duration) -> String {
    let seconds = format!("{:.1}", after.as_secs_f64());
    steps.texts.with("check-saw-arrived", &[("n", seconds.as_str())]).into_owned()
}

enum Trip {
    Arrived(Box<Back>),
    Refused(SmtpError),
    Lost,
}

impl Trip {
    /// Whether the receiver's side made it what it is, and not ours.
    fn may_be_elsewhere(&self) -> bool {
        let at_receiver =
            |error: &SmtpError| matches!(error, SmtpError::Refused { stage: Stage::Recipient, .. });
        match self {
            Self::Arrived(_) => false,
            Self::Refused(error) => at_receiver(error),
            Self::Lost => true,
        }
    }
}

/// Our mail as it came back.
struct Back {
    raw: Vec<u8>,
    message_id: String,
    at: Timestamp,
    after: Duration,
}

impl Back {
    fn told(&self, steps: &mut Steps<'_>, what: String) {
        let seen = seconds(steps, self.after);
        steps.ok(what, seen);
        // It is our own mail, and small.
        let Ok(mail) = parse(&self.raw) else { return };
        let Self { raw, message_id, at, after } = self;
        on_the_way::check(steps, &Returned { mail: &mail, raw, message_id, at: *at, after: *after });
    }
}

/// Out by the submission server, in by the inbox.
struct Post<'a> {
    mail: &'a MailSettings,
    inbox: Inbox,
    submitter: &'a Submitter,
    clock: &'a Clock,
}

impl Post<'_> {
    async fn send(&mut self, to: &EmailAddress, patience: Duration) -> Trip {
        let id = identity::message_id_of(self.clock.new_id::<()>().uuid(), self.mail.domain());
        // In the text, since some relays give mails another Message-ID.
        let mark = self.clock.new_id::<()>().to_string();
        let Some(raw) = probe(self.mail, to, (&id, &mark), self.clock) else { return Trip::Lost };
        let begin = Instant::now();
        if let Err(error) =
            self.submitter.send(Envelope::new(Some(&self.mail.gateway.address), to), &raw).await
        {
            return Trip::Refused(error);
        }
        while begin.elapsed() < patience {
            let left = patience.saturating_sub(begin.elapsed());
            let Some(mails) = look(&mut self.inbox, left).await else { return Trip::Lost };
            let is_ours = |raw: &Vec<u8>| raw.windows(mark.len()).any(|part| part == mark.as_bytes());
            if let Some(raw) = mails.into_iter().find(is_ours) {
                let (at, after) = (self.clock.now(), begin.elapsed());
                return Trip::Arrived(Box::new(Back { raw, message_id: id, at, after }));
            }
        }
        Trip::Lost
    }
}

/// What came; waits for a while if nothing did. `None` if the inbox cannot be read any more.
async fn look(inbox: &mut Inbox, left: Duration) -> Option<Vec<Vec<u8>>> {
    match inbox {
        Inbox::Imap { session, last_uid, .. } => {
            session.wait_for_mail(left).await.ok()?;
            let mails = session.fetch_after(*last_uid, 100).await.ok()?;
            *last_uid = mails.last().map_or(*last_uid, |mail| mail.uid);
            Some(mails.into_iter().map(|mail| mail.raw).collect())
        }
        Inbox::Maildir(maildir) => {
            tokio::time::sleep(left.min(Duration::from_millis(300))).await;
            maildir.newest(100).await.ok()
        }
    }
}

/// An address as members of a group have one; its token belongs to nobody.
fn some_reply_address(mail: &MailSettings, clock: &Clock) -> Option<EmailAddress> {
    let token = Token::from_random(clock.random_bytes().ok()?);
    identity::reply_address(&mail.gateway, &token).ok()
}

/// Says of itself that no person wrote it and that it is ours, so a running mailmoot leaves it alone.
fn probe(mail: &MailSettings, to: &EmailAddress, (id, mark): (&str, &str), clock: &Clock) -> Option<Vec<u8>> {
    let outgoing = OutgoingMail {
        from: NamedAddress { name: Some(mail.name.clone()), address: mail.gateway.address.clone() },
        to: vec![NamedAddress::from(to.clone())],
        cc: Vec::new(),
        reply_to: None,
        subject: "mailmoot check".to_owned(),
        message_id: id.to_owned(),
        in_reply_to: Vec::new(),
        references: vec![id.to_owned()],
        date: clock.now(),
        list: None,
        notify: None,
        auto_submitted: true,
        loop_mark: Some("check".to_owned()),
        chat: false,
        text: format!(
            "mailmoot check sent this mail to see whether mail comes back. It can be deleted.\n\n{mark}\n"
        ),
        html: None,
        files: Vec::new(),
    };
    compose::compose(&outgoing).ok()
}
