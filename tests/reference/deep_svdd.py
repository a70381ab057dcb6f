"""Writes tests/fixtures/deep_svdd.json: Deep SVDD's pretraining decoder for 32 px, in f64, and the bounds of its first
weights. The decoder is written as released, with transposed convolutions; shiftbench has plain ones with the mirrored
kernels.
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from pattern import pattern, sample

CHANNELS = [8, 128, 64, 32, 3]  # 128 features are 8 channels of 4x4


def norm(inputs, kind=nn.BatchNorm2d):
    return kind(inputs, eps=1e-4, affine=False).double()


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = norm(128, nn.BatchNorm1d)
        self.norms = nn.ModuleList([norm(channels) for channels in CHANNELS[1:-1]])
        shapes = [(outputs, inputs, 5, 5) for inputs, outputs in zip(CHANNELS, CHANNELS[1:])]
        mirrored = [pattern(shape, seed) / 5 for seed, shape in enumerate(shapes)]
        self.weights = [weight.flip(2, 3).transpose(0, 1) for weight in mirrored]

    def forward(self, embeddings):
        x = functional.leaky_relu(self.features(embeddings)).reshape(-1, 8, 4, 4)
        for index, weight in enumerate(self.weights):
            x = functional.conv_transpose2d(x, weight, padding=2)
            if index < len(self.norms):
                x = functional.interpolate(functional.leaky_relu(self.norms[index](x)), scale_factor=2)
        return torch.sigmoid(x)


def bound(weight):
    """PyTorch's Xavier-uniform bound for a leaky ReLU, as the draw itself shows it."""
    gain = nn.init.calculate_gain("leaky_relu")
    inputs, outputs = nn.init._calculate_fan_in_and_fan_out(weight)
    limit = gain * (6 / (inputs + outputs)) ** 0.5
    largest = nn.init.xavier_uniform_(weight, gain).abs().max().item()
    assert 0.98 * limit < largest <= limit * (1 + 1e-6)
    return limit


def main():
    decoder = Decoder()
    embeddings = pattern((4, 128), 9)
    result = {"training": sample(decoder.train()(embeddings))}
    # A second batch is normalised by the averages that the first one left.
    result["tested"] = sample(decoder.eval()(pattern((2, 128), 5)))
    result["bounds"] = {
        "encoder": [bound(torch.empty(shape)) for shape in [(32, 3, 5, 5), (64, 32, 5, 5), (128, 64, 5, 5)]],
        "decoder": [bound(torch.empty(*pair, 5, 5)) for pair in zip(CHANNELS, CHANNELS[1:])],
    }
    path = Path(__file__).parent.parent / "fixtures/deep_svdd.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
