#![no_main]
//! Cookies against the obvious way to split a header. `cargo +nightly fuzz run cookie`

use libfuzzer_sys::fuzz_target;
use passport_socketio_native::core::cookie;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (name, header) = input;
    assert!(cookie::pairs(header).eq(naive(header)));
    let first = naive(header).find(|pair| pair.0 == name).map(|pair| pair.1);
    assert_eq!(cookie::find(header, name), first);
    first.map(cookie::value);
});

fn naive(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let header = if header.len() < 2 { &[] } else { header };
    header.split(|byte| *byte == b';').filter_map(|part| {
        let eq = part.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (trim(&part[..eq]), trim(&part[eq + 1..]));
        let is_quoted = value.starts_with(b"\"") && value.ends_with(b"\"");
        let value = if is_quoted { value.get(1..value.len() - 1).unwrap_or_default() } else { value };
        (name != b"__proto__").then_some((name, value))
    })
}

fn trim(text: &[u8]) -> &[u8] {
    let is_kept = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = text.iter().position(is_kept).unwrap_or(text.len());
    &text[start..text.iter().rposition(is_kept).map_or(start, |last| last + 1)]
}
