"""Parameters that need no file: every value is a function of its name and place, here and in tests/golden/formula.rs."""

import json
import math

import numpy as np
import torch


def noise(name, count):
    """Numbers from -1 to 1 without a pattern: a hash of the index and of the sum of the name's bytes."""
    keep = np.uint64(0xFFFFFFFF)
    hashed = (np.arange(count, dtype=np.uint64) + np.uint64(7919 * sum(name.encode()))) * np.uint64(2654435761) & keep
    hashed ^= hashed >> np.uint64(15)
    hashed = hashed * np.uint64(2246822519) & keep
    hashed ^= hashed >> np.uint64(13)
    return torch.from_numpy(hashed.astype(np.float64)) / 2**31 - 1


def values(name, shape):
    """Noise of variance 2 / fan-in; for vectors half of it, around 1 if they are weights."""
    found = noise(name, math.prod(shape))
    if len(shape) == 1:
        found = found / 2 + name.endswith("weight")
    else:
        found = found * math.sqrt(6 / math.prod(shape[1:]))
    return found.float().double().reshape(shape)


class Parameters(dict):
    """Leaf tensors by name, made when they are first asked for."""

    def get(self, name, shape):
        if name not in self:
            self[name] = values(name, shape).requires_grad_()
        return self[name]


def summary(tensor):
    """Norm, product with the noise named "summary", and the first eight values: enough to tell two tensors apart."""
    flat = tensor.detach().double().flatten()
    return [float(flat.norm()), float(flat @ noise("summary", len(flat)))] + [float(value) for value in flat[:8]]


def rounded(result):
    """As JSON with eight digits."""
    return json.dumps(json.loads(json.dumps(result), parse_float=lambda text: float(f"{float(text):.8g}")), indent=0)
