//! The door for browsers: pages, the live socket, files. Handlers ask `actions` and fill page structs; nothing else.

pub mod assets;
pub mod face;
pub mod filters;
pub mod groups;
pub mod messages;
pub mod view;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
