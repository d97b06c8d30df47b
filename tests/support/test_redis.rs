//! A real `redis-server` on a free port, in a folder of its own, killed when dropped.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, AtomicU32, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

pub struct TestRedis {
    server: Child,
    folder: PathBuf,
    port: u16,
    options: Vec<String>,
}

impl TestRedis {
    pub fn start() -> Self {
        Self::with_options(&[])
    }

    /// `options` as on the command line: `["--requirepass", "secret"]`.
    pub fn with_options(options: &[&str]) -> Self {
        // Somebody else may take the port before the server does.
        (0..5)
            .find_map(|_| Self::launch(free_port(), options))
            .expect("redis-server does not start: is it installed?")
    }

    pub fn on_port(port: u16) -> Self {
        Self::launch(port, &[]).expect("redis-server does not start")
    }

    /// `None` when the server ends before it answers.
    pub fn launch(port: u16, options: &[&str]) -> Option<Self> {
        let folder = new_folder();
        let options: Vec<_> = options.iter().map(ToString::to_string).collect();
        let server = spawn(&folder, port, &options);
        let mut redis = Self { server, folder, port, options };
        redis.answers().then_some(redis)
    }

    fn answers(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(15);
        while self.server.try_wait().unwrap().is_none() {
            if connect(&self.folder).is_ok() {
                return true;
            }
            assert!(Instant::now() < deadline, "redis-server does not answer in 15 s");
            sleep(Duration::from_millis(10));
        }
        false
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where the server keeps its files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.join("redis.sock")
    }

    /// A blocking connection for preparing and asking.
    pub fn admin(&self) -> redis::Connection {
        let mut admin = connect(&self.folder).unwrap();
        let mut options = self.options.iter().skip_while(|option| *option != "--requirepass");
        if let Some(password) = options.nth(1) {
            redis::cmd("AUTH").arg(password).exec(&mut admin).unwrap();
        }
        admin
    }

    pub fn set(&self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.run(&[b"SET", key.as_ref(), value.as_ref()]);
    }

    /// Runs one command, given as words.
    pub fn run(&self, words: &[&[u8]]) -> redis::Value {
        redis::Cmd::new().arg(words).query(&mut self.admin()).unwrap()
    }

    pub fn run_line(&self, line: &str) -> redis::Value {
        self.run(&line.split(' ').map(str::as_bytes).collect::<Vec<_>>())
    }

    /// The section of INFO as text.
    pub fn info(&self, section: &str) -> String {
        redis::cmd("INFO").arg(section).query(&mut self.admin()).unwrap()
    }

    /// As `kill -9`.
    pub fn kill(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Starts a killed server again on the same port.
    pub fn restart(&mut self) {
        self.server = spawn(&self.folder, self.port, &self.options);
        assert!(self.answers(), "redis-server does not start again");
    }

    /// Stops it as a hung server: the system still accepts connections, nobody answers.
    pub fn hang(&self) {
        self.signal("-STOP");
    }

    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.server.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port that was free a moment ago, below those that the system gives away by itself: it would give one to the next
/// connection of another test, and who keeps trying it, with nobody there, may in the end be connected to itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() * 97 % 22_000).unwrap();
    loop {
        let port = 10_000 + (first + NEXT.fetch_add(7, Ordering::Relaxed) % 22_000) % 22_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A new, empty folder below the system's own.
pub fn new_folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("psn-test-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn spawn(folder: &Path, port: u16, options: &[String]) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--unixsocket", "redis.sock", "--dir", "."])
        .args(options)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("redis-server cannot be started, is it installed? {error}"))
}

/// Through the Unix socket, so that it works whatever the port speaks.
fn connect(folder: &Path) -> redis::RedisResult<redis::Connection> {
    redis::Client::open(format!("unix://{}", folder.join("redis.sock").display()))?.get_connection()
}
