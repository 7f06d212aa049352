//! The third floor gets new desks, and who sits where is not clear.

use super::{Line, Script};
use crate::demo::people::Who::{Anna, Emma, Priya, Sofia, Tomasz};
use crate::demo::when::When::Day;

pub const SCRIPT: Script = Script {
    name: "third-floor",
    subject: "Third floor: who sits where from December",
    mails: &[
        Line {
            from: Sofia,
            to: &[Anna, Priya, Emma],
            cc: &[Tomasz],
            when: Day(4, 10, 15),
            text: "Hello everybody,

the new desks come on the 30th. Finance and Sales share the third floor then: 14 seats by the window, 10 near the stairs, two small rooms for calls.

Please tell me how many of you are in the office on a normal day.",
            file: None,
        },
        Line {
            from: Priya,
            to: &[Sofia],
            cc: &[Anna, Emma, Tomasz],
            when: Day(4, 10, 52),
            text: "Sales: eight on Mondays, four on other days. We are on the phone all day, so near the small rooms please.",
            file: None,
        },
        Line {
            from: Emma,
            to: &[Sofia, Priya],
            cc: &[Anna, Tomasz],
            when: Day(3, 8, 41),
            text: "Two of the seats by the window are promised to people who come back from leave in January. I will send you the names by phone.",
            file: None,
        },
        Line {
            from: Tomasz,
            to: &[Sofia],
            cc: &[Anna, Priya, Emma],
            when: Day(2, 13, 20),
            text: "Network: only the window side has enough sockets today. I can lay the others on the weekend before if I know the plan by Wednesday.",
            file: None,
        },
    ],
};
