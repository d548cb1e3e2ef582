//! From pixels to a picture file with nothing else in it.

use super::Encoded;
use crate::error::ImageError;
use crate::kind::ImageFormat;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, GenericImageView, Pixel};
use std::collections::HashSet;

/// Quality of JPEG, of 100: lettering in photographs stays readable.
const QUALITY: u8 = 85;

/// Most colours of a drawing or a screen's picture, which JPEG would smear and PNG makes small.
const FEW_COLOURS: usize = 256;

/// How a picture is best kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Every pixel exactly.
    Exact,
    /// As a photograph.
    Photograph,
}

impl Style {
    /// Looks at the pixels before they are made fewer, which makes colours that were not there.
    pub(super) fn of(pixels: &DynamicImage) -> Self {
        if is_transparent(pixels) || has_few_colours(pixels) { Self::Exact } else { Self::Photograph }
    }
}

fn is_transparent(pixels: &DynamicImage) -> bool {
    pixels.color().has_alpha() && pixels.pixels().any(|(.., pixel)| pixel.0[3] != u8::MAX)
}

fn has_few_colours(pixels: &DynamicImage) -> bool {
    let mut colours = HashSet::with_capacity(FEW_COLOURS + 1);
    pixels.pixels().all(|(.., pixel)| {
        colours.insert(pixel.to_rgb().0);
        colours.len() <= FEW_COLOURS
    })
}

/// Writes a picture file.
pub(super) fn encode(pixels: &DynamicImage, style: Style) -> Result<Encoded, ImageError> {
    let mut bytes = Vec::new();
    let format = match style {
        Style::Exact => {
            pixels.write_with_encoder(PngEncoder::new(&mut bytes)).map_err(|_| ImageError::Broken)?;
            ImageFormat::Png
        }
        Style::Photograph => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
            pixels.to_rgb8().write_with_encoder(encoder).map_err(|_| ImageError::Broken)?;
            ImageFormat::Jpeg
        }
    };
    Ok(Encoded { format, bytes, width: pixels.width(), height: pixels.height() })
}
