//! Mails of ours: composed once, kept until they are sent, each with a line in the ledger.

use std::collections::{HashMap, HashSet};

use super::receipts::reports::{self, Changes};
use super::{ActionError, Actions, Result};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::bounce::{Bounce, FailureClass};
use crate::domain::gateway::Gateway;
use crate::domain::ids::{DeliveryId, GroupId, PersonId};
use crate::domain::job::Job;
use crate::domain::ledger::{Delivery, DeliveryKind, DeliveryState};
use crate::domain::ledger_step::LedgerStep;
use crate::domain::secret::Token;
use crate::domain::time::Timestamp;
use crate::mail::compose::{self, ListHeaders, OutgoingFile, OutgoingMail};
use crate::mail::letters::Words;
use crate::mail::{aliases, identity, own_letters, report};
use crate::store::afterwards::Edition;
use crate::store::cadences::CadenceLink;
use crate::store::deliveries::{NewDelivery, Waiting};
use crate::store::{self, Tx};

/// A mail to one person, before it is composed.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub kind: DeliveryKind,
    /// What it is for: nothing is sent twice for the same purpose.
    pub purpose: String,
    pub to: NamedAddress,
    pub person_id: Option<PersonId>,
    pub words: Words,
    pub place: Place,
    pub files: Vec<OutgoingFile>,
    /// The numbers of the group's messages in it.
    pub carried: Vec<i64>,
    /// Whose words stand in it, as which editions.
    pub stated: Vec<(i64, Edition)>,
    /// It goes to a messenger, which shows it at the time when it was said.
    pub chat: Option<Timestamp>,
    /// Somebody waits to hear that it has arrived, and for the receiver's word that they have read it.
    pub asks_receipt: bool,
}

impl Letter {
    /// A letter of words alone, which belongs nowhere and to nobody who is known.
    pub fn new(kind: DeliveryKind, purpose: String, to: NamedAddress, words: Words) -> Self {
        Self {
            kind,
            purpose,
            to,
            person_id: None,
            words,
            place: Place::default(),
            files: Vec::new(),
            carried: Vec::new(),
            stated: Vec::new(),
            chat: None,
            asks_receipt: false,
        }
    }
}

/// Where a letter belongs, for threads and answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The name it comes from; the gateway's own if `None`.
    pub from_name: Option<String>,
    pub group: Option<GroupId>,
    /// The receiver's reply token in the group.
    pub token: Option<Token>,
    pub list: Option<ListHeaders>,
    /// The link in it that says how often, to be made good.
    pub cadence: Option<CadenceLink>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
}

/// A composed mail, ready for the outbox.
#[derive(Clone, Debug)]
pub(super) struct Composed(NewDelivery, Option<CadenceLink>);

impl Composed {
    /// The delivery that it becomes.
    pub fn id(&self) -> DeliveryId {
        self.0.delivery.id
    }

    /// Whether it tells a member of their membership.
    pub fn is_invitation(&self) -> bool {
        self.0.delivery.kind == DeliveryKind::GroupLink
    }
}

/// A mail on its way to the submission server.
#[derive(Clone, Debug)]
pub struct MailToSend {
    pub delivery: Delivery,
    /// The return path (RFC 5321 4.4): an address of ours that tells which delivery comes back; none for a receipt, which
    /// must not come back (RFC 8098 3).
    pub return_path: Option<EmailAddress>,
    /// Empty if it could not be written: there is nothing to send.
    pub raw: Vec<u8>,
    /// Whether somebody waits to hear that it has arrived.
    pub wants_report: bool,
    /// Through whose account it goes; the house's own if `None`.
    pub branch: Option<String>,
}

/// How many mails are given up in one go.
const GIVEN_UP: i64 = 500;
/// What is noted of a mail whose turn never came.
const NEVER_SENT: &str = "It could not be handed over in time";
/// What is noted of a mail to somebody who has departed.
const HAS_LEFT: &str = "No directory has this person any more";

fn job(delivery: DeliveryId, domains: &HashMap<DeliveryId, String>) -> Job {
    Job::SendMail { delivery, domain: domains.get(&delivery).cloned().unwrap_or_default() }
}

impl Actions {
    /// Composes a letter. Done before the transaction that queues it: composing takes time.
    pub(super) fn compose(&self, letter: Letter) -> Result<Composed> {
        let now = self.clock.now();
        let id: DeliveryId = self.clock.new_id();
        let settings = &self.settings.mail;
        let (domain, gateway) = (settings.domain(), settings.gateway_for(&letter.to.address));
        let message_id = match letter.place.group {
            Some(group) => identity::message_id_for(group, id.uuid(), domain),
            None => identity::message_id_of(id.uuid(), domain),
        };
        let mut references = letter.place.references;
        if letter.place.list.is_some() {
            references.push(identity::mail_reference(&message_id));
        }
        let reply_to = letter.place.token.map(|token| identity::reply_address(gateway, &token)).transpose();
        let mail = OutgoingMail {
            from: NamedAddress {
                name: Some(letter.place.from_name.unwrap_or_else(|| settings.name.clone())),
                address: gateway.address.clone(),
            },
            to: vec![letter.to.clone()],
            cc: Vec::new(),
            reply_to: reply_to.map_err(|e| ActionError::Internal(e.into()))?,
            subject: letter.words.subject,
            message_id: message_id.clone(),
            in_reply_to: letter.place.in_reply_to,
            references,
            date: letter.chat.unwrap_or(now),
            list: letter.place.list,
            notify: letter.asks_receipt.then(|| self.return_path(id, gateway)).transpose()?,
            // A reminder or a share is sent because a person asked for it just now.
            auto_submitted: !matches!(
                letter.kind,
                DeliveryKind::Messages | DeliveryKind::Reminder | DeliveryKind::Share
            ),
            chat: letter.chat.is_some(),
            loop_mark: Some(gateway.address.key().to_owned()),
            text: letter.words.text,
            html: Some(letter.words.html).filter(|html| !html.is_empty()),
            files: letter.files,
        };
        // One address that can't be written to must not hold up the others' mails: theirs is refused when it is its turn.
        let raw = compose::compose(&mail).unwrap_or_else(|error| {
            tracing::warn!(delivery.id = %id, error = %error, "A mail could not be written.");
            Vec::new()
        });
        let new = NewDelivery {
            delivery: Delivery {
                id,
                kind: letter.kind,
                person_id: letter.person_id,
                group_id: letter.place.group,
                address: letter.to.address,
                message_id,
                state: DeliveryState::Waiting,
                attempts: 0,
                last_reply: String::new(),
                created_at: now,
                updated_at: now,
                retried_at: None,
            },
            purpose: letter.purpose,
            return_token: self.return_token(id).digest(),
            raw,
            carried: letter.carried,
            stated: letter.stated,
            wants_report: letter.asks_receipt || letter.kind == DeliveryKind::Trial,
        };
        Ok(Composed(new, letter.place.cadence))
    }

    /// Puts composed mails into the outbox, in the caller's transaction. Four statements, however many.
    pub(super) async fn queue(&self, tx: &mut Tx, mails: Vec<Composed>) -> Result<()> {
        let now = self.clock.now();
        let (deliveries, links): (Vec<NewDelivery>, Vec<_>) = mails.into_iter().map(|m| (m.0, m.1)).unzip();
        store::cadences::add_links(tx, &links.into_iter().flatten().collect::<Vec<_>>()).await?;
        let added = store::deliveries::insert(tx, &deliveries).await?;
        let is_added: HashSet<DeliveryId> = added.iter().copied().collect();
        let domains: HashMap<DeliveryId, String> = deliveries
            .iter()
            .map(|new| (new.delivery.id, new.delivery.address.domain().to_lowercase()))
            .collect();
        let ids: Vec<(GroupId, String)> = deliveries
            .into_iter()
            .filter(|new| is_added.contains(&new.delivery.id))
            .filter_map(|new| Some((new.delivery.group_id?, new.delivery.message_id)))
            .collect();
        store::groups::add_message_ids(tx, &ids).await?;
        let jobs: Vec<_> =
            added.into_iter().map(|delivery| (self.clock.new_id(), job(delivery, &domains))).collect();
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }

    /// The token in the return path of a delivery.
    fn return_token(&self, id: DeliveryId) -> Token {
        Token::derived(&self.key, "return", id.uuid())
    }

    /// Where reports about a delivery from a gateway come to.
    fn return_path(&self, id: DeliveryId, gateway: &Gateway) -> Result<EmailAddress> {
        let token = self.return_token(id);
        identity::reply_address(gateway, &token).map_err(|e| ActionError::Internal(e.into()))
    }

    /// A mail to be sent; `None` when it was sent or given up before, or whoever it is for has left the house.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn mail_to_send(&self, id: DeliveryId) -> Result<Option<MailToSend>> {
        let mut tx = self.store.read().await?;
        let Some(waiting) = store::deliveries::waiting(&mut tx, id).await? else { return Ok(None) };
        let Some(delivery) = store::deliveries::find(&mut tx, id).await? else { return Ok(None) };
        let Waiting { raw, wants_report, departed } = waiting;
        if departed > 0 && !delivery.kind.is_for_departed() {
            drop(tx);
            self.record_attempt(id, DeliveryState::Failed, (None, HAS_LEFT)).await?;
            return Ok(None);
        }
        // Not by its receiver: the settings may have changed since it was written.
        let gateway = own_letters::gateway_of(&raw, &self.settings.mail);
        let return_path = match delivery.kind {
            DeliveryKind::Readers => None,
            _ => Some(self.return_path(id, gateway)?),
        };
        let branch = self.settings.mail.branch_at(&gateway.address).map(|branch| branch.name.clone());
        Ok(Some(MailToSend { delivery, return_path, raw, wants_report, branch }))
    }

    /// Notes that the submission server took a mail.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn record_sent(&self, id: DeliveryId, reply: &str) -> Result<()> {
        self.record_attempt(id, DeliveryState::Sent, (None, reply)).await
    }

    /// Notes that the submission server refused a mail for good.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn record_refused(&self, id: DeliveryId, reply: &str) -> Result<()> {
        let class = report::class_of_reply(reply);
        self.record_attempt(id, DeliveryState::Failed, (Some(class), reply)).await
    }

    /// Notes that a mail could not be handed over now. Whether it goes on waiting; it is given up when it has waited for
    /// days. `is_theirs` says that it is because of its receiver, not of our own server.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn record_delay(&self, delivery: &Delivery, reply: &str, is_theirs: bool) -> Result<bool> {
        let goes_on = self.clock.now() - delivery.waits_since() < self.settings.queue.patience;
        let state = if goes_on { DeliveryState::Waiting } else { DeliveryState::Failed };
        let class = (!goes_on && is_theirs).then(|| report::class_of_reply(reply));
        self.record_attempt(delivery.id, state, (class, reply)).await?;
        Ok(goes_on)
    }

    /// Gives up mails that have waited for days, whether it was their turn or not.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn give_up_old_mails(&self) -> Result<()> {
        let before = self.clock.now() - self.settings.queue.patience;
        let old = store::deliveries::waiting_since(&mut self.store.read().await?, before, GIVEN_UP).await?;
        for (id, words) in old {
            let words = if words.is_empty() { NEVER_SENT } else { words.as_str() };
            self.record_attempt(id, DeliveryState::Failed, (None, words)).await?;
        }
        Ok(())
    }

    /// `class` is what it says of the address, if it says anything.
    async fn record_attempt(
        &self,
        id: DeliveryId,
        state: DeliveryState,
        (class, reply): (Option<FailureClass>, &str),
    ) -> Result<()> {
        let (now, reply) = (self.clock.now(), reply.chars().take(500).collect::<String>());
        let actions = self.clone();
        self.meters.mail_out(match state {
            DeliveryState::Waiting => "put_off",
            DeliveryState::Sent => "sent",
            DeliveryState::Failed | DeliveryState::Dropped => "failed",
        });
        let changes = self
            .store
            .write(async move |tx| {
                let cargo = store::deliveries::record(tx, id, state, &reply, now).await?;
                let tried = LedgerStep::Tried { state, words: reply.clone() };
                store::ledger_steps::add(tx, &[actions.step((None, Some(id)), now, tried)]).await?;
                if let Some(given) = aliases::given_id(&reply).filter(|_| state == DeliveryState::Sent) {
                    store::aliases::add_of_delivery(tx, id, &given).await?;
                }
                let receipts = reports::attempted(tx, cargo, (state, &reply), now).await?;
                let Some(class) = class else { return Ok(Changes { receipts, ..Changes::default() }) };
                let failure = Bounce { delivery: id, class, words: reply, at: now };
                let changes = match store::deliveries::find(tx, id).await? {
                    Some(delivery) => actions.note_failure(tx, &delivery, &failure).await?,
                    None => Changes::default(),
                };
                Ok::<_, ActionError>(changes.with(receipts))
            })
            .await?;
        self.tell_changes(changes);
        Ok(())
    }
}
