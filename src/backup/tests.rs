use std::io::Write;

use super::*;
use crate::clock::Clock;
use crate::files::archive::{Archive, Packing};

/// A zip of these entries.
fn zip(folder: &std::path::Path, entries: &[(&str, &str)]) -> PathBuf {
    let path = folder.join("odd.zip");
    let clock = Clock::system();
    let mut archive = Archive::new(std::fs::File::create(&path).unwrap(), clock.now());
    for (name, contents) in entries {
        archive.begin(name, Packing::Deflated).unwrap();
        archive.write_all(contents.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    path
}

#[tokio::test]
async fn what_is_no_backup_of_ours_is_refused_and_leaves_nothing() {
    let schema = crate::store::migrations::list().last().unwrap().0;
    let json = |schema: i64, files: u64| {
        format!(
            r#"{{"form":1,"version":"0.0.1","schema":{schema},"made_at":"","tables":{{}},"files":{files}}}"#
        )
    };
    let (whole, older) = (json(schema, 0), json(schema - 1, 0));
    for (entries, why) in [
        (vec![("x", "y")], "backup.json"),
        (vec![("backup.json", "{")], "no whole backup"),
        (vec![("backup.json", older.as_str())], "tables of migration"),
        (vec![("backup.json", whole.as_str())], "there is no table"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let source = zip(folder.path(), &entries);
        let home =
            Home { database: Place::Sqlite(folder.path().join("moot.db")), data: folder.path().join("data") };
        let refused = restore(&home, &source, &Clock::system()).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
        assert!(!home.data.join(KEY).exists());
    }
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("text");
    std::fs::write(&source, "no zip").unwrap();
    let home = Home { database: Place::Sqlite(folder.path().join("moot.db")), data: folder.path().into() };
    assert!(matches!(restore(&home, &source, &Clock::system()).await.unwrap_err(), BackupError::NotWhole(_)));
}
