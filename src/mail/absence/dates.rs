//! The days that a text names.

use super::months::month_of;
use super::speech::{Speech, is_tight};
use super::tongues::Order;

/// One day, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// In bytes of the text.
    pub start: usize,
    pub end: usize,
    /// What it can mean: one, or two where day and month can be mistaken for each other.
    pub readings: Vec<Reading>,
    /// The last of a range that it names itself, as `30` in "November 20-30".
    pub ends_range: bool,
}

/// A day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub year: Option<i32>,
    pub month: u32,
    pub day: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Number { value: u32, digits: usize },
    Word(String),
    Sign(char),
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

/// How many are looked at.
const MOST: usize = 20;

/// The days of a text, as they come.
pub fn find(text: &str, speech: &Speech) -> Vec<Found> {
    let tokens = tokens(text);
    let mut numbers = Vec::new();
    let (mut at, mut found) = (0, Vec::new());
    while at < tokens.len() && found.len() < MOST {
        let reader = Reader { tokens: &tokens[at..] };
        let read = reader.by_year().or_else(|| reader.by_signs()).or_else(|| reader.by_name());
        if let Some((readings, count, ends_range)) = read {
            found.push(reader.found(readings, count, ends_range));
            at += count;
        } else if let Some((pair, count)) = reader.by_numbers(at.checked_sub(1).map(|at| &tokens[at])) {
            numbers.push((found.len(), pair));
            found.push(reader.found(Vec::new(), count, false));
            at += count;
        } else {
            at += 1;
        }
    }
    let order = order_of(speech, &numbers);
    for (at, pair) in numbers {
        found[at].readings = pair.readings(order);
    }
    found.retain(|found| !found.readings.is_empty());
    found
}

/// What comes first is what it surely is in another day of the same text.
fn order_of(speech: &Speech, numbers: &[(usize, Pair)]) -> Order {
    let sure = numbers.iter().map(|(_, pair)| pair).filter(|pair| pair.sign != '.');
    let mut sure = sure.filter_map(|pair| match (pair.first > 12, pair.second > 12) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    });
    sure.next().unwrap_or_else(|| speech.order())
}

/// `30/11/2026`, whichever of the two is the day.
#[derive(Clone, Copy, Debug)]
struct Pair {
    first: u32,
    second: u32,
    year: Option<i32>,
    sign: char,
}

impl Pair {
    fn readings(self, order: Order) -> Vec<Reading> {
        let reading = |day: u32, month: u32| {
            let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
            fits.then_some(Reading { year: self.year, month, day })
        };
        let (day_first, month_first) = (reading(self.first, self.second), reading(self.second, self.first));
        let order = if self.sign == '.' { Order::DayFirst } else { order };
        let all = match order {
            Order::DayFirst => [day_first, None],
            Order::MonthFirst => [month_first, None],
            Order::Either if self.first == self.second => [day_first, None],
            Order::Either => [day_first, month_first],
        };
        all.into_iter().flatten().collect()
    }
}

type Read = (Vec<Reading>, usize, bool);

/// The tokens from one on.
struct Reader<'t> {
    tokens: &'t [Token],
}

impl Reader<'_> {
    fn found(&self, readings: Vec<Reading>, count: usize, ends_range: bool) -> Found {
        let start = self.tokens.first().map_or(0, |token| token.start);
        let end = self.tokens.get(count - 1).map_or(start, |token| token.end);
        Found { start, end, readings, ends_range }
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        match self.tokens.get(at)?.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    /// One or two digits.
    fn small(&self, at: usize) -> Option<u32> {
        self.number(at).filter(|(value, digits)| *digits <= 2 && *value > 0).map(|(value, _)| value)
    }

    fn day(&self, at: usize) -> Option<u32> {
        self.small(at).filter(|day| *day <= 31)
    }

    fn word(&self, at: usize) -> Option<&str> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Four digits; those of Thailand count from another year.
    fn year(&self, at: usize) -> Option<i32> {
        let (value, _) = self.number(at).filter(|(_, digits)| *digits == 4)?;
        let year = i32::try_from(value).ok()?;
        match year {
            2000..=2100 => Some(year),
            2543..=2643 => Some(year - 543),
            _ => None,
        }
    }

    /// The same, or two digits behind a sign.
    fn short_year(&self, at: usize) -> Option<i32> {
        let short =
            || self.number(at).filter(|(_, digits)| *digits == 2).and_then(|(v, _)| i32::try_from(v).ok());
        self.year(at).or_else(|| short().map(|year| 2000 + year))
    }

    /// `2026-11-30`, `2026. 11. 30`, `2026年11月30日`, `2026. november 30`.
    fn by_year(&self) -> Option<Read> {
        let year = Some(self.year(0)?);
        if matches!(self.word(1), Some("年" | "년")) {
            let (readings, count, ends_range) = Reader { tokens: self.tokens.get(2..)? }.by_signs()?;
            let readings = readings.into_iter().map(|reading| Reading { year, ..reading }).collect();
            return Some((readings, count + 2, ends_range));
        }
        let at = 1 + usize::from(matches!(self.sign(1), Some('-' | '/' | '.' | ',')));
        if let Some(month) = self.word(at).and_then(month_of) {
            let dot = usize::from(self.sign(at + 1) == Some('.'));
            let day = self.day(at + 1 + dot)?;
            return Some((vec![Reading { year, month, day }], at + 2 + dot, false));
        }
        let month = self.small(at).filter(|month| at == 2 && *month <= 12)?;
        let day = self.day(4).filter(|_| self.sign(3) == self.sign(1))?;
        Some((vec![Reading { year, month, day }], 5, false))
    }

    /// `11月30日`, `11월 30일`, `11月20日至30日`.
    fn by_signs(&self) -> Option<Read> {
        let month = self.small(0).filter(|month| *month <= 12)?;
        let first = matches!(self.word(1), Some("月" | "월")).then(|| self.day(2)).flatten()?;
        let is_day = |at| matches!(self.word(at), Some("日" | "号" | "號" | "일"));
        let mut count = 3 + usize::from(is_day(3));
        // Whatever stands between the two days of a range, and no month.
        let last = (count..count + 4).find(|at| self.number(*at).is_some());
        let last = last.filter(|at| is_day(at + 1) && self.connects(count, *at));
        let day = last.and_then(|at| self.day(at)).filter(|day| *day > first);
        if let (Some(at), Some(_)) = (last, day) {
            count = at + 2;
        }
        Some((vec![Reading { year: None, month, day: day.unwrap_or(first) }], count, day.is_some()))
    }

    /// Whether the words from one token to another say that a range goes on.
    fn connects(&self, from: usize, to: usize) -> bool {
        (from..to).all(|at| match (self.word(at), self.sign(at)) {
            (Some(word), _) => ["至", "到", "か", "ら", "부", "터", "より"].contains(&word),
            (_, Some(sign)) => matches!(sign, '-' | '–' | '—' | '~' | '〜'),
            _ => false,
        })
    }

    /// `30. November 2026`, `30 de noviembre`, `November 30th, 2026`, `November 20-30`.
    fn by_name(&self) -> Option<Read> {
        if let Some(day) = self.day(0) {
            let at = self.past(1, 3, &["de", "of", "d", "den", "der", "tháng", "the", "ב"], true);
            let named = self.word(at).and_then(month_of);
            let month = named.or_else(|| {
                (self.word(1) == Some("tháng")).then(|| self.small(2).filter(|m| *m <= 12)).flatten()
            })?;
            let at = if named.is_some() { at } else { 2 };
            let year_at = self.past(at + 1, 3, &["de", "del", "of", "năm", "do", "พ", "ศ", "г"], false);
            let is_short = matches!(self.sign(at + 1), Some('-' | '\'' | '/'));
            let year = if is_short { self.short_year(year_at) } else { self.year(year_at) };
            // The full stop of "Nov." ends no sentence.
            let dot = usize::from(
                self.sign(at + 1) == Some('.') && self.word(at).is_some_and(|word| word.len() <= 5),
            );
            let count = if year.is_some() { year_at + 1 } else { at + 1 + dot };
            return Some((vec![Reading { year, month, day }], count, false));
        }
        let month = self.word(0).and_then(month_of)?;
        let first_at = 1 + usize::from(self.sign(1) == Some('.'));
        let first_at = first_at + usize::from(self.word(first_at) == Some("the"));
        let first = self.day(first_at)?;
        let mut next = self.past_ending(first_at + 1);
        let goes_on = matches!(self.sign(next), Some('-' | '–' | '—' | '~'))
            || matches!(self.word(next), Some("to" | "through" | "until" | "till" | "thru"));
        let last = goes_on.then(|| self.day(next + 1)).flatten().filter(|last| *last > first);
        if last.is_some() {
            next = self.past_ending(next + 2);
        }
        let year_at = next + usize::from(self.sign(next) == Some(','));
        let year = self.year(year_at);
        let count = if year.is_some() { year_at + 1 } else { next };
        Some((vec![Reading { year, month, day: last.unwrap_or(first) }], count, last.is_some()))
    }

    /// The next token that is none of the small words and signs inside of a day's name.
    fn past(&self, from: usize, most: usize, words: &[&str], endings: bool) -> usize {
        let is_small = |at: usize| match (self.word(at), self.sign(at)) {
            (Some(word), _) => words.contains(&word) || (endings && at == 1 && is_ending(word)),
            (_, Some(sign)) => {
                matches!(sign, '.' | ',' | '-' | '/' | '\'' | '°') && (endings || sign != ',' || most > 1)
            }
            _ => false,
        };
        let is_small = |at: usize| {
            is_small(at)
                || (endings && self.word(at).is_some_and(|word| is_ending(word) && self.is_glued(at)))
        };
        (from..from + most).find(|at| !is_small(*at)).unwrap_or(from + most)
    }

    fn past_ending(&self, at: usize) -> usize {
        at + usize::from(self.word(at).is_some_and(is_ending) && self.is_glued(at))
    }

    /// Whether nothing stands between a token and the one before it.
    fn is_glued(&self, at: usize) -> bool {
        at > 0 && self.tokens.get(at).is_some_and(|token| token.start == self.tokens[at - 1].end)
    }

    /// `30.11.2026`, `30.11.`, `11/30`, `30-11-2026`; no part of a longer number, and no "24/7".
    fn by_numbers(&self, before: Option<&Token>) -> Option<(Pair, usize)> {
        let (first, sign, second) = (self.day(0)?, self.sign(1)?, self.day(2)?);
        let touches = |token: &Token| {
            token.end == self.tokens[0].start
                && matches!(token.kind, Kind::Sign('.' | '/' | '+') | Kind::Word(_))
        };
        if !matches!(sign, '.' | '/' | '-') || before.is_some_and(touches) || (first, second) == (24, 7) {
            return None;
        }
        let same = self.sign(3) == Some(sign);
        let year = same.then(|| self.short_year(4)).flatten();
        // "10-12" is from ten to twelve more often than a day.
        if (sign == '-' || first.max(second) > 31) && year.is_none() {
            return None;
        }
        let more = same && year.is_none() && self.number(4).is_some() && self.is_glued(4);
        let count = if year.is_some() {
            5
        } else if same && sign == '.' {
            4
        } else {
            3
        };
        (!more).then_some((Pair { first, second, year, sign }, count))
    }
}

/// Of an ordinal: "30th", "1er", "1º".
fn is_ending(word: &str) -> bool {
    matches!(
        word,
        "st" | "nd" | "rd" | "th" | "er" | "re" | "e" | "o" | "a" | "ste" | "de" | "ème" | "ого" | "го"
    )
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        match tokens.last_mut().filter(|last| last.end == start) {
            Some(Token { kind: Kind::Number { value, digits }, end: last, .. }) if c.is_ascii_digit() => {
                *value = value.saturating_mul(10).saturating_add(c.to_digit(10).unwrap_or(0));
                *digits += 1;
                *last = end;
            }
            Some(Token { kind: Kind::Word(word), end: last, .. }) if joins(word, c) => {
                word.push(c);
                *last = end;
            }
            _ if c.is_whitespace() => {}
            _ if c.is_ascii_digit() => {
                let value = c.to_digit(10).unwrap_or(0);
                tokens.push(Token { kind: Kind::Number { value, digits: 1 }, start, end });
            }
            _ if c.is_alphabetic() => tokens.push(Token { kind: Kind::Word(c.to_string()), start, end }),
            _ => tokens.push(Token { kind: Kind::Sign(c), start, end }),
        }
    }
    tokens
}

/// Scripts without spaces give a word for each character; but not that of Thailand, whose months have spaces around them.
fn joins(word: &str, c: char) -> bool {
    let is_thai = |c: char| ('\u{0e00}'..='\u{0e7f}').contains(&c);
    let stands_alone = |c: char| is_tight(c) && !is_thai(c);
    (c.is_alphabetic() || is_thai(c))
        && !stands_alone(c)
        && !word.chars().next_back().is_some_and(stands_alone)
}
