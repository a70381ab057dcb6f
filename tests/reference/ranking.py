"""Writes scikit-learn's numbers for 1e5 scores with many ties, made by whole numbers: the Rust test
`ranking_of_many_scores` makes the same."""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

COUNT = 100_000


def main():
    i = np.arange(COUNT, dtype=np.int64)
    scores = (i * i * 7919 + i * 13) % 10007
    labels = (i * 31 + i * i * 17) % 97 < 9 + scores // 1000
    precision, recall, _ = precision_recall_curve(labels, scores)
    numbers = {
        "count": COUNT,
        "anomalous": int(labels.sum()),
        "auroc": roc_auc_score(labels, scores),
        "average_precision": average_precision_score(labels, scores),
        "f1_max": (2 * precision * recall / np.maximum(precision + recall, 1e-300)).max(),
    }
    path = Path(__file__).parent.parent / "fixtures/metrics/many.json"
    path.write_text(json.dumps(numbers, indent=1) + "\n")


if __name__ == "__main__":
    main()
