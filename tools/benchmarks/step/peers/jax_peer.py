"""JAX: one jitted step that takes over the memory of all that it replaces, and optax's SGD."""

from functools import partial

import jax
import jax.numpy as jnp
import optax

from given import read_given, shuffled_batches
from jax_networks import initial_statistics, networks
from serve import Served, serve


def start() -> Served:
    given = read_given()
    network = networks[given.network]
    optimizer = optax.sgd(given.learning_rate, momentum=given.momentum or None)
    parameters, frozen = jax.tree.map(jnp.array, (given.weights, given.frozen))
    moving, state = initial_statistics(parameters), optimizer.init(parameters)

    def loss_of(parameters, frozen, moving, x, y):
        moving = dict(moving)
        logits = network(parameters | frozen, moving, x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean(), moving

    @partial(jax.jit, donate_argnums=(0, 2, 3))
    def step(parameters, frozen, moving, state, x, y):
        (loss, moving), gradients = jax.value_and_grad(loss_of, has_aux=True)(parameters, frozen, moving, x, y)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(parameters, updates), moving, state, loss

    batches = [(jnp.array(x), jnp.array(y)) for x, y in zip(given.inputs, given.targets)]
    normalize = jax.jit(lambda x: x.astype(jnp.float32) / 255 if x.dtype == jnp.uint8 else x)
    a, b = jax.random.normal(jax.random.key(0), (2, 512, 512))
    multiply = jax.jit(jnp.matmul)
    epochs = 0

    def train(indices) -> float:
        nonlocal parameters, moving, state
        for i in indices:
            parameters, moving, state, loss = step(parameters, frozen, moving, state, *batches[i])
        return float(loss)

    def epoch() -> None:
        nonlocal parameters, moving, state, epochs
        epochs += 1
        total = jnp.zeros(())
        for indices in shuffled_batches(given, epochs):
            x, y = normalize(given.images[indices]), jnp.array(given.labels[indices])
            parameters, moving, state, loss = step(parameters, frozen, moving, state, x, y)
            total += loss
        float(total)

    return Served(
        versions={"jax": jax.__version__, "optax": optax.__version__},
        train=train,
        epoch=epoch,
        product=lambda: multiply(a, b).block_until_ready(),
    )


serve(start)
