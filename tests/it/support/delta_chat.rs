//! Delta Chat itself, without its windows: `deltachat-rpc-server`, which speaks JSON-RPC 2.0 line by line.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::peers::{MailPeers, has_program_at};

/// One person's Delta Chat. Stops when it is dropped.
pub struct DeltaChat {
    server: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    asked: u64,
    account: u64,
    _folder: TempDir,
}

/// A chat in the list of chats.
#[derive(Clone, Debug)]
pub struct Chat {
    pub id: u64,
    pub name: String,
    /// Such as `Mailinglist`.
    pub kind: String,
    /// Nobody accepted it yet.
    pub is_request: bool,
}

/// A message as its bubble shows it.
#[derive(Clone, Debug)]
pub struct Bubble {
    pub id: u64,
    pub author: String,
    pub text: String,
    pub file: Option<String>,
}

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/deltachat/deltachat_rpc_server/deltachat-rpc-server")
}

impl DeltaChat {
    /// The program with somebody's mailbox, which shows mails that are not encrypted. `None`, said so, where it is not
    /// installed.
    pub async fn open(peers: &MailPeers, name: &str) -> Option<Self> {
        if !has_program_at(&program()) {
            return None;
        }
        let folder = TempDir::new().unwrap();
        let mut server = Command::new(program())
            .env("DC_ACCOUNTS_PATH", folder.path().join("accounts"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let questions = server.stdin.take().unwrap();
        let answers = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut chat = Self { server, questions, answers, asked: 0, account: 0, _folder: folder };
        chat.account = chat.ask("add_account", json!([])).await.as_u64().unwrap();
        for (key, value) in [("displayname", name), ("force_encryption", "0")] {
            chat.tell("set_config", json!([key, value])).await;
        }
        let transport = json!({
            "addr": peers.address(name).as_str(), "password": format!("pw-{name}"),
            "imapServer": "127.0.0.1", "imapPort": peers.port("imaps"), "imapSecurity": "ssl",
            "smtpServer": "127.0.0.1", "smtpPort": peers.port("submission"), "smtpSecurity": "starttls",
            "certificateChecks": "acceptInvalidCertificates",
        });
        chat.tell("add_or_update_transport", json!([transport])).await;
        chat.tell("start_io", json!([])).await;
        Some(chat)
    }

    /// A call about this account.
    async fn tell(&mut self, method: &str, mut parameters: Value) -> Value {
        parameters.as_array_mut().unwrap().insert(0, self.account.into());
        self.ask(method, parameters).await
    }

    async fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.asked += 1;
        let question = json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": parameters});
        self.questions.write_all(format!("{question}\n").as_bytes()).await.unwrap();
        while let Some(line) = self.answers.next_line().await.unwrap() {
            let mut answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == self.asked {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
        }
        panic!("Delta Chat ended: {:?}", self.server.try_wait());
    }

    /// The chats with others, the newest first.
    pub async fn chats(&mut self) -> Vec<Chat> {
        let ids = self.tell("get_chatlist_entries", json!([null, null, null])).await;
        let mut chats = Vec::new();
        for id in ids.as_array().unwrap() {
            let chat = self.tell("get_full_chat_by_id", json!([id])).await;
            if chat["isDeviceChat"] == true || chat["isSelfTalk"] == true {
                continue;
            }
            chats.push(Chat {
                id: id.as_u64().unwrap(),
                name: chat["name"].as_str().unwrap().to_owned(),
                kind: chat["chatType"].as_str().unwrap().to_owned(),
                is_request: chat["isContactRequest"] == true,
            });
        }
        chats
    }

    /// Accepts the one chat there is, once it is there.
    pub async fn accept(&mut self) -> Chat {
        let begin = Instant::now();
        loop {
            if let Some(chat) = self.chats().await.into_iter().next() {
                self.tell("accept_chat", json!([chat.id])).await;
                return chat;
            }
            assert!(begin.elapsed() < Duration::from_secs(60), "no chat came");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The messages of a chat, oldest first.
    pub async fn bubbles(&mut self, chat: &Chat) -> Vec<Bubble> {
        let ids = self.tell("get_message_ids", json!([chat.id, false, false])).await;
        let mut bubbles = Vec::new();
        for id in ids.as_array().unwrap() {
            let one = self.tell("get_message", json!([id])).await;
            if one["isInfo"] == true {
                continue;
            }
            let name = |value: &Value| value.as_str().map(str::to_owned);
            bubbles.push(Bubble {
                id: id.as_u64().unwrap(),
                author: name(&one["overrideSenderName"])
                    .or_else(|| name(&one["sender"]["displayName"]))
                    .unwrap(),
                text: one["text"].as_str().unwrap().to_owned(),
                file: name(&one["fileName"]),
            });
        }
        bubbles
    }

    /// The messages of a chat when there are so many.
    pub async fn wait_for(&mut self, chat: &Chat, count: usize) -> Vec<Bubble> {
        let begin = Instant::now();
        loop {
            let bubbles = self.bubbles(chat).await;
            if bubbles.len() >= count {
                return bubbles;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "{count} messages, of which came {bubbles:#?}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Writes into a chat; `message` has the fields of Delta Chat's own `MessageData`.
    pub async fn say(&mut self, chat: &Chat, message: Value) -> u64 {
        self.tell("send_msg", json!([chat.id, message])).await.as_u64().unwrap()
    }

    /// Gives an own message another text.
    pub async fn edit(&mut self, message: u64, text: &str) {
        self.tell("send_edit_request", json!([message, text])).await;
    }

    /// Says all that somebody feels about a message.
    pub async fn react(&mut self, message: u64, emojis: &[&str]) {
        self.tell("send_reaction", json!([message, emojis])).await;
    }
}
