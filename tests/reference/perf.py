"""Times one training step or one call of inference, for `cargo xtask perf`.

usage: perf.py WORK THREADS [--as-released]      WORK is JSON; see xtask/shiftbench/perf/measure.rs
"""

import json
import resource
import statistics
import sys
import time

import torch
from torch import nn

import networks
import scoring
import training


class Wasteful(networks.Teacher):
    """A teacher as the official programs run it: its unused fourth stage is computed too."""

    def __init__(self, plan):
        super().__init__(plan)
        planes = 2 * plan.planes[2]
        blocks = 2 if plan.block is networks.BasicBlock else 3
        self.layer4 = networks.down(plan, plan.channels[2], planes, blocks, 2)

    def forward(self, pictures):
        features = super().forward(pictures)
        self.layer4(features[2])
        return features


def main():
    work = json.loads(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]))
    as_released = "--as-released" in sys.argv
    plan = networks.PLANS[work["backbone"]]
    teacher = networks.initialise((Wasteful if as_released else networks.Teacher)(plan)).eval()
    bottleneck = networks.initialise(networks.Embedding(plan))
    kind = networks.FicoDecoder if work["method"] == "fico" else networks.Decoder
    decoder = networks.initialise(kind(plan))
    side, batch, repeats = work["side"], work["batch"], work["repeats"]
    if work["phase"] == "train":
        count = 1 if work["method"] == "rd" else 3
        views = [torch.randn(batch, 3, side, side) for _ in range(count)]
        laps = train(work["method"], teacher, bottleneck, decoder, views, repeats, as_released)
    else:
        laps = score(work["method"], teacher, bottleneck, decoder, side, batch, repeats, as_released)
    seconds = [after[0] - before[0] for before, after in zip(laps, laps[1:])]
    print(
        json.dumps(
            {
                "seconds": statistics.median(seconds),
                "cpu_seconds": (laps[-1][1] - laps[0][1]) / len(seconds),
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


def lap():
    return time.perf_counter(), time.process_time()


def train(method, teacher, bottleneck, decoder, views, repeats, as_released):
    """As released, gradients are recorded through the frozen teacher."""
    bottleneck.train()
    decoder.train()
    for parameter in teacher.parameters():
        parameter.requires_grad_(as_released)
    optimiser = torch.optim.Adam([*decoder.parameters(), *bottleneck.parameters()], **training.ADAM)
    laps = []
    for _ in range(repeats + 1):
        found = training.terms(method, teacher, bottleneck, decoder, views, recorded=as_released)
        loss = training.total(found)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()
        laps.append(lap())
    return laps


def score(method, teacher, bottleneck, decoder, side, batch, repeats, as_released):
    """As released, pictures are scored one by one and the reference is encoded again for each."""
    bottleneck.eval()
    decoder.eval()
    pictures, reference = torch.randn(batch, 3, side, side), torch.randn(1, 3, side, side)
    laps = []
    with torch.no_grad():
        encoded = teacher(reference)
        for _ in range(repeats + 1):
            for part in pictures.split(1 if as_released else batch):
                features = teacher_features(method, teacher, part, reference, encoded, as_released)
                answers = decoder(bottleneck(features))
                for index in range(len(part)):
                    one = slice(index, index + 1)
                    maps = [[scale[one] for scale in side_of] for side_of in (features, answers)]
                    scoring.smooth(scoring.anomaly_map(*maps, side)).max()
            laps.append(lap())
    return laps


def teacher_features(method, teacher, pictures, reference, encoded, as_released):
    if method == "rd":
        return teacher(pictures)
    if as_released:
        features = scoring.mixed_features(teacher, pictures, reference, 0.5)
        teacher.layer4(features[2])
        return features
    fine = scoring.mix(teacher.layer1(teacher.stem(pictures)), encoded[0], 0.5)
    middle = scoring.mix(teacher.layer2(fine), encoded[1], 0.5)
    return [fine, middle, teacher.layer3(middle)]


if __name__ == "__main__":
    main()
