//! The pages and the live socket, over HTTP.

mod downloads;
mod drafts;
mod forms;
mod lists;
mod live;
mod rights;
mod shares;
