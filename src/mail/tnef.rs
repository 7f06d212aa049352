//! The files within a `winmail.dat` (MS-OXTNEF), which Outlook sends instead of attachments. Only the files are read: a
//! mail's words stand in its own text part. Every length is checked against what is there.

/// A file as Outlook wrapped it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapped {
    pub name: String,
    pub bytes: Vec<u8>,
}

const SIGN: u32 = 0x223e_9f78;
/// Attributes (MS-OXTNEF 2.1.3.2).
const RENDERING: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800f;
const PROPERTIES: u32 = 0x0006_9005;
/// Properties of an attachment (MS-OXPROPS): its long name.
const LONG_NAME: u16 = 0x3707;
const STRING_8: u16 = 0x1e;
const STRING: u16 = 0x1f;
const MOST_FILES: usize = 200;
const MOST_ATTRIBUTES: usize = 10_000;
const MOST_PROPERTIES: u32 = 1_000;

/// The files of a `winmail.dat`; none if the bytes are something else or broken from the start.
pub fn files(bytes: &[u8]) -> Vec<Wrapped> {
    let mut reader = Reader(bytes);
    let mut found: Vec<Wrapped> = Vec::new();
    if reader.number(4) != Some(SIGN) || reader.number(2).is_none() {
        return found;
    }
    for _ in 0..MOST_ATTRIBUTES {
        let Some((attribute, value)) = attribute(&mut reader) else { break };
        if attribute == RENDERING {
            if found.len() >= MOST_FILES {
                break;
            }
            found.push(Wrapped { name: String::new(), bytes: Vec::new() });
        }
        let Some(file) = found.last_mut() else { continue };
        match attribute {
            TITLE if file.name.is_empty() => file.name = eight_bit(value),
            DATA => file.bytes = value.to_vec(),
            PROPERTIES => file.name = long_name(value).unwrap_or_else(|| std::mem::take(&mut file.name)),
            _ => {}
        }
    }
    found.retain(|file| !file.bytes.is_empty());
    found
}

/// Level, number, length, value, checksum (MS-OXTNEF 2.1.3.1).
fn attribute<'b>(reader: &mut Reader<'b>) -> Option<(u32, &'b [u8])> {
    reader.number(1)?;
    let number = reader.number(4)?;
    let length = usize::try_from(reader.number(4)?).ok()?;
    let value = reader.take(length)?;
    reader.take(2)?;
    Some((number, value))
}

/// The bytes that are left.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Little-endian, of up to four bytes.
    fn number(&mut self, length: usize) -> Option<u32> {
        Some(self.take(length)?.iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
    }

    /// A number of bytes, then those, filled up to four.
    fn counted(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number(4)?).ok()?;
        let value = self.take(length)?;
        self.take(length.next_multiple_of(4) - length)?;
        Some(value)
    }
}

/// The long name among the properties of an attachment (MS-OXTNEF 2.1.3.4).
fn long_name(bytes: &[u8]) -> Option<String> {
    let mut reader = Reader(bytes);
    for _ in 0..reader.number(4)?.min(MOST_PROPERTIES) {
        let (kind, id) = (u16::try_from(reader.number(2)?).ok()?, u16::try_from(reader.number(2)?).ok()?);
        if id >= 0x8000 {
            reader.take(16)?;
            if reader.number(4)? == 0 { reader.take(4) } else { reader.counted() }?;
        }
        let several = kind & 0x1000 != 0;
        let kind = kind & 0x0fff;
        let fixed = match kind {
            0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
            0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
            0x48 => Some(16),
            _ => None,
        };
        let count = if several || fixed.is_none() { reader.number(4)? } else { 1 };
        for _ in 0..count.min(MOST_PROPERTIES) {
            let value = match fixed {
                Some(length) => reader.take(length)?,
                None => reader.counted()?,
            };
            match (id, kind) {
                (LONG_NAME, STRING) => return Some(wide(value)).filter(|name| !name.is_empty()),
                (LONG_NAME, STRING_8) => return Some(eight_bit(value)).filter(|name| !name.is_empty()),
                _ => {}
            }
        }
    }
    None
}

fn wide(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .take_while(|unit| *unit != 0);
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
}

/// Of an unknown code page: what is no UTF-8 is read as Latin-1.
fn eight_bit(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let bytes = &bytes[..end];
    std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute_of(number: u32, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).unwrap().to_le_bytes();
        [&[2][..], &number.to_le_bytes(), &length, value, &[0, 0]].concat()
    }

    fn with(attributes: &[Vec<u8>]) -> Vec<u8> {
        [&SIGN.to_le_bytes()[..], &[1, 0], &attributes.concat()].concat()
    }

    fn named(name: &str) -> Vec<u8> {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let length = u32::try_from(wide.len()).unwrap().to_le_bytes();
        let fill = vec![0; wide.len().next_multiple_of(4) - wide.len()];
        let number = [&[3, 0, 0x05, 0x37][..], &1_u32.to_le_bytes()].concat();
        [
            &2_u32.to_le_bytes()[..],
            &number,
            &[0x1f, 0, 0x07, 0x37],
            &1_u32.to_le_bytes(),
            &length,
            &wide,
            &fill,
        ]
        .concat()
    }

    #[test]
    fn files_come_out_with_their_long_names() {
        let bytes = with(&[
            attribute_of(0x0008_9006, &[0, 0, 1, 0]),
            attribute_of(RENDERING, &[0; 14]),
            attribute_of(TITLE, b"BUDGET~1.XLS\0"),
            attribute_of(DATA, b"table"),
            attribute_of(PROPERTIES, &named("Budget 2027 – 预算.xlsx")),
            attribute_of(RENDERING, &[0; 14]),
            attribute_of(TITLE, b"note.txt\0"),
            attribute_of(DATA, b"note"),
        ]);
        let file = |name: &str, bytes: &[u8]| Wrapped { name: name.to_owned(), bytes: bytes.to_vec() };
        assert_eq!(files(&bytes), [file("Budget 2027 – 预算.xlsx", b"table"), file("note.txt", b"note")]);
        for cut in 0..bytes.len() {
            assert!(files(&bytes[..cut]).len() <= 2);
        }
    }

    #[test]
    fn lying_lengths_are_believed_by_nobody() {
        let mut long = with(&[attribute_of(RENDERING, &[]), attribute_of(DATA, b"table")]);
        let at = long.len() - 7 - 4;
        long[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(files(&long), []);
        for properties in [
            u32::MAX.to_le_bytes().to_vec(),
            [&1_u32.to_le_bytes()[..], &[0x1f, 0x10, 0x07, 0x37], &u32::MAX.to_le_bytes()].concat(),
            [&1_u32.to_le_bytes()[..], &[0x1f, 0, 0x07, 0x37], &1_u32.to_le_bytes(), &u32::MAX.to_le_bytes()]
                .concat(),
            vec![0xff; 5_000],
        ] {
            let bytes = with(&[
                attribute_of(RENDERING, &[]),
                attribute_of(DATA, b"x"),
                attribute_of(PROPERTIES, &properties),
            ]);
            assert_eq!(files(&bytes).len(), 1);
        }
        assert_eq!(files(&with(&vec![attribute_of(RENDERING, &[]); 50_000])), []);
        assert_eq!(files(b"no winmail.dat"), []);
    }
}
