//! What a method is told before anything is planned or fetched, so that it can say no.

use crate::contract::backbone::BackboneEntry;
use crate::contract::protocol::Protocol;

/// The circumstances of a training.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Rules of the comparison.
    pub protocol: &'a Protocol,
    /// Side of the network input in pixels.
    pub image_size: u32,
    /// The backbone it would get, if it uses one.
    pub backbone: Option<&'static BackboneEntry>,
    /// Registered name of the data set.
    pub dataset: &'a str,
}
