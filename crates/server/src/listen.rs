//! The sockets of the server, opened before anything else is touched, and one line that helps where they cannot be.

mod owner;

use crate::failure::Failure;
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs as _};
use tokio::net::TcpSocket;

/// Connections that may wait to be taken: a thousand tabs that come back at once after a restart.
const BACKLOG: u32 = 1024;

/// Opens a socket on every address that the host stands for; one has to succeed. Needs a running runtime.
///
/// # Errors
/// One line with a code, the address, and the variable to change.
pub fn open(host: &str, port: u16) -> Result<Vec<TcpListener>, Failure> {
    let unknown = |error| {
        Failure::configuration(format!(
            "listen.unknown_host {host} is no address and no name this machine knows ({error}): set HOST, or --host, to \
             127.0.0.1 or 0.0.0.0"
        ))
    };
    let addresses = (host, port).to_socket_addrs().map_err(unknown)?;
    let mut sockets = Vec::new();
    let mut refused = None;
    for address in addresses {
        match listen(address) {
            Ok(socket) => sockets.push(socket),
            Err(error) => refused = Some(explain(address, &error)),
        }
    }
    match refused {
        Some(refused) if sockets.is_empty() => Err(refused),
        _ => Ok(sockets),
    }
}

/// Host and port as they stand in a URL.
#[must_use]
pub fn address(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Where this machine itself reaches a server that listens there, as it stands in a URL.
#[must_use]
pub fn own_address(host: &str, port: u16) -> String {
    address(&reachable(host), port)
}

/// The host to ask: the one listened on, or loopback where that is every address.
#[must_use]
pub fn reachable(host: &str) -> String {
    match host.parse() {
        Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => Ipv4Addr::LOCALHOST.to_string(),
        Ok(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => Ipv6Addr::LOCALHOST.to_string(),
        _ => host.to_owned(),
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Without it a restart would have to wait for the last connections of the server before.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

fn explain(address: SocketAddr, error: &Error) -> Failure {
    Failure::configuration(match error.kind() {
        ErrorKind::AddrInUse => {
            let owner = owner::of(address.port()).map(|owner| format!(" by {owner}")).unwrap_or_default();
            format!(
                "listen.in_use {address} is taken{owner}: stop that program, or set PORT, or --port, to another one"
            )
        }
        ErrorKind::PermissionDenied => format!(
            "listen.not_allowed {address} needs more rights than this user has, as ports below 1024 do: set PORT, or \
             --port, to a higher one"
        ),
        ErrorKind::AddrNotAvailable => format!(
            "listen.no_address {} is no address of this machine: set HOST, or --host, to one of its own, or to 0.0.0.0",
            address.ip()
        ),
        _ => format!("listen.failed {address} cannot be listened on ({error}): set HOST and PORT to others"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_asked_on_loopback_and_the_long_ones_stand_in_brackets() {
        for (host, asked) in [("0.0.0.0", "127.0.0.1:1"), ("::", "[::1]:1"), ("fd12::1", "[fd12::1]:1"), ("a", "a:1")] {
            assert_eq!(own_address(host, 1), asked);
        }
        assert_eq!(address("::", 1), "[::]:1");
    }

    #[tokio::test]
    async fn a_taken_port_is_named_with_its_owner_and_the_variable_to_change() {
        let taken = open("127.0.0.1", 0).expect("a free port");
        let port = taken[0].local_addr().expect("its address").port();
        let refused = open("127.0.0.1", port).expect_err("taken");
        assert_eq!(refused.exit, 78);
        assert!(refused.line.starts_with(&format!("listen.in_use 127.0.0.1:{port} is taken")), "{refused}");
        assert!(refused.line.contains("PORT") && !refused.line.contains('\n'), "{refused}");
        #[cfg(target_os = "linux")]
        assert!(refused.line.contains(&format!("(process {})", std::process::id())), "{refused}");
    }

    #[tokio::test]
    async fn an_address_of_another_machine_and_a_name_of_none_are_told_apart() {
        let foreign = open("192.0.2.1", 0).expect_err("not ours");
        assert!(foreign.line.starts_with("listen.no_address 192.0.2.1 "), "{foreign}");
        let unknown = open("no-such-host.invalid", 0).expect_err("unknown");
        assert!(unknown.line.starts_with("listen.unknown_host no-such-host.invalid "), "{unknown}");
    }

    #[tokio::test]
    async fn a_name_with_two_addresses_is_listened_on_where_it_can_be() {
        let sockets = open("localhost", 0).expect("one of them");
        assert!(sockets.iter().all(|socket| socket.local_addr().is_ok_and(|address| address.ip().is_loopback())));
    }
}
