//! Pictures.

use documents::image::{ImageLimits, Picture, prepare};
use documents::{ImageError, ImageFormat};
use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

/// Many colours, none of them flat.
fn photograph(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8])))
}

fn written(image: &DynamicImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("memory takes it");
    bytes.into_inner()
}

fn animation() -> Vec<u8> {
    let mut bytes = Vec::new();
    let frame = |colour: [u8; 4]| Frame::new(RgbaImage::from_pixel(8, 6, Rgba(colour)));
    let frames = [frame([255, 0, 0, 255]), frame([0, 0, 255, 255])];
    GifEncoder::new(&mut bytes).encode_frames(frames).expect("memory takes it");
    bytes
}

/// A small file of each format.
pub(crate) fn samples() -> [(ImageFormat, Vec<u8>); 4] {
    let image = photograph(40, 24);
    [
        (ImageFormat::Png, written(&image, image::ImageFormat::Png)),
        (ImageFormat::Jpeg, written(&image, image::ImageFormat::Jpeg)),
        (ImageFormat::Gif, animation()),
        (ImageFormat::Webp, written(&image, image::ImageFormat::WebP)),
    ]
}

fn ready(format: ImageFormat, bytes: &[u8]) -> Picture {
    prepare(format, bytes, &ImageLimits::default()).expect("is a picture")
}

fn pixels(picture: &Picture) -> DynamicImage {
    image::load_from_memory(&picture.image.bytes).expect("is a picture")
}

/// A JPEG with an Exif block that says how it is to be turned and where it was taken.
fn turned(orientation: u8) -> Vec<u8> {
    let plain = written(&photograph(40, 24), image::ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"taken at a secret place");
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
}

#[test]
fn a_turned_photograph_is_put_upright_and_its_metadata_is_gone() {
    let file = turned(6);
    assert!(memchr::memmem::find(&file, b"secret").is_some());
    let picture = ready(ImageFormat::Jpeg, &file);
    assert_eq!((picture.image.width, picture.image.height), (24, 40));
    for marker in [&b"secret"[..], b"Exif"] {
        assert!(memchr::memmem::find(&picture.image.bytes, marker).is_none());
        assert!(memchr::memmem::find(&picture.thumbnail.bytes, marker).is_none());
    }
    // A quarter turn to the right: what was on the left is on top.
    let (before, after) = (photograph(40, 24).to_rgb8(), pixels(&picture).to_rgb8());
    let difference = |a: &Rgb<u8>, b: &Rgb<u8>| a.0.iter().zip(b.0).map(|(a, b)| i32::from(a.abs_diff(b))).sum::<i32>();
    let total: i32 = (0..24)
        .flat_map(|x| (0..40).map(move |y| (x, y)))
        .map(|(x, y)| difference(before.get_pixel(y, 23 - x), after.get_pixel(x, y)))
        .sum();
    let turned_wrong: i32 = (0..24)
        .flat_map(|x| (0..40).map(move |y| (x, y)))
        .map(|(x, y)| difference(before.get_pixel(39 - y, x), after.get_pixel(x, y)))
        .sum();
    assert!(total * 2 < turned_wrong, "{total} {turned_wrong}");
}

#[test]
fn a_large_picture_is_made_smaller_and_equal_input_gives_equal_output() {
    let limits = ImageLimits { longest: 100, thumbnail: 20, ..ImageLimits::default() };
    let file = written(&photograph(400, 200), image::ImageFormat::Png);
    let picture = prepare(ImageFormat::Png, &file, &limits).expect("is a picture");
    assert_eq!((picture.image.width, picture.image.height, picture.image.format), (100, 50, ImageFormat::Jpeg));
    assert_eq!((picture.thumbnail.width, picture.thumbnail.height), (20, 10));
    assert_eq!(prepare(ImageFormat::Png, &file, &limits), Ok(picture));
}

#[test]
fn transparency_and_drawings_stay_exact() {
    let mut clear = RgbaImage::from_pixel(10, 10, Rgba([9, 8, 7, 255]));
    clear.put_pixel(3, 3, Rgba([1, 2, 3, 40]));
    let clear = DynamicImage::ImageRgba8(clear);
    let picture = ready(ImageFormat::Webp, &written(&clear, image::ImageFormat::WebP));
    assert_eq!((picture.image.format, pixels(&picture)), (ImageFormat::Png, clear));
    let drawing =
        DynamicImage::ImageRgb8(RgbImage::from_fn(20, 20, |x, _| if x < 10 { Rgb([0, 0, 0]) } else { Rgb([255; 3]) }));
    let picture = ready(ImageFormat::Jpeg, &written(&drawing, image::ImageFormat::Jpeg));
    assert_eq!(picture.image.format, ImageFormat::Png);
}

#[test]
fn an_animation_gives_its_first_frame_and_says_so() {
    let picture = ready(ImageFormat::Gif, &animation());
    assert!(picture.animated);
    assert_eq!(pixels(&picture).to_rgb8().get_pixel(2, 2), &Rgb([255, 0, 0]));
    for (format, bytes) in samples().into_iter().filter(|(format, _)| *format != ImageFormat::Gif) {
        assert!(!ready(format, &bytes).animated, "{format:?}");
    }
}

#[test]
fn what_a_picture_declares_is_checked_before_it_is_decoded() {
    // The header of a PNG of 60000 × 60000 pixels, and hardly anything else.
    let mut file = written(&photograph(4, 4), image::ImageFormat::Png);
    file[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let checksum = crc32(&file[12..29]).to_be_bytes();
    file[29..33].copy_from_slice(&checksum);
    let error = prepare(ImageFormat::Png, &file, &ImageLimits::default()).expect_err("is refused");
    assert_eq!(error, ImageError::TooLarge { width: 60_000, height: 60_000, pixels: 50_000_000 });
    assert_eq!(error.code().as_str(), "image.too_large");
    assert!(error.to_string().contains("60000 × 60000"), "{error}");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
        sum
    })
}

#[test]
fn damaged_pictures_and_large_files_are_refused() {
    for (format, bytes) in samples() {
        let cut = &bytes[..bytes.len() / 3];
        let refused = prepare(format, cut, &ImageLimits::default());
        // A JPEG without its end still shows its upper part.
        assert!(refused == Err(ImageError::Broken) || format == ImageFormat::Jpeg, "{format:?}");
    }
    let limits = ImageLimits { bytes: 10, ..ImageLimits::default() };
    assert_eq!(prepare(ImageFormat::Png, &samples()[0].1, &limits), Err(ImageError::FileTooLarge(10)));
}
