//! The one test binary: stories, store, mail, web, and the rules of the house.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod architecture;
mod check_command;
mod data_folder;
mod docs;
mod import_command;
mod inspect_command;
mod letters;
mod listening;
mod mail;
mod pages;
mod people;
mod statements;
mod store;
mod stories;
mod support;
mod transport;
