//! The transport contract, clause by clause.

use super::{Line, Script};
use crate::demo::people::Who::{Anna, Kenji, Maria, Wang, Yuki};
use crate::demo::samples::Sample;
use crate::demo::when::When::Day;

pub const SCRIPT: Script = Script {
    name: "transport-contract",
    subject: "Transport contract: liability and term",
    mails: &[
        Line {
            from: Kenji,
            to: &[Wang],
            cc: &[Yuki],
            when: Day(6, 8, 20),
            text: "Dear Mr Wang,

please find our second offer attached. The price is four per cent lower, the time of delivery one week longer. We can hold it until the end of the month.",
            file: Some(Sample::Offer),
        },
        Line {
            from: Wang,
            to: &[Kenji],
            cc: &[Yuki, Maria, Anna],
            when: Day(5, 2, 36),
            text: "Kenji 您好，

报价收到，谢谢。价格可以接受，条款请和我们的法务 Maria-Fernanda 直接确认。",
            file: None,
        },
        Line {
            from: Maria,
            to: &[Kenji, Wang],
            cc: &[Yuki, Anna],
            when: Day(5, 16, 10),
            text: "Dear Mr Sato,

two points before we can sign:

- 7.2: \"direct damage only\" has to go back to what we agreed in May.
- 11: a term of three years, with the right to leave after two.",
            file: None,
        },
        Line {
            from: Yuki,
            to: &[Maria],
            cc: &[Kenji, Wang, Anna],
            when: Day(3, 7, 45),
            text: "Dear Ms Gutiérrez de la Torre,

point 11 is fine. For 7.2 I have to ask our insurance; I hope to have an answer on Monday.",
            file: None,
        },
    ],
};
