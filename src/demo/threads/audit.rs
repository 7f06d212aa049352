//! The bank asks, and three departments know a part of the answer.

use super::{Line, Script};
use crate::demo::people::Who::{Anna, Chen, Maria, Oliver, Tomasz};
use crate::demo::when::When::{Ago, Day};

pub const SCRIPT: Script = Script {
    name: "bank-audit",
    subject: "Audit questions from the bank, answers needed by Friday noon",
    mails: &[
        Line {
            from: Oliver,
            to: &[Anna, Chen],
            cc: &[Maria],
            when: Day(3, 14, 5),
            text: "Anna, 思远,

the bank sent three questions:

1. How are advance payments to carriers booked?
2. Who can change a supplier's account number, and who checks it?
3. Where are the signed contracts kept?

They want the answers by Friday noon.",
            file: None,
        },
        Line {
            from: Chen,
            to: &[Oliver],
            cc: &[Anna, Maria],
            when: Day(2, 1, 58),
            text: "Oliver,

第 1 个问题：预付款记在 1123 科目，收到发票后转出，清单我下午发。",
            file: None,
        },
        Line {
            from: Maria,
            to: &[Oliver, Anna],
            cc: &[Chen, Tomasz],
            when: Day(2, 12, 44),
            text: "Question 3: the originals are in the safe in Madrid, the scans on the contracts share. Tomasz can say who has access.",
            file: None,
        },
        Line {
            from: Tomasz,
            to: &[Maria],
            cc: &[Oliver, Anna, Chen],
            when: Day(1, 9, 31),
            text: "Read access: Legal and Finance, 23 people. Write access: Legal only, 4 people. I can print the list from today.

For question 2 I need to look at the old system as well.",
            file: None,
        },
        Line {
            from: Oliver,
            to: &[Anna, Chen, Maria, Tomasz],
            cc: &[],
            when: Ago(210),
            text: "Thank you. Question 2 is the one they will look at closely. Anna, can you get everybody together and bring one answer?",
            file: None,
        },
    ],
};
