//! Reads the options that are PEM.

use std::sync::Arc;

use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::{
    super::{error::ConfigError, options::TlsOptions},
    certificate::Certificate,
};

/// The client's certificate and its key. rustls's `with_client_auth_cert` does not accept certificates of version 1,
/// which Redis's own `gen-test-certs.sh` makes.
pub(super) fn own_certificate(
    tls: &TlsOptions,
    provider: &CryptoProvider,
) -> Result<Option<Arc<SingleCertAndKey>>, ConfigError> {
    let (cert, key) = match (&tls.cert, &tls.key) {
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(ConfigError::new("TLS: there is a `cert`, but no `key`")),
        (None, Some(_)) => return Err(ConfigError::new("TLS: there is a `key`, but no `cert`")),
        (Some(cert), Some(key)) => (certificates(cert, "cert")?, private_key(key)?),
    };
    let key = provider.key_provider.load_private_key(key).map_err(|_| {
        ConfigError::new(
            "TLS: `key` is not supported: use RSA from 2048 bits, ECDSA P-256 and P-384, and Ed25519",
        )
    })?;
    let of_cert = cert.first().and_then(|der| Certificate::read(der)).map(|own| own.public_key);
    let of_cert = of_cert.ok_or_else(|| ConfigError::new("TLS: the certificate in `cert` cannot be read"))?;
    if key.public_key().is_some_and(|of_key| *of_key != *of_cert) {
        return Err(ConfigError::new("TLS: `cert` and `key` do not go together"));
    }
    Ok(Some(Arc::new(CertifiedKey::new(cert, key).into())))
}

/// Without a certificate in the text it is an error here. The crate that reads PEM returns an empty list then.
pub(super) fn certificates(pem: &str, option: &str) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(ConfigError::new(format!(
            "TLS: there is no certificate in `{option}`: expected PEM, -----BEGIN CERTIFICATE-----"
        ))),
        Err(error) => Err(ConfigError::new(format!("TLS: `{option}` is not valid PEM: {error}"))),
    }
}

fn private_key(pem: &str) -> Result<PrivateKeyDer<'static>, ConfigError> {
    // PKCS #8 says it in its label, OpenSSL's older form in a header.
    if pem.contains("ENCRYPTED") {
        return Err(ConfigError::new("TLS: `key` is encrypted: a key with a passphrase is not supported"));
    }
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
        ConfigError::new("TLS: there is no private key in `key`: expected PEM, -----BEGIN PRIVATE KEY-----")
    })
}
