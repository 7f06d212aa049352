//! The users' days, through real doors.

mod demo;
mod mail_round;
