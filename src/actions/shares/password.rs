//! The password of a share: only what Argon2id makes of it is kept (RFC 9106), and whoever has typed it once holds a
//! pass that ends when the password is changed.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use super::super::limits::{self, Limit};
use super::super::{ActionError, Actions, Problem, Result, access, off_thread};
use crate::domain::network::Network;
use crate::domain::person::Viewer;
use crate::domain::secret::Token;
use crate::domain::share::Share;

/// How often a password can be tried within an hour: from one network, and for one share from everywhere.
const TRIES_FROM_NETWORK: i64 = 10;
const TRIES_FOR_SHARE: i64 = 1_000;

fn too_many_tries(minutes: u64) -> ActionError {
    ActionError::invalid("password", Problem::TooOften { minutes })
}

/// What is kept of a password, as a string in PHC format.
pub(super) async fn hash(actions: &Actions, words: String) -> Result<String> {
    let length = words.chars().count();
    if length < Share::SHORTEST_PASSWORD {
        let problem = Problem::PasswordTooShort { least: Share::SHORTEST_PASSWORD };
        return Err(ActionError::invalid("password", problem));
    }
    if length > Share::LONGEST_PASSWORD {
        return Err(ActionError::invalid("password", Problem::TooLong { limit: Share::LONGEST_PASSWORD }));
    }
    let bytes: [u8; 16] = actions.clock.random_bytes().map_err(|e| ActionError::Internal(e.into()))?;
    let broken = |e: argon2::password_hash::Error| ActionError::Internal(anyhow::anyhow!("Hashing: {e}"));
    off_thread(move || {
        let salt = SaltString::encode_b64(&bytes).map_err(broken)?;
        Ok(Argon2::default().hash_password(words.as_bytes(), &salt).map_err(broken)?.to_string())
    })
    .await?
}

async fn is_right(hash: String, words: String) -> Result<bool> {
    off_thread(move || {
        let parsed =
            PasswordHash::new(&hash).map_err(|e| ActionError::Internal(anyhow::anyhow!("A hash: {e}")))?;
        Ok(Argon2::default().verify_password(words.as_bytes(), &parsed).is_ok())
    })
    .await?
}

impl Actions {
    /// Lets a reader in who knows the password of a share: the pass that their browser shows from now on.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the link opens nothing for them; [`ActionError::Invalid`] when the password is
    /// wrong, or was tried too often.
    pub async fn unlock_share(
        &self,
        link: &Token,
        reader: Option<&Viewer>,
        (words, network): (String, Network),
    ) -> Result<Token> {
        let (now, person) = (self.clock.now(), reader.map(|viewer| viewer.person_id));
        let asked = (&link.digest(), self.policy());
        let opened = access::opened_share(&mut self.store.read().await?, asked, person, now).await?;
        let hash = opened.share.password_hash.clone().ok_or(ActionError::NotFound)?;
        let share = opened.share.id.to_string();
        let tries = vec![
            Limit::new("share-password-from", &[&share, &network.as_text()], TRIES_FROM_NETWORK),
            Limit::new("share-password", &[&share], TRIES_FOR_SHARE),
        ];
        // Counted before the work, which takes long on purpose; the right one costs no try in the end, or the many readers
        // behind one address would lock each other out.
        let counted = tries.clone();
        self.store.write(async move |tx| limits::take(tx, &counted, now, too_many_tries).await).await?;
        let words: String = words.chars().take(Share::LONGEST_PASSWORD + 1).collect();
        if is_right(hash, words).await? {
            self.store.write(async move |tx| limits::give_back(tx, &tries, now).await).await?;
            self.share_pass(&opened.share).ok_or(ActionError::NotFound)
        } else {
            Err(ActionError::invalid("password", Problem::WrongPassword))
        }
    }

    /// What tells that somebody has typed the password; `None` where there is none.
    pub(super) fn share_pass(&self, share: &Share) -> Option<Token> {
        let hash = share.password_hash.as_ref()?;
        Some(Token::derived(&self.key, &format!("share-pass\n{hash}"), share.id.uuid()))
    }
}
