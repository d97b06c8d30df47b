//! Writes JSON strings.

/// Appends `text` as a JSON string (RFC 8259 section 7). Bytes that are not UTF-8 are not changed.
pub fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    let mut rest = text;
    // Copies everything up to the next character that needs an escape: most texts need none.
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let Some((byte, after)) = from.split_first() else { break };
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            _ => out.extend(format!("\\u{byte:04x}").into_bytes()),
        }
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_comes_back() {
        let all: String = (0..0x2100).filter_map(char::from_u32).chain(['😀', '\u{ffff}']).collect();
        for text in [&*all, "", "\"", "\\", "a\\b\"c\n", "\0\u{1f} \u{7f}"] {
            let mut written = b"[".to_vec();
            push_string(&mut written, text.as_bytes());
            written.push(b']');
            let read: Vec<String> = serde_json::from_slice(&written).unwrap();
            assert_eq!(read, [text]);
        }
    }
}
