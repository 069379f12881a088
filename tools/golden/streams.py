"""The random streams of ops (Philox 4x32-10), drawn by TensorFlow's stateless ops."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import tensorflow as tf

OPS = tf.raw_ops
PHILOX = tf.constant(1)


def draw(op, key, block, step, count, dtype=tf.float32):
    """`count` numbers of the stream with this key, from a block of four on."""
    counter = tf.constant([block, step], tf.uint64)
    return op(shape=[count], key=tf.constant([key], tf.uint64), counter=counter, alg=PHILOX, dtype=dtype).numpy()


def fnv1a64(text):
    """64-bit FNV-1a, as draft-eastlake-fnv defines it."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def derive(seed, name, purpose=0):
    """The key of a stream (purpose 0), a seed of a name (purpose 1)."""
    return int(draw(OPS.StatelessRandomUniformFullIntV2, seed, fnv1a64(name), purpose, 1, tf.uint64)[0])
