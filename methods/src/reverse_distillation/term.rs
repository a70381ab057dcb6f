//! The summands of a loss.

use burn::tensor::Tensor;

/// One summand of the loss.
#[derive(Clone, Debug)]
pub struct Term {
    /// The option that weighs it.
    pub name: &'static str,
    /// Its factor in the total.
    pub weight: f64,
    /// Its value `[1]`.
    pub value: Tensor<1>,
}

/// The weighted sum of the terms, `[1]`; none without terms.
pub fn total(terms: &[Term]) -> Option<Tensor<1>> {
    sum(terms.iter().map(|term| term.value.clone() * term.weight))
}

/// The sum of values `[1]`; none without values.
pub fn sum(values: impl Iterator<Item = Tensor<1>>) -> Option<Tensor<1>> {
    values.reduce(|sum, value| sum + value)
}
