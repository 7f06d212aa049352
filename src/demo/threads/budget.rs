//! Fourteen positions and three versions of one table.

use super::{Line, Script};
use crate::demo::people::Who::{Anna, Chen, David, Kenji, LiLei, Maria, Wang};
use crate::demo::samples::Sample;
use crate::demo::when::When::Day;

pub const SCRIPT: Script = Script {
    name: "budget-2027",
    subject: "Budget 2027: second round",
    mails: &[
        Line {
            from: Anna,
            to: &[Wang, David, LiLei],
            cc: &[Chen],
            when: Day(9, 9, 12),
            text: "Dear all,

the board wants the budget for 2027 five per cent lower than what we handed in. Please have a look at your lines in the table and tell me by the end of next week where you see room.

Line 1 (transport) and line 4 (move of the warehouse) are the large ones.",
            file: None,
        },
        Line {
            from: David,
            to: &[Anna],
            cc: &[Wang, LiLei, Chen],
            when: Day(9, 11, 40),
            text: "Anna,

line 1 depends on the second transport contract. If we sign before the year ends we pay about 17,000 less. Kenji (now in Cc of my other mail) said they can hold the price.

The plant itself has no room left.",
            file: None,
        },
        Line {
            from: LiLei,
            to: &[Anna],
            cc: &[Wang, David, Chen],
            when: Day(8, 3, 5),
            text: "Anna，

实验室的两个职位可以推迟到第二季度，大约能省 35,000。不过设备的预算不能再减了。",
            file: None,
        },
        Line {
            from: Wang,
            to: &[Anna, David],
            cc: &[LiLei, Chen, Kenji, Maria],
            when: Day(7, 2, 48),
            text: "大家好，

我已经请 Kenji 重新报价。合同条款需要法务先看一下，所以我把 Maria-Fernanda 也加进来了。",
            file: None,
        },
        Line {
            from: Maria,
            to: &[Wang, Anna],
            cc: &[David, LiLei, Chen, Kenji],
            when: Day(6, 15, 30),
            text: "Please do not sign anything before I have seen the liability clause (7.2). The last version said the carrier is liable for direct damage only, which is not what we agreed.",
            file: None,
        },
        Line {
            from: Anna,
            to: &[Wang, David, LiLei, Maria],
            cc: &[Chen, Kenji],
            when: Day(4, 8, 55),
            text: "Thank you all. The third version of the table is attached. We are at 1,378,500 now, still 12,000 too high.

This is getting long for mail; I will make a group of it.",
            file: Some(Sample::BudgetTable),
        },
    ],
};
