//! The `aichat` program.

/// A thousand open streams are a hundred thousand small blocks of a few sizes that come and go on every thread: this
/// allocator keeps a twelfth less memory for them than glibc's (`cargo xtask bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // The allocator asks for huge pages, and each thread that touches one of its regions would hold two megabytes of it:
    // thirty when nobody is there. A kernel without such pages refuses, which is as good.
    let _ = nix::sys::prctl::set_thp_disable(true);
    server::cli::run()
}
