//! Pages into bytes (krilla): with tags in the order of reading, an outline of the headings, and links.

use std::collections::HashMap;
use std::num::NonZeroU16;

use chrono::{Datelike, Timelike};
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::{Page, PageSettings};
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagKind, TagTree,
};
use krilla::text::{Font, Tag as FontTag};

use super::PdfError;
use super::flow::{Area, Kind, MARGIN, PAGE, Pages, Placed};
use super::set::{Colour, Piece, SetLine};
use crate::domain::share_document::Document;
use crate::mail::share::view::View;

/// A font as krilla has it, by the contents' number, the face's, and where a variable font stands.
type Fonts = HashMap<(u64, u32, Vec<u32>), Option<Font>>;

/// What is written so far.
struct Writer {
    fonts: Fonts,
    /// What belongs to each part of the document.
    nodes: Vec<Vec<Node>>,
    /// Where each part begins.
    begins: Vec<Option<(usize, f32)>>,
}

pub(super) fn write(document: &Document, pages: Pages, view: &View<'_>) -> Result<Vec<u8>, PdfError> {
    let mut pdf = krilla::Document::new();
    let count = pages.parts.len();
    let mut writer = Writer {
        fonts: Fonts::new(),
        nodes: std::iter::repeat_with(Vec::new).take(count).collect(),
        begins: vec![None; count],
    };
    for (number, (placed, foot)) in pages.pages.into_iter().zip(pages.foot).enumerate() {
        let settings =
            PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| PdfError::Write("page".to_owned()))?;
        let mut page = pdf.start_page_with(settings);
        writer.page(&mut page, number, placed, &foot);
        page.finish();
    }
    pdf.set_outline(writer.outline(&pages.parts));
    pdf.set_tag_tree(writer.tags(pages.parts, view.t.language().tag()));
    pdf.set_metadata(metadata(document, view));
    pdf.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
}

impl Writer {
    fn page(&mut self, page: &mut Page<'_>, number: usize, placed: Vec<Placed>, foot: &SetLine) {
        let mut links = Vec::new();
        let mut surface = page.surface();
        for one in placed {
            match one {
                Placed::Fill { area, colour } => fill(&mut surface, area, colour),
                Placed::Picture { area, bytes, part } => {
                    self.picture(&mut surface, area, (bytes, part, number))
                }
                Placed::Line { x, y, line, part } => {
                    let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                    self.line(&mut surface, (x, y), &line);
                    surface.end_tagged();
                    self.add(part, id, (number, y));
                    links.extend(line.links.into_iter().map(|(from, url)| {
                        (Area(x + from.start, y, from.end - from.start, line.height), url, part)
                    }));
                }
            }
        }
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PageNumber)));
        self.line(&mut surface, ((PAGE.0 - foot.width) / 2.0, PAGE.1 - MARGIN + 8.0), foot);
        surface.end_tagged();
        surface.finish();
        for (area, url, part) in links {
            self.link(page, area, (url, part));
        }
    }

    fn add(&mut self, part: usize, id: Identifier, at: (usize, f32)) {
        self.nodes[part].push(id.into());
        self.begins[part].get_or_insert(at);
    }

    fn line(&mut self, surface: &mut Surface<'_>, (x, y): (f32, f32), line: &SetLine) {
        for piece in &line.pieces {
            let Some(font) = self.font(piece) else { continue };
            surface.set_fill(Some(paint(piece.colour)));
            let start = Point::from_xy(x + piece.x, y + line.baseline);
            surface.draw_glyphs(start, &piece.glyphs, font, &piece.text, piece.size, false);
        }
    }

    fn font(&mut self, piece: &Piece) -> Option<Font> {
        let (data, id) = piece.font.data.clone().into_raw_parts();
        let place = piece.coordinates.iter().map(|(_, value)| value.to_bits()).collect();
        let made = self.fonts.entry((id, piece.font.index, place)).or_insert_with(|| {
            let coordinates: Vec<(FontTag, f32)> =
                piece.coordinates.iter().map(|(tag, value)| (FontTag::new(tag), *value)).collect();
            Font::new_variable(data.into(), piece.font.index, &coordinates)
        });
        made.clone()
    }

    fn picture(
        &mut self,
        surface: &mut Surface<'_>,
        area: Area,
        (bytes, part, number): (Vec<u8>, usize, usize),
    ) {
        let Some((image, size)) = image(bytes).zip(Size::from_wh(area.2, area.3)) else { return };
        let id = surface.start_tagged(ContentTag::Other);
        surface.push_transform(&Transform::from_translate(area.0, area.1));
        surface.draw_image(image, size);
        surface.pop();
        surface.end_tagged();
        self.add(part, id, (number, area.1));
    }

    /// A link can be pressed where its words stand.
    fn link(&mut self, page: &mut Page<'_>, Area(x, y, width, height): Area, (url, part): (String, usize)) {
        let Some(rect) = Rect::from_xywh(x, y, width.max(1.0), height) else { return };
        let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
        let annotation = Annotation::new_link(LinkAnnotation::new(rect, target), Some(url));
        let mut group = TagGroup::new(Tag::Link);
        group.push(page.add_tagged_annotation(annotation));
        self.nodes[part].push(group.into());
    }

    fn outline(&self, parts: &[Kind]) -> Outline {
        let mut outline = Outline::new();
        for (part, begin) in parts.iter().zip(&self.begins) {
            if let (Kind::Heading(_, text), Some((page, y))) = (part, begin) {
                let place = XyzDestination::new(*page, Point::from_xy(0.0, (*y - 8.0).max(0.0)));
                outline.push_child(OutlineNode::new(text.clone(), place));
            }
        }
        outline
    }

    fn tags(self, parts: Vec<Kind>, language: &str) -> TagTree {
        let mut tree = TagTree::new();
        for (part, nodes) in parts.into_iter().zip(self.nodes) {
            if !nodes.is_empty() {
                tree.push(TagGroup::with_children(tag_of(part), nodes));
            }
        }
        tree.with_lang(Some(language.to_owned()))
    }
}

fn tag_of(part: Kind) -> TagKind {
    match part {
        Kind::Paragraph => Tag::P.into(),
        Kind::Heading(level, text) => {
            Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(text)).into()
        }
        Kind::Figure(alternative) => Tag::Figure(Some(alternative)).into(),
    }
}

fn fill(surface: &mut Surface<'_>, Area(x, y, width, height): Area, colour: Colour) {
    let mut path = PathBuilder::new();
    let Some(rect) = Rect::from_xywh(x, y, width, height) else { return };
    path.push_rect(rect);
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
    surface.set_fill(Some(paint(colour)));
    surface.draw_path(&path);
    surface.end_tagged();
}

fn paint([red, green, blue]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

/// `None` for bytes that are no picture; its name stands there anyway.
fn image(bytes: Vec<u8>) -> Option<Image> {
    let made = match infer::get(&bytes)?.mime_type() {
        "image/png" => Image::from_png(bytes.into(), true),
        "image/jpeg" => Image::from_jpeg(bytes.into(), true),
        "image/gif" => Image::from_gif(bytes.into(), true),
        "image/webp" => Image::from_webp(bytes.into(), true),
        _ => return None,
    };
    made.ok()
}

fn metadata(document: &Document, view: &View<'_>) -> Metadata {
    let at = document.at.utc();
    let small = |number: u32| u8::try_from(number).unwrap_or(1);
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0);
    Metadata::new()
        .title(document.title.clone())
        .authors(vec![document.sharer.clone()])
        .creator("mailmoot".to_owned())
        .language(view.t.language().tag().to_owned())
        .creation_date(date)
}
