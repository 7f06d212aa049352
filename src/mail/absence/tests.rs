use chrono::NaiveDate;

use super::{absence_of, last_day_in};
use crate::mail::parse::parse;

/// A Friday.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
}

/// Texts as programs send them, and the last day away; an empty one where it is not surely said.
const TEXTS: &[(&str, &str)] = &[
    // English
    ("I am out of the office until 30 November 2026. For urgent matters call David.", "2026-11-30"),
    ("I'm on vacation until Monday, November 30th. I will answer when I'm back.", "2026-11-30"),
    (
        "Thank you for your email. I am currently out of the office, returning on Tuesday, 1 December.",
        "2026-11-30",
    ),
    ("I will be out of office from Nov 20 to Dec 3, 2026 with limited access to email.", "2026-12-03"),
    ("I am on annual leave (November 20-30, 2026).", "2026-11-30"),
    ("I am on leave 20 Nov - 27 Nov and will be back in the office on Monday 30 Nov.", "2026-11-29"),
    ("OOO until 2026-11-30", "2026-11-30"),
    ("I'm away until 11/30/2026.", "2026-11-30"),
    ("I am on holiday until 30/11/2026 inclusive.", "2026-11-30"),
    ("I am out of the office from 12/20/2026 through 01/05/2027.", "2027-01-05"),
    ("I'm on parental leave until February 1st, 2027. I will respond upon my return.", "2027-02-01"),
    ("I will be back on the 24th of November.", "2026-11-23"),
    ("Out of office today, 20 November 2026.", "2026-11-20"),
    // German
    ("Ich bin bis zum 30.11.2026 nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.", "2026-11-30"),
    (
        "Vielen Dank. Ich bin vom 20. bis 30. November im Urlaub und ab dem 1. Dezember wieder erreichbar.",
        "2026-11-30",
    ),
    ("Ich bin bis einschließlich Freitag, den 27.11. abwesend.", "2026-11-27"),
    ("Abwesenheit: 20.11.–04.12.2026. In dringenden Fällen: +49 30 123456-12.", "2026-12-04"),
    ("Ich bin im Urlaub und ab Montag, 30. Nov. wieder für Sie da.", "2026-11-29"),
    // French
    ("Je suis absent du bureau jusqu'au 30 novembre 2026 inclus.", "2026-11-30"),
    (
        "Je suis en congés du 20 novembre au 4 décembre. En cas d'urgence, contactez le standard.",
        "2026-12-04",
    ),
    ("Absente, je serai de retour le lundi 1er décembre 2026.", "2026-11-30"),
    ("En déplacement jusqu’au 30/11.", "2026-11-30"),
    // Spanish
    ("Estoy fuera de la oficina hasta el 30 de noviembre de 2026.", "2026-11-30"),
    ("Estaré de vacaciones del 20 de noviembre al 2 de diciembre.", "2026-12-02"),
    ("Ausente de la oficina. Regreso el 1 de diciembre.", "2026-11-30"),
    // Portuguese
    ("Estarei de férias até 30 de novembro de 2026. Retornarei em 1 de dezembro.", "2026-11-30"),
    ("Estou ausente de 20/11/2026 a 05/12/2026.", "2026-12-05"),
    // Italian
    ("Sono fuori ufficio fino al 30 novembre. Per urgenze chiamare il centralino.", "2026-11-30"),
    ("Sarò in ferie dal 20/11/2026 al 07/12/2026 compreso.", "2026-12-07"),
    ("Assente; rientrerò martedì 1° dicembre.", "2026-11-30"),
    // Dutch
    ("Ik ben afwezig t/m 30 november. Vanaf 1 december ben ik weer bereikbaar.", "2026-11-30"),
    ("Ik ben met vakantie tot en met 04-12-2026.", "2026-12-04"),
    // Polish, Czech
    ("Jestem na urlopie do 30 listopada 2026 r. włącznie.", "2026-11-30"),
    ("W dniach od 20.11.2026 do 02.12.2026 jestem nieobecny.", "2026-12-02"),
    ("Jsem na dovolené do 30. listopadu 2026.", "2026-11-30"),
    // Russian, Ukrainian
    ("Я в отпуске до 30 ноября 2026 г. включительно.", "2026-11-30"),
    ("Меня нет на месте с 20.11.2026 по 04.12.2026.", "2026-12-04"),
    ("Нахожусь в командировке, вернусь 1 декабря.", "2026-11-30"),
    ("Я у відпустці до 30 листопада.", "2026-11-30"),
    // Turkish
    ("30 Kasım 2026 tarihine kadar yıllık izindeyim.", "2026-11-30"),
    ("İzindeyim. 1 Aralık'ta ofise döneceğim.", "2026-11-30"),
    // Swedish, Danish, Norwegian, Finnish
    ("Jag har semester till och med den 30 november.", "2026-11-30"),
    ("Jeg holder ferie til og med 30. november 2026.", "2026-11-30"),
    ("Jeg er tilbake på kontoret 1. desember. God ferie!", "2026-11-30"),
    ("Olen lomalla 30.11.2026 asti.", "2026-11-30"),
    // Hungarian, Romanian, Greek
    ("Szabadságon vagyok 2026. november 30-ig.", "2026-11-30"),
    ("Sunt în concediu până la 30 noiembrie 2026.", "2026-11-30"),
    ("Βρίσκομαι εκτός γραφείου έως 30 Νοεμβρίου 2026.", "2026-11-30"),
    // Arabic, Hebrew
    ("أنا في إجازة حتى ٣٠ نوفمبر ٢٠٢٦.", "2026-11-30"),
    ("خارج المكتب من 20/11/2026 إلى 05/12/2026", "2026-12-05"),
    ("אני בחופשה עד 30 בנובמבר 2026. חופשה נעימה", "2026-11-30"),
    // Chinese
    ("您好，我正在休假，至2026年11月30日。急事请联系王小明。", "2026-11-30"),
    ("本人于11月20日至30日出差，邮件回复可能不及时。", "2026-11-30"),
    ("我在11月20日-12月3日期间休年假，12月4日恢复上班。", "2026-12-03"),
    ("外出中，12月1日返回公司后回复您。", "2026-11-30"),
    ("不在辦公室，將於2026/12/01恢復上班", "2026-11-30"),
    ("假期自动回复：2026年11月20日（周五）到2026年11月29日（周日）", "2026-11-29"),
    // Japanese
    ("11月20日から11月30日まで休暇をいただいております。", "2026-11-30"),
    ("出張のため不在にしております。12月1日(火)より出社いたします。", "2026-11-30"),
    ("２０２６年１１月３０日まで不在です。", "2026-11-30"),
    // Korean
    ("2026년 11월 30일까지 휴가입니다. 급한 용무는 전화 주십시오.", "2026-11-30"),
    ("출장 중입니다. 12월 1일에 복귀합니다.", "2026-11-30"),
    ("휴가 기간: 2026. 11. 20. ~ 2026. 11. 30.", "2026-11-30"),
    // Vietnamese, Thai, Indonesian
    ("Tôi nghỉ phép đến hết ngày 30 tháng 11 năm 2026.", "2026-11-30"),
    ("ลาพักร้อน ถึงวันที่ 30 พฤศจิกายน 2569", "2026-11-30"),
    ("Saya sedang cuti hingga 30 November 2026.", "2026-11-30"),
    // No day, or none that is sure.
    ("I am out of the office with limited access to email.", ""),
    ("I'm on vacation until further notice.", ""),
    ("I am out of the office until 01/02/2027.", ""),
    ("I am out of the office until 5/6.", ""),
    ("I am away until next Monday.", ""),
    ("I was out of the office until 1 November 2026.", ""),
    ("I am on leave until 30 November 2031.", ""),
    ("Out of office. Our support is there 24/7, call 030/1234-56 or write by 9.30.", ""),
    ("I am on holiday. The fair is on 3 December in Hall 4.", ""),
    ("Ich bin im Urlaub bis 31.02.2027.", ""),
    ("我在休假，下周一回来。", ""),
    ("Je suis absent. Bureau ouvert de 9h à 17h.", ""),
    ("I am out of the office until 12/05/2026 or 05/12/2027.", "2026-12-05"),
];

#[test]
fn the_last_day_away_is_found_or_none() {
    let mut wrong = Vec::new();
    for (text, expected) in TEXTS {
        let found = last_day_in(text, today());
        let found = found.map(|day| day.map_or(String::new(), |day| day.to_string()));
        if found.as_deref() != Some(*expected) {
            wrong.push(format!("{text}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), TEXTS.len(), wrong.join("\n"));
}

#[test]
fn answers_about_something_else_are_no_absence() {
    for text in [
        "Your request has been received. Ticket 20261130 was created; we answer until 30 November 2026.",
        "您的邮件已收到，我会尽快回复。",
        "Thank you for your order of 30.11.2026.",
        "Danke für Ihre Nachricht, wir melden uns bis zum 30.11.2026.",
        "",
    ] {
        assert_eq!(last_day_in(text, today()), None, "{text}");
    }
}

#[test]
fn only_what_a_program_wrote_is_an_absence_and_its_first_lines_are_kept() {
    let mail = |head: &str, text: &str| {
        parse(format!("From: a@x.example\r\nSubject: Plan\r\n{head}\r\n\r\n{text}").as_bytes()).unwrap()
    };
    let text = format!("I am on leave until 30 November.\r\n{}", "Call me.\r\n".repeat(100));
    assert_eq!(absence_of(&mail("X-Other: 1", &text), today()), None);
    let absence = absence_of(&mail("Auto-Submitted: auto-replied", &text), today()).unwrap();
    assert_eq!(absence.last_day, NaiveDate::from_ymd_opt(2026, 11, 30));
    assert_eq!(absence.words.lines().count(), 12);
    let long = format!("On leave. {}", "x".repeat(10_000_000));
    let absence = absence_of(&mail("Auto-Submitted: auto-replied", &long), today()).unwrap();
    assert_eq!((absence.last_day, absence.words.chars().count()), (None, 600));
}

#[test]
fn hostile_texts_are_read_without_harm() {
    let words = [
        "until ",
        "30.11.2026 ",
        "11月30日",
        "ab ",
        "-",
        "\n\n",
        "٣٠",
        "İ",
        "november 20-",
        "9999999999999 ",
        "'",
        "까지",
    ];
    for first in words {
        for second in words {
            let text = format!("on leave 休假 {}", format!("{first}{second}").repeat(400));
            let _ = last_day_in(&text, today());
        }
    }
}
