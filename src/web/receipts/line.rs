//! What a message's line says of its receipts. The same for every reader; also sent live.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::message::MessagePlace;
use crate::domain::receipt::Receipts;
use crate::texts::Texts;
use crate::web::filters;

#[derive(Clone, Copy, Debug, Template)]
#[template(path = "messages/_receipts.html")]
pub struct ReceiptLine {
    pub t: Texts,
    pub place: MessagePlace,
    pub receipts: Receipts,
}

impl HtmlSafe for ReceiptLine {}

impl ReceiptLine {
    /// `7 of 9 read · 1 failed · 1 declined`
    pub fn words(&self) -> String {
        let (t, tally) = (self.t, self.receipts.tally);
        if !self.receipts.request.is_wanted() {
            return t.with("receipts-only-failed", &[("n", tally.failed)]).into_owned();
        }
        let all = tally.read == tally.asked;
        let key = if all { "receipts-read-all" } else { "receipts-read" };
        let mut words = t.with(key, &[("read", tally.read), ("asked", tally.asked)]).into_owned();
        for (key, n) in [("receipts-failed", tally.failed), ("receipts-declined", tally.declined)] {
            if n > 0 {
                words.push_str(" · ");
                words.push_str(&t.with(key, &[("n", n)]));
            }
        }
        words
    }

    fn has_failed(&self) -> bool {
        self.receipts.tally.failed > 0
    }

    fn is_done(&self) -> bool {
        self.receipts.request.is_wanted() && self.receipts.tally.read == self.receipts.tally.asked
    }
}
