//! Pages for the admins of the mail system.

pub mod audit;
pub mod ledger;
pub mod status;
