//! The batches of a training: the views of every picture.

use super::options::{GreyView, Options, Views};
use crate::device;
use crate::jigsaw::puzzle;
use crate::view::simplex::{NoiseField, Patch};
use crate::view::{Planes, grey_after_normalisation, grey_before_normalisation};
use burn::tensor::{Device, Tensor};
use harness::contract::seed::Root;
use image::RgbImage;

/// The pictures of one step, on the host (`P` is a list of planes) or on a device (a tensor
/// `[batch, 3, height, width]`).
#[derive(Clone, Debug)]
pub struct Batch<P> {
    /// The pictures, as indices into those learnt from; none where that is not known.
    pub pictures: Vec<usize>,
    /// The clean view, or what stands in its place, then altered ones.
    pub views: Vec<P>,
    /// The first view with patches of noise: RD++.
    pub noisy: Option<P>,
    /// Pictures with their tiles in another order, and which: jigsaw.
    pub puzzles: Option<(P, Vec<usize>)>,
}

/// Where batches come from.
#[derive(Debug)]
pub struct Batches<'a> {
    options: &'a Options,
    pictures: &'a [RgbImage],
    random: &'a Root,
    noise: Option<NoiseField>,
}

impl<'a> Batches<'a> {
    /// Batches of these training pictures, all of one size, every draw below `random`.
    pub fn new(options: &'a Options, pictures: &'a [RgbImage], random: &'a Root) -> Self {
        let noise =
            options.projected.projection.then(|| NoiseField::new(&mut random.stream("noise", "field")));
        Self { options, pictures, random, noise }
    }

    /// The views of the pictures of these indices in the released order: clean, AugMix, grey.
    pub fn batch(&self, epoch: usize, indices: &[usize]) -> Batch<Vec<Planes>> {
        let picture = |index: usize| &self.pictures[index];
        let stream = |purpose: &str, index: usize| self.random.stream(purpose, &format!("{epoch}/{index}"));
        let of_batch = |view: &dyn Fn(usize) -> Planes| indices.iter().map(|&index| view(index)).collect();
        let clean = |index: usize| Planes::normalise(picture(index));
        let rule = self.options.view();
        let augmix = |index: usize| {
            rule.draw(picture(index).dimensions(), &mut stream("augmix", index)).apply(picture(index))
        };
        let mut views: Vec<Vec<Planes>> = match self.options.altered.views {
            Views::Clean => vec![of_batch(&clean)],
            Views::CleanAndAugmix => vec![of_batch(&clean), of_batch(&augmix)],
            Views::Augmix => vec![of_batch(&augmix)],
        };
        match self.options.altered.grey {
            GreyView::None => {}
            GreyView::AfterNormalisation => {
                views.push(views[0].iter().map(grey_after_normalisation).collect());
            }
            GreyView::BeforeNormalisation => {
                views.push(of_batch(&|index| grey_before_normalisation(picture(index))));
            }
        }
        let noisy = self.noise.as_ref().map(|field| {
            let add = |(view, &index): (&Planes, &usize)| {
                field.add(view, Patch::draw((view.width, view.height), &mut stream("noise", index)))
            };
            views[0].iter().zip(indices).map(add).collect()
        });
        let puzzles = (self.options.puzzle.jigsaw != 0.0).then(|| {
            let draw = |&index: &usize| {
                let (puzzle, order) =
                    puzzle::draw(picture(index), self.options.puzzle.ordered, &mut stream("jigsaw", index));
                (Planes::normalise(&puzzle), order)
            };
            indices.iter().map(draw).unzip()
        });
        Batch { pictures: indices.to_vec(), views, noisy, puzzles }
    }
}

impl Batch<Vec<Planes>> {
    /// The same on a device.
    pub fn upload(&self, device: &Device) -> Batch<Tensor<4>> {
        let upload = |planes: &Vec<Planes>| device::upload(planes, device);
        Batch {
            pictures: self.pictures.clone(),
            views: self.views.iter().map(upload).collect(),
            noisy: self.noisy.as_ref().map(upload),
            puzzles: self.puzzles.as_ref().map(|(planes, orders)| (upload(planes), orders.clone())),
        }
    }
}

impl From<Vec<Tensor<4>>> for Batch<Tensor<4>> {
    /// Views without noise or puzzles.
    fn from(views: Vec<Tensor<4>>) -> Self {
        Self { pictures: Vec::new(), views, noisy: None, puzzles: None }
    }
}
