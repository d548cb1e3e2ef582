//! Where things are on a page.

use super::object::Object;

/// The six numbers of a transformation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Matrix(pub(super) [f64; 6]);

impl Matrix {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// The matrix of six operands.
    pub(super) fn of(values: &[Object]) -> Option<Self> {
        let mut numbers = [0.0; 6];
        let values = values.get(..6)?;
        for (number, value) in numbers.iter_mut().zip(values) {
            *number = value.number()?;
        }
        Some(Self(numbers))
    }

    pub(super) fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// This transformation, then another.
    pub(super) fn then(self, other: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        Self([a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l])
    }
}
