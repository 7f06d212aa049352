//! The demo: an invented company with people, threads, groups and mailboxes, to try everything without any server.

mod groups;
mod house;
mod people;
mod portraits;
mod samples;
mod seed;
mod statuses;
mod threads;
mod when;

pub use house::{GATEWAY, SignInLink, links, open};

#[cfg(test)]
mod tests;
