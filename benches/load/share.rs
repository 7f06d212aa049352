//! A share of 200 marks with 40 pictures: its page over HTTP, and the same as a mail, as a page of its own, as Markdown and
//! as PDF. The bare way: what they are made of is read, and nothing else.

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::{ImageFormat, Rgb, RgbImage};
use mailmoot::actions::Actions;
use mailmoot::actions::marks::{Chosen as Piece, NewMark};
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::shares::{AccessChange, Chosen, Form, Kept, SharePage};
use mailmoot::actions::tags::TagChoice;
use mailmoot::domain::address::NamedAddress;
use mailmoot::domain::ids::{FileId, GroupId, MarkId};
use mailmoot::domain::language::Language;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::share::{Access, Grouping};
use mailmoot::domain::tag::TagKind;
use mailmoot::domain::zone::Zone;
use mailmoot::store;

use super::house::House;
use super::live::serve;
use super::spread;

const MARKS: usize = 200;
const PICTURES: usize = 40;
/// A debug build (`cargo test --bench load -- share`) only shows that it runs.
const TIMES: usize = if cfg!(debug_assertions) { 2 } else { 50 };
const WIDTH: u32 = 1_600;
const HEIGHT: u32 = 1_200;

pub async fn measure() {
    let house = House::build(3).await;
    let (anna, cookie) = house.sign_in(0).await;
    let group = house.group(&anna, 3).await;
    let marks = fill(&house.actions, &anna, group).await;
    let page = publish(&house.actions, &anna, (group, marks)).await;
    let base = format!("http://{}", serve(&house).await);
    let token = page.link.as_ref().and_then(|link| link.rsplit_once('/')).unwrap().1.to_owned();
    let cookie = format!("moot_session={}", cookie.reveal());
    let client = reqwest::Client::new();
    let mut times = Vec::new();
    for _ in 0..TIMES * 4 {
        let ask = client.get(format!("{base}/s/{token}")).header(reqwest::header::COOKIE, &cookie);
        let begun = Instant::now();
        std::hint::black_box(ask.send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap());
        times.push(begun.elapsed());
    }
    println!("share    {MARKS} marks, {PICTURES} pictures, the page: {}", spread(times));
    for form in Form::ALL {
        let (mut times, mut size) = (Vec::new(), 0);
        for _ in 0..TIMES {
            let begun = Instant::now();
            size = make(&house.actions, &anna, &page, form).await;
            times.push(begun.elapsed());
        }
        println!("share    as .{:4} of {:5} kB: {}", form.ending(), size / 1_000, spread(times));
    }
    let mut times = Vec::new();
    for _ in 0..TIMES {
        times.push(bare(&house.actions, &page).await);
    }
    println!("share    bare (words and pictures read): {}", spread(times));
}

async fn make(actions: &Actions, anna: &Viewer, page: &SharePage, form: Form) -> usize {
    let document = actions.kept_document(anna, page, Language::English).await.unwrap();
    let reader = NamedAddress { name: None, address: "reader@corp.example".parse().unwrap() };
    let kept = Kept { share: &page.share, document, reader: Some(reader) };
    actions.make_file(kept, form).await.unwrap().bytes.len()
}

async fn bare(actions: &Actions, page: &SharePage) -> Duration {
    let begun = Instant::now();
    let mut tx = actions.store.read().await.unwrap();
    let found =
        store::shares::versions::find(&mut tx, page.share.id, page.share.version).await.unwrap().unwrap();
    drop(tx);
    for file in found.files() {
        std::hint::black_box(actions.files.thumbnail(&file.digest).await.unwrap());
    }
    begun.elapsed()
}

async fn publish(actions: &Actions, anna: &Viewer, (group, marks): (GroupId, Vec<MarkId>)) -> SharePage {
    let chosen = Chosen { marks, grouping: Some(Grouping::Tag), ..Chosen::default() };
    let share = actions.start_share(anna, group, chosen).await.unwrap();
    let access = AccessChange { access: Access::Link, lasts: 30, password: None };
    actions.set_share_access(anna, share, access).await.unwrap();
    let telling = actions.telling(anna, Language::English, Zone::UTC);
    actions.publish_share(anna, share, telling).await.unwrap();
    actions.get_share(anna, share).await.unwrap()
}

/// Messages, each fifth with a picture, and a mark on each.
async fn fill(actions: &Actions, anna: &Viewer, group: GroupId) -> Vec<MarkId> {
    let mut marks = Vec::new();
    for n in 0..MARKS {
        let files = if n % (MARKS / PICTURES) == 0 {
            vec![picture(actions, anna, group, n).await]
        } else {
            Vec::new()
        };
        let markdown = format!(
            "Point **{n}**: the price of line {n} is settled, 第 {n} 项已经确认, see https://corp.example/{n}.\n\n\
             The supplier keeps it until the end of the month; whoever needs more says so before Friday."
        );
        let new = NewMessage { markdown, files, ..NewMessage::default() };
        let seq = actions.post_message(anna, group, new).await.unwrap().seq;
        let kind = TagKind::ALL[n % TagKind::ALL.len()];
        let new = NewMark {
            tag: TagChoice::Named(kind.name().parse().unwrap()),
            piece: Piece::Message,
            topic: format!("Topic {}", n % 7),
            assignee: None,
            due_on: None,
        };
        let messages = actions.mark(anna, (group, vec![seq]), new).await.unwrap();
        marks.push(messages[0].marks[0].id);
    }
    marks
}

/// As from a camera: no two alike, and not easy to press together.
async fn picture(actions: &Actions, anna: &Viewer, group: GroupId, n: usize) -> FileId {
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let noise = x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263)) >> 27;
        let at = |value: u32| (value % 200 + noise) as u8;
        Rgb([at(x / 8 + n as u32), at(y / 6), at((x + y) / 10)])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let mut upload = actions.begin_upload(anna, group).await.unwrap();
    upload.write(bytes.get_ref()).await.unwrap();
    actions.finish_upload(anna, group, upload, &format!("photo-{n}.jpg")).await.unwrap().id
}
