//! Calls about usage.

use super::{ApiResult, escape, get};
use shared::usage::UsageReport;

/// Values of a query, with their names.
pub type Values = Vec<(&'static str, String)>;

/// The report that a query asks for.
pub async fn report(query: &Values) -> ApiResult<UsageReport> {
    get(&address("/api/usage", query)).await
}

/// Where the lines of a query are as CSV.
#[must_use]
pub fn export_address(query: &Values) -> String {
    address("/api/usage/export", query)
}

/// An address with these values.
#[must_use]
pub fn address(path: &str, values: &Values) -> String {
    let values: Vec<String> = values.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    if values.is_empty() { path.to_owned() } else { format!("{path}?{}", values.join("&")) }
}
