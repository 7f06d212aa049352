//! The command line speaks the language of the terminal, and reads the configuration in one way.

use std::io;
use std::path::{Path, PathBuf};

use crate::app::FolderError;
use crate::config::Config;
use crate::domain::language::Language;
use crate::texts::Texts;

#[derive(Clone, Debug, clap::Args)]
pub struct ConfigFile {
    #[arg(long = "config", value_name = "FILE", env = "MAILMOOT_CONFIG")]
    file: Option<PathBuf>,
}

impl ConfigFile {
    /// The configuration, or `None` after every problem with it was printed.
    pub fn load(&self) -> Option<Config> {
        let file: Option<&Path> = self.file.as_deref();
        // A variable that is no text cannot be one of ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        match Config::load(file, environment) {
            Ok(config) => Some(config),
            Err(error) => {
                let texts = texts();
                eprintln!("{}", texts.get("config-problems"));
                for line in error.words(&texts).lines() {
                    eprintln!("  {line}");
                }
                None
            }
        }
    }
}

/// What to print about an error: in the terminal's language where we have the words.
pub fn words_of(error: &anyhow::Error) -> String {
    match error.downcast_ref::<FolderError>() {
        Some(folder) => folder.words(&texts()),
        None => format!("{error:#}"),
    }
}

/// Why a file can't be read.
pub fn unreadable(error: &io::Error, texts: Texts) -> String {
    let words = match error.kind() {
        io::ErrorKind::NotFound => texts.get("cli-no-file"),
        io::ErrorKind::PermissionDenied => texts.get("cli-file-forbidden"),
        io::ErrorKind::IsADirectory => texts.get("cli-file-folder"),
        _ => texts.with("cli-unreadable", &[("why", error.to_string())]),
    };
    words.into_owned()
}

/// The texts in the terminal's language (POSIX, "Environment Variables": LC_ALL before LC_MESSAGES before LANG).
pub fn texts() -> Texts {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
    Texts::of(Language::from_tag(locale.split('.').next().unwrap_or_default()).unwrap_or_default())
}
