//! The gradient penalty of WGAN-GP (Gulrajani et al., NeurIPS 2017) without second derivatives.
//!
//! The penalty is `(|grad D(x)| - 1)^2` at points `x` between real and generated pictures. Its derivative with
//! respect to the critic's weights needs derivatives of a gradient, which the framework cannot record. But with
//! `u = grad D / |grad D|` held constant, `|grad D| = u . grad D`, and both sides have the same derivative with
//! respect to the weights, because `u` is where the right side is largest. The right side is a derivative along a
//! direction, which is computed in one pass forward, beside the value (see [`Critic::slope`](super::critic::Critic::slope)),
//! so that first derivatives of it are all that is needed. Nothing is approximated: `tests/golden/penalty.rs`
//! compares with PyTorch's derivatives of derivatives.

use burn::tensor::Tensor;

/// The direction of steepest ascent of `critic` at plain `points` `[batch, 3, side, side]`, of length 1 for each
/// picture; 0 where the critic is flat. The critic's parameters should not want gradients.
pub fn direction(critic: impl Fn(Tensor<4>) -> Tensor<1>, points: Tensor<4>) -> Tensor<4> {
    let leaf = points.clone().autodiff().require_grad();
    let gradients = critic(leaf.clone()).sum().backward();
    let Some(gradient) = leaf.grad(&gradients) else { return points.zeros_like() };
    let [batch, ..] = points.dims();
    let squares: Tensor<2> = gradient.clone().square().flatten(1, 3);
    let length = squares.sum_dim(1).sqrt().clamp_min(1e-12);
    gradient / length.reshape([batch, 1, 1, 1])
}

/// The mean of `(slope - 1)^2` for the critic's slopes `[batch]` in the direction of steepest ascent.
pub fn penalty(slopes: Tensor<1>) -> Tensor<1> {
    (slopes - 1.0).square().mean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    /// The sum over a picture: `[batch]`.
    fn total(pictures: Tensor<4>) -> Tensor<1> {
        pictures.flatten::<2>(1, 3).sum_dim(1).squeeze_dim(1)
    }

    #[test]
    fn a_linear_critic_of_slope_two_costs_one() {
        let device = Device::flex();
        let weight =
            Tensor::<4>::full([1, 3, 4, 4], 2.0 / 48.0_f64.sqrt(), &device).autodiff().require_grad();
        let points = Tensor::cat(
            vec![Tensor::full([1, 3, 4, 4], 0.7, &device), Tensor::zeros([1, 3, 4, 4], &device)],
            0,
        );
        for constant in [0.0, 25.0] {
            let ascent = direction(|x| total(x * weight.clone()) + constant, points.clone());
            let penalty = penalty(total(ascent.autodiff() * weight.clone()));
            let gradients = penalty.backward();
            let value = penalty.into_scalar::<f32>();
            assert!((value - 1.0).abs() < 1e-5, "{value}");
            // d (|w| - 1)^2 / dw = 2 (|w| - 1) w / |w|: 1 * w here.
            let gradient = weight.grad(&gradients).unwrap();
            let difference = (gradient - weight.clone().inner()).abs().max().into_scalar::<f32>();
            assert!(difference < 1e-5, "{difference}");
        }
    }

    /// `D(x) = (w . x)^2 / 2` has the gradient `(w . x) w`, of length `|w . x| |w|`.
    #[test]
    fn a_quadratic_critic_has_the_analytic_derivative() {
        let device = Device::flex();
        let weight = Tensor::<4>::from_data([[[[0.6, -0.8]]]], &device).autodiff().require_grad();
        let points = Tensor::<4>::from_data([[[[2.0, -1.0]]]], &device);
        let along = |x: Tensor<4>| total(x * weight.clone());
        let ascent = direction(|x| along(x).square() / 2.0, points.clone());
        let penalty = penalty(along(points.autodiff()) * along(ascent.autodiff()));
        let gradients = penalty.backward();
        // w . x = 2, |w| = 1: slope 2; d slope / dw = x |w| + (w . x) w / |w| = (3.2, -2.6), times 2 (2 - 1).
        assert!((penalty.into_scalar::<f32>() - 1.0).abs() < 1e-5);
        let gradient = weight.grad(&gradients).unwrap().try_to_vec_as::<f32>().unwrap();
        assert!((gradient[0] - 6.4).abs() < 1e-4 && (gradient[1] + 5.2).abs() < 1e-4, "{gradient:?}");
    }
}
