//! What a calendar part says of its events (RFC 5545), for reading: what, when, where. Nothing is put into a calendar.

use crate::domain::address::EmailAddress;
use crate::domain::mail_notes::{About, Attendance, CalendarEvent};

/// Of a part, so much is read; in bytes.
const LONGEST: usize = 256 * 1024;
/// Lines that are read.
const MOST_LINES: usize = 5_000;
/// Events that are told.
pub const MOST_EVENTS: usize = 5;
/// A summary or a place is cut after so many characters.
const LONGEST_WORDS: usize = 300;

/// One line: `NAME;PARAMETER=x:value` (RFC 5545 3.1).
struct Line<'t> {
    name: String,
    parameters: &'t str,
    value: &'t str,
}

/// A time as written.
#[derive(Clone, Debug, Default)]
struct Time {
    day: String,
    /// Empty for a whole day.
    clock: String,
    zone: String,
}

#[derive(Debug, Default)]
struct Open {
    summary: String,
    place: String,
    starts: Option<Time>,
    ends: Option<Time>,
    repeats: bool,
    /// Who answers, and what: the last one, if there are several.
    attendee: String,
    attendance: Option<Attendance>,
    comment: String,
}

/// What somebody answers to an invitation (RFC 5546 3.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationAnswer {
    pub attendance: Attendance,
    /// Of the event; cut at 300 characters.
    pub title: String,
    /// As it stands there; empty if it does not say.
    pub when: String,
    /// What they say besides; empty if nothing. Cut at 300 characters.
    pub comment: String,
}

/// A calendar part that was read: its first events.
#[derive(Debug)]
pub struct Calendar(Vec<(CalendarEvent, Open)>);

impl Calendar {
    pub fn read(text: &str) -> Self {
        Self(read(text))
    }

    pub fn events(&self) -> impl Iterator<Item = &CalendarEvent> {
        self.0.iter().map(|(event, _)| event)
    }

    /// What the sender of a mail answers for themselves by it. Who answers for somebody else is not heard, nor who hands the
    /// answer on to others.
    pub fn answer(&self, from: &EmailAddress) -> Option<InvitationAnswer> {
        let (event, open) = self.0.first()?;
        let attendance = event.attendance?;
        let is_theirs = open.attendee.parse::<EmailAddress>().is_ok_and(|attendee| attendee == *from);
        is_theirs.then(|| InvitationAnswer {
            attendance,
            title: event.summary.clone(),
            when: event.when.clone(),
            comment: open.comment.clone(),
        })
    }
}

fn read(text: &str) -> Vec<(CalendarEvent, Open)> {
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let unfolded = unfolded(&text[..end]);
    let (mut found, mut about, mut inside) = (Vec::new(), About::Event, Vec::<String>::new());
    let mut open = Open::default();
    for line in unfolded.iter().filter_map(|line| parse_line(line)) {
        match (line.name.as_str(), inside.last().map(String::as_str)) {
            ("BEGIN", _) if inside.len() < 10 => {
                inside.push(line.value.trim().to_ascii_uppercase());
                if inside.last().is_some_and(|name| name == "VEVENT") {
                    open = Open::default();
                }
            }
            ("END", Some("VEVENT")) => {
                inside.pop();
                found.push(std::mem::take(&mut open));
                if found.len() >= MOST_EVENTS {
                    break;
                }
            }
            ("END", _) => {
                inside.pop();
            }
            ("METHOD", Some("VCALENDAR")) => about = about_of(line.value),
            (_, Some("VEVENT")) => open.take(&line),
            _ => {}
        }
    }
    found.into_iter().map(|open| (told(&open, about), open)).collect()
}

fn about_of(method: &str) -> About {
    match method.trim().to_ascii_uppercase().as_str() {
        "REQUEST" | "ADD" | "COUNTER" => About::Invitation,
        "CANCEL" => About::Cancelled,
        "REPLY" => About::Answer,
        _ => About::Event,
    }
}

/// Folded lines begin with a space or a tab (RFC 5545 3.1).
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(MOST_LINES) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn parse_line(line: &str) -> Option<Line<'_>> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some(Line { name: name.trim().to_ascii_uppercase(), parameters, value })
}

impl Line<'_> {
    fn parameter(&self, wanted: &str) -> Option<&str> {
        let pairs = self.parameters.split(';').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim_matches('"'))
            .next()
    }

    /// RFC 5545 3.3.11.
    fn words(&self) -> String {
        let plain = self.value.replace("\\n", " ").replace("\\N", " ");
        let plain = plain.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
        plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect()
    }

    /// `20261123T100000Z`, `20261123T100000` with TZID, `20261123` (RFC 5545 3.3.4, 3.3.5).
    fn time(&self) -> Option<Time> {
        let value = self.value.trim();
        let digits = |range: std::ops::Range<usize>| {
            value.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
        };
        let day = format!("{}-{}-{}", digits(0..4)?, digits(4..6)?, digits(6..8)?);
        let clock = match (value.get(8..9), digits(9..11), digits(11..13)) {
            (Some("T"), Some(hour), Some(minute)) => format!("{hour}:{minute}"),
            _ => String::new(),
        };
        let zone = match value.ends_with('Z') {
            true => "UTC".to_owned(),
            false => self.parameter("TZID").unwrap_or_default().chars().take(60).collect(),
        };
        Some(Time { day, clock, zone })
    }
}

impl Open {
    fn take(&mut self, line: &Line<'_>) {
        match line.name.as_str() {
            "SUMMARY" => self.summary = line.words(),
            "LOCATION" => self.place = line.words(),
            "DTSTART" => self.starts = line.time(),
            "DTEND" => self.ends = line.time(),
            "RRULE" => self.repeats = true,
            "COMMENT" => self.comment = line.words(),
            "ATTENDEE" => {
                let address = line.value.trim();
                let mailto = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
                self.attendee = address[mailto.map_or(0, str::len)..].to_owned();
                self.attendance = line.parameter("PARTSTAT").and_then(attendance_of);
            }
            _ => {}
        }
    }
}

/// RFC 5545 3.2.12. Whoever has not decided, or sends somebody else, answers nothing that could be told in a word.
fn attendance_of(status: &str) -> Option<Attendance> {
    match status.trim().to_ascii_uppercase().as_str() {
        "ACCEPTED" => Some(Attendance::Accepted),
        "TENTATIVE" => Some(Attendance::Tentative),
        "DECLINED" => Some(Attendance::Declined),
        _ => None,
    }
}

fn told(open: &Open, about: About) -> CalendarEvent {
    let starts = open.starts.as_ref();
    CalendarEvent {
        about,
        summary: open.summary.clone(),
        when: starts.map(|starts| span(starts, open.ends.as_ref())).unwrap_or_default(),
        place: open.place.clone(),
        repeats: open.repeats,
        attendance: open.attendance.filter(|_| about == About::Answer),
    }
}

fn span(starts: &Time, ends: Option<&Time>) -> String {
    let mut out = starts.day.clone();
    let mut add = |sign: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(sign);
            out.push_str(text);
        }
    };
    add(" ", &starts.clock);
    // A whole day ends on the day after (RFC 5545 3.6.1); its end is said by no one.
    if let Some(ends) = ends.filter(|ends| !ends.clock.is_empty()) {
        add(" – ", if ends.day == starts.day { "" } else { &ends.day });
        add(if ends.day == starts.day { " – " } else { " " }, &ends.clock);
    }
    if !starts.clock.is_empty() && !starts.zone.is_empty() {
        out.push_str(&format!(" ({})", starts.zone));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Vec<CalendarEvent> {
        Calendar::read(text).events().cloned().collect()
    }

    fn answer(text: &str, from: &EmailAddress) -> Option<InvitationAnswer> {
        Calendar::read(text).answer(from)
    }

    #[test]
    fn an_invitation_says_what_when_and_where() {
        let text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\n\
            DTSTART:16010101T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=de:Budget\\, zw\r\n eite Runde\r\n\
            DTSTART;TZID=\"Europe/Berlin\":20261123T100000\r\nDTEND;TZID=Europe/Berlin:20261123T113000\r\nLOCATION:Raum 3\r\n\
            RRULE:FREQ=WEEKLY\r\nBEGIN:VALARM\r\nSUMMARY:x\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let event = CalendarEvent {
            about: About::Invitation,
            summary: "Budget, zweite Runde".to_owned(),
            when: "2026-11-23 10:00 – 11:30 (Europe/Berlin)".to_owned(),
            place: "Raum 3".to_owned(),
            repeats: true,
            attendance: None,
        };
        assert_eq!(events(text), [event]);
    }

    #[test]
    fn times_are_told_as_they_are_written() {
        for (lines, when) in [
            ("DTSTART:20261123T090000Z\nDTEND:20261124T100000Z", "2026-11-23 09:00 – 2026-11-24 10:00 (UTC)"),
            ("DTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261124", "2026-11-23"),
            ("DTSTART:20261123T090000", "2026-11-23 09:00"),
            ("DTSTART:tomorrow", ""),
            ("DTSTART:2026年1月1日です", ""),
        ] {
            let text =
                format!("BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR");
            let found = events(&text);
            assert_eq!((found[0].when.as_str(), found[0].about), (when, About::Cancelled), "{lines}");
        }
    }

    #[test]
    fn an_answer_counts_for_whoever_gives_it() {
        let calendar = |attendees: &str, method: &str| {
            format!(
                "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{attendees}SUMMARY:Budget\r\nDTSTART:20261123T090000Z\r\n\
                 COMMENT:10 minutes\\, later\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
            )
        };
        let anna: EmailAddress = "anna@corp.example".parse().unwrap();
        let of =
            |attendee: &str, method: &str| answer(&calendar(attendee, method), &anna).map(|it| it.attendance);
        let line =
            |status: &str, who: &str| format!("ATTENDEE;CN=\"Berg: Anna\";PARTSTAT={status}:{who}\r\n");
        for (status, attendance) in [
            ("ACCEPTED", Some(Attendance::Accepted)),
            ("accepted", Some(Attendance::Accepted)),
            ("TENTATIVE", Some(Attendance::Tentative)),
            ("DECLINED", Some(Attendance::Declined)),
            ("NEEDS-ACTION", None),
            ("DELEGATED", None),
            ("X-MAYBE", None),
        ] {
            assert_eq!(of(&line(status, "MAILTO:Anna@Corp.example"), "REPLY"), attendance, "{status}");
        }
        for other in ["mailto:ben@corp.example", "anna", "mailto:", "", "日本語日本語"] {
            assert_eq!(of(&line("ACCEPTED", other), "REPLY"), None, "{other}");
        }
        assert_eq!(of("", "REPLY"), None);
        assert_eq!(of(&line("ACCEPTED", "mailto:anna@corp.example"), "REQUEST"), None);
        let told = answer(&calendar(&line("ACCEPTED", "mailto:anna@corp.example"), "REPLY"), &anna).unwrap();
        assert_eq!((told.title.as_str(), told.comment.as_str()), ("Budget", "10 minutes, later"));
        assert_eq!(told.when, "2026-11-23 09:00 (UTC)");
    }

    #[test]
    fn a_hostile_calendar_is_read_for_a_while_only() {
        let events_of = |text: String| events(&text).len();
        let many = "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n".repeat(300_000);
        assert_eq!(events_of(many), MOST_EVENTS);
        assert_eq!(events_of("BEGIN:VEVENT\n".repeat(1_000_000)), 0);
        assert_eq!(events_of("SUMMARY:".to_owned() + &"é".repeat(6_000_000)), 0);
        assert_eq!(events_of(String::new()), 0);
    }
}
