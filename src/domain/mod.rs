//! Values and rules: what the words of the product mean. No I/O, no clock, no database.

pub mod address;
pub mod ask;
pub mod digest;
pub mod draft;
pub mod event;
pub mod file;
pub mod group;
pub mod ids;
pub mod job;
pub mod language;
pub mod ledger;
pub mod link;
pub mod message;
pub mod network;
pub mod notices;
pub mod person;
pub mod presence;
pub mod push;
pub mod safe_html;
pub mod search;
pub mod secret;
pub mod settings;
pub mod thread;
pub mod time;
pub mod topic;
pub mod zone;
