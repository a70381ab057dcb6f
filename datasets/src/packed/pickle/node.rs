//! The values of a pickle, which name each other by number.

use super::known::{Dtype, Known};
use std::borrow::Cow;

/// The number of a value.
pub(super) type Id = usize;

#[derive(Clone, Debug)]
pub(super) enum Node<'a> {
    None,
    Bool(bool),
    Integer(i64),
    Float,
    /// Bytes, and strings of Python 2.
    Bytes(Cow<'a, [u8]>),
    Text(&'a str),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Known(Known),
    Dtype(Dtype),
    Array(Array<'a>),
}

/// An array of NumPy, its last dimension varying fastest.
#[derive(Clone, Debug, Default)]
pub(super) struct Array<'a> {
    pub shape: Vec<usize>,
    pub dtype: Option<Dtype>,
    pub bytes: Cow<'a, [u8]>,
}
