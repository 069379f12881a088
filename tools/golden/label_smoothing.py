"""Label smoothing and cross-entropy of PyTorch, timm, transformers, optax and Keras, for packages/label-smoothing.

A case holds our options beside the peer's numbers. Everything is in float64 where the peer can, so that what is left is
the rounding of our float32.
"""

import os

# TensorFlow and JAX bring a copy of LLVM each, and one process can hold only one.
os.environ["KERAS_BACKEND"] = "torch"

import jax

jax.config.update("jax_enable_x64", True)

import keras
import optax
import torch
import torch.nn.functional as F
from timm.data.mixup import mixup_target
from timm.loss import BinaryCrossEntropy, LabelSmoothingCrossEntropy
from transformers.trainer_pt_utils import LabelSmoother

from golden import write_golden

torch.manual_seed(0)
keras.backend.set_floatx("float64")


def logits_of(*shape, scale=3):
    return torch.randn(*shape, dtype=torch.float64) * scale


def indices_of(classes, *shape):
    return torch.randint(classes, shape)


def soft_of(*shape):
    return torch.softmax(torch.randn(*shape, dtype=torch.float64), dim=-1)


def yes_or_no(*shape):
    return (torch.rand(*shape) > 0.5).double()


def case(peer, loss_of, logits, targets, mask=None, again=False, **options):
    """The loss and its gradients: `loss_of(logits, targets)`; targets have one where they are no indices.

    With `again` also the gradient of the gradient's squared length, as a gradient penalty has it.
    """
    logits = logits.clone().requires_grad_()
    targets = targets.clone().requires_grad_(targets.is_floating_point())
    loss = loss_of(logits, targets)
    weights = torch.arange(1, loss.numel() + 1, dtype=torch.float64).reshape(loss.shape)
    (loss * weights).sum().backward()
    if again:
        (first,) = torch.autograd.grad((loss_of(logits, targets) * weights).sum(), logits, create_graph=True)
        (second,) = torch.autograd.grad(first.square().sum(), logits)
    return {
        "peer": peer,
        "options": options,
        **({} if mask is None else {"mask": mask}),
        "logits": logits,
        "targets": targets,
        "loss": loss,
        "gradient": logits.grad,
        **({"secondGradient": second} if again else {}),
        **({} if targets.grad is None else {"targetGradient": targets.grad}),
    }


def torch_case(logits, targets, again=False, **options):
    """torch wants the class axis second, and so do the targets that have one."""
    names = {"smoothing": "label_smoothing", "classWeights": "weight", "ignoreIndex": "ignore_index"}
    given = {names.get(name, name): value for name, value in options.items()}
    if "weight" in given:
        given["weight"] = torch.tensor(given["weight"], dtype=torch.float64)
    second = 1 if logits.dim() > 1 else 0

    def loss_of(x, t):
        return F.cross_entropy(
            x.movedim(-1, second), t.movedim(-1, second) if t.is_floating_point() else t, **given
        )

    peer = f"torch F.cross_entropy({arguments(options, names)})"
    return case(peer, loss_of, logits, targets, again=again, **options)


def arguments(options, names):
    return ", ".join(f"{names.get(name, name)}={value}" for name, value in options.items())


def second_axis(logits, targets, **options):
    return case("torch F.cross_entropy, class axis 1", F.cross_entropy, logits, targets, axis=1, **options)


def masked_mean(logits, targets, mask, **options):
    def loss_of(x, t):
        rows = F.cross_entropy(x.movedim(-1, 1), t, reduction="none")  # soft targets have 2 axes here
        return (rows * mask).sum() / mask.sum()

    return case("torch F.cross_entropy, weighted mean of rows", loss_of, logits, targets, mask=mask, **options)


def per_class(logits, targets, smoothing):
    """Each row with the smoothing of its class: one call of F.cross_entropy a row."""

    def loss_of(x, t):
        return torch.stack(
            [F.cross_entropy(x[n], t[n], label_smoothing=smoothing[t[n]]) for n in range(len(x))]
        ).mean()

    return case("torch F.cross_entropy(label_smoothing) row by row", loss_of, logits, targets, smoothing=smoothing)


def per_class_soft(logits, targets, smoothing):
    """A soft target is a mixture of classes: each class's smoothed loss in its share."""

    def loss_of(x, t):
        rows = []
        for n in range(len(x)):
            of_class = [
                F.cross_entropy(x[n], torch.tensor(k), label_smoothing=s) for k, s in enumerate(smoothing)
            ]
            rows.append((torch.stack(of_class) * t[n]).sum())
        return torch.stack(rows).mean()

    return case("torch F.cross_entropy(label_smoothing) mixed", loss_of, logits, targets, smoothing=smoothing)


def prior_case(logits, targets, smoothing, prior):
    """Smoothing towards a distribution is a cross-entropy with that distribution as its soft target."""
    u = torch.tensor(prior, dtype=torch.float64)

    def loss_of(x, t):
        return (1 - smoothing) * F.cross_entropy(x, t) + smoothing * F.cross_entropy(x, u.expand_as(x))

    options = {"smoothing": smoothing, "prior": prior}
    return case("torch F.cross_entropy with two targets", loss_of, logits, targets, **options)


def penalty_case(logits, targets, activation, penalty, threshold=None):
    """Confidence penalty with the entropies of torch.distributions."""

    def loss_of(x, t):
        if activation == "softmax":
            loss, entropy = F.cross_entropy(x, t), torch.distributions.Categorical(logits=x).entropy()
        else:
            loss = F.binary_cross_entropy_with_logits(x, t)
            entropy = torch.distributions.Bernoulli(logits=x).entropy()
        missing = -entropy if threshold is None else torch.relu(threshold - entropy)
        return loss + penalty * missing.mean()

    options = {"activation": activation, "confidencePenalty": penalty}
    if threshold is not None:
        options["entropyThreshold"] = threshold
    return case("torch loss and distributions' entropy()", loss_of, logits, targets, **options)


def binary_case(logits, targets, **options):
    names = {"classWeights": "weight", "positiveWeights": "pos_weight"}
    given = {
        names.get(name, name): value if name == "reduction" else torch.tensor(value, dtype=torch.float64)
        for name, value in options.items()
    }
    return case(
        f"torch F.binary_cross_entropy_with_logits({arguments(options, names)})",
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, **given),
        logits,
        targets,
        activation="sigmoid",
        **options,
    )


def partly_labelled(logits, targets):
    """Elements of -1 are left out."""

    def loss_of(x, t):
        known = t.detach() >= 0
        return F.binary_cross_entropy_with_logits(x[known], t[known])

    return case(
        "torch F.binary_cross_entropy_with_logits of the known elements",
        loss_of,
        logits,
        targets,
        activation="sigmoid",
        ignoreIndex=-1,
    )


def timm_binary(logits, targets, options, **given):
    return case(
        f"timm BinaryCrossEntropy({arguments(given, {})})",
        lambda x, t: BinaryCrossEntropy(**tensors(given))(x, t),
        logits,
        targets,
        activation="sigmoid",
        **options,
    )


def tensors(given):
    return {
        name: torch.tensor(value, dtype=torch.float64) if isinstance(value, list) else value
        for name, value in given.items()
    }


def timm_case(logits, targets, smoothing):
    return case(
        f"timm LabelSmoothingCrossEntropy(smoothing={smoothing})",
        LabelSmoothingCrossEntropy(smoothing=smoothing),
        logits,
        targets,
        smoothing=smoothing,
    )


def transformers_case(logits, targets, smoothing, items=None):
    def loss_of(x, t):
        return LabelSmoother(epsilon=smoothing)({"logits": x}, t, num_items_in_batch=items)

    options = {"smoothing": smoothing, "ignoreIndex": -100, **({} if items is None else {"divisor": items})}
    peer = f"transformers LabelSmoother(epsilon={smoothing}), num_items_in_batch={items}"
    return case(peer, loss_of, logits, targets, **options)


def value_case(peer, loss, logits, targets, **options):
    """A peer in another framework: its loss alone."""
    return {"peer": peer, "options": options, "logits": logits, "targets": targets, "loss": loss}


def optax_case(logits, targets, smoothing):
    x, t = logits.numpy(), targets.numpy()
    loss = optax.softmax_cross_entropy(x, optax.smooth_labels(t, smoothing)).mean()
    peer = f"optax softmax_cross_entropy of smooth_labels(alpha={smoothing})"
    return value_case(peer, float(loss), logits, targets, smoothing=smoothing)


def optax_where(logits, targets, where):
    rows = optax.softmax_cross_entropy_with_integer_labels(logits.numpy(), targets.numpy())
    peer = "optax softmax_cross_entropy_with_integer_labels, mean(where)"
    return {
        **value_case(peer, float(rows.mean(where=where.numpy())), logits, targets),
        "mask": where,
    }


def keras_categorical(logits, targets, smoothing):
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing, dtype="float64")
    peer = f"keras CategoricalCrossentropy(label_smoothing={smoothing})"
    return value_case(peer, float(loss(targets.numpy(), logits.numpy())), logits, targets, smoothing=smoothing)


def keras_binary(logits, targets, smoothing):
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=smoothing, dtype="float64")
    peer = f"keras BinaryCrossentropy(label_smoothing={smoothing})"
    value = float(loss(targets.numpy(), logits.numpy()))
    return value_case(peer, value, logits, targets, activation="sigmoid", smoothing=smoothing)


def keras_sparse(logits, targets, ignore):
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=ignore, reduction="none", dtype="float64"
    )
    rows = loss(targets.numpy(), logits.numpy())
    peer = f"keras SparseCategoricalCrossentropy(ignore_class={ignore}, reduction=none)"
    options = {"ignoreIndex": ignore, "reduction": "none"}
    return value_case(peer, torch.tensor(rows.numpy()), logits, targets, **options)


def with_gaps(targets, value=-100):
    targets = targets.clone()
    targets.view(-1)[::3] = value
    return targets


# Logits of +-1e4 that agree with some of the targets and contradict others.
HUGE = torch.tensor(
    [[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [1e4, 1e4, 1e4], [0.0, -1e4, 9999.0]], dtype=torch.float64
)
WEIGHTS = [0.5, 2.0, 0.0, 1.25, 3.0]
SHARES = [0.0, 0.1, 0.2, 0.4, 0.05]
PRIOR = [0.1, 0.2, 0.4, 0.25, 0.05]

TIMM_INDICES = {"smoothing": 0.1, "prior": 0.2}

cases = {
    "class indices, 2 axes": torch_case(logits_of(4, 5), indices_of(5, 4), smoothing=0.1),
    "class indices, 1 axis": torch_case(logits_of(5), indices_of(5), smoothing=0.1),
    "class indices, 3 axes": torch_case(logits_of(2, 3, 4), indices_of(4, 2, 3), smoothing=0.2),
    "class indices, 4 axes": torch_case(logits_of(2, 2, 3, 5), indices_of(5, 2, 2, 3), smoothing=0.1),
    "class indices, 5 axes": torch_case(logits_of(2, 1, 2, 3, 3), indices_of(3, 2, 1, 2, 3), smoothing=0.1),
    "class axis second": second_axis(logits_of(2, 4, 3), indices_of(4, 2, 3)),
    "class axis second, soft targets": second_axis(logits_of(2, 4, 3), soft_of(2, 3, 4).movedim(-1, 1)),
    "soft targets, 1 axis": torch_case(logits_of(5), soft_of(5), smoothing=0.1),
    "soft targets, 2 axes": torch_case(logits_of(4, 5), soft_of(4, 5), smoothing=0.1),
    "soft targets, 3 axes": torch_case(logits_of(2, 3, 4), soft_of(2, 3, 4), smoothing=0.3),
    "soft targets, 4 axes": torch_case(logits_of(2, 2, 3, 5), soft_of(2, 2, 3, 5), smoothing=0.05),
    "two classes, much smoothing": torch_case(logits_of(3, 2), indices_of(2, 3), smoothing=0.9),
    "no smoothing": torch_case(logits_of(3, 4), indices_of(4, 3)),
    "no smoothing, soft targets": torch_case(logits_of(3, 4), soft_of(3, 4)),
    "sum": torch_case(logits_of(4, 5), indices_of(5, 4), smoothing=0.1, reduction="sum"),
    "sum of soft targets": torch_case(logits_of(4, 5), soft_of(4, 5), smoothing=0.1, reduction="sum"),
    "no reduction": torch_case(logits_of(2, 3, 5), indices_of(5, 2, 3), smoothing=0.1, reduction="none"),
    "no reduction, soft targets": torch_case(logits_of(4, 5), soft_of(4, 5), smoothing=0.1, reduction="none"),
    "class weights": torch_case(logits_of(6, 5), indices_of(5, 6), classWeights=WEIGHTS),
    "class weights and smoothing": torch_case(
        logits_of(2, 3, 5), indices_of(5, 2, 3), classWeights=WEIGHTS, smoothing=0.1
    ),
    "class weights, sum": torch_case(
        logits_of(6, 5), indices_of(5, 6), classWeights=WEIGHTS, smoothing=0.1, reduction="sum"
    ),
    "class weights, no reduction": torch_case(
        logits_of(6, 5), indices_of(5, 6), classWeights=WEIGHTS, smoothing=0.1, reduction="none"
    ),
    "class weights, soft targets": torch_case(
        logits_of(6, 5), soft_of(6, 5), classWeights=WEIGHTS, smoothing=0.1
    ),
    "ignored index": torch_case(logits_of(7, 5), with_gaps(indices_of(5, 7)), ignoreIndex=-100, smoothing=0.1),
    "ignored index that is a class": torch_case(
        logits_of(7, 5), with_gaps(indices_of(5, 7), 0), ignoreIndex=0, smoothing=0.1
    ),
    "ignored index, class weights": torch_case(
        logits_of(2, 4, 5),
        with_gaps(indices_of(5, 2, 4)),
        ignoreIndex=-100,
        classWeights=WEIGHTS,
        smoothing=0.1,
    ),
    "ignored index, no reduction": torch_case(
        logits_of(7, 5), with_gaps(indices_of(5, 7)), ignoreIndex=-100, smoothing=0.1, reduction="none"
    ),
    "mask of factors": masked_mean(logits_of(2, 3, 4), indices_of(4, 2, 3), torch.rand(2, 3).double()),
    "mask of factors, soft targets": masked_mean(logits_of(3, 4), soft_of(3, 4), torch.rand(3).double()),
    "smoothing by class": per_class(logits_of(7, 5), indices_of(5, 7), SHARES),
    "smoothing by class, soft targets": per_class_soft(logits_of(4, 5), soft_of(4, 5), SHARES),
    "smoothing towards a prior": prior_case(logits_of(7, 5), indices_of(5, 7), 0.2, PRIOR),
    "smoothing towards a prior, soft targets": prior_case(logits_of(4, 5), soft_of(4, 5), 0.2, PRIOR),
    "confidence penalty": penalty_case(logits_of(4, 5), indices_of(5, 4), "softmax", 0.1),
    "confidence penalty, threshold": penalty_case(logits_of(6, 5, scale=1), indices_of(5, 6), "softmax", 0.3, 1.2),
    "confidence penalty, sigmoid": penalty_case(logits_of(4, 5), yes_or_no(4, 5), "sigmoid", 0.1),
    "huge logits": torch_case(HUGE, torch.tensor([0, 0, 2, 2])),
    "huge logits, smoothing": torch_case(HUGE, torch.tensor([0, 0, 2, 2]), smoothing=0.1, reduction="none"),
    "huge logits, soft targets": torch_case(HUGE, soft_of(4, 3), smoothing=0.1),
    "huge logits, confidence penalty": penalty_case(HUGE, torch.tensor([0, 0, 2, 2]), "softmax", 0.1),
    "huge logits, sigmoid": binary_case(HUGE, yes_or_no(4, 3)),
    "huge logits, sigmoid, positive weights": binary_case(HUGE, yes_or_no(4, 3), positiveWeights=[0.5, 2.0, 3.0]),
    "huge logits, sigmoid, confidence penalty": penalty_case(HUGE, yes_or_no(4, 3), "sigmoid", 0.1),
    "sigmoid, 1 axis": binary_case(logits_of(4), yes_or_no(4)),
    "sigmoid, 3 axes": binary_case(logits_of(2, 3, 4), torch.rand(2, 3, 4).double()),
    "sigmoid, sum": binary_case(logits_of(2, 3), torch.rand(2, 3).double(), reduction="sum"),
    "sigmoid, no reduction": binary_case(logits_of(2, 2, 3), torch.rand(2, 2, 3).double(), reduction="none"),
    "sigmoid, class weights": binary_case(logits_of(4, 5), torch.rand(4, 5).double(), classWeights=WEIGHTS),
    "sigmoid, positive weights": binary_case(logits_of(4, 5), torch.rand(4, 5).double(), positiveWeights=WEIGHTS),
    "sigmoid, one positive weight": binary_case(logits_of(4, 5), torch.rand(4, 5).double(), positiveWeights=2.5),
    "sigmoid, partly labelled": partly_labelled(logits_of(4, 5), with_gaps(yes_or_no(4, 5), -1.0)),
    "timm's, class indices": timm_case(logits_of(6, 10), indices_of(10, 6), 0.1),
    "timm's sigmoid, class indices": timm_binary(logits_of(6, 5), indices_of(5, 6), TIMM_INDICES, smoothing=0.1),
    "timm's sigmoid, classes summed": timm_binary(
        logits_of(6, 5), indices_of(5, 6), {**TIMM_INDICES, "sumClasses": True}, smoothing=0.1, sum_classes=True
    ),
    "timm's sigmoid, weights": timm_binary(
        logits_of(6, 5),
        indices_of(5, 6),
        {**TIMM_INDICES, "classWeights": WEIGHTS, "positiveWeights": SHARES},
        smoothing=0.1,
        weight=WEIGHTS,
        pos_weight=SHARES,
    ),
    "timm's sigmoid, threshold": timm_binary(
        logits_of(6, 5), indices_of(5, 6), {**TIMM_INDICES, "threshold": 0.2}, smoothing=0.1, target_threshold=0.2
    ),
    "timm's sigmoid, threshold of mixed targets": timm_binary(
        logits_of(6, 5),
        mixup_target(indices_of(5, 6), 5, 0.7, 0.1).double(),
        {"threshold": 0.25},
        smoothing=0.1,
        target_threshold=0.25,
    ),
    "timm's sigmoid, multi-label": timm_binary(
        logits_of(6, 5), yes_or_no(6, 5), {"smoothing": 0.2}, smoothing=0.2, smooth_dense=True
    ),
    "transformers', padding": transformers_case(logits_of(2, 4, 5), with_gaps(indices_of(5, 2, 4)), 0.1),
    "transformers', items of several batches": transformers_case(
        logits_of(2, 4, 5), with_gaps(indices_of(5, 2, 4)), 0.1, items=11
    ),
    "optax's, soft targets": optax_case(logits_of(4, 5), soft_of(4, 5), 0.1),
    "optax's, where": optax_where(logits_of(2, 3, 5), indices_of(5, 2, 3), torch.rand(2, 3) > 0.4),
    "keras's, one-hot": keras_categorical(logits_of(4, 5), F.one_hot(indices_of(5, 4), 5).double(), 0.1),
    "keras's, sigmoid": keras_binary(logits_of(4, 5), yes_or_no(4, 5), 0.2),
    "keras's, ignored class": keras_sparse(logits_of(2, 4, 5), with_gaps(indices_of(5, 2, 4), 3), 3),
}

# What timm's Mixup makes of labels, smoothing them as it mixes: ours come mixed and are smoothed after.
mixed = indices_of(5, 6)
several = yes_or_no(4, 5)
smooth_cases = {
    "mixed labels": {
        "peer": "timm mixup_target(lam=0.7, smoothing=0.1)",
        "options": {"smoothing": 0.1},
        "labels": mixup_target(mixed, 5, 0.7, 0.0).double(),
        "smoothed": mixup_target(mixed, 5, 0.7, 0.1).double(),
    },
    "mixed multi-labels": {
        "peer": "timm mixup_target(lam=0.3, smoothing=0.2, multi_label=True)",
        "options": {"smoothing": 0.2, "activation": "sigmoid"},
        "labels": mixup_target(several, 5, 0.3, 0.0, multi_label=True).double(),
        "smoothed": mixup_target(several, 5, 0.3, 0.2, multi_label=True).double(),
    },
    "one-hot labels": {
        "peer": "optax smooth_labels(alpha=0.3)",
        "options": {"smoothing": 0.3},
        "labels": F.one_hot(mixed, 5).double(),
        "smoothed": torch.tensor(optax.smooth_labels(F.one_hot(mixed, 5).double().numpy(), 0.3).tolist()),
    },
}



def shifted_case(logits, targets, smoothing):
    """Position t predicts the label of t + 1."""

    def loss_of(x, t):
        return LabelSmoother(epsilon=smoothing)({"logits": x}, t, shift_labels=True)

    peer = f"transformers LabelSmoother(epsilon={smoothing}), shift_labels=True"
    options = {"smoothing": smoothing, "ignoreIndex": -100, "shiftLabels": True}
    return case(peer, loss_of, logits, targets, **options)


def causal_case(logits, targets, reduction):
    def loss_of(x, t):
        return F.cross_entropy(x[:, :-1].movedim(-1, 1), t[:, 1:], reduction=reduction)

    peer = f"torch F.cross_entropy of [:, :-1] and [:, 1:], reduction={reduction}"
    return case(peer, loss_of, logits, targets, shiftLabels=True, reduction=reduction)


def keras_probabilities(loss, probabilities, targets, **options):
    """A Keras loss with from_logits=False, and its gradient with respect to the probabilities."""

    def loss_of(x, t):
        return loss(t, x)

    config = {k: v for k, v in loss.get_config().items() if k in ("label_smoothing", "ignore_class") and v}
    peer = f"keras {type(loss).__name__}(from_logits=False, {arguments(config, {})})"
    options = {"from": "probabilities", **options}
    return case(peer, loss_of, probabilities, targets.double() if targets.dim() > 1 else targets, **options)


def keras_loss(name, **given):
    return getattr(keras.losses, name)(from_logits=False, dtype="float64", **given)


# After all others, so that those keep their numbers.
cases |= {
    "shifted labels": shifted_case(logits_of(2, 5, 4), with_gaps(indices_of(4, 2, 5)), 0.1),
    "shifted labels, sharp, no reduction": causal_case(logits_of(2, 5, 4), indices_of(4, 2, 5), "none"),
    "shifted labels, sharp, sum": causal_case(logits_of(1, 3, 2), indices_of(2, 1, 3), "sum"),
    "probabilities, class indices": keras_probabilities(
        keras_loss("SparseCategoricalCrossentropy"), soft_of(4, 5), indices_of(5, 4)
    ),
    "probabilities, one-hot": keras_probabilities(
        keras_loss("CategoricalCrossentropy", label_smoothing=0.1),
        soft_of(4, 5),
        F.one_hot(indices_of(5, 4), 5),
        smoothing=0.1,
    ),
    "probabilities that are not normalised": keras_probabilities(
        keras_loss("CategoricalCrossentropy"), soft_of(4, 5) * 3, soft_of(4, 5)
    ),
    "probabilities, sigmoid": keras_probabilities(
        keras_loss("BinaryCrossentropy", label_smoothing=0.2),
        torch.rand(4, 5).double() * 0.9 + 0.05,
        yes_or_no(4, 5),
        activation="sigmoid",
        smoothing=0.2,
    ),
    "differentiated twice": torch_case(logits_of(4, 5), indices_of(5, 4), again=True),
    "differentiated twice, smoothing": torch_case(logits_of(4, 5), indices_of(5, 4), again=True, smoothing=0.1),
    "differentiated twice, class weights": torch_case(
        logits_of(6, 5), indices_of(5, 6), again=True, smoothing=0.1, classWeights=WEIGHTS
    ),
}

packages = ["torch", "timm", "transformers", "optax", "jax", "keras"]
tolerance = {"relative": 1e-6, "absolute": 1e-6}
write_golden(
    "packages/label-smoothing/test/golden/cross-entropy.json",
    source="the function that each case names as its peer, in float64",
    packages=packages,
    tolerance=tolerance,
    cases=cases,
)
write_golden(
    "packages/label-smoothing/test/golden/smooth-labels.json",
    source="the function that each case names as its peer",
    packages=packages,
    tolerance=tolerance,
    cases=smooth_cases,
)
