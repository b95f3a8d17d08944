//! Which servers are trusted.

use std::path::PathBuf;

use crate::error::{Error, ErrorKind};

/// Which certificate authorities the built-in transport trusts. There is no way to trust everyone.
///
/// ```
/// use vitable_groups::TlsRoots;
///
/// let roots = TlsRoots::Pem(b"not a certificate".to_vec());
/// # #[cfg(feature = "http")] {
/// let config = vitable_groups::HttpConfig::new().tls_roots(roots);
/// let client = vitable_groups::Client::builder().api_key("key").http(config).build();
/// assert!(client.is_err());
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsRoots {
    /// The system's (on Linux also `SSL_CERT_FILE` and `SSL_CERT_DIR`), with the bundled ones
    /// beside them, so that a machine without a store works too.
    #[default]
    System,
    /// Mozilla's list as it was when this version was made.
    Bundled,
    /// Only the certificates of this PEM text.
    Pem(Vec<u8>),
    /// The certificates of a PEM file, beside the system's.
    SystemAndPem(PathBuf),
}

impl std::fmt::Debug for TlsRoots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::Bundled => f.write_str("Bundled"),
            Self::Pem(pem) => write!(f, "Pem({} bytes)", pem.len()),
            Self::SystemAndPem(path) => write!(f, "SystemAndPem({})", path.display()),
        }
    }
}

impl TlsRoots {
    /// Reads given certificates early, so that a mistake shows when the client is built.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.given().map(drop)
    }

    /// The text of the certificates that the caller gave.
    fn pem(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(match self {
            Self::System | Self::Bundled => None,
            Self::Pem(pem) => Some(pem.clone()),
            Self::SystemAndPem(path) => Some(std::fs::read(path).map_err(|error| {
                let message = format!("the CA file {} cannot be read", path.display());
                Error::new(ErrorKind::Configuration, message).with_source(error)
            })?),
        })
    }

    fn given(&self) -> Result<Vec<reqwest::Certificate>, Error> {
        let wrong = |what: &str| Error::new(ErrorKind::Configuration, what.to_owned());
        let Some(pem) = self.pem()? else { return Ok(Vec::new()) };
        let certificates = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| wrong("the CA text is not PEM").with_source(error))?;
        if certificates.is_empty() {
            return Err(wrong("the CA text holds no certificate (PEM, BEGIN CERTIFICATE)"));
        }
        Ok(certificates)
    }
}

pub(super) fn apply(
    builder: reqwest::ClientBuilder,
    roots: &TlsRoots,
) -> Result<reqwest::ClientBuilder, Error> {
    // An error only means that the process has a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let given = roots.given()?;
    Ok(match roots {
        TlsRoots::Bundled => builder.tls_certs_only(bundled()),
        TlsRoots::Pem(_) => builder.tls_certs_only(given),
        // Android's verifier cannot merge and needs a set-up over JNI.
        TlsRoots::System | TlsRoots::SystemAndPem(_) if cfg!(target_os = "android") => {
            builder.tls_certs_only(bundled().chain(given))
        }
        TlsRoots::System | TlsRoots::SystemAndPem(_) => {
            builder.tls_certs_merge(bundled().chain(given))
        }
    })
}

fn bundled() -> impl Iterator<Item = reqwest::Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| reqwest::Certificate::from_der(der).ok())
}

/// What reqwest makes of the same roots.
#[cfg(unix)]
pub(super) fn client_config(
    roots: &TlsRoots,
) -> Result<std::sync::Arc<rustls::ClientConfig>, Error> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let wrong = |what: &'static str| {
        move |error: rustls::Error| Error::new(ErrorKind::Configuration, what).with_source(error)
    };
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let given: Vec<CertificateDer<'static>> = roots
        .pem()?
        .map(|pem| CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect())
        .unwrap_or_default();
    let bundled = || webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
    let builder = rustls::ClientConfig::builder_with_provider(std::sync::Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(wrong("TLS cannot be set up"))?;
    let only = |certificates: Vec<CertificateDer<'static>>| {
        let mut store = rustls::RootCertStore::empty();
        store.add_parsable_certificates(certificates);
        store
    };
    let mut config = match roots {
        TlsRoots::Bundled => builder.with_root_certificates(only(bundled().collect())),
        TlsRoots::Pem(_) => builder.with_root_certificates(only(given)),
        TlsRoots::System | TlsRoots::SystemAndPem(_) if cfg!(target_os = "android") => {
            builder.with_root_certificates(only(bundled().chain(given).collect()))
        }
        TlsRoots::System | TlsRoots::SystemAndPem(_) => {
            let extra = bundled().chain(given);
            let verifier =
                rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
                    .map_err(wrong("the system's certificates cannot be read"))?;
            let verifier = std::sync::Arc::new(verifier);
            builder.dangerous().with_custom_certificate_verifier(verifier)
        }
    }
    .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(std::sync::Arc::new(config))
}
