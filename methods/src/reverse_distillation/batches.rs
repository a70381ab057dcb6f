//! The batches of a training: shuffled epochs and the altered views of every picture, prepared while the step before
//! is computed.

use super::options::{GreyView, Options};
use crate::view::{Planes, grey_after_normalisation, grey_before_normalisation};
use harness::error::DetectorError;
use harness::schedule::Budget;
use harness::seed::Root;
use image::RgbImage;
use rand::seq::SliceRandom;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Views of one batch, clean first: for each view its pictures.
pub type Views = Vec<Vec<Planes>>;

/// Where batches come from.
#[derive(Clone, Copy, Debug)]
pub struct Batches<'a> {
    /// Which views there are.
    pub options: &'a Options,
    /// The training pictures, all of one size.
    pub pictures: &'a [RgbImage],
    /// The root of every draw.
    pub random: &'a Root,
}

impl Batches<'_> {
    /// Calls `work` with every batch of the budget in turn. One batch is prepared ahead, on a thread of its own:
    /// a thread of the pool would be missing from the step that is being computed.
    ///
    /// # Errors
    /// The first that `work` returns.
    pub fn ahead(
        self,
        budget: Budget,
        mut work: impl FnMut(Views) -> Result<(), DetectorError>,
    ) -> Result<(), DetectorError> {
        thread::scope(|scope| {
            let (sender, receiver) = sync_channel(1);
            scope.spawn(move || {
                for (epoch, batch) in self.schedule(budget) {
                    // Nobody receives any more: `work` failed.
                    if sender.send(self.views(epoch, &batch)).is_err() {
                        return;
                    }
                }
            });
            receiver.into_iter().try_for_each(&mut work)
        })
    }

    /// Epoch and pictures of every step.
    fn schedule(self, Budget { steps, batch }: Budget) -> impl Iterator<Item = (usize, Vec<usize>)> {
        let epoch = move |epoch: usize| {
            let mut order: Vec<usize> = (0..self.pictures.len()).collect();
            order.shuffle(&mut self.random.stream("shuffle", &epoch.to_string()));
            order.chunks(batch).map(|batch| (epoch, batch.to_vec())).collect::<Vec<_>>()
        };
        // More epochs than there could be: each has a step.
        (0..steps).flat_map(epoch).take(steps)
    }

    /// The views of a batch in the released order: clean, AugMix, grey.
    fn views(self, epoch: usize, batch: &[usize]) -> Views {
        let picture = |index: usize| &self.pictures[index];
        let of_batch = |view: &dyn Fn(usize) -> Planes| batch.iter().map(|&index| view(index)).collect();
        let clean = |index: usize| Planes::normalise(picture(index));
        let mut views: Views = vec![of_batch(&clean)];
        if self.options.augmix {
            let augmix = self.options.view();
            views.push(of_batch(&|index| {
                let mut stream = self.random.stream("augmix", &format!("{epoch}/{index}"));
                augmix.draw(picture(index).dimensions(), &mut stream).apply(picture(index))
            }));
        }
        match self.options.grey {
            GreyView::None => {}
            GreyView::AfterNormalisation => {
                views.push(views[0].iter().map(grey_after_normalisation).collect());
            }
            GreyView::BeforeNormalisation => {
                views.push(of_batch(&|index| grey_before_normalisation(picture(index))));
            }
        }
        views
    }
}
