//! Gradients of a module by parameter name.

use crate::data::host;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use std::collections::BTreeMap;

struct Visitor<'a> {
    gradients: &'a GradientsParams,
    path: Vec<String>,
    found: BTreeMap<String, Vec<f64>>,
}

impl ModuleVisitor for Visitor<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.found.insert(self.path.join("."), host(&gradient));
        }
    }
}

/// The gradients of a loss `[1]`, by our names; parameters that it does not depend on have none.
pub fn of(loss: &Tensor<1>, module: &impl Module) -> BTreeMap<String, Vec<f64>> {
    let gradients = GradientsParams::from_grads(loss.backward(), module);
    let mut visitor = Visitor { gradients: &gradients, path: Vec::new(), found: BTreeMap::new() };
    module.visit(&mut visitor);
    visitor.found
}
