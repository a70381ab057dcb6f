//! What RD++ adds: projections of the narrow Wide ResNet's features and their losses.

use crate::data::{Tensors, assert_close, golden, host, json};
use crate::tolerance::{LOSS, OUTPUT};
use burn::store::{KeyRemapper, ModuleSnapshot, SafetensorsStore};
use burn::tensor::Device;
use methods::backbone::Features;
use methods::layer::Init;
use methods::reverse_distillation::projection::{Projected, Projection, terms};
use methods::reverse_distillation::recipes::{RdPlusPlus, Recipe};
use std::path::Path;

/// Our names of the released projections. Between convolutions their lists count normalisation and activation.
const NAMES: [(&str, &str); 7] = [
    (r"^proj\.proj_a\.proj\.", "heads.0.layers."),
    (r"^proj\.proj_b\.proj\.", "heads.1.layers."),
    (r"^proj\.proj_c\.proj\.", "heads.2.layers."),
    (r"layers\.3\.", "layers.1."),
    (r"layers\.6\.", "layers.2."),
    (r"layers\.9\.", "layers.3."),
    (r"^proj(\d)$", "output.$1"),
];

fn projection(file: &Path) -> Projection {
    let mut projection = Projection::new(&Init::blank(&Device::flex()), [32, 64, 128]);
    let mut store = SafetensorsStore::from_file(file)
        .remap(KeyRemapper::from_patterns(NAMES.to_vec()).unwrap())
        .allow_partial(true)
        .validate(false);
    let result = projection.load_from(&mut store).unwrap();
    assert!(result.missing.is_empty() && result.errors.is_empty(), "{result}");
    projection
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn projections_and_their_losses_agree() {
    let golden = golden();
    let file = golden.join("rdpp/rdpp_w8.safetensors");
    let (data, numbers) = (Tensors::read(&file), json(&golden.join("rdpp/rdpp_w8.json")));
    let maps = |name: &str| -> Features {
        [1, 2, 3].map(|number| data.tensor(&format!("{name}{number}"), &Device::flex()))
    };
    let projection = projection(&file);
    let noise = maps("feat_noise");
    let (normal, noisy) = (projection.forward(maps("feat")), projection.forward(noise.clone()));
    for (name, maps) in [("proj", &normal), ("proj_noise", &noisy)] {
        for (number, map) in maps.iter().enumerate() {
            let name = format!("{name}{}", number + 1);
            assert_close(&name, &host(map), &data.values(&name), OUTPUT);
        }
    }

    let sum = |name: &str| -> f64 {
        numbers[name].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).sum()
    };
    let projected = Projected { normal, noisy, noise, partners: vec![2, 0, 1, 3] };
    // Its weight alone: the recipe's factor is that of the total.
    let options = RdPlusPlus::options().with(|options| options.projected.projection_loss = 1.0);
    let terms = terms(&options, &projected).unwrap();
    let names: Vec<_> = terms.iter().map(|term| term.name).collect();
    assert_eq!(names, ["reconstruction", "contrast"]);
    for (term, name) in terms.iter().zip(["reconstruct", "contrast"]) {
        assert_close(name, &host(&term.value), &[sum(name)], LOSS);
    }
    let total: f64 = terms.iter().map(|term| term.weight * host(&term.value)[0]).sum();
    // What the released transport adds is rounding: its f64 value is below 1e-18.
    assert!(sum("ssot").abs() < 1e-9 && sum("ssot_f64").abs() < 1e-17);
    let wanted = sum("reconstruct") * 0.01 + sum("contrast") * 0.1;
    assert_close("losses of the projections", &[total], &[wanted / 1.11], LOSS);
    println!("recorded total {}", numbers["L_proj_total"]);
    let total = total + sum("ssot") / 1.11;
    assert_close("recorded total", &[total], &[numbers["L_proj_total"].as_f64().unwrap()], LOSS);
}
