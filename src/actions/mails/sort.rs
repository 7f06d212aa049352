//! What a stored mail is: a report, automatic, an answer to a group, or the beginning of a draft.

use std::time::Duration;

use super::super::receipts::reports::{self, Changes, Fate};
use super::super::{ActionError, Actions, Result};
use super::route::Route;
use super::{Arrived, facts, parse_off_thread};
use crate::domain::ids::MailId;
use crate::domain::ledger::{DeliveryKind, Ignored, Outcome, Routed};
use crate::domain::ledger_step::{LedgerStep, ReportedFate};
use crate::domain::receipt::ReceiptSource;
use crate::mail::incoming::{DeliveryReport, DispositionReport, IncomingMail, Report};
use crate::mail::parse::NotAMail;
use crate::mail::{identity, own_letters};
use crate::store::ledger::StoredMail;
use crate::store::{self};

impl Actions {
    /// Sorts a stored mail. Running twice is harmless: only a mail that waits is worked on.
    ///
    /// # Errors
    /// `ActionError::Unavailable` when it can't be done now: the mail goes on waiting.
    pub async fn sort_mail(&self, id: MailId) -> Result<()> {
        let stored = store::ledger::find(&mut self.store.read().await?, id).await?;
        let Some(stored) = stored.filter(|m| m.entry.outcome == Outcome::Waiting) else { return Ok(()) };
        let Some(raw) = self.files.read(&stored.digest).await? else {
            return self.quarantine(id, "The stored bytes of this mail are gone from the disk").await;
        };
        let signed = self.signatures.is_some().then(|| raw.clone());
        let parsed = parse_off_thread(raw).await?;
        let arrived = |mail: IncomingMail| Arrived {
            id,
            at: mail.date.unwrap_or(stored.entry.received_at),
            mail,
            digest: stored.digest,
            size: u64::try_from(stored.entry.size).unwrap_or(0),
            routed: Routed::default(),
            proof: None,
        };
        let arrived = match parsed {
            Ok(mail) => arrived(mail),
            Err(unopened) => {
                let head = unopened.head.map(|head| arrived(*head));
                return self.set_unopened_aside(id, &unopened.why, head).await;
            }
        };
        if let Some(why) = self.refusal(&stored, &arrived) {
            return self.ignore(&arrived, why).await;
        }
        if let Some(report) = &arrived.mail.report {
            return self.take_report(&arrived, report).await;
        }
        // An automatic answer, too, says that its address is in use.
        if let Some(from) = arrived.mail.from.first() {
            self.heard_from(&from.address).await?;
        }
        if arrived.mail.automatic.is_some() {
            return Box::pin(self.take_automatic(arrived)).await;
        }
        // In boxes, here and below: what the ways of a mail hold together would not fit on a thread's stack.
        Box::pin(self.sort_written(arrived, signed)).await
    }

    /// What can be said without looking into the database.
    fn refusal(&self, stored: &StoredMail, arrived: &Arrived) -> Option<Ignored> {
        if own_letters::is_own(&arrived.mail, &self.settings.mail) && arrived.mail.report.is_none() {
            return Some(Ignored::Loop);
        }
        let size = u64::try_from(stored.entry.size).unwrap_or(u64::MAX);
        (size > self.settings.mail.max_size).then_some(Ignored::TooLarge)
    }

    /// A mail that a person wrote.
    async fn sort_written(&self, mut arrived: Arrived, signed: Option<Vec<u8>>) -> Result<()> {
        if self.is_too_much(&arrived).await? {
            return self.ignore(&arrived, Ignored::TooMany).await;
        }
        if self.is_about_own_letter(&arrived.mail) {
            return self.ignore(&arrived, Ignored::OwnLetter).await;
        }
        let mut tx = self.store.read().await?;
        let route = self.route(&mut tx, &arrived).await?;
        drop(tx);
        if matches!(route, Route::Members(..) | Route::Group(..) | Route::Claim(..)) {
            arrived.proof = self.proof_of(&arrived.mail, signed).await;
        }
        let mut tx = self.store.read().await?;
        if let Some(twin) = self.find_twin(&mut tx, &arrived).await?
            && self.is_copy(&mut tx, (&twin, &arrived), &route).await?
        {
            let first = store::messages::find_by_mail(&mut tx, twin.mail).await?;
            let member = match &first {
                Some(first) => self.surely_from(&mut tx, (&arrived, &route), first.group_id).await?,
                None => None,
            };
            drop(tx);
            return self.take_copy(arrived, first.map(|message| message.place()), member).await;
        }
        drop(tx);
        Box::pin(self.follow(arrived, route)).await
    }

    async fn follow(&self, mut arrived: Arrived, route: Route) -> Result<()> {
        arrived.routed.group = route.group();
        match route {
            Route::Members(members, way) => {
                arrived.routed.way = Some(way);
                Box::pin(self.sort_to_members(arrived, members)).await
            }
            Route::Receiver(receiver) => Box::pin(self.sort_to_share(arrived, *receiver)).await,
            Route::Group(group, way) => {
                arrived.routed.way = Some(way);
                Box::pin(self.sort_to_group(arrived, group)).await
            }
            Route::Claim(claim) => self.sort_to_claim(arrived, *claim).await,
            Route::Refused(why) => self.ignore(&arrived, why).await,
            Route::Draft(way) => {
                arrived.routed.way = way;
                Box::pin(self.sort_to_draft(arrived)).await
            }
        }
    }

    /// A mail to the gateway that hands on or answers a letter of ours begins nothing. One to a member's own address
    /// is for the group, whatever it hands on.
    fn is_about_own_letter(&self, mail: &IncomingMail) -> bool {
        identity::addressed_tokens(mail, &self.settings.mail).is_empty()
            && (own_letters::hands_on_own(mail, &self.settings)
                || own_letters::answers_own(mail, &self.settings.mail))
    }

    async fn is_too_much(&self, arrived: &Arrived) -> Result<bool> {
        let Some(from) = arrived.mail.from.first() else { return Ok(false) };
        let since = self.clock.now() - Duration::from_secs(3600);
        let count =
            store::ledger::count_from(&mut self.store.read().await?, from.address.key(), since).await?;
        Ok(count >= i64::from(self.settings.limits.mails_per_hour))
    }

    /// Notes that the mail was not used, and why; tells its sender where that helps.
    pub(super) async fn ignore(&self, arrived: &Arrived, why: Ignored) -> Result<()> {
        let answer = self.answer_for(arrived, why).await?;
        let (id, facts, actions) = (arrived.id, facts(arrived, None), self.clone());
        self.store
            .write(async move |tx| {
                store::ledger::set_facts(tx, id, &facts).await?;
                store::ledger::set_outcome(tx, id, &Outcome::Ignored { why }).await?;
                actions.queue(tx, answer.into_iter().collect()).await
            })
            .await?;
        self.bell.ring();
        Ok(())
    }

    /// Puts a mail aside for the admin.
    ///
    /// # Errors
    /// `ActionError::Unavailable` when the database does not answer.
    pub async fn quarantine(&self, id: MailId, why: &str) -> Result<()> {
        let outcome = Outcome::Quarantined { why: why.to_owned() };
        Ok(self.store.write(async move |tx| store::ledger::set_outcome(tx, id, &outcome).await).await?)
    }

    /// Puts a mail aside that can't be opened, with what its header tells, so that the admin knows whose it is.
    async fn set_unopened_aside(&self, id: MailId, why: &NotAMail, head: Option<Arrived>) -> Result<()> {
        let outcome = Outcome::Quarantined { why: why.to_string() };
        let facts = match head {
            Some(mut head) => {
                // An admin is to know for which group it was.
                let route = self.route(&mut self.store.read().await?, &head).await?;
                head.routed.group = route.group();
                Some(facts(&head, None))
            }
            None => None,
        };
        Ok(self
            .store
            .write(async move |tx| {
                if let Some(facts) = facts {
                    store::ledger::set_facts(tx, id, &facts).await?;
                }
                store::ledger::set_outcome(tx, id, &outcome).await
            })
            .await?)
    }

    /// A report says what became of the delivery it is about; the ledger keeps the report itself.
    async fn take_report(&self, arrived: &Arrived, report: &Report) -> Result<()> {
        let tokens: Vec<_> =
            identity::find_tokens(&arrived.mail, &self.settings.mail).iter().map(|t| t.digest()).collect();
        let fate = match report {
            Report::Delivery(report) => fate_of(report),
            Report::Disposition(report) => disposed(report),
        };
        let given = match report {
            Report::Delivery(report) => report.original_message_id.clone(),
            Report::Disposition(report) => report.original_message_id.clone(),
        };
        let (now, id, facts) = (self.clock.now(), arrived.id, facts(arrived, None));
        let actions = self.clone();
        let changed = self
            .store
            .write(async move |tx| {
                let mut changed = Changes::default();
                let about = store::deliveries::find_by_return_tokens(tx, &tokens).await?;
                let step =
                    actions.step((Some(id), about.as_ref().map(|one| one.id)), now, told_of(fate.as_ref()));
                store::ledger_steps::add(tx, &[step]).await?;
                if let Some((fate, delivery)) = fate.zip(about) {
                    changed = reports::reported(&actions, tx, &delivery, &fate).await?;
                    if let Some(given) = &given {
                        store::aliases::add_of_delivery(tx, delivery.id, given).await?;
                    }
                    if delivery.kind == DeliveryKind::Share && matches!(fate, Fate::Displayed { .. }) {
                        store::shares::receivers::mark_shown(tx, delivery.id, now).await?;
                    }
                }
                store::ledger::set_facts(tx, id, &facts).await?;
                store::ledger::set_outcome(tx, id, &Outcome::Ignored { why: Ignored::Report }).await?;
                Ok::<_, ActionError>(changed)
            })
            .await?;
        self.tell_changes(changed);
        Ok(())
    }
}

/// The same as a step of the ledger.
fn told_of(fate: Option<&Fate>) -> LedgerStep {
    let (fate, words) = match fate {
        Some(Fate::Delivered) => (ReportedFate::Delivered, String::new()),
        Some(Fate::HandedOn(_, server)) => (ReportedFate::HandedOn, server.clone()),
        Some(Fate::Failed(_, words)) => (ReportedFate::Failed, words.clone()),
        Some(Fate::Displayed { .. }) => (ReportedFate::Displayed, String::new()),
        Some(Fate::Declined) => (ReportedFate::Declined, String::new()),
        None => (ReportedFate::Nothing, String::new()),
    };
    LedgerStep::Reported { fate, words }
}

/// What a report says became of the mail. That it is "delayed" is no news of the receiver (RFC 3464 2.3.3).
fn fate_of(report: &DeliveryReport) -> Option<Fate> {
    let with = |action: &str| report.recipients.iter().find(|r| r.action == action);
    if let Some(failed) = with("failed") {
        let status = failed.status.as_deref().unwrap_or_default();
        let words = failed.diagnostic.as_deref().unwrap_or_default();
        let reply = format!("{status} {words}").trim().chars().take(500).collect();
        return Some(Fate::Failed(failed.class, reply));
    }
    if with("delivered").is_some() {
        return Some(Fate::Delivered);
    }
    let server: String = report.reporter.as_deref().unwrap_or_default().chars().take(100).collect();
    let handed_on = |(action, source)| with(action).map(|_| Fate::HandedOn(source, server.clone()));
    [("relayed", ReceiptSource::Relayed), ("expanded", ReceiptSource::Expanded)]
        .into_iter()
        .find_map(handed_on)
}

/// What a program says became of a mail (RFC 8098 3.2.6.2); some still say "denied", which RFC 2298 3.2.6.2 knew. That it
/// was deleted, passed on or worked upon is no news of its reader: they may have seen it, or may see the page.
fn disposed(report: &DispositionReport) -> Option<Fate> {
    let by_hand = report.mode.to_ascii_lowercase().contains("mdn-sent-manually");
    match report.disposition.to_ascii_lowercase().as_str() {
        "displayed" => Some(Fate::Displayed { by_hand }),
        "denied" => Some(Fate::Declined),
        _ => None,
    }
}
