"""Scoring: features mixed with a reference's (ATTA), and anomaly maps."""

import torch
from scipy.ndimage import gaussian_filter
from torch.nn import functional


def mix(features, reference, alpha):
    """Exact feature distribution matching: the k-th smallest value of each channel moves towards the
    reference's k-th smallest by the share `alpha`. Equal values rank by position."""
    values, order = features.flatten(2).sort(stable=True)
    wanted = reference.flatten(2).sort(stable=True).values
    mixed = torch.empty_like(values).scatter_(2, order, (1 - alpha) * values + alpha * wanted)
    return mixed.view_as(features)


def mixed_features(teacher, picture, reference, alpha):
    """The teacher's maps, mixed at the first two scales; the third is computed from the mixed second."""
    fine_reference, middle_reference, _ = teacher(reference)
    fine = mix(teacher.layer1(teacher.stem(picture)), fine_reference, alpha)
    middle = mix(teacher.layer2(fine), middle_reference, alpha)
    return [fine, middle, teacher.layer3(middle)]


def anomaly_map(teacher, student, side, product=False):
    """Distances per location at the input's size, summed (or multiplied) over the scales; one picture."""
    fused = None
    for one, other in zip(teacher, student):
        distances = (1 - functional.cosine_similarity(one, other)).unsqueeze(1)
        resized = functional.interpolate(distances, size=side, mode="bilinear", align_corners=True)
        resized = resized[0, 0].double().numpy()
        fused = resized if fused is None else fused * resized if product else fused + resized
    return fused


def smooth(fused, sigma=4):
    """SciPy's default border: reflected, the edge pixel repeated."""
    return gaussian_filter(fused, sigma=sigma)
