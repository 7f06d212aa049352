//! The words of pages, mails, errors and the command line, in every language we speak.
//!
//! The texts are Fluent files in `templates/locales/`, part of the program. A key that is missing shows itself;
//! a test keeps both files complete and finds every key the house names.

pub mod concerns;
mod notices;
mod tags;

use std::borrow::Cow;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::domain::language::Language;

/// A value that stands in a text: made from `&str`, `String` and numbers.
pub type Value<'a> = fluent_bundle::FluentValue<'a>;

const ENGLISH: &str = include_str!("../../templates/locales/en.ftl");
const CHINESE: &str = include_str!("../../templates/locales/zh-CN.ftl");

/// The texts of one language. Costs nothing to copy.
#[derive(Clone, Copy)]
pub struct Texts {
    language: Language,
    bundle: &'static FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts of a language; read once, then shared. They are constants of the program.
    pub fn of(language: Language) -> Self {
        static BUNDLES: OnceLock<[FluentBundle<FluentResource>; 2]> = OnceLock::new();
        let [english, chinese] =
            BUNDLES.get_or_init(|| [bundle(Language::English, ENGLISH), bundle(Language::Chinese, CHINESE)]);
        let bundle = match language {
            Language::English => english,
            Language::Chinese => chinese,
        };
        Self { language, bundle }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// A text without values.
    pub fn get(&self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// A text with values: `texts.with("members-count", &[("n", 7)])`. For values of several kinds: `Value::from`.
    pub fn with<'v, V>(&self, key: &str, values: &[(&str, V)]) -> Cow<'static, str>
    where
        V: Into<Value<'v>> + Clone,
    {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(Cow::from((*name).to_owned()), value.clone());
        }
        self.format(key, Some(&args))
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return Cow::Owned(key.to_owned());
        };
        let mut problems = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut problems).into_owned();
        // A value that was not given shows its name; tests of pages and letters find it here.
        debug_assert!(problems.is_empty() || !cfg!(test), "{key}: {problems:?}");
        Cow::Owned(text)
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({})", self.language.tag())
    }
}

/// A file with mistakes gives what of it can be read; the tests below refuse such a file.
fn bundle(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // The marks around values would stand in mail subjects and be read out by screen readers.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests;
