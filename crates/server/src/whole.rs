//! Work that must not stop half-way when the caller hangs up: a dropped handler takes its future along, and a change
//! would be stored and not in force. It decides nothing about the work itself.

use crate::db::DbErr;

/// Does the work to its end, whether or not anybody still waits for it.
///
/// # Errors
/// The work's own; or that it ended early, because it panicked or the server goes down.
pub(crate) async fn to_the_end<T: Send + 'static, E: From<DbErr> + Send + 'static>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E> {
    let done = tokio::spawn(work).await;
    done.unwrap_or_else(|error| Err(DbErr::Custom(format!("a change was cut short: {error}")).into()))
}
