//! Asking the house that runs to go by its settings as they are now.

use tokio::sync::{mpsc, oneshot};

/// How many may ask at once; the next ones wait.
const WAITING: usize = 8;

/// The end of whoever asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Renewals(mpsc::Sender<Renewal>);

/// The end of whoever runs the house.
pub type Asked = mpsc::Receiver<Renewal>;

/// One time that it was asked for: the answer is that it was done, or why not.
pub type Renewal = oneshot::Sender<Result<(), String>>;

impl Renewals {
    pub fn channel() -> (Self, Asked) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Answers when the next page is made by the new settings.
    ///
    /// # Errors
    /// Why they could not be taken; the house goes on with those it had.
    pub async fn ask(&self) -> Result<(), String> {
        let (answer, answered) = oneshot::channel();
        let gone = |_| "mailmoot is about to end".to_owned();
        self.0.send(answer).await.map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}
