//! A proxy between people and the server that does one thing wrong.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Habit {
    /// Nothing wrong.
    Honest,
    /// Collects an answer before it passes it on.
    Buffers,
    /// Gives everybody the first answer to an address, as far as it knows that answer as a whole.
    Caches,
    /// Passes its own name on instead of the one that people use.
    RenamesHost,
    /// Says that people use https.
    SaysHttps,
    /// Cuts an answer after its first bytes.
    Cuts,
    /// Does not reach the server.
    Stranded,
    /// Answers by itself.
    Website,
    /// Answers what asks for one short text without end, as fast as it can.
    Floods,
    /// The same, a byte at a time.
    Trickles,
}

/// A running one. Its threads end with the test process.
pub(super) struct Middleman {
    /// Where it listens.
    pub(super) url: String,
    heard_out: Arc<AtomicBool>,
}

impl Middleman {
    /// Starts it in front of `server` (`host:port`).
    pub(super) fn start(server: &str, habit: Habit) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("its address").port());
        let (server, kept) = (server.to_owned(), Arc::new(Mutex::new(HashMap::new())));
        let heard_out = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&heard_out);
        std::thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                let (server, kept, tell) = (server.clone(), Arc::clone(&kept), Arc::clone(&tell));
                std::thread::spawn(move || serve(caller, &server, habit, &kept, &tell));
            }
        });
        Self { url, heard_out }
    }

    /// Whether somebody listened to all that it says without end, which is more than anybody should.
    pub(super) fn was_heard_out(&self) -> bool {
        self.heard_out.load(Ordering::SeqCst)
    }
}

/// Answers by the first line of their requests.
type Kept = Mutex<HashMap<String, Vec<u8>>>;

fn serve(mut caller: TcpStream, server: &str, habit: Habit, kept: &Kept, heard_out: &AtomicBool) {
    let Some(head) = head(&mut caller) else { return };
    let address = head.lines().next().unwrap_or_default().to_owned();
    if matches!(habit, Habit::Floods | Habit::Trickles)
        && ["/health ", "once=true "].iter().any(|it| address.contains(it))
    {
        return talk(&mut caller, habit, heard_out);
    }
    let answer = match habit {
        Habit::Stranded => {
            Some(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n".to_vec())
        }
        Habit::Website => Some(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi\n".to_vec()),
        Habit::Caches => kept.lock().expect("whole").get(&address).cloned(),
        _ => None,
    };
    if let Some(answer) = answer {
        let _ = caller.write_all(&answer);
        return;
    }
    let mut upstream = TcpStream::connect(server).expect("the server listens");
    upstream.write_all(rewritten(&head, habit).as_bytes()).expect("taken");
    let mut buffer = [0; 4096];
    let mut passed = Vec::new();
    while let Ok(count @ 1..) = upstream.read(&mut buffer) {
        passed.extend_from_slice(&buffer[..count]);
        let plain = !String::from_utf8_lossy(&passed).to_ascii_lowercase().contains("x-accel-buffering: no");
        if habit == Habit::Buffers || habit == Habit::Caches && plain {
            let _ = upstream.read_to_end(&mut passed);
            // Kept before it is passed on: the next request may come at once.
            if habit == Habit::Caches {
                kept.lock().expect("whole").insert(address, passed.clone());
            }
            let _ = caller.write_all(&passed);
            break;
        }
        if caller.write_all(&buffer[..count]).is_err() || habit == Habit::Cuts && passed.len() > 1000 {
            break;
        }
    }
    let _ = caller.shutdown(Shutdown::Both);
}

/// Talks until nobody listens any more, or until far too much was listened to.
fn talk(caller: &mut TcpStream, habit: Habit, heard_out: &AtomicBool) {
    let (words, times, pause) = match habit {
        Habit::Floods => (vec![b' '; 64 * 1024], 1024, Duration::ZERO),
        _ => (vec![b' '], 300, Duration::from_millis(100)),
    };
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
    let said = caller.write_all(head).and_then(|()| {
        (0..times).try_for_each(|_| {
            std::thread::sleep(pause);
            caller.write_all(&words)
        })
    });
    heard_out.fetch_or(said.is_ok(), Ordering::SeqCst);
}

fn head(caller: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        caller.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// The request as it is passed on. One request for each connection is enough.
fn rewritten(head: &str, habit: Habit) -> String {
    let kept = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        name != "connection" && !(habit == Habit::RenamesHost && name == "host")
    };
    let mut lines: Vec<&str> = head.trim_end().split("\r\n").filter(kept).collect();
    lines.push("Connection: close");
    match habit {
        Habit::RenamesHost => lines.push("Host: backend:8001"),
        Habit::SaysHttps => lines.push("X-Forwarded-Proto: https"),
        _ => {}
    }
    lines.join("\r\n") + "\r\n\r\n"
}
