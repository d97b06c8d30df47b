//! The verifier of servers without `ca`.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::refusal::Refusal;

/// Trusts every server (`reject_unauthorized: false`), or none, because there are no authorities. It does not verify
/// the signature either: a man in the middle signs with a key of their own, and webpki does not read the version 1
/// certificates that many self-made servers have.
#[derive(Debug)]
pub(super) struct WithoutCa {
    pub(super) trusts_all: bool,
    pub(super) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for WithoutCa {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.trusts_all { Ok(ServerCertVerified::assertion()) } else { Err(Refusal::NoCa.into()) }
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
