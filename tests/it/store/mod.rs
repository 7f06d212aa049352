//! The store's suite: every function of `src/store`, the same on SQLite and on PostgreSQL.

mod groups;
mod mail;
mod marks;
mod migrations;
mod people;
mod receipts;
mod search;
mod statuses;
mod work;
pub mod world;
mod writing;
