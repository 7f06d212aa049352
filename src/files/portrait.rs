//! Pictures of people, made small and square. What an address book gives is as hostile as what a stranger drops.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Rgb, RgbImage};
use tokio::task::spawn_blocking;

use super::{Files, picture};

/// Width and height, in points: more than twice what the largest place shows. A page can have many: each weighs 2 kB or so.
const SIDE: u32 = 112;
/// What the best cameras of phones make by default. Decoded it takes 75 MB.
const MOST_POINTS: u64 = 25_000_000;
const LONGEST_SIDE: u32 = 12_000;
/// That is what a decoded picture may have, in bytes: pictures with 16 bits a colour are smaller.
const MOST_DECODED: u64 = 3 * MOST_POINTS;
/// What a decoder may take for it, in bytes.
const MOST_MEMORY: u64 = 100_000_000;
const QUALITY: u8 = 74;

impl Files {
    /// The middle of a JPEG, PNG, GIF or WebP as a square JPEG of 112 points without notes; `None` for all else, and for what is
    /// too large or broken. One at a time, on a thread for slow work.
    pub async fn portrait(&self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        let _turn = self.at_picture.acquire().await;
        // A decoder that falls over hostile bytes takes its own thread only.
        spawn_blocking(move || portrait(&bytes)).await.ok().flatten()
    }
}

fn portrait(bytes: &[u8]) -> Option<Vec<u8>> {
    let format: ImageFormat = picture::format(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(picture::limits(LONGEST_SIDE, MOST_MEMORY));
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let points = u64::from(width) * u64::from(height);
    if points == 0 || points > MOST_POINTS || decoder.total_bytes() > MOST_DECODED {
        return None;
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let whole = DynamicImage::from_decoder(decoder).ok()?;
    let side = width.min(height);
    let middle = whole.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    let mut small = match side > 4 * SIDE {
        // Fast first: most of the points are gone then.
        true => middle.thumbnail_exact(2 * SIDE, 2 * SIDE),
        false => middle,
    };
    small = small.resize_exact(SIDE, SIDE, FilterType::Triangle);
    small.apply_orientation(turned);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&on_white(&small)).ok()?;
    Some(out)
}

/// What shines through shows white, as on paper.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let points = picture.to_rgba8();
    RgbImage::from_fn(points.width(), points.height(), |x, y| {
        let [red, green, blue, alpha] = points.get_pixel(x, y).0;
        let over = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// A red square between two blue sides.
    fn wide() -> DynamicImage {
        let point = |x, _| if (100..300).contains(&x) { [200, 30, 30] } else { [30, 30, 200] };
        DynamicImage::ImageRgb8(RgbImage::from_fn(400, 200, |x, y| Rgb(point(x, y))))
    }

    #[test]
    fn the_middle_is_what_is_shown_in_every_format() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            let made = portrait(&written(&wide(), format)).unwrap();
            let shown = image::load_from_memory(&made).unwrap().to_rgb8();
            assert_eq!((shown.width(), shown.height()), (SIDE, SIDE), "{format:?}");
            for (x, y) in [(8, 8), (SIDE / 2, SIDE / 2), (SIDE - 9, SIDE - 9)] {
                let [red, _, blue] = shown.get_pixel(x, y).0;
                assert!(red > 150 && blue < 90, "{format:?} at {x} {y}: {red} {blue}");
            }
            assert!(made.len() < 10_000, "{format:?}: {}", made.len());
        }
    }

    #[test]
    fn nothing_stays_of_what_a_camera_wrote_and_what_shines_through_is_white() {
        use img_parts::ImageEXIF;
        let mut jpeg = img_parts::jpeg::Jpeg::from_bytes(written(&wide(), ImageFormat::Jpeg).into()).unwrap();
        jpeg.set_exif(Some(img_parts::Bytes::from_static(b"II*\0\x08\0\0\0\0\0\0\0\0\0GPS 59.3293 N")));
        let given = jpeg.encoder().bytes().to_vec();
        let holds = |bytes: &[u8]| bytes.windows(3).any(|window| window == b"GPS");
        assert!(holds(&given) && !holds(&portrait(&given).unwrap()));
        let glass = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(20, 20, image::Rgba([0, 0, 0, 0])));
        let shown = image::load_from_memory(&portrait(&written(&glass, ImageFormat::Png)).unwrap()).unwrap();
        assert!(shown.to_rgb8().pixels().all(|point| point.0.iter().all(|value| *value > 250)));
    }

    #[test]
    fn what_is_broken_or_too_large_is_no_picture() {
        let whole = written(&wide(), ImageFormat::Png);
        let mut promise = whole.clone();
        // Width and height of the head (PNG 11.2.1), and 100,000 points each.
        promise[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bytes in [&whole[..40], &promise, svg.as_slice(), b"", b"GIF89a", b"\xff\xd8\xff", b"BM\0\0\0\0"]
        {
            assert_eq!(portrait(bytes), None, "{:?}", &bytes[..bytes.len().min(12)]);
        }
        let tiny = DynamicImage::ImageRgb8(RgbImage::from_pixel(1, 1, Rgb([1, 2, 3])));
        assert!(portrait(&written(&tiny, ImageFormat::Png)).is_some());
    }
}
