//! What the server counts of itself, for Prometheus and for its own health. Counting is adding to an atomic number; a lock
//! is taken once for an answer, never for a piece of one.
//!
//! What can be read at any time where it is (queues, runs, memory) is not counted here: `exposition` asks for it when
//! somebody wants to know.

mod answers;
pub mod exposition;
mod histogram;
mod own;
mod process;
mod requests;
mod text;
mod writes;

pub use answers::Answers;
pub use histogram::Histogram;
pub use own::Own;
pub use requests::Requests;
pub use writes::Writes;

/// The numbers of one server.
#[derive(Default)]
pub struct Metrics {
    /// Requests by route.
    pub requests: Requests,
    /// Answers and tokens by model.
    pub answers: Answers,
    /// What this server adds to the time of answers.
    pub own: Own,
    /// How the latest write of the housekeeping went.
    pub writes: Writes,
}
