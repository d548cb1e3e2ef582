//! Starts the fake model server from the command line.

use mock_llm::{MockLlm, Options, behaviours, people};
use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let mut out = io::stdout();
    match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => {
            let server = MockLlm::start(options)?;
            writeln!(out, "mock-llm listening on {}", server.base_url())?;
            out.flush()?;
            server.wait()
        }
        Ok(None) => help(&mut out),
        Err(message) => Err(io::Error::other(message)),
    }
}

/// The options; none when help is asked for.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        if matches!(name.as_str(), "-h" | "--help") {
            return Ok(None);
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value, see --help"))?;
        match name.as_str() {
            "--port" => options.port = value.parse().map_err(|_| format!("{value} is no port"))?,
            "--workers" => options.workers = value.parse().map_err(|_| format!("{value} is no number"))?,
            "--key" => options.key = Some(value),
            _ => return Err(format!("{name} is unknown, see --help")),
        }
    }
    Ok(Some(options))
}

fn help(out: &mut impl io::Write) -> io::Result<()> {
    writeln!(out, "mock-llm [--port N] [--workers N] [--key KEY]\n")?;
    writeln!(out, "A fake model server on 127.0.0.1. GET /ledger tells what it served. Models:\n")?;
    behaviours().try_for_each(|about| writeln!(out, "  {:<18} {}", about.name, about.about))?;
    writeln!(out, "\nA part of the key decides too: -dead -slow-down -busy -broke -broken -relay -nolist")?;
    writeln!(out, "\nIts address is also an OpenID Connect issuer. People, chosen by login_hint:\n")?;
    people().try_for_each(|about| writeln!(out, "  {:<18} {}", about.name, about.about))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Options>, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_become_options() {
        let options = parsed("--port 4100 --workers 3 --key k").expect("understood").expect("no help");
        assert_eq!((options.port, options.workers, options.key.as_deref()), (4100, 3, Some("k")));
        assert_eq!(parsed("").expect("understood").expect("no help").port, 0);
        assert!(parsed("--port 1 --help").expect("understood").is_none());
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, word) in [("--port", "--port"), ("--port x", "x"), ("--colour red", "--colour")] {
            assert!(parsed(line).err().is_some_and(|message| message.contains(word)), "{line}");
        }
    }

    #[test]
    fn help_lists_every_behaviour_and_person() {
        let mut out = Vec::new();
        help(&mut out).expect("writes");
        let text = String::from_utf8(out).expect("text");
        assert!(behaviours().chain(people()).all(|about| text.contains(about.name) && text.contains(about.about)));
    }
}
