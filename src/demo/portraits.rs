//! Pictures of some of the demo's people: drawn here, of nobody.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::people::Who;

/// In points.
const SIDE: u32 = 240;

/// What somebody looks like.
struct Look {
    wall: [u8; 3],
    skin: [u8; 3],
    hair: [u8; 3],
    coat: [u8; 3],
    /// How far down the hair reaches at the sides, in points.
    length: i32,
}

/// Some have none: they are shown by their letters.
fn look(who: Who) -> Option<Look> {
    let look = |wall, skin, hair, coat, length| Look { wall, skin, hair, coat, length };
    match who {
        Who::Anna => Some(look([196, 214, 226], [240, 205, 180], [214, 170, 96], [52, 84, 120], 60)),
        Who::Wang => Some(look([222, 212, 190], [232, 194, 160], [34, 30, 30], [70, 74, 84], -12)),
        Who::David => Some(look([190, 206, 184], [122, 82, 58], [26, 20, 18], [176, 96, 48], -20)),
        Who::LiLei => Some(look([226, 200, 196], [236, 200, 168], [28, 24, 26], [40, 110, 92], -8)),
        Who::Maria => Some(look([214, 198, 224], [222, 174, 138], [74, 44, 30], [142, 44, 66], 72)),
        Who::Priya => Some(look([204, 222, 208], [168, 116, 80], [24, 18, 18], [188, 132, 30], 84)),
        _ => None,
    }
}

/// A picture as a phone would take it, PNG.
pub fn portrait(who: Who) -> Option<Vec<u8>> {
    let look = look(who)?;
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        Rgb(look.point(i32::try_from(x).unwrap_or(0), i32::try_from(y).unwrap_or(0)))
    });
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png).ok()?;
    Some(out.into_inner())
}

impl Look {
    fn point(&self, x: i32, y: i32) -> [u8; 3] {
        let within = |(cx, cy): (i32, i32), (rx, ry): (i32, i32)| {
            let (dx, dy) = ((x - cx) * ry, (y - cy) * rx);
            dx * dx + dy * dy <= rx * rx * ry * ry
        };
        let face = within((120, 104), (44, 56));
        let cap = within((120, 92), (54, 60));
        // The parting: hair falls to both sides of it.
        let brow = y < 70 + (x - 104).abs() / 4;
        let eyes = within((103, 106), (4, 5)) || within((137, 106), (4, 5));
        let smile = within((120, 128), (15, 9)) && !within((120, 124), (16, 9));
        match () {
            () if face && eyes => [40, 34, 34],
            () if face && smile => [172, 84, 76],
            () if face && !brow => self.skin,
            () if cap && (y < 96 || brow) => self.hair,
            () if within((120, 112), (58, 84)) && y < 110 + self.length && y > 84 && !face => self.hair,
            () if within((120, 156), (18, 34)) && y < 184 => self.skin,
            () if within((120, 250), (92, 78)) => self.coat,
            () => self.wall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_have_a_picture_and_each_another_one() {
        let drawn: Vec<Vec<u8>> =
            [Who::Anna, Who::Wang, Who::David].into_iter().filter_map(portrait).collect();
        assert_eq!(drawn.len(), 3);
        assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2]);
        assert_eq!(portrait(Who::Kenji), None);
    }
}
