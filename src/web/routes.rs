//! Every URL on one page.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::ACCEPT_RANGES;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, patch, post};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::csrf::CsrfLayer;

use super::admin::{
    audit, audit_file, check, directory, holds, ledger, maintenance, privacy, settings as admin_settings,
    status,
};
use super::drafts::{self, change, lease, new};
use super::error::{Failure, Trouble, dress};
use super::files::{download, entry, upload};
use super::shares::{self, change as sharing};
use super::{
    assets, cadence, claims, composer, groups, headers, health, installable, keys, links, live, mail_desk,
    mail_hours, mark_lists, marks, message_page, messages, metrics, moves, notices, own_data, own_mailbox,
    panels, people, photos, presence, providers, push, qr, reactions, receipts, rules, search, sessions,
    settings, share_mail, sign_in, spin_off, switches, threads,
};
use crate::actions::uploads::LARGEST_PART;
use crate::directory::LARGEST;
use crate::web::state::WebState;

/// What a form may bring besides its file, in bytes.
const FORM: u64 = 1_000_000;
/// A form with one choice, in bytes; programs that unsubscribe by one click may send it in parts.
const CHOICE: usize = 10_000;
/// How many dropped mails come in one form.
const MAILS: u64 = 20;
/// How hard pages are compressed: with Brotli, a discussion takes 7 % less than at 4, the default, in the same time.
const PACKING: CompressionLevel = CompressionLevel::Precise(5);

/// All pages. The live socket, too.
pub fn router(state: WebState) -> Router {
    let limits = &state.actions.settings.limits;
    let files_of_message = size(limits.file_size.saturating_mul(4).saturating_add(FORM));
    let mails = size(state.actions.settings.mail.max_size.saturating_mul(MAILS).saturating_add(FORM));
    let mut pages = Router::new()
        .route("/", get(groups::home))
        .route("/language", post(switches::language))
        .route("/theme", post(switches::theme))
        .route("/status", post(presence::set))
        .merge(sign_in_pages())
        .merge(provider_pages())
        .route("/settings", get(settings::show))
        .route("/settings/rules", get(rules::show))
        .route("/settings/notices", post(notices::set))
        .merge(cadence_pages())
        .route("/push/subscriptions", post(push::subscribe))
        .route("/push/subscriptions/{id}/remove", post(push::unsubscribe))
        .route("/keys", get(keys::show))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{id}/revoke", post(sessions::revoke))
        .merge(thread_pages())
        .route("/people", get(people::search))
        .route("/people/{person}/photo/{version}", get(photos::show))
        .route("/emojis", get(reactions::all))
        .route("/search", get(search::show))
        .merge(draft_pages(mails))
        .merge(receipt_pages())
        .merge(share_mails())
        .merge(admin_pages())
        .merge(mark_pages())
        .merge(share_pages())
        .merge(shared_pages())
        .route("/groups/{id}", get(groups::show))
        .merge(member_pages())
        .route("/groups/{id}/family", get(panels::family::show))
        .route("/groups/{id}/choose", get(spin_off::choose))
        .route("/groups/{id}/drafts", post(spin_off::start))
        .route("/groups/{id}/search", get(panels::search::show))
        .route("/groups/{id}/settings", get(panels::settings::show))
        .route("/groups/{id}/notices", post(panels::notices::set))
        .route("/groups/{id}/qr.svg", get(qr::show))
        .route("/groups/{id}/topic", post(panels::settings::topic))
        .route("/groups/{id}/adding", post(panels::settings::adding))
        .route("/groups/{id}/sharing", post(panels::settings::sharing))
        .route("/groups/{id}/retention", post(panels::settings::retention))
        .route("/groups/{id}/muting", post(panels::settings::muting))
        .route("/groups/{id}/leave", post(panels::settings::leave))
        .merge(talk(files_of_message))
        .merge(files())
        .merge(exports())
        .route("/live", get(live::connect))
        .route("/sw.js", get(push::worker))
        .route("/manifest.webmanifest", get(installable::manifest))
        .merge(health_pages());
    if state.desk.is_some() {
        pages = pages.merge(desk());
    }
    pages
        .fallback(async || Failure::from(Trouble::NotFound))
        .layer(from_fn_with_state(state.clone(), maintenance::guard))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(state.clone(), dress))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(headers::add))
        .layer(from_fn_with_state(state.clone(), metrics::measure))
        // What pages may load is said by pages, not by what they load: many small files, each with its own head.
        .route("/assets/{version}/{*name}", get(assets::get))
        .layer(CompressionLayer::new().quality(PACKING).compress_when(DefaultPredicate::new().and(is_whole)))
        .with_state(state)
}

/// Who is in a group.
fn member_pages() -> Router<WebState> {
    Router::new()
        .route("/groups/{id}/members", get(panels::members::show).post(panels::members::add))
        .route("/groups/{id}/members/from", get(panels::from::show))
        .route("/groups/{id}/additions/{seq}/undo", post(panels::members::take_back))
        .route("/groups/{id}/members/{person}/remove", post(panels::members::remove))
        .route("/groups/{id}/members/{person}/role", post(panels::members::role))
}

/// What is said in a group; the files that come with a message without script may have so many bytes together.
fn talk(files_of_message: usize) -> Router<WebState> {
    Router::new()
        .route(
            "/groups/{id}/messages",
            get(messages::list).merge(post(messages::post).layer(DefaultBodyLimit::max(files_of_message))),
        )
        .route("/groups/{id}/messages/{seq}", get(message_page::show))
        .route("/groups/{id}/messages/{seq}/edit", post(message_page::edit))
        .route("/groups/{id}/messages/{seq}/remove", post(message_page::remove))
        .route("/groups/{id}/messages/{seq}/move", get(moves::show).post(moves::go))
        .route("/groups/{id}/messages/{seq}/move/back", post(moves::back))
        .route("/groups/{id}/messages/{seq}/react", post(reactions::react))
        .route("/groups/{id}/messages/{seq}/pin", post(panels::pins::pin))
        .route("/groups/{id}/pins", get(panels::pins::show))
        .route("/groups/{id}/mentionable", get(people::mentionable))
        .route("/groups/{id}/preview", post(composer::preview))
        .route("/groups/{id}/unsent", get(composer::unsent).post(composer::keep))
}

/// What is marked, in a group and in all, and the views of it that somebody keeps.
fn mark_pages() -> Router<WebState> {
    Router::new()
        .route("/marks", get(mark_lists::everywhere))
        .route("/groups/{id}/marks", get(mark_lists::in_group))
        .route("/views", post(mark_lists::keep))
        .route("/views/{id}/remove", post(mark_lists::forget))
        .route("/groups/{id}/marks", post(marks::form::mark))
        .route("/groups/{id}/marks/new", get(marks::form::show))
        .route("/groups/{id}/marks/{mark}", get(marks::one::show))
        .route("/groups/{id}/marks/{mark}/remove", post(marks::one::remove))
        .route("/groups/{id}/marks/{mark}/topic", post(marks::one::topic))
        .route("/groups/{id}/marks/{mark}/task", post(marks::one::task))
        .route("/groups/{id}/tags", get(panels::tags::show).post(panels::tags::make))
        .route("/groups/{id}/tags/{tag}", post(panels::tags::change))
        .route("/groups/{id}/tags/{tag}/merge", post(panels::tags::merge))
}

/// Who gives receipts, and who has read a message.
fn receipt_pages() -> Router<WebState> {
    Router::new()
        .route("/settings/receipts", post(receipts::settings::everywhere))
        .route("/groups/{id}/settings/receipts", post(receipts::settings::in_group))
        .route("/groups/{id}/settings/receipt-default", post(receipts::settings::of_group))
        .route(
            "/groups/{id}/messages/{seq}/receipts",
            get(receipts::panel::show).post(receipts::panel::confirm),
        )
        .route("/groups/{id}/messages/{seq}/receipts/remind", post(receipts::panel::remind))
}

/// A share's mails and files.
fn share_mails() -> Router<WebState> {
    Router::new()
        .route("/shares/{id}/mail", get(share_mail::show).post(share_mail::send))
        .route("/shares/{id}/receivers", post(share_mail::add))
        .route("/shares/{id}/receivers/{receiver}/remove", post(share_mail::remove))
        .route("/shares/{id}/answers", post(share_mail::set_answers))
        .route("/shares/{id}/answers/{answer}", post(share_mail::decide))
        .route("/shares/{id}/download.eml", get(share_mail::downloads::own))
        .route("/shares/{id}/download.html", get(share_mail::downloads::own))
        .route("/shares/{id}/download.md", get(share_mail::downloads::own))
        .route("/shares/{id}/download.pdf", get(share_mail::downloads::own))
}

/// Preparing shares, and looking after them.
fn share_pages() -> Router<WebState> {
    Router::new()
        .route("/groups/{id}/shares", get(shares::list::show).post(shares::list::start))
        .route("/shares/{id}", get(shares::editor::show))
        .route("/shares/{id}/preview", get(shares::preview::show))
        .route("/shares/{id}/text", post(sharing::text))
        .route("/shares/{id}/looks", post(sharing::looks))
        .route("/shares/{id}/order", post(sharing::order))
        .route("/shares/{id}/items/{number}", post(sharing::item))
        .route("/shares/{id}/access", post(sharing::access))
        .route("/shares/{id}/publish", post(sharing::publish))
        .route("/shares/{id}/recall", post(sharing::recall))
        .route("/shares/{id}/discard", post(sharing::discard))
}

/// Shares for their readers, who may be anybody.
fn shared_pages() -> Router<WebState> {
    Router::new()
        .route("/s/{token}", get(shares::page::show))
        .route("/s/{token}/password", post(shares::page::unlock))
        .route("/s/{token}/files/{file}", get(shares::files::contents))
        .route("/s/{token}/files/{file}/thumbnail", get(shares::files::thumbnail))
        .route("/s/{token}/download.html", get(share_mail::downloads::shared))
        .route("/s/{token}/download.md", get(share_mail::downloads::shared))
        .route("/s/{token}/download.pdf", get(share_mail::downloads::shared))
        .layer(from_fn(shares::page::guard))
}

/// Drafts; `mails` dropped ones may have so many bytes together.
fn draft_pages(mails: usize) -> Router<WebState> {
    Router::new()
        .route("/drafts", post(new::blank))
        .route("/drafts/new", get(new::show))
        .route("/drafts/mails", post(new::from_mails).layer(DefaultBodyLimit::max(mails)))
        .route("/drafts/{id}", get(drafts::show))
        .route("/drafts/{id}/lease", post(lease::take))
        .route("/drafts/{id}/lease/ask", post(lease::ask))
        .route("/drafts/{id}/heartbeat", post(lease::heartbeat))
        .route("/drafts/{id}/release", post(lease::release))
        .route("/drafts/{id}/topic", post(change::topic))
        .route("/drafts/{id}/opening", post(change::opening))
        .route("/drafts/{id}/members", post(change::add_member))
        .route("/drafts/{id}/members/from", get(drafts::from::show).post(drafts::from::add))
        .route("/drafts/{id}/members/remove", post(change::remove_members))
        .route("/drafts/{id}/members/{person}/remove", post(change::remove_member))
        .route("/drafts/{id}/files/{file}", post(change::keep_file))
        .route("/drafts/{id}/messages/{message}", post(change::take_along))
        .route("/drafts/{id}/confirm", post(change::confirm))
        .route("/drafts/{id}/discard", post(change::discard))
        .route("/drafts/{id}/restore", post(change::restore))
}

/// How often a group writes, by the link in its mails for whoever has the mail, and by the pages.
fn cadence_pages() -> Router<WebState> {
    Router::new()
        .route("/mails/{token}", get(cadence::show).post(cadence::choose))
        .route("/mails/{token}/hours", post(mail_hours::set))
        .route("/claims/{token}", get(claims::show).post(claims::decide))
        .route("/settings/mails", post(cadence::set_default))
        .route("/settings/mails/try", post(settings::try_address))
        .route("/groups/{id}/cadence", post(panels::settings::cadence))
        .layer(DefaultBodyLimit::max(CHOICE))
}

/// Threads that mailmoot has, and those of one's own mailbox.
fn thread_pages() -> Router<WebState> {
    Router::new()
        .route("/threads", get(threads::list))
        .route("/threads/{id}/draft", post(threads::start_draft))
        .route("/threads/mailbox", get(own_mailbox::show))
        .route("/threads/mailbox/list", get(own_mailbox::list))
        .route("/threads/mailbox/connect", post(own_mailbox::connect))
        .route("/threads/mailbox/disconnect", post(own_mailbox::disconnect))
        .route("/threads/mailbox/draft", post(own_mailbox::take))
}

/// Signing in by a mail or a mail password, and out.
fn sign_in_pages() -> Router<WebState> {
    Router::new()
        .route("/sign-in", get(sign_in::ask_page).post(sign_in::ask))
        .route("/sign-in/waiting", get(sign_in::waiting))
        .route("/sign-in/code", post(sign_in::code))
        .route("/sign-in/password", post(sign_in::password))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/l/{token}", get(links::show).post(links::open))
        .route("/l/{token}/code", post(links::code))
}

/// Signing in at OpenID providers: there, back, and out by the provider's own word.
fn provider_pages() -> Router<WebState> {
    Router::new()
        .route("/sign-in/with/{provider}", post(providers::begin))
        .route("/sign-in/with/{provider}/back", get(providers::back))
        .route("/sign-in/with/{provider}/logout", post(providers::logout))
        .layer(DefaultBodyLimit::max(CHOICE))
}

fn files() -> Router<WebState> {
    let part = DefaultBodyLimit::max(LARGEST_PART);
    Router::new()
        .route("/groups/{id}/files", get(panels::files::show))
        .route("/groups/{id}/uploads", post(upload::begin))
        .route(
            "/uploads/{id}",
            get(upload::tell).delete(upload::cancel).merge(patch(upload::append).layer(part)),
        )
        .route("/files/{id}", get(download::contents))
        .route("/files/{id}/entry", get(entry::show))
        .route("/files/{id}/thumbnail", get(download::thumbnail))
}

/// Whole groups as files, and all that is known of a person.
fn exports() -> Router<WebState> {
    Router::new()
        .route("/groups/{id}/log", get(panels::log::show))
        .route("/groups/{id}/exports", get(panels::exports::show).post(panels::exports::ask))
        .route("/exports/{id}/download", get(download::export))
        .route("/settings/data", get(own_data::show).post(own_data::ask))
        .route("/data-exports/{id}/download", get(download::dossier))
}

/// For service managers and web servers.
fn health_pages() -> Router<WebState> {
    Router::new().route("/health/live", get(health::live)).route("/health/ready", get(health::ready))
}

/// For admins: mails, what left the groups, and where people come from.
fn admin_pages() -> Router<WebState> {
    let book = DefaultBodyLimit::max(LARGEST + size(FORM));
    Router::new()
        .route("/admin/status", get(status::show))
        .route("/admin/maintenance", get(maintenance::show).post(maintenance::set))
        .route("/admin/check", get(check::show).post(check::run))
        .route("/admin/settings", get(admin_settings::show))
        .route("/admin/settings/new", post(admin_settings::form::begin))
        .route("/admin/settings/history", get(admin_settings::history::show))
        .route("/admin/settings/history/{save}", post(admin_settings::history::put_back))
        .route("/admin/settings/{section}", get(admin_settings::form::show).post(admin_settings::form::save))
        .route("/admin/ledger", get(ledger::list))
        .route("/admin/ledger/acts", post(ledger::acts::act))
        .route("/admin/ledger/{mail}/run", post(ledger::acts::run_again))
        .route("/admin/ledger/mails/{mail}", get(ledger::trail::of_mail))
        .route("/admin/ledger/mails/{mail}/original", get(ledger::trail::original_of_mail))
        .route("/admin/ledger/mails/{mail}/release", post(ledger::acts::release))
        .route("/admin/ledger/deliveries/{delivery}", get(ledger::trail::of_delivery))
        .route("/admin/ledger/deliveries/{delivery}/original", get(ledger::trail::original_of_delivery))
        .route("/admin/audit", get(audit::list))
        .route("/admin/audit.csv", get(audit_file::download))
        .route("/admin/holds", get(holds::list))
        .route("/admin/holds/{group}", post(holds::set))
        .route("/admin/holds/{group}/lift", post(holds::lift))
        .route("/admin/directory", get(directory::show))
        .route("/admin/directory/sources/{name}/sync", post(directory::sync))
        .route("/admin/directory/people/{person}", get(directory::person::show))
        .route("/admin/directory/people/{person}/data", get(privacy::show))
        .route("/admin/directory/people/{person}/data/export", post(privacy::export))
        .route("/admin/directory/people/{person}/data/erase", post(privacy::erase))
        .route(
            "/admin/directory/import",
            get(directory::import::show).merge(post(directory::import::look).layer(book)),
        )
        .route("/admin/directory/import/{id}", post(directory::import::take))
}

/// What is handed out in ranges keeps its bytes and its length; compressed, it could not be gone on with. What is sent bit by
/// bit would wait for the next bit.
fn is_whole(_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    !headers.contains_key(ACCEPT_RANGES) && extensions.get::<check::SentLive>().is_none()
}

/// Only in the demo.
fn desk() -> Router<WebState> {
    Router::new()
        .route("/mail-desk", get(mail_desk::people))
        .route("/mail-desk/{address}", get(mail_desk::mailbox))
        .route("/mail-desk/{address}/sign-in", post(mail_desk::sign_in))
        .route("/mail-desk/{address}/send", post(mail_desk::send))
        .route("/mail-desk/{address}/write", get(mail_desk::write))
        .route("/mail-desk/{address}/mails/{mail}", get(mail_desk::mail))
        .route("/mail-desk/{address}/mails/{mail}/html", get(mail_desk::html))
        .route("/mail-desk/{address}/mails/{mail}/{kind}", get(mail_desk::answer))
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
