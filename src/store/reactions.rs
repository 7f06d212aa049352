//! The table of reactions.

use super::{
    Result, Tx,
    tx::{affected, on},
};
use crate::domain::ids::MessageId;

/// Takes all reactions from a message.
pub async fn remove_all(tx: &mut Tx, message: MessageId) -> Result<()> {
    on!(tx, conn => sqlx::query("DELETE FROM reactions WHERE message_id = $1")
        .bind(message).execute(conn).await.map(affected))?;
    Ok(())
}
