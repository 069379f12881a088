"""Batches of examples of different lengths, by tf.data; the best bucket lengths, by trying all of them."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from itertools import combinations

import numpy as np
import tensorflow as tf

from golden import write_golden

rng = np.random.default_rng(11)


def bucketed(lengths, buckets, batch_sizes, drop_remainder=False):
    """Example i has the tokens 100 * i + 1, 100 * i + 2, …; a bucket holds lengths up to and with its own."""
    examples = [[100 * i + at + 1 for at in range(length)] for i, length in enumerate(lengths)]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(examples), output_signature=tf.TensorSpec([None], tf.int32)
    ).bucket_by_sequence_length(
        element_length_func=lambda tokens: tf.shape(tokens)[0],
        bucket_boundaries=[bucket + 1 for bucket in buckets],
        bucket_batch_sizes=[*batch_sizes, 1],
        pad_to_bucket_boundary=True,
        padding_values=-1,
        drop_remainder=drop_remainder,
    )
    return {
        "lengths": lengths,
        "buckets": buckets,
        "batchSize": batch_sizes,
        "dropLast": drop_remainder,
        "batches": [batch.tolist() for batch in dataset.as_numpy_iterator()],
    }


def padded_images(shapes, size):
    """Image i of [height, width, 2] holds 1, 2, … in row-major order, plus 50 * i."""
    images = [np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape) + 50 * i for i, shape in enumerate(shapes)]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(images), output_signature=tf.TensorSpec([None, None, 2], tf.float32)
    ).padded_batch(len(images), padded_shapes=[*size, 2], padding_values=-1.0)
    return {"shapes": shapes, "size": size, "batch": next(dataset.as_numpy_iterator())}


def best_lengths(lengths, count, multiple_of=1):
    """Of all choices with the longest in them, the one that pads least; its padding in numbers, for choices may tie."""
    rounded = [-(-length // multiple_of) * multiple_of for length in lengths]
    *others, longest = sorted(set(rounded))

    def padding(buckets):
        return sum(min(bucket for bucket in buckets if bucket >= length) for length in rounded) - sum(lengths)

    choices = [(*rest, longest) for size in range(min(count, len(others) + 1)) for rest in combinations(others, size)]
    return {
        "lengths": lengths,
        "count": count,
        "multipleOf": multiple_of,
        "padding": min(map(padding, choices)),
    }


def quantiles(lengths, count):
    shares = np.arange(1, count + 1) / count
    found = np.quantile(lengths, shares, method="inverted_cdf")
    return {"lengths": lengths, "count": count, "buckets": sorted({int(length) for length in found})}


def skewed(size, most):
    return np.minimum(rng.geometric(0.08, size), most).tolist()


write_golden(
    "packages/data/test/golden/bucketing.json",
    source="tf.data.Dataset.bucket_by_sequence_length and padded_batch; itertools.combinations; numpy.quantile",
    packages=["tensorflow-cpu", "numpy"],
    tolerance={"relative": 0},
    cases={
        "batches": [
            bucketed([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9], [3, 6, 9], [2, 2, 2]),
            bucketed([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9], [3, 6, 9], [2, 2, 2], drop_remainder=True),
            bucketed(skewed(60, 40), [5, 10, 20, 40], [8, 4, 2, 1]),
            bucketed([2, 2, 2, 7], [2, 4, 8], [3, 5, 2]),
        ],
        "images": padded_images([[2, 3, 2], [4, 1, 2], [1, 5, 2]], [4, 5]),
        "least padding": [
            *(best_lengths(skewed(80, 30), count) for count in (1, 2, 3, 4)),
            best_lengths(skewed(80, 60), 3, multiple_of=8),
            best_lengths([5, 5, 9], 7),
            best_lengths(rng.integers(1, 200, 24).tolist(), 5),
        ],
        "quantiles": [quantiles(skewed(101, 50), count) for count in (1, 2, 4, 7)],
    },
)
