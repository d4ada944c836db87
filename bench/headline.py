# SPDX-License-Identifier: Apache-2.0
"""The two jobs that the papers of dist-keras are remembered for, end to end, on one machine: ADAG on MNIST enlarged to
6,060,000 samples, and DOWNPOUR and AEASGD on 14,872,335 samples of the Higgs data. And how much faster two workers are than one.

Usage: headline.py TUSK scaling|adag|downpour|aeasgd…, with the data of scripts/prepare-data.sh mnist and higgs-atlas.
Prints rows of Markdown tables. `scaling` trains each network for some ten seconds with one worker and with two, in turns.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
ROUNDS = 3
MNIST_ROWS, HIGGS_ROWS = 60_000, 4_514

MODELS = {
    "mnist": """
[data]
train = "{root}/data/mnist-train.h5"
test = "{root}/data/mnist-test.h5"
repeat = {repeat}
transforms = [{{ type = "scale", factor = 0.00392156862745098 }}]
[model]
layers = [{{ type = "flatten" }}, {{ type = "dense", units = 1000, activation = "relu" }}, {{ type = "dropout", rate = 0.2 }},
  {{ type = "dense", units = 200, activation = "relu" }}, {{ type = "dropout", rate = 0.2 }},
  {{ type = "dense", units = 10, activation = "softmax" }}]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "adam"
learning_rate = 0.001
""",
    "higgs": """
[data]
train = "{root}/data/higgs-atlas-train.h5"
test = "{root}/data/higgs-atlas-test.h5"
repeat = {repeat}
transforms = [{{ type = "missing", value = -999.0, fill = "mean" }}, {{ type = "standard" }}]
[model]
layers = [{{ type = "dense", units = 500, activation = "relu" }}, {{ type = "dropout", rate = 0.4 }},
  {{ type = "dense", units = 500, activation = "relu" }}, {{ type = "dropout", rate = 0.4 }},
  {{ type = "dense", units = 500, activation = "relu" }}, {{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "adagrad"
learning_rate = 0.01
""",
}


class Job:
    def __init__(self, name, data, rows, samples, batch_size, window):
        self.name, self.data, self.batch_size, self.window = name, data, batch_size, window
        self.rows, self.repeat = rows, -(-samples // rows)

    def experiment(self, repeat):
        return (f'name = "{self.name}"\n' + MODELS[self.data].format(root=ROOT, repeat=repeat) +
                f'[trainer]\nname = "{self.name}"\nepochs = 1\nbatch_size = {self.batch_size}\n'
                f"communication_window = {self.window}\n")


JOBS = {job.name: job for job in (Job("adag", "mnist", MNIST_ROWS, 6_060_000, 4, 5),
                                  Job("downpour", "higgs", HIGGS_ROWS, 14_872_137, 64, 5),
                                  Job("aeasgd", "higgs", HIGGS_ROWS, 14_872_137, 64, 32))}


def as_rank(folder, command):
    """Runs the program as this rank and leaves the CPU time it took in the folder."""
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    with open(os.path.join(folder, "cpu-" + os.environ["OMPI_COMM_WORLD_RANK"]), "w") as file:
        file.write(str(usage.ru_utime + usage.ru_stime))
    sys.exit(os.waitstatus_to_exitcode(status))


def train(tusk, text, ranks, *options):
    """The summary of an experiment's run, and the share of a core that rank 0 took."""
    with tempfile.TemporaryDirectory() as folder:
        experiment = os.path.join(folder, "experiment.toml")
        with open(experiment, "w") as file:
            file.write(text)
        subprocess.run([os.path.join(ROOT, "scripts", "mpi-run.sh"), "-n", str(ranks), sys.executable, __file__,
                        "--as-rank", folder, tusk, "train", experiment, "--run-dir", os.path.join(folder, "run"), *options],
                       check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "run", "summary.json")) as file:
            summary = json.load(file)
        with open(os.path.join(folder, "cpu-0")) as file:
            summary["rank_0"] = float(file.read()) / summary["elapsed_s"]
        return summary


def scaling(tusk):
    print("| job | one worker, samples/s | two workers | ratio (of the best) | rank 0, share of a core |\n|" + "---|" * 5)
    for job in JOBS.values():
        rates, rank_0 = {1: [], 2: []}, []
        for _ in range(ROUNDS):
            for workers in (1, 2):
                summary = train(tusk, job.experiment(max(1, job.repeat // (90 // workers))), workers + 1)
                rates[workers].append(summary["samples_per_s"])
            rank_0.append(summary["rank_0"])
        ratio = statistics.median(two / one for one, two in zip(rates[1], rates[2]))
        print(f"| {job.name} | {statistics.median(rates[1]):,.0f} | {statistics.median(rates[2]):,.0f} | {ratio:.2f} "
              f"({max(rates[2]) / max(rates[1]):.2f}) | {statistics.median(rank_0):.1%} |", flush=True)


def whole(tusk, job):
    summary = train(tusk, job.experiment(job.repeat), 3)
    time_s = summary["time_s"]
    exchanges = summary["updates"]
    print(f"| {job.name} | {summary['ledger']['samples_trained']:,} | {summary['elapsed_s']:,.0f} | {summary['samples_per_s']:,.0f} | "
          f"{summary['test_accuracy']:.4f} | {1000 * time_s['compute'] / summary['ledger']['batches_trained']:.3f} | "
          f"{1000 * time_s['exchange'] / exchanges:.3f} | {time_s['exchange'] / sum(time_s.values()):.1%} | "
          f"{summary['rank_0']:.1%} |", flush=True)


def main():
    if sys.argv[1] == "--as-rank":
        as_rank(sys.argv[2], sys.argv[3:])
    tusk, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    if "scaling" in names:
        scaling(tusk)
    if any(name in JOBS for name in names):
        print("| job, two workers | samples | s | samples/s | test accuracy | a step, ms | an exchange, ms | exchange, share "
              "of the workers' time | rank 0, share of a core |\n|" + "---|" * 9)
    for name in names:
        if name in JOBS:
            whole(tusk, JOBS[name])


if __name__ == "__main__":
    main()
