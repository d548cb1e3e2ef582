//! Reads files as they would be read in a chat: `cargo run --release -p documents --example read -- FILE…`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use documents::image::{ImageLimits, prepare};
use documents::{Kind, Limits, extract, recognise};
use std::time::Instant;

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let kind = recognise(&path, None, &bytes);
        let started = Instant::now();
        println!("== {path}: {kind:?}, {} bytes", bytes.len());
        match kind {
            Kind::Image(format) => picture(format, &bytes),
            kind => document(kind, &bytes),
        }
        println!("== {} ms", started.elapsed().as_millis());
    }
    Ok(())
}

fn picture(format: documents::ImageFormat, bytes: &[u8]) {
    match prepare(format, bytes, &ImageLimits::default()) {
        Ok(picture) => {
            let (image, thumbnail) = (picture.image, picture.thumbnail);
            println!("{:?} {} × {}, {} bytes", image.format, image.width, image.height, image.bytes.len());
            println!("thumbnail {} × {}, {} bytes", thumbnail.width, thumbnail.height, thumbnail.bytes.len());
            println!("animated: {}, about {} tokens", picture.animated, picture.vision_tokens);
        }
        Err(error) => println!("{}: {error}", error.code().as_str()),
    }
}

fn document(kind: Kind, bytes: &[u8]) {
    match extract(kind, bytes, Limits::default()) {
        Ok(read) => {
            println!("{}", read.text);
            println!(
                "== title {:?}, pages {:?}, {} characters, cut {:?}",
                read.title, read.pages, read.characters, read.truncated
            );
        }
        Err(error) => println!("{}: {error}", error.code().as_str()),
    }
}
