//! Logins that were refused are not tried again at once: companies lock an account after five or ten wrong passwords within half an hour,
//! and whoever looks after the mail system would have two troubles instead of one.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The first pause; the next are [`LATER`] and [`LONGEST`] times as long. At one, five and fifteen minutes that are four tries within
/// any half hour.
const FIRST: Duration = Duration::from_secs(60);
const LATER: u32 = 5;
const LONGEST: u32 = 15;
/// What is told of it.
const AGAIN: &str = "tried again after 1, then 5, then every 15 minutes, so that the account is not locked";
/// So many logins run at the same time: as many can be refused before anybody knows.
const AT_ONCE: u32 = 3;

/// Where all logins with the same user and password pass, one by one until one was good. Clones share it.
#[derive(Clone, Debug)]
pub struct LoginGate(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    free: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last one was good.
    is_good: bool,
    /// How often they were refused, one after the other.
    refused: u32,
    shut: Option<Shut>,
}

#[derive(Clone, Debug)]
struct Shut {
    until: Instant,
    words: String,
}

/// Nothing was tried, since the server refused the same login a while ago.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Paused {
    /// What was said then.
    pub words: String,
}

impl fmt::Display for Paused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_again(&self.words))
    }
}

/// The words of a refusal, and when it is tried again. Said once, however often.
pub(super) fn with_again(words: &str) -> String {
    if words.contains(AGAIN) { words.to_owned() } else { format!("{words} ({AGAIN})") }
}

impl Default for LoginGate {
    fn default() -> Self {
        let free = Semaphore::new(AT_ONCE as usize);
        Self(Arc::new(Shared { free, state: Mutex::default() }))
    }
}

impl LoginGate {
    /// Tries to sign in, unless that was refused a while ago. `refusal` gives the words of an error that says that the login is wrong;
    /// others, such as a lost connection, say nothing of it.
    ///
    /// # Errors
    /// Those of the attempt, and [`Paused`].
    pub async fn pass<T, E: From<Paused>>(
        &self,
        attempt: impl Future<Output = Result<T, E>>,
        refusal: impl Fn(&E) -> Option<String>,
    ) -> Result<T, E> {
        let wanted = if self.state().is_good { 1 } else { AT_ONCE };
        // It is never closed.
        let _turn = self.0.free.acquire_many(wanted).await.ok();
        self.check()?;
        let done = attempt.await;
        match done.as_ref().map_err(&refusal) {
            Ok(_) => *self.state() = State { is_good: true, ..State::default() },
            Err(Some(words)) => self.refused(words),
            Err(None) => {}
        }
        done
    }

    /// How long nothing will be tried.
    pub fn shut_for(&self) -> Option<Duration> {
        let state = self.state();
        let left = state.shut.as_ref()?.until.saturating_duration_since(Instant::now());
        Some(left).filter(|left| !left.is_zero())
    }

    /// Somebody says that it is mended: the next one is tried.
    pub fn open(&self) {
        *self.state() = State::default();
    }

    fn check(&self) -> Result<(), Paused> {
        let shut = self.state().shut.clone();
        match shut.filter(|shut| Instant::now() < shut.until) {
            Some(Shut { words, .. }) => Err(Paused { words }),
            None => Ok(()),
        }
    }

    fn refused(&self, words: String) {
        let mut state = self.state();
        state.is_good = false;
        let now = Instant::now();
        // Those that were tried at the same time count once.
        if state.shut.as_ref().is_some_and(|shut| now < shut.until) {
            return;
        }
        let times = match state.refused {
            0 => 1,
            1 => LATER,
            _ => LONGEST,
        };
        state.refused = state.refused.saturating_add(1);
        state.shut = Some(Shut { until: now + FIRST * times, words });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here can be half done, so a panic elsewhere does not make it wrong.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Debug, PartialEq, Eq)]
    enum Error {
        Refused,
        Lost,
        Paused(Paused),
    }

    impl From<Paused> for Error {
        fn from(paused: Paused) -> Self {
            Self::Paused(paused)
        }
    }

    /// A server, and how often it was shown a password.
    #[derive(Default)]
    struct Server(AtomicU32);

    impl Server {
        /// It takes a second, and then says this.
        async fn asked(&self, gate: &LoginGate, answer: Result<(), Error>) -> Result<(), Error> {
            let attempt = async {
                self.0.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_secs(1)).await;
                answer
            };
            gate.pass(attempt, |error| (*error == Error::Refused).then(|| "no".to_owned())).await
        }

        fn count(&self) -> u32 {
            self.0.swap(0, Ordering::Relaxed)
        }
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_refused_login_is_tried_four_times_within_half_an_hour() {
        let (gate, server) = (LoginGate::default(), Server::default());
        for _ in 0..30 * 60 {
            let _ = server.asked(&gate, Err(Error::Refused)).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let first = server.count();
        assert!((4..=6).contains(&first), "an hour begins with {first}");
        for _ in 0..30 * 60 {
            let _ = server.asked(&gate, Err(Error::Refused)).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!(server.count() <= 4, "and goes on with one every quarter");
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_meanwhile_hears_what_was_said() {
        let (gate, server) = (LoginGate::default(), Server::default());
        assert_eq!(server.asked(&gate, Err(Error::Refused)).await, Err(Error::Refused));
        assert_eq!(gate.shut_for(), Some(MINUTE));
        let paused = Paused { words: "no".to_owned() };
        assert_eq!(server.asked(&gate, Ok(())).await, Err(Error::Paused(paused.clone())));
        assert!(paused.to_string().starts_with("no (tried again after 1, "), "{paused}");
        assert_eq!(with_again(&paused.to_string()), paused.to_string());
        tokio::time::sleep(MINUTE).await;
        assert_eq!((server.asked(&gate, Ok(())).await, gate.shut_for()), (Ok(()), None));
        assert_eq!(server.count(), 2);
        let _ = server.asked(&gate, Err(Error::Refused)).await;
        assert_eq!(gate.shut_for(), Some(MINUTE), "after a good one it begins anew");
        gate.open();
        assert_eq!(server.asked(&gate, Ok(())).await, Ok(()), "an admin does not wait");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_connection_shuts_nothing() {
        let (gate, server) = (LoginGate::default(), Server::default());
        for _ in 0..5 {
            assert_eq!(server.asked(&gate, Err(Error::Lost)).await, Err(Error::Lost));
        }
        assert_eq!(server.count(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn twenty_who_come_together_are_one_refusal_and_three_where_it_was_good_before() {
        let (gate, server) = (LoginGate::default(), Server::default());
        let together = async |gate: &LoginGate, server: &Server| {
            futures_util::future::join_all((0..20).map(|_| server.asked(gate, Err(Error::Refused)))).await;
            server.count()
        };
        assert_eq!(together(&gate, &server).await, 1);
        gate.open();
        let _ = server.asked(&gate, Ok(())).await;
        server.count();
        assert_eq!(together(&gate, &server).await, AT_ONCE);
        assert_eq!(gate.shut_for(), Some(MINUTE), "they count once");
    }
}
