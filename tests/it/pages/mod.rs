//! The pages and the live socket, over HTTP.

mod drafts;
mod forms;
mod lists;
mod live;
mod rights;
