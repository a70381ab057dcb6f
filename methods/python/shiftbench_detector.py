"""A detector for shiftbench in Python: write a class, and `serve` it. NumPy is all this needs.

    class MyDetector:
        trains = False                                  # True if it trains by steps
        def fit(self, images, context): ...             # uint8 [count, height, width, 3], normal pictures
        def score(self, images): ...                    # scores [count], or (scores, maps [count, height, width])
        def save(self, folder): ...
        def load(self, folder): ...

    serve(MyDetector)

`context` has options (a dict), seed, device, threads, image_size, protocol, steps, batch (both None unless the protocol
prescribes them), work_dir, and `progress(step, of, loss)`. The class is built without arguments; `self.context` is set
before anything else is called. `print` is free: only lines that begin with a mark of their own are answers.
"""

import hashlib
import inspect
import json
import os
import sys
import traceback

import numpy

MARK = "@@SHIFTBENCH "


class Context:
    """What the detector is told before it learns."""

    def __init__(self, said, say):
        self.__dict__.update(said)
        self._say = say

    def progress(self, step, of=0, loss=None):
        """Tell how far training is: this also shows that it lives."""
        loss = None if loss is None else float(loss)
        self._say({"progress": {"id": self._fit, "step": int(step), "of": int(of), "loss": loss}})
        self._steps = int(step)


def identifier(kind):
    """What tells this version of the detector from others: a hash of the file that holds it."""
    with open(inspect.getsourcefile(kind), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def serve(kind):
    """Answer until told to quit."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr  # whatever is printed is log

    def say(answer):
        out.write(MARK + json.dumps(answer) + "\n")
        out.flush()

    trains = bool(getattr(kind, "trains", False))
    hello = {"version": 1, "name": kind.__name__, "identifier": identifier(kind), "trains": trains}
    say({"hello": hello})
    detector = kind()
    for line in sys.stdin:
        ((request, said),) = json.loads(line).items()
        try:
            if request == "quit":
                return
            answer(detector, request, said, say)
        except Exception as error:
            traceback.print_exc()
            say({"error": {"message": f"{type(error).__name__}: {error}"}})
            return


def answer(detector, request, said, say):
    """Do what one request asks for, and answer it."""
    number = {"id": said.pop("id")}
    if request == "configure":
        detector.context = Context(said, say)
        say({"ready": number})
    elif request == "fit":
        context = detector.context
        context._fit, context._steps = number["id"], None
        detector.fit(numpy.load(said["images"]), context)
        say({"done": {**number, "steps": context._steps, "parameters": getattr(detector, "parameters", None)}})
    elif request in ("save", "load"):
        getattr(detector, request)(said["folder"])
        say({"done": number})
    elif request == "score":
        scores = detector.score(numpy.load(said["images"]))
        maps = None
        if isinstance(scores, tuple):
            scores, maps = scores
        if maps is not None:
            numpy.save(os.path.join(detector.context.work_dir, "maps.npy"), numpy.ascontiguousarray(maps, "<f4"))
            maps = "maps.npy"
        say({"scores": {**number, "scores": [float(score) for score in scores], "maps": maps}})
    else:
        raise ValueError(f"unknown request '{request}'")
