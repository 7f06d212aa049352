//! Files as people bring them, and what of them is on disk.

use std::io::Cursor;
use std::path::PathBuf;

use image::{ImageFormat, Rgb, RgbImage};
use mailmoot::actions::ActionError;
use mailmoot::actions::messages::NewMessage;
use mailmoot::domain::file::File;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::message::Message;
use mailmoot::domain::person::Viewer;

use super::house::House;

/// Brings a file, name and contents, to a group.
pub async fn bring(
    house: &House,
    who: &Viewer,
    group: GroupId,
    (name, bytes): (&str, &[u8]),
) -> Result<File, ActionError> {
    let mut upload = house.actions.begin_upload(who, group).await?;
    upload.write(bytes).await?;
    house.actions.finish_upload(who, group, upload, name).await
}

/// Sends files that were brought.
pub async fn send(
    house: &House,
    who: &Viewer,
    group: GroupId,
    files: &[&File],
) -> Result<Message, ActionError> {
    let files = files.iter().map(|file| file.id).collect();
    let new = NewMessage { files, ..NewMessage::default() };
    house.actions.post_message(who, group, new).await
}

/// A PNG of so many points.
pub fn a_picture(width: u32, height: u32) -> Vec<u8> {
    let points = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 120]));
    let mut out = Cursor::new(Vec::new());
    points.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

/// How many contents there are, whoever uses them.
pub fn contents(house: &House) -> usize {
    count(house, |folder| {
        !["incoming", "parts", "thumbnails", "exports"].iter().any(|name| folder.ends_with(name))
    })
}

/// How many uploads have parts on disk.
pub fn parts(house: &House) -> usize {
    count(house, |folder| folder.ends_with("parts"))
}

fn count(house: &House, wanted: impl Fn(&PathBuf) -> bool) -> usize {
    let files = house.database().parent().unwrap().join("files");
    let folders = std::fs::read_dir(files).unwrap().map(|f| f.unwrap().path());
    folders.filter(wanted).map(|f| std::fs::read_dir(f).unwrap().count()).sum()
}
