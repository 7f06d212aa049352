//! The command `mailmoot`.

fn main() -> std::process::ExitCode {
    mailmoot::cli::run()
}
