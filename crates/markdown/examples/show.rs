//! Prints the HTML of the Markdown on standard input.
use std::io::Read;
fn main() {
    let mut s = String::new();
    std::io::stdin().read_to_string(&mut s).unwrap();
    for b in markdown::render(&s) {
        println!("{:?} {:?} open={}\n{}", b.kind, b.lang, b.open, b.html);
    }
}
