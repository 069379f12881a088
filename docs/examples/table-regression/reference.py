"""scikit-learn's linear model and MLPRegressor on the same folds: python reference.py results/cantrip.json results/scikit-learn.json

Made with scikit-learn 1.9.1 and NumPy 2.4.6.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore", category=ConvergenceWarning)
given = json.loads(Path(sys.argv[1]).read_text())
table = np.loadtxt(Path(__file__).parent / "diabetes.csv", delimiter=",", skiprows=1)
x, y = table[:, :-1], table[:, -1]
seeds = sorted({run["seed"] for run in given["runs"]})


def network(seed):
    return MLPRegressor(hidden_layer_sizes=[32], batch_size=32, learning_rate_init=0.003, max_iter=given["epochs"], random_state=seed)


def measure(model_of, seeds):
    rows = []
    for held in given["folds"]:
        rest = np.setdiff1d(np.arange(len(y)), held)
        for seed in seeds:
            model = TransformedTargetRegressor(make_pipeline(StandardScaler(), model_of(seed)), transformer=StandardScaler())
            answers = model.fit(x[rest], y[rest]).predict(x[held])
            rows.append([r2_score(y[held], answers), mean_absolute_error(y[held], answers)])
    return dict(zip(["r2", "meanAbsoluteError"], np.mean(rows, 0).tolist()))


result = {
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    "LinearRegression": measure(lambda _: LinearRegression(), [0]),
    "MLPRegressor": measure(network, seeds),
}
Path(sys.argv[2]).write_text(json.dumps(result, indent=2) + "\n")
print(json.dumps(result, indent=2))
