//! Whom to trust: the system's certificate authorities, and one more file of them.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::connect::ConnectError;

/// TLS 1.2 and 1.3 with certificates checked. The provider is named here, so that nothing global has to be set.
pub(super) fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, ConnectError> {
    let mut roots = RootCertStore::empty();
    // One unreadable certificate on the system must not stop the others; without any, the handshake says so.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        add_file(&mut roots, path)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Handshake { why: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), ConnectError> {
    let problem = |why: String| ConnectError::CaFile { path: path.to_owned(), why };
    let mut found = 0;
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| problem(error.to_string()))? {
        let certificate = certificate.map_err(|error| problem(error.to_string()))?;
        roots.add(certificate).map_err(|error| problem(error.to_string()))?;
        found += 1;
    }
    if found == 0 {
        return Err(problem("it holds no certificate in PEM form".to_owned()));
    }
    Ok(())
}
