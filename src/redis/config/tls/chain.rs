//! Builds the chain from a server's certificate to one in `ca`, as OpenSSL 3 does (`build_chain`,
//! `check_extensions`).
//!
//! webpki then verifies this chain, signatures and name constraints included, and both must agree. There is one
//! exception: a self-signed certificate that is itself in `ca` has no other signature to verify.

use rustls::pki_types::UnixTime;

use super::{
    certificate::{Authority, Certificate, Validity},
    refusal::{Part, Refusal},
};

/// The certificates above the server's.
pub(super) struct Chain<'a> {
    /// From the server upwards.
    pub(super) intermediates: Vec<Certificate<'a>>,
    /// A certificate of `ca`. `None`: the server's certificate is self-signed and is in `ca` itself.
    pub(super) root: Option<Certificate<'a>>,
}

/// The limit of webpki.
const MOST_INTERMEDIATES: usize = 6;

/// The chain from `server` to one of `ca`, over certificates of `sent`, which are not trusted.
pub(super) fn build<'a>(
    server: &Certificate<'a>,
    mut sent: Vec<Certificate<'a>>,
    mut ca: Vec<Certificate<'a>>,
    now: UnixTime,
) -> Result<Chain<'a>, Refusal> {
    if server.is_self_signed() {
        let issuer = take_issuer(server, &mut ca, now).filter(|issuer| issuer.der == server.der);
        return issuer.map(|_| Chain { intermediates: Vec::new(), root: None }).ok_or(Refusal::SelfSigned);
    }
    let mut intermediates: Vec<Certificate<'a>> = Vec::new();
    // Once the chain has reached `ca`, OpenSSL takes no more certificates from the server.
    let mut is_in_ca = false;
    loop {
        let last = intermediates.last().unwrap_or(server);
        let next = match take_issuer(last, &mut ca, now) {
            Some(issuer) => {
                is_in_ca = true;
                issuer
            }
            None if is_in_ca => return Err(Refusal::NoRoot),
            None => take_issuer(last, &mut sent, now).ok_or(Refusal::UnknownIssuer)?,
        };
        if next.is_self_signed() {
            // If `ca` had the root that the server sent, it would have been found there.
            let root = is_in_ca.then_some(next).ok_or(Refusal::UnknownRoot)?;
            return Ok(Chain { intermediates, root: Some(root) });
        }
        intermediates.push(next);
        if intermediates.len() > MOST_INTERMEDIATES {
            return Err(Refusal::TooLong);
        }
    }
}

/// Takes the first certificate that may have issued this one and is valid now. If none is valid, takes the one that
/// is valid longest, so that the refusal is about its dates. A certificate is taken at most once, so the chain ends.
fn take_issuer<'a>(
    of: &Certificate<'_>,
    among: &mut Vec<Certificate<'a>>,
    now: UnixTime,
) -> Option<Certificate<'a>> {
    let mut best: Option<(usize, &Certificate<'_>)> = None;
    for (index, candidate) in among.iter().enumerate() {
        if !of.is_likely_issued_by(candidate) {
            continue;
        }
        if candidate.validity(now) == Validity::Now {
            best = Some((index, candidate));
            break;
        }
        if best.is_none_or(|(_, best)| candidate.not_after() > best.not_after()) {
            best = Some((index, candidate));
        }
    }
    best.map(|(index, _)| index).map(|index| among.remove(index))
}

/// Checks everything that OpenSSL checks in each certificate, except for its signature.
pub(super) fn check(server: &Certificate<'_>, chain: &Chain<'_>, now: UnixTime) -> Result<(), Refusal> {
    check_any(server, Part::Server, now)?;
    if !server.may_shake_hands() {
        return Err(Refusal::NoHandshakes);
    }
    if server.extensions.netscape_forbids_servers() {
        return Err(Refusal::NotForServers(Part::Server));
    }
    // The number of certificates between this one and the server's, without those that were issued under their own
    // name: RFC 5280, section 4.2.1.9.
    let mut below = 0;
    let intermediates = chain.intermediates.iter().map(|certificate| (Part::Intermediate, certificate));
    for (part, certificate) in intermediates.chain(chain.root.iter().map(|root| (Part::Root, root))) {
        check_any(certificate, part, now)?;
        match certificate.authority() {
            Authority::Marked => {}
            Authority::Legacy if part == Part::Root => {}
            Authority::Legacy | Authority::No => return Err(Refusal::NotAnAuthority(part)),
        }
        let limit = certificate.extensions.basic_constraints.and_then(|constraints| constraints.path_length);
        if limit.is_some_and(|limit| below > limit) {
            return Err(Refusal::PathLength);
        }
        below += usize::from(certificate.subject != certificate.issuer);
    }
    Ok(())
}

fn check_any(certificate: &Certificate<'_>, part: Part, now: UnixTime) -> Result<(), Refusal> {
    match certificate.validity(now) {
        Validity::Now => {}
        Validity::Over => return Err(Refusal::Expired(part)),
        Validity::NotYet => return Err(Refusal::NotYetValid(part)),
    }
    if certificate.extensions.has_unknown_critical {
        return Err(Refusal::UnknownCritical(part));
    }
    if certificate.extensions.purpose_is_server == Some(false) {
        return Err(Refusal::NotForServers(part));
    }
    Ok(())
}
