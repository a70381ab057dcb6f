"""tests/fixtures/penalty.json: the gradient penalty of f-AnoGAN's critic and its derivative with respect to every weight, by
PyTorch's derivatives of derivatives. Prints how a central difference compares."""

import pathlib

import torch
from torch.nn import functional

from formula import Parameters, noise, rounded, summary

WIDTH, SIDE, BATCH = 4, 32, 3
WIDTHS = (2, 4, 8, 8)


def critic(parameters, pictures):
    def convolve(name, features, output, side, bias=True):
        weight = parameters.get(f"{name}.weight" if bias else name, [output, features.shape[1], side, side])
        return functional.conv2d(
            features, weight, parameters.get(f"{name}.bias", [output]) if bias else None, padding=side // 2
        )

    def normalise(name, features):
        channels = features.shape[1]
        weight, bias = (parameters.get(f"{name}.Picture.{part}", [channels]) for part in ("weight", "bias"))
        return functional.relu(functional.group_norm(features, 1, weight, bias, eps=1e-5))

    features = convolve("trunk.first", pictures, WIDTH, 3)
    for index, multiple in enumerate(WIDTHS):
        block, channels = f"trunk.blocks.{index}", features.shape[1]
        inner = normalise(f"{block}.norms.0", features)
        inner = normalise(f"{block}.norms.1", convolve(f"{block}.first", inner, channels, 3, bias=False))
        inner = functional.avg_pool2d(convolve(f"{block}.second", inner, multiple * WIDTH, 3), 2)
        features = inner + convolve(f"{block}.shortcut", functional.avg_pool2d(features, 2), multiple * WIDTH, 1)
    flat = features.flatten(1)
    weight = parameters.get("last.weight", [1, flat.shape[1]])
    return (flat @ weight.T + parameters.get("last.bias", [1]))[:, 0]


def exact(parameters, points):
    points = points.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(parameters, points).sum(), points, create_graph=True)
    slopes = gradient.flatten(1).norm(dim=1)
    return slopes, gradient.detach() / slopes.detach()[:, None, None, None]


def by_differences(parameters, points, direction, step=0.1):
    ahead, behind = (critic(parameters, points + sign * step * direction) for sign in (1, -1))
    return (ahead - behind) / (2 * step)


def gradients(parameters, slopes):
    loss = (slopes - 1).square().mean()
    found = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    return loss, {name: gradient for name, gradient in zip(parameters, found) if gradient is not None}


def main():
    parameters = Parameters()
    points = noise("points", BATCH * 3 * SIDE * SIDE).float().double()
    points = points.reshape(BATCH, 3, SIDE, SIDE)
    critic(parameters, points)
    slopes, direction = exact(parameters, points)
    loss, wanted = gradients(parameters, slopes)

    _, rough = gradients(parameters, by_differences(parameters, points, direction))
    names = [name for name in wanted if name in rough]
    one, other = (torch.cat([of[name].flatten() for name in names]) for of in (wanted, rough))
    cosine = float(one @ other / one.norm() / other.norm())
    print(f"central difference: cosine {cosine:.3f}, {float(other.norm() / one.norm()):.2f} times as long")
    single = Parameters({name: value.detach().float().requires_grad_() for name, value in parameters.items()})
    _, short = gradients(single, exact(single, points.float())[0])
    worst = max(float((short[name] - wanted[name]).norm() / wanted[name].norm()) for name in wanted)
    print(f"PyTorch's f32 beside its f64: off by {worst:.1e} at worst")

    result = {
        "penalty": loss.item(),
        "slopes": slopes.tolist(),
        "gradients": {name: summary(gradient) for name, gradient in wanted.items() if gradient.any()},
    }
    path = pathlib.Path(__file__).parent.parent / "fixtures/penalty.json"
    path.write_text(rounded(result) + "\n")


if __name__ == "__main__":
    main()
