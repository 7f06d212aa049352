//! The command line speaks the language of the terminal, and reads the configuration in one way.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use crate::app;
use crate::config::set_up::Bare;
use crate::config::{Config, ConfigError, Origin, Problem, folders};
use crate::domain::kept::Kept;
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
        self.load_all().map(|(_, config)| config)
    }

    /// The same with what it was made of, beside what admins keep on pages.
    pub fn load_all(&self) -> Option<(Origin, Config)> {
        match self.load_start(false)? {
            Start::Set(origin, config) => Some((origin, *config)),
            Start::First(..) => None,
        }
    }

    /// What the program begins with; `None` after every problem was printed. Nothing of mail is no problem if `first` starts
    /// are asked for.
    pub fn load_start(&self, first: bool) -> Option<Start> {
        let file: Option<&Path> = self.file.as_deref();
        // A variable that is no text cannot be one of ours.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let origin = Origin::load(file, environment).map_err(|error| print_problems(&error)).ok()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| eprintln!("{}", words_of(&error.into()))).ok()?;
        let kept = runtime.block_on(app::kept_before_opening(&origin));
        let error = match origin.config(kept.as_ref().unwrap_or(&Kept::default())) {
            Ok(config) => return Some(Start::Set(origin, Box::new(config))),
            Err(error) => error,
        };
        let bare = match &kept {
            Ok(kept) if first => runtime.block_on(app::set_up::first_start(&origin, kept, &error)),
            _ => Ok(None),
        };
        match bare {
            Ok(Some(bare)) => return Some(Start::First(origin, Box::new(bare))),
            Err(why) => eprintln!("{}", words_of(&why)),
            Ok(None) => (),
        }
        let is_kept_known = kept.is_ok();
        if let Err(why) = kept {
            eprintln!("{}", words_of(&why));
        }
        print_problems(&error);
        if is_kept_known && lacks_a_host(&error) {
            let texts = texts();
            eprintln!("{}\n{}", texts.get("discover-hint"), texts.get("set-up-hint"));
        }
        None
    }
}

/// What the program begins with.
#[derive(Debug)]
pub enum Start {
    Set(Origin, Box<Config>),
    /// A first start: it is to be set up on a page.
    First(Origin, Box<Bare>),
}

fn print_problems(error: &ConfigError) {
    let texts = texts();
    eprintln!("{}", texts.get("config-problems"));
    for line in error.words(&texts).lines() {
        eprintln!("  {line}");
    }
}

fn lacks_a_host(error: &ConfigError) -> bool {
    let is_host = |problem: &Problem| ["imap.host", "smtp.host"].contains(&problem.name.as_str());
    error.problems.iter().any(is_host)
}

/// Prints a line; whoever reads may have heard enough, as `head` has.
pub fn say(line: impl Display) {
    use std::io::Write;
    let _ = writeln!(io::stdout(), "{line}");
}

/// What to print about an error: in the terminal's language where we have the words.
pub fn words_of(error: &anyhow::Error) -> String {
    folders::words_of(error, texts())
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
