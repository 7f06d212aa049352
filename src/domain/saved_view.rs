//! Saved views: a name for a choice of marks that somebody comes back to.

use std::str::FromStr;

use super::ids::{GroupId, SavedViewId};

/// A choice of marks by its name; only its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    pub id: SavedViewId,
    /// Of all groups if `None`.
    pub group: Option<GroupId>,
    pub name: String,
    /// The parameters of a URL, as [`super::mark_query::MarkQuery`] reads them.
    pub query: String,
}

/// One line of 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewName(String);

/// Why a text can't be the name of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewNameProblem {
    Empty,
    TooLong,
}

impl ViewName {
    pub const LONGEST: usize = 60;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ViewName {
    type Err = ViewNameProblem;

    fn from_str(text: &str) -> Result<Self, ViewNameProblem> {
        let name = super::topic::fold(text);
        match name.chars().count() {
            0 => Err(ViewNameProblem::Empty),
            1..=Self::LONGEST => Ok(Self(name)),
            _ => Err(ViewNameProblem::TooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ViewName, ViewNameProblem};

    #[test]
    fn a_name_is_one_short_line() {
        let name = |text: &str| text.parse::<ViewName>();
        assert_eq!(name(" Decisions\r\n of\u{202e} May ").unwrap().as_str(), "Decisions of May");
        assert_eq!(name(" \0\t"), Err(ViewNameProblem::Empty));
        assert_eq!(name(&"周".repeat(61)), Err(ViewNameProblem::TooLong));
    }
}
