use super::super::options::MixedLayers;
use super::*;
use crate::backbone;
use burn::tensor::Device;
use harness::contract::backbone::{BackboneChoice, Weights};
use std::path::Path;

/// The first of two pictures of one channel, mixed with the second.
fn mixed(mixing: Mixing, values: &[f32], partner: &[f32], share: f32) -> Vec<f32> {
    let draw = Draw { partners: vec![1, 0], shares: vec![share; 2] };
    draw.apply(mixing, &[values, partner].concat(), values.len())[..values.len()].to_vec()
}

fn assert_close(got: &[f32], wanted: &[f32], tolerance: f32) {
    assert_eq!(got.len(), wanted.len());
    let close = got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() <= tolerance);
    assert!(close, "{got:?} is not {wanted:?}");
}

const X: [f32; 6] = [0.0, -0.5, 3.5, -2.0, 0.0, 7.0];
const Y: [f32; 6] = [5.0, 4.0, 0.0, 0.0, 1.5, 0.0];

#[test]
fn the_worked_examples_come_out() {
    let (values, partner) = ([1.0, 2.0, 3.0, 4.0], [40.0, 10.0, 30.0, 20.0]);
    for mixing in [Mixing::Mixstyle, Mixing::Efdm] {
        assert_close(&mixed(mixing, &values, &partner, 0.25), &[7.75, 15.5, 23.25, 31.0], 1e-4);
    }
    let (values, partner) = ([1.0, 2.0, 3.0, 6.0], [0.0, 0.0, 0.0, 8.0]);
    assert_eq!(mixed(Mixing::Efdm, &values, &partner, 0.5), [0.5, 1.0, 1.5, 7.0]);
    let wanted = [-0.351_64, 1.074_18, 2.5, 6.777_46];
    assert_close(&mixed(Mixing::Mixstyle, &values, &partner, 0.5), &wanted, 1e-5);
}

#[test]
fn the_own_style_kept_whole_or_met_again_changes_nothing() {
    for share in [0.0, 0.3, 1.0] {
        assert_eq!(mixed(Mixing::Efdm, &X, &X, share), X);
        assert_close(&mixed(Mixing::Mixstyle, &X, &X, share), &X, 1e-6);
    }
    assert_eq!(mixed(Mixing::Efdm, &X, &Y, 1.0), X);
    assert_close(&mixed(Mixing::Mixstyle, &X, &Y, 1.0), &X, 1e-6);
}

#[test]
fn a_share_of_zero_gives_the_partners_values_in_the_own_order() {
    let got = mixed(Mixing::Efdm, &X, &Y, 0.0);
    let sorted = |values: &[f32]| {
        let mut values = values.to_vec();
        values.sort_by(f32::total_cmp);
        values
    };
    assert_eq!(sorted(&got), sorted(&Y));
    let distinct = [5.0, 4.0, 0.5, -3.0, 1.5, 9.0];
    assert_eq!(ascending(&mixed(Mixing::Efdm, &X, &distinct, 0.0)), ascending(&X));
}

#[test]
fn moments_are_mixed_as_they_say() {
    let (share, got) = (0.3_f32, mixed(Mixing::Mixstyle, &X, &Y, 0.3));
    let ((mean, deviation), (x, y)) = (moments(&got), (moments(&X), moments(&Y)));
    let share = f64::from(share);
    assert!((mean - (share * x.0 + (1.0 - share) * y.0)).abs() < 1e-5);
    assert!((deviation - (share * x.1 + (1.0 - share) * y.1)).abs() < 1e-5);
}

#[test]
fn partners_are_met_channel_by_channel() {
    let values = [1.0, 2.0, 10.0, 20.0, 3.0, 4.0, 30.0, 40.0];
    let draw = Draw { partners: vec![1, 0], shares: vec![0.0; 2] };
    assert_eq!(draw.apply(Mixing::Efdm, &values, 2), [3.0, 4.0, 30.0, 40.0, 1.0, 2.0, 10.0, 20.0]);
}

#[test]
fn draws_are_functions_of_their_name_and_follow_the_options() {
    let random = Root::new(0, "toy", "");
    let options = Options::default().with(|options| options.mixed.mixing = Mixing::Efdm);
    let draw = |options: &Options, step: usize| Draw::new(options, 8, &random, &format!("{step}/0/1"));
    let count = |options: &Options| (0..400).filter(|&step| draw(options, step).is_some()).count();
    assert_eq!(draw(&options, 3), draw(&options, 3));
    assert!((150..250).contains(&count(&options)));
    assert_eq!(count(&options.clone().with(|options| options.mixed.mix_probability = 0.0)), 0);
    let always = options.with(|options| options.mixed.mix_probability = 1.0);
    assert_eq!(count(&always), 400);
    assert_eq!(Draw::new(&always, 1, &random, "a picture alone"), None);
    // Beta(0.1, 0.1) has mean 1/2 and variance 1 / (4 * 1.2).
    let shares: Vec<f32> =
        (0..400).filter_map(|step| draw(&always, step)).flat_map(|draw| draw.shares).collect();
    let count = shares.len() as f32;
    let mean = shares.iter().sum::<f32>() / count;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f32>() / count;
    assert!((mean - 0.5).abs() < 0.03 && (variance - 0.208).abs() < 0.02, "{mean} {variance}");
}

#[test]
fn layers_and_target_are_those_of_the_options() {
    let device = Device::flex();
    let choice = BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) };
    let teacher: Box<dyn Backbone> = backbone::load(&choice, Path::new("nowhere"), &device).unwrap();
    let values: Vec<f32> =
        (0..2 * 3 * 32 * 32).map(|index| ((index * 37) % 101) as f32 / 50.0 - 1.0).collect();
    let pictures = Tensor::from_data(TensorData::new(values, [2, 3, 32, 32]), &device);
    let plain = teacher.features(pictures.clone());
    let host = |features: &Features, stage: usize| device::download(features[stage].clone()).unwrap();
    // A draw that swaps the pictures.
    let random = (0..).map(|seed| Root::new(seed, "toy", "")).find(|random| {
        let options = Options::default().with(|options| options.mixed.mix_probability = 1.0);
        (0..3)
            .all(|stage| Draw::new(&options, 2, random, &format!("0/0/{stage}")).unwrap().partners == [1, 0])
    });
    let random = random.unwrap();
    let run = |mixed_layers, mix_target| {
        let options = Options::default().with(|options| {
            options.mixed.mixing = Mixing::Mixstyle;
            options.mixed.mix_probability = 1.0;
            options.mixed.mixed_layers = mixed_layers;
            options.mixed.mix_target = mix_target;
        });
        features(&options, &*teacher, pictures.clone(), &random, "0/0").unwrap()
    };
    let l1 = run(MixedLayers::L1, MixTarget::Mixed);
    assert_ne!(host(&l1.seen, 0), host(&plain, 0));
    // The next stage sees mixed features and is not mixed itself.
    let next = device::download(teacher.stage(1, l1.seen[0].clone())).unwrap();
    assert_eq!(host(&l1.seen, 1), next);
    assert_eq!(host(&l1.seen, 2), host(&l1.target, 2));
    let l12 = run(MixedLayers::L12, MixTarget::Clean);
    assert_ne!(host(&l12.seen, 1), next);
    assert_eq!(host(&l12.seen, 2), device::download(teacher.stage(2, l12.seen[1].clone())).unwrap());
    (0..3).for_each(|stage| assert_eq!(host(&l12.target, stage), host(&plain, stage)));
    let l123 = run(MixedLayers::L123, MixTarget::Mixed);
    assert_ne!(host(&l123.seen, 2), host(&l12.seen, 2));
    let none = Options::default().with(|options| options.mixed.mix_probability = 1.0);
    let none = features(&none, &*teacher, pictures.clone(), &random, "0/0").unwrap();
    (0..3).for_each(|stage| assert_eq!(host(&none.seen, stage), host(&plain, stage)));
}
