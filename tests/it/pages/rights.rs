//! Who gets what at each URL. A route that is missing here fails.

use mailmoot::actions::marks::{Chosen, NewMark};
use mailmoot::actions::messages::NewMessage;
use mailmoot::actions::saved_views::NewView;
use mailmoot::actions::shares::{self, NewReceivers};
use mailmoot::actions::tags::TagChoice;
use mailmoot::clock::Clock;
use mailmoot::domain::export::Format;
use mailmoot::domain::identity::Right;
use mailmoot::domain::ids::{GroupId, MarkId, ShareId, ShareReceiverId, TagId};
use mailmoot::domain::language::Language;
use mailmoot::domain::ledger_query::LedgerQuery;
use mailmoot::domain::person::Viewer;
use mailmoot::domain::receipt::ReceiptRequest;
use mailmoot::domain::zone::Zone;
use mailmoot::mail::incoming::IncomingMail;
use mailmoot::mail::parse::parse_addresses;
use sqlx::{Connection, Row, SqliteConnection};

use crate::support::browser::Browser;
use crate::support::files::{a_picture, bring};
use crate::support::house::{ADMIN, ANNA, DAVID, GATEWAY, House, LI, WANG, Wanted, eventually, mail};
use crate::support::push_service::Receiver;

/// Method, path and the answers to: nobody, an outsider, a member, the owner, an admin who is no member, an auditor who is
/// none either.
/// 303 for nobody leads to the sign-in page; a script gets 401. The owner holds the draft's lease, so the member's changes are refused on
/// the page itself (200).
const TABLE: &[(&str, &str, [u16; 6])] = &[
    ("GET", "/", [303, 200, 200, 200, 200, 200]),
    ("POST", "/language", [303, 303, 303, 303, 303, 303]),
    ("POST", "/theme", [303, 303, 303, 303, 303, 303]),
    ("POST", "/status", [303, 303, 303, 303, 303, 303]),
    ("GET", "/sign-in", [200, 303, 303, 303, 303, 303]),
    ("POST", "/sign-in", [303, 303, 303, 303, 303, 303]),
    ("GET", "/sign-in/waiting", [200, 200, 200, 200, 200, 200]),
    ("POST", "/sign-in/code", [200, 200, 200, 200, 200, 200]),
    // Nobody signs in by a mail password unless the admin wants that.
    ("POST", "/sign-in/password", [404, 404, 404, 404, 404, 404]),
    ("POST", "/sign-out", [303, 303, 303, 303, 303, 303]),
    // There is no such provider.
    ("POST", "/sign-in/with/{provider}", [404, 404, 404, 404, 404, 404]),
    ("GET", "/sign-in/with/{provider}/back", [404, 404, 404, 404, 404, 404]),
    ("POST", "/sign-in/with/{provider}/logout", [404, 404, 404, 404, 404, 404]),
    ("GET", "/l/{token}", [404, 404, 404, 404, 404, 404]),
    ("POST", "/l/{token}", [303, 303, 303, 303, 303, 303]),
    ("POST", "/l/{token}/code", [200, 200, 200, 200, 200, 200]),
    ("GET", "/sessions", [303, 200, 200, 200, 200, 200]),
    ("POST", "/sessions/{session}/revoke", [303, 404, 404, 303, 404, 404]),
    ("GET", "/keys", [303, 200, 200, 200, 200, 200]),
    ("GET", "/settings", [303, 200, 200, 200, 200, 200]),
    ("GET", "/settings/rules", [303, 200, 200, 200, 200, 200]),
    ("POST", "/settings/notices", [303, 303, 303, 303, 303, 303]),
    ("POST", "/push/subscriptions", [303, 422, 422, 422, 422, 422]),
    ("POST", "/push/subscriptions/{subscription}/remove", [303, 404, 404, 303, 404, 404]),
    ("GET", "/sw.js", [200, 200, 200, 200, 200, 200]),
    ("GET", "/manifest.webmanifest", [200, 200, 200, 200, 200, 200]),
    ("POST", "/settings/receipts", [303, 303, 303, 303, 303, 303]),
    ("GET", "/threads", [303, 200, 200, 200, 200, 200]),
    ("POST", "/threads/{thread}/draft", [303, 404, 303, 303, 404, 404]),
    // Nobody opens a mailbox unless the admin wants that.
    ("GET", "/threads/mailbox", [303, 404, 404, 404, 404, 404]),
    ("GET", "/threads/mailbox/list", [303, 404, 404, 404, 404, 404]),
    ("POST", "/threads/mailbox/connect", [303, 404, 404, 404, 404, 404]),
    ("POST", "/threads/mailbox/disconnect", [303, 404, 404, 404, 404, 404]),
    ("POST", "/threads/mailbox/draft", [303, 404, 404, 404, 404, 404]),
    ("GET", "/people", [303, 200, 200, 200, 200, 200]),
    ("GET", "/people/{person}/photo/{version}", [303, 404, 404, 404, 404, 404]),
    ("GET", "/search", [303, 200, 200, 200, 200, 200]),
    ("POST", "/drafts", [303, 303, 303, 303, 303, 303]),
    ("GET", "/drafts/new", [303, 200, 200, 200, 200, 200]),
    ("POST", "/drafts/mails", [303, 422, 422, 422, 422, 422]),
    ("GET", "/drafts/{draft}", [303, 404, 200, 200, 404, 404]),
    ("POST", "/drafts/{draft}/lease", [303, 404, 303, 303, 404, 404]),
    ("POST", "/drafts/{draft}/lease/ask", [303, 404, 303, 303, 404, 404]),
    ("POST", "/drafts/{draft}/heartbeat", [303, 404, 200, 200, 404, 404]),
    ("POST", "/drafts/{draft}/release", [303, 404, 303, 303, 404, 404]),
    ("POST", "/drafts/{draft}/topic", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/opening", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/members", [303, 404, 200, 303, 404, 404]),
    // Neither says which department or list.
    ("GET", "/drafts/{draft}/members/from", [303, 404, 404, 404, 404, 404]),
    ("POST", "/drafts/{draft}/members/from", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/members/from", [303, 404, 404, 404, 404, 404]),
    ("POST", "/drafts/{draft}/members/remove", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/members/{person}/remove", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/files/{draft_file}", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{spun}/messages/{message}", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/confirm", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/discard", [303, 404, 200, 303, 404, 404]),
    ("POST", "/drafts/{draft}/restore", [303, 404, 200, 303, 404, 404]),
    ("GET", "/groups/{group}", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/members", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/family", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/choose", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/drafts", [303, 404, 303, 303, 404, 404]),
    ("GET", "/groups/{group}/search", [303, 404, 200, 200, 404, 404]),
    // Without words nobody is added: the page says so. Only owners remove and give rights, and nobody is left without one.
    ("POST", "/groups/{group}/members", [303, 404, 200, 200, 404, 404]),
    // Nobody was added there by whoever asks.
    ("POST", "/groups/{group}/additions/{seq}/undo", [303, 404, 409, 409, 404, 404]),
    ("POST", "/groups/{group}/members/{person}/remove", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/members/{person}/role", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/topic", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/adding", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/muting", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/leave", [303, 404, 303, 422, 404, 404]),
    ("GET", "/groups/{group}/settings", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/notices", [303, 404, 303, 303, 404, 404]),
    ("GET", "/groups/{group}/qr.svg", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/settings/receipts", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/settings/receipt-default", [303, 404, 404, 303, 404, 404]),
    ("GET", "/groups/{group}/messages/{asked}/receipts", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/messages/{asked}/receipts", [303, 404, 303, 404, 404, 404]),
    ("POST", "/groups/{group}/messages/{asked}/receipts/remind", [303, 404, 404, 303, 404, 404]),
    ("GET", "/groups/{group}/messages", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/messages", [303, 404, 303, 303, 404, 404]),
    ("GET", "/groups/{group}/messages/{seq}", [303, 404, 200, 200, 404, 404]),
    // Whoever is to do it is named by an address here, and not by an id: the page says so.
    ("POST", "/groups/{group}/marks", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/marks/new", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/marks/{mark}", [303, 404, 200, 200, 404, 404]),
    // Of whoever made it, and of owners.
    ("POST", "/groups/{group}/marks/{mark}/remove", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/marks/{mark}/topic", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/marks/{mark}/task", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/tags", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/tags", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/tags/{tag}", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/tags/{tag}/merge", [303, 404, 404, 303, 404, 404]),
    ("GET", "/groups/{group}/pins", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/marks", [303, 404, 200, 200, 404, 404]),
    ("GET", "/marks", [303, 200, 200, 200, 200, 200]),
    ("POST", "/views", [303, 303, 303, 303, 303, 303]),
    ("POST", "/views/{view}/remove", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/messages/{seq}/pin", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/messages/{seq}/react", [303, 404, 303, 303, 404, 404]),
    ("POST", "/groups/{group}/messages/{seq}/edit", [303, 404, 404, 303, 404, 404]),
    ("POST", "/groups/{group}/messages/{seq}/remove", [303, 404, 404, 303, 404, 404]),
    // Of whoever wrote it, and of owners; "/" is no group, and nothing was moved that could be taken back.
    ("GET", "/groups/{group}/messages/{seq}/move", [303, 404, 404, 200, 404, 404]),
    ("POST", "/groups/{group}/messages/{seq}/move", [303, 404, 422, 422, 404, 404]),
    ("POST", "/groups/{group}/messages/{seq}/move/back", [303, 404, 404, 404, 404, 404]),
    ("GET", "/groups/{group}/mentionable", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/preview", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/unsent", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/unsent", [303, 404, 303, 303, 404, 404]),
    ("GET", "/emojis", [303, 200, 200, 200, 200, 200]),
    ("GET", "/groups/{group}/files", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/uploads", [303, 404, 201, 201, 404, 404]),
    // Her own alone, member or not.
    ("GET", "/uploads/{upload}", [303, 404, 404, 200, 404, 404]),
    ("PATCH", "/uploads/{upload}", [303, 404, 404, 200, 404, 404]),
    ("DELETE", "/uploads/{upload}", [303, 404, 404, 204, 404, 404]),
    ("GET", "/files/{file}", [303, 404, 200, 200, 404, 404]),
    ("GET", "/files/{file}/entry", [303, 404, 200, 200, 404, 404]),
    ("GET", "/files/{picture}/thumbnail", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/exports", [303, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/log", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/exports", [303, 404, 303, 303, 404, 404]),
    // Of the one who asked alone, member or not.
    ("GET", "/exports/{export}/download", [303, 404, 404, 200, 404, 404]),
    ("POST", "/groups/{group}/retention", [303, 404, 404, 303, 404, 404]),
    // Whoever reads the audit log; without a reason the page says that one is missing.
    ("GET", "/admin/audit.csv", [303, 404, 404, 404, 200, 200]),
    ("GET", "/admin/maintenance", [303, 404, 404, 404, 200, 404]),
    // Without a time nothing begins.
    ("POST", "/admin/maintenance", [303, 404, 404, 404, 422, 404]),
    ("GET", "/admin/holds", [303, 404, 404, 404, 200, 200]),
    ("POST", "/admin/holds/{group}", [303, 404, 404, 404, 422, 422]),
    ("POST", "/admin/holds/{group}/lift", [303, 404, 404, 404, 422, 422]),
    // One's own alone; of others admins ask, on a page of theirs.
    ("GET", "/settings/data", [303, 200, 200, 200, 200, 200]),
    ("GET", "/data-exports/{dossier}/download", [303, 404, 404, 200, 404, 404]),
    ("GET", "/admin/directory/people/{person}/data", [303, 404, 404, 404, 200, 404]),
    ("POST", "/settings/data", [303, 303, 303, 303, 303, 303]),
    // Without what is to be typed nobody is erased: the page says so.
    ("POST", "/admin/directory/people/{person}/data/erase", [303, 404, 404, 404, 422, 404]),
    ("POST", "/admin/directory/people/{person}/data/export", [303, 404, 404, 404, 303, 404]),
    // Anna's own.
    ("GET", "/shares/{share}/mail", [303, 404, 404, 200, 404, 404]),
    ("POST", "/shares/{share}/receivers", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/receivers/{receiver}/remove", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/mail", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/answers", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/answers/{answer}", [303, 404, 404, 404, 404, 404]),
    ("GET", "/shares/{share}/download.eml", [303, 404, 404, 200, 404, 404]),
    ("GET", "/shares/{share}/download.html", [303, 404, 404, 200, 404, 404]),
    ("GET", "/shares/{share}/download.md", [303, 404, 404, 200, 404, 404]),
    ("GET", "/shares/{share}/download.pdf", [303, 404, 404, 200, 404, 404]),
    ("GET", "/s/{shared}/download.html", [404, 404, 200, 200, 404, 404]),
    ("GET", "/s/{shared}/download.md", [404, 404, 200, 200, 404, 404]),
    ("GET", "/s/{shared}/download.pdf", [404, 404, 200, 200, 404, 404]),
    ("GET", "/groups/{group}/shares", [303, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/shares", [303, 404, 303, 303, 404, 404]),
    // Anna's own.
    ("GET", "/shares/{share}", [303, 404, 404, 200, 404, 404]),
    ("GET", "/shares/{share}/preview", [303, 404, 404, 200, 404, 404]),
    ("POST", "/shares/{share}/text", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/looks", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/order", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/items/{seq}", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/access", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/publish", [303, 404, 404, 303, 404, 404]),
    ("POST", "/shares/{share}/recall", [303, 404, 404, 303, 404, 404]),
    // What went out is not discarded.
    ("POST", "/shares/{share}/discard", [303, 404, 404, 404, 404, 404]),
    // Published for members: for all others there is nothing, and no way to sign in that would tell them more.
    ("GET", "/health/live", [200, 200, 200, 200, 200, 200]),
    ("GET", "/health/ready", [200, 200, 200, 200, 200, 200]),
    ("GET", "/admin/status", [303, 404, 404, 404, 200, 404]),
    ("GET", "/s/{shared}", [404, 404, 200, 200, 404, 404]),
    ("POST", "/s/{shared}/password", [404, 404, 404, 404, 404, 404]),
    ("GET", "/s/{shared}/files/{file}", [404, 404, 200, 200, 404, 404]),
    ("GET", "/s/{shared}/files/{picture}/thumbnail", [404, 404, 200, 200, 404, 404]),
    ("POST", "/groups/{group}/sharing", [303, 404, 404, 303, 404, 404]),
    ("GET", "/admin/audit", [303, 404, 404, 404, 200, 200]),
    // By the link in a mail, whoever has it. A secret that no mail ever had opens nothing.
    ("GET", "/mails/{token}", [404, 404, 404, 404, 404, 404]),
    ("POST", "/mails/{token}", [404, 404, 404, 404, 404, 404]),
    ("POST", "/mails/{token}/hours", [404, 404, 404, 404, 404, 404]),
    ("POST", "/mails/{often}/hours", [303, 303, 303, 303, 303, 303]),
    ("GET", "/mails/{often}", [200, 200, 200, 200, 200, 200]),
    ("POST", "/mails/{often}", [303, 303, 303, 303, 303, 303]),
    ("GET", "/claims/{token}", [404, 404, 404, 404, 404, 404]),
    ("POST", "/claims/{token}", [422, 422, 422, 422, 422, 422]),
    ("POST", "/groups/{group}/cadence", [303, 404, 303, 303, 404, 404]),
    ("POST", "/settings/mails", [303, 303, 303, 303, 303, 303]),
    ("POST", "/settings/mails/try", [303, 303, 303, 303, 303, 303]),
    ("GET", "/live", [303, 422, 422, 422, 422, 422]),
    ("GET", "/admin/check", [303, 404, 404, 404, 200, 404]),
    ("POST", "/admin/check", [303, 404, 404, 404, 200, 404]),
    ("GET", "/admin/settings", [303, 404, 404, 404, 200, 404]),
    ("POST", "/admin/settings/new", [303, 404, 404, 404, 303, 404]),
    ("GET", "/admin/settings/history", [303, 404, 404, 404, 200, 404]),
    ("POST", "/admin/settings/history/{save}", [303, 404, 404, 404, 404, 404]),
    ("GET", "/admin/settings/{section}", [303, 404, 404, 404, 200, 404]),
    ("POST", "/admin/settings/{section}", [303, 404, 404, 404, 303, 404]),
    ("GET", "/admin/directory", [303, 404, 404, 404, 200, 404]),
    // No such source, and no file that was looked at.
    ("POST", "/admin/directory/sources/{source}/sync", [303, 404, 404, 404, 404, 404]),
    ("POST", "/admin/directory/import/{token}", [303, 404, 404, 404, 404, 404]),
    ("GET", "/admin/directory/people/{person}", [303, 404, 404, 404, 200, 404]),
    ("GET", "/admin/directory/import", [303, 404, 404, 404, 200, 404]),
    ("POST", "/admin/directory/import", [303, 404, 404, 404, 200, 404]),
    ("GET", "/admin/ledger", [303, 404, 404, 404, 200, 200]),
    ("POST", "/admin/ledger/{mail}/run", [303, 404, 404, 404, 303, 404]),
    ("GET", "/admin/ledger/mails/{mail}", [303, 404, 404, 404, 200, 200]),
    ("GET", "/admin/ledger/mails/{mail}/original", [303, 404, 404, 404, 200, 200]),
    ("POST", "/admin/ledger/mails/{mail}/release", [303, 404, 404, 404, 303, 404]),
    ("GET", "/admin/ledger/deliveries/{delivery}", [303, 404, 404, 404, 200, 200]),
    // It was sent: its bytes are not kept, and nothing can be done with it any more.
    ("GET", "/admin/ledger/deliveries/{delivery}/original", [303, 404, 404, 404, 404, 404]),
    ("POST", "/admin/ledger/acts", [303, 404, 404, 404, 409, 404]),
    ("GET", "/assets/{version}/{*name}", [404, 404, 404, 404, 404, 404]),
    // Only in the demo.
    ("GET", "/mail-desk", [404, 404, 404, 404, 404, 404]),
    ("GET", "/mail-desk/{address}", [404, 404, 404, 404, 404, 404]),
    ("POST", "/mail-desk/{address}/sign-in", [404, 404, 404, 404, 404, 404]),
    ("POST", "/mail-desk/{address}/send", [404, 404, 404, 404, 404, 404]),
    ("GET", "/mail-desk/{address}/write", [404, 404, 404, 404, 404, 404]),
    ("GET", "/mail-desk/{address}/mails/{mail}", [404, 404, 404, 404, 404, 404]),
    ("GET", "/mail-desk/{address}/mails/{mail}/html", [404, 404, 404, 404, 404, 404]),
    ("GET", "/mail-desk/{address}/mails/{mail}/{kind}", [404, 404, 404, 404, 404, 404]),
];
/// Reads the ledger and the audit log, and is in no group.
const AUDITOR: &str = "auditor@corp.example";
const ACTORS: [Option<&str>; 6] = [None, Some(LI), Some(WANG), Some(ANNA), Some(ADMIN), Some(AUDITOR)];

/// Fresh things for one request.
struct Things {
    names: Vec<(&'static str, String)>,
    /// The page that holds the lease.
    page: String,
}

async fn things(house: &House, path: &str) -> Things {
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let raw =
        mail(&[("From", ANNA), ("To", WANG), ("Subject", "Draft"), ("X-Once", &house.token().reveal())], "x");
    let boundary = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let with_file = raw.replace("Content-Type: text/plain; charset=utf-8\r\n", boundary)
        + "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n--b--\r\n";
    let draft = house.actions.start_draft_from_mails(&anna, vec![with_file.into_bytes()]).await.unwrap();
    let editor = house.editor(&anna);
    house.actions.take_lease(editor, draft).await.unwrap();
    let page = house.actions.get_draft(&anna, draft).await.unwrap();
    let file = bring(house, &anna, group, ("a.txt", b"x")).await.unwrap().id;
    let picture = bring(house, &anna, group, ("a.png", &a_picture(2, 2))).await.unwrap().id;
    let new = NewMessage { files: vec![file, picture], ..NewMessage::default() };
    house.actions.post_message(&anna, group, new).await.unwrap();
    let spun = house.actions.start_draft_from_group(&anna, group, vec![1]).await.unwrap();
    house.actions.take_lease(editor, spun).await.unwrap();
    let chosen = house.actions.get_draft(&anna, spun).await.unwrap().chosen.remove(0).0;
    let asked = NewMessage {
        markdown: "Read this".to_owned(),
        receipt: Some(ReceiptRequest::Wanted),
        ..NewMessage::default()
    };
    let asked = house.actions.post_message(&anna, group, asked).await.unwrap().seq;
    let (tag, mark) = marked(house, &anna, group).await;
    let removed = page.members.iter().find(|m| m.person.id != anna.person_id).unwrap().person.id;
    let ignored = LedgerQuery { outcome: Some("ignored"), ..LedgerQuery::default() };
    let line = house.actions.list_mails(&house.admin().await, &ignored, None, 1).await.unwrap().remove(0);
    let sent = LedgerQuery { outcome: Some("sent"), ..LedgerQuery::default() };
    let admin = house.admin().await;
    let delivery =
        eventually(async || house.actions.list_deliveries(&admin, &sent, None, 1).await.unwrap().pop());
    let delivery = delivery.await.id;
    let receiver = Receiver::new(format!("https://push.example/{}", house.token().reveal())).as_told();
    house.actions.subscribe(&anna, &house.token(), receiver).await.unwrap();
    let subscription = house.actions.list_devices(&anna).await.unwrap().remove(0).id;
    let mut names = limited(house, (&anna, group), path).await;
    names.extend([
        ("{token}", house.token().reveal()),
        ("{session}", anna.session_id.to_string()),
        ("{thread}", page.draft.thread_id.unwrap().to_string()),
        ("{draft}", draft.to_string()),
        ("{person}", removed.to_string()),
        ("{version}", "0123456789abcdef".to_owned()),
        ("{draft_file}", page.files[0].0.id.to_string()),
        ("{spun}", spun.to_string()),
        ("{message}", chosen.id.to_string()),
        ("{group}", group.to_string()),
        ("{asked}", asked.to_string()),
        ("{file}", file.to_string()),
        ("{source}", "staff".to_owned()),
        ("{section}", "limits".to_owned()),
        ("{save}", "1".to_owned()),
        ("{answer}", house.actions.clock.new_id::<()>().to_string()),
        ("{seq}", "1".to_owned()),
        ("{mark}", mark.to_string()),
        ("{tag}", tag.to_string()),
        ("{picture}", picture.to_string()),
        ("{mail}", line.id.to_string()),
        ("{delivery}", delivery.to_string()),
        ("{address}", ANNA.to_owned()),
        ("{kind}", "text".to_owned()),
        ("{provider}", "none".to_owned()),
        ("{subscription}", subscription.to_string()),
        ("{version}", "0".to_owned()),
        ("{*name}", "none.css".to_owned()),
    ]);
    Things { names, page: editor.page.to_string() }
}

/// What nobody has more than some of, or what takes its time: only for the paths that name it.
async fn limited(
    house: &House,
    (anna, group): (&Viewer, GroupId),
    path: &str,
) -> Vec<(&'static str, String)> {
    let actions = &house.actions;
    if path.contains("{often}") {
        let said = |mail: &IncomingMail| mail.text.signature.clone();
        let foot = said(&house.mail_of(WANG).await);
        let at = foot.find("/mails/").unwrap() + 7;
        return vec![("{often}", foot[at..at + 26].to_owned())];
    }
    if path.contains("{upload}") {
        let begun = actions.start_upload(anna, group, "b.txt", 1).await.unwrap();
        return vec![("{upload}", begun.id.to_string())];
    }
    if path.contains("{view}") {
        let new = NewView { name: "Open".to_owned(), ..NewView::default() };
        return vec![("{view}", actions.save_view(anna, new).await.unwrap().id.to_string())];
    }
    if path.contains("{dossier}") {
        let export = actions.ask_dossier(anna, anna.person_id, Language::English).await.unwrap();
        eventually(async || actions.open_dossier(anna, export).await.ok()).await;
        return vec![("{dossier}", export.to_string())];
    }
    if path.contains("{export}") {
        let export = actions.ask_export(anna, group, (Format::Mbox, Language::English)).await.unwrap();
        eventually(async || actions.open_export(anna, export).await.ok()).await;
        return vec![("{export}", export.to_string())];
    }
    if path.contains("{share") {
        let (share, shared, receiver) = a_share(house, anna, group).await;
        let names =
            [("{share}", share.to_string()), ("{shared}", shared), ("{receiver}", receiver.to_string())];
        return names.into();
    }
    Vec::new()
}

/// A tag of Anna's, and an action that she marked.
async fn marked(house: &House, anna: &Viewer, group: GroupId) -> (TagId, MarkId) {
    let own = NewMark {
        tag: TagChoice::Named("Own tag".parse().unwrap()),
        piece: Chosen::Message,
        topic: String::new(),
        assignee: None,
        due_on: None,
    };
    let action = NewMark { tag: TagChoice::Named("action".parse().unwrap()), ..own.clone() };
    house.actions.mark(anna, (group, vec![1]), own).await.unwrap();
    let marks = house.actions.mark(anna, (group, vec![1]), action).await.unwrap().remove(0).marks;
    (marks[0].tag.id, marks[1].id)
}

/// A published share of the message with the files, the secret of its link, and somebody who is to get it by mail.
async fn a_share(house: &House, anna: &Viewer, group: GroupId) -> (ShareId, String, ShareReceiverId) {
    let chosen = shares::Chosen { seqs: vec![1, 2], ..shares::Chosen::default() };
    let share = house.actions.start_share(anna, group, chosen).await.unwrap();
    let telling = house.actions.telling(anna, Language::English, Zone::UTC);
    house.actions.publish_share(anna, share, telling).await.unwrap();
    let link = house.actions.get_share(anna, share).await.unwrap().link.unwrap();
    let addresses = parse_addresses(WANG).addresses;
    let new = NewReceivers { addresses, ..NewReceivers::default() };
    house.actions.add_share_receivers(anna, share, new).await.unwrap();
    let receiver = house.actions.share_mails(anna, share).await.unwrap().receivers[0].id;
    (share, link.rsplit_once("/s/").unwrap().1.to_owned(), receiver)
}

impl Things {
    fn path(&self, pattern: &str) -> String {
        self.names.iter().fold(pattern.to_owned(), |path, (name, value)| path.replace(name, value))
    }
}

/// A house with lines in its ledger that can be run again.
async fn house() -> House {
    let house = House::with(Wanted::long_hold()).await;
    house.actions.give_right(Right::Auditor, &AUDITOR.parse().unwrap(), None).await.unwrap();
    // One that is run again waits for a moment, and one that is released is a draft.
    for subject in ["Away", "Away again", "Away for long"] {
        let raw = mail(
            &[("From", ANNA), ("To", GATEWAY), ("Auto-Submitted", "auto-replied"), ("Subject", subject)],
            "x",
        );
        house.deliver(raw).await;
    }
    house.ledger(3).await;
    house
}

/// What forms bring; each takes what it knows.
const FIELDS: [(&str, &str); 34] = [
    ("topic", "New"),
    ("name", "a.txt"),
    ("size", "1"),
    ("opening", "New"),
    ("role", "owner"),
    ("adding", "owners"),
    ("muting", "muted"),
    ("cadence", "daily"),
    ("who", DAVID),
    ("code", "000000"),
    ("language", "en"),
    ("theme", "dark"),
    ("to", "/"),
    ("seq", "1"),
    ("tag", "risk"),
    ("into", "risk"),
    ("edits", "0"),
    ("emoji", "👍"),
    ("on", "true"),
    ("markdown", "New"),
    ("policy", "automatic"),
    ("format", "zip"),
    ("answers", "ask"),
    ("title", "New"),
    ("saves", "0"),
    ("grouping", "day"),
    ("files", "linked"),
    ("item", "1"),
    ("out", "true"),
    ("access", "link"),
    ("lasts", "7"),
    ("password", ""),
    ("outside", "false"),
    ("act", "drop"),
];

async fn ask(house: &House, row: (&str, &str), actor: Option<&str>) -> u16 {
    let things = things(house, row.1).await;
    let browser = match actor {
        Some(address) => Browser::of(house, address).await,
        None => Browser::new(house),
    };
    let mut path = things.path(row.1);
    if row.0 == "GET" && row.1.ends_with("/messages") {
        path += "?before=100";
    }
    if row.1.ends_with("/marks/new") {
        path += "?seq=1";
    }
    let request = browser.request(row.0, &path);
    let page = match actor {
        Some(ANNA) => things.page.clone(),
        _ => Clock::system().new_id::<()>().to_string(),
    };
    // Five mails for one address are all that can be asked for from here.
    let address = if actor == Some(AUDITOR) { "two@elsewhere.example" } else { "one@elsewhere.example" };
    let delivery = things.path("{delivery}");
    let request = match (row.0, row.1) {
        ("GET", _) => request,
        (_, "/groups/{group}/messages") => {
            request.multipart(reqwest::multipart::Form::new().text("markdown", "hi"))
        }
        ("PATCH", _) => request.header("upload-offset", "0").body("x"),
        _ => {
            let own = [("page", page.as_str()), ("address", address), ("mail", delivery.as_str())];
            request.form(&[FIELDS.as_slice(), own.as_slice()].concat())
        }
    };
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_url_answers_everybody_as_the_table_says() {
    let (mut house, mut shares) = (self::house().await, 0);
    let mut wrong = Vec::new();
    for (method, path, expected) in TABLE {
        let mut got = [0; 6];
        shares += if path.contains("{share") { ACTORS.len() } else { 0 };
        if shares > 100 {
            // Nobody begins more within an hour.
            (house, shares) = (self::house().await, ACTORS.len());
        }
        for (answer, actor) in got.iter_mut().zip(ACTORS) {
            *answer = ask(&house, (method, path), actor).await;
        }
        if got != *expected {
            wrong.push(format!("{method} {path}: {got:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_cannot_be_an_id_is_not_there() {
    let house = house().await;
    let things = things(&house, "{upload}{view}").await;
    let browsers = [Browser::of(&house, ANNA).await, Browser::of(&house, ADMIN).await];
    let ids: Vec<&str> = things.names.iter().filter(|n| n.1.len() == 36).map(|n| n.0).collect();
    assert!(ids.len() >= 7, "{ids:?}");
    for (method, path, _) in TABLE {
        for (id, wrong) in
            ids.iter().filter(|id| path.contains(**id)).flat_map(|id| [(id, "1"), (id, "a%2Fb")])
        {
            let path = things.path(&path.replace(id, wrong));
            for browser in &browsers {
                let answer = browser.request(method, &path).send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 404, "{method} {path}");
                let page = answer.text().await.unwrap();
                assert!(page.contains("Nothing here for you"), "{method} {path}: {page}");
            }
        }
    }
}

#[tokio::test]
async fn a_forged_link_is_not_there_and_leads_to_the_sign_in_page() {
    let house = house().await;
    let browser = Browser::new(&house);
    for token in [house.token().reveal(), "forged".to_owned()] {
        for (method, path) in [("GET", ""), ("POST", "/code")] {
            let request = browser.request(method, &format!("/l/{token}{path}")).form(&[("", "")]);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 404, "{method} {token}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("This link can't be used") || page.contains("can&#39;t be used"), "{page}");
            assert!(page.contains("href=\"/sign-in\""), "{page}");
        }
    }
}

#[tokio::test]
async fn an_error_speaks_the_language_its_reader_chose() {
    let house = house().await;
    let viewer = house.person(ANNA).await;
    house.actions.set_language(&viewer, Language::Chinese).await.unwrap();
    // Another browser, which wishes for English.
    let browser = Browser::of(&house, ANNA).await;
    for path in ["/groups/1", "/no/such/page", &format!("/groups/{}", Clock::system().new_id::<()>())] {
        let answer = browser.request("GET", path).header("accept-language", "en").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404);
        assert!(answer.text().await.unwrap().contains("<html lang=\"zh-CN\""), "{path}");
    }
    let nobody = Browser::new(&house).request("GET", "/no").header("accept-language", "en");
    assert!(nobody.send().await.unwrap().text().await.unwrap().contains("<html lang=\"en\""));
}

#[test]
fn every_route_stands_in_the_table() {
    let text = include_str!("../../../src/web/routes.rs");
    let mut missing = Vec::new();
    for route in text.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        let end = route.find(".route(").unwrap_or(route.len());
        for (method, call) in [("GET", "get("), ("POST", "post(")] {
            if route[..end].split("desk()").next().unwrap().contains(call) && !in_table(method, path) {
                missing.push(format!("{method} {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "not in the table of rights: {missing:?}");
}

/// Names of parameters may differ.
fn in_table(method: &str, path: &str) -> bool {
    let plain = |path: &str| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    TABLE.iter().any(|row| row.0 == method && plain(row.1) == plain(path))
}

#[tokio::test]
async fn looking_at_every_page_changes_nothing() {
    let house = house().await;
    let things = things(&house, "{upload}{view}{share}").await;
    let link = house.actions.make_sign_in_link(&DAVID.parse().unwrap(), "/").await.unwrap();
    let browsers = [Browser::new(&house), Browser::of(&house, ANNA).await, Browser::of(&house, ADMIN).await];
    house.mails_of(WANG, 1).await;
    house.mails_of(DAVID, 1).await;
    let before = counts(&house).await;
    for (_, path, _) in TABLE.iter().filter(|row| row.0 == "GET") {
        for browser in &browsers {
            browser.get(&things.path(path)).await;
        }
    }
    browsers[0].get(&link.replace(&house.url(""), "")).await;
    assert_eq!(counts(&house).await, before);
}

/// How many rows each table has. That somebody saved a share is noted, and is nothing they did to it.
async fn counts(house: &House) -> Vec<(String, i64)> {
    let url = format!("sqlite:{}", house.database().display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let tables = sqlx::query(
        // Who fetched what left a group is written down.
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('jobs', 'deliveries', 'audit')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut counts = Vec::new();
    for table in tables {
        let name: String = table.get(0);
        let text = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM \"{name}\""));
        let count: i64 = sqlx::query_scalar(text).fetch_one(&mut connection).await.unwrap();
        counts.push((name, count));
    }
    counts
}

#[tokio::test]
async fn a_page_says_what_it_may_load_and_nothing_is_guessed() {
    let house = house().await;
    let browser = Browser::of(&house, ANNA).await;
    let page = browser.request("GET", "/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let html = page.text().await.unwrap();
    let script = html.split('"').find(|part| part.ends_with("main.js")).unwrap();
    for path in ["/", "/groups/nothing", script] {
        let answer = browser.request("GET", path).send().await.unwrap();
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
    }
}
