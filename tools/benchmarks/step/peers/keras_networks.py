"""The networks of models.ts in Keras."""

import keras
from keras import layers


def conv_bn(name, x, filters, stride=1, kernel=3):
    x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return batch_norm(name, x)


def depthwise_bn(name, x, stride, kernel=3):
    x = layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return batch_norm(name, x)


def batch_norm(name, x):
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_bn")(x)


def resnet20():
    inputs = keras.Input((28, 28, 1))
    x = layers.ReLU()(conv_bn("stem", inputs, 16))
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = layers.ReLU()(conv_bn(f"{name}_inner", x, filters, stride))
            y = conv_bn(f"{name}_outer", y, filters)
            shortcut = x if stride == 1 else conv_bn(f"{name}_shortcut", x, filters, stride, kernel=1)
            x = layers.ReLU()(layers.Add()([y, shortcut]))
    return classifier(inputs, layers.GlobalAveragePooling2D()(x))


def small_cnn():
    inputs = x = keras.Input((28, 28, 1))
    for i, filters in enumerate((32, 64)):
        x = layers.Conv2D(filters, 3, activation="relu", name=f"conv{i}")(x)
        x = layers.MaxPooling2D(2)(x)
    return classifier(inputs, layers.Flatten()(x))


def mlp():
    inputs = keras.Input((784,))
    return classifier(inputs, layers.Dense(256, activation="relu", name="hidden")(inputs))


def mobilenet():
    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU()(conv_bn("stem", inputs, 32))
    for i, (filters, stride) in enumerate(((64, 1), (128, 2), (128, 1), (256, 2), (256, 1))):
        x = layers.ReLU()(depthwise_bn(f"block{i}_depthwise", x, stride))
        x = layers.ReLU()(conv_bn(f"block{i}_pointwise", x, filters, kernel=1))
    return classifier(inputs, layers.GlobalAveragePooling2D()(x))


def resnet50():
    inputs = keras.Input((224, 224, 3))
    x = layers.ReLU()(conv_bn("stem", inputs, 64, 2, kernel=7))
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for stage, (filters, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = layers.ReLU()(conv_bn(f"{name}_reduce", x, filters, kernel=1))
            y = layers.ReLU()(conv_bn(f"{name}_inner", y, filters, stride))
            y = conv_bn(f"{name}_expand", y, 4 * filters, kernel=1)
            shortcut = conv_bn(f"{name}_shortcut", x, 4 * filters, stride, kernel=1) if block == 0 else x
            x = layers.ReLU()(layers.Add()([y, shortcut]))
    return classifier(inputs, layers.GlobalAveragePooling2D()(x))


# Repeats, depthwise kernel, stride, expansion and channels of each stage.
LITE0 = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))


def efficientnet_lite0():
    relu6 = lambda x: layers.ReLU(6)(x)
    inputs = keras.Input((224, 224, 3))
    x = relu6(conv_bn("stem", inputs, 32, 2))
    channels = 32
    for stage, (repeats, kernel, first, expansion, filters) in enumerate(LITE0):
        for block in range(repeats):
            stride = first if block == 0 else 1
            name = f"stage{stage}_block{block}"
            y = x if expansion == 1 else relu6(conv_bn(f"{name}_expand", x, expansion * channels, kernel=1))
            y = relu6(depthwise_bn(f"{name}_depthwise", y, stride, kernel))
            y = conv_bn(f"{name}_project", y, filters, kernel=1)
            x = layers.Add()([y, x]) if stride == 1 and channels == filters else y
            channels = filters
    x = relu6(conv_bn("head", x, 1280, kernel=1))
    return classifier(inputs, layers.GlobalAveragePooling2D()(x))


def lstm():
    inputs = keras.Input((50, 32))
    return classifier(inputs, layers.LSTM(64, name="lstm")(inputs))


def text_cnn():
    inputs = keras.Input((100,), dtype="int32")
    x = layers.Embedding(10_000, 64, name="words")(inputs)
    x = layers.Conv1D(128, 5, activation="relu", name="conv")(x)
    return classifier(inputs, layers.GlobalMaxPooling1D()(x))


def bag_of_words():
    inputs = keras.Input((32,), dtype="int32")
    return classifier(inputs, layers.GlobalAveragePooling1D()(layers.Embedding(50_000, 256, name="words")(inputs)))


def gru_language_model():
    inputs = keras.Input((35,), dtype="int32")
    x = layers.Embedding(10_000, 128, name="words")(inputs)
    # The form that TensorFlow.js has.
    x = layers.GRU(128, return_sequences=True, reset_after=False, name="gru")(x)
    return keras.Model(inputs, layers.Dense(10_000, name="logits")(x))


class Places(layers.Layer):
    """Adds a trained row for each place of the sequence."""

    def build(self, shape):
        self.embeddings = self.add_weight(shape=shape[1:], name="embeddings")

    def call(self, x):
        return x + self.embeddings


class CausalAttention(layers.Layer):
    """Over heads, of queries, keys and values beside each other, as GPT-2 has it."""

    def call(self, x, heads=4):
        parts = keras.ops.split(keras.ops.reshape(x, (-1, x.shape[1], 3 * heads, x.shape[2] // 3 // heads)), 3, 2)
        y = keras.ops.dot_product_attention(*parts, is_causal=True)
        return keras.ops.reshape(y, (-1, x.shape[1], x.shape[2] // 3))


def decoder(width=128):
    inputs = keras.Input((64,), dtype="int32")
    dense = lambda name, units, **options: layers.Dense(units, name=name, **options)
    norm = lambda name: layers.LayerNormalization(epsilon=1e-5, name=name)
    x = Places(name="places")(layers.Embedding(1000, width, name="words")(inputs))
    for layer in (0, 1):
        name = f"layer{layer}"
        y = CausalAttention()(dense(f"{name}_qkv", 3 * width)(norm(f"{name}_norm0")(x)))
        x = layers.Add()([x, dense(f"{name}_project", width)(y)])
        y = dense(f"{name}_widen", 4 * width, activation="gelu")(norm(f"{name}_norm1")(x))
        x = layers.Add()([x, dense(f"{name}_narrow", width)(y)])
    return keras.Model(inputs, dense("logits", 1000)(norm("norm")(x)))


def classifier(inputs, features):
    return keras.Model(inputs, layers.Dense(10, name="logits")(features))


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


def load_weights(model, weights) -> None:
    for layer, values in weights.items():
        own = {variable.name: variable for variable in model.get_layer(layer).variables}
        for name, value in values.items():
            own["kernel" if name == "depthwise_kernel" else name].assign(value)
