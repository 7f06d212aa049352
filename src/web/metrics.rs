//! Figures for programs that watch us, in the text format of Prometheus (OpenMetrics 1.0), at an address of their own: pages
//! and figures are for different readers. No name, no address, no subject is part of them.

use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::error::WebResult;
use super::state::WebState;
use crate::actions::ActionError;
use crate::domain::health::Health;
use crate::domain::time::Timestamp;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The one page of figures.
pub fn metrics_router(state: WebState) -> Router {
    Router::new().route("/metrics", get(show)).with_state(state)
}

/// Measures how long answers take.
pub async fn measure(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let answer = next.run(request).await;
    state.actions.meters.request(answer.status().as_u16(), begun.elapsed());
    answer
}

/// GET /metrics
async fn show(State(state): State<WebState>) -> WebResult<Response> {
    let mut registry = Registry::with_prefix("mailmoot");
    state.actions.meters.register(&mut registry);
    let health = state.actions.health().await?;
    add_mail(&mut registry, &health);
    add_work(&mut registry, &health);
    add_house(&mut registry, &health);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| ActionError::Internal(error.into()))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

fn add(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn add_seconds(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value);
    registry.register_with_unit(name, help, Unit::Seconds, gauge);
}

/// One gauge with a value for each of several things.
fn add_each(
    registry: &mut Registry,
    (name, help): (&str, &str),
    label: &'static str,
    values: impl Iterator<Item = (String, i64)>,
) {
    let family = Family::<Vec<(&'static str, String)>, Gauge>::default();
    for (thing, value) in values {
        family.get_or_create(&vec![(label, thing)]).set(value);
    }
    registry.register(name, help, family);
}

fn age(health: &Health, since: Option<Timestamp>) -> i64 {
    since.map_or(0, |since| i64::try_from((health.at - since).as_secs()).unwrap_or(i64::MAX))
}

fn add_mail(registry: &mut Registry, health: &Health) {
    let (sources, out) = (&health.sources, &health.mails_out);
    let oldest = sources.iter().map(|source| age(health, source.last_success_at)).max().unwrap_or(0);
    add_seconds(registry, "mail_source_age", "Since the mail source answered last", oldest);
    let outcomes = health.mails_in.outcomes.iter().map(|(outcome, n)| (outcome.clone(), *n));
    add_each(
        registry,
        ("mails_in_last_day", "Mails of the last day by what became of them"),
        "outcome",
        outcomes,
    );
    add(registry, "outbox_mails", "Mails that wait to be handed over", out.waiting);
    add_seconds(registry, "outbox_age", "Since the first of them waits", age(health, out.waiting_since));
    let up = i64::from(out.away.is_none());
    add(registry, "submission_up", "Whether the submission server can be used", up);
}

fn add_work(registry: &mut Registry, health: &Health) {
    let due = health.lanes.iter().map(|lane| (lane.lane.clone(), lane.due));
    add_each(registry, ("jobs_due", "Jobs that are due and not begun"), "lane", due);
    let ages = health.lanes.iter().map(|lane| (lane.lane.clone(), age(health, lane.due_since)));
    add_each(registry, ("jobs_age_seconds", "Since the first of them is due"), "lane", ages);
    let concerns = health.concerns();
    let mut kinds: Vec<&str> = concerns.iter().map(|concern| concern.kind()).collect();
    kinds.dedup();
    let count = |kind: &str| concerns.iter().filter(|concern| concern.kind() == kind).count();
    let open = kinds.iter().map(|kind| ((*kind).to_owned(), i64::try_from(count(kind)).unwrap_or(i64::MAX)));
    add_each(registry, ("concerns", "What is wrong now"), "kind", open);
}

fn add_house(registry: &mut Registry, health: &Health) {
    let ends = health.certificates.iter().map(|one| (one.server.clone(), one.ends_at.millis() / 1_000));
    let what = ("certificate_end_timestamp_seconds", "Until when the certificates of mail servers hold");
    add_each(registry, what, "server", ends);
    if let Some(disk) = health.disk {
        let bytes = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        add(registry, "disk_free_bytes", "Room for files", bytes(disk.free));
        add(registry, "disk_size_bytes", "Size of the disk that files are on", bytes(disk.size));
    }
    let well = health.directories.iter().map(|one| (one.name.clone(), age(health, one.well_at)));
    add_each(registry, ("directory_age_seconds", "Since a directory was read well"), "directory", well);
    let up = health.directories.iter().map(|one| (one.name.clone(), i64::from(one.trouble.is_none())));
    add_each(registry, ("directory_up", "Whether a directory could be read the last time"), "directory", up);
    let failures = health.failures.iter().map(|one| (one.kind.name(), one.count));
    add_each(registry, ("failures_last_day", "What went wrong within the last day"), "kind", failures);
    let version = ("build_info", "The version that runs");
    add_each(registry, version, "version", std::iter::once((env!("CARGO_PKG_VERSION").to_owned(), 1)));
}
