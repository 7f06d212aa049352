//! What tags are called.

use super::Texts;
use crate::domain::tag::TagLabel;

impl Texts {
    /// A tag of every group in the reader's language, a group's own as it was named.
    pub fn tag(&self, label: &TagLabel) -> String {
        match label.kind {
            Some(kind) => self.get(&format!("tag-{}", kind.name())).into_owned(),
            None => label.name.clone(),
        }
    }
}
