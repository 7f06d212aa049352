//! The parts of a URL. One that cannot be what it stands for, such as `/groups/1`, names nothing: it is not there, as
//! everything else that is not there.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::{Failure, Trouble};

/// As axum's own, whose refusal would tell a form from a thing.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Failure;

    #[expect(clippy::disallowed_types, reason = "the one place that reads the parts of a URL")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(found)) => Ok(Self(found)),
            Err(_) => Err(Trouble::NotFound.into()),
        }
    }
}
