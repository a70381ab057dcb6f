//! The loop of every method that trains by steps: shuffled epochs, batches prepared ahead, losses that are checked
//! and reported.

use harness::detector::FitContext;
use harness::error::DetectorError;
use harness::schedule::Budget;
use harness::seed::Root;
use rand::seq::SliceRandom;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Trains for the steps of `budget` on `pictures` training pictures: `prepare` makes the batch of an epoch (from 0)
/// and picture indices, `step` learns from it and gives its loss. Epochs are reshuffled; the last is cut where the
/// steps end.
///
/// One batch is prepared ahead, on a thread of its own: a thread of the pool would be missing from the step that
/// is being computed.
///
/// # Errors
/// The first of `step`, or that a loss is no longer finite.
pub fn train<B: Send>(
    context: &FitContext<'_>,
    pictures: usize,
    budget: Budget,
    prepare: impl Fn(usize, &[usize]) -> B + Send,
    mut step: impl FnMut(B) -> Result<f64, DetectorError>,
) -> Result<(), DetectorError> {
    let (random, steps) = (&context.random, budget.steps);
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(1);
        scope.spawn(move || {
            for (epoch, batch) in batches(random, pictures, budget) {
                // Nobody receives any more: a step failed.
                if sender.send(prepare(epoch, &batch)).is_err() {
                    return;
                }
            }
        });
        for (index, batch) in receiver.into_iter().enumerate() {
            let (done, loss) = (index + 1, step(batch)?);
            if !loss.is_finite() {
                let reason = format!("the loss of step {done} is {loss}; try a lower learning_rate");
                return Err(DetectorError::Training(reason));
            }
            (context.progress)(done, steps, Some(loss));
        }
        Ok(())
    })
}

/// Epoch and pictures of every step.
fn batches(
    random: &Root,
    pictures: usize,
    Budget { steps, batch }: Budget,
) -> impl Iterator<Item = (usize, Vec<usize>)> {
    let epoch = move |epoch: usize| {
        let mut order: Vec<usize> = (0..pictures).collect();
        order.shuffle(&mut random.stream("shuffle", &epoch.to_string()));
        order.chunks(batch).map(|batch| (epoch, batch.to_vec())).collect::<Vec<_>>()
    };
    // More epochs than there could be: each has a step.
    (0..steps).flat_map(epoch).take(steps)
}
