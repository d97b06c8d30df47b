//! The extensions that decide for which names and purposes a certificate is valid. RFC 5280, section 4.2.

use super::der::{self, BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};

// Bits of keyUsage.
pub(super) const SIGNATURE: u8 = 0x80;
pub(super) const KEY_ENCIPHERMENT: u8 = 0x20;
pub(super) const KEY_AGREEMENT: u8 = 0x08;
pub(super) const KEY_CERT_SIGN: u8 = 0x04;

/// 1.3.6.1.5.5.7.3.1
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
/// 1.3.6.1.5.5.7.1.14
const PROXY: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x0e];
/// 2.16.840.1.113730.1.1, older than extended key usage.
const NETSCAPE_TYPE: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01];
const NETSCAPE_SERVER: u8 = 0x40;
const NETSCAPE_AUTHORITY: u8 = 0x04;

/// A dozen is many. The limit bounds the comparisons that a hostile server can cause.
const MOST_EXTENSIONS: usize = 64;

#[derive(Clone, Copy)]
pub(super) struct BasicConstraints {
    pub(super) is_ca: bool,
    pub(super) path_length: Option<usize>,
}

#[derive(Default)]
pub(super) struct Extensions<'a> {
    pub(super) basic_constraints: Option<BasicConstraints>,
    /// The first eight bits.
    pub(super) key_usage: Option<u8>,
    /// Whether extendedKeyUsage has serverAuth. OpenSSL does not accept anyExtendedKeyUsage instead.
    pub(super) purpose_is_server: Option<bool>,
    /// The first eight bits of Netscape's certificate type.
    netscape: Option<u8>,
    pub(super) subject_key: Option<&'a [u8]>,
    pub(super) authority_key: Option<&'a [u8]>,
    pub(super) authority_serial: Option<&'a [u8]>,
    /// The issuer of the issuer: the content of its name.
    pub(super) authority_name: Option<&'a [u8]>,
    pub(super) has_dns_names: bool,
    pub(super) has_name_constraints: bool,
    /// A critical extension that OpenSSL does not know. The certificate must not be used (section 4.2).
    pub(super) has_unknown_critical: bool,
    seen: Vec<&'a [u8]>,
}

impl<'a> Extensions<'a> {
    pub(super) fn read(list: &'a [u8]) -> Option<Self> {
        let mut found = Self::default();
        let mut reader = Reader::new(list);
        while !reader.is_empty() {
            found.add(Reader::new(reader.expect(SEQUENCE)?))?;
        }
        Some(found)
    }

    pub(super) fn netscape_forbids_servers(&self) -> bool {
        self.netscape.is_some_and(|bits| bits & NETSCAPE_SERVER == 0)
    }

    pub(super) fn netscape_authority(&self) -> bool {
        self.netscape.is_some_and(|bits| bits & NETSCAPE_AUTHORITY != 0)
    }

    fn add(&mut self, mut extension: Reader<'a>) -> Option<()> {
        let id = extension.expect(OID)?;
        // "A certificate MUST NOT include more than one instance of a particular extension."
        if self.seen.contains(&id) || self.seen.len() == MOST_EXTENSIONS {
            return None;
        }
        self.seen.push(id);
        let is_critical = extension.optional(BOOLEAN).is_some_and(|value| value != [0]);
        let value = extension.expect(OCTET_STRING)?;
        match id {
            // 2.5.29, id-ce
            [0x55, 0x1d, 14] => self.subject_key = Some(der::only(value, OCTET_STRING)?),
            [0x55, 0x1d, 15] => self.key_usage = Some(first_bits(value)?),
            [0x55, 0x1d, 17] => self.has_dns_names = elements(value)?.iter().any(|(tag, _)| *tag == 0x82),
            [0x55, 0x1d, 19] => self.basic_constraints = Some(basic_constraints(value)?),
            [0x55, 0x1d, 30] => self.has_name_constraints = true,
            [0x55, 0x1d, 35] => self.authority(value)?,
            [0x55, 0x1d, 37] => {
                self.purpose_is_server = Some(elements(value)?.contains(&(OID, SERVER_AUTH)));
            }
            // Policies and revocation lists. Neither OpenSSL nor the addon is asked to check them.
            [0x55, 0x1d, 31..=33 | 36 | 54] => {}
            NETSCAPE_TYPE => self.netscape = Some(first_bits(value)?),
            // OpenSSL accepts such a certificate only if it is told to, critical or not (RFC 3820).
            PROXY => self.has_unknown_critical = true,
            _ => self.has_unknown_critical |= is_critical,
        }
        // OpenSSL does not list these among the extensions that it handles.
        if matches!(id, [0x55, 0x1d, 14 | 35]) {
            self.has_unknown_critical |= is_critical;
        }
        extension.is_empty().then_some(())
    }

    /// authorityKeyIdentifier. Of the names of the issuer's issuer OpenSSL reads the first `directoryName`.
    fn authority(&mut self, value: &'a [u8]) -> Option<()> {
        for (tag, content) in elements(value)? {
            match tag {
                0x80 => self.authority_key = Some(content),
                0xa1 => {
                    let name = der::all(content)?.into_iter().find(|(tag, _)| *tag == 0xa4);
                    self.authority_name = match name {
                        Some((_, name)) => Some(der::only(name, SEQUENCE)?),
                        None => None,
                    };
                }
                0x82 => self.authority_serial = Some(content),
                _ => return None,
            }
        }
        Some(())
    }
}

/// The elements of a SEQUENCE.
fn elements(value: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    der::all(der::only(value, SEQUENCE)?)
}

/// The first eight bits of a BIT STRING. Its first byte is the number of unused bits in the last byte. Without bits
/// all are off.
fn first_bits(value: &[u8]) -> Option<u8> {
    let (_, bits) = der::only(value, BIT_STRING)?.split_first()?;
    Some(bits.first().copied().unwrap_or(0))
}

fn basic_constraints(value: &[u8]) -> Option<BasicConstraints> {
    let mut reader = Reader::new(der::only(value, SEQUENCE)?);
    let is_ca = reader.optional(BOOLEAN).is_some_and(|value| value != [0]);
    let path_length = match reader.optional(INTEGER) {
        Some(&[length @ 0..0x80]) => Some(usize::from(length)),
        // Longer than any chain.
        Some(&[0..0x80, _, ..]) | None => None,
        Some(_) => return None,
    };
    reader.is_empty().then_some(BasicConstraints { is_ca, path_length })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An extension with an unknown identifier, followed by these elements.
    fn unknown(number: u8, rest: &[u8]) -> Vec<u8> {
        let id = [OID, 3, 0x2a, 3, number];
        [&[SEQUENCE, u8::try_from(id.len() + rest.len()).unwrap()], &id[..], rest].concat()
    }

    #[test]
    fn the_form_of_an_extension() {
        let critical = |rest: &[u8]| {
            Extensions::read(&unknown(1, rest)).map(|extensions| extensions.has_unknown_critical)
        };
        assert_eq!(critical(&[OCTET_STRING, 0]), Some(false));
        assert_eq!(critical(&[BOOLEAN, 1, 0, OCTET_STRING, 0]), Some(false));
        assert_eq!(critical(&[BOOLEAN, 1, 0xff, OCTET_STRING, 0]), Some(true));
        assert_eq!(critical(&[OCTET_STRING, 0, OCTET_STRING, 0]), None);
        assert_eq!(critical(&[BOOLEAN, 1, 0xff]), None);
    }

    #[test]
    fn there_is_an_end_to_extensions() {
        let many = |count: u8| -> Vec<u8> {
            (0..count).flat_map(|number| unknown(number, &[OCTET_STRING, 0])).collect()
        };
        assert!(Extensions::read(&many(64)).is_some());
        assert!(Extensions::read(&many(65)).is_none());
        let twice = [unknown(1, &[OCTET_STRING, 0]), unknown(1, &[OCTET_STRING, 0])].concat();
        assert!(Extensions::read(&twice).is_none());
    }
}
