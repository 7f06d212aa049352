//! The folders that settings name, made where they are missing.

use std::fmt;
use std::path::Path;

use crate::domain::language::Language;
use crate::store::Place;
use crate::texts::Texts;

/// The place of the database in words; a server's URL may hold a password.
pub fn place_name(place: &Place) -> String {
    match place {
        Place::Sqlite(path) => path.display().to_string(),
        Place::Postgres(_) => "PostgreSQL, database.url".to_owned(),
    }
}

/// A folder that a setting names and that cannot be made.
#[derive(Debug)]
pub struct FolderError {
    setting: &'static str,
    value: String,
    why: String,
}

impl FolderError {
    pub fn words(&self, texts: &Texts) -> String {
        let values = [("setting", self.setting), ("value", self.value.as_str()), ("why", self.why.as_str())];
        texts.with("cli-folder-failed", &values).into_owned()
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(&Texts::of(Language::English)))
    }
}

impl std::error::Error for FolderError {}

/// Makes the folder of data and that of the database, whoever comes first.
///
/// # Errors
/// When one of them can't be made; the error names the setting.
pub fn make_all(data: &Path, place: &Place) -> Result<(), FolderError> {
    make_private_folder("server.data", &data.display(), data)?;
    make_for_database(data, place)
}

/// Makes the folder of the database only: a PostgreSQL database has none.
///
/// # Errors
/// When it can't be made; the error names the setting.
pub fn make_for_database(data: &Path, place: &Place) -> Result<(), FolderError> {
    let Place::Sqlite(file) = place else { return Ok(()) };
    match file.parent() {
        // A file without a folder before it is in the one we are in.
        None => Ok(()),
        Some(folder) if folder.as_os_str().is_empty() => Ok(()),
        Some(folder) if folder == data => make_private_folder("server.data", &folder.display(), folder),
        Some(folder) => {
            make_private_folder("database.url", &format_args!("sqlite:{}", file.display()), folder)
        }
    }
}

/// Everybody's mails are below it: nobody else on this machine may look in. A folder that is there stays as it is.
fn make_private_folder(
    setting: &'static str,
    value: &dyn fmt::Display,
    folder: &Path,
) -> Result<(), FolderError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| FolderError {
        setting,
        value: value.to_string(),
        why: error.to_string(),
    })
}

/// An error in the reader's language where we have the words.
pub fn words_of(error: &anyhow::Error, texts: Texts) -> String {
    match error.downcast_ref::<FolderError>() {
        Some(folder) => folder.words(&texts),
        None => format!("{error:#}"),
    }
}
