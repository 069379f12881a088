"""The statistics of ablations: bootstrap intervals, exact tests, corrected p-values and factorial effects."""

import itertools
import math

import numpy as np
import pandas
import statsmodels.formula.api as models
from scipy import stats
from statsmodels.stats.multitest import multipletests

from golden import write_golden

FEW = {
    "five, all positive": [0.4, 0.1, 0.5, 0.3, 0.2],
    "five, of both signs": [0.012, -0.004, 0.007, 0.0011, -0.0008],
    "three": [1.0, 2.0, 4.0],
    "six with equal ones": [0.0, 0.0, 0.25, 0.25, -0.125, 0.5],
}
MANY = {
    "twelve": [0.31, -0.12, 0.05, 0.44, 0.27, 0.19, -0.03, 0.36, 0.08, 0.22, 0.15, 0.29],
    "twelve, skewed": [0.01, 0.02, 0.02, 0.03, 0.05, 0.08, 0.09, 0.13, 0.21, 0.55, 0.89, 1.44],
}


def expanded_tail(count, confidence):
    """Hesterberg 2015, section 5.3: the share to cut off on each side."""
    t = stats.t.ppf((1 + confidence) / 2, count - 1)
    return stats.norm.cdf(-math.sqrt(count / (count - 1)) * t)


def all_resamples(values, tail):
    means = [np.mean(chosen) for chosen in itertools.product(values, repeat=len(values))]
    return [float(np.quantile(means, tail)), float(np.quantile(means, 1 - tail))]


def drawn(values, method, confidence):
    # The default of numpy's generators, with a seed so that this file can be made again.
    interval = stats.bootstrap(
        (values,), np.mean, n_resamples=1_000_000, batch=20_000, method=method,
        confidence_level=confidence, rng=np.random.default_rng(7),
    ).confidence_interval
    return [float(interval.low), float(interval.high)]


def exact_case(values):
    count = len(values)
    return {
        "values": values,
        "percentile": all_resamples(values, 0.025),
        "percentile at 0.8": all_resamples(values, 0.1),
        "expanded": all_resamples(values, expanded_tail(count, 0.95)),
    }


def drawn_case(values):
    wide = 1 - 2 * expanded_tail(len(values), 0.95)
    return {
        "values": values,
        "percentile": drawn(values, "percentile", 0.95),
        "bca": drawn(values, "BCa", 0.95),
        "expanded": drawn(values, "percentile", wide),
    }


def sign_flip(values):
    result = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    return {"values": values, "p": float(result.pvalue)}


def factorial():
    tricks, seeds = ["a", "b", "c"], [1, 2, 3, 4, 5]
    rng = np.random.default_rng(3)
    rows = []
    for seed in seeds:
        base = rng.normal(0.9, 0.01)
        for on in itertools.product([0, 1], repeat=3):
            a, b, c = on
            score = base + 0.02 * a - 0.01 * b + 0.015 * a * b + 0.004 * b * c + rng.normal(0, 0.002)
            rows.append({"seed": seed, "a": a, "b": b, "c": c, "score": round(score, 6)})
    table = pandas.DataFrame(rows)
    for trick in tricks:
        table[trick] -= 0.5
    fit = models.ols("score ~ C(seed) + a * b * c", table).fit()
    effects = {name.replace(":", " x "): fit.params[name] for name in ["a", "b", "c", "a:b", "a:c", "b:c"]}
    return {"tricks": tricks, "seeds": seeds, "runs": rows, "effects": effects}


write_golden(
    "packages/ablation/test/golden/statistics.json",
    source="scipy.stats bootstrap (1,000,000 resamples), permutation_test, norm, t; numpy.quantile over all resamples; "
    "statsmodels multipletests (holm) and ols, float64",
    packages=["numpy", "scipy", "statsmodels", "pandas"],
    tolerance={"relative": 1e-12, "absolute": 1e-13, "shareOfWidth": 0.02},
    cases={
        "exact": {name: exact_case(values) for name, values in FEW.items()},
        "drawn": {name: drawn_case(values) for name, values in MANY.items()},
        "sign flips": {name: sign_flip(values) for name, values in {**FEW, **MANY}.items()},
        "holm": [
            {"p": p, "corrected": multipletests(p, method="holm")[1]}
            for p in ([0.01, 0.04, 0.03], [0.0625, 0.0625, 1.0, 0.5], [0.9], [0.2, 0.001, 0.2, 0.004, 0.03])
        ],
        "normal": [{"x": x, "cdf": stats.norm.cdf(x)} for x in (-6.0, -3.1, -1.96, -0.2, 0.0, 0.7, 2.5, 5.0)],
        "student": [
            {"degrees": degrees, "probability": p, "quantile": stats.t.ppf(p, degrees)}
            for degrees in (1, 2, 3, 4, 5, 9, 30)
            for p in (0.75, 0.95, 0.975, 0.995)
        ],
        "factorial": factorial(),
    },
)
