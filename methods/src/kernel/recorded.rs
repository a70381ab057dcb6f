//! One way to give a tensor operation its gradient: a closure.

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn::tensor::Tensor;
use std::fmt;
use std::sync::Arc;

/// From the gradient of the output to those of the parents: `rule(gradient, wanted)` gives one per parent,
/// which may be none where it is not wanted.
type Rule = dyn Fn(&FloatTensor<Flex>, &[bool]) -> Vec<Option<FloatTensor<Flex>>> + Send + Sync;

#[derive(Clone)]
struct Shared(Arc<Rule>);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rule")
    }
}

#[derive(Debug)]
struct Operation;

impl<const N: usize> Backward<Flex, N> for Operation {
    type State = Shared;

    fn backward(self, ops: Ops<Shared, N>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let found = (ops.state.0)(&gradient, &wanted);
        for (parent, found) in ops.parents.into_iter().zip(found) {
            if let (Some(parent), Some(found)) = (parent, found) {
                gradients.register::<Flex>(parent.id, found);
            }
        }
    }
}

/// The `output` of an operation on `parents`, with the rule for its gradients.
pub fn record<const N: usize, const D: usize>(
    parents: [FloatTensor<Autodiff<Flex>>; N],
    output: FloatTensor<Flex>,
    rule: impl Fn(&FloatTensor<Flex>, &[bool]) -> Vec<Option<FloatTensor<Flex>>> + Send + Sync + 'static,
) -> Tensor<D> {
    let nodes = parents.each_ref().map(|parent| parent.node());
    let recorded = match Operation.prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(Shared(Arc::new(rule)), output),
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(recorded)
}
