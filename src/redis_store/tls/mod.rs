//! Whom a `rediss:` connection trusts, and who it says it is.

mod certificate;
mod chain;
mod der;
mod extensions;
mod names;
mod pem;
mod refusal;
mod unasked;
mod verifier;

use std::sync::Arc;

use rustls::{
    ClientConfig,
    client::danger::ServerCertVerifier,
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};

use super::{
    address::AddressError,
    fingerprint::{Fields, Fingerprint},
};
pub(super) use refusal::handshake_fault;
use {
    pem::{certificates, own_certificate},
    unasked::Unasked,
    verifier::Given,
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
    /// `false` trusts every server, and so does not protect from a man in the middle.
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
            .with_custom_certificate_verifier(verifier(tls, &provider)?);
        let config = match own_certificate(tls, &provider)? {
            Some(own) => config.with_client_cert_resolver(own),
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

fn verifier(tls: &Tls, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, AddressError> {
    if !tls.reject_unauthorized {
        return Ok(Arc::new(Unasked { trusts: true, provider: provider.clone() }));
    }
    let Some(pem) = &tls.ca else {
        return Ok(Arc::new(Unasked { trusts: false, provider: provider.clone() }));
    };
    let given = Given::new(certificates(pem, "ca")?, provider);
    let given = given.ok_or_else(|| AddressError::new("TLS: no certificate in `ca` can be read"))?;
    Ok(Arc::new(given))
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
            (Tls { ca: some(not_a_certificate), ..Tls::default() }, "no certificate in `ca` can be read"),
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
