//! 华东仓库搬迁: the warehouse in the east moves, and everybody has a date that does not fit.

use super::{Line, Script};
use crate::demo::people::Who::{Chen, David, LiLei, Wang, ZhaoMin, Zhou};
use crate::demo::samples::Sample;
use crate::demo::when::When::Day;

pub const SCRIPT: Script = Script {
    name: "warehouse-move",
    subject: "华东仓库搬迁的时间安排",
    mails: &[
        Line {
            from: Zhou,
            to: &[ZhaoMin, Wang],
            cc: &[LiLei],
            when: Day(7, 1, 20),
            text: "各位好，

新仓库的消防验收已经通过，平面图见附件。现在的租约到下月底，请大家确认搬迁的时间。我建议分两批，每批三天。",
            file: Some(Sample::FloorPlan),
        },
        Line {
            from: ZhaoMin,
            to: &[Zhou],
            cc: &[Wang, LiLei, Chen],
            when: Day(7, 6, 33),
            text: "周经理，

第一批可以安排在下周三到周五，车已经问过了，十二辆。第二批要等货架到货。

思远，搬迁费用走哪个预算？",
            file: None,
        },
        Line {
            from: Chen,
            to: &[ZhaoMin],
            cc: &[Zhou, Wang, LiLei],
            when: Day(6, 2, 10),
            text: "走 2027 年预算的第 4 行，但是如果年底前付款，要先跟 Anna 说一声。",
            file: None,
        },
        Line {
            from: Wang,
            to: &[Zhou, ZhaoMin],
            cc: &[LiLei, Chen, David],
            when: Day(5, 7, 15),
            text: "货架供应商说最早 4 号到货，我已经要求书面确认。抄送 David，工厂那边的发货可能要推迟两天。",
            file: None,
        },
        Line {
            from: David,
            to: &[Wang, ZhaoMin],
            cc: &[Zhou, LiLei, Chen],
            when: Day(5, 9, 2),
            text: "Two days are fine for us if I know by Tuesday. Please tell me which containers come first.",
            file: None,
        },
    ],
};
