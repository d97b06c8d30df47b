//! The signed cookies of a header, as cookie-parser 1.4.7 gives them in `request.signedCookies`. V8 reads the JSON of
//! `j:…`.

use std::{borrow::Cow, collections::HashSet, hash::Hash};

use crate::core::{cookie, json, signature::Secrets};

/// A cookie whose value begins with `s:`. There is no `Debug`: most of the time it is a session id.
#[derive(PartialEq, Eq)]
pub enum Signed<'h> {
    /// The value that was signed.
    Genuine(Cow<'h, [u8]>),
    /// None of the secrets made the signature. JavaScript sees `false`.
    Forged,
}

/// The first cookie of that name, if it is a signed one. Without secrets no cookie is signed.
#[must_use]
pub fn find<'h>(header: &'h [u8], name: &[u8], secrets: &Secrets) -> Option<Signed<'h>> {
    if secrets.is_empty() {
        return None;
    }
    cookie::find(header, name).and_then(|raw| read(raw, secrets))
}

/// All signed cookies in header order, as one JSON array: name, value, name, value, …; `false` is the value of a
/// forged one.
///
/// One text, because 8,000 names and values take longer to cross Node-API one by one than all the rest.
#[must_use]
pub fn all(header: &[u8], secrets: &Secrets) -> Vec<u8> {
    let mut text = vec![b'['];
    if !secrets.is_empty() {
        for (name, raw) in first_of_each(cookie::pairs(header)) {
            let Some(value) = read(raw, secrets) else { continue };
            if text.len() > 1 {
                text.push(b',');
            }
            json::push_string(&mut text, name);
            text.push(b',');
            match value {
                Signed::Genuine(value) => json::push_string(&mut text, &value),
                Signed::Forged => text.extend_from_slice(b"false"),
            }
        }
    }
    text.push(b']');
    text
}

fn read<'h>(raw: &'h [u8], secrets: &Secrets) -> Option<Signed<'h>> {
    let unsigned = match cookie::value(raw) {
        Cow::Borrowed(value) => secrets.unsign(value.strip_prefix(b"s:")?).map(Cow::Borrowed),
        Cow::Owned(value) => {
            secrets.unsign(value.strip_prefix(b"s:")?).map(|value| Cow::Owned(value.to_vec()))
        }
    };
    Some(unsigned.map_or(Signed::Forged, Signed::Genuine))
}

/// Of the pairs with the same name the first, as in cookie 0.7.2. The client chooses the names, and a header has room
/// for thousands, so the table of seen names uses a keyed hash: the client cannot choose names that collide.
fn first_of_each<N: Copy + Eq + Hash, V>(
    pairs: impl Iterator<Item = (N, V)>,
) -> impl Iterator<Item = (N, V)> {
    let mut seen = HashSet::new();
    pairs.filter(move |(name, _)| seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, hash::Hasher};

    use super::*;

    /// `cookie-signature.sign(…, 'cat')` of version 1.0.6.
    const ABC: &str = "s:abc.q3V1x4amKSWnp3CL0jtU+ZarcYO4i4KG/vZKAvkHBwA";
    const EMPTY: &str = "s:.HJD4OD7oBhH4cTVEmqCb1hOtVB9nlolZ6XO+lfQ4BDo";

    fn shown(header: &str) -> String {
        String::from_utf8(all(header.as_bytes(), &Secrets::new(["dog", "cat"]))).unwrap()
    }

    #[test]
    fn signed_ones_in_header_order_the_first_of_a_name_counts() {
        assert_eq!(shown(""), "[]");
        assert_eq!(shown("a=1; b=2"), "[]");
        assert_eq!(shown(&format!("b={ABC}; a={EMPTY}; c=s:x; b=2")), r#"["b","abc","a","","c",false]"#);
        assert_eq!(shown(&format!("b=2; b={ABC}")), "[]", "the first one is not signed");
        assert_eq!(shown(&format!("__proto__={ABC}; constructor={ABC}")), r#"["constructor","abc"]"#);
        let encoded = ABC.replace(':', "%3A").replace('+', "%2B");
        assert_eq!(shown(&format!("a\"\\={encoded}; ü=\"{ABC}\"")), r#"["a\"\\","abc","ü","abc"]"#);
    }

    #[test]
    fn one_is_what_all_say_of_it() {
        let secrets = Secrets::new(["cat"]);
        let header = format!("a={ABC}; b={EMPTY}; c=s:x; d=1; a=2; ={ABC}");
        let value = |name: &str| match find(header.as_bytes(), name.as_bytes(), &secrets) {
            Some(Signed::Genuine(value)) => Some(String::from_utf8(value.into_owned()).unwrap()),
            Some(Signed::Forged) => Some("forged".to_owned()),
            None => None,
        };
        let names = ["a", "b", "c", "d", "e", "", "__proto__"].map(value);
        assert_eq!(
            names.each_ref().map(Option::as_deref),
            [Some("abc"), Some(""), Some("forged"), None, None, Some("abc"), None]
        );
    }

    #[test]
    fn without_secrets_nothing_is_signed() {
        let none = Secrets::new::<&str>([]);
        assert!(find(format!("a={ABC}").as_bytes(), b"a", &none).is_none());
        assert_eq!(all(format!("a={ABC}").as_bytes(), &none), b"[]");
    }

    /// A name that counts how often it is compared.
    #[derive(Clone, Copy)]
    struct Counted<'c>(usize, &'c Cell<usize>);

    impl PartialEq for Counted<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.1.set(self.1.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for Counted<'_> {}

    impl Hash for Counted<'_> {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    #[test]
    fn many_names_are_no_more_work_each_than_few() {
        for names in [100, 12_000, 48_000] {
            let comparisons = Cell::new(0);
            let twice = (0..names).chain(0..names).map(|name| (Counted(name, &comparisons), ()));
            assert_eq!(first_of_each(twice).count(), names);
            let most = names * 4;
            assert!(comparisons.get() < most, "{} comparisons of {names} names", comparisons.get());
        }
    }
}
