"""Writes tests/fixtures/kdad.json: maps of KDAD by guided back-propagation, for toy networks in f64. Gradients pass the
cloner's ReLUs where they are positive, the teacher's as they are.
"""

import json
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from torch.nn import functional

from pattern import pattern, sample

BLOCKS = [[3, 4], [4, 4, 4], [4, 5], [5, 6], [6, 6]]  # channels, block by block
LAMBDA = 0.5


class GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        output = x.clamp(min=0)
        context.save_for_backward(output)
        return output

    @staticmethod
    def backward(context, gradient):
        (output,) = context.saved_tensors
        return gradient.clamp(min=0) * (output > 0)


def taps(x, seed, relu):
    found = []
    for block in BLOCKS:
        for inputs, outputs in zip(block, block[1:]):
            seed += 1
            bias = torch.full((outputs,), 0.1, dtype=torch.float64)
            x = relu(functional.conv2d(x, pattern((outputs, inputs, 3, 3), seed) / 3, bias, padding=1))
        x = functional.max_pool2d(x, 2)
        found.append(x)
    return found[2:]


def score(pictures):
    total = 0
    for teacher, cloner in zip(taps(pictures, 0, torch.relu), taps(pictures, 20, GuidedRelu.apply)):
        teacher, cloner = teacher.flatten(1), cloner.flatten(1)
        distance = 1 - functional.cosine_similarity(teacher, cloner)
        total = total + distance + LAMBDA * (teacher - cloner).square().mean(1)
    return total


def finished(gradient, sigma):
    """Spread from the lowest value to the 99th percentile, what is above it cut off; then smoothed."""
    low, high = gradient.min(), np.percentile(gradient, 99)
    return gaussian_filter(np.clip((gradient - low) / (high - low), 0, 1), sigma)


def main():
    pictures = pattern((2, 3, 32, 32), 3).requires_grad_()
    scores = score(pictures)
    (gradient,) = torch.autograd.grad(scores.sum(), pictures)
    maps = gradient.abs().sum(1)
    assert maps.norm() > 0.01
    smooth = np.stack([finished(gradient, 4) for gradient in maps.numpy()])
    result = {"scores": scores.tolist(), "gradients": sample(maps), "maps": sample(torch.from_numpy(smooth))}
    path = Path(__file__).parent.parent / "fixtures/kdad.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
