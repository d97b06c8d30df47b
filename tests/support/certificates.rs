//! Certificates made by the openssl command.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::test_redis::new_folder;

/// An authority, a server that it signed for `localhost`, a client that it signed, a server that signed itself, and one
/// that the first server signed, as `ca.pem`, `server.pem`, `client.pem`, `alone.pem`, `below.pem` and as many `….key`; one
/// of version 1 that signed itself as `old.pem`; and `p521.key`, of a curve that is not supported.
pub struct Certificates {
    folder: PathBuf,
}

impl Certificates {
    /// `None`, and a line on the terminal, where there is no openssl.
    pub fn make() -> Option<Self> {
        if Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_err() {
            eprintln!("SKIPPED: the tests of TLS need the openssl command, which is not installed");
            return None;
        }
        let folder = new_folder();
        fs::write(folder.join("server.ext"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
            .unwrap();
        fs::write(folder.join("client.ext"), "basicConstraints=CA:FALSE\n").unwrap();
        openssl(
            &folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Authority -keyout ca.key -out ca.pem",
        );
        fs::write(folder.join("below.ext"), "subjectAltName=DNS:localhost\n").unwrap();
        for (who, signer) in [("server", "ca"), ("client", "ca"), ("below", "server")] {
            openssl(
                &folder,
                &format!(
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={who} -keyout {who}.key -out {who}.csr"
                ),
            );
            openssl(
                &folder,
                &format!(
                    "x509 -req -in {who}.csr -CA {signer}.pem -CAkey {signer}.key -CAcreateserial -days 2 -extfile {who}.ext -out {who}.pem"
                ),
            );
        }
        openssl(
            &folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout alone.key -out alone.pem",
        );
        openssl(
            &folder,
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout old.key -out old.csr",
        );
        openssl(&folder, "x509 -req -in old.csr -signkey old.key -days 2 -out old.pem");
        openssl(&folder, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out p521.key");
        Some(Self { folder })
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Options for a Redis that speaks TLS on `port` as `server`, and knows the authority.
    pub fn redis_options(&self, server: &str, port: u16) -> Vec<String> {
        let [cert, key, ca] = [format!("{server}.pem"), format!("{server}.key"), "ca.pem".to_owned()]
            .map(|name| self.path(&name));
        let options = [
            ("--tls-port", port.to_string()),
            ("--tls-cert-file", cert),
            ("--tls-key-file", key),
            ("--tls-ca-cert-file", ca),
        ];
        options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap()
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}
