//! Mail as bytes and as values. Pure: no clock, no network, no database.

pub mod incoming;
