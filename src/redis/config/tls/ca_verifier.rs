//! The verifier of servers with `ca`.

use rustls::{
    CertificateError, DigitallySignedStruct, Error, PeerMisbehaved, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
    server::ParsedCertificate,
};

use super::{certificate::Certificate, chain, names, refusal::Refusal};

/// Trusts a server whose chain leads to a root in `ca`, and a server whose own self-signed certificate is in `ca`, as
/// Node's `tls.connect` does. Where webpki cannot follow OpenSSL, the server is refused.
#[derive(Debug)]
pub(super) struct CaVerifier {
    ca: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl CaVerifier {
    /// Leaves out certificates that cannot be read, because Node's own list may have one. `None` if none is left.
    pub(super) fn new(ca: Vec<CertificateDer<'static>>, provider: &CryptoProvider) -> Option<Self> {
        let readable: Vec<_> = ca.into_iter().filter(|der| Certificate::read(der).is_some()).collect();
        let algorithms = provider.signature_verification_algorithms;
        (!readable.is_empty()).then_some(Self { ca: readable, algorithms })
    }

    fn verify(
        &self,
        server: &Certificate<'_>,
        sent: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let ca = self.ca.iter().filter_map(|der| Certificate::read(der)).collect();
        // Unreadable certificates are left out: a server may send more than the chain needs.
        let sent = sent.iter().filter_map(|der| Certificate::read(der)).collect();
        let chain = chain::build(server, sent, ca, now)?;
        chain::check(server, &chain, now)?;
        if let Some(root) = &chain.root {
            self.verify_signatures(server, &chain.intermediates, root, now)?;
        }
        let mut above = chain.intermediates.iter().chain(&chain.root);
        let is_constrained = above.any(|authority| authority.extensions.has_name_constraints);
        names::check(server, name, is_constrained)
    }

    /// Lets webpki verify this one chain.
    fn verify_signatures(
        &self,
        server: &Certificate<'_>,
        intermediates: &[Certificate<'_>],
        root: &Certificate<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        if server.is_version_1 {
            return Err(Refusal::Version1.into());
        }
        let server = CertificateDer::from(server.der);
        let intermediates: Vec<_> =
            intermediates.iter().map(|certificate| CertificateDer::from(certificate.der)).collect();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(root.der))?;
        let server = ParsedCertificate::try_from(&server)?;
        verify_server_cert_signed_by_trust_anchor(&server, &roots, &intermediates, now, self.algorithms.all)
    }

    /// For a certificate of version 1, which webpki does not read. It was accepted because it is in `ca` itself.
    fn verify_by_key(
        &self,
        message: &[u8],
        certificate: &Certificate<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = SubjectPublicKeyInfoDer::from(certificate.public_key);
        let key = webpki::RawPublicKeyEntity::try_from(&key).map_err(|_| Refusal::Unreadable)?;
        let offered = self.algorithms.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
        let (_, algorithms) = offered.ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
        // In TLS 1.2 a scheme does not name the curve. webpki compares each algorithm with the key.
        let is_valid = |algorithm| key.verify_signature(algorithm, message, signed.signature()).is_ok();
        if algorithms.iter().copied().any(is_valid) {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }
}

impl ServerCertVerifier for CaVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let server = Certificate::read(end_entity).ok_or(Refusal::Unreadable)?;
        self.verify(&server, intermediates, server_name, now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match Certificate::read(cert) {
            Some(old) if old.is_version_1 => self.verify_by_key(message, &old, dss),
            _ => verify_tls12_signature(message, cert, dss, &self.algorithms),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match Certificate::read(cert) {
            Some(old) if old.is_version_1 => self.verify_by_key(message, &old, dss),
            _ => verify_tls13_signature(message, cert, dss, &self.algorithms),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use base64::{Engine, engine::general_purpose::STANDARD};
    use rustls::crypto::ring;

    use super::{super::refusal::handshake_fault, *};

    /// Name, `ca` and what the server sends as indexes of certificates, the name asked for, the text of the refusal.
    type Row = (String, Vec<usize>, Vec<usize>, String, Option<String>);

    /// Written by tests/data/chains.js. __test__/tls-chains.test.js compares the same chains with Node.
    struct Vectors {
        now: UnixTime,
        certificates: Vec<CertificateDer<'static>>,
        rows: Vec<Row>,
    }

    fn vectors() -> Vectors {
        let (now, texts, rows): (u64, Vec<String>, Vec<Row>) =
            serde_json::from_str(include_str!("../../../../tests/data/chains.json")).unwrap();
        Vectors {
            now: UnixTime::since_unix_epoch(Duration::from_secs(now)),
            certificates: texts.iter().map(|text| STANDARD.decode(text).unwrap().into()).collect(),
            rows,
        }
    }

    #[test]
    fn chains_are_judged_as_in_node() {
        let Vectors { now, certificates, rows } = vectors();
        let pick = |indexes: &[usize]| indexes.iter().map(|index| certificates[*index].clone()).collect();
        let mut failed = Vec::new();
        for (name, ca, sent, host, says) in &rows {
            let verifier = CaVerifier::new(pick(ca), &ring::default_provider()).unwrap();
            let sent: Vec<_> = pick(sent);
            let host = ServerName::try_from(host.as_str()).unwrap();
            let result = verifier.verify_server_cert(&sent[0], &sent[1..], &host, &[], now);
            let said = result.err().map(|error| handshake_fault(io::Error::other(error)).to_string());
            let is_right = match (&said, says) {
                (Some(said), Some(says)) => said.contains(says.as_str()),
                (said, says) => said.is_none() && says.is_none(),
            };
            if !is_right {
                failed.push((name, said, says));
            }
        }
        assert!(failed.is_empty(), "{failed:#?}");
        assert!(rows.len() > 200);
    }

    #[test]
    fn broken_certificates_are_refused_and_nothing_worse() {
        let Vectors { certificates, .. } = vectors();
        for der in certificates.iter().filter(|der| Certificate::read(der).is_some()).step_by(10) {
            for at in 0..der.len() {
                assert!(Certificate::read(&der[..at]).is_none());
                for bit in 0..8 {
                    let mut broken = der.to_vec();
                    broken[at] ^= 1 << bit;
                    let _ = Certificate::read(&broken);
                }
            }
            let tail: Vec<u8> = der.iter().copied().chain([0]).collect();
            assert!(Certificate::read(&tail).is_none());
        }
    }
}
