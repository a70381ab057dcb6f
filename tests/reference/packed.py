"""Pickles as data sets come in, for datasets/tests/formats and datasets/src/packed/pickle.

    python packed.py ../fixtures/packed

Run with NumPy 1 it writes the files that end in `_numpy1.pkl`, with NumPy 2 those that end in `_numpy2.pkl`.
"""

import io
import pickle
import struct
import sys
from pathlib import Path

import numpy


class Python2(pickle._Pickler):
    """Writes str and bytes as the strings of Python 2 (SHORT_BINSTRING, BINSTRING), like the CIFAR-10 of 2009."""

    dispatch = pickle._Pickler.dispatch.copy()

    def save_string(self, value):
        data = value if isinstance(value, bytes) else value.encode("ascii")
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(value)

    dispatch[bytes] = save_string
    dispatch[str] = save_string


def python2(value):
    file = io.BytesIO()
    Python2(file, protocol=2).dump(value)
    return file.getvalue()


def pictures(count, *shape):
    """Byte k of picture i is (31 i + k) mod 251."""
    size = int(numpy.prod(shape))
    values = (31 * numpy.arange(count)[:, None] + numpy.arange(size)) % 251
    return values.astype(numpy.uint8).reshape(count, *shape)


def batch(count):
    return {
        "batch_label": "training batch 1 of 5",
        "labels": [(3 * index + 1) % 10 for index in range(count)],
        "data": pictures(count, 3072),
        "filenames": [f"picture_s_{index:06}.png" for index in range(count)],
    }


def as_bytes(value):
    return {key.encode(): item for key, item in value.items()}


def mnist_m():
    one = pictures(1, 28, 28, 3)
    return {"train": one, "valid": one, "test": pictures(10, 28, 28, 3)[::-1].copy()}


def main(target):
    version = numpy.__version__.split(".")[0]
    arrays = {**as_bytes(batch(2)), b"labels": numpy.array([1, 4], dtype=numpy.int64)}
    files = {f"protocol{protocol}_numpy{version}": pickle.dumps(arrays, protocol) for protocol in (2, 3, 4, 5)}
    if version == "1":
        files["python2_numpy1"] = python2(batch(10))
        files["mnist_m_numpy1"] = pickle.dumps(mnist_m(), 2)
        files["fortran_numpy1"] = pickle.dumps({"data": numpy.asfortranarray(pictures(2, 6))}, 4)
        files["float_numpy1"] = pickle.dumps({"data": numpy.zeros((2, 2))}, 4)
    for name, data in files.items():
        (Path(target) / f"{name}.pkl").write_bytes(data)


main(sys.argv[1])
