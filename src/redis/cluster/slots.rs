//! Which master has which hash slot.

use std::collections::{BTreeSet, HashMap};

use ::redis::Value;

use crate::{pipeline::Fault, redis::config::host_port::HostPort};

/// Hash slots of a cluster.
const SLOTS: usize = 16384;
/// The owner of a slot without master. No cluster has so many masters: there are fewer slots.
const UNOWNED: u16 = u16::MAX;

/// The master of every slot.
#[derive(PartialEq, Eq)]
pub(super) struct SlotMap {
    /// In the order of their first slots.
    masters: Vec<HostPort>,
    replicas: BTreeSet<HostPort>,
    /// For each slot, an index into `masters`.
    owners: Box<[u16]>,
}

impl SlotMap {
    /// Reads the answer to `CLUSTER SLOTS`: `[[first, last, [host, port, …master], …replicas], …]`. A missing host is
    /// that of the node `asked`, as the Redis documentation of the command says.
    ///
    /// # Errors
    /// This is no answer to that command.
    pub(super) fn read(answer: &Value, asked: &HostPort) -> Result<Self, Fault> {
        let Value::Array(ranges) = answer else { return Err(unexpected()) };
        let ranges: Option<Vec<_>> = ranges.iter().map(|range| Range::read(range, asked)).collect();
        let mut ranges = ranges.ok_or_else(unexpected)?;
        // Port 0 marks a node whose address the cluster has lost, because another node is there now.
        ranges.retain(|range| range.master.port != 0);
        // Each node has its own order.
        ranges.sort_by_key(|range| range.first);
        let owners = vec![UNOWNED; SLOTS].into();
        let mut map = Self { masters: Vec::new(), replicas: BTreeSet::new(), owners };
        let mut known = HashMap::new();
        for Range { first, last, master, replicas } in ranges {
            let next = u16::try_from(map.masters.len()).map_err(|_| unexpected())?;
            let index = *known.entry(master.clone()).or_insert(next);
            if index == next {
                map.masters.push(master);
            }
            map.replicas.extend(replicas);
            map.owners.get_mut(first..=last).ok_or_else(unexpected)?.fill(index);
        }
        Ok(map)
    }

    /// The master of the slot that `key` is in.
    pub(super) fn owner(&self, key: &[u8]) -> Option<&HostPort> {
        self.master_of(slot_of(key))
    }

    fn master_of(&self, slot: usize) -> Option<&HostPort> {
        self.owners.get(slot).and_then(|index| self.masters.get(usize::from(*index)))
    }

    /// Which keys have another master than in `old`. `None`: no key.
    pub(super) fn moved_since(&self, old: &Self) -> Option<impl Fn(&[u8]) -> bool + use<>> {
        let moved: Box<[_]> = (0..SLOTS).map(|slot| self.master_of(slot) != old.master_of(slot)).collect();
        let has_moved = moved.contains(&true);
        has_moved.then_some(move |key: &[u8]| moved.get(slot_of(key)).is_some_and(|is_moved| *is_moved))
    }

    pub(super) fn masters(&self) -> &[HostPort] {
        &self.masters
    }

    /// All nodes, masters first.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &HostPort> {
        self.masters.iter().chain(&self.replicas)
    }

    /// Whether every slot has a master.
    pub(super) fn is_complete(&self) -> bool {
        !self.owners.contains(&UNOWNED)
    }
}

/// CRC16 (XMODEM) of the key, or of its hash tag: the text between the first `{` and the next `}`, if it is not
/// empty.
fn slot_of(key: &[u8]) -> usize {
    let mut parts = key.splitn(2, |byte| *byte == b'{').skip(1);
    let tag = parts.next().and_then(|rest| {
        let end = rest.iter().position(|byte| *byte == b'}')?;
        rest.get(..end).filter(|tag| !tag.is_empty())
    });
    usize::from(crc16::State::<crc16::XMODEM>::calculate(tag.unwrap_or(key))) % SLOTS
}

/// Adjacent slots that the same nodes serve.
struct Range {
    first: usize,
    last: usize,
    master: HostPort,
    replicas: Vec<HostPort>,
}

impl Range {
    fn read(range: &Value, asked: &HostPort) -> Option<Self> {
        let Value::Array(parts) = range else { return None };
        let [Value::Int(first), Value::Int(last), master, replicas @ ..] = &**parts else { return None };
        let (first, last) = (usize::try_from(*first).ok()?, usize::try_from(*last).ok()?);
        let master = read_node(master, asked)?;
        let replicas = replicas.iter().filter_map(|replica| read_node(replica, asked));
        let replicas = replicas.filter(|replica| replica.port != 0).collect();
        // A range that ends before it begins would panic as a slice.
        (first <= last).then_some(Self { first, last, master, replicas })
    }
}

fn read_node(node: &Value, asked: &HostPort) -> Option<HostPort> {
    let Value::Array(parts) = node else { return None };
    let [host, Value::Int(port), ..] = &**parts else { return None };
    let host = match host {
        Value::Nil => asked.host.clone(),
        Value::BulkString(name) if name.is_empty() || name == b"?" => asked.host.clone(),
        Value::BulkString(name) => String::from_utf8(name.clone()).ok()?,
        _ => return None,
    };
    Some(HostPort { host, port: u16::try_from(*port).ok()? })
}

fn unexpected() -> Fault {
    Fault::new("an answer to CLUSTER SLOTS that Redis does not give")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(host: &str, port: u16) -> HostPort {
        HostPort { host: host.to_owned(), port }
    }

    fn read(answer: &str) -> Result<SlotMap, Fault> {
        SlotMap::read(&::redis::parse_redis_value(answer.as_bytes()).unwrap(), &node("asked", 1))
    }

    /// `[first, last, [host, port, id], [replica …]]` for each.
    fn answer(ranges: &[(u32, u32, &str, u32)]) -> String {
        let range = |(first, last, host, port): &(u32, u32, &str, u32)| {
            let host = match *host {
                "nil" => "$-1\r\n".to_owned(),
                host => format!("${}\r\n{host}\r\n", host.len()),
            };
            let replica = "*3\r\n$1\r\nr\r\n:9\r\n$2\r\nid\r\n";
            format!("*4\r\n:{first}\r\n:{last}\r\n*3\r\n{host}:{port}\r\n$2\r\nid\r\n{replica}")
        };
        let ranges: Vec<_> = ranges.iter().map(range).collect();
        format!("*{}\r\n{}", ranges.len(), ranges.concat())
    }

    #[test]
    fn every_slot_has_its_master() {
        let map = read(&answer(&[(0, 8191, "a", 7000), (8192, 12000, "b", 7001), (12001, 16383, "a", 7000)]))
            .unwrap();
        assert_eq!(map.masters(), [node("a", 7000), node("b", 7001)]);
        assert!(map.nodes().eq(&[node("a", 7000), node("b", 7001), node("r", 9)]));
        assert!(map.is_complete());
        assert_eq!(map.owner(b"123456789"), Some(&node("a", 7000)), "slot 12739");
        assert_eq!(map.owner(b"bar"), Some(&node("a", 7000)), "slot 5061");
        assert_eq!(map.owner(b"d"), Some(&node("b", 7001)), "slot 11298");
    }

    #[test]
    fn slots_are_those_of_the_specification() {
        // The example of the specification: CRC16 of 123456789 is 0x31C3.
        assert_eq!(slot_of(b"123456789"), 0x31C3);
        assert_eq!(slot_of(b"foo"), 12182);
        assert_eq!(slot_of(b"{user1000}.following"), slot_of(b"user1000"));
        assert_eq!(slot_of(b"foo{{bar}}zap"), slot_of(b"{bar"));
        assert_eq!(slot_of(b"foo{bar}{zap}"), slot_of(b"bar"));
        assert_ne!(slot_of(b"foo{}{bar}"), slot_of(b"bar"));
        assert_ne!(slot_of(b"foo{bar"), slot_of(b"bar"));
        assert_eq!(slot_of(b""), 0);
    }

    #[test]
    fn the_order_of_ranges_says_nothing() {
        let mut ranges = [(0, 8191, "a", 7000), (8192, 12000, "b", 7001), (12001, 16383, "a", 7000)];
        let map = read(&answer(&ranges)).unwrap();
        ranges.reverse();
        assert!(read(&answer(&ranges)).unwrap() == map);
        ranges[1].2 = "c";
        assert!(read(&answer(&ranges)).unwrap() != map);
    }

    #[test]
    fn the_keys_that_have_moved_are_those_with_another_master() {
        let old = read(&answer(&[(0, 8191, "a", 7000), (8192, 16383, "b", 7001)])).unwrap();
        let new = read(&answer(&[(0, 8191, "a", 7000), (8192, 11999, "b", 7001), (12000, 16383, "a", 7000)]))
            .unwrap();
        let is_moved = new.moved_since(&old).unwrap();
        assert!(is_moved(b"foo"), "slot 12182");
        assert!(!is_moved(b"d") && !is_moved(b"bar"), "slots 11298 and 5061");
        let gone = read(&answer(&[(8192, 16383, "b", 7001)])).unwrap();
        assert!(gone.moved_since(&old).unwrap()(b"bar"), "no master is another one");
        assert!(
            !gone.moved_since(&old).unwrap()(b"foo"),
            "the number of its master is another one, but not the master"
        );
        assert!(old.moved_since(&old).is_none());
    }

    #[test]
    fn gaps_have_no_master() {
        let map = read(&answer(&[(0, 100, "a", 7000)])).unwrap();
        assert!(!map.is_complete());
        assert_eq!(map.owner(b"foo"), None);
        assert!(read("*0\r\n").unwrap().masters().is_empty());
    }

    #[test]
    fn a_master_whose_address_is_lost_is_left_out() {
        let map = read(&answer(&[(0, 8191, "", 0), (8192, 16383, "b", 7001)])).unwrap();
        assert_eq!(map.masters(), [node("b", 7001)]);
        assert!(!map.is_complete());
    }

    #[test]
    fn an_untold_host_is_that_of_the_node_asked() {
        for host in ["", "?", "nil"] {
            let map = read(&answer(&[(0, 16383, host, 7000)])).unwrap();
            assert_eq!(map.masters(), [node("asked", 7000)], "{host}");
        }
    }

    #[test]
    fn other_answers_are_refused() {
        for wrong in [
            "+OK\r\n".to_owned(),
            "*1\r\n+OK\r\n".to_owned(),
            answer(&[(5, 4, "a", 1)]),
            answer(&[(0, 16384, "a", 1)]),
            answer(&[(0, 1, "a", 65536)]),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
