//! What a picture costs in tokens. An estimate, for budgets and for people; the provider counts for itself.

/// Estimates the tokens of a picture of `width` by `height` pixels: the larger of the two common formulas, so that a
/// budget holds with either.
///
/// - **Tiles** (OpenAI and those that follow it): the picture is fitted into 2048 × 2048, then its shorter side to 768;
///   85 tokens, and 170 for each tile of 512 × 512 that it touches.
/// - **Patches** (Qwen-VL and its kin): one token for each patch of 28 × 28, after a picture with more than 1280
///   patches has been made smaller.
#[must_use]
pub fn vision_tokens(width: u32, height: u32) -> u32 {
    tiles(width, height).max(patches(width, height))
}

fn tiles(width: u32, height: u32) -> u32 {
    let (longer, shorter) = (f64::from(width.max(height).max(1)), f64::from(width.min(height).max(1)));
    let fit = (2048.0 / longer).min(768.0 / shorter).min(1.0);
    let across = |side: f64| (side * fit / 512.0).ceil().max(1.0) as u32;
    85 + 170 * across(longer) * across(shorter)
}

fn patches(width: u32, height: u32) -> u32 {
    let across = |side: u32| u64::from(side.max(1).div_ceil(28));
    u32::try_from((across(width) * across(height)).min(1280)).unwrap_or(1280)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_come_out() {
        assert_eq!(tiles(1024, 1024), 765);
        assert_eq!(tiles(2048, 4096), 1105);
        assert_eq!(tiles(512, 512), 255);
        assert_eq!(patches(280, 280), 100);
    }

    #[test]
    fn no_size_overflows() {
        assert!(vision_tokens(u32::MAX, u32::MAX) >= 1280);
        assert!(vision_tokens(0, 0) >= 1);
    }
}
