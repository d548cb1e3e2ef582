//! Chance that can be repeated, for generated tests.

/// A small generator (splitmix64): the same seed, the same stream.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).expect("below the bound")
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Up to eleven of these words.
    pub(crate) fn words(&mut self, choices: &[&str]) -> String {
        (0..self.below(12)).map(|_| *self.pick(choices)).collect()
    }

    /// The text in pieces of up to eight characters; none is empty.
    pub(crate) fn cut(&mut self, text: &str) -> Vec<String> {
        let mut chars = text.chars().peekable();
        let mut pieces = Vec::new();
        while chars.peek().is_some() {
            let length = 1 + self.below(8);
            pieces.push(chars.by_ref().take(length).collect());
        }
        pieces
    }
}
