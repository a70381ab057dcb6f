//! The loop of every method that trains by steps: shuffled epochs, batches prepared ahead where that pays, losses that
//! are checked and reported.

use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use harness::contract::schedule::Budget;
use harness::contract::seed::Root;
use image::RgbImage;
use rand::seq::SliceRandom;
use std::sync::mpsc::sync_channel;
use std::thread;

/// What one step learns from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Step of the stage, from 0.
    pub step: usize,
    /// Epoch of the stage, from 0.
    pub epoch: usize,
    /// Indices of training pictures.
    pub pictures: Vec<usize>,
}

impl Batch {
    /// Its pictures among all of the training.
    pub fn of<'a>(&self, pictures: &'a [RgbImage]) -> Vec<&'a RgbImage> {
        self.pictures.iter().map(|&index| &pictures[index]).collect()
    }
}

/// A training in one or several stages, whose steps are counted together.
pub struct TrainingLoop<'a> {
    context: &'a FitContext<'a>,
    steps: usize,
    done: usize,
    whole: bool,
}

impl<'a> TrainingLoop<'a> {
    /// A training of so many steps in all.
    pub fn new(context: &'a FitContext<'a>, steps: usize) -> Self {
        Self { context, steps, done: 0, whole: false }
    }

    /// Leaves out what an epoch has after its last whole batch (PyTorch's `drop_last`), except where there is no whole
    /// batch at all.
    pub fn whole_batches(self) -> Self {
        Self { whole: true, ..self }
    }

    /// One stage: calls `work`, which gives the loss, with every batch of the budget in turn. Pictures are
    /// shuffled anew for each epoch, by the stream `purpose`; the last epoch is cut where the steps end.
    ///
    /// # Errors
    /// The first of `work`, or that a loss is not finite.
    pub fn stage(
        &mut self,
        purpose: &str,
        pictures: usize,
        budget: Budget,
        mut work: impl FnMut(&Batch) -> Result<f64, DetectorError>,
    ) -> Result<(), DetectorError> {
        for batch in batches(&self.context.random, purpose, pictures, budget, self.whole) {
            self.report(work(&batch)?)?;
        }
        Ok(())
    }

    /// The same, with what `prepare` makes of a batch for `work`. One batch is prepared ahead, on a thread of its
    /// own: a thread of the pool would be missing from the step that is being computed.
    ///
    /// # Errors
    /// The first of `work`, or that a loss is not finite.
    pub fn prepared<B: Send>(
        &mut self,
        purpose: &str,
        pictures: usize,
        budget: Budget,
        prepare: impl Fn(&Batch) -> B + Send,
        mut work: impl FnMut(B) -> Result<f64, DetectorError>,
    ) -> Result<(), DetectorError> {
        let (random, whole) = (&self.context.random, self.whole);
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(1);
            scope.spawn(move || {
                for batch in batches(random, purpose, pictures, budget, whole) {
                    // Nobody receives any more: a step failed.
                    if sender.send(prepare(&batch)).is_err() {
                        return;
                    }
                }
            });
            receiver.into_iter().try_for_each(|batch| self.report(work(batch)?))
        })
    }

    /// Counts a step and tells its loss.
    fn report(&mut self, loss: f64) -> Result<(), DetectorError> {
        self.done += 1;
        if !loss.is_finite() {
            let reason = format!("the loss of step {} is {loss}; try a lower learning_rate", self.done);
            return Err(DetectorError::Training(reason));
        }
        (self.context.progress)(self.done, self.steps, Some(loss));
        Ok(())
    }
}

fn batches(
    random: &Root,
    purpose: &str,
    pictures: usize,
    Budget { steps, batch }: Budget,
    whole: bool,
) -> impl Iterator<Item = Batch> {
    let epoch = move |epoch: usize| {
        let mut order: Vec<usize> = (0..pictures).collect();
        order.shuffle(&mut random.stream(purpose, &epoch.to_string()));
        let seen = if whole && pictures > batch { pictures / batch * batch } else { pictures };
        order[..seen].chunks(batch).map(|pictures| (epoch, pictures.to_vec())).collect::<Vec<_>>()
    };
    // More epochs than there could be: each has a step.
    let all = (0..steps).flat_map(epoch).take(steps).enumerate();
    all.map(|(step, (epoch, pictures))| Batch { step, epoch, pictures })
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::schedule::Schedule;
    use std::cell::RefCell;

    #[test]
    fn whole_batches_leave_out_the_rest_of_an_epoch() {
        let (random, budget) = (Root::new(0, "toy", "toy"), Budget { steps: 4, batch: 3 });
        let sizes = |pictures: usize, whole: bool| -> Vec<usize> {
            let all = batches(&random, "shuffle", pictures, budget, whole);
            all.map(|batch| batch.pictures.len()).collect()
        };
        assert_eq!(sizes(8, false), [3, 3, 2, 3]);
        assert_eq!(sizes(8, true), [3, 3, 3, 3]);
        assert_eq!(sizes(2, true), [2, 2, 2, 2], "all there are");
    }

    #[test]
    fn stages_count_together_and_every_epoch_shows_each_picture_once() {
        let reports = RefCell::new(Vec::new());
        let progress = |done: usize, of: usize, _: Option<f64>| reports.borrow_mut().push((done, of));
        let random = Root::new(0, "toy", "toy");
        let schedule = Schedule::Equal { steps: 6, batch: 2 };
        let context = FitContext { random, schedule, progress: &progress };
        let mut training = TrainingLoop::new(&context, 6);
        let mut seen = Vec::new();
        let budget = Budget { steps: 4, batch: 2 };
        let mut look = |batch: &Batch| {
            seen.push(batch.clone());
            Ok(0.0)
        };
        training.stage("first", 3, budget, &mut look).unwrap();
        let second = Budget { steps: 2, batch: 2 };
        training.prepared("second", 3, second, Batch::clone, |batch| look(&batch)).unwrap();
        assert_eq!(*reports.borrow(), (1..=6).map(|done| (done, 6)).collect::<Vec<_>>());
        for epoch in seen.chunks(2) {
            let mut pictures = [&epoch[0].pictures[..], &epoch[1].pictures[..]].concat();
            pictures.sort_unstable();
            assert_eq!(pictures, [0, 1, 2]);
        }
        assert_eq!((seen[3].step, seen[3].epoch), (3, 1));
        let error = training.stage("bad", 1, budget, |_| Ok(f64::NAN)).unwrap_err().to_string();
        assert!(error.contains("step 7") && error.contains("learning_rate"), "{error}");
    }
}
