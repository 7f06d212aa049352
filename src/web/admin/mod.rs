//! Pages for the admins of the mail system.

pub mod audit;
pub mod audit_file;
pub mod check;
pub mod directory;
pub mod holds;
pub mod ledger;
pub mod maintenance;
pub mod privacy;
pub mod settings;
pub mod status;
