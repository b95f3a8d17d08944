//! The TLS configuration of inline and pooled connections.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::{Error, ErrorKind};

/// The certificate authorities that the built-in transport trusts. Verification cannot be
/// disabled.
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
    /// The system's (on Linux also `SSL_CERT_FILE` and `SSL_CERT_DIR`) and the bundled ones, so that
    /// a machine without a certificate store works too.
    #[default]
    System,
    /// Mozilla's list as of this version's release.
    Bundled,
    /// Only the certificates of this PEM text.
    Pem(Vec<u8>),
    /// The certificates of a PEM file, in addition to the system's.
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
    /// The caller's certificates.
    fn given(&self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let pem = match self {
            Self::System | Self::Bundled => return Ok(Vec::new()),
            Self::Pem(pem) => pem.clone(),
            Self::SystemAndPem(path) => std::fs::read(path).map_err(|error| {
                let message = format!("the CA file {} cannot be read", path.display());
                Error::new(ErrorKind::Configuration, message).with_source(error)
            })?,
        };
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let certificates = certificates.map_err(wrong("the CA text is not PEM"))?;
        if certificates.is_empty() {
            let message = "the CA text holds no certificate (PEM, BEGIN CERTIFICATE)";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        Ok(certificates)
    }
}

/// Builds the TLS configuration when the first connection needs it.
pub(super) struct Tls {
    roots: TlsRoots,
    config: OnceLock<ClientConfig>,
}

impl Tls {
    /// Checks the caller's certificates at once, so that a client with invalid ones cannot be built.
    pub(super) fn new(roots: TlsRoots) -> Result<Self, Error> {
        roots.given()?;
        Ok(Self { roots, config: OnceLock::new() })
    }

    /// The configuration that offers these protocols (ALPN).
    pub(super) fn config(&self, protocols: &[&[u8]]) -> Result<Arc<ClientConfig>, Error> {
        if self.config.get().is_none() {
            let _ = self.config.set(build(&self.roots)?);
        }
        let Some(config) = self.config.get() else {
            return Err(Error::new(ErrorKind::Internal, "TLS was not set up"));
        };
        let mut config = config.clone();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(Arc::new(config))
    }
}

fn wrong<E: std::error::Error + Send + Sync + 'static>(
    what: &'static str,
) -> impl FnOnce(E) -> Error {
    move |error| Error::new(ErrorKind::Configuration, what).with_source(error)
}

/// The rustls provider that the program installed (aws-lc-rs, FIPS), else ring. It is never installed
/// here: the provider of a process is the program's choice.
fn provider() -> Option<Arc<CryptoProvider>> {
    let provider = CryptoProvider::get_default().map(Arc::clone);
    #[cfg(feature = "ring")]
    let provider = provider.or_else(|| Some(Arc::new(rustls::crypto::ring::default_provider())));
    provider
}

fn build(roots: &TlsRoots) -> Result<ClientConfig, Error> {
    let provider = provider().ok_or_else(|| {
        let message =
            "there is no rustls crypto provider: install one in main, or enable the feature `ring`";
        Error::new(ErrorKind::Configuration, message)
    })?;
    let given = roots.given()?;
    let bundled = || webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(wrong("TLS cannot be set up"))?;
    let only = |certificates: Vec<CertificateDer<'static>>| {
        let mut store = rustls::RootCertStore::empty();
        store.add_parsable_certificates(certificates);
        store
    };
    let builder = match roots {
        TlsRoots::Bundled => builder.with_root_certificates(only(bundled().collect())),
        TlsRoots::Pem(_) => builder.with_root_certificates(only(given)),
        // Android's verifier cannot merge, and needs a set-up over JNI.
        TlsRoots::System | TlsRoots::SystemAndPem(_) if cfg!(target_os = "android") => {
            builder.with_root_certificates(only(bundled().chain(given).collect()))
        }
        TlsRoots::System | TlsRoots::SystemAndPem(_) => {
            let extra = bundled().chain(given);
            let verifier =
                rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
                    .map_err(wrong("the system's certificates cannot be read"))?;
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
    };
    Ok(builder.with_no_client_auth())
}
