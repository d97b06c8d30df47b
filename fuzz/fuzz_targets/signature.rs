#![no_main]
//! Signatures against signing again and comparing the texts. `cargo +nightly fuzz run signature`

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use passport_socketio_native::core::signature::Secrets;
use sha2::Sha256;

fuzz_target!(|input: (&[u8], &[u8], &[u8])| {
    let (secret, value, tail) = input;
    let secrets = Secrets::new([&b"another"[..], secret]);
    assert_eq!(secrets.unsign(&sign(secret, value)), Some(value));

    let signed = [value, b".", tail].concat();
    if let Some(value) = secrets.unsign(&signed) {
        assert!(signed == sign(secret, value) || signed == sign(b"another", value));
    }
});

fn sign(secret: &[u8], value: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(value).finalize().into_bytes();
    [value, b".", STANDARD.encode(mac).trim_end_matches('=').as_bytes()].concat()
}
