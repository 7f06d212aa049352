//! The machinery that talks to other servers: IMAP and a local Maildir to read mail, SMTP to send it, and push services
//! for notices.
//!
//! Nothing here knows what a mail means. Every connection has its own timeouts, and every error says whether it
//! passes by itself or needs an admin.

pub mod account;
pub mod carddav;
pub mod check;
pub mod connect;
pub mod discover;
pub mod dkim;
pub mod dns;
pub mod guard;
pub mod imap;
pub mod ldap;
pub mod local;
pub mod login_gate;
pub mod maildir;
pub mod oauth;
pub mod openid;
pub mod smtp;
mod stream;
mod tls;
pub mod web_push;
pub mod webhook;
