# SPDX-License-Identifier: Apache-2.0
"""Time stamps in every type of number, from the file to the answer: trained on, in memory and streamed, evaluated,
predicted from the file and from a stream, simulated and inspected.

Usage: precision_numpy.py TUSK; exits with 77 (skipped) where there is no h5py.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from skips import need

need("h5py", "numpy")
import h5py
import numpy as np

ROWS = 60
TIMES = 1_600_000_000 + np.arange(ROWS)
EXPERIMENT = """
name = "times"
seed = 1
[data]
train = "{data}"
transforms = [{{ type = "missing", value = -999.9, fill = "median" }}, {{ type = "standard" }}]
{more}
[model]
layers = [{{ type = "dense", units = 1, activation = "sigmoid" }}]
loss = "binary_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "sgd"
learning_rate = 1.0
[trainer]
name = "{trainer}"
batch_size = 10
epochs = 40
"""


def main(tusk):
    def run(*arguments, **options):
        done = subprocess.run([tusk, *map(str, arguments)], capture_output=True, timeout=100, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode()

    for kind in ("f8", "i4", "u4", "i8", "u8"):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            data = folder / "data.h5"
            with h5py.File(data, "w") as file:
                file["features"] = TIMES[:, None].astype(kind)
                file["label"] = (np.arange(ROWS) >= ROWS // 2).astype("u1")
            for out, more in (("memory", ""), ("streamed", 'memory_limit = "600B"')):
                (folder / "e.toml").write_text(EXPERIMENT.format(data=data, more=more, trainer="single"))
                run("train", folder / "e.toml", "--run-dir", folder / out)
                model = folder / out / "model.h5"
                scores = json.loads(run("evaluate", model, data, "--json"))
                assert scores["accuracy"] == 1.0, (kind, out, scores)
                run("predict", model, data, "-o", folder / f"{out}.h5")
                with h5py.File(folder / f"{out}.h5") as file:
                    predicted = file["prediction"][...].ravel()
                lines = "".join(f"{time}\n" for time in TIMES).encode()
                answers = run("predict", model, "--stream", input=lines).splitlines()
                streamed = [np.float32(json.loads(line)["prediction"][0]) for line in answers]
                assert np.array_equal(predicted, streamed), (kind, out)
                assert np.all(np.diff(predicted) > 0)
            seen = run("inspect", data)
            assert "1600000000" in seen and "1600000029.5" in seen and "1600000059" in seen, seen
            (folder / "e.toml").write_text(EXPERIMENT.format(data=data, more="", trainer="downpour"))
            simulated = run("simulate", folder / "e.toml", "--workers", "2", "--run-dir", folder / "simulated")
            assert "accuracy 1.0000" in simulated, (kind, simulated)


main(*sys.argv[1:])
