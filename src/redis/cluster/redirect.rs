//! An answer that names another node.

use ::redis::{ServerError, Value};

use crate::redis::config::host_port::HostPort;

/// The node to ask instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// The slot has another master from now on.
    Moved(HostPort),
    /// The slot is moving to that node, and this key is there already: ask there once, with `ASKING` before the
    /// command.
    Ask(HostPort),
}

impl Redirect {
    /// Reads `MOVED 3999 127.0.0.1:6381` or `ASK …`. A missing host is that of the node `asked`.
    pub(super) fn of(answer: &Value, asked: &HostPort) -> Option<Self> {
        let Value::ServerError(refusal) = answer else { return None };
        match refusal.code() {
            "MOVED" => read_node(refusal, asked).map(Self::Moved),
            "ASK" => read_node(refusal, asked).map(Self::Ask),
            _ => None,
        }
    }
}

fn read_node(refusal: &ServerError, asked: &HostPort) -> Option<HostPort> {
    let (_, address) = refusal.details()?.split_once(' ')?;
    // An IPv6 address has no brackets here: the port is behind the last colon.
    let (host, port) = address.trim().rsplit_once(':')?;
    let host = if matches!(host, "" | "?") { &*asked.host } else { host };
    let port = port.parse().ok().filter(|port| *port != 0)?;
    Some(HostPort { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_name_a_node() {
        let asked = HostPort { host: "asked".to_owned(), port: 1 };
        let node = |host: &str, port| HostPort { host: host.to_owned(), port };
        let table = [
            ("-MOVED 3999 127.0.0.1:6381\r\n", Some(Redirect::Moved(node("127.0.0.1", 6381)))),
            ("-ASK 3999 ::1:6381\r\n", Some(Redirect::Ask(node("::1", 6381)))),
            ("-MOVED 3999 :6381\r\n", Some(Redirect::Moved(node("asked", 6381)))),
            ("-MOVED 3999 ?:6381\r\n", Some(Redirect::Moved(node("asked", 6381)))),
            ("-MOVED 3999 h:x\r\n", None),
            ("-MOVED 3999 :0\r\n", None),
            ("-MOVED\r\n", None),
            ("-CLUSTERDOWN Hash slot not served\r\n", None),
            ("+MOVED 1 h:1\r\n", None),
        ];
        for (line, expected) in table {
            let answer = ::redis::parse_redis_value(line.as_bytes()).unwrap();
            assert_eq!(Redirect::of(&answer, &asked), expected, "{line}");
        }
    }
}
