"""A detector in thirty lines: a Gaussian at every place of a picture, as PaDiM has it, over colours and edges."""

import numpy
from shiftbench_detector import serve


def features(images):
    """[count, height/8, width/8, 9]: mean and deviation of colours in blocks of 8 pixels, and of their differences."""
    pictures = images.astype(numpy.float32) / 255
    count, height, width, _ = pictures.shape
    blocks = pictures.reshape(count, height // 8, 8, width // 8, 8, 3)
    edges = numpy.abs(numpy.diff(pictures, axis=2, append=pictures[:, :, -1:])).reshape(blocks.shape)
    return numpy.concatenate([blocks.mean((2, 4)), blocks.std((2, 4)), edges.mean((2, 4))], axis=-1)


class Padim:
    def fit(self, images, context):
        seen = features(images)
        self.mean = seen.mean(0)
        centred = seen - self.mean
        covariance = numpy.einsum("nijk,nijl->ijkl", centred, centred) / max(len(seen) - 1, 1)
        self.inverse = numpy.linalg.inv(covariance + 0.001 * numpy.eye(9))

    def score(self, images):
        centred = features(images) - self.mean
        distance = numpy.sqrt(numpy.einsum("nijk,ijkl,nijl->nij", centred, self.inverse, centred))
        maps = distance.repeat(8, 1).repeat(8, 2)
        return maps.max((1, 2)), maps

    def save(self, folder):
        numpy.savez(folder + "/state.npz", mean=self.mean, inverse=self.inverse)

    def load(self, folder):
        state = numpy.load(folder + "/state.npz")
        self.mean, self.inverse = state["mean"], state["inverse"]


if __name__ == "__main__":
    serve(Padim)
