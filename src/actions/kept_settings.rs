//! Settings that admins keep on pages. What they mean, and whether they can be, is known by whoever asks.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::{ActionError, Actions, Result, access};
use crate::domain::audit::{Deed, Doer};
use crate::domain::ids::PersonId;
use crate::domain::kept::{Change, Changed, Kept, Save, Told};
use crate::domain::person::Viewer;
use crate::domain::secret::ServerKey;
use crate::store::settings::{Stored, StoredChange};
use crate::store::{self, Place, Tx};

/// So many saves are shown.
const SHOWN: i64 = 100;

/// What came of saving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saving {
    /// Everything is as it was already.
    Unchanged,
    Saved,
    /// Somebody saved one of them meanwhile: what they made of it, the newest first. Nothing was saved.
    Meanwhile(Vec<Save>),
}

impl Actions {
    /// Those that are kept, and the number of the last save. Two statements.
    ///
    /// # Errors
    /// [`ActionError::Internal`] when a secret was sealed by another server's key.
    pub async fn kept_settings(&self) -> Result<(Kept, i64)> {
        let mut tx = self.store.read().await?;
        let last = store::settings::last_save(&mut tx).await?;
        Ok((opened(&self.key, store::settings::list(&mut tx).await?)?, last))
    }

    /// Keeps settings, unless one of them was changed by somebody else after the save that was `seen`.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins.
    pub async fn keep_settings(&self, viewer: &Viewer, changes: Vec<Change>, seen: i64) -> Result<Saving> {
        access::admin(viewer)?;
        let (actions, who) = (self.clone(), viewer.clone());
        let again = changes.clone();
        let saved = self.store.write(async move |tx| actions.keep_in(tx, (&who, seen), changes).await).await;
        match saved {
            // Another one saved at the same moment, on another connection of PostgreSQL.
            Err(error) if error.is_taken() => {
                let (actions, who) = (self.clone(), viewer.clone());
                self.store.write(async move |tx| actions.keep_in(tx, (&who, seen), again).await).await
            }
            other => other,
        }
    }

    async fn keep_in(
        &self,
        tx: &mut Tx,
        (viewer, seen): (&Viewer, i64),
        changes: Vec<Change>,
    ) -> Result<Saving> {
        let names: Vec<&str> = changes.iter().map(|change| change.name.as_str()).collect();
        let mut meanwhile = self.saves(tx, seen + 1).await?;
        for save in &mut meanwhile {
            save.changes.retain(|changed| names.contains(&changed.name.as_str()));
        }
        meanwhile.retain(|save| !save.changes.is_empty());
        if !meanwhile.is_empty() {
            return Ok(Saving::Meanwhile(meanwhile));
        }
        let stored = store::settings::list(tx).await?;
        let kept = opened(&self.key, stored.clone())?;
        let number = store::settings::last_save(tx).await? + 1;
        let differs = |change: &&Change| kept.0.get(&change.name) != change.text.as_ref();
        let changed: Vec<&Change> = changes.iter().filter(differs).collect();
        if changed.is_empty() {
            return Ok(Saving::Unchanged);
        }
        let doer = Doer::from(viewer);
        self.save_in(tx, (number, viewer.person_id, doer), (&stored, &changed)).await?;
        Ok(Saving::Saved)
    }

    /// Keeps what is not as it was, and notes who did it.
    pub(super) async fn save_in(
        &self,
        tx: &mut Tx,
        (number, person, doer): (i64, PersonId, Doer),
        (stored, changed): (&[Stored], &[&Change]),
    ) -> Result<()> {
        let before: BTreeMap<&str, &Stored> = stored.iter().map(|one| (one.name.as_str(), one)).collect();
        let rows: Result<Vec<StoredChange>> = changed
            .iter()
            .map(|change| {
                let text = change.text.as_deref().map(|text| self.sealed(change, text)).transpose()?;
                Ok(StoredChange {
                    save: number,
                    name: change.name.clone(),
                    sealed: change.secret,
                    before: before.get(change.name.as_str()).map(|one| one.value.clone()),
                    after: text,
                })
            })
            .collect();
        store::settings::save(tx, (number, self.clock.now(), person), &rows?).await?;
        let names = changed.iter().map(|change| change.name.clone()).collect();
        self.audit(tx, doer, None, Deed::SettingsChanged { names }).await
    }

    fn sealed(&self, change: &Change, text: &str) -> Result<String> {
        if !change.secret {
            return Ok(text.to_owned());
        }
        let nonce = self.clock.random_bytes().map_err(|error| ActionError::Internal(error.into()))?;
        let sealed = self.key.seal(&change.name, nonce, text);
        sealed.ok_or_else(|| ActionError::Internal(anyhow!("The setting {} is too long", change.name)))
    }

    /// The last 100 times that settings were saved, the newest first. Two statements.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for people who are no admins.
    pub async fn list_setting_saves(&self, viewer: &Viewer) -> Result<Vec<Save>> {
        access::admin(viewer)?;
        self.saves(&mut self.store.read().await?, 0).await
    }

    async fn saves(&self, tx: &mut Tx, from: i64) -> Result<Vec<Save>> {
        let rows = store::settings::saves(tx, from, SHOWN).await?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        let mut changes: BTreeMap<i64, Vec<Changed>> = BTreeMap::new();
        for change in store::settings::changes(tx, &numbers).await? {
            let told = |text: Option<String>| match text {
                None => Told::Nothing,
                Some(_) if change.sealed => Told::Secret,
                Some(text) => Told::Text(text),
            };
            let (before, after) = (told(change.before.clone()), told(change.after.clone()));
            let changed = Changed { name: change.name.clone(), before, after };
            changes.entry(change.save).or_default().push(changed);
        }
        let save = |row: store::settings::SaveRow| Save {
            number: row.number,
            at: row.saved_at,
            who: row.full_name,
            changes: changes.remove(&row.number).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(save).collect())
    }

    /// The changes that put back what stood there before a save. One statement.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when there was no such save, and for people who are no admins.
    pub async fn settings_before(&self, viewer: &Viewer, save: i64) -> Result<Vec<Change>> {
        access::admin(viewer)?;
        let changes = store::settings::changes(&mut self.store.read().await?, &[save]).await?;
        if changes.is_empty() {
            return Err(ActionError::NotFound);
        }
        let back = |change: StoredChange| {
            let text = match change.before {
                Some(text) if change.sealed => Some(unsealed(&self.key, &change.name, &text)?),
                other => other,
            };
            Ok(Change { name: change.name, secret: change.sealed, text })
        };
        changes.into_iter().map(back).collect()
    }
}

/// Those that are kept, before the house is opened.
///
/// # Errors
/// [`ActionError::Unavailable`] when the database can't be reached, [`ActionError::Internal`] when there are secrets and no key
/// that opens them.
pub async fn peek(place: &Place, key: Option<&ServerKey>) -> Result<Kept> {
    let stored = store::settings::peek(place).await?;
    match key {
        Some(key) => opened(key, stored),
        None if stored.iter().any(|one| one.sealed) => Err(ActionError::Internal(anyhow!(
            "There are secrets among the settings, and no key that opens them: the file server.key is missing"
        ))),
        None => Ok(Kept(stored.into_iter().map(|one| (one.name, one.value)).collect())),
    }
}

fn opened(key: &ServerKey, stored: Vec<Stored>) -> Result<Kept> {
    let open = |one: Stored| {
        let text = if one.sealed { unsealed(key, &one.name, &one.value)? } else { one.value };
        Ok((one.name, text))
    };
    stored.into_iter().map(open).collect::<Result<_>>().map(Kept)
}

fn unsealed(key: &ServerKey, name: &str, sealed: &str) -> Result<String> {
    let foreign = || {
        ActionError::Internal(anyhow!(
            "The setting {name} was encrypted with another key than the one in the file server.key"
        ))
    };
    key.unseal(name, sealed).ok_or_else(foreign)
}
