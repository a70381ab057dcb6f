"""Writes tests/fixtures/jpeg: small JPEG files of every kind, and what Pillow makes of them.

    python make_jpeg_fixture.py ../fixtures/jpeg

Needs NumPy and Pillow; the committed files are by Pillow 13.0.0 with libjpeg-turbo 3.2.0.
"""

import hashlib
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image


def drawn(width: int, height: int) -> Image.Image:
    """Slopes, edges and saturated colours."""
    y, x = np.mgrid[0:height, 0:width]
    red = (x * 9 + y * 2) % 256
    green = np.where((x // 5 + y // 4) % 2 == 0, 230, 25)
    blue = (x * x + y * y) // 6 % 256
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def written(picture: Image.Image, **options) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", **{"quality": 85, **options})
    return target.getvalue()


def with_sampling(file: bytes, sampling: int) -> bytes:
    """Another sampling of the first component, whose units have as many blocks: other colours, but a sound file."""
    frame = file.index(b"\xff\xc0")
    return file[: frame + 11] + bytes([sampling]) + file[frame + 12 :]


def with_transform(file: bytes, transform: int) -> bytes:
    """Another meaning of the components, in Adobe's marker."""
    place = file.index(b"Adobe") + 11
    return file[:place] + bytes([transform]) + file[place + 1 :]


def files() -> dict[str, bytes]:
    small, square = drawn(27, 21), drawn(32, 32)
    cmyk = written(small.convert("CMYK"))
    made = {
        "411": with_sampling(written(square, subsampling="4:2:0"), 0x41),
        "440": with_sampling(written(square, subsampling="4:2:2"), 0x12),
        "cmyk": cmyk,
        "ycck": with_transform(cmyk, 2),
        "grey": written(small.convert("L")),
        "rgb": written(small, keep_rgb=True),
        "restart": written(small, subsampling="4:2:0", restart_marker_blocks=1),
        "narrow": written(drawn(3, 9), subsampling="4:2:0"),
        "coarse": written(small, quality=5),
        "fine": written(small, quality=100, subsampling="4:2:0"),
        "optimised": written(small, optimize=True, subsampling="4:2:0"),
        "progressive-grey": written(small.convert("L"), progressive=True),
        "progressive-restart": written(small, progressive=True, restart_marker_blocks=2),
    }
    for name in ["4:4:4", "4:2:2", "4:2:0"]:
        made[name.replace(":", "")] = written(small, subsampling=name)
        made["progressive-" + name.replace(":", "")] = written(small, subsampling=name, progressive=True)
    return made


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, content in sorted(files().items()):
        (folder / f"{name}.jpg").write_bytes(content)
        picture = Image.open(BytesIO(content)).convert("RGB")
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        lines.append(f"{digest} {picture.width} {picture.height} {name}.jpg\n")
    (folder / "pillow.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
