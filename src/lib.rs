//! mailmoot turns a mail thread into a live discussion group, and a discussion back into mail.
//!
//! Imports go down only (`tests/it/architecture.rs` keeps that):
//!
//! | layer | modules |
//! | --- | --- |
//! | 8 | `cli` |
//! | 7 | `backup`, `demo` |
//! | 6 | `app` |
//! | 5 | `web`, `workers` |
//! | 4 | `config` |
//! | 3 | `actions` |
//! | 2 | `store`, `hub`, `files`, `transport`, `directory` |
//! | 1 | `mail` |
//! | 0 | `domain`, `clock`, `texts` |
//!
//! `docs/ARCHITECTURE.md` has the map and the way of one mail and one message through it.

pub mod actions;
pub mod app;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod directory;
pub mod domain;
pub mod files;
pub mod hub;
pub mod mail;
pub mod store;
pub mod texts;
pub mod transport;
pub mod web;
pub mod workers;
