//! The pages and the live socket, over HTTP.

mod forms;
mod live;
mod rights;
