"""The fixed pictures that fixtures are made from, and the views networks are trained on."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torchvision.transforms import v2

# Both are free: see the README beside them.
SOURCES = Path(__file__).parent.parent / "fixtures/corruptions"
SIDE = 64
CROPS = [(0, 0), (120, 60), (200, 150)]


def clean():
    """Four pictures: three pieces of one photograph, and another."""
    chelsea = Image.open(SOURCES / "chelsea225x300.png").convert("RGB")
    pieces = [chelsea.crop((x, y, x + SIDE, y + SIDE)) for x, y in CROPS]
    return [*pieces, Image.open(SOURCES / "astro64.png").convert("RGB")]


def altered(picture):
    """Stands in for an AugMix view, which is tested by itself."""
    faded = ImageEnhance.Color(ImageOps.posterize(picture, 4)).enhance(0.3)
    return Image.blend(picture, ImageEnhance.Sharpness(faded).enhance(0.2), 0.7)


def reference():
    """The normal picture whose features are mixed in."""
    chelsea = Image.open(SOURCES / "chelsea225x300.png").convert("RGB")
    return chelsea.crop((30, 140, 30 + SIDE, 140 + SIDE))


def strip(pictures):
    """Pictures one below the other."""
    return Image.fromarray(np.concatenate([np.asarray(picture) for picture in pictures]))


def normalised(pictures):
    planes = [torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255 for picture in pictures]
    return v2.functional.normalize(torch.stack(planes), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def grey(planes):
    """As released: made grey after normalisation."""
    red, green, blue = planes.unbind(1)
    return torch.stack([0.2989 * red + 0.587 * green + 0.114 * blue] * 3, 1)


def views():
    """Clean, altered, grey: `[4, 3, 64, 64]` each."""
    pictures = clean()
    first = normalised(pictures)
    return [first, normalised([altered(picture) for picture in pictures]), grey(first)]
