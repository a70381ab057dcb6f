"""Times imagecorruptions, for `cargo xtask perf --shifts`.

First prints versions. Then reads lines "NAME SEVERITY PICTURE" and answers each with the least seconds for one
picture, or "-" where there is no such corruption or it would take minutes. One thread.
"""

import functools
import importlib.metadata
import sys
import time
import warnings

import cv2
import numpy as np
import skimage.filters
from PIL import Image

warnings.filterwarnings("ignore")
cv2.setNumThreads(1)

LEAST = 5  # repeats
SPENT = 0.3  # seconds
TOO_LONG = 1.0  # seconds for a small picture, after which large ones are not tried


def for_newer_scikit_image(gaussian):
    """imagecorruptions still says `multichannel`, which scikit-image 0.20 took away."""

    @functools.wraps(gaussian)
    def wrapped(*arguments, multichannel=None, **named):
        if multichannel is not None:
            named["channel_axis"] = -1 if multichannel else None
        return gaussian(*arguments, **named)

    return wrapped


skimage.filters.gaussian = for_newer_scikit_image(skimage.filters.gaussian)
import imagecorruptions  # noqa: E402

imagecorruptions.corruptions.gaussian = skimage.filters.gaussian


def fastest(work):
    """The least seconds of several calls, after one that does not count."""
    start = time.perf_counter()
    work()
    if time.perf_counter() - start > TOO_LONG:
        return time.perf_counter() - start
    laps, start = [], time.perf_counter()
    while len(laps) < LEAST or time.perf_counter() - start < SPENT:
        before = time.perf_counter()
        work()
        laps.append(time.perf_counter() - before)
    return min(laps)


def main():
    version = importlib.metadata.version
    print(f"imagecorruptions {version('imagecorruptions')} (NumPy {np.__version__}, OpenCV {cv2.__version__})", flush=True)
    names = imagecorruptions.get_corruption_names("all")
    pictures, slow = {}, set()
    for line in sys.stdin:
        name, severity, path = line.rstrip("\n").split(" ", 2)
        if name not in names or name in slow:
            print("-", flush=True)
            continue
        if path not in pictures:
            pictures[path] = np.array(Image.open(path).convert("RGB"))
        picture = pictures[path]
        seconds = fastest(lambda: imagecorruptions.corrupt(picture, corruption_name=name, severity=int(severity)))
        if seconds > TOO_LONG:
            slow.add(name)
        print(seconds, flush=True)


if __name__ == "__main__":
    main()
