//! A real master with two replicas, and three Sentinels that watch it. All are killed when dropped.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use super::test_redis::{TestRedis, free_port, new_folder};

/// What the Sentinels call the master.
pub const NAME: &str = "sessions";

pub struct TestSentinel {
    servers: Vec<TestRedis>,
    sentinels: Vec<Sentinel>,
}

impl TestSentinel {
    pub fn start() -> Self {
        Self::with_passwords(None, None)
    }

    /// Passwords of the servers, and of the Sentinels.
    pub fn with_passwords(of_servers: Option<&str>, of_sentinels: Option<&str>) -> Self {
        let login = of_servers.map_or(vec![], |word| vec!["--requirepass", word, "--masterauth", word]);
        let options = [&login[..], &["--repl-diskless-sync-delay", "0"]].concat();
        let master = TestRedis::with_options(&options);
        let replica_of = format!("127.0.0.1 {}", master.port());
        let options = [&options[..], &["--replicaof", &replica_of]].concat();
        let replicas = (0..2).map(|_| TestRedis::with_options(&options));
        let servers: Vec<_> = std::iter::once(master).chain(replicas).collect();
        // The Sentinels ask the master for its replicas when they start, and then not for ten seconds.
        let online = |master: &TestRedis| master.info("replication").matches("state=online").count() == 2;
        eventually("the replicas follow", || online(&servers[0]));
        let sentinels =
            (0..3).map(|_| Sentinel::start(servers[0].port(), of_servers, of_sentinels)).collect();
        let all = Self { servers, sentinels };
        eventually("the Sentinels know all", || all.sentinels.iter().all(Sentinel::knows_all));
        all
    }

    /// The first one is master at first.
    pub fn server(&self, index: usize) -> &TestRedis {
        &self.servers[index]
    }

    pub fn server_mut(&mut self, index: usize) -> &mut TestRedis {
        &mut self.servers[index]
    }

    pub fn sentinels(&self) -> &[Sentinel] {
        &self.sentinels
    }

    pub fn sentinels_mut(&mut self) -> &mut [Sentinel] {
        &mut self.sentinels
    }

    /// Which server the Sentinels that answer name as master, once they agree on one other than `old`.
    pub fn wait_for_another_master(&self, old: usize) -> usize {
        eventually("another master is named", || self.named_master().is_some_and(|master| master != old));
        self.named_master().unwrap()
    }

    /// Whether the last failover is over and done with for every Sentinel: one that is in the middle of it begins no other.
    pub fn is_calm(&self) -> bool {
        let is_calm = |sentinel: &Sentinel| {
            let master: HashMap<String, String> = sentinel.run(&["MASTER", NAME]).unwrap_or_default();
            master.get("flags").is_some_and(|flags| flags == "master")
        };
        self.sentinels.iter().all(is_calm)
    }

    /// Which server all Sentinels that answer name as master.
    pub fn named_master(&self) -> Option<usize> {
        let mut ports = self.sentinels.iter().filter_map(Sentinel::named_port);
        let port = ports.next()?;
        ports.all(|other| other == port).then_some(())?;
        self.servers.iter().position(|server| server.port() == port)
    }
}

pub struct Sentinel {
    process: Child,
    folder: PathBuf,
    port: u16,
    password: Option<String>,
}

impl Sentinel {
    /// Watches the server at `master` together with all others that do.
    pub fn start(master: u16, of_server: Option<&str>, password: Option<&str>) -> Self {
        (0..5)
            .find_map(|_| Self::launch(master, of_server, password))
            .expect("the Sentinel does not start: is redis-server installed?")
    }

    fn launch(master: u16, of_server: Option<&str>, password: Option<&str>) -> Option<Self> {
        let (folder, port) = (new_folder(), free_port());
        let mut settings = vec![
            format!("port {port}"),
            "bind 127.0.0.1".to_owned(),
            format!("sentinel monitor {NAME} 127.0.0.1 {master} 2"),
            format!("sentinel down-after-milliseconds {NAME} 700"),
            format!("sentinel failover-timeout {NAME} 2000"),
        ];
        settings.extend(of_server.map(|word| format!("sentinel auth-pass {NAME} {word}")));
        // Among themselves they use the same one.
        settings.extend(password.map(|word| format!("requirepass {word}\nsentinel sentinel-pass {word}")));
        fs::write(folder.join("sentinel.conf"), settings.join("\n")).unwrap();
        let process = Command::new("redis-server")
            .args(["sentinel.conf", "--sentinel"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("redis-server cannot be started, is it installed? {error}"));
        let mut sentinel = Self { process, folder, port, password: password.map(ToOwned::to_owned) };
        sentinel.answers().then_some(sentinel)
    }

    fn answers(&mut self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(15);
        while self.process.try_wait().unwrap().is_none() {
            if self.named_port().is_some() {
                return true;
            }
            assert!(Instant::now() < deadline, "the Sentinel does not answer in 15 s");
            sleep(Duration::from_millis(10));
        }
        false
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Words after `SENTINEL`.
    pub fn run<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let login = self.password.as_ref().map_or(String::new(), |word| format!(":{word}@"));
        let client = redis::Client::open(format!("redis://{login}127.0.0.1:{}", self.port))?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(1))?;
        connection.set_read_timeout(Some(Duration::from_secs(1)))?;
        redis::cmd("SENTINEL").arg(words).query(&mut connection)
    }

    /// As `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    pub fn hang(&self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
    }

    /// `None` while it does not answer.
    fn named_port(&self) -> Option<u16> {
        let (_, port): (String, u16) = self.run(&["GET-MASTER-ADDR-BY-NAME", NAME]).ok()?;
        Some(port)
    }

    fn knows_all(&self) -> bool {
        let replicas: Vec<redis::Value> = self.run(&["REPLICAS", NAME]).unwrap_or_default();
        let others: Vec<redis::Value> = self.run(&["SENTINELS", NAME]).unwrap_or_default();
        let quorum = self.run::<String>(&["CKQUORUM", NAME]);
        replicas.len() == 2 && others.len() == 2 && quorum.is_ok()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        sleep(Duration::from_millis(20));
    }
}
