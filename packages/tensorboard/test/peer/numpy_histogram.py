"""NumPy's histograms of lists of numbers, which come as JSON in a file."""

import json
import sys

import numpy as np

with open(sys.argv[1]) as file:
    lists = json.load(file)
results = []
for values in lists:
    counts, edges = np.histogram(np.array(values, dtype=np.float64), bins=30)
    results.append({"counts": counts.tolist(), "limits": edges[1:].tolist()})
json.dump(results, sys.stdout)
