//! The door for browsers: pages, the live socket, files. Handlers ask `actions` and fill page structs; nothing else.

pub mod address_trouble;
pub mod admin;
mod assets;
pub mod cadence;
pub mod calendar;
pub mod claims;
pub mod composer;
mod deeds;
pub mod drafts;
pub mod error;
pub mod face;
pub mod files;
pub mod filters;
pub mod groups;
pub mod headers;
pub mod health;
pub mod installable;
pub mod keys;
pub mod links;
pub mod live;
pub mod mail_desk;
pub mod mail_hours;
pub mod mark_lists;
pub mod marks;
pub mod members;
pub mod message_page;
pub mod messages;
pub mod metrics;
pub mod moves;
pub mod notices;
pub mod own_data;
pub mod own_mailbox;
pub mod own_path;
mod own_troubles;
pub mod panels;
pub mod path;
pub mod peer;
pub mod people;
pub mod people_sets;
mod photos;
pub mod place;
pub mod presence;
pub mod providers;
pub mod push;
pub mod qr;
pub mod reactions;
pub mod receipts;
pub mod routes;
mod rules;
pub mod search;
pub mod sessions;
pub mod set_up;
pub mod settings;
pub mod share_mail;
pub mod shares;
pub mod sign_in;
pub mod slow_body;
pub mod spin_off;
pub mod state;
pub mod switches;
pub mod threads;
pub mod typed_people;
pub mod view;
pub mod visit;

pub use mail_desk::Desk;
pub use metrics::metrics_router;
pub use routes::router;
pub use state::WebState;

#[cfg(test)]
mod sample_directories;
#[cfg(test)]
mod sample_mailboxes;
#[cfg(test)]
mod sample_pages;
#[cfg(test)]
mod sample_settings;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
