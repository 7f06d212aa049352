//! What happened since the start, counted for programs that watch us. Names and addresses are never part of it.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of answer times, in seconds.
const BOUNDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// The counters of one house. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Meters {
    mails_in: Counter,
    mails_out: Family<Outcome, Counter>,
    messages: Counter,
    requests: Family<Answer, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    status: Status,
}

/// The first digit of an HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Status {
    Ok,
    Redirect,
    Refused,
    Failed,
}

impl Default for Meters {
    fn default() -> Self {
        Self {
            mails_in: Counter::default(),
            mails_out: Family::default(),
            messages: Counter::default(),
            requests: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
        }
    }
}

impl Meters {
    /// A mail came in that was not there before.
    pub fn mail_in(&self) {
        self.mails_in.inc();
    }

    /// A mail was handed over, put off, or given up.
    pub fn mail_out(&self, outcome: &'static str) {
        self.mails_out.get_or_create(&Outcome { outcome }).inc();
    }

    pub fn message(&self) {
        self.messages.inc();
    }

    /// A request was answered, with an HTTP status.
    pub fn request(&self, status: u16, took: Duration) {
        let status = match status / 100 {
            3 => Status::Redirect,
            4 => Status::Refused,
            5 => Status::Failed,
            _ => Status::Ok,
        };
        self.requests.get_or_create(&Answer { status }).observe(took.as_secs_f64());
    }

    /// Adds them to what is told.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("mails_in", "Mails that came in", self.mails_in.clone());
        registry.register(
            "mails_out",
            "Tries to hand over a mail and how they ended",
            self.mails_out.clone(),
        );
        registry.register("messages", "Messages that were posted", self.messages.clone());
        registry.register(
            "http_request_duration_seconds",
            "Answers to browsers by how they ended, and how long they took",
            self.requests.clone(),
        );
    }
}
