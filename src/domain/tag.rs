//! Tags: the labels that members put on content. Seven are in every group, each group adds its own.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{GroupId, PersonId, TagId};
use super::search;
use super::time::Timestamp;
use super::topic::fold;

/// A tag as a group has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    pub id: TagId,
    pub group_id: GroupId,
    pub label: TagLabel,
    /// `None` for one that is in every group.
    pub created_by: Option<PersonId>,
    pub created_at: Timestamp,
}

/// What is seen of a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagLabel {
    /// `None` for a tag of the group's own.
    pub kind: Option<TagKind>,
    /// Empty for a tag that every group has: readers see its kind's name in their language.
    pub name: String,
    pub colour: Colour,
}

/// A tag that every group has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum TagKind {
    Decision,
    /// Something to be done: by somebody, until a day.
    Action,
    Question,
    Answer,
    Fact,
    Risk,
    Idea,
}

/// The colour of a tag: a token of the style sheets, which have it light and dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Violet,
    Grey,
}

/// Which tag somebody means who names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagName {
    BuiltIn(TagKind),
    Own(OwnName),
}

/// The name of a group's own tag: one line of 1 to 40 characters with a letter or digit in it, without `#` and `,`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnName(String);

/// Why a text can't be the name of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagProblem {
    Empty,
    TooLong,
    Signs,
}

impl TagKind {
    pub const ALL: [Self; 7] =
        [Self::Decision, Self::Action, Self::Question, Self::Answer, Self::Fact, Self::Risk, Self::Idea];

    /// As it stands in URLs and forms, and folded in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Action => "action",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Fact => "fact",
            Self::Risk => "risk",
            Self::Idea => "idea",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The colour it has until a group chooses another.
    pub fn colour(self) -> Colour {
        match self {
            Self::Decision => Colour::Green,
            Self::Action => Colour::Blue,
            Self::Question => Colour::Violet,
            Self::Answer => Colour::Teal,
            Self::Fact => Colour::Grey,
            Self::Risk => Colour::Red,
            Self::Idea => Colour::Yellow,
        }
    }

    pub fn label(self) -> TagLabel {
        TagLabel { kind: Some(self), name: String::new(), colour: self.colour() }
    }

    /// What people call it, folded: whoever writes `#Entscheidung` means a decision, in whatever group.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Decision => &[
                "decision",
                "decided",
                "决定",
                "决策",
                "決定",
                "entscheidung",
                "beschluss",
                "decisione",
                "결정",
                "решение",
            ],
            Self::Action => &[
                "action",
                "todo",
                "to-do",
                "task",
                "行动",
                "任务",
                "待办",
                "行動",
                "任務",
                "待辦",
                "aufgabe",
                "massnahme",
                "tache",
                "accion",
                "tarea",
                "할일",
                "задача",
            ],
            Self::Question => {
                &["question", "问题", "提问", "問題", "質問", "frage", "pregunta", "질문", "вопрос"]
            }
            Self::Answer => &[
                "answer",
                "回答",
                "答案",
                "答复",
                "答覆",
                "antwort",
                "reponse",
                "respuesta",
                "답변",
                "ответ",
            ],
            Self::Fact => {
                &["fact", "事实", "事實", "事実", "fakt", "tatsache", "fait", "hecho", "사실", "факт"]
            }
            Self::Risk => &["risk", "风险", "風險", "リスク", "risiko", "risque", "riesgo", "위험", "риск"],
            Self::Idea => &[
                "idea",
                "想法",
                "点子",
                "主意",
                "建议",
                "點子",
                "建議",
                "アイデア",
                "idee",
                "아이디어",
                "идея",
            ],
        }
    }

    fn called(folded: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.words().contains(&folded))
    }
}

impl Colour {
    pub const ALL: [Self; 8] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Violet,
        Self::Grey,
    ];

    /// As it stands in forms, in the database and in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Grey => "grey",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.name() == name)
    }

    /// The colour of a new tag, so that a group's tags differ: by how many of its own it has.
    pub fn next(own: usize) -> Self {
        let first =
            [Self::Orange, Self::Teal, Self::Violet, Self::Blue, Self::Yellow, Self::Green, Self::Red];
        first.get(own % first.len()).copied().unwrap_or(Self::Grey)
    }
}

impl OwnName {
    pub const LONGEST: usize = 40;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TagName {
    /// The name by which a group finds the tag.
    pub fn folded(&self) -> String {
        match self {
            Self::BuiltIn(kind) => kind.name().to_owned(),
            Self::Own(name) => folded(name.as_str()),
        }
    }
}

impl FromStr for TagName {
    type Err = TagProblem;

    /// What somebody typed as a tag, with or without `#`.
    fn from_str(text: &str) -> Result<Self, TagProblem> {
        let name = fold(text.trim().trim_start_matches('#'));
        match name.chars().count() {
            0 => return Err(TagProblem::Empty),
            1..=OwnName::LONGEST => {}
            _ => return Err(TagProblem::TooLong),
        }
        if name.contains(['#', ',', '，', '、']) || !name.chars().any(char::is_alphanumeric) {
            return Err(TagProblem::Signs);
        }
        Ok(match TagKind::called(&folded(&name)) {
            Some(kind) => Self::BuiltIn(kind),
            None => Self::Own(OwnName(name)),
        })
    }
}

/// A tag's name as two writings of it are compared: "Next steps" and `#next_steps` are the same.
fn folded(name: &str) -> String {
    let is_gap = |c: char| c.is_whitespace() || matches!(c, '-' | '_');
    let folded = search::fold(name);
    folded.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> TagName {
        text.parse().unwrap()
    }

    #[test]
    fn every_language_means_the_same_tags() {
        for (text, kind) in [
            ("decision", TagKind::Decision),
            ("#Décision", TagKind::Decision),
            ("Entscheidung", TagKind::Decision),
            ("决定", TagKind::Decision),
            ("TO DO", TagKind::Action),
            ("#to_do", TagKind::Action),
            ("Maßnahme", TagKind::Action),
            ("風險", TagKind::Risk),
        ] {
            assert_eq!(named(text), TagName::BuiltIn(kind), "{text}");
        }
        for kind in TagKind::ALL {
            assert_eq!(
                (named(kind.name()), TagKind::from_name(kind.name())),
                (TagName::BuiltIn(kind), Some(kind))
            );
            assert!(kind.words().iter().all(|word| folded(word) == *word), "{kind:?}: as they are compared");
        }
    }

    #[test]
    fn an_own_name_is_one_line_and_found_however_it_is_written() {
        let TagName::Own(name) = named("  Next\r\n steps ") else { panic!("a built-in tag") };
        assert_eq!(name.as_str(), "Next steps");
        assert_eq!(named("#next_Steps").folded(), named("Next  Steps").folded());
        assert_ne!(named("预算").folded(), named("预算案").folded());
        for (text, problem) in [
            (" # ", TagProblem::Empty),
            ("\u{202e}", TagProblem::Empty),
            ("a#b", TagProblem::Signs),
            ("a, b", TagProblem::Signs),
            ("--", TagProblem::Signs),
        ] {
            assert_eq!(text.parse::<TagName>(), Err(problem), "{text}");
        }
        assert_eq!("预".repeat(41).parse::<TagName>(), Err(TagProblem::TooLong));
    }

    #[test]
    fn new_tags_differ_from_those_before() {
        assert_eq!((0..7).map(Colour::next).collect::<std::collections::HashSet<_>>().len(), 7);
    }
}
