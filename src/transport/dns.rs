//! Asking the DNS, by the resolvers of this machine.

use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::proto::rr::RData;

/// The first TXT record of a name, its strings put together (RFC 6376 3.6.2.2); `None` if there is none.
///
/// # Errors
/// In words, when nobody answers.
pub async fn txt(name: &str) -> Result<Option<String>, String> {
    let builder = TokioResolver::builder_tokio().map_err(|error| error.to_string())?;
    let resolver = builder.build().map_err(|error| error.to_string())?;
    let found = match resolver.txt_lookup(format!("{name}.")).await {
        Ok(found) => found,
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let texts = found.answers().iter().filter_map(|record| match &record.data {
        RData::TXT(text) => Some(text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect()),
        _ => None,
    });
    Ok(texts.into_iter().next())
}
