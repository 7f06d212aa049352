//! Words into lines: fonts are chosen letter by letter, glyphs placed (parley), and what no font has is noted.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use krilla::text::{GlyphId, KrillaGlyph};
use parley::style::{
    FontFamily, FontFamilyName, FontStyle, FontWeight, LineHeight, OverflowWrap, StyleProperty,
};
use parley::{Cluster, FontContext, FontData, Layout, LayoutContext, Line, Run};

use super::blocks::Span;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// How a paragraph looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// In points.
    pub size: f32,
    pub colour: Colour,
    pub bold: bool,
}

/// What a letter is painted with, and which of the paragraph's links it belongs to, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Brush {
    colour: Colour,
    link: usize,
}

/// A line of words; all lengths in points.
#[derive(Clone, Debug)]
pub(super) struct SetLine {
    pub height: f32,
    /// Below the top of the line.
    pub baseline: f32,
    pub width: f32,
    pub pieces: Vec<Piece>,
    /// From where to where a link goes, and where it leads.
    pub links: Vec<(Range<f32>, String)>,
}

/// Glyphs of one font and colour.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub x: f32,
    pub font: FontData,
    /// Of a variable font.
    pub coordinates: Vec<([u8; 4], f32)>,
    pub size: f32,
    pub colour: Colour,
    pub glyphs: Vec<KrillaGlyph>,
    /// What the glyphs' ranges are in.
    pub text: Arc<str>,
}

const LINK: Colour = [0x0b, 0x63, 0xa8];
const LEADING: f32 = 1.45;

/// Families in the order in which we like them; those that the machine does not have are passed over.
const WORDS: &[&str] = &[
    "Noto Sans",
    "Source Sans 3",
    "Open Sans",
    "Liberation Sans",
    "DejaVu Sans",
    "Segoe UI",
    "Helvetica Neue",
    "Arial",
];
const CODE: &[&str] = &["Noto Sans Mono", "Liberation Mono", "DejaVu Sans Mono", "Consolas", "Menlo"];
const CHINESE: &[&str] = &[
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Droid Sans Fallback",
    "Noto Sans CJK JP",
    "Noto Color Emoji",
];
/// All others come after these, at most so many.
const MOST_OTHERS: usize = 100;

pub(super) struct Setter {
    fonts: FontContext,
    layouts: LayoutContext<Brush>,
    words: Vec<FontFamilyName<'static>>,
    code: Vec<FontFamilyName<'static>>,
    /// Letters that no font has.
    pub missing: BTreeSet<char>,
}

impl Setter {
    pub fn new(mut fonts: FontContext) -> Self {
        let mut installed: Vec<String> = fonts.collection.family_names().map(str::to_owned).collect();
        installed.sort_unstable();
        let liked = |names: &[&str]| -> Vec<String> {
            names
                .iter()
                .filter(|name| installed.iter().any(|one| one == *name))
                .map(|name| (*name).to_owned())
                .collect()
        };
        let (words, code, chinese) = (liked(WORDS), liked(CODE), liked(CHINESE));
        let named = [&words, &code, &chinese];
        let others: Vec<String> = installed
            .iter()
            .filter(|one| !named.iter().any(|names| names.contains(one)))
            .take(MOST_OTHERS)
            .cloned()
            .collect();
        let list = |first: &[String], second: &[String]| {
            let all = first.iter().chain(&chinese).chain(second).chain(&others);
            all.map(|name| FontFamilyName::Named(Cow::Owned(name.clone()))).collect()
        };
        Self {
            words: list(&words, &code),
            code: list(&code, &words),
            fonts,
            layouts: LayoutContext::new(),
            missing: BTreeSet::new(),
        }
    }

    /// The lines of a paragraph of at most this width.
    pub fn lines(&mut self, spans: &[Span], look: Look, width: f32) -> Vec<SetLine> {
        let text: String = spans.iter().map(|span| shown(&span.text)).collect();
        if text.trim().is_empty() || self.words.is_empty() {
            self.note_all(&text);
            return Vec::new();
        }
        let links: Vec<String> = spans.iter().filter_map(|span| span.link.clone()).collect();
        let mut layout = self.layout(&text, spans, look);
        layout.break_all_lines(Some(width));
        let text: Arc<str> = text.into();
        layout.lines().map(|line| self.line(&layout, &line, (&text, &links))).collect()
    }

    fn layout(&mut self, text: &str, spans: &[Span], look: Look) -> Layout<Brush> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(&self.words))));
        builder.push_default(StyleProperty::FontSize(look.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LEADING)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        builder.push_default(StyleProperty::Brush(Brush { colour: look.colour, link: 0 }));
        if look.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let (mut from, mut link) = (0, 0);
        for span in spans {
            let range = from..from + shown(&span.text).len();
            from = range.end;
            if span.bold {
                builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range.clone());
            }
            if span.italic {
                builder.push(StyleProperty::FontStyle(FontStyle::Italic), range.clone());
            }
            if span.code {
                let family = FontFamily::List(Cow::Borrowed(&self.code));
                builder.push(StyleProperty::FontFamily(family), range.clone());
                builder.push(StyleProperty::FontSize(look.size * 0.9), range.clone());
            }
            if span.link.is_some() {
                link += 1;
                builder.push(StyleProperty::Brush(Brush { colour: LINK, link }), range);
            }
        }
        builder.build(text)
    }

    fn line(
        &mut self,
        layout: &Layout<Brush>,
        line: &Line<'_, Brush>,
        (text, links): (&Arc<str>, &[String]),
    ) -> SetLine {
        let metrics = line.metrics();
        let mut x = metrics.offset;
        let mut set = SetLine {
            height: metrics.line_height,
            baseline: metrics.baseline - metrics.block_min_coord,
            width: metrics.advance - metrics.trailing_whitespace,
            pieces: Vec::new(),
            links: Vec::new(),
        };
        for run in line.runs() {
            for cluster in run.visual_clusters() {
                let brush = cluster.first_style().brush;
                let glyphs = self.glyphs(&cluster, (&run, text));
                let advance: f32 = cluster.glyphs().map(|glyph| glyph.advance).sum();
                if let Some(url) = brush.link.checked_sub(1).and_then(|at| links.get(at)) {
                    extend_link(&mut set.links, url, x..x + advance);
                }
                add_glyphs(&mut set.pieces, (x, &run, text), brush.colour, (glyphs, cluster.text_range()));
                x += advance;
            }
        }
        let _ = layout;
        set
    }

    fn glyphs(
        &mut self,
        cluster: &Cluster<'_, Brush>,
        (run, text): (&Run<'_, Brush>, &str),
    ) -> Vec<KrillaGlyph> {
        let (size, range) = (run.font_size(), cluster.text_range());
        if cluster.glyphs().any(|glyph| glyph.id == 0) {
            self.note_all(text.get(range.clone()).unwrap_or_default());
        }
        let made = cluster.glyphs().map(|glyph| {
            let (advance, right, up) = (glyph.advance / size, glyph.x / size, glyph.y / size);
            KrillaGlyph::new(GlyphId::new(glyph.id), advance, right, up, 0.0, range.clone(), None)
        });
        made.collect()
    }

    /// Spaces and marks that are not seen need no font.
    fn note_all(&mut self, text: &str) {
        let unseen = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        };
        self.missing.extend(text.chars().filter(|c| !unseen(*c)));
    }
}

/// Control characters have no glyphs, whatever they do elsewhere; tabs are spaces.
fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\n') {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    Cow::Owned(kept.map(|c| if c == '\t' { ' ' } else { c }).collect())
}

fn extend_link(links: &mut Vec<(Range<f32>, String)>, url: &str, range: Range<f32>) {
    match links.last_mut() {
        Some((last, same)) if same == url && (last.end - range.start).abs() < 0.5 => last.end = range.end,
        _ => links.push((range, url.to_owned())),
    }
}

/// Glyphs that go on in the same font and colour belong to the same piece; those of a ligature's later letters have none
/// of their own, but lengthen what its glyph stands for.
fn add_glyphs(
    pieces: &mut Vec<Piece>,
    (x, run, text): (f32, &Run<'_, Brush>, &Arc<str>),
    colour: Colour,
    (glyphs, range): (Vec<KrillaGlyph>, Range<usize>),
) {
    let same =
        |piece: &Piece| piece.font == *run.font() && piece.colour == colour && piece.size == run.font_size();
    match pieces.last_mut() {
        Some(piece) if same(piece) => match glyphs.is_empty() {
            true => lengthen(piece, &range),
            false => piece.glyphs.extend(glyphs),
        },
        _ if glyphs.is_empty() => {}
        _ => pieces.push(Piece {
            x,
            font: run.font().clone(),
            coordinates: run
                .synthesis()
                .variation_settings()
                .iter()
                .map(|(tag, value)| (tag.into_bytes(), *value))
                .collect(),
            size: run.font_size(),
            colour,
            glyphs,
            text: Arc::clone(text),
        }),
    }
}

fn lengthen(piece: &mut Piece, range: &Range<usize>) {
    if let Some(glyph) = piece.glyphs.last_mut() {
        glyph.text_range = glyph.text_range.start.min(range.start)..glyph.text_range.end.max(range.end);
    }
}
