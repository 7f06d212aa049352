//! The command `mailmoot`.

fn main() {}
