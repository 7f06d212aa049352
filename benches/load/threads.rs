//! Parsing, threading and storing mails: those of the mbox files in `MAILMOOT_BENCH_MAILS`, else in
//! `fixtures/threads`. The bare way: only parsing them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::house::House;

pub async fn measure() {
    let root = std::env::var_os("MAILMOOT_BENCH_MAILS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/threads"), PathBuf::from);
    let files = mboxes(&root);
    let mails: usize = files.iter().map(Vec::len).sum();
    if mails == 0 {
        return println!("threads  no mbox files in {}", root.display());
    }
    let house = House::build(1).await;
    let (viewer, _) = house.sign_in(0).await;
    let begun = Instant::now();
    for file in &files {
        for part in file.chunks(200) {
            house.actions.start_draft_from_mails(&viewer, part.to_vec()).await.unwrap();
        }
    }
    let ours = mails as f64 / begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    for mail in files.iter().flatten() {
        drop(std::hint::black_box(mailmoot::mail::parse::parse(mail)));
    }
    let bare = mails as f64 / begun.elapsed().as_secs_f64();
    println!(
        "threads  {mails} mails: parsed, threaded and stored {ours:.0} a second; only parsed {bare:.0}; ratio {:.2}",
        ours / bare
    );
}

/// The mails of each mbox file below a folder.
fn mboxes(folder: &Path) -> Vec<Vec<Vec<u8>>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.filter_map(|e| e.ok().map(|e| e.path())) {
        if path.is_dir() {
            found.append(&mut mboxes(&path));
        } else if path.extension().is_some_and(|e| e == "mbox") {
            found.push(split(&std::fs::read(path).unwrap()));
        }
    }
    found
}

fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            mail.extend_from_slice(line);
        }
    }
    mails
}
