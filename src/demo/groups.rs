//! The groups of the invented company: who began them, and what was said.

use super::people::Who;
use super::samples::Sample;
use super::threads::{self, Script};
use super::when::When;

/// A group, from its thread on.
#[derive(Debug)]
pub struct Story {
    pub thread: &'static Script,
    pub owner: Who,
    /// Another topic than the thread's.
    pub topic: Option<&'static str>,
    pub added: &'static [Who],
    pub opening: &'static str,
    pub begun: When,
    pub steps: &'static [Step],
}

/// What happens in a group.
#[derive(Debug)]
pub enum Step {
    /// Time passes; mails go out meanwhile.
    At(When),
    Say(Who, &'static str),
    /// In answer to the newest message.
    Answer(Who, &'static str),
    /// To the newest message.
    React(Who, &'static str),
    /// The newest message, which is their own, says something else now.
    Edit(Who, &'static str),
    /// The newest message.
    Pin(Who),
    /// The newest message, or words of it.
    Mark(Who, Marked),
    /// Asks everybody for a receipt.
    Ask(Who, &'static str),
    /// With a file.
    Show(Who, &'static str, Sample),
    /// An answer to the last mail from the group.
    Mail(Who, &'static str),
    /// The same, written with a table, a picture or an invitation.
    Write(Who, &'static Written),
    /// Somebody goes on in another group, with some of the messages.
    GoOn(Who, &'static Offshoot),
    /// Shares some of the messages, with everybody who has the link.
    Share(Who, &'static Handout),
    /// Declines to give receipts in this group.
    Refuses(Who),
    /// Somebody closes the browser, and reads no further.
    Leaves(Who),
    /// Somebody adds another member, who reads from then on.
    Adds(Who, Who),
    /// Somebody does not want to be called by this group.
    Mutes(Who),
}

/// What somebody marks.
#[derive(Debug)]
pub struct Marked {
    pub tag: &'static str,
    pub topic: &'static str,
    /// All of the message if empty.
    pub words: &'static str,
    /// Who does it, and within how many days.
    pub to_do: Option<(Who, u64)>,
}

const fn marked(tag: &'static str, topic: &'static str, words: &'static str) -> Marked {
    Marked { tag, topic, words, to_do: None }
}

/// What a mail program sends that knows more than text.
#[derive(Debug)]
pub struct Written {
    /// The picture stands in it as `cid:picture`.
    pub html: &'static str,
    pub picture: Option<Sample>,
    /// RFC 5545.
    pub calendar: Option<&'static str>,
}

/// What somebody shares.
#[derive(Debug)]
pub struct Handout {
    pub title: &'static str,
    pub note: &'static str,
    /// The numbers of the messages, in the order in which they stand.
    pub taken: &'static [i64],
    /// Who gets it by mail.
    pub to: &'static [Who],
    /// Who of them answers, and what.
    pub answer: Option<(Who, &'static str)>,
}

/// A group from a group.
#[derive(Debug)]
pub struct Offshoot {
    pub topic: &'static str,
    pub opening: &'static str,
    /// The numbers of the messages that come along.
    pub taken: &'static [i64],
}

use Step::{
    Adds, Answer, Ask, At, Edit, GoOn, Leaves, Mail, Mark, Mutes, Pin, React, Refuses, Say, Share, Show,
    Write,
};
use When::{Ago, Day};

const WHERE_WE_STAND: Handout = Handout {
    title: "Budget 2027: where we stand on Friday",
    note: "For those who were not in the discussion. Two things are settled, one is not:

- the **price** holds until the end of the month
- the move in December is possible, if the racks come in time
- the *liability clause* has to change before anybody signs",
    taken: &[5, 4, 6, 7, 2],
    to: &[Who::Priya, Who::Emma, Who::Oliver],
    answer: Some((
        Who::Emma,
        "Thank you, that helps. If December holds, I need the two new contracts by the 27th.",
    )),
};

const MOVING_DAY: Handout = Handout {
    title: "华东仓库搬迁：给供应商的说明",
    note: "第一批周三早上六点开始装车，请按平面图安排车辆。**左侧先腾空**，叉车从右侧通行。",
    taken: &[2, 4, 6, 5],
    to: &[Who::Tomasz],
    answer: None,
};

const DANGEROUS_GOODS: Offshoot = Offshoot {
    topic: "危险品间的验收",
    opening: "危险品间要单独验收，和搬迁的日程无关，在这里说。平面图带过来了。",
    taken: &[2],
};

const SEATS: Written = Written {
    html: "<p>Our seats as of <b>1 December</b>, with what each needs:</p>\
        <table><tr><th>Seat</th><th>Who</th><th>Needs</th></tr>\
        <tr><td>3-11</td><td>Emma</td><td>two screens</td></tr>\
        <tr><td>3-12</td><td>new colleague</td><td>a socket on the left</td></tr></table>\
        <p>I took the plan of the warehouse as a pattern, so that ours looks alike:</p>\
        <p><img src=\"cid:picture\" alt=\"Plan of the warehouse, as a pattern\"></p>\
        <ul><li>doors are <i>blue</i></li><li>sockets are red</li></ul>",
    picture: Some(Sample::FloorPlan),
    calendar: None,
};

const WALK: Written = Written {
    html: "<p>Shall we walk through it together?</p>",
    picture: None,
    calendar: Some(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:walk@corp.example\r\n\
         SUMMARY:Walk through the third floor\r\nDTSTART;TZID=Europe/Stockholm:20261127T140000\r\n\
         DTEND;TZID=Europe/Stockholm:20261127T143000\r\nLOCATION:At the stairs\\, third floor\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
};

/// Longer than anybody reads at a glance: the page folds it.
const MOVE: &str = "Here is the whole plan of the day. Please read your own part.

## Before

1. By Wednesday everybody tells @Tomasz Wójcik which devices come along.
2. On Thursday the boxes come, two for each seat. More are on the second floor.
3. Papers that nobody needs go into the grey containers, not into boxes.
4. What is locked must be unlocked, or the key is on it.

## Friday

- 14:00 Screens and phones are unplugged. The cables go into the bag with your name.
- 15:00 The movers begin at the window and go towards the stairs.
- 16:30 The kitchen closes. Cups that are still there are nobody's.
- 17:00 The lift is ours alone; please take the stairs.

## The weekend

Nobody needs to be here but the two of us. The power is off on Saturday from 8:00 to 11:00, and the network until noon.
Whoever must work takes the first floor; 12 seats are free there.

## Monday

1. Your boxes stand at your seat. If one is missing, tell me before ten.
2. Plug in the phone first: it finds its number by itself.
3. Empty boxes are collected at noon, and again on Tuesday.
4. The small rooms can be booked from Monday on. One of them is Sales' own until eleven.

## Who helps

| what | who |
| --- | --- |
| boxes, movers, keys | Sofia |
| devices, network, phones | Tomasz |
| chairs and tables that do not fit | Emma |

Coffee is on the house.";

pub const STORIES: [Story; 3] = [
    Story {
        thread: threads::WAREHOUSE,
        owner: Who::ZhaoMin,
        topic: Some("华东仓库搬迁"),
        added: &[Who::Anna],
        opening: "搬迁的事邮件太多了，都放到这里说。还没有定的：

1. 第二批的日期（等货架）
2. 费用走 **2027 年预算**第 4 行，要不要年底前付
3. 哪些集装箱先发（David 在等）",
        begun: Day(4, 2, 5),
        steps: &[
            At(Day(4, 2, 30)),
            Show(Who::LiLei, "平面图在这里，分拣区比以前大了一倍。危险品单独一间，符合新规定。", Sample::FloorPlan),
            Say(Who::Chen, "费用我这边可以，年底前付第一批，第二批走明年。"),
            Mark(Who::ZhaoMin, marked("decision", "费用", "年底前付第一批，第二批走明年")),
            At(Day(4, 6, 10)),
            Mail(Who::Zhou, "同意。第一批我们下周三早上六点开始装车，需要每个部门一个联系人。"),
            Mark(
                Who::ZhaoMin,
                Marked { to_do: Some((Who::LiLei, 3)), ..marked("action", "装车", "需要每个部门一个联系人") },
            ),
            At(Day(3, 3, 15)),
            Say(Who::Wang, "货架供应商书面确认了：4 号到货。第二批可以定在 7 号到 9 号。"),
            Mark(Who::LiLei, marked("fact", "货架", "4 号到货")),
            Mark(Who::ZhaoMin, marked("日程", "货架", "")),
            Show(Who::Wang, "新仓库门口今天的样子：左边先腾空，叉车从右边走。", Sample::Gate),
            Mail(Who::David, "Good. Then please send the six containers for Rotterdam first, the others can wait until the 10th."),
            At(Day(2, 1, 40)),
            Say(Who::ZhaoMin, "收到，鹿特丹的六个柜先发。车队周五上午可以现场确认。"),
            GoOn(Who::LiLei, &DANGEROUS_GOODS),
            Share(Who::LiLei, &MOVING_DAY),
            Mutes(Who::Anna),
            Mail(Who::Zhou, "每日"),
            At(Ago(1500)),
        ],
    },
    Story {
        thread: threads::OFFICE,
        owner: Who::Sofia,
        topic: None,
        added: &[Who::LiLei],
        opening: "Let us settle the seats here, it is easier than six mails. The plan so far:

| where | seats | who |
| --- | --- | --- |
| window | 14 | Finance, 2 for January |
| stairs | 10 | Sales |

**Tomasz needs it by Wednesday.**",
        begun: Day(2, 14, 10),
        steps: &[
            At(Day(2, 14, 40)),
            Say(Who::Priya, "Fine with us, if one of the two small rooms is ours on Mondays."),
            Say(Who::Tomasz, "Then I lay eight sockets near the stairs. Can be done in one weekend."),
            Mark(
                Who::Sofia,
                Marked {
                    to_do: Some((Who::Tomasz, 4)),
                    ..marked("action", "Power and network", "I lay eight sockets near the stairs")
                },
            ),
            Show(Who::Tomasz, "And this would be the bell at the door. Too loud for those by the stairs?", Sample::Bell),
            At(Day(1, 8, 20)),
            Mail(Who::Emma, "Please keep the two seats nearest to the door for January, not in the corner."),
            Mark(Who::Sofia, marked("decision", "Seats", "")),
            Say(Who::Sofia, "Done. I will put signs on them."),
            Write(Who::Emma, &SEATS),
            Write(Who::Emma, &WALK),
            Say(Who::Tomasz, "The new sockets near the stairs, for whoever plugs in a phone:

```yaml
vlan: 30
ports: [3-01, 3-02, 3-03, 3-04]
poe: true
```"),
            Say(Who::Sofia, MOVE),
            Pin(Who::Tomasz),
            Mark(
                Who::Tomasz,
                marked("fact", "Power and network", "The power is off on Saturday from 8:00 to 11:00"),
            ),
            Mark(Who::Priya, marked("Moving day", "", "")),
            Adds(Who::Sofia, Who::Oliver),
            At(Ago(1400)),
        ],
    },
    Story {
        thread: threads::BUDGET,
        owner: Who::Anna,
        topic: None,
        added: &[Who::Yuki],
        opening: "Seven people, six mails and three versions of one table: let us settle the **budget for 2027** here.

What is still open:

- the second transport contract
- two positions in the lab
- whether the move of the warehouse falls into this year",
        begun: Day(3, 8, 30),
        steps: &[
            At(Day(3, 8, 50)),
            Say(Who::LiLei, "实验室的两个职位我这边可以推迟到第二季度，先把合同定下来。"),
            Say(Who::LiLei, "理由写在表格第 2 行的备注里。"),
            At(Day(3, 10, 12)),
            Mail(Who::David, "Moving in December is possible if the racks arrive before the 4th. I have asked the supplier to confirm in writing."),
            At(Day(2, 7, 30)),
            Mail(Who::Kenji, "We can hold the price until the end of the month. Our offer: https://partner.example/offers/2027"),
            At(Day(2, 15, 20)),
            Say(Who::Maria, "From the legal side: please do *not* sign before we have seen the liability clause. The last version said

> the carrier is liable for direct damage only

which is not what we agreed. `§ 7.2` needs to go back to what it was."),
            React(Who::LiLei, "👍"),
            React(Who::Chen, "👍"),
            React(Who::Wang, "👀"),
            Answer(Who::Anna, "Understood, waiting."),
            Refuses(Who::Maria),
            Leaves(Who::LiLei),
            Ask(Who::Anna, "To have it in writing: **nobody signs anything before Monday.** The auditors want to know from me that all of you have read this."),
            At(Day(1, 13, 5)),
            Say(Who::Chen, "如果第二份合同年底前签，第 1 行可以再减 17,000，这样就够了：

```
1,378,500 - 17,000 = 1,361,500   目标 1,366,500
```"),
            Leaves(Who::Anna),
            At(Ago(58)),
            Show(Who::Wang, "供应商的新报价我放在附件里了，请大家看一下。和上一版相比，运输费降了 4%，但是交货期多了一周。", Sample::Offer),
            Say(Who::Chen, "收到，明天给意见。"),
            Edit(Who::Chen, "收到，今天下班前给意见。"),
            At(Ago(41)),
            Mail(Who::David, "One week longer is no problem for the plant. The price is good, let us take it."),
            At(Ago(34)),
            Say(Who::Maria, "I have Yuki's answer for Monday. If 7.2 is changed, we can sign on **Tuesday**. @Anna Berg, is that early enough?"),
            At(Ago(30)),
            Share(Who::Anna, &WHERE_WE_STAND),
        ],
    },
];
