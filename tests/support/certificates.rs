//! Certificates made by the openssl command.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::test_redis::new_folder;

/// An authority, a server that it signed for `localhost`, a client that it signed, and a server that signed itself, as
/// `ca.pem`, `server.pem`, `client.pem`, `alone.pem` and as many `….key`.
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
        for who in ["server", "client"] {
            openssl(
                &folder,
                &format!(
                    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={who} -keyout {who}.key -out {who}.csr"
                ),
            );
            openssl(
                &folder,
                &format!(
                    "x509 -req -in {who}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile {who}.ext -out {who}.pem"
                ),
            );
        }
        openssl(
            &folder,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout alone.key -out alone.pem",
        );
        Some(Self { folder })
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
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
