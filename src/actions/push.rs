//! Notices in browsers whose page is closed: which browsers take them, who gets one of a message, and what stands in it.
//! Mail goes its own way: who has read a message because of a notice gets no mail of it.

use std::time::Duration;

use serde::Serialize;

use super::{ActionError, Actions, Problem, Result, messages};
use crate::domain::digest::Digest;
use crate::domain::event::Audience;
use crate::domain::ids::{GroupId, PersonId, SubscriptionId};
use crate::domain::job::{Job, PushJob};
use crate::domain::message::{Glance, Message};
use crate::domain::notices::wanted;
use crate::domain::person::Viewer;
use crate::domain::push::{LONGEST_ENDPOINT, NewReceiver, Parcel, Subscription, Urgency};
use crate::domain::secret::Token;
use crate::store::push::Addressed;
use crate::store::{self, Tx};
use crate::texts::{Texts, Value};
use crate::transport::guard::Guard;
use crate::transport::web_push::{PushSender, Vapid, can_encrypt_for};

pub use crate::store::push::Device;

/// A push service keeps a notice so long for a browser that is not there; afterwards its person has the mail.
const LASTS: Duration = Duration::from_secs(24 * 3600);
/// Contents are filled up to a multiple of so many bytes: their length tells the push service nothing of the words.
const STEP: usize = 512;
/// Longer topics and names are cut, in characters: a service takes 4,096 bytes in all (RFC 8030 7.2).
const TITLE: usize = 100;
const NAME: usize = 60;

/// What the service worker gets; see `templates/assets/script/sw.js`.
#[derive(Debug, Serialize)]
struct Notice {
    title: String,
    body: String,
    /// A path on this server.
    url: String,
    /// A newer notice of the same group takes the place of an older one.
    tag: String,
    seq: i64,
}

/// Why a message is worth a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// It is new.
    Post,
    /// It mentions somebody since it was edited.
    Edit,
}

/// How much of a message a notice may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As its reader wishes.
    Wished,
    /// Only that there is one: a service refused more.
    Least,
}

impl Actions {
    /// The key by which browsers know our notices, for `applicationServerKey`; `None` if there are to be none.
    pub fn push_key(&self) -> Option<String> {
        self.settings.push.enabled.then(|| Vapid::derived(&self.key).public_key())
    }

    /// What notices are sent with.
    pub fn push_sender(&self) -> PushSender {
        let contact = format!("mailto:{}", self.settings.mail.gateway.address);
        PushSender::new(&self.key, contact, &self.settings.internal_networks, self.clock.clone())
    }

    /// From now on this browser takes notices for whoever is signed in there.
    ///
    /// # Errors
    /// [`ActionError::Invalid`] when its push service may not be asked or its keys can't be used,
    /// [`ActionError::NotFound`] when there are to be no notices.
    pub async fn subscribe(&self, viewer: &Viewer, browser: &Token, new: NewReceiver) -> Result<()> {
        if !self.settings.push.enabled {
            return Err(ActionError::NotFound);
        }
        let NewReceiver { receiver, zone } = new;
        let guard = Guard::new(&self.settings.internal_networks);
        let good = receiver.endpoint.len() <= LONGEST_ENDPOINT && guard.check(&receiver.endpoint).is_ok();
        if !good || !can_encrypt_for(&receiver) {
            return Err(ActionError::invalid("endpoint", Problem::NoPushService));
        }
        let new = Subscription {
            id: self.clock.new_id(),
            person_id: viewer.person_id,
            session_id: viewer.session_id,
            receiver,
            created_at: self.clock.now(),
        };
        let browser = browser.digest();
        self.store
            .write(async move |tx| {
                store::push::replace(tx, &new, &browser).await?;
                Ok::<_, ActionError>(store::notices::learn_zone(tx, new.person_id, zone).await?)
            })
            .await
    }

    /// One of this person's browsers takes no notices any more.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when it is not theirs or not there.
    pub async fn unsubscribe(&self, viewer: &Viewer, id: SubscriptionId) -> Result<()> {
        let person = viewer.person_id;
        let gone = self.store.write(async move |tx| store::push::delete_own(tx, person, id).await).await?;
        if gone { Ok(()) } else { Err(ActionError::NotFound) }
    }

    /// This person's browsers that take notices, the newest first.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn list_devices(&self, viewer: &Viewer) -> Result<Vec<Device>> {
        let now = self.clock.now();
        Ok(store::push::list(&mut self.store.read().await?, viewer.person_id, now).await?)
    }

    /// Adds a job for each browser that is to hear of a message, in the transaction that stores it: none for its
    /// author, none for whoever has the group in sight; of an edit only for those whom it mentions anew. One statement,
    /// and one more if there are any.
    pub(super) async fn plan_pushes(
        &self,
        tx: &mut Tx,
        message: &Message,
        mentioned: &[PersonId],
        occasion: Occasion,
    ) -> Result<()> {
        if !self.settings.push.enabled {
            return Ok(());
        }
        let (now, group) = (self.clock.now(), message.group_id);
        let edited = occasion == Occasion::Edit;
        let mut targets = store::push::targets(tx, group, now).await?;
        let is_mentioned = |person: PersonId| mentioned.contains(&person);
        targets.retain(|target| {
            let wish = target.wish;
            Some(target.person) != message.author.person_id
                && (!edited || is_mentioned(target.person))
                && !self.hub.listens(Audience::Sight(group), target.person)
                && wanted(wish.level, is_mentioned(target.person), wish.settings.is_quiet(now))
        });
        if targets.is_empty() {
            return Ok(());
        }
        let job = |target: store::push::Target| PushJob {
            subscription: target.subscription,
            group,
            seq: message.seq,
            mentioned: is_mentioned(target.person),
            edited,
        };
        let jobs: Vec<_> =
            targets.into_iter().map(|target| (self.clock.new_id(), Job::SendPush(job(target)))).collect();
        Ok(store::jobs::add(tx, &jobs, now, now).await?)
    }

    /// The notice of a job; `None` if it has become needless: read meanwhile, or looked at, removed, signed out, left,
    /// in quiet hours, or outdated while it waited for another try.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn parcel_of(&self, job: PushJob, tries: u32, shown: Shown) -> Result<Option<Parcel>> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let Some(to) = store::push::find_addressed(&mut tx, job, now).await? else {
            return Ok(None);
        };
        let is_wanted = wanted(to.wish.level, job.mentioned, to.wish.settings.is_quiet(now));
        let is_read = to.read_seq >= job.seq && !job.edited;
        let is_seen = is_read || self.hub.listens(Audience::Sight(job.group), to.person);
        if !is_wanted || is_seen {
            return Ok(None);
        }
        let found = store::messages::list_after(&mut tx, job.group, job.seq - 1, 2).await?;
        let [message, later @ ..] = found.as_slice() else { return Ok(None) };
        // A later message has a notice of its own, which takes the place of this one.
        let is_outdated = tries > 0 && !job.mentioned && !later.is_empty();
        if message.seq != job.seq || message.trace.removed.is_some() || is_outdated {
            return Ok(None);
        }
        Ok(Some(self.parcel(&to, job, &messages::glance_at(message), shown)))
    }

    fn parcel(&self, to: &Addressed, job: PushJob, glance: &Glance, shown: Shown) -> Parcel {
        let t = Texts::of(to.language.unwrap_or(self.settings.mail.language));
        let hidden = shown == Shown::Least || !to.wish.settings.shows_contents;
        let (title, body) = if hidden { hidden_words(t) } else { words(t, &to.topic, glance) };
        let notice = Notice {
            title,
            body,
            url: format!("/groups/{}?at={seq}#m-{seq}", job.group, seq = job.seq),
            tag: job.group.to_string(),
            seq: job.seq,
        };
        Parcel {
            receiver: to.receiver.clone(),
            topic: collapse_key(job.subscription, job.group),
            urgency: if job.mentioned { Urgency::High } else { Urgency::Normal },
            lasts: LASTS,
            contents: filled_up(serde_json::to_vec(&notice).unwrap_or_default()),
        }
    }

    /// A push service does not know a browser any more.
    ///
    /// # Errors
    /// [`ActionError::Unavailable`] when the database does not answer.
    pub async fn forget_browser(&self, id: SubscriptionId) -> Result<()> {
        Ok(self.store.write(async move |tx| store::push::delete(tx, id).await).await?)
    }
}

fn words(t: Texts, topic: &str, glance: &Glance) -> (String, String) {
    let file = || {
        let name = glance.file.as_deref().unwrap_or_default();
        t.with("glance-files", &[("name", Value::from(name)), ("more", Value::from(glance.more_files))])
            .into_owned()
    };
    let said = if glance.words.is_empty() { file() } else { glance.words.clone() };
    let author = cut(&glance.author, NAME);
    let body = t.with("push-body", &[("author", author.as_str()), ("words", said.as_str())]);
    (cut(topic, TITLE), body.into_owned())
}

fn hidden_words(t: Texts) -> (String, String) {
    ("mailmoot".to_owned(), t.get("push-hidden").into_owned())
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Another one for each browser, so that push services cannot tell who shares a group (RFC 8030 5.4).
fn collapse_key(subscription: SubscriptionId, group: GroupId) -> String {
    let both = [subscription.uuid().into_bytes(), group.uuid().into_bytes()].concat();
    Digest::of(&both).hex()[..32].to_owned()
}

/// Spaces after JSON mean nothing (RFC 8259 2).
fn filled_up(mut json: Vec<u8>) -> Vec<u8> {
    json.resize(json.len().next_multiple_of(STEP), b' ');
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::domain::language::Language;
    use crate::mail::markdown::LINE;

    #[test]
    fn the_longest_notice_fits_into_what_push_services_take() {
        let glance = Glance { author: "🦊".repeat(500), words: "🦊".repeat(LINE), ..Glance::default() };
        for language in Language::ALL {
            let (title, body) = words(Texts::of(language), &"🦊".repeat(500), &glance);
            let id = Clock::system().new_id::<crate::domain::group::Group>();
            let url = format!("/groups/{id}?at={seq}#m-{seq}", seq = i64::MAX);
            let notice = Notice { title, body, url, tag: id.to_string(), seq: i64::MAX };
            let contents = filled_up(serde_json::to_vec(&notice).unwrap());
            // The header of the encryption has 86 bytes, its end 17 (RFC 8188 2).
            assert!(contents.len() + 86 + 17 <= 4096, "{} bytes", contents.len());
            assert_eq!(contents.len() % STEP, 0);
        }
    }

    #[test]
    fn a_service_cannot_tell_who_shares_a_group() {
        let clock = Clock::system();
        let (one, other, group) = (clock.new_id(), clock.new_id(), clock.new_id());
        assert_eq!(collapse_key(one, group), collapse_key(one, group));
        assert_ne!(collapse_key(one, group), collapse_key(other, group));
        assert_eq!(collapse_key(one, group).len(), 32);
    }
}
