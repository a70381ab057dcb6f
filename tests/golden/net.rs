//! Networks with known weights: a frozen teacher, students of it, and their views.

use crate::data::{Tensors, fixture, json, picture};
use burn::module::Module;
use burn::store::{KeyRemapper, ModuleSnapshot, SafetensorsStore, bridge};
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::picture::Geometry;
use image::{RgbImage, imageops};
use methods::backbone::Parameters;
use methods::backbone::resnet::{Plan, RESNET18, ResNet, TINY, WIDE_RESNET50_2};
use methods::device;
use methods::layer::Init;
use methods::reverse_distillation::official::OFFICIAL_NAMES;
use methods::reverse_distillation::options::{Options, Views};
use methods::reverse_distillation::student::Student;
use methods::view::{Planes, grey_after_normalisation};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Side of the pictures of the fixture.
pub const SIDE: u32 = 64;

/// Wide ResNet-50-2 with an eighth of its channels.
const NARROW: Plan = Plan { stem: 8, channels: [32, 64, 128], ..WIDE_RESNET50_2 };

/// A teacher with its folder of expected values.
pub struct Net {
    pub name: &'static str,
    pub folder: PathBuf,
    pub teacher: ResNet,
    views: BTreeMap<&'static str, Tensor<4>>,
}

impl Net {
    /// The toy network of the fixtures.
    pub fn fixture() -> Self {
        let folder = fixture("networks");
        let planes = |name: &str| -> Vec<Planes> {
            pieces(&picture(&folder.join(name))).iter().map(Planes::normalise).collect()
        };
        let clean = planes("clean.png");
        let grey: Vec<Planes> = clean.iter().map(grey_after_normalisation).collect();
        let upload = |planes: &[Planes]| device::upload(planes, &Device::flex());
        let views = BTreeMap::from([
            ("clean", upload(&clean)),
            ("altered", upload(&planes("altered.png"))),
            ("grey", upload(&grey)),
            ("reference", upload(&planes("reference.png"))),
        ]);
        Self { name: "tiny", teacher: teacher(&folder, TINY), folder, views }
    }

    /// ResNet-18 (`r18`) or the narrow Wide ResNet (`w8`) of the golden data.
    pub fn golden(golden: &Path, name: &'static str) -> Self {
        let folder = golden.join("nets").join(name);
        let plan = if name == "r18" { RESNET18 } else { NARROW };
        let inputs = Tensors::read(&golden.join("nets/inputs.safetensors"));
        let views = [
            ("clean", "normal128"),
            ("altered", "augmix128"),
            ("grey", "gray128"),
            ("reference", "atta_ref128"),
        ];
        let views = views.map(|(ours, theirs)| (ours, inputs.tensor(theirs, &Device::flex())));
        Self { name, teacher: teacher(&folder, plan), folder, views: BTreeMap::from(views) }
    }

    /// `clean`, `altered`, `grey` or `reference`, normalised.
    pub fn view(&self, name: &str) -> Tensor<4> {
        self.views[name].clone()
    }

    /// The views a recipe trains on, in its order.
    pub fn views(&self, options: &Options) -> Vec<Tensor<4>> {
        let names: &[_] = if options.altered.views == Views::CleanAndAugmix {
            &["clean", "altered", "grey"]
        } else {
            &["clean"]
        };
        names.iter().map(|name| self.view(name)).collect()
    }

    pub fn student(&self, options: &Options, device: &Device) -> Student {
        let mut student = Student::new(&Init::blank(device), &self.teacher, options);
        let mut store = SafetensorsStore::from_file(self.folder.join("weights.safetensors"))
            .remap(self.remapper(options))
            .allow_partial(true)
            .validate(false);
        let result = student.load_from(&mut store).unwrap();
        assert!(result.missing.is_empty() && result.errors.is_empty(), "{result}");
        student
    }

    /// The golden file holds FiCo's decoder beside the plain one.
    fn remapper(&self, options: &Options) -> KeyRemapper {
        let mut patterns = OFFICIAL_NAMES.to_vec();
        if options.compensated.compensation && self.name == "w8" {
            patterns.splice(0..0, [(r"^dec\.", "plain."), (r"^dec_fico\.", "dec.")]);
        }
        KeyRemapper::from_patterns(patterns).unwrap()
    }

    /// The expected numbers of the training.
    pub fn training(&self) -> serde_json::Value {
        json(&self.folder.join("training.json"))
    }
}

fn teacher(folder: &Path, plan: Plan) -> ResNet {
    let mut parameters = Parameters::open(&folder.join("weights.safetensors")).unwrap().below("enc.");
    let teacher = ResNet::load(plan, &mut parameters, &Device::flex());
    parameters.finish().unwrap();
    teacher
}

/// The square pictures of a strip, from the top.
pub fn pieces(strip: &RgbImage) -> Vec<RgbImage> {
    let piece = |index| imageops::crop_imm(strip, 0, index * SIDE, SIDE, SIDE).to_image();
    let pieces = (0..strip.height() / SIDE).map(piece);
    pieces.map(|piece| Geometry::Stretch(SIDE).picture(&piece)).collect()
}

/// Our name of a tensor in an official checkpoint.
pub fn ours(released: &str) -> String {
    let names = KeyRemapper::from_patterns(OFFICIAL_NAMES.to_vec()).unwrap();
    let entry = bridge::from_data(TensorData::new(vec![0.0_f32], [1]), released.into(), None);
    names.remap(vec![entry]).0.remove(0).name
}

/// Whether nothing in a network depends on this tensor of an official checkpoint.
pub fn is_dead(released: &str) -> bool {
    ["bn.conv4.", "bn.bn4.", "dec.transform.conv3.", "dec.transform.bn3."]
        .iter()
        .any(|prefix| released.starts_with(prefix))
}

/// Parameters and running averages by our names.
pub fn state(student: &Student) -> BTreeMap<String, Vec<f64>> {
    let entries = student.valid().collect(None, None, true);
    let values = |entry: &_| bridge::to_data(entry).unwrap().try_to_vec_as::<f64>().unwrap();
    entries.iter().map(|entry| (entry.name.clone(), values(entry))).collect()
}
