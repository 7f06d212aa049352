//! IMAP, SMTP and Maildir against real servers and real folders.

mod check;
mod check_broken;
mod discover;
mod dns;
mod imap;
mod maildir;
mod odd_servers;
mod odd_tokens;
mod refused_logins;
mod smtp;
