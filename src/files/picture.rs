//! Pictures as bytes: without what cameras write into them, and small. Pure; slow work, for a thread of its own.
//!
//! A decoder is the place where hostile bytes do the most harm: the size is checked before a pixel is decoded, and what
//! a decoder may take of the memory is limited.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, ImageResult, Limits};
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::{CHUNK_XMP, WebP};
use img_parts::{Bytes, ImageEXIF};

use crate::domain::file::PictureSize;

/// A picture made small.
#[derive(Debug)]
pub(super) struct Thumbnail {
    /// Of the whole picture.
    pub of: PictureSize,
    /// JPEG, or WebP where the picture lets something shine through.
    pub bytes: Vec<u8>,
}

/// A larger file is no picture to us, in bytes.
pub(super) const MOST_BYTES: u64 = 100_000_000;
/// What the largest cameras of phones make. Decoded it takes 150 MB.
const MOST_POINTS: u64 = 50_000_000;
const LONGEST_SIDE: u32 = 20_000;
/// What a decoder may take, in bytes.
const MOST_MEMORY: u64 = 400_000_000;
const QUALITY: u8 = 80;
/// Larger profiles of colours are for printers.
const LONGEST_PROFILE: usize = 4_096;

/// The kind of picture that begins so, if we make thumbnails of it.
pub(super) fn format(head: &[u8]) -> Option<ImageFormat> {
    match infer::get(head)?.mime_type() {
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/gif" => Some(ImageFormat::Gif),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// One of our own thumbnails as PNG.
pub(super) fn as_png(thumbnail: &[u8]) -> Option<Vec<u8>> {
    let picture = image::load_from_memory(thumbnail).ok()?;
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// The picture without what was written into it besides: where it was taken, by whom, with what. Which way up it is and
/// its colours stay. Bytes that are no such picture, and pictures that hold nothing else, stay as they are.
pub(super) fn without_notes(format: ImageFormat, bytes: Vec<u8>) -> Vec<u8> {
    let bytes = Bytes::from(bytes);
    let kept = match format {
        ImageFormat::Jpeg => jpeg_without_notes(&bytes),
        ImageFormat::Png => png_without_notes(&bytes),
        ImageFormat::WebP => webp_without_notes(&bytes),
        _ => None,
    };
    kept.unwrap_or(bytes).into()
}

fn jpeg_without_notes(bytes: &Bytes) -> Option<Bytes> {
    let mut jpeg = Jpeg::from_bytes(bytes.slice(..end_of_jpeg(bytes)?)).ok()?;
    let turned = orientation(jpeg.exif());
    jpeg.segments_mut().retain(belongs_to_picture);
    jpeg.set_exif(turned);
    Some(jpeg.encoder().bytes())
}

/// JFIF, the profile of colours and Adobe's mark of how they are written say how to draw the picture; every other
/// application segment, and the comment, says something about it.
fn belongs_to_picture(segment: &JpegSegment) -> bool {
    match segment.marker() {
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP0 | markers::APP14 => true,
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    }
}

/// Where the picture ends (ITU-T T.81 B.1.1): phones append more pictures and films, which hold the same notes.
/// Of one that is broken off, where its bytes end.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == markers::P).unwrap_or(bytes.len() - at);
        match bytes.get(at + 1) {
            Some(&markers::EOI) => return Some(at + 2),
            // Padding, a coded FF, or a place to start again: nothing follows that has a length.
            Some(&markers::P) => at += 1,
            Some(&(0 | markers::SOI | markers::RST0..=markers::RST7)) => at += 2,
            Some(_) => match bytes.get(at + 2..at + 4) {
                Some(length) => at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])),
                None => return Some(bytes.len()),
            },
            None => return Some(bytes.len()),
        }
        if at >= bytes.len() {
            return Some(bytes.len());
        }
    }
}

fn png_without_notes(bytes: &Bytes) -> Option<Bytes> {
    let mut png = Png::from_bytes(bytes.clone()).ok()?;
    let turned = orientation(png.exif());
    for kind in [*b"tEXt", *b"zTXt", *b"iTXt", *b"tIME", *b"caBX"] {
        png.remove_chunks_by_type(kind);
    }
    png.set_exif(turned);
    Some(png.encoder().bytes())
}

fn webp_without_notes(bytes: &Bytes) -> Option<Bytes> {
    let mut webp = WebP::from_bytes(bytes.clone()).ok()?;
    let turned = orientation(webp.exif());
    webp.remove_chunks_by_id(CHUNK_XMP);
    webp.set_exif(turned);
    Some(webp.encoder().bytes())
}

/// Notes that hold nothing but which way up the picture is (Exif 2.32 4.6.4, tag 0112); `None` if it is as it lies.
fn orientation(exif: Option<Bytes>) -> Option<Bytes> {
    let turned = Orientation::from_exif_chunk(&exif?)?;
    if turned == Orientation::NoTransforms {
        return None;
    }
    let mut notes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    notes.extend_from_slice(&[turned.to_exif(), 0, 0, 0]);
    notes.extend_from_slice(&[0; 4]);
    Some(notes.into())
}

/// The picture made small and turned upright, the first one of those that move. `None` for what is too large or can't
/// be read.
pub(super) fn thumbnail(format: ImageFormat, bytes: &[u8]) -> Option<Thumbnail> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(LONGEST_SIDE, MOST_MEMORY));
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_POINTS {
        return None;
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| is_for_screens(profile));
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    let lies = PictureSize { width, height };
    if lies.thumbnail() != lies {
        let small = lies.thumbnail();
        picture = picture.thumbnail_exact(small.width, small.height);
    }
    picture.apply_orientation(turned);
    Some(Thumbnail { of: stood_up(lies, turned), bytes: encode(&picture, profile).ok()? })
}

fn stood_up(lies: PictureSize, turned: Orientation) -> PictureSize {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    match turned {
        Rotate90 | Rotate90FlipH | Rotate270 | Rotate270FlipH => {
            PictureSize { width: lies.height, height: lies.width }
        }
        _ => lies,
    }
}

/// What a decoder may take: points of a side, and bytes.
pub(super) fn limits(longest_side: u32, memory: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(longest_side);
    limits.max_image_height = Some(longest_side);
    limits.max_alloc = Some(memory);
    limits
}

/// A profile of colours made of red, green and blue (ICC.1 7.2.6): the decoder has made such of all others.
fn is_for_screens(profile: &[u8]) -> bool {
    profile.len() <= LONGEST_PROFILE && profile.get(16..20) == Some(b"RGB ")
}

fn encode(picture: &DynamicImage, profile: Option<Vec<u8>>) -> ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    if shines_through(picture) {
        picture.to_rgba8().write_with_encoder(WebPEncoder::new_lossless(&mut out))?;
        return Ok(out);
    }
    let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    if let Some(profile) = profile {
        // Paler colours are better than no picture.
        drop(encoder.set_icc_profile(profile));
    }
    picture.to_rgb8().write_with_encoder(encoder)?;
    Ok(out)
}

fn shines_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|point| point.0[3] < u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture with one dark corner, at the top left.
    fn corner(width: u32, height: u32) -> DynamicImage {
        let point = |x, y| if x < width / 4 && y < height / 4 { [20, 20, 20] } else { [230, 230, 230] };
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(width, height, |x, y| image::Rgb(point(x, y))))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// As a camera writes them: which way up, then where.
    fn notes(turned: u8) -> Bytes {
        let mut notes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        notes.extend_from_slice(&[turned, 0, 0, 0, 0, 0, 0, 0]);
        notes.extend_from_slice(b"GPS 59.3293 N 18.0686 E");
        notes.into()
    }

    const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>59,19.758N</exif:GPSLatitude>";

    fn photo(turned: u8) -> Vec<u8> {
        let mut jpeg = Jpeg::from_bytes(written(&corner(80, 40), ImageFormat::Jpeg).into()).unwrap();
        jpeg.set_exif(Some(notes(turned)));
        for (marker, contents) in
            [(markers::APP1, XMP), (markers::APP13, b"Photoshop GPS".as_slice()), (markers::COM, b"GPS")]
        {
            let segment = JpegSegment::new_with_contents(marker, Bytes::from_static(contents));
            jpeg.segments_mut().insert(2, segment);
        }
        jpeg.encoder().bytes().to_vec()
    }

    fn holds(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|window| window == words)
    }

    #[test]
    fn a_photograph_keeps_its_picture_and_its_way_up_and_nothing_else() {
        let taken = photo(6);
        assert!(holds(&taken, b"GPS"));
        // A second picture behind the first, as phones append them.
        let more = [taken.clone(), taken.clone()].concat();
        let kept = without_notes(ImageFormat::Jpeg, more);
        assert!(!holds(&kept, b"GPS") && kept.len() < taken.len());
        let jpeg = Jpeg::from_bytes(kept.clone().into()).unwrap();
        assert_eq!(Orientation::from_exif_chunk(&jpeg.exif().unwrap()), Some(Orientation::Rotate90));
        let before = image::load_from_memory(&taken).unwrap();
        assert_eq!(image::load_from_memory(&kept).unwrap(), before);
        assert_eq!(without_notes(ImageFormat::Jpeg, kept.clone()), kept, "a second time changes nothing");
    }

    #[test]
    fn other_pictures_lose_their_notes_too() {
        let plain = written(&corner(80, 40), ImageFormat::Png);
        assert_eq!(without_notes(ImageFormat::Png, plain.clone()), plain, "what holds none stays as it is");
        let mut png = Png::from_bytes(plain.clone().into()).unwrap();
        png.set_exif(Some(notes(1)));
        let text = img_parts::png::PngChunk::new(*b"tEXt", Bytes::from_static(b"Comment\0GPS"));
        png.chunks_mut().insert(1, text);
        assert_eq!(without_notes(ImageFormat::Png, png.encoder().bytes().to_vec()), plain);

        let plain = written(&corner(80, 40), ImageFormat::WebP);
        let mut webp = WebP::from_bytes(plain.clone().into()).unwrap();
        webp.set_exif(Some(notes(1)));
        let kept = without_notes(ImageFormat::WebP, webp.encoder().bytes().to_vec());
        assert!(!holds(&kept, b"GPS"));
        assert_eq!(image::load_from_memory(&kept).unwrap(), image::load_from_memory(&plain).unwrap());
    }

    #[test]
    fn a_thumbnail_stands_upright_and_holds_no_notes() {
        // Turned right round by a quarter, the dark corner is at the top right.
        let made = thumbnail(ImageFormat::Jpeg, &photo(6)).unwrap();
        assert_eq!(made.of, PictureSize { width: 40, height: 80 });
        assert!(!holds(&made.bytes, b"GPS") && !holds(&made.bytes, b"Exif"));
        let shown = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
        assert_eq!((shown.width(), shown.height()), (40, 80));
        assert!(shown.get_pixel(38, 2).0[0] < 80, "dark at the top right");
        assert!(shown.get_pixel(2, 2).0[0] > 180 && shown.get_pixel(38, 78).0[0] > 180);
    }

    #[test]
    fn a_large_picture_is_made_small_in_its_shape() {
        let made = thumbnail(ImageFormat::Png, &written(&corner(1600, 400), ImageFormat::Png)).unwrap();
        assert_eq!(made.of, PictureSize { width: 1600, height: 400 });
        let shown = image::load_from_memory(&made.bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (640, 160));
        assert!(made.bytes.starts_with(&[0xff, 0xd8]), "JPEG where nothing shines through");
        let glass = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(9, 9, image::Rgba([1, 2, 3, 100])));
        let made = thumbnail(ImageFormat::Png, &written(&glass, ImageFormat::Png)).unwrap();
        assert!(made.bytes.starts_with(b"RIFF"));
    }

    /// A head that promises `side` by `side` points, and nothing behind it.
    fn promise(side: u32) -> Vec<u8> {
        let png = written(&corner(8, 8), ImageFormat::Png);
        let mut png = Png::from_bytes(png.into()).unwrap();
        let mut head = [side.to_be_bytes(), side.to_be_bytes()].concat();
        head.extend_from_slice(&[8, 2, 0, 0, 0]);
        png.chunks_mut()[0] = img_parts::png::PngChunk::new(*b"IHDR", head.into());
        png.encoder().bytes().to_vec()
    }

    #[test]
    fn what_promises_too_many_points_is_not_decoded() {
        assert!(thumbnail(ImageFormat::Png, &promise(30_000)).is_none());
        assert!(thumbnail(ImageFormat::Png, &promise(7_072)).is_none(), "by the number of its points");
        assert!(thumbnail(ImageFormat::Png, &promise(u32::MAX)).is_none());
        let gif = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0;";
        assert!(thumbnail(ImageFormat::Gif, gif).is_none());
    }

    #[test]
    fn broken_pictures_stay_as_they_are_and_have_no_thumbnail() {
        let photo = photo(1);
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            for bytes in [
                &b""[..],
                b"\xff\xd8\xff",
                b"\x89PNG\r\n\x1a\n",
                b"RIFF\0\0\0\0WEBP",
                b"GIF89a",
                &photo[..60],
            ] {
                let kept = without_notes(format, bytes.to_vec());
                assert!(kept.len() <= bytes.len() + 60);
                assert!(thumbnail(format, bytes).is_none());
            }
        }
        let cut = &photo[..photo.len() - 40];
        assert!(
            !holds(&without_notes(ImageFormat::Jpeg, cut.to_vec()), b"GPS"),
            "even if its end is missing"
        );
    }

    #[test]
    fn a_beginning_tells_which_picture_it_is() {
        for (format, bytes) in [
            (Some(ImageFormat::Jpeg), photo(1)),
            (Some(ImageFormat::WebP), written(&corner(8, 8), ImageFormat::WebP)),
            (None, b"%PDF-1.7".to_vec()),
            (None, b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        ] {
            assert_eq!(super::format(&bytes), format);
        }
    }
}
