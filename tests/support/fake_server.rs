//! A server that speaks RESP2 and answers as a script says: for what a real Redis cannot be brought to say in time.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// What to do with one command.
pub enum Answer {
    /// These bytes, in RESP2.
    Say(&'static str),
    /// The same, made up on the spot.
    Tell(String),
    /// These bytes, a piece every 100 ms.
    Slowly(Vec<u8>),
    /// Nothing.
    Silence,
    HangUp,
}

pub struct FakeServer {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    open: Arc<AtomicUsize>,
}

impl FakeServer {
    /// `script` gets the number of the connection, from 0, and the words of the command.
    pub fn start(script: impl Fn(usize, &[String]) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_on(0, script)
    }

    /// For a script that has to know the port.
    pub fn start_on(port: u16, script: impl Fn(usize, &[String]) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, open) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
        let server = Self { port, seen: seen.clone(), open: open.clone() };
        let script = Arc::new(script);
        // The thread ends with the test's process.
        thread::spawn(move || {
            for (number, socket) in listener.incoming().enumerate() {
                let (script, seen, open) = (script.clone(), seen.clone(), open.clone());
                thread::spawn(move || {
                    open.fetch_add(1, Ordering::SeqCst);
                    serve(&socket.unwrap(), &seen, |words| script(number, words));
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Every command so far, words separated by blanks.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }
}

fn serve(socket: &TcpStream, seen: &Mutex<Vec<String>>, script: impl Fn(&[String]) -> Answer) {
    let (mut reader, mut writer) = (BufReader::new(socket), socket);
    while let Some(words) = read_command(&mut reader) {
        seen.lock().unwrap().push(words.join(" "));
        match script(&words) {
            Answer::Say(text) => drop(writer.write_all(text.as_bytes())),
            Answer::Tell(text) => drop(writer.write_all(text.as_bytes())),
            Answer::Slowly(bytes) => {
                for piece in bytes.chunks(bytes.len().div_ceil(20)) {
                    let _ = writer.write_all(piece);
                    thread::sleep(Duration::from_millis(100));
                }
            }
            Answer::Silence => {}
            Answer::HangUp => return,
        }
    }
}

fn read_command(reader: &mut impl BufRead) -> Option<Vec<String>> {
    let count = read_number(reader, '*')?;
    (0..count)
        .map(|_| {
            let mut word = vec![0; read_number(reader, '$')? + 2];
            reader.read_exact(&mut word).ok()?;
            word.truncate(word.len() - 2);
            Some(String::from_utf8_lossy(&word).into_owned())
        })
        .collect()
}

fn read_number(reader: &mut impl BufRead, mark: char) -> Option<usize> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    line.strip_prefix(mark)?.trim_end().parse().ok()
}
