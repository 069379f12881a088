"""Gradient centralization, adaptive gradient clipping and gradient noise of other libraries, in float64.

The libraries keep PyTorch's layout, units first; Cantrip keeps TensorFlow's, units last. `there` and `here` convert.
"""

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import optax
import torch
from composer.algorithms.gradient_clipping.gradient_clipping import _apply_agc
from pytorch_optimizer.optimizer.gradient_centralization import centralize_gradient
from timm.utils.agc import adaptive_clip_grad

from golden import write_golden

generator = np.random.default_rng(15)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)

# By kind: the axes of Cantrip's weight in the order of PyTorch's, and how many of them PyTorch has as one.
ORDER = {
    "dense_1/kernel": (1, 0),
    "conv2d_1/kernel": (3, 2, 0, 1),
    "conv1d_1/kernel": (2, 1, 0),
    "embedding_1/embeddings": (0, 1),
    "dense_1/bias": (0,),
    "dense_2/bias": (0,),
    "dense_2/kernel": (1, 0),
}
SHAPES = {
    "dense_1/kernel": (3, 4),
    "conv2d_1/kernel": (2, 3, 2, 3),
    "conv1d_1/kernel": (3, 2, 2),
    "embedding_1/embeddings": (4, 3),
    "dense_1/bias": (4,),
    "dense_2/bias": (2,),
    "dense_2/kernel": (4, 2),
}
DEPTHWISE = "depthwise_conv2d_1/depthwise_kernel"  # [h, w, c, m] here, [c * m, 1, h, w] there


def there(name, values):
    if name == DEPTHWISE:
        h, w, c, m = values.shape
        return torch.tensor(values.transpose(2, 3, 0, 1).reshape(c * m, 1, h, w).copy())
    return torch.tensor(values.transpose(ORDER[name]).copy())


def here(name, tensor, shape):
    values = tensor.detach().numpy()
    if name == DEPTHWISE:
        h, w, c, m = shape
        return values.reshape(c, m, h, w).transpose(2, 3, 0, 1)
    return values.transpose(np.argsort(ORDER[name]))


weights = {name: draw(*shape) for name, shape in SHAPES.items()} | {DEPTHWISE: draw(2, 2, 3, 2)}
weights["dense_2/bias"] = np.zeros(2)  # moves only because of epsilon
gradients = {name: np.round(draw(*value.shape) * 0.3, 3) for name, value in weights.items()}
gradients["dense_1/kernel"][:, 0] = 0  # a unit without a gradient
gradients["dense_1/kernel"][:, 1] *= 0.01  # and one that is not clipped
gradients["embedding_1/embeddings"][2] = 0


def centralized(only_convolutions):
    found = {}
    for name, values in gradients.items():
        tensor = there(name, values)
        centralize_gradient(tensor, gc_conv_only=only_convolutions)
        found[name] = here(name, tensor, values.shape)
    return found


def clipped(clip, only=None):
    found = {}
    for name, values in gradients.items():
        if only and name not in only:
            continue
        parameter = torch.nn.Parameter(there(name, weights[name]))
        parameter.grad = there(name, values)
        clip(parameter)
        found[name] = here(name, parameter.grad, values.shape)
    return found


UPDATES, BATCH = 6, 4
start = [draw(2, 3), draw(3), draw(3, 1), draw(1)]
inputs, targets = draw(UPDATES * BATCH, 2), draw(UPDATES * BATCH, 1)
x, y = torch.tensor(inputs), torch.tensor(targets)


def trained(change, batches_per_step=1, weight_decay=0.0):
    """`change` is called once before each update, as timm's and Composer's trainers do."""
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), start):
            value = torch.tensor(value)
            parameter.copy_(value.T if value.ndim == 2 else value)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9, weight_decay=weight_decay)
    for step in range(UPDATES // batches_per_step):
        optimizer.zero_grad()
        for batch in range(batches_per_step):
            at = (step * batches_per_step + batch) * BATCH
            loss = torch.nn.functional.mse_loss(net(x[at : at + BATCH]), y[at : at + BATCH])
            (loss / batches_per_step).backward()
        change(list(net.parameters()))
        optimizer.step()
    return [p.detach().T if p.ndim == 2 else p.detach() for p in net.parameters()]


def centralize_all(parameters):
    for parameter in parameters:
        centralize_gradient(parameter.grad)


def deviations(eta, gamma):
    """optax draws noise of deviation 1; with ones in its place, the update is the deviation."""
    normal, jax.random.normal = jax.random.normal, lambda key, shape=(), dtype=float, **_: jnp.ones(shape, dtype)
    try:
        noise = optax.add_noise(eta, gamma, 0)
        state, found = noise.init(jnp.zeros(1)), []
        for _ in range(60):
            update, state = noise.update(jnp.zeros(1), state)
            found.append(float(update[0]))
    finally:
        jax.random.normal = normal
    return {"eta": eta, "gamma": gamma, "deviations": found}


agc = lambda factor, eps=1e-3: lambda p: adaptive_clip_grad(p, clip_factor=factor, eps=eps)

write_golden(
    "packages/gradient-tools/test/golden.json",
    source="pytorch_optimizer centralize_gradient, timm adaptive_clip_grad, Composer _apply_agc, optax add_noise; float64",
    packages=["pytorch_optimizer", "timm", "mosaicml", "optax", "jax", "torch", "numpy"],
    tolerance={"relative": 5e-6, "absolute": 1e-7},
    cases={
        "data": {
            "weights": weights,
            "gradients": gradients,
            "start": start,
            "inputs": inputs,
            "targets": targets,
            "batch": BATCH,
        },
        "centralized": centralized(False),
        "centralized convolutions": centralized(True),
        "timm": clipped(agc(0.1)),
        "timm, large epsilon": clipped(agc(0.3, 2.0)),
        # Composer has no epsilon, so a weight of 0 never moves there.
        "composer": clipped(lambda p: _apply_agc([p], 0.1), only=[n for n in weights if n != "dense_2/bias"]),
        "trained, centralized": trained(centralize_all),
        "trained, clipped": trained(agc(0.1)),
        "trained, clipped, weight decay": trained(agc(0.1), weight_decay=0.1),
        "trained, clipped, two batches a step": trained(agc(0.1), batches_per_step=2),
        "trained, clipped but for the last layer": trained(lambda all: agc(0.1)(all[:2])),
        "noise": [deviations(0.3, 0.55), deviations(0.01, 0.55), deviations(1.0, 0.0), deviations(1.0, 1.5)],
    },
)
