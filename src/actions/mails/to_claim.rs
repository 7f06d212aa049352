//! A mail of one word that answers whose an address is. It counts from an address that is known to be theirs only: the
//! question went nowhere else.

use super::super::{ActionError, Actions, Result};
use super::{Arrived, facts, still_waits};
use crate::domain::claim::{Claim, answer_in};
use crate::domain::ledger::{Ignored, Outcome};
use crate::domain::secret::Token;
use crate::mail::identity;
use crate::store;

impl Actions {
    pub(super) async fn sort_to_claim(&self, arrived: Arrived, claim: Claim) -> Result<()> {
        let mut tx = self.store.read().await?;
        let is_theirs = self.is_from(&mut tx, &arrived, claim.person_id).await?;
        drop(tx);
        let answer = answer_in(&arrived.mail.text.new_text)
            .filter(|_| is_theirs && !super::author::is_denied(&arrived));
        let Some((is_own, token)) = answer.zip(self.claim_token_in(&arrived).await?) else {
            return self.ignore(&arrived, Ignored::ClaimUnclear).await;
        };
        match self.decide_claim(&token, is_own).await {
            Err(ActionError::NotFound) => return self.ignore(&arrived, Ignored::ClaimUnclear).await,
            decided => decided?,
        }
        self.store
            .write(async move |tx| {
                if still_waits(tx, arrived.id).await? {
                    store::ledger::set_facts(tx, arrived.id, &facts(&arrived, None)).await?;
                    store::ledger::set_outcome(tx, arrived.id, &Outcome::Claim { accepted: is_own }).await?;
                }
                Ok(())
            })
            .await
    }

    /// The token in the mail's addresses that the question had.
    async fn claim_token_in(&self, arrived: &Arrived) -> Result<Option<Token>> {
        let mut tx = self.store.read().await?;
        for token in identity::addressed_tokens(&arrived.mail, &self.settings.mail) {
            if store::claims::find_by_tokens(&mut tx, &[token.digest()]).await?.is_some() {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }
}
