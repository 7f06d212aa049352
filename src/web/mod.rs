//! The door for browsers: pages, the live socket, files. Handlers ask `actions` and fill page structs; nothing else.

pub mod admin;
pub mod assets;
pub mod drafts;
pub mod error;
pub mod face;
pub mod filters;
pub mod groups;
pub mod links;
pub mod mail_desk;
pub mod messages;
pub mod people;
pub mod sessions;
pub mod sign_in;
pub mod threads;
pub mod view;

#[cfg(test)]
mod sample_pages;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
