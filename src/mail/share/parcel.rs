//! What of a share's files goes into its mail: as much as mail systems take, the rest as links.

use std::collections::HashSet;

use crate::domain::ids::FileId;
use crate::domain::share_document::{Document, Enclosure, SharedFile};

/// The document as one mail can bring it, and what is attached to that mail, each file once.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub document: Document,
    pub attached: Vec<SharedFile>,
    /// The pictures among the words, each once.
    pub shown: Vec<SharedFile>,
}

impl Parcel {
    /// Packs at most `room` bytes of files, in the order of the document: pictures among the words first, for which
    /// `picture_size` says how large they are in a mail. What has no room is linked.
    pub fn of(document: Document, room: i64, picture_size: impl Fn(&SharedFile) -> Option<i64>) -> Self {
        let mut packer = Packer { left: room, seen: HashSet::new() };
        let mut document = document;
        let mut shown = Vec::new();
        for file in files_of(&mut document).filter(|file| file.is_shown()) {
            match picture_size(file) {
                Some(size) if packer.takes(file.id, size) => shown.extend(packer.once(file)),
                _ => file.how = Enclosure::Linked,
            }
        }
        let mut attached = Vec::new();
        for file in files_of(&mut document).filter(|file| file.how == Enclosure::Attached) {
            match packer.takes(file.id, file.size) {
                true => attached.extend(packer.once(file)),
                false => file.how = Enclosure::Linked,
            }
        }
        Self { document, attached, shown }
    }
}

struct Packer {
    left: i64,
    seen: HashSet<FileId>,
}

impl Packer {
    /// Whether it goes along, again or for the first time.
    fn takes(&mut self, id: FileId, size: i64) -> bool {
        if self.seen.contains(&id) {
            return true;
        }
        let fits = size <= self.left;
        if fits {
            self.left -= size;
        }
        fits
    }

    fn once(&mut self, file: &SharedFile) -> Option<SharedFile> {
        self.seen.insert(file.id).then(|| file.clone())
    }
}

fn files_of(document: &mut Document) -> impl Iterator<Item = &mut SharedFile> {
    document.sections.iter_mut().flat_map(|section| &mut section.items).flat_map(|item| &mut item.files)
}
