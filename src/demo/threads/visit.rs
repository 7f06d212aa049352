//! The thread to try it with: seven people, eight mails, and no list of who does what.

use super::{Line, Script};
use crate::demo::people::Who::{Anna, David, Emma, Kenji, Priya, Sofia, Wang, Yuki};
use crate::demo::samples::Sample;
use crate::demo::when::When::{Ago, Day};

pub const SCRIPT: Script = Script {
    name: "visit-thursday",
    subject: "Visit of Partner Logistics on Thursday",
    mails: &[
        Line {
            from: Priya,
            to: &[Anna, David, Wang],
            cc: &[Sofia],
            when: Day(3, 9, 10),
            text: "Hello,

Kenji Sato and Yuki Tanaka visit us on Thursday. They want to see the plant and talk about 2027. Who can join?",
            file: None,
        },
        Line {
            from: David,
            to: &[Priya],
            cc: &[Anna, Wang, Sofia],
            when: Day(3, 9, 48),
            text: "I can show them the plant from 10:00 to 11:15. Safety shoes: I need their sizes.",
            file: None,
        },
        Line {
            from: Wang,
            to: &[Priya],
            cc: &[Anna, David, Sofia],
            when: Day(2, 2, 22),
            text: "我可以参加 11:30 的合同讨论（线上），请帮我开一个会议链接。",
            file: None,
        },
        Line {
            from: Sofia,
            to: &[Priya],
            cc: &[Anna, David, Wang],
            when: Day(2, 11, 5),
            text: "Room Saltsjön is booked from 9:30 to 16:00. Lunch for how many? Anything they do not eat?",
            file: None,
        },
        Line {
            from: Priya,
            to: &[Kenji, Yuki],
            cc: &[Anna, David, Wang, Sofia],
            when: Day(1, 9, 0),
            text: "Dear Kenji, dear Yuki,

the agenda for Thursday is attached. David needs your shoe sizes for the tour, and Sofia asks whether there is something you do not eat.",
            file: Some(Sample::Agenda),
        },
        Line {
            from: Kenji,
            to: &[Priya],
            cc: &[Yuki, Anna, David, Wang, Sofia],
            when: Day(1, 10, 27),
            text: "Dear Priya,

thank you. 26.5 cm for me. We would like to talk about the second warehouse as well, if there is time.",
            file: None,
        },
        Line {
            from: Yuki,
            to: &[Priya, Kenji],
            cc: &[Anna, David, Wang, Sofia],
            when: Ago(95),
            text: "24 cm for me, and no fish please. Our train arrives at 9:05, will somebody be at the station?",
            file: None,
        },
        Line {
            from: Priya,
            to: &[Anna, David, Wang, Sofia],
            cc: &[Kenji, Yuki, Emma],
            when: Ago(25),
            text: "So: who fetches them at 9:05, who talks about the second warehouse, and do we still have time for the figures? Anna, can you settle this today?",
            file: None,
        },
    ],
};
