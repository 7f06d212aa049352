//! What the tests share.

pub mod house;
pub mod peers;
