//! The house goes by new settings without a break: pages are served by a new router at once, and the workers are exchanged.

use anyhow::{Context, Result};
use axum::Router;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{MailWays, Settled, mail_ways};
use crate::actions::Actions;
use crate::config::renewal::Asked;
use crate::web::routes::router;
use crate::web::state::WebState;
use crate::workers::Workers;

/// What changes with the settings.
pub(super) struct Running {
    pub state: WebState,
    pub ways: MailWays,
    pub doors: watch::Sender<Router>,
}

impl Running {
    /// Works until the house is to stop, and takes new settings whenever it is asked to.
    pub async fn keep(mut self, mut asked: Asked, stop: CancellationToken) {
        let mut workers = self.workers();
        loop {
            let renewal = tokio::select! {
                () = stop.cancelled() => break,
                renewal = asked.recv() => renewal,
            };
            let Some(answer) = renewal else { break };
            let taken = self.renew().await;
            if let Err(error) = &taken {
                tracing::error!(
                    error = format!("{error:#}"),
                    "New settings could not be taken; the old ones stay."
                );
            }
            let is_taken = taken.is_ok();
            // Whoever asked may have gone.
            let _ = answer.send(taken.map_err(|error| format!("{error:#}")));
            if is_taken {
                tracing::info!("The settings were changed.");
                workers.stop().await;
                workers = self.workers();
            }
        }
        workers.stop().await;
    }

    fn workers(&self) -> Workers {
        let MailWays { sources, outlet, .. } = self.ways.clone();
        Workers::start(&self.state.actions, sources, outlet)
    }

    async fn renew(&mut self) -> Result<()> {
        let Some(desk) = &self.state.settings else { return Ok(()) };
        let actions = &self.state.actions;
        let (kept, _) = actions.kept_settings().await.context("Reading the settings")?;
        let config = desk.origin.config(&kept)?;
        let settled = Settled::of(&config, &actions.clock)?;
        actions.look_after(config.oauth.as_ref());
        if !self.ways.fixed {
            self.ways = mail_ways(&config, &actions.clock).await?;
        }
        self.state.actions = Actions {
            settings: settled.settings,
            signatures: settled.signatures,
            providers: settled.providers,
            passwords: settled.passwords,
            archive: settled.archive,
            mailboxes: settled.mailboxes,
            directories: settled.directories,
            ..actions.clone()
        };
        let before = self.doors.send_replace(router(self.state.clone()));
        drop(before);
        Ok(())
    }
}
