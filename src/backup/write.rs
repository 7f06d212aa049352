//! Making a backup, while everything runs.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{BackupError, CONTENTS, Contents, FILES, FORM, Home, KEY, ROWS, Result, Table};
use crate::clock::Clock;
use crate::files::archive::{Archive, Packing};
use crate::store::migrations;
use crate::store::rows::Snapshot;

/// Folders of what is on its way: what is complete is no longer in them.
const ON_ITS_WAY: &str = "incoming";

/// Puts the house into a new file, readable for its owner only. The rows are those of one moment; the files come after them, so
/// that every file that a row names is there.
///
/// # Errors
/// [`BackupError`]; then there is no such file.
pub async fn back_up(home: &Home, target: &Path, clock: &Clock) -> Result<Contents> {
    if target.exists() {
        return Err(BackupError::IsThere(target.to_owned()));
    }
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let made = write(home, &part, clock).await;
    let failed = |why| BackupError::File { path: target.to_owned(), why };
    match made {
        Ok(contents) => {
            fs::rename(&part, target).map_err(failed)?;
            Ok(contents)
        }
        Err(error) => {
            // What is half written is of no use to anybody.
            let _ = fs::remove_file(&part);
            Err(error)
        }
    }
}

async fn write(home: &Home, part: &Path, clock: &Clock) -> Result<Contents> {
    let failed = |why| BackupError::File { path: part.to_owned(), why };
    let mut archive = Archive::new(private(part).map_err(failed)?, clock.now());
    let mut snapshot = Snapshot::begin(&home.database).await?;
    let mut tables = BTreeMap::new();
    for (name, columns) in snapshot.tables() {
        archive.begin(&format!("{ROWS}/{name}.jsonl"), Packing::Deflated).map_err(failed)?;
        let mut take = |row: serde_json::Value| writeln!(archive, "{row}");
        let rows = snapshot.read(&name, &mut take).await?;
        tables.insert(name, Table { columns, rows });
    }
    drop(snapshot);
    let folder = home.data.join(FILES);
    let files = add_files(&mut archive, &folder).map_err(failed)?;
    archive.begin(KEY, Packing::Stored).map_err(failed)?;
    let key = home.data.join(KEY);
    let bytes = fs::read(&key).map_err(|why| BackupError::File { path: key, why })?;
    archive.write_all(&bytes).map_err(failed)?;
    let contents = Contents {
        form: FORM,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: migrations::list().last().map_or(0, |(version, _)| *version),
        made_at: clock.now().rfc3339(),
        tables,
        files,
    };
    archive.begin(CONTENTS, Packing::Stored).map_err(failed)?;
    serde_json::to_writer(&mut archive, &contents).map_err(|error| failed(error.into()))?;
    archive.finish().and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(contents)
}

/// How many. One that is taken away meanwhile was not needed any more.
fn add_files(archive: &mut Archive, root: &Path) -> io::Result<u64> {
    let mut folders = vec![root.to_owned()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() && (folder != root || entry.file_name() != ON_ITS_WAY) {
                folders.push(path);
            } else if kind.is_file() {
                let Ok(mut file) = File::open(&path) else { continue };
                let below = path.strip_prefix(root).map_err(io::Error::other)?;
                let parts: Vec<String> =
                    below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                archive.begin(&format!("{FILES}/{}", parts.join("/")), Packing::Stored)?;
                io::copy(&mut file, archive)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
