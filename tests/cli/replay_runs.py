# SPDX-License-Identifier: Apache-2.0
"""Trains with every rule on 2 and 4 workers, and has scripts/replay.py do the runs again from their histories: no
step's loss and no final weight may be farther than 1e-5 from NumPy's in double precision.

Usage: replay_runs.py TUSK MPI_RUN shared|message|rma|peers|simulated|options|resumed; exits with 77 (skipped) where there is no h5py.
Prints a table. With the transport rma, consistency is "snapshot"; "element" is shown, but a pull may then have half of
another's commit in it, and so is hogwild, whose reads and writes race.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from skips import need

need("numpy", "h5py")
import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import replay

TUSK, MPI_RUN, GROUP = sys.argv[1:]
TOLERANCE = 1e-5
SGD, PLAIN = 'optimizer.momentum=0.5', 'optimizer.momentum=0.0'
CENTER = {  # window, options
    "downpour": (3, [SGD]), "adag": (3, [SGD]), "dynsgd": (3, [SGD]), "experimental": (3, [SGD]), "hogwild": (3, [SGD]),
    "async_local_sgd": (3, [SGD]), "delayed_nesterov": (3, [SGD]),
    "aeasgd": (2, [SGD]), "eamsgd": (2, ["optimizer.momentum=0.5", "optimizer.nesterov=true"]), "gem": (3, [PLAIN, "trainer.epochs=1"])}  # it enlarges what rounding does
PEERS = {"sync_sgd": (None, [SGD]), "averaging": (None, [SGD]), "diloco": (5, [SGD]), "easgd": (2, [SGD])}
EXPERIMENT = """
name = "replay"
seed = 5
[data]
train = "{data}"
validation_split = 0.1
[model]
layers = [{{ type = "dense", units = 8, activation = "tanh" }}, {{ type = "dense", units = 3, activation = "softmax" }}]
loss = "categorical_crossentropy"
[optimizer]
name = "sgd"
learning_rate = 0.05
[trainer]
name = "single"
epochs = 2
batch_size = 8
"""


NORMALIZED = """[{ type = "dense", units = 8, activation = "tanh" }, { type = "batch_normalization", momentum = 0.8 },
                 { type = "dense", units = 3, activation = "softmax" }]""".replace("\n", "")
REFUSED = {  # in an experiment, for another, and what the line says
    'name = "sgd"': ('name = "adam"', "optimizer"), 'compression = "none"': ('compression = "topk"', "compressed"),
    'activation = "tanh"': ('activation = "elu"', "elu"), 'type = "batch_normalization"': ('type = "layer_normalization"', "layers"),
    "momentum = 0.8": ("momentum = 0.8, trainable = false", "trainable"), 'label = "label"': ('label = ["label", "more"]', "arrays"),
    "memory_limit = ": ('memory_limit = "1000 B" #', "streamed"), "metrics = []": ('frozen = ["dense"]', "trained from"),
    "transforms = []": ('transforms = [{ type = "standard" }]', "standard"), "repeat = 1": ("repeat = 2", "repeat"),
    "shuffle = true": ('shuffle = true\naugment = [{ type = "gaussian_noise", stddev = 0.1 }]', "augment"), "batch_size = 8": ("batch_size = 7", "sizes"),
    'topology = "flat"': ('topology = "tree"', "tree"), "[optimizer]": ("label_smoothing = 0.1\n[optimizer]", "label_smoothing")}


def write_data(path):
    random = np.random.default_rng(1)
    x = random.normal(size=(403, 6)).astype(np.float32)  # a last, smaller batch for every number of workers
    with h5py.File(path, "w") as file:
        file["features"] = x
        file["label"] = (x[:, :3] + 0.3 * x[:, 3:]).argmax(1).astype(np.int32)
        file["label"].attrs["class_names"] = ["a", "b", "c"]
        file["weight"] = random.uniform(0.5, 2.0, len(x))


class Table:
    def __init__(self, folder):
        self.folder = folder
        self.failures = []
        print(f"{'rule':16} {'workers':>7}  {'how':28} {'loss':>9} {'weights':>9}")

    def add(self, rule, workers, how, window=None, options=(), server=True, simulated=False, exact=True, words=(), run="run"):
        """Trains and replays. words: further arguments."""
        run, more = self.folder / run, words
        settings = [f'trainer.name="{rule}"', *options]
        if window:
            settings.append(f"trainer.communication_window={window}")
        ranks = workers + server
        words = [TUSK, "simulate" if simulated else "train", "experiment.toml", "--run-dir", run]
        words += [*(more or ["--overwrite"]), *(["--workers", str(workers)] if simulated else [])]
        words = words if simulated or ranks == 1 else [MPI_RUN, "-n", str(ranks), *words]
        for setting in settings:
            words += ["--set", setting]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
        loss, weights = replay.differences(run)
        print(f"{rule:16} {workers:7}  {how:28} {loss:9.1e} {weights:9.1e}", "" if exact else "(not bounded)", flush=True)
        if exact and not max(loss, weights) <= TOLERANCE:
            self.failures.append((rule, workers, how))


def over(table, transport):
    for workers in (2, 4):
        for rule, (window, options) in CENTER.items():
            base = [*options, f'server.transport="{transport}"']
            if rule == "hogwild":
                if transport == "shared":
                    table.add(rule, workers, transport, window, base, exact=False)
            elif rule == "delayed_nesterov":  # is always snapshot
                table.add(rule, workers, transport, window, base)
            elif transport == "rma":
                table.add(rule, workers, "rma, snapshot", window, base + ['trainer.consistency="snapshot"'])
                if workers == 4:  # where it shows most
                    table.add(rule, workers, "rma, element", window, base, exact=False)
            else:
                table.add(rule, workers, transport, window, base)


def peers(table):
    table.add("single", 1, "one process", options=[SGD], server=False)
    for workers in (2, 4):
        for rule, (window, options) in PEERS.items():
            table.add(rule, workers, "peers", window, options, server=False)
        for data in ("whole", "bootstrap", "shard"):
            table.add("ensemble", workers, f"members, {data}",
                      options=[SGD, f"trainer.members={workers}", f'trainer.data="{data}"'], server=False)


def simulated(table):
    time = 'simulate.step_time={type="lognormal", mean=0.001, sigma=0.5}'
    for workers in (2, 4):
        for rule, (window, options) in (CENTER | PEERS).items():
            table.add(rule, workers, "simulated", window, [*options, time], simulated=True)


def options(table):
    schedule = 'optimizer.schedule={type="cosine", decay_steps=40}'
    for rule, (window, base) in CENTER.items():
        if rule == "hogwild":
            continue
        table.add(rule, 3, "max_staleness", window, [*base, "trainer.max_staleness=1"])
        table.add(rule, 3, "claimed partitions, schedule", window, [*base, "trainer.parallelism_factor=3", schedule])
        table.add(rule, 2, "2 shards", window, [*base, "server.shards=2", 'server.transport="message"'], server=2)
        if rule not in ("experimental", "gem", "delayed_nesterov"):
            table.add(rule, 3, "overlap", window, [*base, "trainer.overlap=true"])
    for delay in (1, 3, 8):
        table.add("delayed_nesterov", 3, f"D = {delay}", 3, [SGD, f"trainer.delay={delay}", "trainer.outer_momentum=0.6"])
    table.add("async_local_sgd", 3, "an outer rate", 3, [SGD, "trainer.outer_learning_rate=2.5"])
    for setting in ("nesterov=false", "outer_momentum=0.0"):
        table.add("diloco", 2, setting, 5, [SGD, f"trainer.{setting}", "trainer.outer_learning_rate=1.0"], server=False)
    table.add("dynsgd", 3, "the paper's letter", 3, [SGD, "trainer.count_absent=false"])
    table.add("downpour", 2, "plateau", 3, [SGD, "trainer.epochs=4",
              'callbacks.reduce_lr_on_plateau={monitor="loss", factor=0.5, patience=1, min_delta=1.0}'])
    table.add("downpour", 2, "state reset", 3, [SGD, "trainer.keep_optimizer_state=false"])


def resumed(table):
    """Networks with moving statistics, weights of samples and classes; each run once more from its first checkpoint."""
    weighted = ['data.sample_weight="weight"', "model.class_weight={a=3.0,1=0.5}", f"model.layers={NORMALIZED}"]
    rules = {rule: pair for rule, pair in (CENTER | PEERS | {"single": (None, [SGD])}).items() if rule != "hogwild"}
    for rule, (window, options) in rules.items():
        workers, window = (1, None) if rule == "single" else (3, 5 if rule == "averaging" else window)
        go_on(table, rule, workers, window, "", [*weighted, *options], rule in CENTER)
    for rule in ("dynsgd", "aeasgd"):
        go_on(table, rule, 3, CENTER[rule][0], "overlap, ", [*weighted, SGD, "trainer.overlap=true"], True)
    table.add("aeasgd", 1, "overlap, α = 0.9", 2, [*weighted, SGD, "trainer.overlap=true", "trainer.alpha=0.9"])
    go_on(table, "dynsgd", 3, 3, "stale, ", [*weighted, SGD, "trainer.max_staleness=1"], True)
    table.add("downpour", 2, "balanced classes", 3, [SGD, 'model.class_weight="balanced"', f"model.layers={NORMALIZED}"])
    check_refusals(table.folder / "run")


def go_on(table, rule, workers, window, how, options, server):
    for factor in (100, 1000):  # until it is slow enough to be stopped for a checkpoint before it ends
        table.add(rule, workers, how + "weights, statistics", window, [
            *options, f"debug.slow={{factor={factor}}}", 'checkpoint.every="20 steps"', "checkpoint.keep=99"], server)
        checkpoints = sorted((table.folder / "run" / "checkpoints").glob("step-*"))
        if checkpoints:
            break
    shutil.rmtree(table.folder / "again", ignore_errors=True)
    table.add(rule, workers, f"{how}resumed, {int(checkpoints[0].name[5:])} steps", window,
              [*options, 'checkpoint.every="never"'], server, words=["--resume", checkpoints[0]], run="again")


def check_refusals(run):
    """What cannot be replayed is refused by name, in one line."""
    experiment = run / "experiment.toml"
    text = experiment.read_text()
    for before, (after, reason) in REFUSED.items():
        assert before in text, before
        experiment.write_text(text.replace(before, after, 1))
        try:
            replay.differences(run)
        except SystemExit as refusal:
            message = str(refusal)
            assert message.startswith("replay.py: ") and reason in message and "\n" not in message, (after, message)
        else:
            raise AssertionError(f"{after} is not refused")
    experiment.write_text(text)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_data(folder / "data.h5")
        (folder / "experiment.toml").write_text(EXPERIMENT.format(data=folder / "data.h5"))
        table = Table(folder)
        groups = {"peers": peers, "simulated": simulated, "options": options, "resumed": resumed}
        groups[GROUP](table) if GROUP in groups else over(table, GROUP)
        assert not table.failures, f"farther than {TOLERANCE:g} from the replay: {table.failures}"


main()
