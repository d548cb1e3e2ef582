//! Finds model servers beside this one: on this machine, on the container's host, behind the container's gateway.

use egress::{Egress, Trust};
use futures_util::future::join_all;
use llm::openai_chat::OpenAiChat;
use llm::{Endpoint, Provider as _, Timeouts};
use shared::connections::{FoundServer, Protocol};
use std::net::Ipv4Addr;
use std::time::Duration;

/// Longest wait for each address.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// What listens where by default, and what comes behind the port. Ollama also speaks OpenAI's protocol, but only its own
/// says what its models can, and takes the size of their window.
const SERVERS: &[(&str, Protocol, u16, &str)] =
    &[("Ollama", Protocol::Ollama, 11434, ""), ("LM Studio", Protocol::OpenaiChat, 1234, "/v1")];

/// An address to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it would be.
    pub name: &'static str,
    /// How it would be spoken to.
    pub protocol: Protocol,
    /// Its base URL.
    pub base_url: String,
}

/// The addresses to look at on this machine, the nearest first.
#[must_use]
pub fn candidates() -> Vec<Candidate> {
    let routes = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    let mut hosts = vec!["127.0.0.1".to_owned(), "host.docker.internal".to_owned()];
    hosts.extend(gateway(&routes).map(|gateway| gateway.to_string()));
    let at = |host: &String| {
        let host = host.clone();
        SERVERS.iter().map(move |(name, protocol, port, path)| Candidate {
            name,
            protocol: *protocol,
            base_url: format!("http://{host}:{port}{path}"),
        })
    };
    hosts.iter().flat_map(at).collect()
}

/// The default gateway in the kernel's table of routes: the line whose destination is zero, in the machine's byte order.
fn gateway(routes: &str) -> Option<Ipv4Addr> {
    routes.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (destination, gateway) = (*fields.get(1)?, *fields.get(2)?);
        let address = u32::from_str_radix(gateway, 16).ok().filter(|&address| address != 0)?;
        (destination == "00000000").then(|| Ipv4Addr::from(address.to_ne_bytes()))
    })
}

/// Asks all of them at once. One server that answers under several addresses is listed once.
pub async fn look(egress: &Egress, candidates: &[Candidate]) -> Vec<FoundServer> {
    let answers = join_all(candidates.iter().map(|candidate| ask(egress, candidate))).await;
    let mut found: Vec<FoundServer> = Vec::new();
    for server in answers.into_iter().flatten() {
        if !found.iter().any(|other| other.name == server.name && other.models == server.models) {
            found.push(server);
        }
    }
    found
}

async fn ask(egress: &Egress, candidate: &Candidate) -> Option<FoundServer> {
    let endpoint = Endpoint {
        name: candidate.name.to_owned(),
        base_url: match candidate.protocol {
            Protocol::Ollama => format!("{}/v1", candidate.base_url),
            _ => candidate.base_url.clone(),
        },
        key: None,
        trust: Trust::Admin,
        timeouts: Timeouts { first_byte: PATIENCE, idle: PATIENCE },
        headers: Vec::new(),
    };
    // Names are all that is asked for here: both kinds of servers list them to OpenAI's clients, with one question.
    let provider = OpenAiChat::new(egress.clone(), endpoint);
    let models = tokio::time::timeout(PATIENCE, provider.models()).await.ok()?.ok()?;
    let models = models.into_iter().map(|model| model.name).take(super::probe::most_models(Trust::Admin)).collect();
    let Candidate { name, protocol, base_url } = candidate.clone();
    Some(FoundServer { name: name.to_owned(), protocol, base_url, models })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
        eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n\
        eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";

    #[test]
    fn the_gateway_is_read_from_the_table_of_routes() {
        if cfg!(target_endian = "little") {
            assert_eq!(gateway(ROUTES), Some(Ipv4Addr::new(172, 17, 0, 1)));
        }
        for other in ["", "garbage", "Iface\neth0\t00000000\t00000000\n", "Iface\neth0\t00000000\txyz\n"] {
            assert_eq!(gateway(other), None, "{other}");
        }
    }

    #[test]
    fn the_nearest_addresses_come_first() {
        let found = candidates();
        let has = |base_url: &str, protocol| {
            found.iter().position(|candidate| candidate.base_url == base_url && candidate.protocol == protocol)
        };
        assert_eq!(has("http://127.0.0.1:11434", Protocol::Ollama), Some(0));
        assert!(has("http://host.docker.internal:1234/v1", Protocol::OpenaiChat) > Some(0));
    }

    #[tokio::test]
    async fn silence_is_no_server() {
        let egress = Egress::new(egress::Config::default()).expect("a client");
        let base_url = "http://127.0.0.1:9".to_owned();
        let nobody = Candidate { name: "Ollama", protocol: Protocol::Ollama, base_url };
        assert_eq!(look(&egress, &[nobody]).await, []);
    }
}
