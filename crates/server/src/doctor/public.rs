//! The way in from outside: name, network, TLS, whether it leads to this server, and what stands in it.

use super::self_test::{self, Heard, Outcome, Wait};
use super::words::Code;
use super::{Finding, Patient, Running, clock};
use crate::auth::self_test::Passes;
use crate::catalog::loopback::is_loopback;
use crate::config;
use crate::db::Engine;
use crate::listen;
use egress::{Failure, FailureKind};
use shared::ErrorCode;
use shared::self_test::{EVENTS, SPAN_MS};
use std::time::Duration;
use url::Url;

/// Time between the first and the last event as they are sent.
const SPAN: Duration = Duration::from_millis(SPAN_MS);

pub(super) async fn look(patient: &mut Patient<'_>, given: Option<&str>, running: Running) {
    let Some(url) = given.or(patient.config.public_url.as_deref()) else {
        return patient.add(Finding::new(Code::PublicUnset));
    };
    let origin = match config::origin(url) {
        Ok(origin) => origin,
        Err(rule) => {
            return patient
                .add(Finding::new(Code::PublicInvalid).with("url", url).with("detail", format!("it {rule}")));
        }
    };
    // A stopped server is no fault of the proxy; who names an address wants it tried all the same.
    let passes = patient.passes().filter(|_| given.is_some() || running != Running::Nobody);
    let Some(passes) = passes else { return patient.add(Finding::new(Code::PublicNotRunning).with("url", origin)) };
    let outcome = self_test::ask(&patient.egress, &origin, &passes, Wait::All).await;
    let finding = match outcome {
        Outcome::Heard(heard) if is_ours(patient, &heard) => {
            return follow(patient, &origin, &passes, &heard).await;
        }
        Outcome::Heard(_) | Outcome::Refused(_) => Finding::new(refused(&outcome)),
        Outcome::Other(status) if matches!(status.as_u16(), 502..=504) => {
            Finding::new(Code::PublicGateway).with("status", status.as_u16())
        }
        Outcome::Other(status) => Finding::new(Code::PublicOtherProgram).with("status", status.as_u16()),
        Outcome::Unreached(failure) => unreached(&failure, &origin, patient.config.in_container),
    };
    let address = listen::own_address(&patient.config.host, patient.config.port);
    patient.add(finding.with("url", &origin).with("address", address));
}

/// Servers that share a PostgreSQL database have an identity each.
fn is_ours(patient: &Patient<'_>, heard: &Heard) -> bool {
    let shared = matches!(patient.config.engine, Engine::Postgres(_));
    shared || patient.instance.as_ref() == Some(&heard.first.instance)
}

/// An AIChat that is too old for the self-test, or one with another secret.
fn refused(outcome: &Outcome) -> Code {
    match outcome {
        Outcome::Refused(ErrorCode::RouteNotFound) => Code::PublicOlder,
        _ => Code::PublicOtherServer,
    }
}

fn unreached(failure: &Failure, origin: &str, in_container: bool) -> Finding {
    let is_own = in_container && Url::parse(origin).is_ok_and(|url| is_loopback(&url));
    let code = match failure.kind {
        FailureKind::Refused if is_own => Code::PublicLoopback,
        FailureKind::Dns => Code::PublicDns,
        FailureKind::Refused => Code::PublicRefused,
        FailureKind::Tls => Code::PublicTls,
        _ => Code::PublicUnreachable,
    };
    Finding::new(code).with("detail", &failure.detail)
}

/// The way leads here: what do those in between do to requests and streams?
async fn follow(patient: &mut Patient<'_>, origin: &str, passes: &Passes, heard: &Heard) {
    let mut findings = vec![Finding::new(Code::PublicOk).with("version", &heard.first.build.version)];
    findings.extend(headers(origin, heard));
    findings.extend(heard.stamped.and_then(|stamped| clock::compare(origin, stamped)));
    findings.push(stream(&settled(patient, origin, passes, heard).await));
    if self_test::is_cached(&patient.egress, origin, passes).await {
        findings.push(Finding::new(Code::PublicCached));
    }
    if let Some(encoding) = self_test::encoding(&patient.egress, origin, passes).await {
        findings.push(Finding::new(Code::StreamCompressed).with("encoding", encoding));
    }
    findings.into_iter().for_each(|finding| patient.add(finding.with("url", origin)));
}

/// A machine that is busy for a moment takes in at once what came one by one; a proxy that holds back does so again.
async fn settled(patient: &Patient<'_>, origin: &str, passes: &Passes, heard: &Heard) -> Heard {
    if !came_together(heard) {
        return heard.clone();
    }
    match self_test::ask(&patient.egress, origin, passes, Wait::All).await {
        Outcome::Heard(again) => *again,
        _ => heard.clone(),
    }
}

/// Sent over 800 ms; what leaves less than half of that is no network but a buffer.
fn came_together(heard: &Heard) -> bool {
    heard.cut.is_none() && heard.span < SPAN / 2
}

fn headers(origin: &str, heard: &Heard) -> Vec<Finding> {
    let seen = &heard.first.seen;
    let mut findings = Vec::new();
    if !seen.own_page {
        findings.push(Finding::new(Code::PublicHost).with("host", &seen.host));
    }
    if seen.forwarded && !seen.trusted_peer {
        findings.push(Finding::new(Code::PublicUntrusted).with("peer", &seen.peer));
    } else if origin.starts_with("https:") && !seen.secure {
        findings.push(Finding::new(Code::PublicNoProto));
    }
    findings
}

fn stream(heard: &Heard) -> Finding {
    let code = match &heard.cut {
        Some(_) => Code::StreamCut,
        None if came_together(heard) => Code::StreamBuffered,
        None => Code::StreamOk,
    };
    let wanted = if code == Code::StreamCut { u128::from(EVENTS) } else { SPAN.as_millis() };
    Finding::new(code)
        .with("count", heard.count)
        .with("ms", heard.span.as_millis())
        .with("wanted", wanted)
        .with("detail", heard.cut.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::self_test::{Seen, SelfTestEvent};

    fn heard(seen: Seen, span_ms: u64, cut: Option<&str>) -> Heard {
        let build = crate::version::build();
        let first = SelfTestEvent { number: 1, nonce: "n".into(), instance: "i".into(), build, seen };
        let span = Duration::from_millis(span_ms);
        Heard { first, count: 5, span, cut: cut.map(str::to_owned), stamped: None }
    }

    fn codes(origin: &str, seen: Seen) -> Vec<String> {
        headers(origin, &heard(seen, 800, None)).iter().map(|finding| finding.code().to_owned()).collect()
    }

    #[test]
    fn what_a_proxy_leaves_out_is_named() {
        let good = Seen { secure: true, own_page: true, ..Seen::default() };
        assert!(codes("https://x", good.clone()).is_empty());
        let plain = Seen { secure: false, ..good.clone() };
        assert!(codes("http://x", plain.clone()).is_empty(), "plain http is at home");
        assert_eq!(codes("https://x", plain.clone()), ["public.no_forwarded_proto"]);
        let behind = Seen { forwarded: true, ..good.clone() };
        for origin in ["http://x", "https://x"] {
            assert_eq!(
                codes(origin, behind.clone()),
                ["public.untrusted_proxy"],
                "whatever PUBLIC_URL makes of {origin}"
            );
            assert!(codes(origin, Seen { trusted_peer: true, ..behind.clone() }).is_empty());
        }
        assert_eq!(
            codes("https://x", Seen { secure: false, ..behind }),
            ["public.untrusted_proxy"],
            "one cause, one line"
        );
        assert_eq!(codes("http://x", Seen { own_page: false, ..good }), ["public.host"]);
    }

    #[test]
    fn events_that_come_together_were_held_back() {
        let code = |span, cut| stream(&heard(Seen::default(), span, cut)).code().to_owned();
        assert_eq!(code(800, None), "stream.ok");
        assert_eq!(code(950, None), "stream.ok");
        assert_eq!(code(3, None), "stream.buffered");
        assert_eq!(code(200, Some("closed")), "stream.cut");
    }
}
