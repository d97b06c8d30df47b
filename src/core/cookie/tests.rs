use super::*;

type Strings = Vec<(String, String)>;

fn parsed(header: &str) -> Strings {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    pairs(header.as_bytes()).map(|(name, raw)| (text(name), text(raw))).collect()
}

fn strings(pairs: &[(&str, &str)]) -> Strings {
    pairs.iter().map(|&(name, raw)| (name.to_owned(), raw.to_owned())).collect()
}

#[test]
fn splits_trims_and_unquotes() {
    assert_eq!(parsed("a=1; b = 2 ;\tc\t=\t3"), strings(&[("a", "1"), ("b", "2"), ("c", "3")]));
    assert_eq!(parsed("a=b=c"), strings(&[("a", "b=c")]));
    assert_eq!(parsed("a=\" x \"; b=\"x; c=x\""), strings(&[("a", " x "), ("b", "\"x"), ("c", "x\"")]));
    assert_eq!(parsed("a=\"; b=\"\"; c=\"\"\""), strings(&[("a", ""), ("b", ""), ("c", "\"")]));
    assert_eq!(parsed("a=\u{a0}1\u{a0}"), strings(&[("a", "\u{a0}1\u{a0}")]));
}

#[test]
fn passes_over_parts_without_a_pair() {
    assert_eq!(parsed("a; b;; ;c=1;"), strings(&[("c", "1")]));
    assert_eq!(parsed(""), strings(&[]));
    assert_eq!(parsed("="), strings(&[]));
    assert_eq!(parsed("=="), strings(&[("", "=")]));
    assert_eq!(parsed(" ="), strings(&[("", "")]));
}

#[test]
fn the_first_of_a_name_counts() {
    assert_eq!(find(b"a=1; a=2", b"a"), Some(&b"1"[..]));
    assert_eq!(find(b"a=; a=2", b"a"), Some(&b""[..]));
    assert_eq!(find(b"a; a=2", b"a"), Some(&b"2"[..]));
}

#[test]
fn proto_vanishes_and_other_inherited_names_stay() {
    assert_eq!(find(b"__proto__=1; constructor=2", b"__proto__"), None);
    assert_eq!(find(b"__proto__=1; constructor=2", b"constructor"), Some(&b"2"[..]));
    assert_eq!(parsed("__proto__=1; constructor=2"), strings(&[("constructor", "2")]));
}

#[test]
fn what_cannot_be_a_name_is_never_found() {
    for (header, name) in [("a=b=c", "a=b"), ("a;b=c", "a;b"), ("a =c", "a "), (" a=c", " a"), ("ab=c", "a")]
    {
        assert_eq!(find(header.as_bytes(), name.as_bytes()), None, "{header} {name}");
    }
}

#[test]
fn a_malformed_value_stays_raw() {
    assert_eq!(*value(b"s%3Aa"), *b"s:a");
    assert_eq!(*value(b"100%"), *b"100%");
    assert_eq!(*value(b"%C3%28%41"), *b"%C3%28%41");
}

#[test]
fn agrees_with_the_javascript_on_random_headers() {
    const ALPHABET: &[u8] = b";;;===\"\" \t%,\\ab\xe9_";
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let mut header = Vec::new();
    let mut found = 0;
    for _ in 0..ROUNDS {
        let [length, ..] = next().to_le_bytes();
        let letters = [next(), next(), next()].into_iter().flat_map(u64::to_le_bytes);
        let letters = letters.map(|random| ALPHABET[usize::from(random) % ALPHABET.len()]);
        header.clear();
        header.extend(letters.take(usize::from(length) % 24));
        for name in [&b"a"[..], b"", b"ab", b"a b"] {
            let expected = javascript_find(&header, name);
            assert_eq!(find(&header, name), expected, "{:?} {:?}", header.escape_ascii().to_string(), name);
            found += usize::from(expected.is_some());
        }
        let by_pairs = pairs(&header).find(|(name, _)| *name == b"a").map(|(_, raw)| raw);
        assert_eq!(by_pairs, javascript_find(&header, b"a"), "{:?}", header.escape_ascii().to_string());
    }
    assert!(found > ROUNDS / 10, "the alphabet makes too few pairs: {found}");
}

const ROUNDS: usize = 250_000;

/// `parse` of cookie 0.7.2, line by line, for one name. Its `hasOwnProperty` check becomes the early return.
fn javascript_find<'h>(header: &'h [u8], wanted: &[u8]) -> Option<&'h [u8]> {
    let len = header.len();
    if len < 2 {
        return None;
    }
    let index_of = |byte, from: usize| (from..len).find(|&at| header[at] == byte);
    let mut index = 0;
    loop {
        let eq = index_of(b'=', index)?;
        let end = index_of(b';', index).unwrap_or(len);
        if eq > end {
            index = (0..eq).rfind(|&at| header[at] == b';').map_or(0, |at| at + 1);
        } else {
            let name_start = start_index(header, index, eq);
            let name_end = end_index(header, eq, name_start);
            if slice(header, name_start, name_end) == wanted {
                let mut start = start_index(header, eq + 1, end);
                let mut stop = end_index(header, end, start);
                let quote_at = |at: Option<usize>| at.and_then(|at| header.get(at)) == Some(&b'"');
                if quote_at(Some(start)) && quote_at(stop.checked_sub(1)) {
                    start += 1;
                    stop -= 1;
                }
                return Some(slice(header, start, stop));
            }
            index = end + 1;
        }
        if index >= len {
            return None;
        }
    }
}

fn start_index(text: &[u8], mut index: usize, max: usize) -> usize {
    loop {
        if !matches!(text.get(index), Some(b' ' | b'\t')) {
            return index;
        }
        index += 1;
        if index >= max {
            return max;
        }
    }
}

fn end_index(text: &[u8], mut index: usize, min: usize) -> usize {
    while index > min {
        index -= 1;
        if !matches!(text.get(index), Some(b' ' | b'\t')) {
            return index + 1;
        }
    }
    min
}

/// `String.prototype.slice`: empty when the start is after the end.
fn slice(text: &[u8], start: usize, end: usize) -> &[u8] {
    text.get(start..end).unwrap_or(&[])
}
