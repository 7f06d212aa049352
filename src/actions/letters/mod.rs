//! From what happened to the letter that tells of it.

mod besides;
mod message;

use besides::letter_besides;
pub(super) use message::written;
use message::{letter_message, size_in_words};

use super::besides::{Besides, stated};
use super::enclosures::Enclosed;
use super::outbox::{Letter, Place};
use super::{ActionError, Actions, Result};
use crate::domain::address::{EmailAddress, NamedAddress};
use crate::domain::ask::Ask;
use crate::domain::bounce::AddressTrouble;
use crate::domain::cadence::Cadence;
use crate::domain::gateway::ReplyStyle;
use crate::domain::group::{Group, Member};
use crate::domain::ids::MailId;
use crate::domain::language::Language;
use crate::domain::ledger::{DeliveryKind, Ignored};
use crate::domain::message::Message;
use crate::domain::person::Person;
use crate::domain::secret::Token;
use crate::domain::share::Share;
use crate::domain::share_receiver::ShareAnswer;
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::mail::compose::ListHeaders;
use crate::mail::identity;
use crate::mail::incoming::IncomingMail;
use crate::mail::letters::{
    AnswerLetter, Became, ChatLetter, CommandLetter, DepartedLetter, DraftReadyLetter, HelpLetter,
    InvitationLetter, InvitedMember, LetterMessage, MessagesLetter, ReminderLetter, ShareAnsweredLetter,
    SignInLetter, TrialLetter, Words,
};
use crate::texts::Texts;

/// How many members an invitation names.
const NAMED: usize = 500;

/// What a draft's letter tells of.
pub(super) struct DraftReady<'a> {
    pub mail: &'a IncomingMail,
    pub mail_id: MailId,
    pub token: &'a Token,
    pub topic: &'a str,
    pub members: usize,
}

/// What an answer tells of.
pub(super) struct Answer<'a> {
    pub mail: &'a IncomingMail,
    pub mail_id: MailId,
    pub why: Ignored,
}

/// A member and what the letters to them need.
pub(super) struct Receiver<'a> {
    pub group: &'a Group,
    pub member: &'a Member,
    pub person: &'a Person,
    pub language: Language,
    /// The clock on which they read when something was said.
    pub zone: Zone,
}

pub(super) fn sign_in(
    actions: &Actions,
    person: &Person,
    language: Language,
    (token, code): (&Token, &str),
) -> Result<Letter> {
    let letter = SignInLetter {
        texts: Texts::of(language),
        name: &person.full_name,
        link: &actions.settings.public_url.join(&format!("/l/{}", token.reveal())),
        code,
        minutes: 15,
    };
    Ok(Letter {
        person_id: Some(person.id),
        ..Letter::new(
            DeliveryKind::SignIn,
            format!("sign-in:{}", token.digest().hex()),
            address_of(person)?,
            letter.words().map_err(broken)?,
        )
    })
}

/// To somebody who has left the house and asks to sign in.
pub(super) fn departed(person: &Person, ask: &Ask) -> Result<Letter> {
    let letter = DepartedLetter { texts: Texts::of(ask.language), name: &person.full_name };
    Ok(Letter {
        person_id: Some(person.id),
        ..Letter::new(
            DeliveryKind::SignIn,
            format!("departed:{}", ask.id),
            address_of(person)?,
            letter.words().map_err(broken)?,
        )
    })
}

pub(super) fn draft_ready(
    actions: &Actions,
    person: &Person,
    language: Language,
    about: &DraftReady<'_>,
) -> Result<Letter> {
    let letter = DraftReadyLetter {
        texts: Texts::of(language),
        name: &person.full_name,
        topic: about.topic,
        link: &actions.settings.public_url.join(&format!("/l/{}", about.token.reveal())),
        members: about.members,
        gateway: gateway_for(actions, &address_of(person)?.address),
    };
    Ok(Letter {
        person_id: Some(person.id),
        ..answering(
            DeliveryKind::DraftReady,
            (about.mail, about.mail_id),
            address_of(person)?,
            letter.words(),
        )?
    })
}

pub(super) fn answer(
    actions: &Actions,
    to: &NamedAddress,
    language: Language,
    about: &Answer<'_>,
) -> Result<Letter> {
    let letter = AnswerLetter {
        texts: Texts::of(language),
        name: to.display_name(),
        subject: &about.mail.subject,
        why: about.why.text_key(),
        gateway: gateway_for(actions, &to.address),
    };
    answering(DeliveryKind::Answer, (about.mail, about.mail_id), to.clone(), letter.words())
}

/// The first mail to a member: the personal link, and what the discussion begins with.
pub(super) fn invitation(
    actions: &Actions,
    to: &Receiver<'_>,
    inviter: &str,
    members: &[Person],
    (begun, enclosed): (&[Message], Enclosed),
) -> Result<Letter> {
    let texts = Texts::of(to.language);
    let link = actions.settings.public_url.join(&format!("/l/{}", actions.link_token(to.member.id).reveal()));
    let letter = InvitationLetter {
        texts,
        name: &to.person.full_name,
        inviter,
        topic: &to.group.topic,
        subject: &to.group.subject,
        link: &link,
        often: &actions.cadence_url(to),
        members: &members.iter().take(NAMED).map(invited).collect::<Vec<_>>(),
        opening: &begun.iter().map(|m| letter_message(actions, to, (m, &enclosed))).collect::<Vec<_>>(),
        can_reply: true,
        days: 30,
    };
    let words = letter.words().map_err(broken)?;
    let carried = begun.iter().map(|message| message.seq).collect();
    let letter = member_letter(actions, to, DeliveryKind::GroupLink, (inviter, words))?;
    let stated = stated(begun);
    Ok(Letter { carried, stated, files: enclosed.files, ..letter })
}

/// What became of a member's mail of one word, in the group's thread.
pub(super) fn command(
    actions: &Actions,
    to: &Receiver<'_>,
    about: (&IncomingMail, MailId),
    became: Became<'_>,
) -> Result<Letter> {
    let often = actions.cadence_url(to);
    let is_gone = matches!(became, Became::Left);
    let letter = CommandLetter {
        texts: Texts::of(to.language),
        name: &to.person.full_name,
        subject: &about.0.subject,
        topic: &to.group.topic,
        became,
        often: (!is_gone).then_some(often.as_str()),
    };
    let letter = answering(DeliveryKind::Answer, about, address_of(to.person)?, letter.words())?;
    Ok(if is_gone { letter } else { answerable(actions, to, letter) })
}

/// What can be done by mail, for a member who asked.
pub(super) fn help(actions: &Actions, to: &Receiver<'_>, about: (&IncomingMail, MailId)) -> Result<Letter> {
    let settings = &actions.settings.mail;
    let token = actions.reply_token(to.member.id);
    let own = address_of(to.person)?;
    let gateway = settings.gateway_for(&own.address);
    let share = identity::share_address(gateway, &token).map_err(|e| ActionError::Internal(e.into()))?;
    let letter = HelpLetter {
        texts: Texts::of(to.language),
        name: &to.person.full_name,
        subject: &about.0.subject,
        topic: &to.group.topic,
        limit: &size_in_words(i64::try_from(settings.max_size).unwrap_or(i64::MAX)),
        gateway: gateway.address.as_str(),
        share: share.as_ref().map(EmailAddress::as_str),
        often: &actions.cadence_url(to),
    };
    let letter = answering(DeliveryKind::Answer, about, own, letter.words())?;
    Ok(answerable(actions, to, letter))
}

/// Asks an owner about people whom a member wants in the group; one for each mail and owner.
pub(super) fn proposal(
    actions: &Actions,
    to: &Receiver<'_>,
    mail: MailId,
    wanted: Became<'_>,
) -> Result<Letter> {
    let often = actions.cadence_url(to);
    let letter = CommandLetter {
        texts: Texts::of(to.language),
        name: &to.person.full_name,
        subject: &to.group.subject,
        topic: &to.group.topic,
        became: wanted,
        often: Some(&often),
    };
    let domain = actions.settings.mail.domain();
    let letter = Letter {
        person_id: Some(to.person.id),
        place: Place {
            references: vec![identity::message_id_for(to.group.id, to.group.id.uuid(), domain)],
            ..Place::default()
        },
        ..Letter::new(
            DeliveryKind::Answer,
            format!("proposal:{mail}:{}", to.person.id),
            address_of(to.person)?,
            letter.words().map_err(broken)?,
        )
    };
    Ok(answerable(actions, to, letter))
}

/// An answer that can be answered by the next word: it has the member's own reply address, and the link is good.
fn answerable(actions: &Actions, to: &Receiver<'_>, mut letter: Letter) -> Letter {
    letter.person_id = Some(to.person.id);
    letter.place.group = Some(to.group.id);
    letter.place.token = Some(actions.reply_token(to.member.id));
    letter.place.cadence = Some(actions.cadence_link(to.group.id, to.person.id));
    letter
}

/// What a member has not seen, in one mail.
pub(super) fn messages(
    actions: &Actions,
    to: &Receiver<'_>,
    (messages, enclosed): (&[Message], Enclosed),
    (earlier, besides): (usize, &Besides),
) -> Result<Letter> {
    let texts = Texts::of(to.language);
    let link = actions.settings.public_url.join(&format!("/groups/{}", to.group.id));
    let beside = letter_besides(actions, to, besides);
    let shown: Vec<LetterMessage> =
        messages.iter().map(|m| letter_message(actions, to, (m, &enclosed))).collect();
    let chats = to.member.chats;
    let words = if chats {
        let subject = &to.group.subject;
        ChatLetter { texts, subject, messages: &shown, earlier, link: &link, besides: &beside }.words()
    } else {
        let letter = MessagesLetter {
            texts,
            name: &to.person.full_name,
            topic: &to.group.topic,
            subject: &to.group.subject,
            link: &link,
            often: &actions.cadence_url(to),
            messages: &shown,
            earlier,
            daily: to.member.cadence == Cadence::Daily,
            besides: &beside,
        };
        letter.words()
    };
    let asker = besides.tasks.first();
    let author = messages.last().map(|m| m.author.name.as_str()).or(asker.map(|task| task.asked_by.as_str()));
    let author = author.unwrap_or(&to.group.topic);
    let carried = messages.iter().map(|message| message.seq).collect();
    let letter = member_letter(actions, to, DeliveryKind::Messages, (author, words.map_err(broken)?))?;
    let said_at = messages.last().map_or_else(|| actions.clock.now(), |last| last.posted_at);
    // A messenger shows the topic above all bubbles, and the name on each.
    let place = match chats {
        true => Place { from_name: Some(author.to_owned()), ..letter.place },
        false => letter.place,
    };
    let purpose = match asker.filter(|_| messages.is_empty()) {
        Some(task) => format!("tasks:{}:{}", task.mark, task.asked_at.millis()),
        None => letter.purpose,
    };
    Ok(Letter {
        purpose,
        carried,
        stated: besides.stated(messages),
        chat: chats.then_some(said_at),
        place,
        files: enclosed.files,
        ..letter
    })
}

/// Asks a member to read a message, with the message itself. A second one for the same request is not sent.
pub(super) fn reminder(
    actions: &Actions,
    to: &Receiver<'_>,
    message: &Message,
    asked_at: Timestamp,
) -> Result<Letter> {
    let texts = Texts::of(to.language);
    let place = format!("/groups/{}?at={seq}#m-{seq}", to.group.id, seq = message.seq);
    let letter = ReminderLetter {
        texts,
        name: &to.person.full_name,
        sender: &message.author.name,
        topic: &to.group.topic,
        link: &actions.settings.public_url.join(&place),
        often: &actions.cadence_url(to),
        message: letter_message(actions, to, (message, &Enclosed::default())),
    };
    let words = letter.words().map_err(broken)?;
    Ok(Letter {
        purpose: format!("reminder:{}:{}:{}", message.id, to.member.id, asked_at.millis()),
        carried: vec![message.seq],
        stated: stated([message]),
        asks_receipt: true,
        ..member_letter(actions, to, DeliveryKind::Reminder, (&message.author.name, words))?
    })
}

/// Finds out whether an address works again.
pub(super) fn trial(
    actions: &Actions,
    to: &Person,
    language: Language,
    trouble: &AddressTrouble,
) -> Result<Words> {
    let letter = TrialLetter {
        texts: Texts::of(language),
        name: &to.full_name,
        since: &written(actions.settings.mail.zone, trouble.since),
        words: &trouble.words,
        link: &actions.settings.public_url.join("/"),
    };
    letter.words().map_err(broken)
}

/// Tells somebody who looks after a share of an answer that waits. One for each answer and person.
pub(super) fn share_answered(
    actions: &Actions,
    to: &Person,
    language: Language,
    (share, answer): (&Share, &ShareAnswer),
) -> Result<Letter> {
    let letter = ShareAnsweredLetter {
        texts: Texts::of(language),
        name: &to.full_name,
        writer: &answer.writer,
        address: &answer.address,
        title: &share.title,
        begins: &answer.words,
        files: answer.files,
        link: &actions.settings.public_url.join(&format!("/shares/{}/mail", share.id)),
    };
    Ok(Letter {
        person_id: Some(to.id),
        ..Letter::new(
            DeliveryKind::Answer,
            format!("share-answered:{}:{}", answer.mail, to.id),
            address_of(to)?,
            letter.words().map_err(broken)?,
        )
    })
}

/// What somebody forwards mails to.
fn gateway_for<'a>(actions: &'a Actions, address: &EmailAddress) -> &'a str {
    actions.settings.mail.gateway_for(address).address.as_str()
}

/// A mail to a member in the group's thread, to be answered at the member's own address.
fn member_letter(
    actions: &Actions,
    to: &Receiver<'_>,
    kind: DeliveryKind,
    (author, words): (&str, Words),
) -> Result<Letter> {
    let settings = &actions.settings.mail;
    let (domain, own) = (settings.domain(), address_of(to.person)?);
    let gateway = settings.gateway_for(&own.address);
    let token = actions.reply_token(to.member.id);
    let post = identity::reply_address(gateway, &token).map_err(|e| ActionError::Internal(e.into()))?;
    let purpose = match kind {
        DeliveryKind::GroupLink => format!("group-link:{}", to.member.id),
        _ => format!("messages:{}:{}", to.member.id, to.member.mailed_seq),
    };
    Ok(Letter {
        person_id: Some(to.person.id),
        place: Place {
            from_name: Some(format!("{author} ({})", to.group.topic)),
            group: Some(to.group.id),
            token: Some(token),
            list: Some(ListHeaders {
                id: format!("{}.{domain}", to.group.id.uuid().simple()),
                name: to.group.topic.clone(),
                post,
                by_mail: gateway.replies != ReplyStyle::Single,
                unsubscribe_url: Some(actions.cadence_url(to)),
                // A plain address would not do (RFC 8058 3.1).
                one_click: actions.settings.public_url.is_https(),
            }),
            cadence: Some(actions.cadence_link(to.group.id, to.person.id)),
            in_reply_to: Vec::new(),
            // The group's own id ties its mails together; the token's comes back where addresses do not.
            references: vec![
                identity::message_id_for(to.group.id, to.group.id.uuid(), domain),
                identity::token_reference(&token, domain),
            ],
        },
        ..Letter::new(kind, purpose, own, words)
    })
}

impl Actions {
    /// Where a member chooses how often mails of a group come.
    fn cadence_url(&self, to: &Receiver<'_>) -> String {
        let token = self.cadence_token(to.group.id, to.person.id);
        self.settings.public_url.join(&format!("/mails/{}", token.reveal()))
    }
}

fn invited(person: &Person) -> InvitedMember {
    let parts = [person.department.as_str(), person.position.as_str()];
    let detail = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ");
    InvitedMember { name: person.full_name.clone(), detail }
}

/// A letter about a mail, in its sender's own thread.
fn answering(
    kind: DeliveryKind,
    (mail, id): (&IncomingMail, MailId),
    to: NamedAddress,
    words: askama::Result<Words>,
) -> Result<Letter> {
    let own: Vec<String> = mail.message_id.iter().cloned().collect();
    let purpose = if kind == DeliveryKind::DraftReady { "draft-ready" } else { "answer" };
    Ok(Letter {
        place: Place {
            references: mail.references.iter().chain(&own).cloned().collect(),
            in_reply_to: own,
            ..Place::default()
        },
        ..Letter::new(kind, format!("{purpose}:{id}"), to, words.map_err(broken)?)
    })
}

pub(super) fn address_of(person: &Person) -> Result<NamedAddress> {
    let address = person.main_address().ok_or(ActionError::NotFound)?.clone();
    Ok(NamedAddress { name: Some(person.full_name.clone()), address })
}

fn broken(error: askama::Error) -> ActionError {
    ActionError::Internal(error.into())
}
