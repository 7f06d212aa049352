//! Ids: one UUID type that knows what it names, so a group's id can't be taken for a draft's.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};
use uuid::Uuid;

/// The id of a `T`: a UUID (v7, RFC 9562) stored as `BLOB` in SQLite and as `UUID` in PostgreSQL.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// The UUID itself.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// The same UUID as the id of something else; for the rare id that is shared on purpose.
    pub fn cast<U>(self) -> Id<U> {
        Id::from(self.0)
    }
}

impl<T> From<Uuid> for Id<T> {
    fn from(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
}

impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::from)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from)
    }
}

impl<T, DB: Database> Type<DB> for Id<T>
where
    Uuid: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        Uuid::type_info()
    }
    fn compatible(ty: &DB::TypeInfo) -> bool {
        Uuid::compatible(ty)
    }
}
impl<'q, T, DB: Database> Encode<'q, DB> for Id<T>
where
    Uuid: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(buffer)
    }
}
impl<'r, T, DB: Database> Decode<'r, DB> for Id<T>
where
    Uuid: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Uuid::decode(value).map(Self::from)
    }
}

pub type PersonId = Id<super::person::Person>;
pub type ProviderVisitId = Id<super::identity::ProviderVisit>;
pub type SessionId = Id<super::person::Session>;
pub type ThreadId = Id<super::thread::Thread>;
pub type MailId = Id<super::ledger::MailEntry>;
pub type DeliveryId = Id<super::ledger::Delivery>;
pub type StepId = Id<super::ledger_step::StepAt>;
pub type DraftId = Id<super::draft::Draft>;
pub type GroupId = Id<super::group::Group>;
pub type MemberId = Id<super::group::Member>;
pub type MessageId = Id<super::message::Message>;
pub type MarkId = Id<super::mark::Mark>;
pub type TagId = Id<super::tag::Tag>;
pub type ShareReceiverId = Id<super::share_receiver::ShareReceiver>;
pub type ShareAnswerId = Id<super::share_receiver::ShareAnswer>;
pub type ShareId = Id<super::share::Share>;
pub type AlertId = Id<super::health::Alert>;
pub type AuditId = Id<super::audit::AuditLine>;
pub type SavedViewId = Id<super::saved_view::SavedView>;
pub type FileId = Id<super::file::File>;
pub type UploadId = Id<super::file::Upload>;
pub type AskId = Id<super::ask::Ask>;
pub type SubscriptionId = Id<super::push::Subscription>;
pub type ClaimId = Id<super::claim::Claim>;
pub type ExportId = Id<super::export::Export>;
/// Of a file of people that waits to be taken.
pub type ImportId = Id<super::person::Entry>;
pub type ListId = Id<super::people_set::SourceList>;
pub type SyncId = Id<super::directory_sync::Sync>;
pub type JobId = Id<super::job::Job>;
/// Given by the browser that writes a message, so that sending it twice stores it once.
pub type ClientMessageId = Id<super::message::ClientMessage>;
