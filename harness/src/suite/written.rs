//! A suite as it was written. Values stay text, so that mistakes in them can be located and a `--set` can stand in
//! for them.

use ron::value::RawValue;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Suite")]
pub(super) struct Written<'a> {
    pub summary: String,
    #[serde(borrow)]
    pub protocol: &'a RawValue,
    #[serde(borrow)]
    pub image_size: &'a RawValue,
    #[serde(borrow, default)]
    pub backbone: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub seeds: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub data_seed: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub device: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub keep_models: Option<&'a RawValue>,
    #[serde(borrow)]
    pub datasets: &'a RawValue,
    #[serde(borrow, default)]
    pub shifts: Option<&'a RawValue>,
    #[serde(borrow)]
    pub methods: &'a RawValue,
    #[serde(borrow, default)]
    pub sweeps: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenBackbone<'a> {
    #[serde(borrow)]
    pub name: &'a RawValue,
    #[serde(borrow, default)]
    pub weights: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDataset<'a> {
    #[serde(borrow)]
    pub name: &'a RawValue,
    #[serde(borrow, default)]
    pub label: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub categories: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub options: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenShift<'a> {
    #[serde(borrow)]
    pub name: &'a RawValue,
    #[serde(borrow)]
    pub severities: &'a RawValue,
    #[serde(borrow, default)]
    pub options: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMethod<'a> {
    #[serde(borrow)]
    pub name: &'a RawValue,
    #[serde(borrow, default)]
    pub label: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub backbone: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub options: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenSweep<'a> {
    #[serde(borrow)]
    pub option: &'a RawValue,
    #[serde(borrow)]
    pub values: &'a RawValue,
}
