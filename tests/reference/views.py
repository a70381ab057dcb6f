"""Times the training views on Pillow and NumPy: AugMix as released and as published, the grey view, and each
operation at a middling parameter, beside `cargo bench --bench views`.

usage: views.py [--side 256] [--repeats 7]      one JSON object: processor seconds on one thread, the median
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

# Free: see the README beside it.
PICTURE = Path(__file__).parent.parent / "fixtures/corruptions/chelsea225x300.png"
MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
STD = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]
GREY = np.array([0.2989, 0.587, 0.114], np.float32)[:, None, None]

MVTEC = ["autocontrast", "equalize", "posterize", "solarize", "color", "sharpness"]
PACS = [*MVTEC, "contrast", "brightness"]
MOVES = ["rotate", "shear_x", "shear_y", "translate_x", "translate_y"]
BASE = ["autocontrast", "equalize", "posterize", "solarize", *MOVES]
ALL = [*BASE, "color", "contrast", "brightness", "sharpness"]
ENHANCEMENTS = {
    "color": ImageEnhance.Color,
    "contrast": ImageEnhance.Contrast,
    "brightness": ImageEnhance.Brightness,
    "sharpness": ImageEnhance.Sharpness,
}


def apply(picture, name, level, sign):
    """One operation at a level of 0 to 10."""
    if name == "autocontrast":
        return ImageOps.autocontrast(picture)
    if name == "equalize":
        return ImageOps.equalize(picture)
    if name == "posterize":
        return ImageOps.posterize(picture, 4 - int(0.4 * level))
    if name == "solarize":
        return ImageOps.solarize(picture, 256 - int(25.6 * level))
    if name in ENHANCEMENTS:
        return ENHANCEMENTS[name](picture).enhance(0.18 * level + 0.1)
    if name == "rotate":
        return picture.rotate(sign * int(3 * level), resample=Image.Resampling.BILINEAR)
    slope, shift = sign * 0.03 * level, sign * int(level * picture.width / 30)
    coefficients = {
        "shear_x": (1, slope, 0, 0, 1, 0),
        "shear_y": (1, 0, 0, slope, 1, 0),
        "translate_x": (1, 0, shift, 0, 1, 0),
        "translate_y": (1, 0, 0, 0, 1, shift),
    }[name]
    return picture.transform(picture.size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)


def normalised(picture):
    planes = np.asarray(picture).transpose(2, 0, 1).astype(np.float32, order="C") / np.float32(255)
    planes -= MEAN
    planes /= STD
    return planes


def augmix(picture, names, random, severity=None):
    """As released, severity and depth are drawn once for a picture; a fixed severity means AugMix as published."""
    released = severity is None
    severity = random.integers(4) if released else severity
    weights, skip = random.dirichlet([1, 1, 1]).astype(np.float32), np.float32(random.beta(1, 1))
    depths = [random.integers(1, 4)] * 3 if released else random.integers(1, 4, 3)
    mixture = np.zeros((3, picture.height, picture.width), np.float32)
    for weight, depth in zip(weights, depths):
        altered = picture
        for name in random.choice(names, depth):
            level = 0.1 + (severity - 0.1) * random.random()
            altered = apply(altered, name, level, random.choice([-1, 1]))
        mixture += weight * normalised(altered)
    return (1 - skip) * normalised(picture) + skip * mixture


def grey(picture):
    """As released: made grey after normalisation."""
    return np.repeat((GREY * normalised(picture)).sum(0, keepdims=True), 3, 0)


def seconds(work, repeats):
    """The median over repetitions of twenty calls, of processor time, which other programs disturb least."""
    laps = []
    for _ in range(repeats):
        start = time.process_time()
        for call in range(20):
            work(call)
        laps.append((time.process_time() - start) / 20)
    return statistics.median(laps)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    side = arguments.side
    picture = Image.open(PICTURE).convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    draw = np.random.default_rng
    works = {
        "augmix_mvtec": lambda call: augmix(picture, MVTEC, draw(call)),
        "augmix_pacs": lambda call: augmix(picture, PACS, draw(call)),
        "augmix_base": lambda call: augmix(picture, BASE, draw(call), severity=3),
        "augmix_all": lambda call: augmix(picture, ALL, draw(call), severity=3),
        "normalised": lambda call: normalised(picture),
        "grey": lambda call: grey(picture),
    }
    for name in ALL:
        works[name] = lambda call, name=name: apply(picture, name, 2.0, 1)
    print(json.dumps({name: seconds(work, arguments.repeats) for name, work in works.items()}, indent=1))


if __name__ == "__main__":
    main()
