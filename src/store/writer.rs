//! The one thread that writes.
//!
//! Writes are `async` closures that borrow their transaction. They run on a thread of their own, so that a caller that
//! goes away drops only its waiting, never the work. On SQLite there is one connection that may write: closures that
//! wait together share one transaction and one fsync, each inside a savepoint. PostgreSQL runs them side by side.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgPool, SqliteConnection};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::StoreError;
use super::tx::{Inner, PostgresHandle, SqliteHandle, Tx};

/// How many closures share a commit at the most.
const BATCH: usize = 64;
/// How many closures may wait before callers wait for room.
const WAITING: usize = 1024;
/// How many transactions run side by side on PostgreSQL.
const SIDE_BY_SIDE: u32 = 8;

/// The way to the writing thread. Cheap to clone; the thread ends when the last one is dropped.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Work>,
}

/// One closure, its types forgotten.
type Work = Box<dyn for<'a> FnOnce(&'a mut Tx) -> LocalBoxFuture<'a, Done> + Send>;

/// What a closure came to: whether its changes stay, and how to tell its caller once that is sure.
struct Done {
    keep: bool,
    tell: Box<dyn FnOnce(Option<StoreError>)>,
}

/// What the writing thread connects to.
pub(super) enum Target {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

impl Writer {
    /// Starts the writing thread and waits until it is connected.
    pub(super) async fn start(target: Target, statements: Arc<AtomicU64>) -> super::Result<Self> {
        let (queue, inbox) = mpsc::channel(WAITING);
        let (ready, started) = oneshot::channel();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || thread(target, statements, inbox, ready))
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        started.await.map_err(|_| gone())??;
        Ok(Self { queue })
    }

    pub(super) async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |tx| {
            async move {
                let result = work(tx).await;
                Done { keep: result.is_ok(), tell: Box::new(move |failed| tell(answer, result, failed)) }
            }
            .boxed_local()
        });
        self.queue.send(work).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

fn tell<T, E: From<StoreError>>(
    answer: oneshot::Sender<Result<T, E>>,
    result: Result<T, E>,
    failed: Option<StoreError>,
) {
    let result = match failed {
        Some(error) => Err(E::from(error)),
        None => result,
    };
    // A caller that has gone wants no answer; its work is done all the same.
    drop(answer.send(result));
}

fn gone() -> StoreError {
    StoreError::Unavailable("the writing thread has ended".to_owned())
}

fn thread(
    target: Target,
    statements: Arc<AtomicU64>,
    inbox: mpsc::Receiver<Work>,
    ready: oneshot::Sender<super::Result<()>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return drop(ready.send(Err(StoreError::Unavailable(e.to_string())))),
    };
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        match target {
            Target::Sqlite(options) => match options.connect().await {
                Ok(connection) => {
                    drop(ready.send(Ok(())));
                    one_by_one(Tx::writing_sqlite(connection, statements), inbox).await;
                }
                Err(e) => drop(ready.send(Err(e.into()))),
            },
            Target::Postgres(options) => {
                let pool = PgPoolOptions::new().max_connections(SIDE_BY_SIDE).connect_with(options).await;
                match pool {
                    Ok(pool) => {
                        drop(ready.send(Ok(())));
                        side_by_side(pool, statements, inbox).await;
                    }
                    Err(e) => drop(ready.send(Err(e.into()))),
                }
            }
        }
    });
}

/// SQLite: what waits together is written together.
async fn one_by_one(mut tx: Tx, mut inbox: mpsc::Receiver<Work>) {
    let mut batch = Vec::with_capacity(BATCH);
    while inbox.recv_many(&mut batch, BATCH).await > 0 {
        let mut done = Vec::with_capacity(batch.len());
        let mut failed = exec(&mut tx, "BEGIN IMMEDIATE; SAVEPOINT one").await.err();
        for work in batch.drain(..) {
            // Without a transaction nothing is run; dropping the work tells its caller.
            if failed.is_none() {
                match in_savepoint(&mut tx, work).await {
                    Ok(one) => done.extend(one),
                    Err(e) => failed = Some(e),
                }
            }
        }
        if failed.is_none() {
            failed = exec(&mut tx, "COMMIT").await.err();
        }
        if let Some(error) = &failed {
            tracing::error!(error = %error, "A commit failed; its writes are undone.");
            drop(exec(&mut tx, "ROLLBACK").await);
        }
        for one in done {
            (one.tell)(failed.as_ref().map(|e| StoreError::Unavailable(e.to_string())));
        }
    }
    if let Inner::Sqlite(SqliteHandle::Writing(connection)) = tx.inner {
        drop(connection.close().await);
    }
}

/// Runs one closure; an error or a panic in it undoes only its own changes. `None` after a panic. Begins in a savepoint,
/// and leaves one behind for the next: what is sent together costs one change of threads.
async fn in_savepoint(tx: &mut Tx, work: Work) -> super::Result<Option<Done>> {
    let done = caught(work(tx)).await;
    if done.as_ref().is_some_and(|d| d.keep) {
        exec(tx, "RELEASE one; SAVEPOINT one").await?;
    } else {
        // The savepoint itself stays.
        exec(tx, "ROLLBACK TO one").await?;
    }
    Ok(done)
}

async fn exec(tx: &mut Tx, statement: &'static str) -> super::Result<()> {
    let Inner::Sqlite(handle) = &mut tx.inner else { return Ok(()) };
    let connection: &mut SqliteConnection = handle.connection();
    sqlx::raw_sql(statement).execute(connection).await?;
    Ok(())
}

/// PostgreSQL: a transaction for each closure, some at a time.
async fn side_by_side(pool: PgPool, statements: Arc<AtomicU64>, mut inbox: mpsc::Receiver<Work>) {
    let room = Arc::new(Semaphore::new(SIDE_BY_SIDE as usize));
    while let Some(work) = inbox.recv().await {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        let (pool, statements) = (pool.clone(), statements.clone());
        tokio::task::spawn_local(async move {
            let _permit = permit;
            in_transaction(&pool, statements, work).await;
        });
    }
    // What was begun is finished before the thread ends.
    drop(room.acquire_many(SIDE_BY_SIDE).await);
}

async fn in_transaction(pool: &PgPool, statements: Arc<AtomicU64>, work: Work) {
    let mut tx = match pool.begin().await {
        Ok(tx) => Tx::writing_postgres(tx, statements),
        // Dropping the work tells its caller.
        Err(e) => return tracing::error!(error = %e, "A transaction could not begin."),
    };
    let Some(done) = caught(work(&mut tx)).await else { return };
    let Inner::Postgres(PostgresHandle::Writing(tx)) = tx.inner else { return };
    let ended = if done.keep { tx.commit().await } else { tx.rollback().await };
    (done.tell)(ended.err().map(StoreError::from));
}

/// The outcome, or `None` if the closure panicked (a defect: it is logged, and its caller hears of a lost writer).
async fn caught(work: LocalBoxFuture<'_, Done>) -> Option<Done> {
    let outcome: Result<Done, Box<dyn Any + Send>> = AssertUnwindSafe(work).catch_unwind().await;
    if outcome.is_err() {
        tracing::error!("A write panicked; its changes are undone.");
    }
    outcome.ok()
}
