//! Sizes and times as people write them.

use std::time::Duration;

/// `25 MB`, `512 KiB`, `1.5GB` or a number of bytes.
pub(super) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        _ => return None,
    };
    let bytes = number * factor;
    // Below 2^53 every whole number is exact.
    (1.0..9e15).contains(&bytes).then_some(bytes as u64)
}

/// `30s`, `2m`, `1.5 h`, `0s`.
pub fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "ms" => 0.001,
        "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * factor).ok()
}

fn split(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    Some((text[..end].parse().ok()?, text[end..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("25 MB", Some(25_000_000)),
            ("512KiB", Some(524_288)),
            ("1.5 GB", Some(1_500_000_000)),
            ("1000", Some(1000)),
            ("0", None),
            ("-1", None),
            ("MB", None),
            ("5 parsecs", None),
            ("99999999 GB", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
        for (text, seconds) in
            [("2m", Some(120.0)), ("0s", Some(0.0)), ("1.5 h", Some(5400.0)), ("2", None), ("soon", None)]
        {
            assert_eq!(duration(text).map(|d| d.as_secs_f64()), seconds, "{text}");
        }
    }
}
