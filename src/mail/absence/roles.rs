//! What a day in a text is: the last one away, the first one back, or neither.

use chrono::{Datelike, Days, NaiveDate};

use super::dates::{Found, Reading};
use super::speech::{Speech, is_tight};

/// Nobody is away for longer and still answers by a program.
const MOST_DAYS: u64 = 366;
/// A day without a year may as well be one that has passed.
const MOST_DAYS_WITHOUT_YEAR: u64 = 183;
/// Between the words and the day: "until and including Monday, the".
const MOST_WORDS: usize = 5;
/// So many characters before a day may tell of coming back.
const FAR: usize = 70;
/// The words between the two days of a range, such as a weekday.
const NEAR: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The last day away.
    Last,
    /// The first day back.
    Back,
    Neither,
}

/// A text with its days.
pub(super) struct Named<'t> {
    pub text: &'t str,
    pub speech: &'t Speech,
    pub found: &'t [Found],
    pub today: NaiveDate,
}

impl Named<'_> {
    /// The last day away, if the text says it surely.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let (mut last, mut back) = (Vec::new(), Vec::new());
        for at in 0..self.found.len() {
            match self.role(at) {
                Role::Last => last.extend(self.day(at, 0)),
                Role::Back => back.extend(self.day(at, 1)),
                Role::Neither => {}
            }
        }
        // Of several absences the one that goes on now.
        let (last, back) = (last.into_iter().min(), back.into_iter().min());
        match (last, back) {
            // A weekend or a holiday lies between them.
            (Some(last), Some(back)) if last <= back && back <= last + Days::new(5) => Some(back),
            (Some(last), _) => Some(last),
            (None, Some(back)) => Some(back),
            (None, None) => self.only_today(),
        }
    }

    /// "I am out of the office on 20 November", on that day.
    fn only_today(&self) -> Option<NaiveDate> {
        let days: Vec<Option<NaiveDate>> = (0..self.found.len()).map(|at| self.day(at, 0)).collect();
        days.iter().all(|day| *day == Some(self.today)).then(|| days.first().copied().flatten()).flatten()
    }

    /// The one day that is meant, and lies where it can; so many days earlier. Of two readings one falls out only if its
    /// year says so.
    fn day(&self, at: usize, earlier: u64) -> Option<NaiveDate> {
        let readings = &self.found[at].readings;
        if readings.len() > 1 && readings.iter().any(|reading| reading.year.is_none()) {
            return None;
        }
        let readings = readings.iter();
        let mut days = readings.filter_map(|reading| self.placed(*reading)).filter_map(|day| {
            let day = day.checked_sub_days(Days::new(earlier))?;
            (day >= self.today).then_some(day)
        });
        let first = days.next()?;
        days.all(|day| day == first).then_some(first)
    }

    fn placed(&self, reading: Reading) -> Option<NaiveDate> {
        let day = |year| NaiveDate::from_ymd_opt(year, reading.month, reading.day);
        let (years, most) = match reading.year {
            Some(year) => (vec![year], MOST_DAYS),
            None => (vec![self.today.year(), self.today.year() + 1], MOST_DAYS_WITHOUT_YEAR),
        };
        let range = self.today..=self.today + Days::new(most);
        years.into_iter().filter_map(day).find(|day| range.contains(day))
    }

    fn role(&self, at: usize) -> Role {
        let found = &self.found[at];
        let (before, after) = (self.before(at), self.after(at));
        let until = self.words_before(before);
        if found.ends_range || self.speech.begins_with_until(after.trim_start_matches([' ', ')', '(', ','])) {
            return if self.speech.tells_of_return(clause(after))
                && !found.ends_range
                && is_before_return(after)
            {
                Role::Back
            } else {
                Role::Last
            };
        }
        if let Some(between) = until.iter().position(|words| self.speech.ends_with_until(words)) {
            // "until I am back on": the words in between tell of another day.
            let skipped = &before[until[between].len()..];
            return if self.speech.tells_of_return(skipped) { Role::Back } else { Role::Last };
        }
        if self.is_end_of_range(at, &until) {
            return Role::Last;
        }
        let is_since = until.iter().take(3).any(|words| self.speech.ends_with_since(words));
        if self.speech.tells_of_return(far(before)) {
            return Role::Back;
        }
        let takes_endings = after.chars().chain(before.chars().rev()).any(is_tight) || !self.has_since();
        let alone = at + 1 == self.found.len() || self.clause_ends_before_next(at);
        if (is_since || takes_endings) && alone && self.speech.tells_of_return(clause(after)) {
            return Role::Back;
        }
        Role::Neither
    }

    /// Whether the language has words before a first day at all, or only endings after it.
    fn has_since(&self) -> bool {
        self.speech.tongues.iter().any(|tongue| tongue.since.len() > 1)
    }

    fn clause_ends_before_next(&self, at: usize) -> bool {
        let (end, next) = (self.found[at].end, self.found[at + 1].start);
        clause(&self.text[end..]).len() < next.saturating_sub(end)
    }

    /// From another day, or a number that is one, to this one: "20.–30. November".
    fn is_end_of_range(&self, at: usize, until: &[&str]) -> bool {
        let earlier = at.checked_sub(1).map(|at| self.found[at].end);
        until.iter().take(3).any(|words| {
            if !self.speech.ends_with_between(words) {
                return false;
            }
            let bare = words.trim_end_matches(|c: char| !c.is_ascii_digit());
            let is_number = words.len() - bare.len() <= NEAR && bare.ends_with(|c: char| c.is_ascii_digit());
            is_number
                || earlier.is_some_and(|end| words.len().saturating_sub(end) <= NEAR && words.len() >= end)
        })
    }

    fn before(&self, at: usize) -> &str {
        self.text[..self.found[at].start].trim_end()
    }

    fn after(&self, at: usize) -> &str {
        &self.text[self.found[at].end..]
    }

    /// What stands before a day, and the same without its last words, one after the other: an article, a weekday.
    fn words_before<'b>(&self, before: &'b str) -> Vec<&'b str> {
        let mut all = vec![before];
        let mut rest = before;
        for _ in 0..MOST_WORDS {
            let bare =
                rest.trim_end_matches([' ', ',', '(', ')', ':', '\n', '*', '\t', '（', '）', '\r', '.']);
            if bare.len() < rest.len() {
                all.push(bare);
            }
            let word = bare
                .chars()
                .rev()
                .take_while(|c| c.is_alphabetic() || *c == '\'')
                .map(char::len_utf8)
                .sum::<usize>();
            let tight = bare.chars().next_back().filter(|c| is_tight(*c)).map_or(0, char::len_utf8);
            let cut = if tight > 0 { tight } else { word };
            if cut == 0 || bare[..bare.len() - cut].ends_with("\n\n") {
                break;
            }
            rest = bare[..bare.len() - cut].trim_end_matches(' ');
            all.push(rest);
        }
        all
    }
}

/// "30日に戻ります" names the first day back even where "30日まで" would be the last.
fn is_before_return(after: &str) -> bool {
    after.trim_start().starts_with(['に', '에'])
}

/// The end of the sentence before a day.
fn far(before: &str) -> &str {
    let start = before.char_indices().rev().take(FAR).last().map_or(0, |(at, _)| at);
    let tail = &before[start..];
    let ends = |(at, c): (usize, char)| {
        let next = tail[at + c.len_utf8()..].chars().next();
        let stops = matches!(c, '!' | '?' | '。' | '！' | '？' | ';' | '；' | '，')
            || (c == '.'
                && next.is_some_and(char::is_whitespace)
                && !tail[..at].ends_with(|c: char| c.is_ascii_digit()));
        (stops || (c == '\n' && next == Some('\n'))).then_some(at + c.len_utf8())
    };
    tail.char_indices().filter_map(ends).next_back().map_or(tail, |at| &tail[at..])
}

/// The sentence that goes on behind a day.
fn clause(after: &str) -> &str {
    let end = after.char_indices().take(FAR).find(|(at, c)| {
        matches!(c, '!' | '?' | '。' | '！' | '？' | ';' | '；')
            || (matches!(c, '.' | '\n') && after[at + 1..].starts_with(char::is_whitespace))
            || (*c == '.' && after[at + 1..].is_empty())
    });
    let cut = after.char_indices().nth(FAR).map_or(after.len(), |(at, _)| at);
    &after[..end.map_or(cut, |(at, _)| at)]
}
