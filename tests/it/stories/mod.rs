//! The users' days, through real doors.

mod mail_round;
