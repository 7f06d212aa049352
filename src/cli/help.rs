//! The help and the complaints of the command line, in the terminal's language.
//!
//! Commands and options carry no words of their own: what they are for stands in the texts, under `help` and the names
//! of command and option, such as `help-demo-listen`. What many commands have is found under its own name alone.

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command};

use crate::texts::Texts;

/// What many commands have in common.
const COMMON: [&str; 3] = ["help", "version", "config"];

/// The command with all its words.
pub fn speak(mut command: Command, texts: Texts) -> Command {
    // Only then clap's own options and its command for help are there.
    command.build();
    dress(command, "help", texts)
}

fn dress(command: Command, key: &str, texts: Texts) -> Command {
    let usage = texts.get("help-usage");
    command
        .about(texts.get(key).into_owned())
        .long_about(Resettable::Reset)
        .help_template(format!("{{about}}\n\n{usage}: {{usage}}\n\n{{all-args}}"))
        .subcommand_help_heading(texts.get("help-commands").into_owned())
        .mut_args(|arg| describe(arg, key, texts))
        .mut_subcommands(|sub| match sub.get_name() {
            "help" => sub.about(texts.get("help-help").into_owned()),
            name => {
                let key = format!("{key}-{name}");
                dress(sub, &key, texts)
            }
        })
}

fn describe(arg: Arg, key: &str, texts: Texts) -> Arg {
    let name = arg.get_long().unwrap_or(arg.get_id().as_str()).to_owned();
    let key = if COMMON.contains(&name.as_str()) { format!("help-{name}") } else { format!("{key}-{name}") };
    let heading = if arg.is_positional() { "help-arguments" } else { "help-options" };
    arg.help(texts.get(&key).into_owned())
        .long_help(Resettable::Reset)
        .help_heading(texts.get(heading).into_owned())
        // The words tell them.
        .hide_default_value(true)
        .hide_env(true)
}

/// What is wrong with a command line, and what would be right. In clap's own words where we have none.
pub fn complaint(error: &Error, texts: Texts) -> String {
    let said = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(several)) => several.join(" "),
        _ => String::new(),
    };
    let values = [
        ("arg", said(ContextKind::InvalidArg)),
        ("value", said(ContextKind::InvalidValue)),
        ("command", said(ContextKind::InvalidSubcommand)),
    ];
    let is_option = said(ContextKind::InvalidArg).starts_with('-');
    let key = match error.kind() {
        ErrorKind::UnknownArgument if !is_option => "cli-too-much",
        ErrorKind::UnknownArgument => "cli-unknown-option",
        ErrorKind::InvalidSubcommand => "cli-unknown-command",
        ErrorKind::MissingRequiredArgument => "cli-missing",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "cli-wrong-value",
        _ => return error.to_string(),
    };
    format!("{}\n{}", texts.with(key, &values), texts.get("cli-see-help"))
}
