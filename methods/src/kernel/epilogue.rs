//! What follows a layer.

use burn::tensor::{Tensor, activation};

/// What follows a layer and is done in the same pass over memory.
#[derive(Clone, Debug, Default)]
pub struct Epilogue {
    /// Added to the result, in its shape.
    pub residual: Option<Tensor<4>>,
    /// Applied at last.
    pub activation: Activation,
}

/// An activation function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// None.
    #[default]
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
}

impl Epilogue {
    /// Nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// ReLU.
    pub fn relu() -> Self {
        Activation::Relu.into()
    }

    /// The end of a residual block: its shortcut is added, then ReLU.
    pub fn join(shortcut: Tensor<4>) -> Self {
        Self { residual: Some(shortcut), activation: Activation::Relu }
    }

    /// Done to a layer's output.
    pub(super) fn apply(self, output: Tensor<4>) -> Tensor<4> {
        let output = match self.residual {
            Some(residual) => output + residual,
            None => output,
        };
        match self.activation {
            Activation::Identity => output,
            Activation::Relu => activation::relu(output),
            Activation::Relu6 => output.clamp(0.0, 6.0),
        }
    }
}

impl From<Activation> for Epilogue {
    fn from(activation: Activation) -> Self {
        Self { residual: None, activation }
    }
}
