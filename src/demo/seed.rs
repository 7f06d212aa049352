//! Plays the past days of the invented company through the real actions, in a moment.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;

use super::groups::{Handout, Marked, Offshoot, STORIES, Step, Story, Written};
use super::house::{Mailboxes, language_of};
use super::people::{Character, PEOPLE, Who, address_book, lists};
use super::samples::Sample;
use super::statuses::{STATUSES, lasts};
use super::threads::{self, Script};
use super::when::When;
use crate::actions::desk::{Desk, Way};
use crate::actions::drafts::{Change, LeaseOutcome};
use crate::actions::edits::Edit;
use crate::actions::marks::{Chosen, NewMark};
use crate::actions::members::NewMembers;
use crate::actions::messages::NewMessage;
use crate::actions::shares::{self, AccessChange, Mailing, NewReceivers, ShareChange, ShareText};
use crate::actions::tags::TagChoice;
use crate::actions::{Actions, Bell, apart};
use crate::clock::Clock;
use crate::domain::draft::Editor;
use crate::domain::export::Format;
use crate::domain::file::FileName;
use crate::domain::group::{History, Muting};
use crate::domain::ids::{DraftId, FileId, GroupId, ThreadId};
use crate::domain::language::Language;
use crate::domain::message::Message;
use crate::domain::person::Viewer;
use crate::domain::presence::Status;
use crate::domain::receipt::{ReceiptPolicy, ReceiptRequest};
use crate::domain::secret::Token;
use crate::domain::share::{Access, Grouping, Share, ShareForm};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::mail::compose::{OutgoingFile, OutgoingMail, compose};
use crate::mail::html_text::html_to_text;
use crate::mail::quoting;
use crate::workers::{self, Outlet};

/// Between two messages of one breath.
const BREATH: Duration = Duration::from_secs(70);
const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// Fills an empty house: address book, accounts, threads, groups, and a draft of Anna's.
pub async fn fill(actions: &Actions, mailboxes: &Mailboxes, now: Timestamp) -> Result<()> {
    let mut book = address_book();
    actions.shelve(&mut book).await?;
    actions.import_people(book.entries).await?;
    actions.keep_lists("company", lists()?).await?;
    actions.make_admin(&Who::Anna.character().named()?.address, None).await?;
    let viewers = sign_everybody_in(actions).await?;
    let mut seeder = Seeder { actions, mailboxes, viewers, now };
    for script in [threads::CONTRACT, threads::VISIT] {
        seeder.thread(script).await?;
    }
    for story in &STORIES {
        apart(|| seeder.story(story)).await.with_context(|| format!("The story of {}", story.thread.name))?;
    }
    apart(|| seeder.open_draft()).await.context("Anna's draft")?;
    apart(|| seeder.export()).await.context("Anna's export")?;
    seeder.statuses().await.context("What people say of themselves")
}

/// Those who use the browser have an account and chose their language.
async fn sign_everybody_in(actions: &Actions) -> Result<Vec<Viewer>> {
    let sign_in = async |character: &Character| {
        let link = actions.make_sign_in_link(&character.named()?.address, "/").await?;
        let token: Token = link.rsplit('/').next().unwrap_or_default().parse()?;
        let browser = Token::from_random(actions.clock.random_bytes()?);
        let signed_in = actions.use_link(&token, &browser, BROWSER).await?;
        let mut viewer =
            actions.find_viewer(&signed_in.cookie).await?.context("A session that just began")?;
        if let Some(language) = language_of(character) {
            actions.set_language(&viewer, language).await?;
            viewer.language = Some(language);
        }
        Ok(viewer)
    };
    try_join_all(PEOPLE.iter().filter(|c| c.in_browser).map(sign_in)).await
}

struct Seeder<'a> {
    actions: &'a Actions,
    mailboxes: &'a Mailboxes,
    viewers: Vec<Viewer>,
    now: Timestamp,
}

/// One group while its story is played.
struct Scene<'a> {
    actions: Actions,
    desk: Desk,
    outlet: Outlet,
    group: GroupId,
    topic: String,
    /// Members who read along in the browser.
    readers: Vec<&'a Viewer>,
    /// The numbers of the messages that ask for receipts.
    asked: Vec<i64>,
}

impl Seeder<'_> {
    fn viewer(&self, who: Who) -> Result<&Viewer> {
        let name = who.character().full_name;
        self.viewers.iter().find(|v| v.full_name == name).context("Somebody who is signed in")
    }

    /// The same house at another time.
    fn actions_at(&self, clock: &Clock) -> Actions {
        Actions { clock: clock.clone(), bell: Bell::default(), ..self.actions.clone() }
    }

    /// Puts the mails of a thread into the mailboxes and files them as mails that had the gateway in Cc.
    async fn thread(&self, script: &Script) -> Result<ThreadId> {
        let mails = script.mails(self.now)?;
        let deliveries = mails.iter().flat_map(|mail| {
            let local = self.mailboxes.local_at(Clock::standing_at(mail.at));
            mail.receivers.iter().map(move |to| {
                let local = local.clone();
                async move { local.send(&to.address, &mail.raw).await }
            })
        });
        try_join_all(deliveries).await?;
        let mut threads = Vec::new();
        for mail in mails {
            let actions = self.actions_at(&Clock::standing_at(mail.at));
            threads.extend(actions.file_mails(vec![mail.raw], "demo").await?);
        }
        threads.first().copied().context("A thread without mails")
    }

    async fn story(&mut self, story: &Story) -> Result<()> {
        let thread = self.thread(story.thread).await?;
        let clock = Clock::standing_at(story.begun.before(self.now));
        let actions = self.actions_at(&clock);
        let owner = self.viewer(story.owner)?;
        let draft = actions.start_draft_from_thread(owner, thread).await?;
        let editor = prepare(&actions, owner, draft, story.topic, story.opening).await?;
        for who in story.added {
            let (address, name) = (who.character().address.to_owned(), who.character().full_name.to_owned());
            actions.change_draft(editor, draft, Change::AddAddress { address, name: Some(name) }).await?;
        }
        let group = actions.confirm_draft(editor, draft).await?;
        let page = actions.get_group(owner, group).await?;
        let is_member = |v: &&Viewer| page.members.iter().any(|m| m.person.id == v.person_id);
        let local = self.mailboxes.local_at(clock.clone());
        let mut scene = Scene {
            desk: self.mailboxes.desk.at(local.clone(), clock),
            outlet: Outlet::Local(local),
            actions,
            group,
            topic: page.group.topic,
            readers: self.viewers.iter().filter(is_member).collect(),
            asked: Vec::new(),
        };
        // Invitations go at once; messages are held.
        workers::do_due(&scene.actions, &scene.outlet).await?;
        for step in story.steps {
            apart(|| self.play(&mut scene, step)).await?;
        }
        Ok(())
    }

    async fn play(&self, scene: &mut Scene<'_>, step: &Step) -> Result<()> {
        match step {
            Step::At(when) => return apart(|| scene.pass_until(when.before(self.now))).await,
            Step::Leaves(who) => {
                apart(|| scene.everybody_reads()).await?;
                let gone = self.viewer(*who)?.person_id;
                scene.readers.retain(|v| v.person_id != gone);
                return Ok(());
            }
            Step::Refuses(who) => {
                let who = self.viewer(*who)?;
                return apart(|| scene.refuse_receipts(who)).await;
            }
            Step::Adds(who, whom) => {
                let who = self.viewer(*who)?;
                apart(|| scene.add(who, *whom)).await?;
            }
            Step::Mutes(who) => {
                scene.actions.set_muting(self.viewer(*who)?, scene.group, Muting::Muted).await?;
            }
            Step::Say(who, text) => {
                let who = self.viewer(*who)?;
                apart(|| scene.say(who, text, None)).await?;
            }
            Step::Answer(who, text) => {
                let who = self.viewer(*who)?;
                apart(|| scene.answer(who, text)).await?;
            }
            Step::React(who, emoji) => {
                let who = self.viewer(*who)?;
                apart(|| scene.react(who, emoji)).await?;
            }
            Step::Edit(who, text) => {
                let who = self.viewer(*who)?;
                apart(|| scene.edit(who, text)).await?;
            }
            Step::Mark(who, marked) => apart(|| self.mark(scene, *who, marked)).await?,
            Step::Pin(who) => {
                let who = self.viewer(*who)?;
                apart(|| scene.pin(who)).await?;
            }
            Step::Ask(who, text) => {
                let who = self.viewer(*who)?;
                apart(|| scene.ask(who, text)).await?;
            }
            Step::Show(who, text, sample) => {
                let who = self.viewer(*who)?;
                apart(|| scene.say(who, text, Some(*sample))).await?;
            }
            Step::Share(who, handout) => {
                let who = self.viewer(*who)?;
                apart(|| scene.share(who, handout, self.mailboxes)).await?;
            }
            Step::GoOn(who, offshoot) => {
                let who = self.viewer(*who)?;
                apart(|| scene.go_on(who, offshoot)).await?;
            }
            Step::Mail(who, text) => apart(|| scene.answer_by_mail(*who, text, self.mailboxes)).await?,
            Step::Write(who, written) => apart(|| scene.write_mail(*who, written, self.mailboxes)).await?,
        }
        scene.actions.clock.advance(BREATH);
        Ok(())
    }

    /// Anna took a group along an hour ago.
    async fn export(&self) -> Result<()> {
        let clock = Clock::standing_at(When::Ago(60).before(self.now));
        let (actions, anna) = (self.actions_at(&clock), self.viewer(Who::Anna)?);
        let groups = actions.list_groups(anna).await?;
        let group =
            groups.iter().find(|group| group.topic.contains("华东")).context("The group to export")?;
        actions.ask_export(anna, group.id, (Format::Zip, Language::English)).await?;
        let local = self.mailboxes.local_at(clock);
        Ok(workers::do_due(&actions, &Outlet::Local(local)).await?)
    }

    /// Of the newest message.
    async fn mark(&self, scene: &Scene<'_>, who: Who, marked: &Marked) -> Result<()> {
        let viewer = self.viewer(who)?;
        let seq = scene.newest(viewer).await?.seq;
        let piece = match marked.words {
            "" => Chosen::Message,
            words => Chosen::Passage { quote: words.to_owned(), start: None },
        };
        let due =
            |days| (scene.actions.clock.now() + Duration::from_secs(days * 24 * 3600)).utc().date_naive();
        let new = NewMark {
            tag: TagChoice::Named(marked.tag.parse().ok().context("The name of a tag")?),
            piece,
            topic: marked.topic.to_owned(),
            assignee: marked.to_do.map(|(who, _)| self.viewer(who)).transpose()?.map(|v| v.person_id),
            due_on: marked.to_do.map(|(_, days)| due(days).into()),
        };
        scene.actions.mark(viewer, (scene.group, vec![seq]), new).await?;
        Ok(())
    }

    async fn statuses(&self) -> Result<()> {
        for (who, choice, note, minutes) in STATUSES {
            let until = minutes.map(|minutes| self.now + lasts(minutes));
            let status = Status { choice, note: note.to_owned(), until, absence: None };
            self.actions.set_status(self.viewer(who)?, status).await?;
        }
        Ok(())
    }

    /// Something that is not finished yet.
    async fn open_draft(&self) -> Result<()> {
        let thread = self.thread(threads::AUDIT).await?;
        let clock = Clock::standing_at(When::Ago(70).before(self.now));
        let (actions, anna) = (self.actions_at(&clock), self.viewer(Who::Anna)?);
        let draft = actions.start_draft_from_thread(anna, thread).await?;
        let opening = "The bank wants one answer to three questions. Questions 1 and 3 are as good as done.

**Question 2**: who can change a supplier's account number, and who checks it? Please write here what you know of your own system.";
        let editor = prepare(&actions, anna, draft, None, opening).await?;
        Ok(actions.release_lease(editor, draft).await?)
    }
}

impl Scene<'_> {
    async fn say(&self, viewer: &Viewer, text: &str, sample: Option<Sample>) -> Result<()> {
        let mut files: Vec<FileId> = Vec::new();
        if let Some(sample) = sample {
            let mut upload = self.actions.begin_upload(viewer, self.group).await?;
            upload.write(&sample.bytes()).await?;
            files.push(self.actions.finish_upload(viewer, self.group, upload, sample.name()).await?.id);
        }
        let new = NewMessage { markdown: text.to_owned(), files, ..NewMessage::default() };
        self.actions.post_message(viewer, self.group, new).await?;
        Ok(())
    }

    async fn add(&self, viewer: &Viewer, whom: Who) -> Result<()> {
        let addresses = vec![whom.character().named()?];
        let new = NewMembers { persons: Vec::new(), addresses, history: History::Now };
        self.actions.add_members(viewer, self.group, new).await?;
        Ok(workers::do_due(&self.actions, &self.outlet).await?)
    }

    async fn newest(&self, viewer: &Viewer) -> Result<Message> {
        let newest = self.actions.list_messages_before(viewer, self.group, None, 1).await?;
        newest.into_iter().next().context("A group without messages")
    }

    async fn answer(&self, viewer: &Viewer, text: &str) -> Result<()> {
        let answers = Some(self.newest(viewer).await?.id);
        let new = NewMessage { markdown: text.to_owned(), answers, ..NewMessage::default() };
        self.actions.post_message(viewer, self.group, new).await?;
        Ok(())
    }

    async fn react(&self, viewer: &Viewer, emoji: &str) -> Result<()> {
        let place = self.newest(viewer).await?.place();
        let emoji = emoji.parse().ok().context("One emoji")?;
        self.actions.react(viewer, place, (emoji, true)).await?;
        Ok(())
    }

    async fn edit(&self, viewer: &Viewer, text: &str) -> Result<()> {
        let newest = self.newest(viewer).await?;
        let place = newest.place();
        let edit = Edit { edits: newest.trace.edits, markdown: text.to_owned() };
        self.actions.edit_message(viewer, place, edit).await?;
        Ok(())
    }

    async fn pin(&self, viewer: &Viewer) -> Result<()> {
        let place = self.newest(viewer).await?.place();
        self.actions.pin_message(viewer, place, true).await?;
        Ok(())
    }

    async fn ask(&mut self, viewer: &Viewer, text: &str) -> Result<()> {
        let receipt = Some(ReceiptRequest::Wanted);
        let new = NewMessage { markdown: text.to_owned(), receipt, ..NewMessage::default() };
        self.asked.push(self.actions.post_message(viewer, self.group, new).await?.seq);
        Ok(())
    }

    async fn refuse_receipts(&self, viewer: &Viewer) -> Result<()> {
        let policy = Some(ReceiptPolicy::Refuse);
        Ok(self.actions.set_receipt_policy_in(viewer, self.group, policy).await?)
    }

    /// Answers the newest mail from the group as its receiver's program would.
    async fn answer_by_mail(&self, who: Who, text: &str, mailboxes: &Mailboxes) -> Result<()> {
        self.send_mails().await?;
        let owner = who.character().named()?;
        let mails = self.desk.mails(&owner).await?;
        let from_group = mails.iter().find(|m| m.from.contains(&self.topic));
        let mail = self.desk.mail(&owner, &from_group.context("A mail from the group")?.id).await?;
        let mut form = self.desk.form(&owner, Way::Reply, &mail);
        form.text = format!("{text}\n\n{}\n{}", who.character().signature(), form.text);
        self.desk.send(&owner, &form).await?;
        workers::take_waiting(&self.actions, &mailboxes.gateway).await?;
        Ok(workers::do_due(&self.actions, &self.outlet).await?)
    }

    /// The same, by a program that knows HTML and calendars.
    async fn write_mail(&self, who: Who, written: &Written, mailboxes: &Mailboxes) -> Result<()> {
        self.send_mails().await?;
        let owner = who.character().named()?;
        let mails = self.desk.mails(&owner).await?;
        let from_group = mails.iter().find(|m| m.from.contains(&self.topic));
        let mail = self.desk.mail(&owner, &from_group.context("A mail from the group")?.id).await?.mail;
        let picture = written.picture.map(|sample| OutgoingFile {
            content_id: Some("picture".to_owned()),
            inline: true,
            ..sample.attached()
        });
        let invitation = written.calendar.map(|text| OutgoingFile {
            name: FileName::cleaned("invite.ics", "file"),
            media_type: "text/calendar".to_owned(),
            content_id: None,
            inline: false,
            bytes: text.as_bytes().to_vec(),
        });
        let parent: Vec<String> = mail.message_id.iter().cloned().collect();
        let raw = compose(&OutgoingMail {
            from: owner,
            to: mail.reply_to.clone(),
            cc: Vec::new(),
            reply_to: None,
            subject: quoting::reply_subject(&mail.subject),
            message_id: format!("{}@corp.example", self.actions.clock.new_id::<Message>()),
            in_reply_to: parent.clone(),
            references: mail.references.iter().cloned().chain(parent).collect(),
            date: self.actions.clock.now(),
            list: None,
            notify: None,
            auto_submitted: false,
            loop_mark: None,
            chat: false,
            text: html_to_text(written.html),
            html: Some(written.html.to_owned()),
            files: picture.into_iter().chain(invitation).collect(),
        })?;
        mailboxes.gateway.deliver(&raw).await?;
        workers::take_waiting(&self.actions, &mailboxes.gateway).await?;
        Ok(workers::do_due(&self.actions, &self.outlet).await?)
    }

    /// Begins a group with everybody and some of the messages; those with a browser look at it.
    async fn go_on(&self, owner: &Viewer, offshoot: &Offshoot) -> Result<()> {
        let draft = self.actions.start_draft_from_group(owner, self.group, offshoot.taken.to_vec()).await?;
        let editor = prepare(&self.actions, owner, draft, Some(offshoot.topic), offshoot.opening).await?;
        let group = self.actions.confirm_draft(editor, draft).await?;
        workers::do_due(&self.actions, &self.outlet).await?;
        self.read_all(group).await
    }

    /// Publishes some of the messages, day by day, and mails them; one of the receivers answers.
    async fn share(&self, sharer: &Viewer, handout: &Handout, mailboxes: &Mailboxes) -> Result<()> {
        let chosen = shares::Chosen { seqs: handout.taken.to_vec(), ..shares::Chosen::default() };
        let share = self.actions.start_share(sharer, self.group, chosen).await?;
        let (title, note) = (handout.title.to_owned(), handout.note.to_owned());
        self.actions.save_share_text(sharer, share, ShareText { title, note, saves: 0 }).await?;
        let form = ShareForm { grouping: Grouping::Day, ..ShareForm::default() };
        self.actions.change_share(sharer, share, ShareChange::Form(form)).await?;
        let access = AccessChange { access: Access::Link, lasts: Share::USUALLY_LASTS, password: None };
        self.actions.set_share_access(sharer, share, access).await?;
        let language = sharer.language.unwrap_or_default();
        let telling = self.actions.telling(sharer, language, Zone::named("Europe/Stockholm"));
        self.actions.publish_share(sharer, share, telling).await?;
        let addresses = handout.to.iter().map(|who| who.character().named()).collect::<Result<_>>()?;
        let receivers = NewReceivers { addresses, ..NewReceivers::default() };
        self.actions.add_share_receivers(sharer, share, receivers).await?;
        self.actions.mail_share(sharer, share, Mailing { receipt: true, ..Mailing::default() }).await?;
        workers::do_due(&self.actions, &self.outlet).await?;
        if let Some((who, text)) = handout.answer {
            self.answer_by_mail(who, text, mailboxes).await?;
        }
        Ok(())
    }

    /// Lets the hold pass, so that what nobody read is mailed.
    async fn send_mails(&self) -> Result<()> {
        self.everybody_reads().await?;
        self.actions.clock.advance(self.actions.settings.mail.hold + Duration::from_secs(1));
        Ok(workers::do_due(&self.actions, &self.outlet).await?)
    }

    async fn pass_until(&self, at: Timestamp) -> Result<()> {
        self.send_mails().await?;
        self.actions.clock.advance(at - self.actions.clock.now());
        Ok(())
    }

    async fn everybody_reads(&self) -> Result<()> {
        self.read_all(self.group).await?;
        for reader in &self.readers {
            self.actions.note_seen(reader, self.group, &self.asked);
        }
        Ok(self.actions.flush_receipts().await?)
    }

    async fn read_all(&self, group: GroupId) -> Result<()> {
        let Some(first) = self.readers.first() else { return Ok(()) };
        let seq = self.actions.get_group(first, group).await?.group.last_seq;
        try_join_all(self.readers.iter().map(|reader| self.actions.mark_read(reader, group, seq))).await?;
        Ok(())
    }
}

/// Takes the lease and sets topic and opening.
async fn prepare(
    actions: &Actions,
    owner: &Viewer,
    draft: DraftId,
    topic: Option<&str>,
    opening: &str,
) -> Result<Editor> {
    let page = actions.clock.new_id();
    let editor = Editor { person: owner.person_id, session: owner.session_id, page };
    let lease = actions.take_lease(editor, draft).await?;
    anyhow::ensure!(matches!(lease, LeaseOutcome::Granted { .. }), "A new draft is edited by somebody else");
    if let Some(topic) = topic {
        actions.change_draft(editor, draft, Change::Topic(topic.to_owned())).await?;
    }
    actions.change_draft(editor, draft, Change::Opening(opening.to_owned())).await?;
    Ok(editor)
}
