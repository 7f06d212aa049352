//! `mailmoot inspect`: what mailmoot understands of mails, for an admin who wonders why.
//!
//! One JSON object a line, written as it is known; of a big mbox only one mail is in memory at a time.

mod collect;
mod mbox;
mod show;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::domain::address::EmailAddress;
use crate::domain::digest::Digest;
use crate::mail::incoming::IncomingMail;
use crate::mail::parse::{head_of, parse};

#[derive(Debug, clap::Args)]
pub struct Inspect {
    #[arg(long)]
    threads: bool,
    #[arg(long, value_name = "ADDRESS", requires = "threads")]
    own: Vec<EmailAddress>,
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// A mail that can't be opened.
struct Unopened {
    why: String,
    head: Option<Box<IncomingMail>>,
}

/// A foreign mail may make the parsers go deep; the main thread's stack is too small to be sure.
const STACK: usize = 64 * 1024 * 1024;

/// Exit code 0, or 1 if some file could not be read or understood.
pub fn run(command: &Inspect) -> ExitCode {
    let done = std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK);
        worker.spawn_scoped(scope, || inspect(command)).map(std::thread::ScopedJoinHandle::join)
    });
    match done {
        Ok(Ok(Ok(true))) => ExitCode::SUCCESS,
        Ok(Ok(Ok(false))) => ExitCode::FAILURE,
        // The reader has seen enough, as `head` has.
        Ok(Ok(Err(error))) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
        Ok(Err(_)) | Err(_) => {
            eprintln!("The inspection could not be run to its end");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Gives whether everything was understood.
fn inspect(command: &Inspect) -> anyhow::Result<bool> {
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut good, mut collection) = (true, collect::Collection::default());
    for path in &command.files {
        let all = each_file(path, &mut |file| {
            let outcome = mbox::each_mail(file, |raw| {
                let mail = understood(raw);
                good &= mail.is_ok();
                if !command.threads {
                    return write_line(&mut out, &show::mail(file, &mail));
                }
                if let Ok(mail) = mail {
                    collection.add(&mail, &Digest::of(raw));
                }
                Ok(())
            });
            let why = match outcome {
                Ok(()) => return Ok(()),
                Err(mbox::Unread::Caller(error)) => return Err(error),
                Err(mbox::Unread::Reader(error)) => error.to_string(),
            };
            good = false;
            if command.threads {
                eprintln!("{}: {why}", file.display());
                return Ok(());
            }
            write_line(&mut out, &show::unreadable(file, &why))
        });
        all.with_context(|| format!("Inspecting {}", path.display()))?;
    }
    for thread in collection.threads(|address| command.own.contains(address)) {
        write_line(&mut out, &show::thread(&thread))?;
    }
    out.flush()?;
    Ok(good)
}

fn write_line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The mail, or why it can't be opened and what its header tells. A bug in a parser costs this mail, not the others.
fn understood(raw: &[u8]) -> Result<IncomingMail, Unopened> {
    let why = match std::panic::catch_unwind(|| parse(raw)) {
        Ok(Ok(mail)) => return Ok(mail),
        Ok(Err(refused)) => refused.to_string(),
        Err(_) => "The mail could not be taken apart".to_owned(),
    };
    let head = std::panic::catch_unwind(|| head_of(raw)).ok().flatten().map(Box::new);
    Err(Unopened { why, head })
}

/// A file itself, or all files below a folder in the order of their names.
fn each_file(path: &Path, then: &mut impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    if !path.is_dir() {
        return then(path);
    }
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)?;
        let mut entries: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
        entries.sort();
        let (inner, files): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|p| p.is_dir() && !p.is_symlink());
        files.iter().filter(|file| !is_bookkeeping(file)).try_for_each(|file| then(file))?;
        folders.extend(inner.into_iter().rev().filter(|p| p.file_name().is_none_or(|name| name != "tmp")));
    }
    Ok(())
}

/// Files that mail servers keep beside the mails of a Maildir.
fn is_bookkeeping(file: &Path) -> bool {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with("dovecot")
        || name.starts_with(".")
        || matches!(name.as_str(), "subscriptions" | "maildirfolder")
}
