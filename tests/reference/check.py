"""Compares this program with outputs of the released ones, where a folder of them is at hand."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

from networks import PLANS, Decoder, Embedding, FicoDecoder, Teacher
from scoring import anomaly_map, mix, smooth
from training import METHODS, train

VARIANTS = {"r18": PLANS["resnet18"], "w8": PLANS["wide_resnet50_2"].narrowed(8)}
# What differs is the order of additions.
LOSS = 1e-6


def below(tensors, prefix):
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def fill(network, tensors):
    """Loads what is there; absent may only be what no output depends on."""
    missing, unexpected = network.load_state_dict(tensors, strict=False)
    dead = ("conv4", "bn4", "num_batches_tracked")
    assert not unexpected and all(any(part in name for part in dead) for name in missing), (missing, unexpected)
    return network


def networks(folder, plan, method):
    weights = load_file(folder / "weights.safetensors")
    kind, prefix = (FicoDecoder, "dec_fico.") if method == "fico" else (Decoder, "dec.")
    teacher = fill(Teacher(plan), below(weights, "enc."))
    return teacher, fill(Embedding(plan), below(weights, "bn.")), fill(kind(plan), below(weights, prefix))


def released(terms, method):
    """The released program's names for a sum of terms."""
    if method == "rd":
        return {"distill": terms["layer1"] + terms["layer2"] + terms["layer3"]}
    if method == "gnl":
        names = {"distill": "loss_normal", "embedding": "loss_bn", "low_features": "loss_last"}
        return {ours: terms[theirs] for ours, theirs in names.items()}
    names = {"distill": "kd_normal", "embedding": "loss_bn", "low_features": "loss_last_ori",
             "normality": "loss_last_nor", "invariance": "loss_mse"}  # fmt: skip
    found = {ours: terms[theirs] for ours, theirs in names.items()}
    return found | {"distill_augmented": terms["kd_augmix"] + terms["kd_gray"]}


def check(golden):
    golden = Path(golden)
    return check_training(golden) + check_mixing(golden) + check_maps(golden)


def check_mixing(golden):
    data = load_file(golden / "atta/efdm_mixstyle.safetensors")
    worst = 0.0
    for name in data:
        if ".efdm_stable.lamda" in name:
            case, weight = name.split(".efdm_stable.lamda")
            found = mix(data[f"{case}.input"], data[f"{case}.ref"], 1 - float(weight))
            worst = max(worst, (found - data[name]).abs().max().item())
    print(f"mixing: {worst:.1e}")
    return worst > 1e-6


def check_maps(golden):
    data = load_file(golden / "anomaly_map/anomaly_map.safetensors")
    worst = 0.0
    for case, side in (("a128", 128), ("a256", 256), ("odd", 113)):
        teacher, student = ([data[f"{case}.{whose}{scale}"] for scale in range(3)] for whose in ("ft", "fs"))
        for mode in ("a", "mul"):
            fused = anomaly_map(teacher, student, side, product=mode == "mul")
            for found, kind in ((fused, "map"), (smooth(fused), "gauss")):
                wanted = data[f"{case}.{mode}.{kind}_f64"].numpy()
                worst = max(worst, abs(found - wanted).max() / abs(wanted).max())
    print(f"maps: {worst:.1e}")
    return worst > 1e-6


def check_training(golden):
    inputs = load_file(golden / "nets/inputs.safetensors")
    failures = 0
    for variant, plan in VARIANTS.items():
        folder = golden / "nets" / variant
        wanted = json.loads((folder / "training.json").read_text())
        for method in METHODS:
            if method not in wanted:
                continue
            for kind in ("f64", "f32"):
                dtype = {"f64": torch.float64, "f32": torch.float32}[kind]
                parts = [network.to(dtype) for network in networks(folder, plan, method)]
                views = [inputs[f"{name}128"].to(dtype) for name in ("normal", "augmix", "gray")]
                result = train(method, *parts, views, steps=4 if kind == "f64" else 1)
                record = wanted[method][kind]
                gaps = [
                    abs(ours / theirs - 1)
                    for ours, theirs in zip(result["losses"], record["loss_per_step"])
                ]
                for name, value in released(record["terms_per_step"][0], method).items():
                    gaps.append(abs(result["terms"][0][name] / value - 1))
                norms = max(
                    abs(norm(result["gradients"], part) / value - 1)
                    for part, value in record["grad_norms"].items()
                )
                # In f32 rounding alone moves a loss by more than 1e-6 in the narrow network.
                verdict = "" if max(gaps) <= LOSS or kind == "f32" else "  TOO FAR"
                failures += bool(verdict)
                print(f"{variant} {method:4} {kind}: losses and terms {max(gaps):.1e}, gradient norms {norms:.1e}{verdict}")
    return failures


def norm(gradients, part):
    squares = [g.square().sum() for name, g in gradients.items() if name.startswith(f"{part}.")]
    return torch.stack(squares).sum().sqrt().item()


if __name__ == "__main__":
    sys.exit(check(sys.argv[1]))
