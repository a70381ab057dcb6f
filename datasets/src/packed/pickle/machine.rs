//! The stack machine and its instructions.

use super::known::Known;
use super::node::{Id, Node};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

/// Most instructions in a file: a batch of CIFAR-10 has 50 000. Bounds stack, memo and number of values.
pub(super) const MOST_INSTRUCTIONS: usize = 1 << 20;

/// A pickle being read.
pub(super) struct Machine<'a> {
    bytes: &'a [u8],
    /// The next byte.
    pub at: usize,
    /// All values so far.
    pub nodes: Vec<Node<'a>>,
    stack: Vec<Id>,
    /// Heights of the stack at which open containers begin.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
    /// Bytes that may still be copied: a short file could ask for many copies of one long string.
    copies: Cell<usize>,
}

impl<'a> Machine<'a> {
    /// That has read nothing yet.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            nodes: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            // A string is decoded once and becomes an array once.
            copies: Cell::new(2 * bytes.len()),
        }
    }

    /// Reads everything; the number of the value that it makes.
    pub fn run(&mut self) -> Result<Id, String> {
        for _ in 0..MOST_INSTRUCTIONS {
            let [instruction] = self.fixed()?;
            if instruction == b'.' {
                return self.pop();
            }
            self.step(instruction)?;
        }
        Err(format!("it has more than {MOST_INSTRUCTIONS} instructions"))
    }

    fn step(&mut self, instruction: u8) -> Result<(), String> {
        match instruction {
            // Protocol and frame: nothing that a reader of whole files must know.
            0x80 => drop(self.fixed::<1>()?),
            0x95 => drop(self.fixed::<8>()?),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.push(Node::None),
            0x88 => self.push(Node::Bool(true)),
            0x89 => self.push(Node::Bool(false)),
            b'J' => {
                let value = i32::from_le_bytes(self.fixed()?);
                self.push(Node::Integer(value.into()));
            }
            b'K' | b'M' => {
                let value = self.size(if instruction == b'K' { 1 } else { 2 })?;
                self.push(Node::Integer(value as i64));
            }
            0x8a => {
                let length = self.size(1)?;
                let value = long(self.take(length)?)?;
                self.push(Node::Integer(value));
            }
            b'G' => {
                self.fixed::<8>()?;
                self.push(Node::Float);
            }
            b'U' | b'C' => self.bytes(1)?,
            b'T' | b'B' => self.bytes(4)?,
            0x8e | 0x96 => self.bytes(8)?,
            0x8c => self.text(1)?,
            b'X' => self.text(4)?,
            0x8d => self.text(8)?,
            b']' => self.push(Node::List(Vec::new())),
            b'}' => self.push(Node::Dict(Vec::new())),
            b')' => self.push(Node::Tuple(Vec::new())),
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(instruction - 0x84)).ok_or(UNDERFLOW)?;
                let values = self.stack.split_off(from);
                self.push(Node::Tuple(values));
            }
            b't' => {
                let values = self.since_mark()?;
                self.push(Node::Tuple(values));
            }
            b'a' => {
                let value = self.pop()?;
                self.append(vec![value])?;
            }
            b'e' => {
                let values = self.since_mark()?;
                self.append(values)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.insert(&[key, value])?;
            }
            b'u' => {
                let values = self.since_mark()?;
                self.insert(&values)?;
            }
            b'q' | b'r' => {
                let name = self.size(if instruction == b'q' { 1 } else { 4 })?;
                self.memo.insert(name as u32, self.top()?);
            }
            0x94 => {
                let name = self.memo.len() as u32;
                self.memo.insert(name, self.top()?);
            }
            b'h' | b'j' => {
                let name = self.size(if instruction == b'h' { 1 } else { 4 })?;
                let value = self.memo.get(&(name as u32)).ok_or("it recalls a value that it never stored")?;
                self.stack.push(*value);
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.push(Node::Known(Known::find(module, name)?));
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Node::Text(module), Node::Text(name)) = (&self.nodes[module], &self.nodes[name]) else {
                    return Err("it names something with what is no text".into());
                };
                let known = Known::find(module, name)?;
                self.push(Node::Known(known));
            }
            b'R' => self.reduce()?,
            b'b' => self.build()?,
            other => {
                let shown = char::from(other).escape_default();
                return Err(format!("instruction '{shown}' ({other}) does not occur in files of plain data"));
            }
        }
        Ok(())
    }

    pub(super) fn push(&mut self, node: Node<'a>) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    pub(super) fn pop(&mut self) -> Result<Id, String> {
        // What lies below a mark belongs to somebody else.
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(UNDERFLOW.into());
        }
        self.stack.pop().ok_or_else(|| UNDERFLOW.into())
    }

    pub(super) fn top(&self) -> Result<Id, String> {
        self.stack.last().copied().ok_or_else(|| UNDERFLOW.into())
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        Ok(self.stack.split_off(mark.ok_or(UNDERFLOW)?))
    }

    fn append(&mut self, values: Vec<Id>) -> Result<(), String> {
        let list = self.top()?;
        match &mut self.nodes[list] {
            Node::List(list) => list.extend(values),
            _ => return Err("it appends to what is no list".into()),
        }
        Ok(())
    }

    fn insert(&mut self, values: &[Id]) -> Result<(), String> {
        let dict = self.top()?;
        let (pairs, rest) = values.as_chunks::<2>();
        match &mut self.nodes[dict] {
            Node::Dict(dict) if rest.is_empty() => {
                dict.extend(pairs.iter().map(|[key, value]| (*key, *value)))
            }
            _ => return Err("it sets an entry of what is no dictionary".into()),
        }
        Ok(())
    }

    pub(super) fn copy(&self, length: usize) -> Result<(), String> {
        let left = self.copies.get().checked_sub(length).ok_or("it copies one string again and again")?;
        self.copies.set(left);
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..length).ok_or("the file ends too early: it is damaged; fetch it again")?;
        self.at += length;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut fixed = [0; N];
        fixed.copy_from_slice(self.take(N)?);
        Ok(fixed)
    }

    /// An unsigned number of `width` bytes, least significant first.
    fn size(&mut self, width: usize) -> Result<usize, String> {
        let bytes = self.take(width)?.iter().rev();
        let value = bytes.fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        usize::try_from(value).map_err(|error| error.to_string())
    }

    fn bytes(&mut self, width: usize) -> Result<(), String> {
        let length = self.size(width)?;
        let bytes = self.take(length)?;
        self.push(Node::Bytes(Cow::Borrowed(bytes)));
        Ok(())
    }

    fn text(&mut self, width: usize) -> Result<(), String> {
        let length = self.size(width)?;
        let text = std::str::from_utf8(self.take(length)?).map_err(|error| error.to_string())?;
        self.push(Node::Text(text));
        Ok(())
    }

    fn line(&mut self) -> Result<&'a str, String> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').ok_or("a name has no end")?;
        let line = std::str::from_utf8(self.take(length)?).map_err(|error| error.to_string())?;
        self.take(1)?;
        Ok(line)
    }
}

const UNDERFLOW: &str = "it takes more values than it has";

/// A number of up to eight bytes in two's complement, least significant first.
fn long(bytes: &[u8]) -> Result<i64, String> {
    let sign = if bytes.last().is_some_and(|byte| *byte >= 128) { 255 } else { 0 };
    let mut wide = [sign; 8];
    wide.get_mut(..bytes.len()).ok_or("a number of more than eight bytes")?.copy_from_slice(bytes);
    Ok(i64::from_le_bytes(wide))
}
