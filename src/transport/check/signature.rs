//! Whether receivers find the key of our signature.

use std::net::SocketAddr;

use super::{Outcome, Steps};
use crate::mail::dkim::Signer;
use crate::transport::dns::Dns;

pub(super) async fn check(steps: &mut Steps<'_>, signer: &Signer, servers: &[SocketAddr]) {
    let (name, record) = (signer.record_name(), signer.record());
    let what = steps.texts.with("check-dkim", &[("name", name.as_str())]).into_owned();
    let advice = |key| steps.texts.with(key, &[("record", record.as_str())]).into_owned();
    let found = match Dns::asking(servers) {
        Ok(dns) => dns.txt(&name).await,
        Err(error) => Err(error.to_string()),
    };
    match found {
        Ok(Some(found)) if signer.is_in(&found) => steps.ok(what, String::new()),
        Ok(Some(found)) => {
            let seen = steps.texts.with("check-saw-dkim-other", &[("record", found.as_str())]).into_owned();
            let advice = advice("check-advice-dkim");
            steps.add(what, Outcome::Failed, seen, advice);
        }
        Ok(None) => {
            let seen = steps.texts.get("check-saw-dkim-none").into_owned();
            let advice = advice("check-advice-dkim");
            steps.add(what, Outcome::Failed, seen, advice);
        }
        Err(why) => {
            let seen = steps.texts.with("check-saw-dkim-no-dns", &[("why", why.as_str())]).into_owned();
            let advice = advice("check-advice-dkim-dns");
            steps.add(what, Outcome::Warning, seen, advice);
        }
    }
}
