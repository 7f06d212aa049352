//! What the tests share.

pub mod peers;
