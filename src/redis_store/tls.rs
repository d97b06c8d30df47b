//! Whom a `rediss:` connection trusts, and who it says it is.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};

use super::{
    address::AddressError,
    fingerprint::{Fields, Fingerprint},
};

/// Options of a TLS connection, named as Node's `tls.connect` names them. There is no `Debug`: a key may be among them.
#[derive(Clone)]
pub struct Tls {
    /// Authorities to trust, as PEM. Without any, no server is trusted: the addon carries no list of its own, which would
    /// be another one than that of the Node it runs in.
    pub ca: Option<String>,
    /// Our own certificate and those that lead to its authority, as PEM. Needs `key`.
    pub cert: Option<String>,
    /// The key of `cert`, as PEM without a passphrase.
    pub key: Option<String>,
    /// The name to ask for and to expect in the certificate, where that is not the host.
    pub servername: Option<String>,
    /// `false` trusts every server, and so protects from nobody who can stand between.
    pub reject_unauthorized: bool,
}

impl Default for Tls {
    fn default() -> Self {
        Self { ca: None, cert: None, key: None, servername: None, reject_unauthorized: true }
    }
}

/// [`Tls`], checked and ready.
#[derive(Clone)]
pub(super) struct ClientTls {
    pub(super) config: Arc<ClientConfig>,
    pub(super) server_name: ServerName<'static>,
    /// Whether the name is that of the host, and so another one for another host.
    follows_host: bool,
    /// Of the options as they were given, without the host's name.
    pub(super) fingerprint: Fingerprint,
}

impl ClientTls {
    pub(super) fn new(tls: &Tls, host: &str) -> Result<Self, AddressError> {
        let given = tls.servername.as_deref().filter(|name| !name.is_empty());
        let server_name = server_name(given.unwrap_or(host))?;
        // Our own provider and not the process's default: nothing global is set by a library in somebody's Node.
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| AddressError::new(format!("TLS: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier(tls, provider)?);
        let config = match own_certificate(tls)? {
            Some((chain, key)) => config.with_client_auth_cert(chain, key).map_err(|error| {
                AddressError::new(format!("TLS: `cert` and `key` do not go together: {error}"))
            })?,
            None => config.with_no_client_auth(),
        };
        Ok(Self {
            config: Arc::new(config),
            server_name,
            follows_host: given.is_none(),
            fingerprint: fingerprint(tls),
        })
    }

    /// The same for another host.
    pub(super) fn for_host(&self, host: &str) -> Result<Self, AddressError> {
        let server_name = if self.follows_host { server_name(host)? } else { self.server_name.clone() };
        Ok(Self { server_name, ..self.clone() })
    }
}

fn fingerprint(tls: &Tls) -> Fingerprint {
    let Tls { ca, cert, key, servername, reject_unauthorized } = tls;
    let texts = [ca, cert, key, servername].map(|text| text.as_deref().map(str::as_bytes));
    let fields = Fields::of("tls").number(i64::from(*reject_unauthorized));
    texts.into_iter().fold(fields, Fields::option).finish()
}

fn server_name(name: &str) -> Result<ServerName<'static>, AddressError> {
    ServerName::try_from(name.to_owned())
        .map_err(|_| AddressError::new("TLS: the server name must be a DNS name or an IP address"))
}

fn verifier(tls: &Tls, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, AddressError> {
    if !tls.reject_unauthorized {
        return Ok(Arc::new(Unasked { trusts: true, provider }));
    }
    let Some(pem) = &tls.ca else {
        return Ok(Arc::new(Unasked { trusts: false, provider }));
    };
    let mut roots = RootCertStore::empty();
    let given = certificates(pem, "ca")?;
    // Not all need to be of use: Node's own list may hold one that rustls does not understand.
    if roots.add_parsable_certificates(given.iter().cloned()).0 == 0 {
        return Err(AddressError::new("TLS: no certificate in `ca` can be used as an authority"));
    }
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let webpki = webpki.map_err(|error| AddressError::new(format!("TLS: `ca`: {error}")))?;
    Ok(Arc::new(TrustGiven { webpki, given }))
}

fn own_certificate(
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
fn certificates(pem: &str, option: &str) -> Result<Vec<CertificateDer<'static>>, AddressError> {
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

/// Trusts what an authority signed, and a server whose very certificate was given as `ca`, as OpenSSL and so Node do.
///
/// `openssl req -x509` marks what it makes as an authority, and webpki takes no authority for a server. It says so only
/// after it has checked the dates, and the certificate is the very one that the app trusts, so the name is what is left.
#[derive(Debug)]
struct TrustGiven {
    webpki: Arc<WebPkiServerVerifier>,
    given: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for TrustGiven {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(error) if is_authority_as_server(&error) && self.given.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

fn is_authority_as_server(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(cause)) = error else {
        return false;
    };
    matches!(cause.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

/// Trusts every server (`reject_unauthorized: false`), or none, for lack of authorities. The signature is not looked at
/// either: whoever stands between has a key of his own, and webpki does not read the version 1 certificates that many
/// home-made servers have.
#[derive(Debug)]
struct Unasked {
    trusts: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unasked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.trusts {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer))
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(tls: &Tls) -> String {
        ClientTls::new(tls, "localhost").map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_complete() {
        assert!(ClientTls::new(&Tls::default(), "127.0.0.1").is_ok());
        assert!(ClientTls::new(&Tls { reject_unauthorized: false, ..Tls::default() }, "localhost").is_ok());
    }

    #[test]
    fn wrong_material_is_named() {
        let some = |text: &str| Some(text.to_owned());
        let broken = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
        let not_a_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let table = [
            (Tls { ca: some(""), ..Tls::default() }, "no certificate in `ca`"),
            (Tls { ca: some("/etc/ssl/ca.pem"), ..Tls::default() }, "no certificate in `ca`"),
            (Tls { ca: some(broken), ..Tls::default() }, "`ca` is not valid PEM"),
            (Tls { ca: some(not_a_certificate), ..Tls::default() }, "no certificate in `ca` can be used"),
            (Tls { cert: some(not_a_certificate), ..Tls::default() }, "no `key`"),
            (Tls { key: some("x"), ..Tls::default() }, "no `cert`"),
            (
                Tls { cert: some(not_a_certificate), key: some("x"), ..Tls::default() },
                "no private key in `key`",
            ),
            (Tls { cert: some(not_a_certificate), key: some(encrypted), ..Tls::default() }, "passphrase"),
            (Tls { servername: some("not a name"), ..Tls::default() }, "server name"),
        ];
        for (tls, expected) in table {
            assert!(error(&tls).contains(expected), "{expected}: {}", error(&tls));
        }
    }
}
