"""tests/fixtures/realnet.json: what a reconstruction U-Net and the head of RealNet make of noise, and how many parameters the
published networks have. Written from a description."""

import math
import pathlib

import torch
from torch.nn import functional

from formula import Parameters, noise, rounded, summary

MULTIPLES = (1, 2, 4)


def groups(channels):
    return max(groups for groups in range(1, 33) if channels % groups == 0)


class Network:
    """Layers by name on one set of parameters."""

    def __init__(self, parameters=None):
        self.parameters = Parameters() if parameters is None else parameters

    def convolve(self, name, features, output, side):
        weight = self.parameters.get(f"{name}.weight", [output, features.shape[1], side, side])
        return functional.conv2d(features, weight, self.parameters.get(f"{name}.bias", [output]), padding=side // 2)

    def normalise(self, name, features):
        channels = features.shape[1]
        weight, bias = (self.parameters.get(f"{name}.{part}", [channels]) for part in ("weight", "bias"))
        return functional.group_norm(features, groups(channels), weight, bias)

    def residual(self, name, features, output):
        inner = self.convolve(f"{name}.convolution", functional.silu(self.normalise(f"{name}.norm", features)), output, 3)
        return inner + (features if features.shape[1] == output else self.convolve(f"{name}.shortcut", features, output, 1))

    def attention(self, name, features):
        batch, channels, height, width = features.shape
        heads = channels // 64 if channels % 64 == 0 else 1
        mixed = self.convolve(f"{name}.mixed", self.normalise(f"{name}.norm", features), 3 * channels, 1)
        shape = batch, heads, channels // heads, height * width
        parts = (part.reshape(shape).transpose(2, 3) for part in mixed.chunk(3, 1))
        seen = functional.scaled_dot_product_attention(*parts).transpose(2, 3).reshape(features.shape)
        return features + self.convolve(f"{name}.out", seen, channels, 1)

    def halve(self, name, features):
        inner = functional.avg_pool2d(functional.silu(self.normalise(f"{name}.norm", features)), 2)
        return self.convolve(f"{name}.convolution", inner, features.shape[1], 3) + functional.avg_pool2d(features, 2)

    def double(self, name, features):
        channels = features.shape[1]

        def transposed(name, features):
            weight = self.parameters.get(f"{name}.weight", [channels, channels, 4, 4])
            bias = self.parameters.get(f"{name}.bias", [channels])
            return functional.conv_transpose2d(features, weight, bias, stride=2, padding=1)

        inner = transposed(f"{name}.inner", functional.silu(self.normalise(f"{name}.norm", features)))
        return self.convolve(f"{name}.convolution", inner, channels, 3) + transposed(f"{name}.shortcut", features)


def reconstruct(net, features, width):
    """Two residual blocks a level, attention below the first, three on the way up."""

    def stage(name, features, level):
        output = net.residual(f"{name}.residual", features, MULTIPLES[level] * width)
        return net.attention(f"{name}.attention", output) if level else output

    output = net.convolve("first", features, width, 3)
    skips, number = [output], 0
    for level in range(3):
        for repeat in range(2):
            output = stage(f"down.{number}", output, level)
            skips.append(output)
            if repeat == 1 and level < 2:
                output = net.halve(f"down.{number}.halve", output)
                skips.append(output)
            number += 1
    output = net.attention("middle.0.attention", net.residual("middle.0.residual", output, 4 * width))
    output = net.residual("middle.1.residual", output, 4 * width)
    number = 0
    for level in (2, 1, 0):
        for repeat in range(3):
            output = stage(f"up.{number}", torch.cat([output, skips.pop()], 1), level)
            if repeat == 2 and level:
                output = net.double(f"up.{number}.double", output)
            number += 1
    return net.convolve("last", functional.silu(net.normalise("norm", output)), features.shape[1], 3)


def head(net, residuals, side, training):
    """Residuals ranked by normalised maximum and mean, two residual blocks, five convolutions."""
    channels = residuals.shape[1]
    kept = channels // 6

    def batch_norm(features, weight=None, bias=None):
        mean, variance = (value(features.shape[1]).double() for value in (torch.zeros, torch.ones))
        return functional.batch_norm(features, mean, variance, weight, bias, training=training)

    ranked = batch_norm(residuals).flatten(2)
    order = torch.cat([by.argsort(1, descending=True)[:, :kept] for by in (ranked.amax(2), ranked.mean(2))], 1)
    output = torch.stack([picture[chosen] for picture, chosen in zip(residuals, order)])
    for index in range(2):
        name, width = f"blocks.{index}", 2 * kept
        wide = net.parameters.get(f"{name}.wide", [width, width, 3, 3])
        narrow = net.parameters.get(f"{name}.narrow", [width, width, 1, 1])
        inner = functional.conv2d(functional.conv2d(output.relu(), wide, padding=1).relu(), narrow)
        affine = [net.parameters.get(f"{name}.norm.{part}", [width]) for part in ("weight", "bias")]
        output = output + batch_norm(inner, *affine)
    resize = {"mode": "bilinear", "align_corners": True}
    for index, width in enumerate((128, 32, 8, 4, 2)):
        output = net.convolve(f"convolutions.{index}", output, width, 3)
        output = output if index == 4 else functional.silu(output)
        if index == 2:
            output = functional.interpolate(output, scale_factor=2, **resize)
    return functional.interpolate(output, size=side, **resize)


def pattern(name, shape):
    return noise(name, math.prod(shape)).float().double().reshape(shape)


class Shapes(dict):
    """Parameters without values."""

    def get(self, name, shape):
        return self.setdefault(name, torch.empty(shape, device="meta"))


def count(channels):
    shapes = Shapes()
    reconstruct(Network(shapes), torch.empty([1, channels, 8, 8], device="meta"), channels // 2)
    return sum(parameter.numel() for parameter in shapes.values())


def main():
    with torch.no_grad():
        net = Network()
        made = reconstruct(net, pattern("features", [2, 64, 8, 8]), 32)
        residuals = pattern("residuals", [3, 12, 8, 8]).square()
        result = {
            "reconstruction": summary(made),
            "logits": summary(head(Network(), residuals, 32, training=False)),
            "training_logits": summary(head(Network(), residuals, 32, training=True)),
            "parameters": 2 * (count(256) + count(512)),
        }
    path = pathlib.Path(__file__).parent.parent / "fixtures/realnet.json"
    path.write_text(rounded(result) + "\n")


if __name__ == "__main__":
    main()
