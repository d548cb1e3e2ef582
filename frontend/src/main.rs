//! Starts the client in the page. Everything else is in the library.

fn main() {
    frontend::mount();
}
