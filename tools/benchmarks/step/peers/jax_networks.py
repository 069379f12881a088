"""The networks of models.ts as pure functions of parameters: layer to weight to array, in TensorFlow's layouts."""

import jax
import jax.numpy as jnp
from jax import lax

LAYOUT = ("NHWC", "HWIO", "NHWC")


def conv(x, kernel, stride=1, padding="SAME", groups=1):
    return lax.conv_general_dilated(
        x, kernel, (stride, stride), padding, dimension_numbers=LAYOUT, feature_group_count=groups
    )


def batch_norm(x, gamma, beta):
    """In training; the moving statistics are returned to nobody, which spares JAX their update."""
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    return (x - mean) * (lax.rsqrt(variance + 1e-5) * gamma) + beta


def conv_bn(p, name, x, stride=1):
    return batch_norm(conv(x, p[f"{name}_conv"]["kernel"], stride), **p[f"{name}_bn"])


def depthwise_bn(p, name, x, stride):
    kernel = p[f"{name}_conv"]["depthwise_kernel"]
    height, width, channels, _ = kernel.shape
    y = conv(x, kernel.reshape(height, width, 1, channels), stride, groups=channels)
    return batch_norm(y, **p[f"{name}_bn"])


def dense(p, name, x):
    return x @ p[name]["kernel"] + p[name]["bias"]


def resnet20(p, x):
    x = jax.nn.relu(conv_bn(p, "stem", x))
    for stage in range(3):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = jax.nn.relu(conv_bn(p, f"{name}_inner", x, stride))
            y = conv_bn(p, f"{name}_outer", y)
            x = jax.nn.relu(y + (x if stride == 1 else conv_bn(p, f"{name}_shortcut", x, stride)))
    return dense(p, "logits", x.mean((1, 2)))


def small_cnn(p, x):
    for name in ("conv0", "conv1"):
        x = jax.nn.relu(conv(x, p[name]["kernel"], padding="VALID") + p[name]["bias"])
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return dense(p, "logits", x.reshape(len(x), -1))


def mlp(p, x):
    return dense(p, "logits", jax.nn.relu(dense(p, "hidden", x)))


def mobilenet(p, x):
    x = jax.nn.relu(conv_bn(p, "stem", x))
    for i, stride in enumerate((1, 2, 1, 2, 1)):
        x = jax.nn.relu(depthwise_bn(p, f"block{i}_depthwise", x, stride))
        x = jax.nn.relu(conv_bn(p, f"block{i}_pointwise", x))
    return dense(p, "logits", x.mean((1, 2)))


networks = {"resnet20": resnet20, "small_cnn": small_cnn, "mlp": mlp, "mobilenet": mobilenet}
