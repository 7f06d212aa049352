//! What a file of people would change, in words for pages and for the terminal: what differs is said, not coloured.

use crate::domain::import_preview::{Field, FieldChange};
use crate::texts::Texts;

/// One difference: what it is about, what is known now, and what would be afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeWords {
    pub label: String,
    pub before: String,
    pub after: String,
}

/// A difference in its reader's language.
pub fn words(t: Texts, change: &FieldChange) -> ChangeWords {
    let get = |key| t.get(key).into_owned();
    let (label, before, after) = match change {
        FieldChange::Values { field, before, after } => (
            key_of(*field),
            listed(t, before, (is_list(*field), after, "import-goes")),
            listed(t, after, (is_list(*field), before, "import-comes")),
        ),
        FieldChange::Picture { had: true } => {
            ("directory-picture", get("import-picture"), get("import-other-picture"))
        }
        FieldChange::Picture { had: false } => {
            ("directory-picture", get("import-none"), get("import-picture"))
        }
        FieldChange::Adopted => ("import-known-by", get("directory-source-mail"), get("import-adopted")),
        FieldChange::Overruled { field, stays, said } => {
            let after = t.with("import-overruled", &[("said", said.as_str())]).into_owned();
            (key_of(*field), stays.clone(), after)
        }
        FieldChange::Departed => ("import-state", get("departed"), get("import-stays-departed")),
    };
    ChangeWords { label: get(label), before, after }
}

fn key_of(field: Field) -> &'static str {
    match field {
        Field::Name => "directory-name",
        Field::Addresses => "directory-addresses",
        Field::Phones => "directory-phones",
        Field::Department => "directory-department",
        Field::Position => "directory-position",
    }
}

fn is_list(field: Field) -> bool {
    matches!(field, Field::Addresses | Field::Phones)
}

/// Values, with a word at those of a list that the other side does not have.
fn listed(t: Texts, values: &[String], (marked, others, key): (bool, &[String], &str)) -> String {
    if values.is_empty() {
        return t.get("import-none").into_owned();
    }
    let word = |value: &String| match marked && !others.contains(value) {
        true => t.with(key, &[("value", value.as_str())]).into_owned(),
        false => value.clone(),
    };
    values.iter().map(word).collect::<Vec<_>>().join(t.get("directory-comma").as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn what_comes_and_goes_is_said_in_words() {
        let t = Texts::of(Language::English);
        let all = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        let phones =
            FieldChange::Values { field: Field::Phones, before: all(&["1", "2"]), after: all(&["2", "3"]) };
        let words = words(t, &phones);
        assert_eq!(
            (words.label.as_str(), words.before.as_str(), words.after.as_str()),
            ("Phones", "1 (goes), 2", "2, 3 (new)")
        );
        let name = FieldChange::Values { field: Field::Position, before: vec![], after: all(&["Lead"]) };
        let words = super::words(t, &name);
        assert_eq!((words.before.as_str(), words.after.as_str()), ("nothing", "Lead"));
    }
}
