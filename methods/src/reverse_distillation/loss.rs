//! The loss of one training step; the formula stands at [`Options`].

use super::options::{Distillation, NormalityOn, Options};
use super::student::StudentOutput;
use super::term::{Term, sum};
use crate::backbone::Features;
use crate::loss::cosine_distance;
use burn::tensor::Tensor;

/// All terms of non-zero weight, for the teacher's features and the student's answers of each view,
/// clean view first.
pub fn terms(options: &Options, features: &[Features], answers: &[StudentOutput]) -> Vec<Term> {
    let clean = &answers[0];
    let altered = &answers[1..];
    let distance =
        |view: usize| distillation(options.loss.distillation, &features[view], &answers[view].output());
    let consistency = |part: &dyn Fn(&StudentOutput) -> Tensor<4>| {
        sum(altered.iter().map(|view| flattened(part(clean), part(view))))
    };
    let candidates: [(_, _, &dyn Fn() -> Option<Tensor<1>>); 6] = [
        ("distill", options.loss.distill, &|| Some(distance(0))),
        ("distill_augmented", options.loss.distill * options.loss.distill_augmented, &|| {
            sum((1..answers.len()).map(distance))
        }),
        ("embedding", options.loss.embedding, &|| consistency(&|view| view.embedding.clone())),
        ("low_features", options.loss.low_features, &|| consistency(&|view| view.decoded[0].clone())),
        ("normality", options.loss.normality, &|| {
            consistency(&|view| normality(options.compensated.normality_on, view))
        }),
        ("invariance", options.loss.invariance, &|| sum(answers.iter().filter_map(disagreement))),
    ];
    let of_weight = candidates.into_iter().filter(|(_, weight, _)| *weight != 0.0);
    of_weight.filter_map(|(name, weight, value)| Some(Term { name, weight, value: value()? })).collect()
}

/// `1 - cos` of teacher and student, averaged over the batch, summed over the scales.
fn distillation(kind: Distillation, teacher: &Features, student: &Features) -> Tensor<1> {
    let scale = |index: usize| {
        let (teacher, student) = (teacher[index].clone(), student[index].clone());
        match kind {
            Distillation::Flattened => flattened(teacher, student),
            Distillation::PerLocation => cosine_distance(teacher, student, 1).mean(),
        }
    };
    scale(0) + scale(1) + scale(2)
}

/// Mean over the batch of `1 - cos` of whole feature maps.
fn flattened(a: Tensor<4>, b: Tensor<4>) -> Tensor<1> {
    cosine_distance::<2>(a.flatten(1, 3), b.flatten(1, 3), 1).mean()
}

fn normality(on: NormalityOn, view: &StudentOutput) -> Tensor<4> {
    match (on, &view.compensation) {
        (NormalityOn::Branch, Some([fine, ..])) => fine.clone(),
        (NormalityOn::CompensatedOutput, Some([fine, ..])) => view.decoded[0].clone() + fine.clone(),
        (_, None) => view.decoded[0].clone(),
    }
}

/// Mean squared difference between compensation and invariant targets, over the two coarser scales.
fn disagreement(view: &StudentOutput) -> Option<Tensor<1>> {
    let [_, middle, coarse] = view.compensation.clone()?;
    let [middle_target, coarse_target] = view.invariant.clone()?;
    Some((middle - middle_target).square().mean() + (coarse - coarse_target).square().mean())
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn flattened_and_per_location_distances_differ_as_published() {
        let device = Device::flex();
        // Two locations with two channels: teacher (1,0), (10,0); student (0,1), (10,0).
        let teacher = Tensor::<4>::from_data([[[[1.0, 10.0]], [[0.0, 0.0]]]], &device);
        let student = Tensor::<4>::from_data([[[[0.0, 10.0]], [[1.0, 0.0]]]], &device);
        let value = |tensor: Tensor<1>| tensor.try_to_vec_as::<f32>().unwrap()[0];
        assert!((value(flattened(teacher.clone(), student.clone())) - 0.009_900_99).abs() < 1e-6);
        assert!((value(cosine_distance(teacher, student, 1).mean()) - 0.5).abs() < 1e-6);
    }
}
