//! What a plugin may name, and nothing else: the traits it implements, the words it is asked in, and the registry it
//! joins. Imports nothing else of this crate.

pub mod backbone;
pub mod card;
pub mod chain;
pub mod condition;
pub mod dataset;
pub mod detector;
pub mod device;
pub mod error;
pub mod facts;
pub mod options;
pub mod picture;
pub mod plugin;
pub mod prelude;
pub mod protocol;
pub mod registry;
pub mod resource;
pub mod schedule;
pub mod seed;
pub mod separation;
pub mod shift;
pub mod state;
pub mod text;
pub mod weights;
