//! Which addresses may be reached by whom: pure functions over addresses and names, no IO.

use ipnet::{Ipv4Net, Ipv6Net};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who vouches for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust {
    /// An administrator saved it: private networks and this machine are fine.
    Admin,
    /// A person or a program named it: public addresses only.
    User,
}

/// Why an address may not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Link-local, or a cloud's metadata service.
    Metadata,
    /// A group of machines.
    Multicast,
    /// No address at all, such as `0.0.0.0`.
    Unspecified,
    /// Everybody on the network.
    Broadcast,
    /// This machine.
    Loopback,
    /// A private network.
    Private,
    /// Reserved for documentation, tests or the future.
    Reserved,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Metadata => "link-local and metadata addresses are never allowed",
            Self::Multicast => "multicast addresses are never allowed",
            Self::Unspecified => "the unspecified address is never allowed",
            Self::Broadcast => "the broadcast address is never allowed",
            Self::Loopback => "it is this machine itself",
            Self::Private => "it is in a private network",
            Self::Reserved => "it is in a reserved range",
        })
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(address: u128, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_bits(address), prefix)
}

/// Nobody reaches these.
const NEVER_V4: &[(Ipv4Net, Reason)] = &[
    (v4(0, 0, 0, 0, 8), Reason::Unspecified),
    (v4(169, 254, 0, 0, 16), Reason::Metadata),
    (v4(100, 100, 100, 200, 32), Reason::Metadata),
    (v4(168, 63, 129, 16, 32), Reason::Metadata),
    (v4(192, 0, 0, 192, 32), Reason::Metadata),
    (v4(224, 0, 0, 0, 4), Reason::Multicast),
    (v4(255, 255, 255, 255, 32), Reason::Broadcast),
];

/// Only administrators' addresses may be in these.
const ADMIN_V4: &[(Ipv4Net, Reason)] = &[
    (v4(127, 0, 0, 0, 8), Reason::Loopback),
    (v4(10, 0, 0, 0, 8), Reason::Private),
    (v4(172, 16, 0, 0, 12), Reason::Private),
    (v4(192, 168, 0, 0, 16), Reason::Private),
    (v4(100, 64, 0, 0, 10), Reason::Private),
    (v4(192, 0, 0, 0, 24), Reason::Reserved),
    (v4(192, 0, 2, 0, 24), Reason::Reserved),
    (v4(192, 88, 99, 0, 24), Reason::Reserved),
    (v4(198, 51, 100, 0, 24), Reason::Reserved),
    (v4(203, 0, 113, 0, 24), Reason::Reserved),
    (FAKE_IP, Reason::Reserved),
    (v4(240, 0, 0, 0, 4), Reason::Reserved),
];

const NEVER_V6: &[(Ipv6Net, Reason)] = &[
    (v6(0, 128), Reason::Unspecified),
    (v6(0xfe80 << 112, 10), Reason::Metadata),
    (v6(0xfd00_0ec2 << 96, 32), Reason::Metadata),
    (v6((0xfd20_00ce << 96) | 0x254, 128), Reason::Metadata),
    (v6(0xff00 << 112, 8), Reason::Multicast),
];

/// Inside the one block of public addresses, these are not.
const ADMIN_V6: &[(Ipv6Net, Reason)] = &[
    (v6(1, 128), Reason::Loopback),
    (v6(0xfc00 << 112, 7), Reason::Private),
    (v6(0xfec0 << 112, 10), Reason::Private),
    (v6(0x0064_ff9b_0001 << 80, 48), Reason::Private),
    (v6(0x2001_0002 << 96, 48), Reason::Reserved),
    (v6(0x2001_0010 << 96, 28), Reason::Reserved),
    (v6(0x2001_0db8 << 96, 32), Reason::Reserved),
    (v6(0x3fff << 112, 20), Reason::Reserved),
];

/// The only addresses handed out for the public network so far.
const GLOBAL_V6: Ipv6Net = v6(0x2000 << 112, 3);

/// The range from which resolvers of local proxies (Clash, sing-box …) answer for every name.
const FAKE_IP: Ipv4Net = v4(198, 18, 0, 0, 15);

/// Checks an address that was written literally.
///
/// # Errors
/// The [`Reason`] when it may not be reached.
pub fn check(trust: Trust, address: IpAddr) -> Result<(), Reason> {
    match address {
        IpAddr::V4(address) => check_v4(trust, address),
        IpAddr::V6(address) => check_v6(trust, address),
    }
}

/// Checks an address that a name resolved to. The range of fake-IP resolvers is allowed here for everybody: the real
/// address is chosen by the local proxy behind it.
///
/// # Errors
/// The [`Reason`] when it may not be reached.
pub fn check_resolved(trust: Trust, address: IpAddr) -> Result<(), Reason> {
    if is_fake_ip(address) { Ok(()) } else { check(trust, address) }
}

/// Checks a name before anything resolves it. This matters behind a proxy, which resolves names by itself.
///
/// # Errors
/// The [`Reason`] when the name stands for a place that may not be reached.
pub fn check_name(trust: Trust, name: &str) -> Result<(), Reason> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let below = |suffix: &str| {
        let Some(head) = name.len().checked_sub(suffix.len()) else { return false };
        name.get(head..).is_some_and(|tail| tail.eq_ignore_ascii_case(suffix))
            && (head == 0 || name.as_bytes()[head - 1] == b'.')
    };
    if below("metadata.google.internal") || below("metadata.goog") || below("instance-data") {
        return Err(Reason::Metadata);
    }
    if trust == Trust::Admin {
        return Ok(());
    }
    if below("localhost") {
        return Err(Reason::Loopback);
    }
    if ["internal", "local", "lan", "home.arpa"].into_iter().any(below) { Err(Reason::Private) } else { Ok(()) }
}

/// Whether a resolver of a local proxy made this address up.
#[must_use]
pub fn is_fake_ip(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if FAKE_IP.contains(&address))
}

fn check_v4(trust: Trust, address: Ipv4Addr) -> Result<(), Reason> {
    let find = |table: &[(Ipv4Net, Reason)]| table.iter().find(|(net, _)| net.contains(&address)).map(|row| row.1);
    let admin_only = || if trust == Trust::User { find(ADMIN_V4) } else { None };
    find(NEVER_V4).or_else(admin_only).map_or(Ok(()), Err)
}

fn check_v6(trust: Trust, address: Ipv6Addr) -> Result<(), Reason> {
    let find = |table: &[(Ipv6Net, Reason)]| table.iter().find(|(net, _)| net.contains(&address)).map(|row| row.1);
    if let Some(reason) = find(NEVER_V6) {
        return Err(reason);
    }
    if trust == Trust::User
        && let Some(reason) = find(ADMIN_V6)
    {
        return Err(reason);
    }
    let hidden = hidden_v4(address);
    for inner in hidden.iter().flatten() {
        check_v4(trust, *inner)?;
    }
    // A hidden address that passed is public if its wrapping is one of the well-known prefixes, `::` or `64:ff9b::`.
    let wrapped = hidden[0].is_some() && matches!(address.segments()[0], 0 | 0x64);
    let public = wrapped || GLOBAL_V6.contains(&address);
    if trust == Trust::User && !public { Err(Reason::Reserved) } else { Ok(()) }
}

/// The IPv4 addresses that an IPv6 address leads to: mapped, translated, compatible, NAT64, 6to4, Teredo (its server
/// and its client) and ISATAP.
fn hidden_v4(address: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let octets = address.octets();
    let at = |start: usize| Some(Ipv4Addr::new(octets[start], octets[start + 1], octets[start + 2], octets[start + 3]));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None, None],
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            [at(12), None]
        }
        // Its operator chooses where the address stands; zeros mean that it is not at the second place.
        [0x64, 0xff9b, 1, ..] => {
            let split = Ipv4Addr::new(octets[6], octets[7], octets[9], octets[10]);
            [at(12), Some(split).filter(|split| !split.is_unspecified())]
        }
        [0x2002, ..] => [at(2), None],
        [0x2001, 0, ..] => [at(4), at(12).map(|client| Ipv4Addr::from_bits(!client.to_bits()))],
        [_, _, _, _, 0 | 0x0200, 0x5efe, ..] => [at(12), None],
        _ => [None, None],
    }
}

#[cfg(test)]
mod tests;
