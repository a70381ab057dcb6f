"""Writes the network and loss fixtures, or a checkpoint in the official layout. See README.md."""

import argparse
import json
import sys
from copy import deepcopy
from pathlib import Path

import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

import pictures
from networks import PLANS, Embedding, FicoDecoder, Teacher, Decoder, initialise, save_checkpoint
from scoring import anomaly_map, mixed_features, smooth
from training import METHODS, state, train

FIXTURES = Path(__file__).parent.parent / "fixtures/networks"
# Gradients of up to this many values are kept whole.
SMALL = 300
ALPHA = 0.3  # not one half, so that reference and test cannot be exchanged unseen


def build(plan, seed):
    """A teacher with believable statistics, and a student away from its neutral start: at it, a forgotten
    scale, offset or average would go unseen."""
    torch.manual_seed(seed)
    teacher, bottleneck, decoder = (initialise(kind(plan)) for kind in (Teacher, Embedding, FicoDecoder))
    for network in (teacher, bottleneck, decoder):
        for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
            if not tensor.is_floating_point() or tensor.dim() == 4 or tensor.dim() == 5:
                continue
            with torch.no_grad():
                if name.endswith(("weight", "running_var")):
                    tensor.uniform_(0.5, 1.5)
                else:
                    tensor.normal_(0, 0.1)
    for module in teacher.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        teacher.train()(pictures.views()[0])
    return teacher.eval(), bottleneck, decoder


def plain(plan, decoder):
    """The decoder without what FiCo adds."""
    network = Decoder(plan)
    network.load_state_dict({n: t for n, t in decoder.state_dict().items() if n in network.state_dict()})
    return network


def forward(plan, parts, views):
    """What the networks answer to the first view: the first picture of the batch."""
    teacher, bottleneck, decoder = deepcopy(parts)
    found = {}

    def keep(name, tensors):
        tensors = tensors if isinstance(tensors, list) else [tensors]
        for number, tensor in enumerate(tensors, 1):
            found[f"{name}.{number}" if len(tensors) > 1 else name] = tensor[:1]

    with torch.no_grad():
        features = teacher(views[0])
        keep("teacher", features)
        for mode in ("eval", "train"):
            bottleneck.train(mode == "train")
            decoder.train(mode == "train")
            embedding = bottleneck(features)
            decoded, added, targets = decoder.answer(embedding)
            keep(f"{mode}.embedding", embedding)
            keep(f"{mode}.decoded", decoded)
            keep(f"{mode}.compensation", added)
            keep(f"{mode}.output", [one + other for one, other in zip(decoded, added)])
            if mode == "train":
                keep("train.invariant", targets)
        for name, tensor in state(bottleneck, decoder).items():
            if name.endswith(("running_mean", "running_var")):
                found[f"running.{name}"] = tensor
    return found


def scored(parts, views):
    """The first altered picture, scored with and without mixing."""
    teacher, bottleneck, decoder = (network.eval() for network in deepcopy(parts))
    reference = pictures.normalised([pictures.reference()]).to(views[0].dtype)
    found = {}
    with torch.no_grad():
        for name, alpha in (("plain", 0.0), ("mixed", ALPHA)):
            features = mixed_features(teacher, views[1][:1], reference, alpha)
            found |= {f"{name}.teacher.{number}": tensor for number, tensor in enumerate(features, 1)}
            maps = anomaly_map(features, decoder(bottleneck(features)), pictures.SIDE)
            found[f"{name}.map"] = torch.from_numpy(smooth(maps))
    return found


def summary(before, after):
    """What two correct programs must agree on, tensor by tensor: see `STEPS` in the Rust tests."""
    return {
        name: {
            "sum": tensor.sum().item(),
            "l2": tensor.norm().item(),
            "moved": (tensor - before[name]).abs().mean().item(),
        }
        for name, tensor in after.items()
    }


def rounded(value):
    """Enough digits for every tolerance, and the same on every machine."""
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def part(name):
    """The top-level part a parameter belongs to."""
    return ".".join(name.split(".")[: 3 if name.startswith("dec.attention") else 2])


def record(result):
    squares = {}
    for name, gradient in result["gradients"].items():
        squares[part(name)] = squares.get(part(name), 0) + gradient.square().sum().item()
    states = result["states"]
    return {
        "losses": result["losses"],
        "terms": result["terms"],
        "gradient_norms": {name: square**0.5 for name, square in squares.items()},
        "after": {str(step): summary(states[0], states[step]) for step in (1, 3)},
    }


def trained(plan, parts, views, method):
    teacher, bottleneck, decoder = deepcopy(parts)
    decoder = decoder if method == "fico" else plain(plan, decoder).to(views[0].dtype)
    return train(method, teacher, bottleneck, decoder, views)


def report(method, truth, single):
    """Prints how far rounding alone takes PyTorch, which is what the tolerances of the tests rest on."""

    def worst(step, measure):
        pairs = ((name, tensor, single["states"][step][name]) for name, tensor in truth["states"][step].items())
        return max((measure(name, one, other.double()), name) for name, one, other in pairs if not_idle(name))

    losses = [abs(one / other - 1) for one, other in zip(single["losses"], truth["losses"])]
    print(f"{method}: losses", *(f"{gap:.1e}" for gap in losses))
    gaps = {
        name: ((single["gradients"][name] - gradient).abs().max() / gradient.abs().max()).item()
        for name, gradient in truth["gradients"].items()
        if not_idle(name)
    }
    print("  gradients", max((gap, name) for name, gap in gaps.items()))
    for step in (1, 3):
        start = truth["states"][0]
        moved = [(one - start[n]).abs().mean() for n, one in truth["states"][step].items()]
        print(f"  step {step} l2   ", worst(step, lambda n, a, b: abs(b.norm() / a.norm() - 1).item()))
        print(f"  step {step} mean ", worst(step, lambda n, a, b: (a - b).mean().abs().item()))
        print(f"  step {step} moved", worst(step, lambda n, a, b: abs(
            (b - start[n]).abs().mean() / (a - start[n]).abs().mean() - 1).item()))


def not_idle(name):
    return not (name.endswith(".bias") and ".proj." in name and "fc2" not in name) and not any(
        dead in name for dead in ("conv4", "bn4", "transform.conv3", "transform.bn3"))


def write(folder, name, plan, seed):
    folder.mkdir(parents=True, exist_ok=True)
    parts = build(plan, seed)
    views = pictures.views()
    pictures.strip(pictures.clean()).save(folder / "clean.png", optimize=True)
    pictures.strip([pictures.altered(p) for p in pictures.clean()]).save(folder / "altered.png", optimize=True)
    pictures.reference().save(folder / "reference.png", optimize=True)

    teacher, bottleneck, decoder = parts
    weights = {f"enc.{name}": tensor for name, tensor in teacher.state_dict().items()}
    weights = {n: t for n, t in weights.items() if t.is_floating_point()} | state(bottleneck, decoder)
    save_file({n: t.contiguous() for n, t in weights.items()}, folder / "weights.safetensors")

    # The truth in f64, from the f32 weights and views; f32 is only reported on.
    double = tuple(network.double() for network in deepcopy(parts))
    wide = [view.double() for view in views]
    tensors = forward(plan, double, wide) | scored(double, wide)
    training = {
        "plan": name,
        "seed": seed,
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "alpha": ALPHA,
    }
    for method in METHODS:
        result = trained(plan, double, wide, method)
        training[method] = record(result)
        report(method, result, trained(plan, parts, views, method))
        tensors |= {
            f"{method}.gradient.{name}": gradient
            for name, gradient in result["gradients"].items()
            if gradient.numel() <= SMALL
        }
        tensors |= {
            f"{method}.running.{name}": tensor
            for name, tensor in result["states"][1].items()
            if name.endswith(("running_mean", "running_var"))
        }
    save_file({n: t.float().contiguous() for n, t in tensors.items()}, folder / "tensors.safetensors")
    text = json.dumps(rounded(training), indent=0)
    (folder / "training.json").write_text(text.replace(",\n\"l2", ", \"l2").replace(",\n\"moved", ", \"moved") + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbone", choices=PLANS, default="tiny")
    parser.add_argument("--width", type=int, default=1, help="divide every number of channels by this")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=FIXTURES, help="folder of the fixtures")
    parser.add_argument("--checkpoint", type=Path, help="write a student's checkpoint instead of fixtures")
    parser.add_argument("--teacher", type=Path, help="with --checkpoint: write the teacher's weights, too")
    parser.add_argument("--method", choices=METHODS, default="fico", help="the student of --checkpoint")
    parser.add_argument("--check", metavar="GOLDEN_DIR", help="compare with outputs of the released programs")
    return parser.parse_args()


def main():
    given = arguments()
    torch.set_num_threads(1)  # one order of additions, so the same bytes; and the networks are small
    if given.check:
        from check import check

        return check(given.check)
    plan = PLANS[given.backbone].narrowed(given.width)
    if given.checkpoint:
        teacher, bottleneck, decoder = build(plan, given.seed)
        decoder = decoder if given.method == "fico" else plain(plan, decoder)
        save_checkpoint(given.checkpoint, bottleneck, decoder)
        if given.teacher:
            torch.save(teacher.state_dict(), given.teacher)
        return 0
    write(given.out, given.backbone, plan, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
