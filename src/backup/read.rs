//! Putting a backup back, where nothing is.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Component, Path, PathBuf};

use super::{BackupError, CONTENTS, Contents, FILES, FORM, Home, KEY, ROWS, Result};
use crate::app;
use crate::clock::Clock;
use crate::files::archive::Unpacking;
use crate::store::migrations;
use crate::store::rows::Filling;

/// Fills an empty house. The rows are shown last, so that a restore that fails leaves no house that seems whole.
///
/// # Errors
/// [`BackupError::InUse`] when there is something already; the others when the backup can't be used.
pub async fn restore(home: &Home, source: &Path, clock: &Clock) -> Result<Contents> {
    let failed = |why| BackupError::File { path: source.to_owned(), why };
    let mut zip = Unpacking::open(File::open(source).map_err(failed)?)
        .map_err(|error| BackupError::NotWhole(error.to_string()))?;
    let contents = contents(&mut zip)?;
    let files = home.data.join(FILES);
    if has_any(&files) || home.data.join(KEY).exists() {
        return Err(BackupError::InUse);
    }
    let put_back = put_back(home, (&mut zip, &contents), clock).await;
    if put_back.is_err() {
        // Nothing was there before: the next try begins as this one did.
        let _ = fs::remove_dir_all(&files);
        let _ = fs::remove_file(home.data.join(KEY));
    }
    put_back.map(|()| contents)
}

async fn put_back(home: &Home, (zip, contents): (&mut Unpacking, &Contents), clock: &Clock) -> Result<()> {
    let mut filling = Filling::begin(&home.database).await?;
    fill(zip, contents, &mut filling).await?;
    let files = home.data.join(FILES);
    fs::create_dir_all(&files).map_err(|why| BackupError::File { path: files.clone(), why })?;
    put_files(zip, contents, &files)?;
    let key = home.data.join(KEY);
    let mut bytes = Vec::new();
    copy(zip, KEY, &mut bytes)?;
    app::write_secret(&key, &bytes).map_err(|why| BackupError::File { path: key, why })?;
    Ok(filling.finish(clock.new_id::<()>().uuid()).await?)
}

fn not_whole(why: impl std::fmt::Display) -> BackupError {
    BackupError::NotWhole(why.to_string())
}

/// What it says is in it, if this mailmoot reads that.
fn contents(zip: &mut Unpacking) -> Result<Contents> {
    let mut bytes = Vec::new();
    copy(zip, CONTENTS, &mut bytes)?;
    let contents: Contents = serde_json::from_slice(&bytes).map_err(not_whole)?;
    let ours = migrations::list().last().map_or(0, |(version, _)| *version);
    if contents.form != FORM || contents.schema != ours {
        let Contents { schema: found, version, .. } = contents;
        return Err(BackupError::OtherSchema { found, ours, version });
    }
    Ok(contents)
}

fn copy(zip: &mut Unpacking, name: &str, to: &mut impl io::Write) -> Result<u64> {
    let mut entry = zip.entry(name).map_err(|error| not_whole(format_args!("{name}: {error}")))?;
    io::copy(&mut entry, to).map_err(|error| not_whole(format_args!("{name}: {error}")))
}

async fn fill(zip: &mut Unpacking, contents: &Contents, filling: &mut Filling) -> Result<()> {
    let tables = filling.tables();
    if let Some(missing) = tables.keys().find(|table| !contents.tables.contains_key(*table)) {
        return Err(not_whole(format_args!("there is no table {missing}")));
    }
    for (name, table) in &contents.tables {
        let entry = format!("{ROWS}/{name}.jsonl");
        let opened = zip.entry(&entry).map_err(|error| not_whole(format_args!("{entry}: {error}")))?;
        let mut count = 0;
        for line in BufReader::new(opened).lines() {
            let line = line.map_err(|error| not_whole(format_args!("{entry}: {error}")))?;
            let row = serde_json::from_str(&line).map_err(not_whole)?;
            filling.add(name, &table.columns, &row).await?;
            count += 1;
        }
        if count != table.rows {
            return Err(not_whole(format_args!("{entry} has {count} rows instead of {}", table.rows)));
        }
    }
    Ok(())
}

fn put_files(zip: &mut Unpacking, contents: &Contents, root: &Path) -> Result<()> {
    let start = format!("{FILES}/");
    let names: Vec<String> =
        zip.names().map_err(not_whole)?.into_iter().filter(|name| name.starts_with(&start)).collect();
    if names.len() as u64 != contents.files {
        return Err(not_whole(format_args!("it has {} files instead of {}", names.len(), contents.files)));
    }
    for name in names {
        let path = inside(root, &name[start.len()..]).ok_or_else(|| not_whole(&name))?;
        let failed = |why| BackupError::File { path: path.clone(), why };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = File::create_new(&path).map_err(failed)?;
        copy(zip, &name, &mut file)?;
        file.sync_all().map_err(failed)?;
    }
    Ok(())
}

/// A path below a folder; `None` for one that leads out of it.
fn inside(root: &Path, below: &str) -> Option<PathBuf> {
    let below = Path::new(below);
    let plain = below.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && below.components().next().is_some()).then(|| root.join(below))
}

/// Whether there is a file in a folder or below it.
fn has_any(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.path().is_file() || has_any(&entry.path()))
}
