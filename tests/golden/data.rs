//! Reading expected values, and comparing with them.

use burn::store::{ModuleStore, SafetensorsStore, bridge};
use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The golden folder; tests that need it are ignored unless asked for.
pub fn golden() -> PathBuf {
    let folder = std::env::var_os("SHIFTBENCH_GOLDEN");
    PathBuf::from(folder.expect("SHIFTBENCH_GOLDEN must name the folder of the golden data"))
}

/// A value, or the end of the test with the name of the file that lacks it.
fn of<T, E: std::fmt::Display>(path: &Path, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn picture(path: &Path) -> RgbImage {
    of(path, image::open(path)).to_rgb8()
}

/// The names of the PNG files of a folder, without the ending.
pub fn pictures(folder: &Path) -> Vec<String> {
    let names = of(folder, std::fs::read_dir(folder)).map(|entry| entry.unwrap().file_name());
    let mut stems: Vec<String> =
        names.filter_map(|name| Some(name.to_str()?.strip_suffix(".png")?.to_owned())).collect();
    stems.sort();
    stems
}

/// A JSON file; Python's `NaN` reads as null.
pub fn json(path: &Path) -> serde_json::Value {
    let text = of(path, std::fs::read_to_string(path)).replace("NaN", "null");
    of(path, serde_json::from_str(&text))
}

/// The numbers of a JSON object of numbers.
pub fn numbers(object: &serde_json::Value) -> BTreeMap<String, f64> {
    let entries = object.as_object().unwrap().iter();
    entries.map(|(name, value)| (name.clone(), value.as_f64().unwrap())).collect()
}

/// Tensors of a file by name.
#[derive(Clone)]
pub struct Tensors(pub BTreeMap<String, TensorData>);

impl Tensors {
    pub fn read(path: &Path) -> Self {
        let mut store = SafetensorsStore::from_file(path);
        let entries = of(path, store.get_all_tensors());
        Self(entries.iter().map(|(name, entry)| (name.clone(), bridge::to_data(entry).unwrap())).collect())
    }

    /// Those whose names start with `prefix`, without it.
    pub fn below(&self, prefix: &str) -> Self {
        let strip =
            |(name, data): (&String, &TensorData)| Some((name.strip_prefix(prefix)?.into(), data.clone()));
        Self(self.0.iter().filter_map(strip).collect())
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    pub fn shape(&self, name: &str) -> Vec<usize> {
        self.0[name].shape().to_vec()
    }

    pub fn values(&self, name: &str) -> Vec<f64> {
        let data = self.0.get(name).unwrap_or_else(|| panic!("no tensor {name}"));
        data.try_to_vec_as::<f64>().unwrap()
    }

    pub fn singles(&self, name: &str) -> Vec<f32> {
        self.0[name].try_to_vec_as::<f32>().unwrap()
    }

    pub fn flags(&self, name: &str) -> Vec<bool> {
        self.values(name).into_iter().map(|value| value > 0.5).collect()
    }

    pub fn tensor(&self, name: &str, device: &Device) -> Tensor<4> {
        let shape: [usize; 4] = self.shape(name).try_into().unwrap();
        Tensor::from_data(TensorData::new(self.singles(name), shape), device)
    }
}

pub fn host<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    tensor.try_to_vec_as::<f32>().unwrap().into_iter().map(f64::from).collect()
}

pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

/// Largest difference over largest wanted value.
pub fn difference(got: &[f64], wanted: &[f64]) -> f64 {
    assert_eq!(got.len(), wanted.len());
    let scale = wanted.iter().fold(1e-30_f64, |largest, value| largest.max(value.abs()));
    let gap = |(a, b): (&f64, &f64)| if (a - b).is_nan() { f64::INFINITY } else { (a - b).abs() };
    got.iter().zip(wanted).map(gap).fold(0.0, f64::max) / scale
}

/// Largest difference over largest value, which must not exceed `tolerance`.
pub fn assert_close(what: &str, got: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    let difference = difference(got, wanted);
    println!("{what}: {difference:.1e} relative");
    assert!(difference <= tolerance, "{what}: {difference:.2e} exceeds {tolerance:.0e}");
}
