//! The options that are PEM.

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use super::{super::address::AddressError, Tls};

pub(super) fn own_certificate(
    tls: &Tls,
) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>, AddressError> {
    match (&tls.cert, &tls.key) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(AddressError::new("TLS: there is a `cert`, but no `key`")),
        (None, Some(_)) => Err(AddressError::new("TLS: there is a `key`, but no `cert`")),
        (Some(cert), Some(key)) => Ok(Some((certificates(cert, "cert")?, private_key(key)?))),
    }
}

/// The crate that reads PEM finds no certificate in garbage without calling it an error.
pub(super) fn certificates(pem: &str, option: &str) -> Result<Vec<CertificateDer<'static>>, AddressError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(AddressError::new(format!(
            "TLS: there is no certificate in `{option}`: expected PEM, -----BEGIN CERTIFICATE-----"
        ))),
        Err(error) => Err(AddressError::new(format!("TLS: `{option}` is not valid PEM: {error}"))),
    }
}

fn private_key(pem: &str) -> Result<PrivateKeyDer<'static>, AddressError> {
    // PKCS #8 says it in its label, OpenSSL's older form in a header.
    if pem.contains("ENCRYPTED") {
        return Err(AddressError::new("TLS: `key` is encrypted: a key with a passphrase is not supported"));
    }
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
        AddressError::new("TLS: there is no private key in `key`: expected PEM, -----BEGIN PRIVATE KEY-----")
    })
}
