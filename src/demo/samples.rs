//! The files in the demo's mails and messages.

use crate::domain::file::FileName;
use crate::mail::compose::OutgoingFile;

/// A file that somebody sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    BudgetTable,
    Offer,
    FloorPlan,
    Agenda,
    /// As a phone takes it: it lies on its side, and says where it was taken.
    Gate,
    Bell,
}

const BUDGET: &str = "\u{feff}Line,Department,2026,2027 first round,2027 second round,Note\n\
1,Operations,412000,455000,438000,second transport contract open\n\
2,研发中心,298000,356000,321000,two positions moved to the second quarter\n\
3,采购部,187000,190000,188500,\n\
4,华东仓库,96000,181000,174000,move of the warehouse\n\
5,Legal,88000,92000,92000,\n\
6,IT,154000,171000,165000,new storage in March\n";

impl Sample {
    pub fn name(self) -> &'static str {
        match self {
            Self::BudgetTable => "Budget 2027 v3.csv",
            Self::Offer => "报价单（第二版）.pdf",
            Self::FloorPlan => "新仓库平面图.png",
            Self::Agenda => "Agenda Thursday.pdf",
            Self::Gate => "IMG_2041.jpg",
            Self::Bell => "Door bell.wav",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::BudgetTable => "text/csv",
            Self::Offer | Self::Agenda => "application/pdf",
            Self::FloorPlan => "image/png",
            Self::Gate => "image/jpeg",
            Self::Bell => "audio/wav",
        }
    }

    pub fn bytes(self) -> Vec<u8> {
        match self {
            Self::BudgetTable => BUDGET.as_bytes().to_vec(),
            Self::FloorPlan => include_bytes!("plan.png").to_vec(),
            Self::Gate => include_bytes!("gate.jpg").to_vec(),
            Self::Bell => bell(),
            Self::Offer => pdf(&[
                "Partner Logistics - Offer, second version",
                "Transport Rotterdam - Shanghai, 40 containers a year",
                "Price per container: 2,480 EUR (first version: 2,583 EUR)",
                "Time of delivery: five weeks",
                "Valid until the end of the month",
            ]),
            Self::Agenda => pdf(&[
                "Visit of Partner Logistics - Thursday",
                "09:30  Welcome, room Saltsjon",
                "10:00  Tour of the plant",
                "11:30  Transport contract: open points",
                "12:30  Lunch",
                "14:00  Figures for 2027",
            ]),
        }
    }

    /// As a mail carries it.
    pub fn attached(self) -> OutgoingFile {
        OutgoingFile {
            name: FileName::cleaned(self.name(), "file"),
            media_type: self.media_type().to_owned(),
            content_id: None,
            inline: false,
            bytes: self.bytes(),
        }
    }
}

/// Two strokes that fade, a second each: 8,000 samples of one byte in a second.
fn bell() -> Vec<u8> {
    const RATE: u16 = 8000;
    let stroke = |pitch: f32| {
        (0..RATE).map(move |at| {
            let time = f32::from(at) / f32::from(RATE);
            128.0 + 90.0 * (-4.0 * time).exp() * (std::f32::consts::TAU * pitch * time).sin()
        })
    };
    let sound: Vec<u8> = stroke(659.3).chain(stroke(523.3)).map(|level| level as u8).collect();
    let length = 2 * u32::from(RATE);
    let rate = u32::from(RATE).to_le_bytes();
    // One channel of plain samples of eight bits.
    let format = [&[16, 0, 0, 0, 1, 0, 1, 0][..], &rate, &rate, &[1, 0, 8, 0]].concat();
    let (whole, length) = ((36 + length).to_le_bytes(), length.to_le_bytes());
    [&b"RIFF"[..], &whole, b"WAVEfmt ", &format, b"data", &length, &sound].concat()
}

/// A page with some lines (ISO 32000-1 7.5).
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 14 Tf 24 TL 60 760 Td\n");
    for line in lines {
        text.push_str(&format!("({line}) Tj T*\n"));
    }
    text.push_str("ET\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}endstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    out.into_bytes()
}
