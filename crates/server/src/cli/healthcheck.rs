//! `aichat healthcheck`: one plain request to the server on this machine. It needs no shell and no other program, so it
//! works in an image that has neither.

use crate::config::Config;
use crate::listen::reachable;
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// The whole check takes no longer.
const LIMIT: Duration = Duration::from_secs(5);

pub(super) fn run(config: &Config) -> Result<(), String> {
    let host = reachable(&config.host);
    let ask = || -> std::io::Result<String> {
        let deadline = Instant::now() + LIMIT;
        let mut last = std::io::Error::other("the name has no address");
        for address in (host.as_str(), config.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, left(deadline)) {
                Ok(stream) => return status_line(stream, deadline),
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    let status = ask().map_err(|error| format!("nothing answers on {host}:{}: {error}", config.port))?;
    if status.split_whitespace().nth(1) == Some("200") {
        return Ok(());
    }
    Err(format!("the server on {host}:{} is not well: {status}", config.port))
}

fn status_line(mut stream: TcpStream, deadline: Instant) -> std::io::Result<String> {
    stream.set_write_timeout(Some(left(deadline)))?;
    stream.write_all(b"GET /api/settings/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    let mut buffer = [0; 256];
    while !answer.contains(&b'\n') && answer.len() < 1024 {
        stream.set_read_timeout(Some(left(deadline)))?;
        match stream.read(&mut buffer)? {
            0 => break,
            count => answer.extend_from_slice(&buffer[..count]),
        }
    }
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or("an empty answer").to_owned())
}

/// What is left until the deadline; a socket takes no zero.
fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use std::net::TcpListener;

    fn config(port: u16) -> Config {
        let mut config = Config::load(&Cli::default(), |_| None, "").expect("defaults");
        config.port = port;
        config
    }

    fn answering(answer: &'static [u8]) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("bound");
        let port = listener.local_addr().expect("address").port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let _ = stream.read(&mut [0; 512]);
            stream.write_all(answer).expect("written");
        });
        port
    }

    #[test]
    fn only_status_200_is_well() {
        assert_eq!(run(&config(answering(b"HTTP/1.1 200 OK\r\n\r\n{}"))), Ok(()));
        let sick = run(&config(answering(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"))).expect_err("not well");
        assert!(sick.contains("503"), "{sick}");
        assert!(run(&config(answering(b""))).is_err());
    }

    #[test]
    fn a_closed_port_is_said_in_one_line() {
        let port = TcpListener::bind(("127.0.0.1", 0)).expect("bound").local_addr().expect("address").port();
        let error = run(&config(port)).expect_err("closed");
        assert!(error.contains(&port.to_string()) && !error.contains('\n'), "{error}");
    }
}
