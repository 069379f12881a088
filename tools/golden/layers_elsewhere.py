"""What Keras 3 lacks, or defines otherwise than TensorFlow.js, by TensorFlow's ops."""

import keras
import tensorflow as tf


def hard_sigmoid(x):
    """Keras 3 has relu6(x + 3) / 6."""
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


def gelu_new(x):
    return tf.nn.gelu(x, approximate=True)


def thresholded_relu(options):
    theta = options.get("theta", 1.0)
    return keras.layers.Lambda(lambda x: tf.where(x > theta, x, tf.zeros_like(x)))


def resizing(options):
    """The corners of both images meet; Keras puts the centres of the pixels in place."""
    size = (options["height"], options["width"])
    if options.get("interpolation") == "nearest":
        return keras.layers.Lambda(lambda x: tf.compat.v1.image.resize_nearest_neighbor(x, size, align_corners=True))
    return keras.layers.Lambda(lambda x: bilinear(x, size, align_corners=True))


def up_sampling(options):
    if options.get("interpolation") != "bilinear":
        given = {"size": tuple(options["size"])}
        if options.get("dataFormat") == "channelsFirst":
            given["data_format"] = "channels_first"
        return keras.layers.UpSampling2D(**given)
    rows, columns = options["size"]
    return keras.layers.Lambda(
        lambda x: bilinear(x, (x.shape[1] * rows, x.shape[2] * columns), align_corners=False)
    )


def bilinear(x, size, align_corners):
    """TensorFlow's op gives float32; its gradient is in the precision of the input."""
    return tf.cast(tf.compat.v1.image.resize_bilinear(x, size, align_corners=align_corners), x.dtype)


def center_crop(options):
    height, width = options["height"], options["width"]

    def crop(x):
        top, columns = (x.shape[1] - height) // 2, x.shape[2] - width
        left = 1 if columns == 1 else columns // 2
        return tf.image.crop_to_bounding_box(x, top, left, height, width)

    return keras.layers.Lambda(crop)


ELSEWHERE = {
    "centerCrop": center_crop,
    "thresholdedReLU": thresholded_relu,
    "resizing": resizing,
    "upSampling2d": up_sampling,
}
