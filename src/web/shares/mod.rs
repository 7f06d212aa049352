//! Shares: the list of a group's, the page on which one is prepared, and the page that its readers get.

pub mod change;
pub mod editor;
pub mod files;
pub mod list;
pub mod page;
pub mod preview;

use serde::Deserialize;

use crate::domain::zone::Zone;

/// A form that says in which time zone its browser is.
#[derive(Debug, Default, Deserialize)]
pub struct ZoneForm {
    #[serde(default)]
    pub zone: String,
}

impl ZoneForm {
    pub fn zone(&self) -> Zone {
        Zone::named(&self.zone)
    }
}
