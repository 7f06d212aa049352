//! A first start: nothing of a mail account is known yet, and whoever has the link from the terminal tells it on a page.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{App, Entrance, House, mail_ways, open_actions};
use crate::actions::set_up as first;
use crate::clock::Clock;
use crate::config::set_up::{Asked, Bare, Begun, SetUp, SetUps};
use crate::config::{ConfigError, Origin, folders};
use crate::domain::kept::Kept;
use crate::domain::secret::Token;
use crate::web::set_up::{SetUpState, router};

/// A program that waits to be set up.
#[derive(Debug)]
pub struct Waiting {
    /// Where it is set up, by whoever knows this.
    pub link: String,
    pub address: SocketAddr,
    entrance: Entrance,
    origin: Origin,
    asked: mpsc::Receiver<Asked>,
}

/// What there is instead of a configuration, if this is a first start: nothing is said of mail, nothing is kept, and nobody is
/// known.
///
/// # Errors
/// When the database can't be looked into.
pub async fn first_start(origin: &Origin, kept: &Kept, error: &ConfigError) -> Result<Option<Bare>> {
    let Some(bare) = origin.bare(error).filter(|_| kept.0.is_empty()) else { return Ok(None) };
    Ok(first::is_untouched(&bare.place).await?.then_some(bare))
}

impl Waiting {
    /// Serves the page.
    ///
    /// # Errors
    /// When the folder of data can't be made: better now than when all is typed.
    pub fn open(origin: Origin, bare: &Bare, clock: &Clock, listener: TcpListener) -> Result<Self> {
        folders::make_all(&bare.server.data, &bare.place)?;
        let token = Token::from_random(clock.random_bytes()?);
        let (asks, asked) = SetUps::channel();
        let state = SetUpState::new(origin.clone(), bare.server.clone(), (&token, asks), clock.clone());
        let entrance = Entrance::open(listener, router(state))?;
        let link = format!("http://{}/set-up/{}", reachable(entrance.address), token.reveal());
        Ok(Self { link, address: entrance.address, entrance, origin, asked })
    }

    /// Ends with a running house, as soon as somebody has set it up. What does not work is answered, and waited on.
    pub async fn wait(mut self, clock: &Clock) -> Result<App> {
        loop {
            let (set_up, answer) = self.asked.recv().await.context("Nobody can set this up any more")?;
            match begin(set_up, &self.origin, clock).await {
                Ok(Some((house, link))) => {
                    let app = App::start_at(self.entrance, house);
                    // Whoever asked may have gone; `mailmoot admin` makes another link.
                    let _ = answer.send(Begun::Runs { link });
                    return Ok(app);
                }
                Ok(None) => drop(answer.send(Begun::Already)),
                Err(error) => {
                    let why = format!("{error:#}");
                    tracing::error!(error = why, "mailmoot could not be set up.");
                    let _ = answer.send(Begun::Failed { why });
                }
            }
        }
    }
}

async fn begin(set_up: SetUp, origin: &Origin, clock: &Clock) -> Result<Option<(House, String)>> {
    let SetUp { config, changes, admin } = set_up;
    let actions = open_actions(&config, clock.clone()).await?;
    let ways = mail_ways(&config, clock).await?;
    let link = actions.set_up(changes, admin).await?;
    Ok(link.map(|link| (House { origin: origin.clone(), actions, ways, desk: None }, link)))
}

/// An address by which this machine's own browser gets there.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
