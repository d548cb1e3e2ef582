//! Brand colours: any colour becomes an accent that can be read. It keeps its hue; its OKLCH lightness moves until it has
//! the contrast that text needs on the darkest light ground, and on the lightest dark one. The server sends what comes out;
//! the settings use the same function for their preview. Pure.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// What an accent stands on in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The page.
    pub canvas: Rgb,
    /// What is selected, where an accent is hardest to read.
    pub selected: Rgb,
    /// Text.
    pub text: Rgb,
}

/// The light theme, as the style sheet has it.
pub const LIGHT: Ground =
    Ground { canvas: Rgb([0xFB, 0xFA, 0xF7]), selected: Rgb([0xE5, 0xE1, 0xD7]), text: Rgb([0x24, 0x21, 0x1C]) };
/// The dark theme, as the style sheet has it.
pub const DARK: Ground =
    Ground { canvas: Rgb([0x1B, 0x1A, 0x18]), selected: Rgb([0x38, 0x35, 0x2F]), text: Rgb([0xEC, 0xE8, 0xE0]) };
/// Contrast of a text with its ground, by WCAG 2 AA.
const READABLE: f64 = 4.5;
/// Contrast of text on the soft accent.
const SOFT: f64 = 7.0;

/// A colour of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

/// The accent of one theme with all that goes along, each as `#rrggbb`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Accent {
    /// The primary action, links, focus.
    pub accent: String,
    /// The same below a pointer.
    pub accent_hover: String,
    /// Words on it.
    pub on_accent: String,
    /// A quiet ground.
    pub accent_soft: String,
    /// Words on that.
    pub on_accent_soft: String,
}

/// The accents of both themes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accents {
    /// Of the light theme.
    pub light: Accent,
    /// Of the dark theme.
    pub dark: Accent,
}

impl Rgb {
    /// The colour that `#rrggbb` or `#rgb` names, with or without its `#`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits: Vec<u8> = text
            .strip_prefix('#')
            .unwrap_or(text)
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        match digits[..] {
            [r, g, b] => Some(Self([r, g, b].map(|digit| digit * 17))),
            [a, b, c, d, e, f] => Some(Self([a * 16 + b, c * 16 + d, e * 16 + f])),
            _ => None,
        }
    }

    /// The colour as `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.iter().fold(String::from("#"), |mut text, channel| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{channel:02x}");
            text
        })
    }

    /// Relative luminance, by WCAG 2.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// Contrast of two colours, by WCAG 2: from 1 to 21.
#[must_use]
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What a brand colour becomes in both themes.
#[must_use]
pub fn accents(brand: Rgb) -> Accents {
    Accents { light: light(brand), dark: dark(brand) }
}

fn light(brand: Rgb) -> Accent {
    let accent = readable(brand, LIGHT.selected, READABLE, 0.0);
    let soft = tint(brand, 0.93, 0.035);
    Accent {
        accent: accent.hex(),
        accent_hover: moved(accent, -0.06).hex(),
        on_accent: Rgb([255; 3]).hex(),
        accent_soft: soft.hex(),
        on_accent_soft: readable(accent, soft, SOFT, 0.0).hex(),
    }
}

fn dark(brand: Rgb) -> Accent {
    let accent = readable(brand, DARK.selected, READABLE, 1.0);
    let soft = tint(brand, 0.32, 0.045);
    Accent {
        accent: accent.hex(),
        accent_hover: moved(accent, 0.05).hex(),
        on_accent: readable(tint(brand, 0.25, 0.03), accent, READABLE, 0.0).hex(),
        accent_soft: soft.hex(),
        on_accent_soft: readable(accent, soft, SOFT, 1.0).hex(),
    }
}

/// The colour itself where it can be read on the ground, else the nearest lightness towards `end` at which it can.
fn readable(colour: Rgb, ground: Rgb, wanted: f64, end: f64) -> Rgb {
    if contrast(colour, ground) >= wanted {
        return colour;
    }
    let Oklch { lightness, chroma, hue } = Oklch::of(colour);
    let at = |lightness: f64| Oklch { lightness, chroma, hue }.shown();
    // Halving ends below what eight bits can tell apart; the side towards `end` can always be read.
    let (mut near, mut far) = (lightness, end);
    for _ in 0..16 {
        let middle = f64::midpoint(near, far);
        if contrast(at(middle), ground) >= wanted {
            far = middle;
        } else {
            near = middle;
        }
    }
    at(far)
}

fn moved(colour: Rgb, by: f64) -> Rgb {
    let colour = Oklch::of(colour);
    Oklch { lightness: (colour.lightness + by).clamp(0.0, 1.0), ..colour }.shown()
}

/// The hue of a colour at a lightness, with little of its chroma.
fn tint(colour: Rgb, lightness: f64, most: f64) -> Rgb {
    let Oklch { chroma, hue, .. } = Oklch::of(colour);
    Oklch { lightness, chroma: chroma.min(most), hue }.shown()
}

/// A colour as eyes order it. Björn Ottosson, "A perceptual color space for image processing".
#[derive(Clone, Copy, Debug)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    /// Radians.
    hue: f64,
}

impl Oklch {
    fn of(colour: Rgb) -> Self {
        let [r, g, b] = colour.0.map(linear);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let a = 1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s;
        let other = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s;
        let lightness = 0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s;
        Self { lightness, chroma: a.hypot(other), hue: other.atan2(a) }
    }

    /// Red, green and blue, linear; outside 0 to 1 where no screen shows it.
    fn channels(self) -> [f64; 3] {
        let (a, b) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ]
    }

    /// The colour, with as much of its chroma as a screen shows at this lightness.
    fn shown(self) -> Rgb {
        let fits = |colour: Self| colour.channels().iter().all(|channel| (-1e-4..=1.000_1).contains(channel));
        if fits(self) {
            return Rgb(self.channels().map(gamma));
        }
        let (mut grey, mut vivid) = (0.0, self.chroma);
        for _ in 0..16 {
            let middle = f64::midpoint(grey, vivid);
            if fits(Self { chroma: middle, ..self }) {
                grey = middle;
            } else {
                vivid = middle;
            }
        }
        Rgb(Self { chroma: grey, ..self }.channels().map(gamma))
    }
}

fn linear(channel: u8) -> f64 {
    let share = f64::from(channel) / 255.0;
    if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to eight bits")]
fn gamma(channel: f64) -> u8 {
    let share = if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 };
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(text: &str) -> Rgb {
        Rgb::parse(text).expect("a colour")
    }

    /// Colours from all over: every mixture of five steps of red, green and blue.
    fn everywhere() -> impl Iterator<Item = Rgb> {
        let steps = || [0_u8, 64, 128, 192, 255].into_iter();
        steps().flat_map(move |r| steps().flat_map(move |g| steps().map(move |b| Rgb([r, g, b]))))
    }

    #[test]
    fn colours_are_read_as_people_write_them() {
        assert_eq!(Rgb::parse(" #1F6b52 "), Some(Rgb([0x1F, 0x6B, 0x52])));
        assert_eq!(Rgb::parse("abc"), Some(Rgb([0xAA, 0xBB, 0xCC])));
        for wrong in ["", "#", "#12", "#12345", "#1234567", "#12345g", "red", "#é0000"] {
            assert_eq!(Rgb::parse(wrong), None, "{wrong}");
        }
        assert_eq!(rgb("#0a0B0c").hex(), "#0a0b0c");
    }

    #[test]
    fn every_colour_can_be_read_in_both_themes() {
        for brand in everywhere() {
            let Accents { light, dark } = accents(brand);
            for (theme, ground, accent) in [("light", LIGHT.selected, light), ("dark", DARK.selected, dark)] {
                let pairs = [
                    (&accent.accent, ground.hex(), READABLE),
                    (&accent.on_accent, accent.accent.clone(), READABLE),
                    (&accent.on_accent, accent.accent_hover.clone(), READABLE),
                    (&accent.on_accent_soft, accent.accent_soft.clone(), SOFT),
                ];
                for (colour, ground, wanted) in pairs {
                    let found = contrast(rgb(colour), rgb(&ground));
                    assert!(found >= wanted, "{theme}, {}: {colour} on {ground} has {found:.2}", brand.hex());
                }
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        assert_eq!(accents(rgb("#1f6b52")).light.accent, "#1f6b52");
        assert_eq!(accents(rgb("#7cc5a5")).dark.accent, "#7cc5a5");
    }

    #[test]
    fn the_hue_stays_and_no_more_is_moved_than_needed() {
        for brand in everywhere() {
            let before = Oklch::of(brand);
            let Accents { light, dark } = accents(brand);
            for (accent, ground) in [(rgb(&light.accent), LIGHT.selected), (rgb(&dark.accent), DARK.selected)] {
                let after = Oklch::of(accent);
                // Near grey a hue means nothing, and eight bits blur it near black and white.
                if before.chroma > 0.05 && after.chroma > 0.05 {
                    let turn = (before.hue - after.hue).sin().abs();
                    assert!(turn < 0.05, "{} became {}", brand.hex(), accent.hex());
                }
                if accent != brand {
                    assert!(contrast(accent, ground) < READABLE + 0.15, "{} became {}", brand.hex(), accent.hex());
                }
            }
        }
    }
}
