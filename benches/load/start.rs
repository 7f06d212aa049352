//! From the command to the first page, and the memory it takes while nothing happens. The program is the one that was
//! built with this measurement.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

pub async fn measure() {
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("mail")).unwrap();
        // The first start makes the tables; the second is what an admin sees every day.
        for first in [true, false] {
            let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let begun = Instant::now();
            let mut child = program(folder.path(), port).spawn().unwrap();
            wait_for_page(port).await;
            if !first {
                times.push(begun.elapsed());
                tokio::time::sleep(Duration::from_secs(1)).await;
                memory.push(resident(child.id()));
            }
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    println!("start    command -> first page: {}", super::spread(times));
    memory.sort_unstable();
    println!("start    resident memory, idle: {} MB", memory[memory.len() / 2] / 1024);
}

/// The program, with everything of its own in a folder that has a folder `mail`.
pub fn program(folder: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mailmoot"));
    command
        .arg("serve")
        .env("MAILMOOT_SERVER_LISTEN", format!("127.0.0.1:{port}"))
        .env("MAILMOOT_SERVER_DATA", folder.join("data"))
        .env("MAILMOOT_MAIL_ADDRESS", "moot@corp.example")
        .env("MAILMOOT_MAILDIR_PATH", folder.join("mail"))
        .env("MAILMOOT_SMTP_HOST", "127.0.0.1")
        .env("MAILMOOT_SMTP_SECURITY", "none")
        .env("MAILMOOT_SMTP_USER", "")
        .env("MAILMOOT_LOG_LEVEL", "error")
        .current_dir(folder)
        .stdout(Stdio::null());
    command
}

pub async fn wait_for_page(port: u16) {
    let client = reqwest::Client::new();
    loop {
        if client
            .get(format!("http://127.0.0.1:{port}/sign-in"))
            .send()
            .await
            .is_ok_and(|r| r.status().is_success())
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The memory of a process, in kB.
pub fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
