//! TLS as Node speaks it: rustls, with the trust decisions of OpenSSL.
//!
//! # Layout
//! - `client`: the options, checked, as a configuration of rustls.
//! - `pem`: certificates and keys out of PEM texts.
//! - `ca_verifier`, `without_ca`: the verifiers that rustls asks, with `ca` and without.
//! - `chain`, `names`: from the server's certificate to one in `ca`; whether it is for the server that was meant.
//! - `certificate`, `extensions`, `der`: what is read of a certificate.
//! - `refusal`: why a server is not trusted, and what to do about it.

mod ca_verifier;
mod certificate;
mod chain;
pub(super) mod client;
mod der;
mod extensions;
mod names;
mod pem;
pub(in crate::redis) mod refusal;
mod without_ca;
