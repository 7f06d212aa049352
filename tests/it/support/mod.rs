//! What the tests share.

pub mod browser;
pub mod house;
pub mod peers;
