"""Class counts of stratified splits and folds, sizes of grouped folds, balanced class weights, by scikit-learn."""

import warnings

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold, StratifiedShuffleSplit
from sklearn.utils.class_weight import compute_class_weight

from golden import write_golden

warnings.simplefilter("ignore")
rng = np.random.default_rng(17)


def labels(count, shares):
    drawn = rng.choice(len(shares), size=count, p=shares)
    return np.concatenate([np.arange(len(shares)).repeat(10), drawn])


def counts(labels, positions, classes):
    return np.bincount(labels[positions], minlength=classes)


def split_case(count, shares, first):
    y = labels(count, shares)
    train, _ = next(StratifiedShuffleSplit(1, train_size=first, random_state=0).split(y, y))
    return {"labels": y, "first": first, "counts": counts(y, train, len(shares))}


def fold_case(count, shares, folds):
    y = labels(count, shares)
    parts = [test for _, test in StratifiedKFold(folds, shuffle=True, random_state=0).split(y, y)]
    return {"labels": y, "folds": folds, "counts": [counts(y, part, len(shares)) for part in parts]}


def group_case(count, groups, folds):
    g = rng.choice(groups, size=count, p=rng.dirichlet(np.ones(groups)))
    g[:groups] = np.arange(groups)
    sizes = [len(test) for _, test in GroupKFold(folds).split(g, groups=g)]
    return {"groups": g, "folds": folds, "sizes": sorted(sizes)}


def deviation(y, parts, classes):
    whole = np.bincount(y, minlength=classes) / len(parts)
    return float(max(np.abs(counts(y, part, classes) - whole).max() for part in parts))


def both_case(count, classes, groups, folds):
    g = rng.integers(0, groups, size=count)
    bias = rng.dirichlet(np.ones(classes), size=groups)
    y = np.array([rng.choice(classes, p=bias[group]) for group in g])
    parts = [test for _, test in StratifiedGroupKFold(folds).split(y, y, g)]
    return {"labels": y, "groups": g, "folds": folds, "deviation": deviation(y, parts, classes)}


write_golden(
    "packages/data/test/golden/splits.json",
    source="sklearn.model_selection: StratifiedShuffleSplit, StratifiedKFold, KFold, GroupKFold, StratifiedGroupKFold; "
    "sklearn.utils.class_weight.compute_class_weight('balanced')",
    packages=["scikit-learn", "numpy"],
    tolerance={"relative": 1e-12},
    cases={
        "splits": [
            split_case(180, [0.5, 0.3, 0.2], 0.8),
            split_case(470, [0.8, 0.15, 0.05], 0.9),
            split_case(73, [0.25, 0.25, 0.5], 0.4),
        ],
        "folds": [
            fold_case(83, [0.6, 0.4], 5),
            fold_case(300, [0.7, 0.2, 0.1], 10),
            fold_case(41, [0.2, 0.3, 0.5], 3),
        ],
        "sizes": [
            {"count": count, "folds": folds, "sizes": [len(test) for _, test in KFold(folds).split(np.zeros(count))]}
            for count, folds in [(10, 3), (11, 5), (7, 7)]
        ],
        "groups": [group_case(100, 12, 4), group_case(300, 40, 5), group_case(20, 5, 5)],
        "both": [both_case(400, 3, 30, 5), both_case(200, 2, 12, 4), both_case(600, 5, 60, 6)],
        "weights": [
            {"labels": y, "weights": compute_class_weight("balanced", classes=np.arange(y.max() + 1), y=y)}
            for y in [np.array([0, 0, 0, 1]), labels(100, [0.9, 0.05, 0.05]), labels(50, [0.1, 0.2, 0.3, 0.4])]
        ],
    },
)
