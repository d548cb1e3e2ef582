//! TLS for the client: rustls on ring, with the system's trusted roots, or bundled ones where the system has none.

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// The TLS of every connection; HTTP/2 is offered.
pub(crate) fn client_config() -> Result<ClientConfig, rustls::Error> {
    let provider = ring::default_provider();
    // Others in the process may ask for the default; the first one installed stays.
    _ = provider.clone().install_default();
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    let mut store = RootCertStore::empty();
    let (usable, _) = store.add_parsable_certificates(found.certs);
    if usable == 0 {
        tracing::debug!(errors = found.errors.len(), "no system certificates found; using the bundled ones");
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    store
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_always_trusted_roots() {
        assert!(roots().len() > 20);
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 20);
    }
}
