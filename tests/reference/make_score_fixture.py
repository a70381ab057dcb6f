"""Writes the fixture of tests/it/score.rs: a teacher, a FiCo student in the official layout, and the scores that
PyTorch gives with them. See ../fixtures/score/README.md."""

import argparse
import csv
import os
from copy import deepcopy
from pathlib import Path

import torch
from PIL import Image

import generate
import pictures
from networks import PLANS, save_checkpoint
from scoring import anomaly_map, mixed_features, smooth

FIXTURES = Path(__file__).parent.parent / "fixtures/score"
REFERENCE = "chelsea225x300.png"
IMAGES = [
    "astro64.png",
    "astro64__brightness__s5.png",
    "chelsea225x300__contrast__s5.png",
    "chelsea225x300__defocus_blur__s5.png",
]
SIDE = 256
# Of the three official programs: whether they mix features, and whether there are branches.
METHODS = {"rd": (0.0, False), "gnl": (0.5, False), "fico": (0.5, True)}


def opened(path):
    """`[1, 3, 256, 256]`, as the official programs prepare an image."""
    picture = Image.open(path).convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return pictures.normalised([picture])


class Hostile:
    """A program, for whoever unpickles it."""

    def __reduce__(self):
        return os.system, ("touch shiftbench-ran-this",)


@torch.no_grad()
def score(parts, picture, reference, alpha):
    teacher, bottleneck, decoder = parts
    features = teacher(picture) if alpha == 0 else mixed_features(teacher, picture, reference, alpha)
    return smooth(anomaly_map(features, decoder(bottleneck(features)), picture.shape[-1])).max().item()


def students(plan, parts):
    """What each method scores with: all of them share teacher and student."""
    teacher, bottleneck, decoder = (network.eval() for network in deepcopy(parts))
    plain = generate.plain(plan, decoder).eval()
    for method, (alpha, branches) in METHODS.items():
        yield method, alpha, (teacher, bottleneck, decoder if branches else plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FIXTURES)
    parser.add_argument("--images", type=Path, default=pictures.SOURCES)
    parser.add_argument("--seed", type=int, default=11)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    plan = PLANS["tiny"]
    parts = generate.build(plan, given.seed)
    teacher, bottleneck, decoder = parts
    torch.save(teacher.state_dict(), given.out / "teacher.pth")
    save_checkpoint(given.out / "fico.pth", bottleneck, decoder)
    torch.save({"bn": {"conv1.weight": torch.zeros(1)}, "decoder": Hostile()}, given.out / "hostile.pth")

    reference = opened(given.images / REFERENCE)
    worst = 0.0
    with open(given.out / "expected.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["method", "image", "score"])
        for method, alpha, networks in students(plan, parts):
            wide = [deepcopy(network).double() for network in networks]
            for name in IMAGES:
                picture = opened(given.images / name)
                single = score(networks, picture, reference, alpha)
                double = score(wide, picture.double(), reference.double(), alpha)
                worst = max(worst, abs(single / double - 1))
                table.writerow([method, name, double])
    print(f"PyTorch in f32 differs from f64 by up to {worst:.1e} relative")


if __name__ == "__main__":
    main()
