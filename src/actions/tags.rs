//! Tags: which a group has, and making, changing and merging its own.

use super::{ActionError, Actions, Problem, Result, access};
use crate::domain::group::{Group, Member, Role};
use crate::domain::ids::{GroupId, PersonId, TagId};
use crate::domain::message::Message;
use crate::domain::person::Viewer;
use crate::domain::tag::{Colour, Tag, TagKind, TagLabel, TagName};
use crate::store::{self, StoreError, Tx};

/// How many tags of its own a group can have.
pub const MOST_OWN: usize = 100;
/// Of so many messages whose tag has changed open pages are told one by one; of more they ask.
const TOLD: i64 = 100;

/// Which tag of a group somebody means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChoice {
    Known(TagId),
    /// Made if the group has none of that name.
    Named(TagName),
}

/// A tag as the panel shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagLine {
    /// `None` for a tag of every group that this one has not used yet.
    pub id: Option<TagId>,
    pub label: TagLabel,
    /// How many marks have it that the viewer may see.
    pub marks: i64,
    /// Whether the viewer may rename and merge it, or choose its colour.
    pub may_change: bool,
}

/// The tags of a group: those of every group in their order, then its own by name.
#[derive(Clone, Debug)]
pub struct Tags {
    pub group: Group,
    pub lines: Vec<TagLine>,
}

/// What a tag is to be; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct TagChange {
    pub name: Option<String>,
    pub colour: Option<Colour>,
}

impl Actions {
    /// The tags of a group. Three statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member.
    pub async fn list_tags(&self, viewer: &Viewer, group: GroupId) -> Result<Tags> {
        let mut tx = self.store.read().await?;
        let (group, own) = access::group(&mut tx, viewer.person_id, group).await?;
        let lines = lines(&mut tx, &own).await?;
        Ok(Tags { group, lines })
    }

    /// Makes a tag of the group's own. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Invalid`] when it can't be a name, or the
    /// group has as many as it can have.
    pub async fn make_tag(
        &self,
        viewer: &Viewer,
        group: GroupId,
        (name, colour): (&str, Option<Colour>),
    ) -> Result<Tag> {
        let name: TagName =
            name.parse().map_err(Problem::from).map_err(|problem| ActionError::invalid("name", problem))?;
        let (actions, person) = (self.clone(), viewer.person_id);
        self.store
            .write(async move |tx| {
                let (group, _) = access::group_for_change(tx, person, group).await?;
                let maker = Maker { actions: &actions, group: group.id, by: person, colour };
                let made = maker.tags(tx, &[(name, true)]).await?;
                made.into_iter()
                    .next()
                    .ok_or(ActionError::invalid("name", Problem::TooManyTags { limit: MOST_OWN }))
            })
            .await
    }

    /// Gives a tag another name or colour; one of every group only another colour.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when this person is no member, [`ActionError::Forbidden`] when they neither made the tag
    /// nor own the group, [`ActionError::Invalid`] when it is gone, it can't be a name, or another tag has it.
    pub async fn change_tag(
        &self,
        viewer: &Viewer,
        (group, tag): (GroupId, TagChoice),
        change: TagChange,
    ) -> Result<()> {
        let name = change.name.as_deref().map(own_name).transpose()?;
        let (actions, person) = (self.clone(), viewer.person_id);
        let changed = self
            .store
            .write(async move |tx| {
                let (group, own) = access::group_for_change(tx, person, group).await?;
                let tag = actions.find_tag(tx, (group.id, person), tag).await?;
                may_change(&own, &tag.label, tag.created_by)?;
                let mut label = tag.label.clone();
                label.colour = change.colour.unwrap_or(label.colour);
                let folded = match (label.kind, name) {
                    (Some(kind), _) => kind.name().to_owned(),
                    (None, Some(name)) => {
                        label.name = name.1;
                        name.0.folded()
                    }
                    (None, None) => own_name(&label.name)?.0.folded(),
                };
                if label == tag.label {
                    return Ok((group, Vec::new()));
                }
                store::tags::update(tx, tag.id, &label, &folded).await.map_err(taken)?;
                actions.note_tagged(tx, group, tag.id).await
            })
            .await?;
        self.tell_all(changed).await;
        Ok(())
    }

    /// Gives the marks of a group's own tag another tag, and forgets it.
    ///
    /// # Errors
    /// As [`Actions::change_tag`].
    pub async fn merge_tags(
        &self,
        viewer: &Viewer,
        (group, from): (GroupId, TagId),
        into: TagChoice,
    ) -> Result<()> {
        let (actions, person) = (self.clone(), viewer.person_id);
        let changed = self
            .store
            .write(async move |tx| {
                let (group, own) = access::group_for_change(tx, person, group).await?;
                let from = actions.find_tag(tx, (group.id, person), TagChoice::Known(from)).await?;
                may_change(&own, &from.label, from.created_by)?;
                if from.label.kind.is_some() {
                    return Err(ActionError::Forbidden);
                }
                let into = actions.find_tag(tx, (group.id, person), into).await?;
                if into.id == from.id {
                    return Ok((group, Vec::new()));
                }
                let changed = actions.note_tagged(tx, group, from.id).await?;
                store::tags::merge(tx, from.id, into.id).await?;
                actions.read_again(tx, changed).await
            })
            .await?;
        self.tell_all(changed).await;
        Ok(())
    }

    /// A tag of a group, made if it is named and not there yet.
    pub(super) async fn find_tag(
        &self,
        tx: &mut Tx,
        (group, by): (GroupId, PersonId),
        choice: TagChoice,
    ) -> Result<Tag> {
        let found = match choice {
            TagChoice::Known(id) => store::tags::find(tx, group, id).await?,
            TagChoice::Named(name) => {
                let is_own = matches!(name, TagName::Own(_));
                let maker = Maker { actions: self, group, by, colour: None };
                let made = maker.tags(tx, &[(name, true)]).await?.into_iter().next();
                if made.is_none() && is_own {
                    return Err(ActionError::invalid("tag", Problem::TooManyTags { limit: MOST_OWN }));
                }
                made
            }
        };
        found.ok_or(ActionError::invalid("tag", Problem::TagGone))
    }

    /// Each message with a mark of the tag has changed. The newest of them, as they are now.
    async fn note_tagged(&self, tx: &mut Tx, group: Group, tag: TagId) -> Result<(Group, Vec<Message>)> {
        let (before, count) = store::changes::note_tagged(tx, group.id, tag, self.clock.now()).await?;
        let after = if count > TOLD { before + count - 1 } else { before };
        let messages = store::messages::list_changed_after(tx, (group.id, 0), after, TOLD).await?;
        Ok((group, messages))
    }

    async fn read_again(
        &self,
        tx: &mut Tx,
        (group, messages): (Group, Vec<Message>),
    ) -> Result<(Group, Vec<Message>)> {
        let Some(first) = messages.first() else { return Ok((group, messages)) };
        let after = first.trace.changed - 1;
        let messages = store::messages::list_changed_after(tx, (group.id, 0), after, TOLD).await?;
        Ok((group, messages))
    }

    /// Tells open pages of messages that changed together, after their commit. Pages that find numbers missing ask for
    /// what lies between.
    pub(super) async fn tell_all(&self, (group, messages): (Group, Vec<Message>)) {
        if messages.is_empty() {
            return;
        }
        for message in messages {
            self.tell_changed(&group, message).await;
        }
        self.tell_marks(group.id).await;
    }
}

/// The tags of a group, for one of its members. One statement.
pub(super) async fn lines(tx: &mut Tx, own: &Member) -> Result<Vec<TagLine>> {
    let mut known = store::tags::list(tx, own.group_id, own.first_seq).await?;
    let built_in = TagKind::ALL.map(|kind| {
        let used = known.iter().position(|(tag, _)| tag.label.kind == Some(kind)).map(|at| known.remove(at));
        let may_change = may_change(own, &kind.label(), None).is_ok();
        match used {
            Some((tag, marks)) => TagLine { id: Some(tag.id), label: tag.label, marks, may_change },
            None => TagLine { id: None, label: kind.label(), marks: 0, may_change },
        }
    });
    let own_lines = known.into_iter().map(|(tag, marks)| TagLine {
        id: Some(tag.id),
        may_change: may_change(own, &tag.label, tag.created_by).is_ok(),
        label: tag.label,
        marks,
    });
    Ok(built_in.into_iter().chain(own_lines).collect())
}

/// A group's own tag: for whoever made it, and for owners; the others for owners.
fn may_change(own: &Member, label: &TagLabel, created_by: Option<PersonId>) -> Result<()> {
    let made_it = label.kind.is_none() && created_by == Some(own.person_id);
    if made_it || own.role == Role::Owner { Ok(()) } else { Err(ActionError::Forbidden) }
}

/// A name that no tag of every group has, and how it is written.
fn own_name(typed: &str) -> Result<(TagName, String)> {
    let name: TagName =
        typed.parse().map_err(Problem::from).map_err(|problem| ActionError::invalid("name", problem))?;
    match &name {
        TagName::Own(own) => {
            let written = own.as_str().to_owned();
            Ok((name, written))
        }
        TagName::BuiltIn(_) => Err(ActionError::invalid("name", Problem::TagTaken)),
    }
}

fn taken(error: StoreError) -> ActionError {
    match error {
        StoreError::Taken => ActionError::invalid("name", Problem::TagTaken),
        other => other.into(),
    }
}

/// Makes tags of a group that is held against others.
pub(super) struct Maker<'a> {
    pub actions: &'a Actions,
    pub group: GroupId,
    pub by: PersonId,
    /// Of what is new; by itself if `None`.
    pub colour: Option<Colour>,
}

impl Maker<'_> {
    /// The group's tags of these names, in their order; each name once, with whether it may be made. What may not, and what
    /// there is no room for, is left out. Three statements at the most.
    pub async fn tags(&self, tx: &mut Tx, names: &[(TagName, bool)]) -> Result<Vec<Tag>> {
        let folded: Vec<String> = names.iter().map(|(name, _)| name.folded()).collect();
        let known = store::tags::list_named(tx, self.group, &folded).await?;
        let is_known = |folded: &String| known.iter().any(|(_, name)| name == folded);
        let missing: Vec<(&TagName, &String)> = names
            .iter()
            .zip(&folded)
            .filter(|((name, may), folded)| {
                !is_known(folded) && (*may || matches!(name, TagName::BuiltIn(_)))
            })
            .map(|((name, _), folded)| (name, folded))
            .collect();
        let mut own = match missing.iter().any(|(name, _)| matches!(name, TagName::Own(_))) {
            true => usize::try_from(store::tags::count_own(tx, self.group).await?).unwrap_or(usize::MAX),
            false => 0,
        };
        let mut new: Vec<(Tag, String)> = Vec::new();
        for (name, folded) in missing {
            if matches!(name, TagName::Own(_)) {
                if own >= MOST_OWN {
                    continue;
                }
                own += 1;
            }
            if new.iter().all(|(_, made)| made != folded) {
                new.push((self.new_tag(name, own), folded.clone()));
            }
        }
        store::tags::insert(tx, &new).await?;
        let all: Vec<(Tag, String)> = known.into_iter().chain(new).collect();
        let tag_of =
            |name: &String| all.iter().find(|(_, folded)| folded == name).map(|(tag, _)| tag.clone());
        Ok(folded.iter().filter_map(tag_of).collect())
    }

    /// `own` of the group's own tags there will be with it.
    fn new_tag(&self, name: &TagName, own: usize) -> Tag {
        let label = match name {
            TagName::BuiltIn(kind) => kind.label(),
            TagName::Own(name) => TagLabel {
                kind: None,
                name: name.as_str().to_owned(),
                colour: self.colour.unwrap_or(Colour::next(own)),
            },
        };
        Tag {
            id: self.actions.clock.new_id(),
            group_id: self.group,
            created_by: label.kind.is_none().then_some(self.by),
            label,
            created_at: self.actions.clock.now(),
        }
    }
}
