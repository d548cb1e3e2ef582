//! Where a list stands that comes from the server.

use shared::ApiError;

/// Where a list stands. What was shown once stays on the screen while it is asked for again.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Load {
    /// Nothing has arrived yet.
    #[default]
    Waiting,
    /// It is here.
    Ready,
    /// It did not come.
    Failed(ApiError),
}
