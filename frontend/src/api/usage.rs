//! Calls about usage.

use super::{ApiResult, escape, get};
use shared::usage::UsageReport;

/// A value of a query, with its name.
pub type Value = (&'static str, String);

/// The report that a query asks for.
pub async fn report(query: &[Value]) -> ApiResult<UsageReport> {
    get(&address("/api/usage", query)).await
}

/// Where the lines of a query are as CSV.
#[must_use]
pub fn export_address(query: &[Value]) -> String {
    address("/api/usage/export", query)
}

/// An address with these values.
#[must_use]
pub fn address(path: &str, values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    if values.is_empty() { path.to_owned() } else { format!("{path}?{}", values.join("&")) }
}
