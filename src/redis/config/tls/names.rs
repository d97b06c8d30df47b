//! Whether a certificate is valid for the server that was asked for.
//!
//! webpki checks the names of subjectAltName. A certificate without DNS names there is matched by its common name, as
//! Node's `tls.checkServerIdentity` does (lib/tls.js, Node 18 to 24). webpki does not read the common name.

use rustls::{
    Error,
    client::verify_server_name,
    pki_types::{CertificateDer, ServerName},
    server::ParsedCertificate,
};

use super::{
    certificate::Certificate,
    der::{self, OID, Reader, SEQUENCE, SET},
    refusal::Refusal,
};

/// `is_constrained`: an authority above is limited to certain names. webpki applies such limits to subjectAltName
/// only, so a common name is not accepted in that case.
pub(super) fn check(
    certificate: &Certificate<'_>,
    wanted: &ServerName<'_>,
    is_constrained: bool,
) -> Result<(), Error> {
    match wanted {
        ServerName::DnsName(name) if !certificate.extensions.has_dns_names => {
            let has_name = !is_constrained && has_common_name(certificate.subject, name.as_ref());
            if has_name { Ok(()) } else { Err(Refusal::CommonName.into()) }
        }
        // Without extensions it has no names, and webpki does not read version 1.
        _ if certificate.is_version_1 => Err(Refusal::CommonName.into()),
        _ => {
            let der = CertificateDer::from(certificate.der);
            verify_server_name(&ParsedCertificate::try_from(&der)?, wanted)
        }
    }
}

fn has_common_name(subject: &[u8], host: &str) -> bool {
    common_names(subject).is_some_and(|names| names.iter().any(|name| matches(name, host)))
}

/// RFC 5280, section 4.1.2.4: a sequence of sets of pairs of type and value. The type of the common name is 2.5.4.3.
fn common_names(subject: &[u8]) -> Option<Vec<&[u8]>> {
    let mut names = Vec::new();
    for (tag, set) in der::all(subject)? {
        for (inner, pair) in der::all(set)? {
            if (tag, inner) != (SET, SEQUENCE) {
                return None;
            }
            let mut pair = Reader::new(pair);
            if pair.expect(OID)? == [0x55, 0x04, 0x03] {
                names.push(pair.any()?.1);
            }
        }
    }
    Some(names)
}

/// Ignores case and one dot at the end. `*` stands for the first label, if two labels follow. Node also accepts it
/// for a part of the label; RFC 9525, section 6.3, does not.
fn matches(pattern: &[u8], host: &str) -> bool {
    let Some(pattern) = std::str::from_utf8(pattern).ok() else {
        return false;
    };
    let undotted = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let (pattern, host) = (undotted(pattern), undotted(host));
    let is_good =
        pattern.bytes().all(|byte| byte.is_ascii_graphic()) && pattern.split('.').all(|l| !l.is_empty());
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        _ if !is_good => false,
        (Some(rest), Some((_, domain))) => rest.contains('.') && rest == domain,
        _ => pattern == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_match_as_in_node() {
        for (pattern, host) in [
            ("localhost", "localhost"),
            ("LocalHost.", "localhost"),
            ("localhost", "LOCALHOST."),
            ("*.example.com", "a.example.com"),
            ("*.Example.com.", "a.example.com"),
        ] {
            assert!(matches(pattern.as_bytes(), host), "{pattern} {host}");
        }
        for (pattern, host) in [
            ("", "localhost"),
            (".", "localhost"),
            ("localhost..", "localhost"),
            ("localhost", "localhost.example"),
            ("localhost\0", "localhost"),
            ("local host", "local host"),
            ("l\u{f6}calhost", "l\u{f6}calhost"),
            ("*", "localhost"),
            ("*.com", "example.com"),
            ("*.example.com", "example.com"),
            ("*.example.com", "a.b.example.com"),
            ("a.*.example.com", "a.b.example.com"),
            ("a*.example.com", "ab.example.com"),
            ("*.*.example.com", "a.b.example.com"),
            ("*..com", "a..com"),
        ] {
            assert!(!matches(pattern.as_bytes(), host), "{pattern} {host}");
        }
        assert!(!matches(b"\xff", "localhost"));
    }
}
