//! What a `rediss:` connection trusts, and which certificate it shows.

use std::sync::Arc;

use rustls::{
    ClientConfig,
    client::danger::ServerCertVerifier,
    crypto::{CryptoProvider, ring},
    pki_types::ServerName,
};

use super::{
    super::{
        error::ConfigError,
        fingerprint::{Fields, Fingerprint},
        options::TlsOptions,
    },
    ca_verifier::CaVerifier,
    pem::{certificates, own_certificate},
    without_ca::WithoutCa,
};

/// [`TlsOptions`], checked and ready for use.
#[derive(Clone)]
pub(in crate::redis) struct ClientTls {
    pub(in crate::redis) config: Arc<ClientConfig>,
    pub(in crate::redis) server_name: ServerName<'static>,
    /// Whether the name is the host's, and so changes with the host.
    follows_host: bool,
    /// Fingerprint of the options as they were given, without the host's name.
    pub(in crate::redis::config) fingerprint: Fingerprint,
}

impl ClientTls {
    pub(in crate::redis::config) fn new(tls: &TlsOptions, host: &str) -> Result<Self, ConfigError> {
        let given = tls.servername.as_deref().filter(|name| !name.is_empty());
        let server_name = server_name(given.unwrap_or(host))?;
        // A provider of its own and not the default of the process: a library should not set anything global.
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| ConfigError::new(format!("TLS: {error}")))?
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
    pub(in crate::redis::config) fn for_host(&self, host: &str) -> Result<Self, ConfigError> {
        let server_name = if self.follows_host { server_name(host)? } else { self.server_name.clone() };
        Ok(Self { server_name, ..self.clone() })
    }
}

fn fingerprint(tls: &TlsOptions) -> Fingerprint {
    let TlsOptions { ca, cert, key, servername, reject_unauthorized } = tls;
    let texts = [ca, cert, key, servername].map(|text| text.as_deref().map(str::as_bytes));
    let fields = Fields::of("tls").number(i64::from(*reject_unauthorized));
    texts.into_iter().fold(fields, Fields::option).finish()
}

fn server_name(name: &str) -> Result<ServerName<'static>, ConfigError> {
    ServerName::try_from(name.to_owned())
        .map_err(|_| ConfigError::new("TLS: the server name must be a DNS name or an IP address"))
}

fn verifier(
    tls: &TlsOptions,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    if !tls.reject_unauthorized {
        return Ok(Arc::new(WithoutCa { trusts_all: true, provider: provider.clone() }));
    }
    let Some(pem) = &tls.ca else {
        return Ok(Arc::new(WithoutCa { trusts_all: false, provider: provider.clone() }));
    };
    let ca_verifier = CaVerifier::new(certificates(pem, "ca")?, provider);
    let ca_verifier =
        ca_verifier.ok_or_else(|| ConfigError::new("TLS: no certificate in `ca` can be read"))?;
    Ok(Arc::new(ca_verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(tls: &TlsOptions) -> String {
        ClientTls::new(tls, "localhost").map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_complete() {
        assert!(ClientTls::new(&TlsOptions::default(), "127.0.0.1").is_ok());
        assert!(
            ClientTls::new(&TlsOptions { reject_unauthorized: false, ..TlsOptions::default() }, "localhost")
                .is_ok()
        );
    }

    #[test]
    fn wrong_material_is_named() {
        let some = |text: &str| Some(text.to_owned());
        let broken = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
        let not_a_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        let table = [
            (TlsOptions { ca: some(""), ..TlsOptions::default() }, "no certificate in `ca`"),
            (TlsOptions { ca: some("/etc/ssl/ca.pem"), ..TlsOptions::default() }, "no certificate in `ca`"),
            (TlsOptions { ca: some(broken), ..TlsOptions::default() }, "`ca` is not valid PEM"),
            (
                TlsOptions { ca: some(not_a_certificate), ..TlsOptions::default() },
                "no certificate in `ca` can be read",
            ),
            (TlsOptions { cert: some(not_a_certificate), ..TlsOptions::default() }, "no `key`"),
            (TlsOptions { key: some("x"), ..TlsOptions::default() }, "no `cert`"),
            (
                TlsOptions { cert: some(not_a_certificate), key: some("x"), ..TlsOptions::default() },
                "no private key in `key`",
            ),
            (
                TlsOptions { cert: some(not_a_certificate), key: some(encrypted), ..TlsOptions::default() },
                "passphrase",
            ),
            (TlsOptions { servername: some("not a name"), ..TlsOptions::default() }, "server name"),
        ];
        for (tls, expected) in table {
            assert!(error(&tls).contains(expected), "{expected}: {}", error(&tls));
        }
    }
}
