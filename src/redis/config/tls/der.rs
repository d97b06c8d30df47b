//! Reads DER, as far as X.509 needs it: definite lengths, one-byte tags (ITU-T X.690, section 10).

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The elements of a sequence of bytes. `None` is the end or a malformed element; `is_empty` tells which.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next element: its tag and its content.
    pub(super) fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, length], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match length {
            0..=0x7f => (usize::from(length), rest),
            0x81 => {
                let (&[length], rest) = rest.split_first_chunk()?;
                // DER allows only the shortest form.
                (usize::from(length), if length > 0x7f { rest } else { return None })
            }
            0x82 => {
                let (&bytes, rest) = rest.split_first_chunk()?;
                let length = u16::from_be_bytes(bytes);
                (usize::from(length), if length > 0xff { rest } else { return None })
            }
            // No certificate has 64 KB, and webpki refuses it too.
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// The content of the next element, if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.0.first() == Some(&tag) { self.expect(tag) } else { None }
    }

    /// The whole next element, its tag and length included.
    pub(super) fn whole(&mut self, tag: u8) -> Option<&'a [u8]> {
        let before = self.0;
        self.expect(tag)?;
        before.get(..before.len() - self.0.len())
    }
}

/// The content of the one element that these bytes consist of.
pub(super) fn only(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let mut reader = Reader::new(bytes);
    let content = reader.expect(tag)?;
    reader.is_empty().then_some(content)
}

/// All elements of these bytes. `None` if they do not end with a whole element.
pub(super) fn all(bytes: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut reader = Reader::new(bytes);
    let mut found = Vec::new();
    while !reader.is_empty() {
        found.push(reader.any()?);
    }
    Some(found)
}

/// Seconds since 1970 of a `UTCTime` or `GeneralizedTime`, in the only form that RFC 5280, section 4.1.2.5, allows.
pub(super) fn seconds((tag, text): (u8, &[u8])) -> Option<i64> {
    let (century, rest) = match tag {
        UTC_TIME if text.len() == 13 => (None, text),
        GENERALIZED_TIME if text.len() == 15 => {
            let (century, rest) = text.split_at_checked(2)?;
            (Some(two_digits(century)?), rest)
        }
        _ => return None,
    };
    let digits = rest.strip_suffix(b"Z")?;
    let numbers: Option<Vec<i64>> = digits.chunks(2).map(two_digits).collect();
    let &[year, month, day, hour, minute, second] = numbers?.as_slice() else {
        return None;
    };
    let in_range =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    // A year of two digits is one of 1950 to 2049.
    let century = century.unwrap_or(if year < 50 { 20 } else { 19 });
    in_range.then(|| ((days(century * 100 + year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn two_digits(text: &[u8]) -> Option<i64> {
    match *text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
            Some(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
        }
        _ => None,
    }
}

/// Days from 1970-01-01 to this date. If years begin in March, the leap day is the last of its year, and a month
/// begins after `(153 * m + 2) / 5` days (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements() {
        let bytes = [0x02, 1, 5, 0x30, 0x81, 0x80].into_iter().chain([7; 0x80]).collect::<Vec<_>>();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.optional(BOOLEAN), None);
        assert_eq!(reader.expect(INTEGER), Some(&[5][..]));
        assert_eq!(reader.whole(SEQUENCE).map(<[u8]>::len), Some(0x83));
        assert!(reader.is_empty());
        assert_eq!(reader.any(), None);
        let long = [0x04, 0x82, 1, 0].into_iter().chain([7; 0x100]).collect::<Vec<_>>();
        assert_eq!(only(&long, OCTET_STRING).map(<[u8]>::len), Some(0x100));
    }

    #[test]
    fn what_is_no_der() {
        for bytes in [
            &[0x02][..],
            &[0x02, 2, 0],
            &[0x02, 0x80, 0, 0],
            &[0x02, 0x81],
            &[0x02, 0x81, 1, 5],
            &[0x02, 0x82, 0, 1, 5],
            &[0x02, 0x83, 0, 0, 1, 5],
        ] {
            assert_eq!(Reader::new(bytes).any(), None, "{bytes:?}");
        }
        assert_eq!(only(&[0x02, 1, 5, 0], INTEGER), None);
        assert_eq!(only(&[0x02, 1, 5], SEQUENCE), None);
        assert!(all(&[0x02, 1, 5, 0x02]).is_none());
        // A length of 0x7f, for which the short form must be used.
        let padded: Vec<u8> = [0x02, 0x81, 0x7f].into_iter().chain([0; 0x7f]).collect();
        assert_eq!(Reader::new(&padded).any(), None);
        let padded: Vec<u8> = [0x02, 0x82, 0, 0xff].into_iter().chain([0; 0xff]).collect();
        assert_eq!(Reader::new(&padded).any(), None);
    }

    #[test]
    fn times() {
        let utc = |text: &str| seconds((UTC_TIME, text.as_bytes()));
        let generalized = |text: &str| seconds((GENERALIZED_TIME, text.as_bytes()));
        // From `date -u -d … +%s`.
        assert_eq!(utc("700101000000Z"), Some(0));
        assert_eq!(utc("491231235959Z"), Some(2_524_607_999));
        assert_eq!(utc("500101000000Z"), Some(-631_152_000));
        assert_eq!(utc("000229123456Z"), Some(951_827_696));
        assert_eq!(utc("000301000000Z"), Some(951_868_800));
        assert_eq!(generalized("20500101000000Z"), Some(2_524_608_000));
        assert_eq!(generalized("21000301000000Z"), Some(4_107_542_400));
        assert_eq!(generalized("99991231235959Z"), Some(253_402_300_799));
        for text in [
            "7001010000Z",
            "7001010000000",
            "70010100000Z0",
            "700001000000Z",
            "701301000000Z",
            "700100000000Z",
            "700132000000Z",
            "700101240000Z",
            "700101006000Z",
            "700101000060Z",
            "70010100 000Z",
            "20500101000000Z",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
        assert_eq!(generalized("700101000000Z"), None);
        assert_eq!(seconds((INTEGER, b"700101000000Z")), None);
    }
}
