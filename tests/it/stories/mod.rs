//! The users' days, through real doors.

mod answers;
mod changes;
mod composer;
mod delivery;
mod demo;
mod drafts;
mod files;
mod hostile_mail;
mod loops;
mod mail_in;
mod mail_round;
mod mentions;
mod odd_source;
mod own_letters;
mod places;
mod presence;
mod quoting;
mod real_mail;
mod removed_files;
mod rights;
mod search;
mod shown_files;
mod sign_in;
mod spin_offs;
mod starts;
mod uploads;
