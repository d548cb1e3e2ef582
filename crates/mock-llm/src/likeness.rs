//! How alike texts are: vectors and scores made from their words. The same every time and everywhere; no model, no state.

use std::collections::HashSet;

/// What a whole word counts beside each of its pieces of three characters.
const WORD_WEIGHT: f32 = 3.0;

/// The vector of a text, of length one: equal for equal words, near for texts that share words or parts of words.
pub(crate) fn vector(text: &str, dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0; dimensions];
    for (feature, weight) in features(text) {
        let hash = hash(&feature);
        // The lowest bit is a sign: features that meet in one place cancel out as often as they add up.
        let place = usize::try_from((hash >> 1) % dimensions as u64).unwrap_or_default();
        vector[place] += if hash & 1 == 0 { weight } else { -weight };
    }
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|number| *number /= length);
    }
    vector
}

/// The share of the query's words that the document has, from 0 to 1; the less else it says, the higher among equals.
pub(crate) fn score(query: &str, document: &str) -> f64 {
    let (query, document): (HashSet<_>, HashSet<_>) = (words(query).collect(), words(document).collect());
    if query.is_empty() {
        return 0.0;
    }
    let (shared, all) = (query.intersection(&document).count() as f64, query.union(&document).count() as f64);
    0.9 * shared / query.len() as f64 + 0.1 * shared / all
}

/// Words in small letters; every Han character and kana is one.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(text.len());
    for char in text.chars().flat_map(char::to_lowercase) {
        match char {
            '\u{3040}'..='\u{9fff}' => spaced.extend([' ', char, ' ']),
            _ => spaced.push(if char.is_alphanumeric() { char } else { ' ' }),
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// The words and their pieces; a text without words stands for itself.
fn features(text: &str) -> Vec<(String, f32)> {
    let mut features: Vec<_> = words(text).flat_map(|word| pieces(&word).chain([(word, WORD_WEIGHT)])).collect();
    if features.is_empty() {
        features.push((text.to_owned(), 1.0));
    }
    features
}

fn pieces(word: &str) -> impl Iterator<Item = (String, f32)> + use<> {
    let chars: Vec<char> = format!("^{word}$").chars().collect();
    let pieces: Vec<_> = chars.windows(3).map(|piece| (piece.iter().collect(), 1.0)).collect();
    pieces.into_iter()
}

/// FNV-1a, mixed once more because its lowest bits follow the last byte.
fn hash(text: &str) -> u64 {
    let folded = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (folded ^ (folded >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: &str, other: &str) -> f32 {
        vector(one, 256).iter().zip(vector(other, 256)).map(|(one, other)| one * other).sum()
    }

    #[test]
    fn equal_texts_are_equal_and_similar_ones_nearer_than_others() {
        let text = "How do I reset my password?";
        assert_eq!(vector(text, 256), vector(text, 256));
        assert!((near(text, "how do i RESET my password") - 1.0).abs() < 1e-6, "letters and marks do not count");
        let (similar, other) = (near(text, "resetting a password"), near(text, "The weather is fine in Paris."));
        assert!(similar > 0.3 && similar > other + 0.2, "{similar} {other}");
        let (similar, other) = (near("怎么重置密码", "密码重置的方法"), near("怎么重置密码", "巴黎今天天气很好"));
        assert!(similar > 0.3 && similar > other + 0.2, "{similar} {other}");
    }

    #[test]
    fn every_vector_has_its_size_and_length_one() {
        for text in ["", "?!", "a", "汉字 and words"] {
            for dimensions in [1, 2, 256, 3072] {
                let vector = vector(text, dimensions);
                let length: f32 = vector.iter().map(|number| number * number).sum();
                assert_eq!(vector.len(), dimensions);
                // In so few dimensions the features of a text may cancel each other out.
                assert!((length - 1.0).abs() < 1e-5 || (dimensions < 3 && length == 0.0), "{text:?} {length}");
            }
        }
        assert_ne!(vector("?", 256), vector("!", 256));
    }

    #[test]
    fn scores_tell_how_much_of_the_query_is_there() {
        let query = "rust 异步";
        let scores = ["rust 异步", "Rust 的异步运行时", "rust", "python", ""].map(|document| score(query, document));
        assert!((scores[0] - 1.0).abs() < f64::EPSILON);
        assert!(scores.windows(2).all(|pair| pair[0] > pair[1] || pair[1] == 0.0), "{scores:?}");
        assert_eq!((score("", "a"), score("", "")), (0.0, 0.0));
    }
}
