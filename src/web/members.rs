//! The members in the head of a discussion page: their names and faces. Also sent live.

use askama::Template;
use askama::filters::HtmlSafe;

use super::face::Face;
use super::filters;
use crate::domain::event::MemberHead;
use crate::domain::ids::{GroupId, PersonId};
use crate::domain::presence::Presence;
use crate::texts::Texts;

/// Names and faces of everybody in a group.
#[derive(Clone, Debug)]
pub struct Head {
    pub t: Texts,
    pub group: GroupId,
    pub members: Vec<HeadMember>,
}

#[derive(Clone, Debug)]
pub struct HeadMember {
    pub id: PersonId,
    pub face: Face,
    pub is_guest: bool,
    pub presence: Presence,
}

/// The line of names.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "groups/_names.html")]
pub struct Names<'a>(&'a Head);

/// The first faces, and how many more there are; leads to the panel of members.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "groups/_faces.html")]
pub struct Faces<'a>(&'a Head);

impl HtmlSafe for Names<'_> {}
impl HtmlSafe for Faces<'_> {}

impl Head {
    pub fn of(t: Texts, (group, members): (GroupId, Vec<MemberHead>)) -> Self {
        let members = members.into_iter().map(|member| HeadMember {
            id: member.id,
            face: Face::with(Some(member.id), &member.name, member.photo.as_ref()),
            is_guest: member.is_guest,
            presence: member.presence,
        });
        Self { t, group, members: members.collect() }
    }

    pub fn names(&self) -> Names<'_> {
        Names(self)
    }

    pub fn faces(&self) -> Faces<'_> {
        Faces(self)
    }

    /// How many members one can expect an answer from.
    pub fn count_here(&self) -> usize {
        self.members.iter().filter(|member| member.presence.state.is_here()).count()
    }

    /// Whose messages are marked as those of guests.
    pub fn guests(&self) -> Vec<PersonId> {
        self.members.iter().filter(|member| member.is_guest).map(|member| member.id).collect()
    }

    /// The same for an attribute.
    pub fn guests_shown(&self) -> String {
        self.guests().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    fn between(&self) -> &'static str {
        if self.t.language().tag() == "en" { ", " } else { "、" }
    }
}
