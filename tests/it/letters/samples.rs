//! One of each letter, with the people of our invented company and what hostile people would try.

use mailmoot::domain::cadence::Cadence;
use mailmoot::domain::health::Concern;
use mailmoot::domain::notices::{ClockTime, QuietHours};
use mailmoot::domain::quoted::Quoted;
use mailmoot::mail::letters::{
    AlertLetter, AnswerLetter, Became, Carried, ChatLetter, ClaimLetter, CommandLetter, DepartedLetter,
    DraftReadyLetter, HelpLetter, InvitationLetter, InvitedMember, LetterAnswered, LetterBesides,
    LetterChange, LetterFile, LetterMessage, LetterTask, MessagesLetter, ReadersLetter, ReminderLetter,
    RetentionLetter, ShareAnsweredLetter, SignInLetter, TrialLetter, Words,
};
use mailmoot::mail::sanitize::render_markdown;
use mailmoot::texts::Texts;

pub const GATEWAY: &str = "moot@corp.example";
pub const LINK: &str = "https://moot.corp.example/l/aaaabbbbccccddddeeeeffffgg";
const GROUP: &str = "https://moot.corp.example/groups/0197a000-0000-7000-8000-000000000001";
const OFTEN: &str = "https://moot.corp.example/mails/aaaabbbbccccddddeeeeffffgg";
const TOPIC: &str = "Budget 2027: plant & logistics <script>alert(1)</script>";

/// A rendered letter.
pub struct Sample {
    pub name: &'static str,
    pub words: Words,
}

pub fn samples(texts: Texts) -> Vec<Sample> {
    let mut samples = vec![sign_in(texts), departed(texts), answer(texts)];
    let letter =
        DraftReadyLetter { texts, name: "Anna Berg", topic: TOPIC, link: LINK, members: 7, gateway: GATEWAY };
    samples.push(sample("draft-ready", letter.words()));
    for (name, letter) in [("invitation", invitation(texts)), ("invitation-short", short_invitation(texts))] {
        samples.push(sample(name, letter.words()));
    }
    for (name, messages) in
        [("messages", vec![report(), quotation(), unconfirmed(), notice()]), ("message", vec![chinese()])]
    {
        let (topic, earlier) = (TOPIC, if messages.len() > 1 { 4 } else { 0 });
        let letter = MessagesLetter {
            texts,
            name: "David Okafor",
            topic,
            subject: topic,
            link: GROUP,
            often: OFTEN,
            messages: &messages,
            earlier,
            daily: earlier > 0,
            besides: &LetterBesides::default(),
        };
        samples.push(sample(name, letter.words()));
    }
    for (name, messages) in
        [("chat", vec![chinese()]), ("chat-several", vec![notice(), quotation(), unconfirmed()])]
    {
        let besides = &LetterBesides::default();
        let letter =
            ChatLetter { texts, subject: TOPIC, messages: &messages, earlier: 4, link: GROUP, besides };
        samples.push(sample(name, letter.words()));
    }
    samples.extend(besides(texts));
    samples.push(reminder(texts));
    samples.push(share_answered(texts));
    samples.push(readers(texts));
    samples.push(claim(texts));
    samples.push(trial(texts));
    samples.extend(alerts(texts));
    samples.push(retention(texts));
    samples.extend(commands(texts));
    samples
}

/// A mail with everything that can stand beside what is new; one of tasks alone; and the same for a messenger.
fn besides(texts: Texts) -> [Sample; 3] {
    let change = |message, removed| LetterChange { message, removed, moved: false };
    let moved = LetterChange { moved: true, ..change(unconfirmed(), true) };
    let changes = vec![change(quotation(), false), change(report(), true), moved, change(chinese(), false)];
    let all = LetterBesides {
        tasks: vec![task("Anna Berg", Some("2026-12-01")), task("David <Okafor>", None)],
        changes,
        quoted: vec![opening(), report(), unconfirmed()],
    };
    let letter = MessagesLetter {
        texts,
        name: "David Okafor",
        topic: TOPIC,
        subject: TOPIC,
        link: GROUP,
        often: OFTEN,
        messages: &[chinese()],
        earlier: 0,
        daily: false,
        besides: &all,
    };
    let alone = LetterBesides { tasks: all.tasks[..1].to_vec(), ..LetterBesides::default() };
    let chat = ChatLetter { texts, subject: TOPIC, messages: &[], earlier: 0, link: GROUP, besides: &all };
    [
        sample("besides", letter.words()),
        sample("task", MessagesLetter { messages: &[], besides: &alone, ..letter }.words()),
        sample("chat-besides", chat.words()),
    ]
}

fn task(by: &str, due: Option<&str>) -> LetterTask {
    LetterTask {
        by: by.to_owned(),
        due: due.map(str::to_owned),
        said: "Somebody has to ask Nordstahl for a second offer before <Friday>".to_owned(),
        author: "Maria-Fernanda Gutiérrez".to_owned(),
        when: "2026-11-20 09:12 UTC".to_owned(),
        link: format!("{GROUP}?at=7#m-7"),
    }
}

fn claim(texts: Texts) -> Sample {
    let letter = ClaimLetter {
        texts,
        name: "Anna Berg",
        address: "anna@home.example",
        topic: "Budget 2027 <预算>",
        begins: "I agree & will come <script>alert(1)</script>",
        can_reply: true,
        link: "https://moot.corp.example/claims/abcdefghijklmnopqrstuvwxyz",
    };
    sample("claim", letter.words())
}

fn share_answered(texts: Texts) -> Sample {
    let letter = ShareAnsweredLetter {
        texts,
        name: "Anna Berg",
        writer: "Kenji Sato",
        address: "kenji.sato@partner.example",
        title: TOPIC,
        begins: "Agreed, go on. <b>Both</b> presses, please.",
        files: 2,
        link: GROUP,
    };
    sample("share_answered", letter.words())
}

fn readers(texts: Texts) -> Sample {
    let at = |name: &str, when: &str| (name.to_owned(), when.to_owned());
    let letter = ReadersLetter {
        texts,
        name: "Anna Berg",
        subject: "Budget 2027: which press?",
        topic: TOPIC,
        asked: 5,
        read: vec![at("David Okafor", "2026-11-20 10:12"), at("王小明", "2026-11-20 18:40")],
        open: vec!["Kenji Sato <Okafor>".to_owned()],
        declined: vec!["Dora Lindqvist".to_owned()],
        failed: vec![at("Erik Holm", "550 5.1.1 no such user <script>alert(1)</script>")],
        link: GROUP,
    };
    sample("readers", letter.words())
}

/// What is wrong in the words of a server, and that it is well again.
fn alerts(texts: Texts) -> [Sample; 2] {
    let stands = Concern::SourceStands {
        source: "imap:moot@corp.example@mail.corp.example:993/INBOX".to_owned(),
        since: None,
        words: "NO [AUTHENTICATIONFAILED] <script>alert(1)</script>".to_owned(),
    };
    let letter = |concern, ended| AlertLetter {
        texts,
        name: "Anna Berg",
        concern,
        begun: "2026-11-20 09:14 UTC",
        ended,
        link: LINK,
    };
    [
        sample("alert", letter(&stands, "").words()),
        sample("alert-ended", letter(&stands, "2026-11-20 11:02 UTC").words()),
    ]
}

fn retention(texts: Texts) -> Sample {
    let letter = RetentionLetter {
        texts,
        name: "Anna Berg",
        topic: TOPIC,
        messages: 212,
        days: 365,
        from: "2026-11-27 10:00 UTC",
        link: GROUP,
    };
    sample("retention", letter.words())
}

fn trial(texts: Texts) -> Sample {
    let letter = TrialLetter {
        texts,
        name: "Anna Berg",
        since: "2026-11-20 10:00 UTC",
        words: "5.2.2 <script>alert(1)</script>: mailbox full",
        link: GROUP,
    };
    sample("trial", letter.words())
}

fn commands(texts: Texts) -> Vec<Sample> {
    let letter = |became| CommandLetter {
        texts,
        name: "王小明",
        subject: "回复: Budget 2027",
        topic: TOPIC,
        became,
        often: Some(OFTEN),
    };
    let muted = letter(Became::Cadence(Cadence::None));
    let left = CommandLetter { often: None, ..letter(Became::Left) };
    let owner = letter(Became::OnlyOwner { settings: GROUP });
    let help = HelpLetter {
        texts,
        name: "王小明",
        subject: "",
        topic: TOPIC,
        limit: "25.0 MB",
        gateway: GATEWAY,
        share: Some("moot+share.aaaabbbbccccddddeeeeffffgg@corp.example"),
        often: OFTEN,
    };
    let people = "Bo Lind (bo.lind@corp.example)";
    let added = letter(Became::Added { people });
    let wanted = letter(Became::Wanted { by: "David Okafor", people: "bo.lind@corp.example" });
    let list = letter(Became::IsList { address: "customs@corp.example", name: "海关", link: LINK });
    let shared = letter(Became::Shared { link: LINK });
    let time = |text: &str| text.parse::<ClockTime>().unwrap();
    let hours = Some(QuietHours { from: time("22:00"), until: time("07:00") });
    vec![
        sample("command-added", added.words()),
        sample("command-wanted", wanted.words()),
        sample("command-list", list.words()),
        sample("command-shared", shared.words()),
        sample("command-muted", muted.words()),
        sample("command-left", left.words()),
        sample("command-owner", owner.words()),
        sample("command-quote", letter(Became::Quoting(Quoted::of(3))).words()),
        sample("command-quiet", letter(Became::Quiet { hours, zone: "Asia/Shanghai" }).words()),
        sample("help", help.words()),
    ]
}

fn reminder(texts: Texts) -> Sample {
    let letter = ReminderLetter {
        texts,
        name: "David Okafor",
        sender: "Anna Berg",
        topic: TOPIC,
        link: GROUP,
        often: OFTEN,
        message: report(),
    };
    sample("reminder", letter.words())
}

fn sample(name: &'static str, words: Result<Words, askama::Error>) -> Sample {
    Sample { name, words: words.unwrap() }
}

fn sign_in(texts: Texts) -> Sample {
    let letter = SignInLetter { texts, name: "Anna Berg", link: LINK, code: "204917", minutes: 15 };
    sample("sign-in", letter.words())
}

fn departed(texts: Texts) -> Sample {
    let letter = DepartedLetter { texts, name: "Eva Lind <script>alert(1)</script>" };
    sample("departed", letter.words())
}

fn answer(texts: Texts) -> Sample {
    let letter = AnswerLetter {
        texts,
        name: "Kenji Sato",
        subject: "Fwd: Lunch\r\nBcc: everybody@corp.example <script>",
        why: "ignored-not-a-member",
        gateway: GATEWAY,
    };
    sample("answer", letter.words())
}

fn invitation(texts: Texts) -> InvitationLetter<'static> {
    InvitationLetter {
        texts,
        name: "王小明",
        inviter: "Anna Berg",
        topic: TOPIC,
        subject: TOPIC,
        link: LINK,
        often: OFTEN,
        members: members(),
        opening: vec![opening()].leak(),
        can_reply: true,
        days: 30,
    }
}

fn short_invitation(texts: Texts) -> InvitationLetter<'static> {
    InvitationLetter { name: "", opening: &[], can_reply: false, members: &[], ..invitation(texts) }
}

fn members() -> &'static [InvitedMember] {
    let known = [
        ("Anna Berg", "Finance · Head of controlling"),
        ("王小明", "采购部 · 采购经理"),
        ("David <Okafor>", ""),
        ("Maria-Fernanda Gutiérrez de la Concepción y Villanueva", "Legal · Senior counsel, contracts"),
    ];
    let others = (1..=11).map(|n| (format!("Plant engineer {n}"), "Plant".to_owned()));
    let known = known.into_iter().map(|(name, detail)| (name.to_owned(), detail.to_owned()));
    known.chain(others).map(|(name, detail)| InvitedMember { name, detail }).collect::<Vec<_>>().leak()
}

fn message(author: &str, when: &str, markdown: &str) -> LetterMessage {
    LetterMessage {
        notice: None,
        author: author.to_owned(),
        when: when.to_owned(),
        answers: None,
        html: render_markdown(markdown),
        text: markdown.to_owned(),
        note: None,
        files: Vec::new(),
    }
}

fn file(name: &str, size: &str) -> LetterFile {
    let link = "https://moot.corp.example/files/0197a000-0000-7000-8000-0000000000f1".to_owned();
    LetterFile { name: name.to_owned(), size: size.to_owned(), link, carried: Carried::Linked }
}

fn opening() -> LetterMessage {
    let words = "Good morning,\n\nthe thread got long, so let us settle the budget **here**:\n\n\
        1. What does the plant need?\n2. Which offers are still open?\n\nThe figures are in the file.";
    LetterMessage {
        files: vec![file("Budget 2027 v3.xlsx", "48 kB")],
        ..message("Anna Berg", "2026-11-20 09:00 UTC", words)
    }
}

fn report() -> LetterMessage {
    let words = "## Offers so far\n\n| Supplier | Price | Delivery |\n|---|--:|---|\n| Nordstahl | 48 200 € | 6 weeks |\n\
        | Huaxing 华兴 | 43 950 € | 9 weeks |\n\n- [x] Nordstahl asked\n- [ ] third offer\n\nDetails: https://suppliers.example/offers?year=2027&plant=2";
    LetterMessage {
        files: vec![
            LetterFile { carried: Carried::Attached, ..file("Offer Nordstahl.pdf", "1.2 MB") },
            file("比价表.xlsx", "36 kB"),
        ],
        ..message("Maria-Fernanda Gutiérrez", "2026-11-20 09:12 UTC", words)
    }
}

fn quotation() -> LetterMessage {
    let words = "> Which offers are still open?\n\nOnly one. I ran this and see `rows = 212`, <script>alert(2)</script> included:\n\n\
        ```\nselect supplier, sum(price)\n  from offers where year = 2027 and plant in ('north', 'south') group by supplier;\n```\n\n\
        Please do *not* sign before [legal](https://legal.example) has seen it.";
    message("Anna Berg", "2026-11-20 09:31 UTC", words)
}

fn unconfirmed() -> LetterMessage {
    LetterMessage {
        answers: Some(LetterAnswered {
            author: "Anna Berg".to_owned(),
            words: "Which offers are still <open>?".to_owned(),
        }),
        note: Some("by this member's link, not confirmed".to_owned()),
        ..message("Kenji Sato", "2026-11-20 09:40 UTC", "We can deliver in *seven* weeks.")
    }
}

fn notice() -> LetterMessage {
    let words = "Anna Berg added 王小明 and Kenji Sato, to read from here on".to_owned();
    LetterMessage { notice: Some(words), ..message("Anna Berg", "2026-11-20 09:42 UTC", "") }
}

fn chinese() -> LetterMessage {
    let words = "大家好，\n\n供应商的新报价我放在附件里了，请在**周五之前**确认：\n\n- 单价下降 3%\n- 交货期改为九周\n\n谢谢！";
    LetterMessage {
        files: vec![file("华兴报价单（第三版）.pdf", "820 kB")],
        ..message("王小明", "2026-11-20 09:45 UTC", words)
    }
}
