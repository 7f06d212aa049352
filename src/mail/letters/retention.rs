//! The mail that tells an owner what their group loses soon.

use askama::Template;

use super::{FONT, Words, greeting, one_line, preview, words};
use crate::texts::{Texts, Value};

/// Sent a week before messages are deleted for their age.
#[derive(Clone, Copy, Debug)]
pub struct RetentionLetter<'a> {
    pub texts: Texts,
    pub name: &'a str,
    pub topic: &'a str,
    /// How many go.
    pub messages: i64,
    /// After how many days messages of this group are deleted.
    pub days: i64,
    /// When the first ones go, as it is told.
    pub from: &'a str,
    /// The group's settings.
    pub link: &'a str,
}

impl RetentionLetter<'_> {
    /// The letter as it is sent.
    ///
    /// # Errors
    /// When a template fails, which the tests rule out.
    pub fn words(&self) -> Result<Words, askama::Error> {
        words(self.subject(), &Text { t: self.texts, l: self }, &Html { t: self.texts, l: self })
    }

    fn subject(&self) -> String {
        one_line(&self.texts.with("mail-retention-subject", &[("topic", self.topic)]))
    }

    fn greeting(&self) -> String {
        greeting(self.texts, self.name)
    }

    fn what(&self) -> String {
        let values = [
            ("n", Value::from(self.messages)),
            ("days", Value::from(self.days)),
            ("topic", Value::from(self.topic)),
            ("from", Value::from(self.from)),
        ];
        self.texts.with("mail-retention-what", &values).into_owned()
    }

    fn preview(&self) -> String {
        preview(&self.what())
    }
}

#[derive(Template)]
#[template(path = "mail/retention/body.txt")]
struct Text<'a> {
    t: Texts,
    l: &'a RetentionLetter<'a>,
}

#[derive(Template)]
#[template(path = "mail/retention/body.html")]
struct Html<'a> {
    t: Texts,
    l: &'a RetentionLetter<'a>,
}
