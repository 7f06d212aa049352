//! What the tests share.

pub mod active_directory;
pub mod browser;
pub mod company;
pub mod databases;
pub mod dav_server;
pub mod delta_chat;
pub mod files;
pub mod house;
pub mod ldap_server;
pub mod mail_html;
pub mod marks;
pub mod name_server;
pub mod odd_imap;
pub mod odd_smtp;
pub mod peers;
pub mod provider;
pub mod push_service;
pub mod real_provider;
pub mod token_server;
