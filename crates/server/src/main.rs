//! The `aichat` program.

/// A thousand open streams are a hundred thousand small blocks of a few sizes that come and go on every thread: this
/// allocator keeps a twelfth less memory for them than glibc's (`cargo xtask bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::run()
}
