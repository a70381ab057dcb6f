//! Images of a category under one condition, in the frame of a method: taken from what is prepared, or made and kept.

use crate::contract::chain::Chain;
use crate::contract::condition::Condition;
use crate::contract::dataset::Item;
use crate::contract::picture::Geometry;
use crate::contract::seed::Root;
use crate::plan::Job;
use crate::prepared::Prepared;
use crate::results::{Failure, FailureKind, SCHEMA, Shown};
use crate::run::event::WorkerEvent;
use crate::run::source::Source;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// What makes pictures of images.
pub(super) struct Frames<'a> {
    source: &'a Source,
    root: &'a Root,
    shifts: Chain,
    geometry: Geometry,
    prepared: Option<Prepared>,
    /// Everything that decides the pictures, except the images.
    made_by: Value,
    /// Whether somebody was told that nothing can be kept.
    told: AtomicBool,
}

impl<'a> Frames<'a> {
    /// Those of `job` under `condition`.
    ///
    /// # Errors
    /// When there is no such shift.
    pub fn new(
        job: &Job,
        source: &'a Source,
        root: &'a Root,
        condition: &Condition,
        geometry: Geometry,
    ) -> Result<Self, Failure> {
        let shifts = Chain::build(condition.links());
        let shifts = shifts.map_err(|error| Failure::new(FailureKind::Shift, error))?;
        let made_by = json!({
            "schema": SCHEMA,
            "dataset": job.dataset_as_content(),
            "category": job.category,
            "shifts": condition.links(),
            // Pictures that nothing happens to draw nothing.
            "data_seed": (!condition.links().is_empty()).then_some(job.data_seed),
            "geometry": geometry,
        });
        let prepared = job.prepared.as_ref().map(Prepared::at);
        Ok(Self { source, root, shifts, geometry, prepared, made_by, told: AtomicBool::new(false) })
    }

    /// What a method is shown of `items`, in their order.
    ///
    /// # Errors
    /// When an image cannot be read, has changed since the run was planned, or is too small for a shift.
    pub fn of(&self, items: &[&Item], emit: &(dyn Fn(WorkerEvent) + Sync)) -> Result<Vec<Shown>, Failure> {
        let images: Vec<Value> = items.iter().map(|item| self.source.identity(item)).collect();
        let made_from = json!({ "by": self.made_by, "images": images });
        let known = self.prepared.as_ref().and_then(|prepared| prepared.pictures(&made_from));
        if let Some(shown) = known.filter(|shown| shown.len() == items.len()) {
            return Ok(shown);
        }
        let shown =
            items.par_iter().map(|item| self.source.show(self.root, &self.shifts, item, self.geometry));
        let shown = shown.collect::<Result<Vec<Shown>, Failure>>()?;
        if let Some(prepared) = &self.prepared
            && let Err(reason) = prepared.keep_pictures(&made_from, &shown)
            && !self.told.swap(true, Ordering::Relaxed)
        {
            emit(WorkerEvent::Noticed(format!(
                "prepared pictures cannot be kept ({reason}): each is made again"
            )));
        }
        Ok(shown)
    }
}
