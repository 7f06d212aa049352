//! Which files of messages go along in a member's mail, and which are only linked in it.

use std::collections::{HashMap, HashSet};

use super::{Actions, Result};
use crate::domain::file::File;
use crate::domain::group::Member;
use crate::domain::ids::FileId;
use crate::domain::message::Message;
use crate::mail::compose::OutgoingFile;
use crate::mail::letters::Carried;
use crate::store;

/// What waits to be sent to all members of a group, in bytes: the outbox holds a mail for each of them.
const MOST_FOR_ALL: u64 = 200_000_000;
/// A picture of so many bytes stands among the words.
const SMALL_PICTURE: i64 = 400_000;

/// The files that go along in a mail.
#[derive(Clone, Debug, Default)]
pub(super) struct Enclosed {
    pub files: Vec<OutgoingFile>,
    how: HashMap<FileId, Carried>,
}

impl Enclosed {
    pub fn how(&self, file: &File) -> Carried {
        self.how.get(&file.id).cloned().unwrap_or_default()
    }
}

impl Actions {
    /// Packs the files of messages for one member, in their order, as long as there is room; the same contents once. Two
    /// statements if there are any.
    pub(super) async fn enclose(&self, member: &Member, messages: &[Message]) -> Result<Enclosed> {
        let files: Vec<&File> = messages.iter().flat_map(|message| &message.files).collect();
        let mut enclosed = Enclosed::default();
        if files.is_empty() || self.settings.mail.attach_up_to == 0 {
            return Ok(enclosed);
        }
        let mut tx = self.store.read().await?;
        let members = store::groups::member_persons(&mut tx, member.group_id).await?.len();
        let ids: Vec<FileId> = files.iter().map(|file| file.id).collect();
        let digests = store::files::digests(&mut tx, &ids).await?;
        drop(tx);
        let for_each = MOST_FOR_ALL / u64::try_from(members.max(1)).unwrap_or(u64::MAX);
        // In the mail files are a third longer (RFC 2045 6.8), and words need room, too.
        let whole = self.settings.mail.max_size / 10 * 7;
        let room = self.settings.mail.attach_up_to.min(for_each).min(whole);
        let mut room = i64::try_from(room).unwrap_or(i64::MAX);
        let domain = self.settings.mail.domain();
        let mut seen = HashSet::new();
        for file in files {
            let Some(digest) = digests.get(&file.id) else { continue };
            let carried = match is_shown(file) {
                true => Carried::Shown(format!("{}@{domain}", digest.hex().get(..32).unwrap_or_default())),
                false => Carried::Attached,
            };
            if seen.contains(digest) {
                enclosed.how.insert(file.id, carried);
                continue;
            }
            if file.size > room {
                continue;
            }
            let Some(bytes) = self.files.read(digest).await? else { continue };
            room -= file.size;
            seen.insert(*digest);
            enclosed.files.push(outgoing(file, &carried, bytes));
            enclosed.how.insert(file.id, carried);
        }
        Ok(enclosed)
    }
}

/// What old mail programs show, and what runs no script.
fn is_shown(file: &File) -> bool {
    let is_known = matches!(file.media_type.as_str(), "image/png" | "image/jpeg" | "image/gif");
    is_known && file.picture.is_some() && file.size <= SMALL_PICTURE
}

fn outgoing(file: &File, carried: &Carried, bytes: Vec<u8>) -> OutgoingFile {
    let content_id = match carried {
        Carried::Shown(id) => Some(id.clone()),
        Carried::Linked | Carried::Attached => None,
    };
    OutgoingFile {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        inline: content_id.is_some(),
        content_id,
        bytes,
    }
}
