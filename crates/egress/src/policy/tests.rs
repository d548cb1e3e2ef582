//! The table of addresses, with every way in which one can be disguised.

use super::*;

fn verdicts(text: &str) -> (bool, bool) {
    let address: IpAddr = text.parse().expect(text);
    (check(Trust::Admin, address).is_ok(), check(Trust::User, address).is_ok())
}

#[test]
fn public_addresses_are_open_to_everybody() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.255.255",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:4860:4860::8888",
        "2400:3200::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001:0:808:808:0:0:f7f7:f7f7",
    ] {
        assert_eq!(verdicts(address), (true, true), "{address}");
    }
}

#[test]
fn private_addresses_are_open_to_administrators_only() {
    for address in [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "198.51.100.1",
        "203.0.113.1",
        "198.18.0.1",
        "198.19.255.255",
        "240.0.0.1",
        "::1",
        "fc00::1",
        "fdff::1",
        "fec0::1",
        "2001:db8::1",
        "2001:2::1",
        "3fff::1",
        "4000::1",
        "100::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "::ffff:0:192.168.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "2002:7f00:1::1",
        "2002:c0a8:101::",
        "2001:0:808:808:0:0:80ff:fffe",
        "2001:0:a00:1:0:0:f7f7:f7f7",
        "2600::5efe:10.0.0.1",
        "2600::200:5efe:10.0.0.1",
        "4000::5efe:8.8.8.8",
    ] {
        assert_eq!(verdicts(address), (true, false), "{address}");
    }
}

#[test]
fn metadata_and_group_addresses_are_open_to_nobody() {
    for address in [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "169.254.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "::",
        "fe80::1",
        "febf::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "ff02::1",
        "::ffff:a9fe:a9fe",
        "::ffff:0.0.0.0",
        "::a9fe:a9fe",
        "::ffff:0:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1",
        "2001:0:808:808:0:0:5601:5601",
        "2600::5efe:a9fe:a9fe",
    ] {
        assert_eq!(verdicts(address), (false, false), "{address}");
    }
}

#[test]
fn an_answer_of_a_fake_ip_resolver_is_allowed_and_only_as_an_answer() {
    for trust in [Trust::Admin, Trust::User] {
        assert_eq!(check_resolved(trust, IpAddr::from([198, 18, 0, 9])), Ok(()));
        assert_eq!(check_resolved(trust, IpAddr::from([169, 254, 169, 254])), Err(Reason::Metadata));
    }
    assert_eq!(check(Trust::User, IpAddr::from([198, 18, 0, 9])), Err(Reason::Reserved));
    assert_eq!(check_resolved(Trust::User, IpAddr::from([127, 0, 0, 1])), Err(Reason::Loopback));
}

#[test]
fn names_that_mean_this_machine_or_its_network_are_known() {
    for name in ["localhost", "LOCALHOST.", "a.localhost", "db.internal", "nas.local", "box.lan", "x.home.arpa"] {
        assert!(check_name(Trust::User, name).is_err(), "{name}");
        assert!(check_name(Trust::Admin, name).is_ok(), "{name}");
    }
    for name in ["metadata.google.internal", "Metadata.Goog.", "instance-data"] {
        assert_eq!(check_name(Trust::Admin, name), Err(Reason::Metadata), "{name}");
    }
    for name in ["example.com", "notlocalhost", "internal.example", "my-local", "metadata.example", "é.local.example"]
    {
        assert_eq!(check_name(Trust::User, name), Ok(()), "{name}");
    }
}
