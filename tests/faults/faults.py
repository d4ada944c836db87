# SPDX-License-Identifier: Apache-2.0
"""What the scripts of this folder share: data, experiments, runs with a time limit, namespaces with a small /dev/shm, and a
table of what was seen: time to the end, exit code, Tusk's lines, and what was left in /dev/shm and /tmp."""
import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests/python"))
from skips import need, skip  # noqa: E402,F401

EXPERIMENT = """
name = "{name}"
seed = 5
[data]
train = "{data}"
validation_split = {validation}
[model]
layers = [{{ type = "dense", units = {units}, activation = "relu" }}, {{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "sgd"
learning_rate = 0.01
[trainer]
name = "{trainer}"
epochs = {epochs}
batch_size = 16
"""


class Faults:
    """A script's folder, its tusk, and how it ends: check() notes what is wrong, end() exits with 1 if anything was."""

    def __init__(self, description, arguments=()):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("tusk")
        parser.add_argument("--keep", action="store_true", help="keep the folder with runs")
        for name, options in arguments:
            parser.add_argument(name, **options)
        self.arguments = parser.parse_args()
        self.tusk = str(pathlib.Path(self.arguments.tusk).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tusk-faults-"))
        self.failed = 0

    def data(self, name="data", rows=2000, width=16, seed=1):
        rng = random.Random(seed)
        csv = self.folder / f"{name}.csv"
        with open(csv, "w") as out:
            for _ in range(rows):
                x = [rng.gauss(0, 1) for _ in range(width)]
                out.write(",".join(f"{v:.6f}" for v in x) + f",{int(sum(x[::2]) > sum(x[1::2]))}\n")
        path = self.folder / f"{name}.h5"
        subprocess.run([self.tusk, "convert", csv, "-o", path, "--header", "no", "--label", str(width), "--overwrite"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path

    def experiment(self, data, name="faults", units=16, trainer="downpour", epochs=2, validation=0.0, more=""):
        path = self.folder / f"{name}.toml"
        path.write_text(EXPERIMENT.format(name=name, data=data, units=units, trainer=trainer, epochs=epochs,
                                          validation=validation) + more)
        return path

    def train(self, experiment, ranks, run="run", sets=(), more=()):
        """The command line of a run in its own directory."""
        command = [str(REPO / "scripts/mpi-run.sh"), "-n", str(ranks), self.tusk, "train", str(experiment), "--run-dir",
                   str(self.folder / run)]
        for setting in sets:
            command += ["--set", setting]
        return command + list(more)

    def run(self, command, limit_s=60, before="", beside=None):
        """Runs it to its end, in a shell after `before` (mounts, ulimit), with beside(process) on a thread. The result has code,
        seconds, lines, left."""
        before_shm = set(os.listdir("/dev/shm"))
        start = time.monotonic()
        shell = ["bash", "-c", before + '\nexec "$@"', "bash", *command]
        process = subprocess.Popen(shell, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                   cwd=self.folder)
        if beside:
            threading.Thread(target=beside, args=(process,), daemon=True).start()
        try:
            text, _ = process.communicate(timeout=limit_s)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            text, _ = process.communicate()
            code = "hangs"
        result = Result(code, time.monotonic() - start, text)
        for _ in range(30):  # what other jobs have there is gone in a moment
            result.left = sorted(set(os.listdir("/dev/shm")) - before_shm)
            if not result.left:
                break
            time.sleep(0.1)
        return result

    def check(self, what, result, code, says=None, silent_about=None, lines=None):
        wrong = []
        if result.code != code:
            wrong.append(f"exit code {result.code} instead of {code}")
        for text in [says] if isinstance(says, str) else says or []:
            if text not in result.text:
                wrong.append(f"does not say '{text}'")
        if silent_about and silent_about in result.text:
            wrong.append(f"says '{silent_about}'")
        if lines is not None and len(result.errors) != lines:
            wrong.append(f"{len(result.errors)} error lines instead of {lines}")
        self.note(what, result, wrong)
        return not wrong

    def note(self, what, result, wrong):
        print(f"{'WRONG' if wrong else 'ok   '} {what}: exit code {result.code} after {result.seconds:.1f} s"
              + (f", left in /dev/shm: {result.left}" if result.left else ""), flush=True)
        for line in result.errors or result.warnings[:2]:
            print(f"        {line}")
        for text in wrong:
            print(f"        {text}")
        if wrong:
            print("        it said:\n" + "\n".join("          " + line for line in result.text.splitlines()[-15:]), flush=True)
        self.failed += bool(wrong)

    def expect(self, condition, what):
        print(f"{'ok   ' if condition else 'WRONG'} {what}", flush=True)
        self.failed += not condition

    def end(self):
        if self.arguments.keep or self.failed:
            print(f"runs in {self.folder}")
        else:
            shutil.rmtree(self.folder)
        sys.exit(1 if self.failed else 0)


def ranks_below(pid):
    """The processes of tusk below this one, in the order of their ranks."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                stat = (entry / "stat").read_text()
                children.setdefault(int(stat[stat.rindex(")") + 2:].split()[1]), []).append(int(entry.name))
        except OSError:
            pass
    below, found = [pid], {}
    while below:
        for child in children.get(below.pop(), []):
            below.append(child)
            try:
                process = pathlib.Path("/proc") / str(child)
                if (process / "comm").read_text().startswith("tusk"):
                    environment = dict(line.split("=", 1) for line in (process / "environ").read_text().split("\0") if "=" in line)
                    found[int(environment.get("OMPI_COMM_WORLD_RANK", 0))] = child
            except OSError:
                pass
    return [found[rank] for rank in sorted(found)]


class Result:
    def __init__(self, code, seconds, text):
        self.code, self.seconds, self.text, self.left = code, seconds, text, []
        self.errors = [line for line in text.splitlines() if line.startswith("tusk: error")]
        self.warnings = [line for line in text.splitlines() if line.startswith("tusk: warning")]


def need_namespaces():
    """Skips the script where this user cannot mount in a namespace of his own."""
    if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], stderr=subprocess.DEVNULL).returncode != 0:
        skip("mounting in a namespace (unshare -m) is not permitted here; root may")


def in_namespace(command, *mounts):
    """The command in a mount namespace, after these commands of a shell."""
    return ["unshare", "-m", "bash", "-c", "set -e\n" + "\n".join(mounts) + '\nexec "$@"', "bash", *command]


def tmpfs(place, size):
    return f"mount -t tmpfs -o size={size},mode=1777 tmpfs {place}"
