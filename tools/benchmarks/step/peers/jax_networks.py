"""The networks of models.ts as functions of parameters: layer to weight to array, in TensorFlow's layouts.

Each also takes batch norm's moving statistics, layer to mean and variance, and puts new arrays in their place: a
jitted step gives it a dictionary of its own and returns that.
"""

import jax
import jax.numpy as jnp
from jax import lax

LAYOUT = ("NHWC", "HWIO", "NHWC")


def conv(x, kernel, stride=1, padding="SAME", groups=1):
    return lax.conv_general_dilated(
        x, kernel, (stride, stride), padding, dimension_numbers=LAYOUT, feature_group_count=groups
    )


def batch_norm(p, moving, name, x):
    """In training: normalised by the batch's own statistics, which move the moving ones by a tenth.

    A frozen one has its moving statistics among its parameters, and normalises by these.
    """
    if "moving_mean" in p[name]:
        scale = lax.rsqrt(p[name]["moving_variance"] + 1e-5) * p[name]["gamma"]
        return (x - p[name]["moving_mean"]) * scale + p[name]["beta"]
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    of_batch = lax.stop_gradient({"mean": mean, "variance": variance})
    moving[name] = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, moving[name], of_batch)
    return (x - mean) * (lax.rsqrt(variance + 1e-5) * p[name]["gamma"]) + p[name]["beta"]


def conv_bn(p, moving, name, x, stride=1):
    return batch_norm(p, moving, f"{name}_bn", conv(x, p[f"{name}_conv"]["kernel"], stride))


def depthwise_bn(p, moving, name, x, stride):
    kernel = p[f"{name}_conv"]["depthwise_kernel"]
    height, width, channels, _ = kernel.shape
    y = conv(x, kernel.reshape(height, width, 1, channels), stride, groups=channels)
    return batch_norm(p, moving, f"{name}_bn", y)


def dense(p, name, x):
    return x @ p[name]["kernel"] + p[name]["bias"]


def resnet20(p, moving, x):
    x = jax.nn.relu(conv_bn(p, moving, "stem", x))
    for stage in range(3):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = jax.nn.relu(conv_bn(p, moving, f"{name}_inner", x, stride))
            y = conv_bn(p, moving, f"{name}_outer", y)
            x = jax.nn.relu(y + (x if stride == 1 else conv_bn(p, moving, f"{name}_shortcut", x, stride)))
    return dense(p, "logits", x.mean((1, 2)))


def small_cnn(p, moving, x):
    for name in ("conv0", "conv1"):
        x = jax.nn.relu(conv(x, p[name]["kernel"], padding="VALID") + p[name]["bias"])
        x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return dense(p, "logits", x.reshape(len(x), -1))


def mlp(p, moving, x):
    return dense(p, "logits", jax.nn.relu(dense(p, "hidden", x)))


def mobilenet(p, moving, x):
    x = jax.nn.relu(conv_bn(p, moving, "stem", x))
    for i, stride in enumerate((1, 2, 1, 2, 1)):
        x = jax.nn.relu(depthwise_bn(p, moving, f"block{i}_depthwise", x, stride))
        x = jax.nn.relu(conv_bn(p, moving, f"block{i}_pointwise", x))
    return dense(p, "logits", x.mean((1, 2)))


def resnet50(p, moving, x):
    x = jax.nn.relu(conv_bn(p, moving, "stem", x, 2))
    x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME")
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = jax.nn.relu(conv_bn(p, moving, f"{name}_reduce", x))
            y = jax.nn.relu(conv_bn(p, moving, f"{name}_inner", y, stride))
            y = conv_bn(p, moving, f"{name}_expand", y)
            x = jax.nn.relu(y + (conv_bn(p, moving, f"{name}_shortcut", x, stride) if block == 0 else x))
    return dense(p, "logits", x.mean((1, 2)))


# Repeats, stride and expansion of each stage.
LITE0 = ((1, 1, 1), (2, 2, 6), (2, 2, 6), (3, 2, 6), (3, 1, 6), (4, 2, 6), (1, 1, 6))


def efficientnet_lite0(p, moving, x):
    x = jax.nn.relu6(conv_bn(p, moving, "stem", x, 2))
    for stage, (repeats, first, expansion) in enumerate(LITE0):
        for block in range(repeats):
            stride = first if block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = x if expansion == 1 else jax.nn.relu6(conv_bn(p, moving, f"{name}_expand", x))
            y = jax.nn.relu6(depthwise_bn(p, moving, f"{name}_depthwise", y, stride))
            y = conv_bn(p, moving, f"{name}_project", y)
            x = x + y if x.shape == y.shape else y
    x = jax.nn.relu6(conv_bn(p, moving, "head", x))
    return dense(p, "logits", x.mean((1, 2)))


def lstm(p, moving, x):
    weights = p["lstm"]
    of_inputs = jnp.swapaxes(x @ weights["kernel"] + weights["bias"], 0, 1)

    def step(state, of_input):
        h, c = state
        i, f, g, o = jnp.split(of_input + h @ weights["recurrent_kernel"], 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    zeros = jnp.zeros((len(x), 64))
    (h, _), _ = lax.scan(step, (zeros, zeros), of_inputs)
    return dense(p, "logits", h)


def text_cnn(p, moving, x):
    words = p["words"]["embeddings"][x]
    y = lax.conv_general_dilated(
        words, p["conv"]["kernel"], (1,), "VALID", dimension_numbers=("NWC", "WIO", "NWC")
    )
    return dense(p, "logits", jax.nn.relu(y + p["conv"]["bias"]).max(1))


def bag_of_words(p, moving, x):
    return dense(p, "logits", p["words"]["embeddings"][x].mean(1))


def gru_language_model(p, moving, x):
    weights = p["gru"]
    units = weights["recurrent_kernel"].shape[0]
    of_gates, of_candidate = jnp.split(weights["recurrent_kernel"], [2 * units], axis=1)
    of_inputs = jnp.swapaxes(p["words"]["embeddings"][x] @ weights["kernel"] + weights["bias"], 0, 1)

    def step(h, of_input):
        gates, candidate = jnp.split(of_input, [2 * units], axis=1)
        z, r = jnp.split(jax.nn.sigmoid(gates + h @ of_gates), 2, axis=1)
        h = z * h + (1 - z) * jnp.tanh(candidate + (r * h) @ of_candidate)
        return h, h

    _, states = lax.scan(step, jnp.zeros((len(x), units)), of_inputs)
    return dense(p, "logits", jnp.swapaxes(states, 0, 1))


def layer_norm(p, name, x):
    centred = x - x.mean(-1, keepdims=True)
    scale = lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return centred * scale * p[name]["gamma"] + p[name]["beta"]


def decoder(p, moving, x):
    x = p["words"]["embeddings"][x] + p["places"]["embeddings"]
    for name in ("layer0", "layer1"):
        joint = dense(p, f"{name}_qkv", layer_norm(p, f"{name}_norm0", x))
        parts = (part.reshape(*part.shape[:2], 4, -1) for part in jnp.split(joint, 3, axis=-1))
        mixed = jax.nn.dot_product_attention(*parts, is_causal=True).reshape(x.shape)
        x = x + dense(p, f"{name}_project", mixed)
        wide = dense(p, f"{name}_widen", layer_norm(p, f"{name}_norm1", x))
        x = x + dense(p, f"{name}_narrow", jax.nn.gelu(wide, approximate=False))
    return dense(p, "logits", layer_norm(p, "norm", x))


networks = {
    "resnet20": resnet20,
    "small_cnn": small_cnn,
    "mlp": mlp,
    "mobilenet": mobilenet,
    "resnet50": resnet50,
    "efficientnet_lite0": efficientnet_lite0,
    "lstm": lstm,
    "text_cnn": text_cnn,
    "bag_of_words": bag_of_words,
    "gru_language_model": gru_language_model,
    "decoder": decoder,
}


def initial_statistics(parameters):
    """Zeros and ones, for every layer that has a gamma."""
    return {
        name: {"mean": jnp.zeros_like(weights["gamma"]), "variance": jnp.ones_like(weights["gamma"])}
        for name, weights in parameters.items()
        if "gamma" in weights
    }
