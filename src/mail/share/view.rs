//! A document in the words of its readers: what all of its forms show, in the order in which they show it.

use chrono::NaiveDate;

use super::Reading;
use crate::domain::file::PictureSize;
use crate::domain::language::Language;
use crate::domain::message::Body;
use crate::domain::share_document::{Document, Enclosure, Heading, Item, Section, SharedFile, Task};
use crate::domain::tag::{Colour, TagLabel};
use crate::domain::time::Timestamp;
use crate::texts::Texts;

/// The widest a picture is shown, in pixels: what a letter of 600 pixels has room for.
const WIDEST: u32 = 544;

pub struct View<'a> {
    pub t: Texts,
    pub document: &'a Document,
    pub reading: Reading<'a>,
    pub sections: Vec<SectionView<'a>>,
}

pub struct SectionView<'a> {
    pub heading: Option<String>,
    pub items: Vec<ItemView<'a>>,
}

pub struct ItemView<'a> {
    pub key: &'a str,
    pub author: Option<&'a str>,
    pub when: String,
    /// What else has to be known about it, such as that it came from outside.
    pub remarks: Vec<String>,
    pub tags: Vec<Chip>,
    pub body: Option<&'a Body>,
    pub passage: bool,
    pub context: bool,
    pub link: Option<&'a str>,
    pub task: Option<String>,
    pub pictures: Vec<PictureView<'a>>,
    pub files: Vec<FileView<'a>>,
}

/// A tag.
pub struct Chip {
    pub name: String,
    /// As style sheets call it.
    pub colour: &'static str,
    /// What it is painted with where there are no style sheets, on light.
    pub back: &'static str,
    pub ink: &'static str,
}

pub struct PictureView<'a> {
    pub source: String,
    pub name: &'a str,
    /// As large as it is shown.
    pub size: PictureSize,
    pub link: Option<String>,
}

pub struct FileView<'a> {
    pub name: &'a str,
    pub size: String,
    /// That it is attached, or left out.
    pub remark: Option<String>,
    pub link: Option<String>,
}

impl<'a> View<'a> {
    pub fn of(document: &'a Document, reading: Reading<'a>) -> Self {
        let t = Texts::of(document.language);
        let mut view = Self { t, document, reading, sections: Vec::new() };
        view.sections = document.sections.iter().map(|section| view.section(section)).collect();
        view
    }

    /// Who shares it, and what it is from.
    pub fn by(&self) -> String {
        let values = [("sharer", self.document.sharer.as_str()), ("topic", self.document.topic.as_str())];
        self.t.with("share-doc-by", &values).into_owned()
    }

    /// When it was published, as which version, and by whose clock its times are told.
    pub fn published(&self) -> String {
        let at = self.moment(self.document.at);
        let zone = self.document.zone.name();
        match self.document.version {
            0 | 1 => self.t.with("share-doc-at", &[("at", at.as_str()), ("zone", zone)]).into_owned(),
            version => {
                let version = version.to_string();
                let values = [("at", at.as_str()), ("zone", zone), ("version", version.as_str())];
                self.t.with("share-doc-at-version", &values).into_owned()
            }
        }
    }

    /// Until when the page can be opened.
    pub fn until(&self) -> Option<String> {
        let until = self.moment(self.reading.until?);
        Some(self.t.with("share-doc-until", &[("until", until.as_str())]).into_owned())
    }

    fn section(&self, section: &'a Section) -> SectionView<'a> {
        let heading = section.heading.as_ref().map(|heading| match heading {
            Heading::Topic(topic) => topic.clone(),
            Heading::Tag(tag) => self.t.tag(tag),
            Heading::Day(day) => day_in_words(self.document.language, day.date()),
        });
        SectionView { heading, items: section.items.iter().map(|item| self.item(item)).collect() }
    }

    fn item(&self, item: &'a Item) -> ItemView<'a> {
        let remark = |key: &str, is: bool| is.then(|| self.t.get(key).into_owned());
        let remarks = [
            remark("share-doc-outside", item.from_outside),
            remark("share-doc-edited", item.edited_since),
            remark("share-doc-context", item.context),
        ];
        let (pictures, files) = self.files(item);
        ItemView {
            key: &item.key,
            author: item.author.as_deref().filter(|author| !author.trim().is_empty()),
            when: self.moment(item.at),
            remarks: remarks.into_iter().flatten().collect(),
            tags: item.tags.iter().map(|tag| self.chip(tag)).collect(),
            body: item.body.as_ref().filter(|body| !body.markdown.trim().is_empty()),
            passage: item.passage,
            context: item.context,
            link: item.link.as_deref().filter(|link| is_web(link)),
            task: item.task.as_ref().map(|task| self.task(task)),
            pictures,
            files,
        }
    }

    fn chip(&self, tag: &TagLabel) -> Chip {
        let (back, ink) = paint(tag.colour);
        Chip { name: self.t.tag(tag), colour: tag.colour.name(), back, ink }
    }

    fn task(&self, task: &Task) -> String {
        let state = self.t.get(if task.done { "share-doc-done" } else { "share-doc-open" }).into_owned();
        let who = (!task.who.trim().is_empty()).then(|| task.who.clone());
        let due = task.due.map(|due| {
            let day = day_in_words(self.document.language, due.date());
            self.t.with("share-doc-due", &[("day", day)]).into_owned()
        });
        [Some(state), who, due].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// What is shown as a picture, and what is only named.
    fn files(&self, item: &'a Item) -> (Vec<PictureView<'a>>, Vec<FileView<'a>>) {
        let (mut pictures, mut files) = (Vec::new(), Vec::new());
        for file in &item.files {
            match self.picture(file) {
                Some(picture) => pictures.push(picture),
                None => files.push(self.file(file)),
            }
        }
        (pictures, files)
    }

    fn picture(&self, file: &'a SharedFile) -> Option<PictureView<'a>> {
        let size = file.picture.filter(|_| file.is_shown())?;
        let source = (self.reading.picture)(file)?;
        Some(PictureView {
            source,
            name: file.name.as_str(),
            size: narrowed(size),
            link: (self.reading.file)(file),
        })
    }

    fn file(&self, file: &'a SharedFile) -> FileView<'a> {
        let came_along = file.how == Enclosure::Attached && self.reading.attached;
        let remark = match file.how {
            Enclosure::Attached => came_along.then_some("share-doc-attached"),
            Enclosure::LeftOut => Some("share-doc-left-out"),
            Enclosure::Inline | Enclosure::Linked => None,
        };
        FileView {
            name: file.name.as_str(),
            size: size_in_words(file.size),
            remark: remark.map(|key| self.t.get(key).into_owned()),
            link: (self.reading.file)(file).filter(|_| file.is_given() && !came_along),
        }
    }

    fn moment(&self, at: Timestamp) -> String {
        let clock = self.document.zone.clock(at);
        let time = clock.format("%H:%M");
        match self.document.language {
            Language::English => format!("{}, {time}", day_in_words(Language::English, clock.date())),
            Language::Chinese => format!("{} {time}", day_in_words(Language::Chinese, clock.date())),
        }
    }
}

/// Background and letters; at least 7 to 1 (WCAG 2.2, 1.4.6). Those on dark are in `templates/mail/share/_dark.css`.
fn paint(colour: Colour) -> (&'static str, &'static str) {
    match colour {
        Colour::Red => ("#fbe4e1", "#7d190e"),
        Colour::Orange => ("#fdebd8", "#6e3a06"),
        Colour::Yellow => ("#fbf1c8", "#554300"),
        Colour::Green => ("#dff3e2", "#16502a"),
        Colour::Teal => ("#d9f1ec", "#084d42"),
        Colour::Blue => ("#dfecfb", "#0a4272"),
        Colour::Violet => ("#ece4fb", "#47228a"),
        Colour::Grey => ("#e9eeec", "#3a4642"),
    }
}

/// `20 November 2026`, `2026年11月20日`.
fn day_in_words(language: Language, day: NaiveDate) -> String {
    day.format(match language {
        Language::English => "%-d %B %Y",
        Language::Chinese => "%Y年%-m月%-d日",
    })
    .to_string()
}

/// Marked links come from messages; only what a reader can safely follow is a link in a document.
fn is_web(link: &str) -> bool {
    let lower = link.get(..8).unwrap_or(link).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The same shape, no wider than there is room.
fn narrowed(size: PictureSize) -> PictureSize {
    let shown = size.thumbnail();
    if shown.width <= WIDEST {
        return shown;
    }
    PictureSize { width: WIDEST, height: (shown.height * WIDEST / shown.width).max(1) }
}

/// `820 B`, `12 kB`, `3.4 MB`.
fn size_in_words(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{} B", bytes.max(0)),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
