//! The pages and the live socket, over HTTP.

mod drafts;
mod forms;
mod live;
mod rights;
