//! What a person says of an API key: checked and brought into one form. Pure.

use super::CurrentUser;
use crate::db::api_keys::Terms;
use crate::error::{AppError, AppResult};
use ipnet::{IpNet, Ipv4Net};
use shared::ErrorCode;
use shared::accounts::UserRole;
use shared::keys::{CreateKey, Scope, UpdateKey};
use shared::limits::{MAX_KEY_ADDRESSES, MAX_KEY_NAME_CHARS};
use std::net::IpAddr;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Bits that an IPv4 address has in front of it where it stands as an IPv6 one.
const MAPPED_BITS: u8 = 96;

/// What is said of a new key. The models are known by now.
///
/// # Errors
/// `request.invalid`, or `auth.forbidden` for the scope of administrators.
pub(super) fn check_new(wish: CreateKey, caller: &CurrentUser, now: i64) -> AppResult<Terms> {
    let nothing =
        Terms { name: String::new(), scopes: Vec::new(), models: Vec::new(), addresses: Vec::new(), expires_at: None };
    let wish = UpdateKey {
        name: Some(wish.name),
        scopes: Some(wish.scopes),
        models: Some(wish.models),
        addresses: Some(wish.addresses),
        expires_at: Some(wish.expires_at),
        limits: None,
    };
    check_change(nothing, wish, caller, now)
}

/// What is said of a key after a change.
///
/// # Errors
/// As above.
pub(super) fn check_change(before: Terms, wish: UpdateKey, caller: &CurrentUser, now: i64) -> AppResult<Terms> {
    Ok(Terms {
        name: wish.name.map_or(Ok(before.name), |name| clean_name(&name))?,
        scopes: match wish.scopes {
            Some(scopes) => clean_scopes(scopes, &before.scopes, caller)?,
            None => before.scopes,
        },
        models: wish.models.unwrap_or(before.models),
        addresses: wish.addresses.map_or(Ok(before.addresses), |addresses| clean_addresses(&addresses))?,
        expires_at: wish.expires_at.map_or(Ok(before.expires_at), |end| clean_end(end.as_deref(), now))?,
    })
}

fn clean_name(name: &str) -> AppResult<String> {
    let name = name.trim();
    if !(1..=MAX_KEY_NAME_CHARS).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let rule = format!("`name` must have 1 to {MAX_KEY_NAME_CHARS} characters and no control characters");
        return Err(AppError::invalid(rule));
    }
    Ok(name.to_owned())
}

/// A scope that was lost with the role may stay, so that the key can be changed otherwise; the gate refuses it meanwhile.
fn clean_scopes(mut scopes: Vec<Scope>, before: &[Scope], caller: &CurrentUser) -> AppResult<Vec<Scope>> {
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(AppError::invalid("`scopes` must name at least one of chat, models, admin"));
    }
    let gains = scopes.contains(&Scope::Admin) && !before.contains(&Scope::Admin);
    if gains && caller.user.role != UserRole::Admin {
        return Err(ErrorCode::AuthForbidden.into());
    }
    Ok(scopes)
}

fn clean_addresses(addresses: &[String]) -> AppResult<Vec<String>> {
    if addresses.len() > MAX_KEY_ADDRESSES {
        return Err(AppError::invalid(format!("`addresses` must be at most {MAX_KEY_ADDRESSES}")));
    }
    let mut clean = Vec::with_capacity(addresses.len());
    for text in addresses {
        let rule = "`addresses` must be addresses or networks, such as 203.0.113.5 or 10.0.0.0/8";
        let known = written(network(text).ok_or_else(|| AppError::invalid(rule))?);
        if !clean.contains(&known) {
            clean.push(known);
        }
    }
    Ok(clean)
}

/// The network of a text, a bare address being one of its own. Callers' addresses are compared as IPv4 wherever they are
/// that, so a network of IPv4 addresses that is written as IPv6 is understood as what it means.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let network: IpNet = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    let mapped = match network {
        IpNet::V6(six) if six.prefix_len() >= MAPPED_BITS => six
            .addr()
            .to_ipv4_mapped()
            .and_then(|address| Ipv4Net::new(address, six.prefix_len() - MAPPED_BITS).ok())
            .map(IpNet::V4),
        _ => None,
    };
    Some(mapped.unwrap_or(network).trunc())
}

/// How a network is stored and shown: one address stands by itself.
fn written(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

fn clean_end(end: Option<&str>, now: i64) -> AppResult<Option<i64>> {
    let Some(text) = end else { return Ok(None) };
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    let millis = moment.and_then(|moment| i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok());
    let later = millis.filter(|end| *end > now);
    Ok(Some(later.ok_or_else(|| AppError::invalid("`expiresAt` must be a moment to come, as 2031-12-31T23:59:59Z"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Option<Vec<String>> {
        clean_addresses(&list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn networks_have_one_form() {
        let given =
            ["10.1.2.3/8", " 203.0.113.5 ", "::ffff:192.0.2.0/120", "::ffff:192.0.2.7", "2001:db8::1/32", "::1"];
        let clean = ["10.0.0.0/8", "203.0.113.5", "192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "::1"];
        assert_eq!(addresses(&given), Some(clean.map(str::to_owned).to_vec()));
        assert_eq!(addresses(&["10.0.0.1", "10.0.0.1/32"]).map(|list| list.len()), Some(1));
        assert_eq!(network("::/0").map(|all| all.to_string()).as_deref(), Some("::/0"));
        for odd in ["", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.1:80", "*"] {
            assert_eq!(addresses(&[odd]), None, "{odd}");
        }
    }

    #[test]
    fn an_end_lies_in_the_future() {
        assert_eq!(clean_end(None, 5).expect("none"), None);
        assert_eq!(clean_end(Some("1970-01-01T00:00:01Z"), 999).expect("a moment"), Some(1_000));
        assert_eq!(clean_end(Some("1970-01-01T01:00:01+01:00"), 999).expect("a moment"), Some(1_000));
        for (text, now) in [("1970-01-01T00:00:01Z", 1_000), ("tomorrow", 0), ("", 0), ("1970-01-01", 0)] {
            assert!(clean_end(Some(text), now).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_short_lines() {
        assert_eq!(clean_name("  Notes 笔记 ").expect("a name"), "Notes 笔记");
        assert!(clean_name(&"名".repeat(64)).is_ok() && clean_name(&"名".repeat(65)).is_err());
        assert!(clean_name(" ").is_err() && clean_name("a\nb").is_err() && clean_name("a\0").is_err());
    }
}
