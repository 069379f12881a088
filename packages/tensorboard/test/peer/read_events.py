"""Reads folders of event files with TensorBoard's own reader, and prints what it draws as JSON."""

import io
import json
import logging
import math
import os
import sys

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util

logging.disable(logging.WARNING)
ALL = {kind: 0 for kind in ("scalars", "images", "histograms", "tensors")}


def number(value):
    """JSON has no NaN and no infinity."""
    return value if math.isfinite(value) else str(value)


def read(folder):
    events = EventAccumulator(folder, size_guidance=ALL)
    events.Reload()
    tags = events.Tags()
    hparams = {}
    for tag, metadata in events.summary_metadata.items():
        if metadata.plugin_data.plugin_name != "hparams":
            continue
        data = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
        if data.HasField("session_start_info"):
            for name, value in data.session_start_info.hparams.items():
                hparams[name] = getattr(value, value.WhichOneof("kind"))
        else:
            hparams["status"] = data.session_end_info.status
    return {
        "scalars": {t: [[e.step, number(e.value)] for e in events.Scalars(t)] for t in tags["scalars"]},
        "histograms": {t: [histogram(e) for e in events.Histograms(t)] for t in tags["histograms"]},
        "images": {t: [picture(e) for e in events.Images(t)] for t in tags["images"]},
        "texts": {
            t: [[e.step, tensor_util.make_ndarray(e.tensor_proto).item().decode()] for e in events.Tensors(t)]
            for t in tags["tensors"]
            if events.summary_metadata[t].plugin_data.plugin_name == "text"
        },
        "hparams": hparams,
    }


def histogram(event):
    value = event.histogram_value
    return {
        "step": event.step,
        "min": value.min,
        "max": value.max,
        "count": value.num,
        "sum": value.sum,
        "squares": value.sum_squares,
        "limits": list(value.bucket_limit),
        "counts": list(value.bucket),
    }


def picture(event):
    pixels = np.asarray(Image.open(io.BytesIO(event.encoded_image_string)))
    return {
        "step": event.step,
        "size": [event.height, event.width],
        "shape": list(pixels.shape),
        "pixels": pixels.flatten().tolist(),
    }


def main():
    root = sys.argv[1]
    found = {}
    for folder, _, files in sorted(os.walk(root)):
        if any("tfevents" in name for name in files):
            found[os.path.relpath(folder, root)] = read(folder)
    json.dump(found, sys.stdout)


main()
