//! The document from its title to its last file, as it flows over the pages.

use super::Pictures;
use super::blocks::{Block, Span, Words, blocks};
use super::flow::{Flow, Kind};
use super::set::{Colour, Look};
use crate::domain::safe_html::SafeHtml;
use crate::mail::share::view::{ItemView, View};

const INK: Colour = [0x16, 0x20, 0x1d];
const SOFT: Colour = [0x44, 0x51, 0x4c];
const FAINT: Colour = [0x5e, 0x6b, 0x66];
const BODY: Look = Look { size: 10.5, colour: INK, bold: false };
const SMALL: Look = Look { size: 9.0, colour: FAINT, bold: false };
/// How far each list and quotation is set in.
const STEP: f32 = 20.0;

/// Everything the document shows.
pub(super) fn put(flow: &mut Flow, view: &View<'_>, pictures: &Pictures<'_>) {
    let title = view.document.title.as_str();
    let heading = Kind::Heading(1, title.to_owned());
    flow.words(&plain(title), Look { size: 20.0, colour: INK, bold: true }, 0.0, heading);
    flow.skip(4.0);
    flow.words(&plain(&view.by()), Look { colour: SOFT, ..BODY }, 0.0, Kind::Paragraph);
    flow.words(&plain(&view.published()), SMALL, 0.0, Kind::Paragraph);
    if let Some(page) = view.reading.page {
        flow.words(&[linked(page, page)], SMALL, 0.0, Kind::Paragraph);
    }
    if let Some(note) = &view.document.note {
        flow.skip(10.0);
        rich(flow, &note.html, BODY, 0.0);
    }
    for section in &view.sections {
        if let Some(text) = &section.heading {
            flow.skip(18.0);
            flow.need(110.0);
            let look = Look { size: 14.0, colour: INK, bold: true };
            flow.words(&plain(text), look, 0.0, Kind::Heading(2, text.clone()));
        }
        for one in &section.items {
            item(flow, one, pictures);
        }
    }
}

/// That some signs are not shown.
pub(super) fn put_missing(flow: &mut Flow, view: &View<'_>, count: usize) {
    flow.skip(18.0);
    let words = view.t.with("share-doc-missing", &[("n", count)]);
    flow.words(&plain(&words), SMALL, 0.0, Kind::Paragraph);
}

fn item(flow: &mut Flow, item: &ItemView<'_>, pictures: &Pictures<'_>) {
    flow.skip(9.0);
    flow.need(64.0);
    flow.rule(0.0);
    flow.skip(8.0);
    if !item.tags.is_empty() {
        let chips: Vec<_> =
            item.tags.iter().map(|tag| (tag.name.clone(), rgb(tag.back), rgb(tag.ink))).collect();
        flow.chips(&chips);
    }
    flow.words(&head(item), BODY, 0.0, Kind::Paragraph);
    flow.skip(2.0);
    let indent = if item.context { STEP } else { 0.0 };
    let look = if item.context { Look { size: 9.5, colour: SOFT, ..BODY } } else { BODY };
    if let Some(body) = item.body {
        let from = flow.here();
        let inner = if item.passage { indent + 12.0 } else { indent };
        rich(flow, &body.html, look, inner);
        if item.passage {
            flow.bar(from, indent);
        }
    }
    if let Some(link) = item.link {
        flow.words(&[linked(link, link)], BODY, indent, Kind::Paragraph);
    }
    if let Some(task) = &item.task {
        flow.words(&plain(&format!("→ {task}")), Look { colour: SOFT, ..BODY }, indent, Kind::Paragraph);
    }
    files(flow, item, pictures);
}

/// Who said it, when, and what else has to be known.
fn head(item: &ItemView<'_>) -> Vec<Span> {
    let author =
        item.author.map(|author| Span { text: format!("{author}  "), bold: true, ..Span::default() });
    let rest = std::iter::once(item.when.as_str()).chain(item.remarks.iter().map(String::as_str));
    let rest = rest.collect::<Vec<_>>().join(" · ");
    author.into_iter().chain(plain(&rest)).collect()
}

fn files(flow: &mut Flow, item: &ItemView<'_>, pictures: &Pictures<'_>) {
    for picture in &item.pictures {
        flow.skip(6.0);
        if let Some(bytes) = pictures(&picture.source) {
            flow.picture((picture.size.width, picture.size.height), bytes, picture.name);
        }
        flow.words(&[named(picture.name, picture.link.as_deref())], SMALL, 0.0, Kind::Paragraph);
    }
    for file in &item.files {
        let remark = file.remark.as_ref().map(|remark| format!(" · {remark}")).unwrap_or_default();
        let size = Span { text: format!("  {}{remark}", file.size), ..Span::default() };
        flow.words(&[named(file.name, file.link.as_deref()), size], SMALL, 0.0, Kind::Paragraph);
    }
}

/// A message as it is shown on the page.
fn rich(flow: &mut Flow, html: &SafeHtml, look: Look, indent: f32) {
    for block in blocks(html) {
        match block {
            Block::Rule => {
                flow.skip(6.0);
                flow.rule(indent);
                flow.skip(6.0);
            }
            Block::Row(cells) => flow.row(&cells, look, indent),
            Block::Words(words) => paragraph(flow, &words, look, indent),
        }
    }
}

fn paragraph(flow: &mut Flow, words: &Words, look: Look, indent: f32) {
    let inner = indent + words.depth.min(8) as f32 * STEP;
    let look = if words.quoted { Look { colour: SOFT, ..look } } else { look };
    let from = flow.here();
    if let Some(marker) = &words.marker {
        flow.marker(marker, look, inner);
    }
    flow.words(&words.spans, look, inner, Kind::Paragraph);
    if words.quoted || words.code {
        flow.bar(from, inner - if words.quoted { 10.0 } else { 6.0 });
    }
    flow.skip(5.0);
}

fn plain(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), ..Span::default() }]
}

fn linked(text: &str, link: &str) -> Span {
    Span { text: text.to_owned(), link: Some(link.to_owned()), ..Span::default() }
}

fn named(name: &str, link: Option<&str>) -> Span {
    Span { text: name.to_owned(), link: link.map(str::to_owned), ..Span::default() }
}

/// `#rrggbb`.
fn rgb(hex: &str) -> Colour {
    let byte = |at: usize| hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or(0);
    [byte(1), byte(3), byte(5)]
}
