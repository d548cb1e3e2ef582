//! From a picture file to pixels, at most eight bits a channel, upright. Looks at what a file declares before it decodes,
//! and takes large pictures one at a time.

use super::ImageLimits;
use crate::error::ImageError;
use crate::kind::ImageFormat;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, Limits};
use std::io::Cursor;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes that decoding may take for each pixel: sixteen bits in four channels, twice.
const BYTES_A_PIXEL: u64 = 16;

/// Bytes that may be allocated for what is not pixels.
const METADATA: u64 = 16 << 20;

/// Pictures with more pixels than this wait for each other: the largest takes over half a gigabyte, and a small server
/// has that once.
const LARGE: u64 = 16_000_000;

/// Held while a large picture is in memory.
static TURN: Mutex<()> = Mutex::new(());

type Turn = Option<MutexGuard<'static, ()>>;

/// Waits until no other large picture is in memory, if this is one.
fn turn(pixels: u64) -> Turn {
    // Nothing is guarded but memory, so a panic in another one's turn changes nothing.
    (pixels > LARGE).then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Pixels, and whether there were more frames.
pub(super) struct Decoded {
    pub(super) pixels: DynamicImage,
    pub(super) animated: bool,
    /// Must outlive the pixels and what is made of them.
    pub(super) turn: Turn,
}

/// Decodes the first frame.
pub(super) fn decode(format: ImageFormat, bytes: &[u8], limits: &ImageLimits) -> Result<Decoded, ImageError> {
    let source = Cursor::new(bytes);
    match format {
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(source, png_allowance(bytes, limits)).map_err(broken)?;
            let animated = decoder.is_apng().map_err(broken)?;
            finish(decoder, limits, animated)
        }
        ImageFormat::Jpeg => {
            let decoder = JpegDecoder::new(source).map_err(broken)?;
            finish(decoder, limits, false)
        }
        ImageFormat::Gif => {
            let decoder = GifDecoder::new(source).map_err(broken)?;
            let decoded = finish(decoder, limits, false)?;
            Ok(Decoded { animated: second_frame(bytes, limits), ..decoded })
        }
        ImageFormat::Webp => {
            let decoder = WebPDecoder::new(source).map_err(broken)?;
            let animated = decoder.has_animation();
            finish(decoder, limits, animated)
        }
    }
}

fn finish(mut decoder: impl ImageDecoder, limits: &ImageLimits, animated: bool) -> Result<Decoded, ImageError> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 {
        return Err(ImageError::Broken);
    }
    if pixels > limits.pixels || width.max(height) > limits.side {
        return Err(ImageError::TooLarge { width, height, pixels: limits.pixels });
    }
    let turn = turn(pixels);
    decoder.set_limits(allowance(limits)).map_err(broken)?;
    let orientation = decoder.orientation().map_err(broken)?;
    let mut image = eight_bits(DynamicImage::from_decoder(decoder).map_err(broken)?);
    image.apply_orientation(orientation);
    Ok(Decoded { pixels: image, animated, turn })
}

/// What the decoders may allocate. Sides are checked before, where the answer can say how large the picture is.
fn allowance(limits: &ImageLimits) -> Limits {
    let mut allowance = Limits::no_limits();
    allowance.max_alloc = Some(limits.pixels.saturating_mul(BYTES_A_PIXEL));
    allowance
}

/// What decoding a PNG may allocate from its first chunk on: texts and profiles in it are packed and may be bombs.
fn png_allowance(bytes: &[u8], limits: &ImageLimits) -> Limits {
    let side = |at: usize| bytes.get(at..at + 4).and_then(|side| side.try_into().ok()).map_or(0, u32::from_be_bytes);
    let pixels = (u64::from(side(16)) * u64::from(side(20))).min(limits.pixels);
    let mut allowance = Limits::no_limits();
    allowance.max_alloc = Some(pixels.saturating_mul(BYTES_A_PIXEL) + METADATA);
    allowance
}

/// Whether a GIF has another frame.
fn second_frame(bytes: &[u8], limits: &ImageLimits) -> bool {
    let Ok(mut decoder) = GifDecoder::new(Cursor::new(bytes)) else { return false };
    decoder.set_limits(allowance(limits)).is_ok() && decoder.into_frames().nth(1).is_some_and(|frame| frame.is_ok())
}

/// Pixels as they are stored afterwards.
fn eight_bits(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => image,
        other if other.color().has_alpha() => DynamicImage::ImageRgba8(other.into_rgba8()),
        other => DynamicImage::ImageRgb8(other.into_rgb8()),
    }
}

fn broken(_: image::ImageError) -> ImageError {
    ImageError::Broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
    use std::sync::TryLockError;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels = vec![0; (width * height) as usize];
        PngEncoder::new(&mut bytes)
            .write_image(&pixels, width, height, ExtendedColorType::L8)
            .expect("memory takes it");
        bytes
    }

    #[test]
    fn a_large_picture_has_its_turn_alone_and_a_small_one_waits_for_nobody() {
        let is_taken = || matches!(TURN.try_lock(), Err(TryLockError::WouldBlock));
        let decode = |bytes: &[u8]| decode(ImageFormat::Png, bytes, &ImageLimits::default()).expect("a picture");
        let large = decode(&png(4_001, 4_000));
        assert!(is_taken());
        assert!(decode(&png(40, 40)).turn.is_none(), "while the large one is there");
        drop(large);
        assert!(!is_taken());
    }
}
