//! `cargo bench`: what one machine carries. Prints figures, and beside each the same work done the bare way in the
//! same run, so that the ratio says something on any machine. It asserts nothing.
//!
//! Choose parts by name: `cargo bench --bench load -- live`. Parts: directory, draft, edit, export, history, imap, ledger, live, mail,
//! marks, presence, receipts, search, share, start, threads. A number is how many messages `export` writes, and how many pages
//! `presence` opens; each page is an open file of both processes, see `ulimit -n`.
//! `tests/run bench` starts the servers that `imap`, `mail`, `marks`, `receipts` and `search` need.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that fails may fail loudly")]

mod directory;
mod draft;
mod edit;
mod export;
mod history;
mod house;
mod imap;
mod ledger;
mod live;
mod mail;
mod marks;
mod presence;
mod receipts;
mod search;
mod share;
mod start;
mod threads;

#[path = "../../tests/it/support/databases.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod databases;
#[path = "../../tests/it/support/ldap_server.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod ldap_server;
#[path = "../../tests/it/support/peers.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod peers;

use std::time::Duration;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|a| a == part);
    let number = asked.iter().find_map(|a| a.parse().ok());
    // For every HTTP client that is made here.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if asked == [presence::BARE] {
        return runtime.block_on(presence::serve_bare());
    }
    if wanted("directory") {
        runtime.block_on(directory::measure());
    }
    if wanted("draft") {
        runtime.block_on(draft::measure());
    }
    if wanted("edit") {
        runtime.block_on(edit::measure());
    }
    if wanted("export") {
        runtime.block_on(export::measure(number.unwrap_or(export::MESSAGES)));
    }
    if wanted("history") {
        runtime.block_on(history::measure());
    }
    if wanted("imap") {
        runtime.block_on(imap::measure());
    }
    if wanted("ledger") {
        runtime.block_on(ledger::measure());
    }
    if wanted("live") {
        runtime.block_on(live::measure());
    }
    if wanted("mail") {
        runtime.block_on(mail::measure());
    }
    if wanted("marks") {
        runtime.block_on(marks::measure());
    }
    if wanted("receipts") {
        runtime.block_on(receipts::measure());
    }
    if wanted("search") {
        runtime.block_on(search::measure());
    }
    if wanted("share") {
        runtime.block_on(share::measure());
    }
    if wanted("threads") {
        runtime.block_on(threads::measure());
    }
    if wanted("presence") {
        runtime.block_on(presence::measure(number.unwrap_or(presence::PAGES)));
    }
    if wanted("start") {
        runtime.block_on(start::measure());
    }
}

/// Median and tails of some times, in milliseconds.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: f64| {
        let place = ((times.len() as f64 - 1.0) * part).round() as usize;
        times.get(place).map_or(0.0, |t| t.as_secs_f64() * 1000.0)
    };
    format!("p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, max {:.1} ms", at(0.5), at(0.95), at(0.99), at(1.0))
}
