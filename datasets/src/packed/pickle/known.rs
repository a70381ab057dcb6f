//! The few names that a pickle of data may mention.

/// Something that Python would look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Makes an empty array, filled by the instruction that follows.
    Reconstruct,
    /// The type of arrays; only ever an argument.
    Ndarray,
    /// Makes a type of numbers.
    Dtype,
    /// Makes an array at once; what NumPy writes in protocol 5.
    FromBuffer,
    /// Makes bytes of text; what Python 3 writes in protocol 2.
    Encode,
}

/// A type of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dtype {
    U8,
    I64,
}

impl Known {
    pub fn find(module: &str, name: &str) -> Result<Self, String> {
        match (module, name) {
            // NumPy 2 renamed `core`.
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Ok(Self::Reconstruct),
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Ok(Self::FromBuffer),
            ("numpy", "ndarray") => Ok(Self::Ndarray),
            ("numpy", "dtype") => Ok(Self::Dtype),
            ("_codecs", "encode") => Ok(Self::Encode),
            _ => Err(format!(
                "it asks for {}.{}, which a file of plain data does not need; nothing was run: fetch the file again \
                 from its official source",
                module.escape_default(),
                name.escape_default()
            )),
        }
    }
}
