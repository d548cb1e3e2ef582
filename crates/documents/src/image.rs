//! Pictures for a model and for the screen: upright, small enough, and without anything but their pixels.
//!
//! Everything else in a file is dropped: place and time of a photograph, thumbnails, comments, and colour profiles (the
//! colours are taken as sRGB). Equal bytes give equal results, so a result can be stored under the hash of its source.

mod decode;
mod encode;
mod tokens;

pub use tokens::vision_tokens;

use crate::error::ImageError;
use crate::kind::ImageFormat;
use ::image::DynamicImage;
use ::image::imageops::FilterType;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bounds for pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLimits {
    /// Largest file, in bytes.
    pub bytes: usize,
    /// Longest side that is decoded, in pixels.
    pub side: u32,
    /// Most pixels that are decoded. Decoding takes up to sixteen bytes for each.
    pub pixels: u64,
    /// Longest side of the result, in pixels; larger pictures are made smaller.
    pub longest: u32,
    /// Longest side of the thumbnail, in pixels.
    pub thumbnail: u32,
}

impl Default for ImageLimits {
    /// Photographs of today's telephones, brought to what vision models look at.
    fn default() -> Self {
        Self { bytes: 32 << 20, side: 16_384, pixels: 50_000_000, longest: 2048, thumbnail: 320 }
    }
}

/// A picture that is safe to keep, show and send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The picture itself.
    pub image: Encoded,
    /// The same picture, smaller.
    pub thumbnail: Encoded,
    /// Whether the file is an animation, of which this is the first frame.
    pub animated: bool,
    /// What the picture costs a model, see [`vision_tokens`].
    pub vision_tokens: u32,
}

/// A picture file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// PNG for pictures with transparency or few colours, otherwise JPEG.
    pub format: ImageFormat,
    /// The file.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Makes a picture safe to keep, show and send.
///
/// # Errors
///
/// When the file is too large, declares too many pixels, or is damaged.
pub fn prepare(format: ImageFormat, bytes: &[u8], limits: &ImageLimits) -> Result<Picture, ImageError> {
    if bytes.len() > limits.bytes {
        return Err(ImageError::FileTooLarge(limits.bytes));
    }
    // Nothing outlives a decoder that panics.
    catch_unwind(AssertUnwindSafe(|| {
        let decode::Decoded { pixels, animated, turn: _turn } = decode::decode(format, bytes, limits)?;
        let style = encode::Style::of(&pixels);
        let pixels = fit(pixels, limits.longest);
        let thumbnail = encode::encode(&fit(pixels.clone(), limits.thumbnail), style)?;
        let image = encode::encode(&pixels, style)?;
        let vision_tokens = vision_tokens(image.width, image.height);
        Ok(Picture { image, thumbnail, animated, vision_tokens })
    }))
    .unwrap_or(Err(ImageError::Broken))
}

/// Makes a picture smaller if its longer side is longer than `longest`.
fn fit(pixels: DynamicImage, longest: u32) -> DynamicImage {
    let longest = longest.max(1);
    if pixels.width().max(pixels.height()) <= longest {
        return pixels;
    }
    pixels.resize(longest, longest, FilterType::CatmullRom)
}
