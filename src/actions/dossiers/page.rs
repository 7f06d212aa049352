//! The page of the zip, in three parts: it is written section by section.

use askama::Template;

use super::writer::in_words;
use crate::domain::dossier::{Section, Value};
use crate::domain::time::Timestamp;
use crate::mail::export::page::Voice;

#[derive(Template)]
#[template(path = "dossier/head.html")]
pub(super) struct PageHead<'a> {
    pub voice: Voice,
    pub name: &'a str,
    pub made_at: Timestamp,
}

#[derive(Template)]
#[template(path = "dossier/section.html")]
pub(super) struct PageSection<'a> {
    pub voice: Voice,
    pub section: &'a Section,
}

#[derive(Template)]
#[template(path = "dossier/end.html")]
pub(super) struct PageEnd;

impl PageSection<'_> {
    fn title(&self) -> String {
        self.voice.t.get(&key("dossier", self.section.name)).into_owned()
    }

    fn column(&self, name: &str) -> String {
        self.voice.t.get(&key("dossier-col", name)).into_owned()
    }

    fn cell(&self, value: &Value) -> String {
        in_words(&self.voice, value)
    }
}

fn key(before: &str, name: &str) -> String {
    format!("{before}-{}", name.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::store::dossiers::columns;
    use crate::texts::Texts;

    #[test]
    fn every_section_and_column_has_words_in_every_language() {
        for t in Language::ALL.map(Texts::of) {
            for (section, names) in columns() {
                let keys = names.iter().map(|name| key("dossier-col", name)).chain([key("dossier", section)]);
                for key in keys {
                    assert_ne!(t.get(&key), key);
                }
            }
        }
    }
}
