"""Dinomaly's optimiser, its training and its score, restated in plain PyTorch operations.

Writes `tests/fixtures/dinomaly.json`: positions along a fixed sequence of gradients, with the denominators of PyTorch's
own `AdamW(amsgrad=True)`; losses of a toy trained on layers that are formulas; and the score of one map. Where anomalib
imports, its optimiser, its loss and its map are compared with those here. Run without arguments, in a folder where
`torch` imports.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(__file__).resolve().parents[1] / "fixtures" / "dinomaly.json"
BETAS, EPSILON, DECAY, CLIP = (0.9, 0.999), 1e-8, 1e-4, 0.1


class StableAdamW:
    """AdamW whose steps shrink by the root mean square of gradient over denominator, where that is above 1."""

    def __init__(self, parameters):
        self.parameters = parameters
        # PyTorch keeps the moments; its own move of the parameters is undone.
        self.torch = torch.optim.AdamW(parameters, lr=1.0, betas=BETAS, eps=EPSILON, amsgrad=True, foreach=False)
        self.steps = 0

    def denominators(self):
        correction = math.sqrt(1 - BETAS[1] ** self.steps)
        states = [self.torch.state[p] for p in self.parameters]
        return [state["max_exp_avg_sq"].sqrt() / correction + EPSILON for state in states]

    def step(self, rate):
        before = [p.detach().clone() for p in self.parameters]
        self.torch.step()
        self.steps += 1
        with torch.no_grad():
            for p, old, denominator in zip(self.parameters, before, self.denominators()):
                excess = max(1.0, float((p.grad / denominator).square().mean().sqrt()))
                move = self.torch.state[p]["exp_avg"] / (1 - BETAS[0] ** self.steps) / denominator
                p.copy_(old * (1 - rate * DECAY) - move * rate / excess)


def trajectory():
    """A hundred steps of 0.01: gradients are large at first, vanish, and outgrow their moments at step 60."""
    points = [torch.tensor([1.0, -2.0, 0.5]), torch.tensor([[0.3], [-0.4]])]
    parameters = [torch.nn.Parameter(point.double()) for point in points]
    optimiser, found = StableAdamW(parameters), {}
    for step in range(1, 101):
        size = 20.0 if step == 60 else 5.0 * math.exp(-step / 10) + 0.1
        for index, p in enumerate(parameters):
            place = torch.arange(p.numel()).double() + 3 * index
            p.grad = (torch.sin(1.3 * step + place) * size).reshape(p.shape)
        optimiser.step(0.01)
        if step in (1, 2, 3, 10, 59, 60, 61, 100):
            flat = lambda tensors: [value for tensor in tensors for value in tensor.flatten().tolist()]
            found[step] = {"at": flat(p.detach() for p in parameters), "denominators": flat(optimiser.denominators())}
    return found


WIDTH, HEADS, BLOCKS, PREFIX, TOKENS, BATCH, STEPS = 8, 2, 4, 1, 7, 3, 20


def numbers(count, start):
    return 0.2 * torch.sin(0.37 * (torch.arange(count).double() + start))


def restorer():
    """All parameters in their order, filled with one running formula."""
    shapes = {}

    def linear(name, out, inner):
        shapes[name + ".weight"], shapes[name + ".bias"] = (out, inner), (out,)

    def perceptron(name):
        linear(name + ".widen", 4 * WIDTH, WIDTH)
        linear(name + ".narrow", WIDTH, 4 * WIDTH)

    perceptron("bottleneck")
    for block in range(BLOCKS):
        name = f"decoder.{block}."
        for norm, layers in [("attention_norm", True), ("perceptron_norm", False)]:
            shapes[name + norm + ".weight"] = shapes[name + norm + ".bias"] = (WIDTH,)
            if layers:
                linear(name + "inputs", 3 * WIDTH, WIDTH)
                linear(name + "outputs", WIDTH, WIDTH)
        perceptron(name + "perceptron")
    values, start = {}, 0
    for name, shape in shapes.items():
        count = math.prod(shape)
        values[name] = torch.nn.Parameter(numbers(count, start).reshape(shape))
        start += count
    return values


def layers(step):
    """What the teacher says about the pictures of one step: `BLOCKS` tensors `[batch, tokens, width]`."""
    place = torch.arange(BATCH * TOKENS * WIDTH).double()
    return [torch.sin((0.11 + 0.013 * layer) * place + 0.5 * step).reshape(BATCH, TOKENS, WIDTH) for layer in range(BLOCKS)]


def forward(values, tokens):
    def linear(name, x):
        return F.linear(x, values[name + ".weight"], values[name + ".bias"])

    def norm(name, x):
        return F.layer_norm(x, (WIDTH,), values[name + ".weight"], values[name + ".bias"], 1e-8)

    def perceptron(name, x):
        return linear(name + ".narrow", F.gelu(linear(name + ".widen", x)))

    tokens, restored = perceptron("bottleneck", torch.stack(tokens).mean(0)), []
    for block in range(BLOCKS):
        name = f"decoder.{block}."
        x = linear(name + "inputs", norm(name + "attention_norm", tokens))
        q, k, v = x.reshape(BATCH, TOKENS, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        q, k = F.elu(q) + 1, F.elu(k) + 1
        x = q @ (k.transpose(-1, -2) @ v) / (q * k.sum(-2, keepdim=True)).sum(-1, keepdim=True)
        tokens = tokens + linear(name + "outputs", x.transpose(1, 2).reshape(BATCH, TOKENS, WIDTH))
        tokens = tokens + perceptron(name + "perceptron", norm(name + "perceptron_norm", tokens))
        restored.append(tokens)
    return restored[::-1]


def groups(layers):
    half = len(layers) // 2
    return [torch.stack(part).mean(0)[:, PREFIX:] for part in (layers[:half], layers[half:])]


def loss(teacher, student, damped):
    """Points at least as bad as the worst `1 - damped` teach fully, the others a tenth."""
    total = 0.0
    for a, b in zip(teacher, student):
        distances = (1 - F.cosine_similarity(a, b, dim=-1)).detach()
        kept = int(distances.numel() * (1 - damped))
        least = distances.flatten().topk(kept)[0][-1]
        factor = torch.where(distances < least, 0.1, 1.0)[..., None]
        b = b * factor + (b * (1 - factor)).detach()
        total = total + (1 - F.cosine_similarity(a.flatten(1), b.flatten(1))).mean() / 2
    return total


def rate(step, warm, steps):
    """From 0 in equal parts to 2e-3 at the last step of the warm-up, then along half a cosine to 2e-4."""
    if step < warm:
        return 2e-3 * step / max(warm - 1, 1)
    return 2e-4 + 1.8e-3 * (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2


def training():
    values = restorer()
    optimiser, losses, norms = StableAdamW(list(values.values())), [], []
    for step in range(STEPS):
        teacher = layers(step)
        for p in values.values():
            p.grad = None
        value = loss(groups(teacher), groups(forward(values, teacher)), 0.9 * min(step / 10, 1))
        value.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(values.values(), CLIP)))
        optimiser.step(rate(step, 4, STEPS))
        losses.append(float(value.detach()))
    return losses, norms


def score():
    """Seven by seven distances on 98 pixels: to the frame, to 256 pixels, through a Gaussian of 5 by 5, top 1 %."""
    place = torch.arange(49).double()
    distances = (1 + torch.sin(0.7 * place + 0.01 * place * place)).reshape(1, 1, 7, 7)
    frame = F.interpolate(distances, size=98, mode="bilinear", align_corners=True)
    small = F.interpolate(frame, size=256, mode="bilinear", align_corners=False)
    offsets = torch.arange(-2, 3).double()
    kernel = torch.exp(-0.5 * (offsets / 4) ** 2)
    kernel = torch.outer(kernel, kernel) / kernel.sum() ** 2
    smooth = F.conv2d(F.pad(small, (2, 2, 2, 2), mode="reflect"), kernel[None, None])
    best = smooth.flatten().topk(int(256 * 256 * 0.01))[0]
    shown = F.interpolate(smooth, size=98, mode="bilinear", align_corners=False)
    return {"score": float(best.mean()), "map": shown.flatten()[::1001].tolist()}


def compare_with_anomalib():
    try:
        from anomalib.models.image.dinomaly import components
    except ImportError:
        return print("anomalib is not installed: nothing is compared with it")
    ours, theirs = [[torch.nn.Parameter(torch.linspace(-1, 1, 6).double())] for _ in "ab"]
    optimiser = StableAdamW(ours)
    released = components.StableAdamW(theirs, lr=0.01, betas=BETAS, eps=EPSILON, weight_decay=DECAY, amsgrad=True)
    for step in range(200):
        gradient = torch.sin(1.3 * step + torch.arange(6).double()) * (30 if step % 50 == 49 else 5 * math.exp(-step / 20))
        ours[0].grad, theirs[0].grad = gradient.clone(), gradient.clone()
        optimiser.step(0.01)
        released.step()
        assert (ours[0] - theirs[0]).abs().max() < 1e-14, step
    tokens = [groups(layers(step)) for step in (0, 1)]
    maps = [[x.transpose(1, 2).reshape(BATCH, WIDTH, 2, 3) for x in group] for group in tokens]
    for step in (0, 300, 1000):
        student = [part.requires_grad_() for part in maps[1]]
        theirs = components.CosineHardMiningLoss()(maps[0], student, global_step=step)
        assert abs(float(theirs.detach()) - float(loss(*tokens, min(0.9 * step / 1000, 0.9)))) < 1e-7, step
    print("optimiser and loss are anomalib's")


def main():
    compare_with_anomalib()
    losses, norms = training()
    print("gradient norms before clipping:", [round(norm, 3) for norm in norms])
    result = {"trajectory": trajectory(), "losses": losses, **score()}
    OUT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
