"""Tables of CSV and Parquet files by pandas; what scikit-learn learns of columns."""

import base64
import io

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from golden import write_golden


def columns_of(frame):
    """Numbers as they are, a missing one as None; texts."""
    return {
        name: [None if pd.isna(value) else (value if isinstance(value, str) else float(value)) for value in frame[name]]
        for name in frame
    }


def csv(text, **options):
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""], **options)
    return {"text": text, "columns": columns_of(frame)}


texts = {
    "plain": csv("age,city\n31,Rome\n,Oslo\n-4.5e2,Rome\n"),
    "quoted": csv('name,note\n"Ann","two\nlines"\nBob,"a ""quoted"" word"\n"Cem, the third",\n'),
    "Windows": csv("a,b\r\n1,x\r\n2,y\r\n"),
    "no line end": csv("a,b\n1,x\n2,y"),
    "the country NA": csv("code,n\nNA,1\nDE,2\nnull,3\n"),
    "empty lines": csv("a,b\n\n1,x\n\n2,y\n\n"),
    "semicolons": {**csv("a;b\n1;x,y\n2;z\n", sep=";"), "delimiter": ";"},
    "numbers of all forms": csv("n\n1\n+2\n-.5\n3.\n1e-3\n2E+2\n"),
}

rng = np.random.default_rng(29)
frame = pd.DataFrame(
    {
        "whole": pd.array([1, 2, None, 4, 5, 6, 7, 8], dtype="Int64"),
        "real": [0.5, -1.25, 3.0, None, 1e10, -2.0, 7.5, 0.0],
        "text": ["é", "b", None, "a", "b", "b", "日本", ""],
        "flag": [True, False, True, True, False, False, True, False],
    }
)
parquet = {}
for compression in ["snappy", "none"]:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, compression=None if compression == "none" else compression)
    parquet[compression] = {"file": base64.b64encode(buffer.getvalue()).decode(), "columns": columns_of(frame)}

big = pd.DataFrame({"id": [2**60 + 1, 2**60 + 3], "when": pd.to_datetime(["2026-01-01", "2026-01-02"])})
buffer = io.BytesIO()
big.to_parquet(buffer)

train = pd.DataFrame(
    {"x": [1.0, 4.0, np.nan, 10.0, 2.5], "c": ["b", "a", "b", "Z", "a"], "k": [3.0] * 5, "y": ["no", "yes", "no", "no", "yes"]}
)
test = pd.DataFrame({"x": [np.nan, 100.0], "c": ["a", "Z"], "k": [3.0, 4.0], "y": ["yes", "no"]})
learnt = {"train": train.to_csv(index=False), "test": test.to_csv(index=False), "by": {}}
for fill in ["mean", "median", "most_frequent"]:
    imputer = SimpleImputer(strategy=fill).fit(train[["x"]])
    scaler = StandardScaler().fit(imputer.transform(train[["x"]]))
    constant = StandardScaler().fit(train[["k"]])
    hot = OneHotEncoder(sparse_output=False).fit(train[["c"]])
    learnt["by"][fill] = {
        name: np.hstack(
            [
                scaler.transform(imputer.transform(part[["x"]])),
                constant.transform(part[["k"]]),
                hot.transform(part[["c"]]),
            ]
        )
        for name, part in [("train", train), ("test", test)]
    }

write_golden(
    "packages/data/test/golden/tables.json",
    source="pandas.read_csv(keep_default_na=False, na_values=['']), DataFrame.to_parquet; "
    "sklearn SimpleImputer, StandardScaler, OneHotEncoder in float64",
    packages=["pandas", "pyarrow", "scikit-learn", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "csv": texts,
        "parquet": parquet,
        "big": base64.b64encode(buffer.getvalue()).decode(),
        "learnt": learnt,
    },
)
