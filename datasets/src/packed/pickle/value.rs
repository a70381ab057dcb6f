//! Looking at what a pickle holds.

use super::known::Dtype;
use super::node::{Id, Node};

/// An opened pickle.
#[derive(Clone, Debug)]
pub(crate) struct Pickle<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Id,
}

impl Pickle<'_> {
    /// What the file holds.
    pub fn root(&self) -> Value<'_> {
        Value::new(self, self.root)
    }
}

/// A value in a pickle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'p> {
    pickle: &'p Pickle<'p>,
    id: Id,
}

impl<'p> Value<'p> {
    pub(super) fn new(pickle: &'p Pickle<'_>, id: Id) -> Self {
        Self { pickle, id }
    }

    fn node(&self) -> &'p Node<'p> {
        &self.pickle.nodes[self.id]
    }

    /// The entry `key` of a dictionary. Python 2 wrote such keys as bytes, Python 3 as text.
    ///
    /// # Errors
    /// When there is none, or this is no dictionary.
    pub fn entry(&self, key: &str) -> Result<Self, String> {
        let Node::Dict(entries) = self.node() else { return Err("it holds no dictionary".into()) };
        let is_key = |id: Id| match &self.pickle.nodes[id] {
            Node::Bytes(bytes) => **bytes == *key.as_bytes(),
            Node::Text(text) => *text == key,
            _ => false,
        };
        // As in Python, the last of equal keys counts.
        let found = entries.iter().rev().find(|(id, _)| is_key(*id));
        found
            .map(|(_, id)| Self { id: *id, ..*self })
            .ok_or_else(|| format!("its dictionary has no entry '{key}'"))
    }

    /// The shape and values of an array of unsigned bytes.
    pub fn bytes(&self) -> Result<(&'p [usize], &'p [u8]), String> {
        match self.node() {
            Node::Array(array) if array.dtype == Some(Dtype::U8) => Ok((&array.shape, &array.bytes)),
            _ => Err("no array of type uint8".into()),
        }
    }

    /// Small numbers, in a list or an array of one dimension: labels.
    pub fn labels(&self) -> Result<Vec<u8>, String> {
        let integer = |id: &Id| match self.pickle.nodes[*id] {
            Node::Integer(value) => Some(value),
            _ => None,
        };
        let values: Option<Vec<i64>> = match self.node() {
            Node::List(values) | Node::Tuple(values) => values.iter().map(integer).collect(),
            Node::Array(array) if array.shape.len() == 1 => match array.dtype {
                Some(Dtype::I64) => {
                    let (words, _) = array.bytes.as_chunks::<8>();
                    Some(words.iter().map(|word| i64::from_le_bytes(*word)).collect())
                }
                _ => Some(array.bytes.iter().map(|value| i64::from(*value)).collect()),
            },
            _ => None,
        };
        let values = values.ok_or("its labels are no list of whole numbers")?;
        let small =
            |value: i64| u8::try_from(value).map_err(|_| format!("its labels have a value of {value}"));
        values.into_iter().map(small).collect()
    }
}
