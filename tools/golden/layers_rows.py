"""The rows of layers.py, by name."""

VECTOR, SERIES, IMAGE, FILM = [5], [6, 4], [5, 6, 2], [3, 4, 4, 2]
HARD_SIGMOID = "hardSigmoid is clip(0.2 x + 0.5) in TensorFlow.js, relu6(x + 3) / 6 in Keras 3"
ROWS = {}


def spec(export, **options):
    return {"export": export, "options": options}


def row(name, shape, *layers, kind="float", front=True, inputs=1, differs=None):
    entry = {"layers": list(layers), "shape": shape, "kind": kind, "front": front and kind != "int", "inputs": inputs}
    ROWS[name] = {**entry, "differs": differs} if differs else entry


def rows_of(shape, export, **variants):
    """Rows of one export; `_` in a variant's name stands for a blank."""
    for name, options in variants.items():
        title = export if name == "plain" else f"{export}, {name.replace('_', ' ')}"
        row(title, shape, spec(export, **options))


# Vectors
rows_of(
    VECTOR,
    "dense",
    plain={"units": 4},
    without_bias={"units": 4, "useBias": False},
    l1_and_l2={"units": 4, "kernelRegularizer": {"className": "L1L2", "config": {"l1": 0.01, "l2": 0.02}}},
    regularized_bias={"units": 4, "biasRegularizer": {"className": "L1L2", "config": {"l1": 0, "l2": 0.1}}},
    maximum_norm={"units": 4, "kernelConstraint": {"className": "MaxNorm", "config": {"maxValue": 0.4, "axis": 0}}},
    non_negative={"units": 4, "kernelConstraint": {"className": "NonNeg", "config": {}}},
    unit_norm={"units": 4, "kernelConstraint": {"className": "UnitNorm", "config": {"axis": 0}}},
    norm_in_a_range={
        "units": 4,
        "kernelConstraint": {"className": "MinMaxNorm", "config": {"minValue": 0.3, "maxValue": 0.6, "rate": 0.5, "axis": 0}},
    },
)
row("dense over series", SERIES, spec("dense", units=3))
for name in "elu selu relu relu6 linear sigmoid softplus softsign tanh softmax logSoftmax swish mish gelu".split():
    row(f"activation {name}", VECTOR, spec("activation", activation=name))
row("activation hardSigmoid", VECTOR, spec("activation", activation="hardSigmoid"), differs=HARD_SIGMOID)
row("activation gelu_new", VECTOR, spec("activation", activation="gelu_new"), differs="Keras has it as gelu with approximate")
rows_of(VECTOR, "reLU", plain={}, with_a_maximum={"maxValue": 0.3})
rows_of(VECTOR, "leakyReLU", plain={"alpha": 0.3}, steeper={"alpha": 0.6})
rows_of(VECTOR, "elu", plain={"alpha": 1.0})
rows_of(VECTOR, "prelu", plain={})
rows_of(SERIES, "prelu", shared_over_time={"sharedAxes": [1]})
row("thresholdedReLU", VECTOR, spec("thresholdedReLU", theta=0.1), differs="Keras 3 has no such layer")
rows_of(VECTOR, "softmax", plain={"axis": -1})
rows_of(SERIES, "softmax", along_time={"axis": 1}, along_both_axes={"axis": [1, 2]})
rows_of(
    VECTOR,
    "batchNormalization",
    plain={"momentum": 0.9, "epsilon": 0.001},
    without_scale={"momentum": 0.9, "epsilon": 0.01, "scale": False},
    without_center={"momentum": 0.9, "epsilon": 0.01, "center": False},
)
rows_of(IMAGE, "batchNormalization", of_images={"momentum": 0.8, "epsilon": 0.001}, of_rows={"momentum": 0.8, "epsilon": 0.01, "axis": 1})
rows_of(SERIES, "layerNormalization", plain={"epsilon": 0.001}, over_both_axes={"epsilon": 0.001, "axis": [1, 2]}, bare={"epsilon": 0.001, "scale": False, "center": False})
rows_of(VECTOR, "repeatVector", plain={"n": 3})
rows_of(IMAGE, "rescaling", plain={"scale": 0.5, "offset": -0.2})
row("embedding", [6], spec("embedding", inputDim=7, outputDim=3), kind="int")
row("categoryEncoding, one of them", [1], spec("categoryEncoding", numTokens=7, outputMode="oneHot"), kind="int")
row("categoryEncoding, several", [6], spec("categoryEncoding", numTokens=7, outputMode="multiHot"), kind="int")
row("categoryEncoding, counted", [6], spec("categoryEncoding", numTokens=7, outputMode="count"), kind="int")

# Shapes
rows_of(IMAGE, "flatten", plain={}, channels_first={"dataFormat": "channelsFirst"})
rows_of(SERIES, "permute", plain={"dims": [2, 1]})
rows_of(SERIES, "reshape", plain={"targetShape": [3, 8]}, unknown_side={"targetShape": [-1, 2]})

# Merging
for name in "add average multiply maximum minimum".split():
    row(name, SERIES, spec(name), inputs=2)
row("add of three", SERIES, spec("add"), inputs=3)
row("concatenate", SERIES, spec("concatenate", axis=-1), inputs=2)
row("concatenate, along time", SERIES, spec("concatenate", axis=1), inputs=2)
row("dot", VECTOR, spec("dot", axes=1), inputs=2)
row("dot, normalized", VECTOR, spec("dot", axes=1, normalize=True), inputs=2)
row("dot, of series", SERIES, spec("dot", axes=[2, 2]), inputs=2)
row("dot, over time", SERIES, spec("dot", axes=1), inputs=2)

# Convolutions
rows_of(
    SERIES,
    "conv1d",
    plain={"filters": 3, "kernelSize": 3},
    padded={"filters": 3, "kernelSize": 3, "padding": "same", "strides": 2, "activation": "relu"},
    dilated={"filters": 3, "kernelSize": 2, "dilationRate": 2},
    causal={"filters": 3, "kernelSize": 3, "padding": "causal", "activation": "tanh"},
    causal_and_dilated={"filters": 3, "kernelSize": 2, "padding": "causal", "dilationRate": 2},
    causal_without_bias={"filters": 3, "kernelSize": 2, "padding": "causal", "useBias": False},
    causal_with_stride={"filters": 3, "kernelSize": 3, "padding": "causal", "strides": 2},
)
rows_of(
    IMAGE,
    "conv2d",
    plain={"filters": 3, "kernelSize": 3},
    padded={"filters": 3, "kernelSize": [2, 3], "padding": "same", "strides": 2, "activation": "relu"},
    dilated={"filters": 3, "kernelSize": 2, "dilationRate": 2},
    dilated_and_activated={"filters": 3, "kernelSize": 2, "dilationRate": [2, 1], "padding": "same", "activation": "relu"},
    dilated_without_bias={"filters": 3, "kernelSize": 2, "dilationRate": 2, "useBias": False},
)
rows_of(
    IMAGE,
    "conv2dTranspose",
    plain={"filters": 3, "kernelSize": 3},
    with_stride={"filters": 3, "kernelSize": 3, "strides": 2, "padding": "same", "activation": "relu"},
)
rows_of(
    FILM,
    "conv3d",
    plain={"filters": 3, "kernelSize": 2},
    padded={"filters": 3, "kernelSize": [2, 3, 2], "padding": "same", "strides": 2, "activation": "relu"},
)
rows_of(
    FILM,
    "conv3dTranspose",
    plain={"filters": 2, "kernelSize": 2},
    with_stride={"filters": 2, "kernelSize": [2, 3, 2], "strides": 2, "padding": "same"},
)
rows_of(
    IMAGE,
    "depthwiseConv2d",
    plain={"kernelSize": 3},
    several_each={"kernelSize": 2, "depthMultiplier": 2, "padding": "same", "strides": 2, "activation": "relu"},
)
rows_of(
    IMAGE,
    "separableConv2d",
    plain={"filters": 3, "kernelSize": 3},
    several_each={"filters": 3, "kernelSize": 2, "depthMultiplier": 2, "padding": "same", "activation": "relu"},
    dilated={"filters": 3, "kernelSize": 2, "dilationRate": 2},
)

# Images
rows_of(IMAGE, "cropping2D", plain={"cropping": 1}, uneven={"cropping": [[1, 0], [2, 1]]})
rows_of(IMAGE, "zeroPadding2d", plain={"padding": 1}, uneven={"padding": [[1, 0], [2, 1]]})
rows_of(IMAGE, "upSampling2d", plain={"size": [2, 3]})
row("upSampling2d, bilinear", IMAGE, spec("upSampling2d", size=[2, 2], interpolation="bilinear"), differs="TensorFlow.js starts at the corner of the image, Keras at the centre of a pixel")
row("resizing", IMAGE, spec("resizing", height=4, width=3), differs="TensorFlow.js lets the corners meet, Keras the centres of pixels")
row("resizing, nearest", IMAGE, spec("resizing", height=4, width=3, interpolation="nearest"), differs="TensorFlow.js lets the corners meet, Keras the centres of pixels")
rows_of(IMAGE, "centerCrop", plain={"height": 3, "width": 2})
row("centerCrop, one column less", IMAGE, spec("centerCrop", height=3, width=5), differs="TensorFlow.js leaves out the first column, Keras the last")

# Pooling
for kind in ("average", "max"):
    rows_of(SERIES, f"{kind}Pooling1d", plain={"poolSize": 2}, padded={"poolSize": 3, "strides": 2, "padding": "same"})
    rows_of(IMAGE, f"{kind}Pooling2d", plain={"poolSize": 2}, padded={"poolSize": [3, 2], "strides": 2, "padding": "same"})
    rows_of(FILM, f"{kind}Pooling3d", plain={"poolSize": 2}, padded={"poolSize": 2, "strides": 2, "padding": "same"})
rows_of(SERIES, "globalAveragePooling1d", plain={})
rows_of(SERIES, "globalMaxPooling1d", plain={})
rows_of(IMAGE, "globalAveragePooling2d", plain={}, channels_first={"dataFormat": "channelsFirst"})
rows_of(IMAGE, "globalMaxPooling2d", plain={})

# Recurrent
GATES = {"recurrentActivation": "sigmoid"}
rows_of(SERIES, "simpleRNN", plain={"units": 3}, relu={"units": 3, "activation": "relu", "useBias": False}, backwards={"units": 3, "goBackwards": True}, sequences={"units": 3, "returnSequences": True})
rows_of(SERIES, "lstm", plain={"units": 3, **GATES}, backwards={"units": 3, "goBackwards": True, **GATES}, sequences={"units": 3, "returnSequences": True, **GATES}, unrolled={"units": 3, "unroll": True, **GATES})
rows_of(SERIES, "gru", plain={"units": 3, **GATES}, sequences={"units": 3, "returnSequences": True, **GATES})
row("lstm with hardSigmoid", SERIES, spec("lstm", units=3, recurrentActivation="hardSigmoid"), differs=HARD_SIGMOID)
row("gru with hardSigmoid", SERIES, spec("gru", units=3, recurrentActivation="hardSigmoid"), differs=HARD_SIGMOID)
row("masking, lstm", SERIES, spec("masking", maskValue=0.0), spec("lstm", units=3, **GATES), kind="padded", front=False)
row("masking, simpleRNN with sequences", SERIES, spec("masking", maskValue=0.0), spec("simpleRNN", units=3, returnSequences=True), kind="padded", front=False)
row("embedding with mask, gru", [6], spec("embedding", inputDim=7, outputDim=3, maskZero=True), spec("gru", units=3, **GATES), kind="int")
row("rnn of stacked cells", SERIES, spec("rnn", cell=[spec("lstmCell", units=3, **GATES), spec("gruCell", units=2, **GATES)]))
row("rnn of stackedRNNCells", SERIES, spec("rnn", cell=spec("stackedRNNCells", cells=[spec("simpleRNNCell", units=3), spec("simpleRNNCell", units=2)]), returnSequences=True))
row("RNN", SERIES, spec("RNN", cell=spec("simpleRNNCell", units=3)))
for mode in ("concat", "sum", "ave", "mul"):
    row(f"bidirectional, {mode}", SERIES, spec("bidirectional", layer=spec("lstm", units=3, **GATES), mergeMode=mode))
row("bidirectional with sequences", SERIES, spec("bidirectional", layer=spec("gru", units=3, returnSequences=True, **GATES), mergeMode="concat"))
row("timeDistributed", SERIES, spec("timeDistributed", layer=spec("dense", units=3)))
row("timeDistributed convolution", FILM, spec("timeDistributed", layer=spec("conv2d", filters=2, kernelSize=2)))
rows_of(FILM, "convLstm2d", plain={"filters": 2, "kernelSize": 2, **GATES}, sequences={"filters": 2, "kernelSize": 3, "padding": "same", "returnSequences": True, **GATES})
