//! Pages for the admins of the mail system.

pub mod audit;
pub mod check;
pub mod directory;
pub mod ledger;
pub mod settings;
pub mod status;
