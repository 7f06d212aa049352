//! Lines of a text that is read in columns of one width, as in a terminal: a Chinese character takes two of them
//! (UAX 11), and a line may end where the script allows it (UAX 14). Addresses stay whole, so that they can be followed.

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;
use unicode_width::UnicodeWidthStr;

/// Columns of a line of mail (RFC 5322 2.1.1 wishes for no more than 78; quoted twice it still has them).
pub(super) const COLUMNS: usize = 72;

/// A line folded to [`COLUMNS`]: `first` stands before the first of them, `others` before the rest.
pub(super) fn fold(line: &str, first: &str, others: &str) -> String {
    let mut lines = vec![first.to_owned()];
    let mut bare = true;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        for (at, piece) in pieces(word).into_iter().enumerate() {
            let gap = if at > 0 || bare { "" } else { " " };
            let last = lines.last().map_or(0, |line| line.width());
            if !bare && last + gap.len() + piece.width() > COLUMNS {
                lines.push(format!("{others}{piece}"));
            } else if let Some(line) = lines.last_mut() {
                line.push_str(gap);
                line.push_str(piece);
            }
            bare = false;
        }
    }
    lines.join("\n")
}

/// Where a word may be parted.
fn pieces(word: &str) -> Vec<&str> {
    if word.is_ascii() || word.contains("://") {
        return vec![word];
    }
    let ends: Vec<usize> =
        LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default()).segment_str(word).collect();
    ends.windows(2).filter_map(|ends| word.get(ends[0]..ends[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_its_columns() {
        let chinese =
            "我们在下周一之前确定供应商，并把合同交给法务部门审核，然后再通知工厂的同事们开始准备。"
                .repeat(3);
        let english = "We decide on the supplier by Monday, then legal reads the contract. ".repeat(4);
        for text in [chinese, english] {
            let folded = fold(&text, "- ", "  ");
            assert!(folded.lines().count() > 2);
            for line in folded.lines() {
                assert!(line.width() <= COLUMNS, "{line}");
            }
            assert!(folded.lines().skip(1).all(|line| line.starts_with("  ")));
            // Punctuation never begins a line.
            assert!(!folded.contains("\n  ，") && !folded.contains("\n  。"), "{folded}");
            let joined: String = folded.split_whitespace().collect();
            assert_eq!(joined.trim_start_matches('-'), text.split_whitespace().collect::<String>());
        }
    }

    #[test]
    fn an_address_stays_whole() {
        let url = format!("https://moot.corp.example/s/{}", "a".repeat(80));
        assert_eq!(fold(&format!("See {url} now"), "", ""), format!("See\n{url}\nnow"));
        assert_eq!(fold("", "", ""), "");
    }
}
