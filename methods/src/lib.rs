//! The detectors of shiftbench and what they share.
//!
//! [`reverse_distillation`] is one engine with a recipe per published method; [`patchcore`] and [`simplenet`]
//! share [`patch_features`], [`patchcore`] and [`anomaly_dino`] the [`memory_bank`]; [`dinomaly`], [`pni`], [`kdad`],
//! [`deep_svdd`], [`f_anogan`], [`realnet`] and [`jigsaw`] are methods of their own, [`external`] one that is a program; [`baseline`] holds the
//! trivial scores. [`trained`] makes detectors of those that learn; [`backbone`] holds the frozen teachers;
//! [`tensor_file`] reads what others trained; [`view`] makes the altered pictures some recipes train on. Whatever
//! registers itself here is linked only into programs that name this crate (`use methods as _;`).

pub mod anomalies;
pub mod anomaly_dino;
pub mod backbone;
pub mod baseline;
pub mod deep_svdd;
pub mod device;
pub mod dinomaly;
pub mod external;
pub mod f_anogan;
pub mod imported;
pub mod jigsaw;
pub mod kdad;
pub mod kernel;
pub mod layer;
pub mod loss;
pub mod memory_bank;
pub mod module_file;
pub mod optimiser;
pub mod patch_features;
pub mod patchcore;
pub mod pni;
pub mod realnet;
pub mod reverse_distillation;
pub mod rules;
pub mod simplenet;
pub mod tensor_file;
pub mod trained;
pub mod training;
pub mod view;

/// The version of burn that computes; recorded with every result.
pub const BURN_VERSION: &str = "0.22.1";
