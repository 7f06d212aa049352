//! Letters as a search sees them: without case, accents, and the forms that one letter has.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A folded letter, and the bytes of the text that it stands for. A ligature gives several of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub sign: char,
    pub from: usize,
    pub to: usize,
}

/// How words are made of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a script that puts a space or a sign between words.
    Spaced,
    /// Of a script that writes words without a space between them, or joins particles to them.
    Unspaced,
    Break,
}

impl Letter {
    pub fn kind(&self) -> Kind {
        match self.sign {
            'a'..='z' | '0'..='9' => Kind::Spaced,
            sign if is_unspaced(sign) => Kind::Unspaced,
            sign if sign.is_alphanumeric() || is_combining_mark(sign) => Kind::Spaced,
            _ => Kind::Break,
        }
    }
}

/// The letters of a text in their order.
pub(super) fn letters(text: &str) -> impl Iterator<Item = Letter> {
    clusters(text).flat_map(|(from, cluster)| {
        let to = from + cluster.len();
        folded(cluster).map(move |sign| Letter { sign, from, to })
    })
}

/// A text folded, as the words of filters and the names of tags and topics are compared.
pub fn fold(text: &str) -> String {
    letters(text).map(|letter| letter.sign).collect()
}

/// Each character with the marks that belong to it, and where it begins.
fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (from, _) = chars.next()?;
        while chars.next_if(|(_, next)| joins(*next)).is_some() {}
        let to = chars.peek().map_or(text.len(), |(next, _)| *next);
        Some((from, &text[from..to]))
    })
}

/// Marks; voicing marks of half-width katakana; the vowels and finals of a Korean syllable in parts.
fn joins(c: char) -> bool {
    c >= '\u{300}' && (is_combining_mark(c) || matches!(c, '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}'))
}

/// Compatibility forms become the letter itself (NFKC, UAX #15), then marks and case go.
fn folded(cluster: &str) -> Folded<'_> {
    let mut chars = cluster.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if c.is_ascii() => Folded::One(Some(c.to_ascii_lowercase())),
        (Some(c @ '\u{4e00}'..='\u{9fff}'), None) => Folded::One(Some(c)),
        _ => {
            let bare: String = cluster.nfkd().filter(|c| !is_silent(*c)).nfc().collect();
            let plain: Vec<char> = bare.chars().flat_map(char::to_lowercase).flat_map(plain).collect();
            Folded::Many(plain.into_iter(), std::marker::PhantomData)
        }
    }
}

/// What a cluster gives: one letter nearly always.
enum Folded<'a> {
    One(Option<char>),
    Many(std::vec::IntoIter<char>, std::marker::PhantomData<&'a str>),
}

impl Iterator for Folded<'_> {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        match self {
            Self::One(c) => c.take(),
            Self::Many(chars, _) => chars.next(),
        }
    }
}

/// Accents of European scripts, points of Hebrew and Arabic, and what is not seen at all. Marks of other scripts are
/// vowels, and stay.
fn is_silent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

/// Letters that Unicode takes for letters of their own, and people leave out on other keyboards.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

/// Chinese, Japanese and Korean; Thai, Lao, Burmese and Khmer.
fn is_unspaced(c: char) -> bool {
    let in_script = matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}' | '\u{3040}'..='\u{312f}'
        | '\u{3131}'..='\u{318e}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a48c}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}');
    // 〇 counts, but stands in words as 年 does.
    in_script && (c == '〇' || (!c.is_numeric() && (c.is_alphanumeric() || is_combining_mark(c))))
}

#[cfg(test)]
mod tests {
    use super::{fold, letters};

    #[test]
    fn what_people_take_for_the_same_is_the_same() {
        for (text, folded) in [
            ("Ärger in MÜNCHEN", "arger in munchen"),
            ("A\u{308}rger", "arger"),
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("café CAFE\u{301}", "cafe cafe"),
            ("İstanbul ısı", "istanbul isi"),
            ("Ｂｕｄｇｅｔ　２０２７", "budget 2027"),
            ("ｶﾞｲﾄﾞ ガイド", "ガイド ガイド"),
            ("か\u{3099}", "が"),
            ("\u{1112}\u{116c}\u{110b}\u{1174}", "회의"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("Ёлка", "елка"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد محـمد", "محمد محمد"),
            ("co\u{ad}op\u{200b}erate\u{202e}", "cooperate"),
            ("ﬁnal ①", "final 1"),
            ("हिन्दी ไทย", "हिन्दी ไทย"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn every_letter_knows_its_place() {
        let text = "aÄ\u{308}ﬁ会";
        let places: Vec<(char, &str)> = letters(text).map(|l| (l.sign, &text[l.from..l.to])).collect();
        assert_eq!(places, [('a', "a"), ('a', "Ä\u{308}"), ('f', "ﬁ"), ('i', "ﬁ"), ('会', "会")]);
    }
}
