//! How many messages from before what is new a mail of a group quotes.

use serde::{Deserialize, Serialize};

/// None, or up to [`Quoted::MOST`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quoted(u8);

impl Quoted {
    pub const NONE: Self = Self(0);
    /// A mail is no archive.
    pub const MOST: u8 = 10;
    /// What forms offer.
    const OFFERED: [Self; 3] = [Self(0), Self(3), Self(Self::MOST)];

    /// Who asks for more gets the most.
    pub fn of(count: u64) -> Self {
        Self(u8::try_from(count).map_or(Self::MOST, |count| count.min(Self::MOST)))
    }

    pub fn count(self) -> u8 {
        self.0
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// What can be chosen in a form, this one included, in order.
    pub fn choices(self) -> Vec<Self> {
        let mut choices = Self::OFFERED.to_vec();
        if let Err(place) = choices.binary_search_by_key(&self.0, |one| one.0) {
            choices.insert(place, self);
        }
        choices
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mail_quotes_more_than_ten() {
        let counts = [0, 3, 10, 11, 1 << 40].map(|count| Quoted::of(count).count());
        assert_eq!(counts, [0, 3, 10, 10, 10]);
    }

    #[test]
    fn forms_offer_what_was_chosen_by_mail() {
        let offered =
            |chosen: u64| Quoted::of(chosen).choices().into_iter().map(Quoted::count).collect::<Vec<_>>();
        assert_eq!(offered(0), [0, 3, 10]);
        assert_eq!(offered(5), [0, 3, 5, 10]);
    }
}
