//! The section "Notices" of one's own settings.

use axum::extract::{Form, State};
use axum::response::Redirect;
use serde::Deserialize;

use super::error::WebResult;
use super::sessions::device_of;
use super::state::WebState;
use super::visit::Member;
use crate::actions::{ActionError, Problem};
use crate::domain::ids::SubscriptionId;
use crate::domain::notices::{ClockTime, NoticeSettings, QuietHours};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;

/// What the section shows.
#[derive(Clone, Debug)]
pub struct NoticesSection {
    /// For the browser's push service; `None` if the admin wants no notices.
    pub key: Option<String>,
    pub devices: Vec<DeviceRow>,
    pub settings: NoticeSettings,
}

/// A browser that takes notices.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    pub id: SubscriptionId,
    /// Such as "Firefox, Windows".
    pub device: String,
    pub since: Timestamp,
    pub current: bool,
}

impl NoticesSection {
    /// For this visitor.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(state: &WebState, member: &Member) -> WebResult<Self> {
        let unknown = member.visit.texts().get("unknown-device").into_owned();
        let devices = state.actions.list_devices(&member.viewer).await?;
        let row = |device: crate::actions::push::Device| DeviceRow {
            id: device.id,
            device: device_of(&device.user_agent).unwrap_or_else(|| unknown.clone()),
            since: device.created_at,
            current: device.session_id == member.viewer.session_id,
        };
        Ok(Self {
            key: state.actions.push_key(),
            devices: devices.into_iter().map(row).collect(),
            settings: state.actions.get_notice_settings(&member.viewer).await?,
        })
    }

    /// Whether this very browser is one of them.
    pub fn is_on_here(&self) -> bool {
        self.devices.iter().any(|row| row.current)
    }
}

/// Two times of day and a zone, as forms send them.
#[derive(Debug, Deserialize)]
pub struct HoursFields {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    zone: String,
}

#[derive(Debug, Deserialize)]
pub struct NoticesForm {
    /// Only there when ticked.
    quiet: Option<String>,
    #[serde(flatten)]
    hours: HoursFields,
    quiet_mails: Option<String>,
    contents: Option<String>,
}

impl HoursFields {
    /// `None` for what is left out.
    pub fn read(&self) -> Result<(Option<QuietHours>, Option<Zone>), ActionError> {
        let Self { from, until, zone } = self;
        let zone = Some(zone.trim()).filter(|name| !name.is_empty()).map(str::parse::<Zone>).transpose();
        let zone = zone.map_err(|_| ActionError::Invalid { field: "zone", problem: Problem::NoZone })?;
        if from.trim().is_empty() && until.trim().is_empty() {
            return Ok((None, zone));
        }
        let wrong = |field| ActionError::Invalid { field, problem: Problem::NoTime };
        let time = |field, text: &str| text.trim().parse::<ClockTime>().map_err(|_| wrong(field));
        let hours = QuietHours { from: time("from", from)?, until: time("until", until)? };
        // A whole day has no end at which anything could come.
        if hours.from == hours.until { Err(wrong("until")) } else { Ok((Some(hours), zone)) }
    }
}

impl NoticesForm {
    fn parse(&self) -> Result<NoticeSettings, ActionError> {
        let (times, zone) = self.hours.read()?;
        Ok(NoticeSettings {
            // Whoever wants no mails in these hours wants no notices either.
            quiet: times.filter(|_| self.quiet.is_some() || self.quiet_mails.is_some()),
            quiet_mails: self.quiet_mails.is_some(),
            zone,
            shows_contents: self.contents.is_some(),
        })
    }
}

/// POST /settings/notices
pub async fn set(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<NoticesForm>,
) -> WebResult<Redirect> {
    state.actions.set_notice_settings(&member.viewer, form.parse()?).await?;
    Ok(Redirect::to("/settings?saved=notices#notices"))
}
