//! What calling a known name means here.

use super::known::{Dtype, Known};
use super::machine::Machine;
use super::node::{Array, Id, Node};
use std::borrow::Cow;

impl<'a> Machine<'a> {
    /// Replaces a name and its arguments by what the call would give.
    pub(super) fn reduce(&mut self) -> Result<(), String> {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let (Node::Known(known), Node::Tuple(arguments)) = (&self.nodes[callee], &self.nodes[arguments])
        else {
            return Err("it calls what is no function".into());
        };
        let argument = |index: usize| arguments.get(index).map(|id: &Id| &self.nodes[*id]);
        let made = match known {
            // Of its arguments, shape and type are placeholders.
            Known::Reconstruct if matches!(argument(0), Some(Node::Known(Known::Ndarray))) => {
                Node::Array(Array::default())
            }
            Known::Dtype => Node::Dtype(match argument(0) {
                Some(node) => dtype(node)?,
                None => return Err("a type without a name".into()),
            }),
            Known::FromBuffer => {
                let [bytes, dtype, shape] = [0, 1, 2].map(argument);
                let column_major = matches!(argument(3), Some(Node::Text("F")));
                Node::Array(self.array(shape, dtype, column_major, bytes)?)
            }
            Known::Encode => match [0, 1].map(argument) {
                [Some(Node::Text(text)), Some(Node::Text("latin1"))] => {
                    self.copy(text.len())?;
                    let bytes: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(char).ok()).collect();
                    Node::Bytes(Cow::Owned(bytes.ok_or("text that is not Latin-1")?))
                }
                _ => return Err("text in another encoding than Latin-1".into()),
            },
            other => return Err(format!("it calls {other:?} in a way that NumPy does not")),
        };
        self.push(made);
        Ok(())
    }

    /// Fills the array, or completes the type, on top of the stack.
    pub(super) fn build(&mut self) -> Result<(), String> {
        let (state, target) = (self.pop()?, self.top()?);
        let Node::Tuple(state) = &self.nodes[state] else { return Err("a state that is no tuple".into()) };
        let field = |index: usize| state.get(index).map(|id: &Id| &self.nodes[*id]);
        match &self.nodes[target] {
            Node::Dtype(_) => {
                let order = field(1).and_then(characters);
                if !matches!(order, Some(b"<" | b"|")) {
                    return Err("an array whose numbers are not stored least significant byte first".into());
                }
            }
            Node::Array(_) => {
                let column_major = !matches!(field(3), Some(Node::Bool(false) | Node::Integer(0)));
                let array = self.array(field(1), field(2), column_major, field(4))?;
                self.nodes[target] = Node::Array(array);
            }
            _ => return Err("it sets the state of what has none".into()),
        }
        Ok(())
    }

    fn array(
        &self,
        shape: Option<&Node<'a>>,
        dtype: Option<&Node<'a>>,
        column_major: bool,
        bytes: Option<&Node<'a>>,
    ) -> Result<Array<'a>, String> {
        let (Some(Node::Tuple(shape)), Some(Node::Dtype(dtype)), Some(Node::Bytes(bytes))) =
            (shape, dtype, bytes)
        else {
            return Err("an array that is not described as NumPy does".into());
        };
        let size = |id: &Id| match self.nodes[*id] {
            Node::Integer(size) => usize::try_from(size).ok(),
            _ => None,
        };
        let shape: Vec<usize> =
            shape.iter().map(size).collect::<Option<_>>().ok_or("an array of no shape")?;
        let width = if *dtype == Dtype::U8 { 1 } else { 8 };
        let length = shape.iter().try_fold(width, |length: usize, size| length.checked_mul(*size));
        if length != Some(bytes.len()) {
            return Err(format!("an array of shape {shape:?} with {} bytes", bytes.len()));
        }
        if column_major && shape.len() > 1 {
            return Err(
                "an array stored column by column; store it row by row (numpy.ascontiguousarray)".into()
            );
        }
        if matches!(bytes, Cow::Owned(_)) {
            self.copy(bytes.len())?;
        }
        Ok(Array { shape, dtype: Some(*dtype), bytes: bytes.clone() })
    }
}

/// The bytes of a string, whichever Python wrote it.
fn characters<'n>(node: &'n Node<'_>) -> Option<&'n [u8]> {
    match node {
        Node::Bytes(bytes) => Some(bytes),
        Node::Text(text) => Some(text.as_bytes()),
        _ => None,
    }
}

fn dtype(name: &Node<'_>) -> Result<Dtype, String> {
    match characters(name) {
        Some(b"u1") => Ok(Dtype::U8),
        Some(b"i8") => Ok(Dtype::I64),
        other => {
            let name = other.map(|name| name.escape_ascii().to_string()).unwrap_or_default();
            Err(format!("an array of type '{name}'; pictures are uint8 and labels uint8 or int64"))
        }
    }
}
