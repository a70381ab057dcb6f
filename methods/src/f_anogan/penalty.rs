//! The gradient penalty of WGAN-GP (Gulrajani et al., NeurIPS 2017) without second derivatives.
//!
//! The penalty is `(|grad D(x)| - 1)^2` at points `x` between real and generated pictures. Its derivative with
//! respect to the critic's weights needs derivatives of a gradient, which the framework cannot record. But with
//! `u = grad D / |grad D|` held constant, `|grad D| = u . grad D`, and both sides have the same derivative with
//! respect to the weights, because `u` is where the right side is largest. The directional derivative
//! `u . grad D` is then taken as the central difference `(D(x + h u) - D(x - h u)) / 2h`, which needs first
//! derivatives only. It is exact where the critic is linear between the two points; a critic of ReLUs is so but
//! for kinks and for its normalisation. This is a deviation from the published code.

use burn::tensor::Tensor;

/// `h`: half the distance of the two points, in the pixel values' unit (their Euclidean norm over the whole
/// picture). Far below one grey level in each pixel, far above what rounding loses.
const STEP: f64 = 0.1;

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

/// The two points around each of `points` whose difference is measured: ahead and behind.
pub fn probes(points: Tensor<4>, direction: Tensor<4>) -> [Tensor<4>; 2] {
    let step = direction * STEP;
    [points.clone() + step.clone(), points - step]
}

/// The mean of `(slope - 1)^2` for the critic's values `[batch]` ahead and behind.
pub fn penalty(ahead: Tensor<1>, behind: Tensor<1>) -> Tensor<1> {
    (((ahead - behind) / (2.0 * STEP)) - 1.0).square().mean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    /// The penalty of a critic at these points, and the gradient of the penalty with respect to `weight`.
    fn of(
        critic: impl Fn(Tensor<4>) -> Tensor<1> + Copy,
        points: &Tensor<4>,
        weight: &Tensor<4>,
    ) -> (f32, Tensor<4>) {
        let [ahead, behind] = probes(points.clone(), direction(critic, points.clone()));
        let penalty = penalty(critic(ahead.autodiff()), critic(behind.autodiff()));
        let gradients = penalty.backward();
        (penalty.into_scalar::<f32>(), weight.grad(&gradients).unwrap())
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
            let critic = |x: Tensor<4>| {
                (x * weight.clone()).flatten::<2>(1, 3).sum_dim(1).squeeze_dim::<1>(1) + constant
            };
            let (value, gradient) = of(critic, &points, &weight);
            assert!((value - 1.0).abs() < 1e-3, "{value}");
            // d (|w| - 1)^2 / dw = 2 (|w| - 1) w / |w|: 1 * w here.
            let difference = (gradient - weight.clone().inner()).abs().max().into_scalar::<f32>();
            assert!(difference < 1e-3, "{difference}");
        }
    }

    /// `D(x) = (w . x)^2 / 2` has the gradient `(w . x) w`, of length `|w . x| |w|`.
    #[test]
    fn a_quadratic_critic_has_the_analytic_derivative() {
        let device = Device::flex();
        let weight = Tensor::<4>::from_data([[[[0.6, -0.8]]]], &device).autodiff().require_grad();
        let points = Tensor::<4>::from_data([[[[2.0, -1.0]]]], &device);
        let critic = |x: Tensor<4>| {
            (x * weight.clone()).flatten::<2>(1, 3).sum_dim(1).squeeze_dim::<1>(1).square() / 2.0
        };
        let (value, gradient) = of(critic, &points, &weight);
        // w . x = 2, |w| = 1: slope 2; d slope / dw = x |w| + (w . x) w / |w| = (3.2, -2.6), times 2 (2 - 1).
        assert!((value - 1.0).abs() < 1e-3, "{value}");
        let gradient = gradient.try_to_vec_as::<f32>().unwrap();
        assert!((gradient[0] - 6.4).abs() < 0.02 && (gradient[1] + 5.2).abs() < 0.02, "{gradient:?}");
    }
}
