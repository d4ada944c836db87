#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ends runs at random moments, lets the same command go on, and again, until they end by themselves.

kill_and_go_on.py TUSK [--runs N] [--kills K] [--seed S] [--keep]: N runs of many rules, transports and options, each ended K times
at most: a random rank is killed (kill -9), or, one time in four, sent SIGUSR1 or SIGTERM, which must end the run with exit code 85. Whatever happens, each must end with exit code 0, every sample of every epoch trained once, the epochs in metrics.jsonl
ascending without gaps, and every ticket once where h5py is at hand. Prints a line a run and a summary; exit code 1 if one failed.
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROWS, WIDTH, EPOCHS = 4000, 16, 12
REPO = pathlib.Path(__file__).resolve().parents[2]

CASES = [  # ranks, options
    (1, {"trainer.name": "single"}),
    (1, {"trainer.name": "adag", "trainer.communication_window": 3}),
    (1, {"trainer.name": "single", "data.memory_limit": "64 kB"}),
    (3, {"trainer.name": "downpour", "trainer.communication_window": 4, "server.transport": "shared"}),
    (3, {"trainer.name": "adag", "trainer.communication_window": 4, "server.transport": "message"}),
    (3, {"trainer.name": "dynsgd", "trainer.communication_window": 4, "server.transport": "rma"}),
    (3, {"trainer.name": "aeasgd", "trainer.communication_window": 4}),
    (3, {"trainer.name": "downpour", "trainer.communication_window": 4, "trainer.overlap": "true"}),
    (3, {"trainer.name": "downpour", "trainer.communication_window": 4, "server.compression": "topk",
         "server.topk_fraction": 0.1}),
    (3, {"trainer.name": "gem", "trainer.communication_window": 4, "trainer.max_staleness": 2}),
    (3, {"trainer.name": "adag", "trainer.communication_window": 4, "trainer.parallelism_factor": 4}),
    (4, {"trainer.name": "downpour", "trainer.communication_window": 4, "server.shards": 2}),
    (2, {"trainer.name": "sync_sgd"}),
    (3, {"trainer.name": "easgd", "trainer.communication_window": 4}),
    (3, {"trainer.name": "averaging", "trainer.communication_window": 6}),
    (3, {"trainer.name": "diloco", "trainer.communication_window": 6}),
    (3, {"trainer.name": "delayed_nesterov", "trainer.communication_window": 4, "server.transport": "shared"}),
    (4, {"trainer.name": "delayed_nesterov", "trainer.communication_window": 4, "server.shards": 2}),
]

EXPERIMENT = """
name = "killed"
seed = 5
[data]
train = "{data}"
validation_split = 0.1
[model]
layers = [{{ type = "dense", units = 64, activation = "relu" }}, {{ type = "dense", units = 2, activation = "softmax" }}]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "sgd"
learning_rate = 0.02
momentum = 0.5
[trainer]
name = "single"
epochs = {epochs}
batch_size = 16
[checkpoint]
every = "{every}"
[debug]
slow = {{ factor = 6 }}
"""


def make_data(tusk, folder, rng):
    csv = folder / "data.csv"
    with open(csv, "w") as out:
        for _ in range(ROWS):
            x = [rng.gauss(0, 1) for _ in range(WIDTH)]
            out.write(",".join(f"{v:.6f}" for v in x) + f",{int(sum(x[::2]) > sum(x[1::2]))}\n")
    data = folder / "data.h5"
    subprocess.run([tusk, "convert", csv, "-o", data, "--header", "no", "--label", str(WIDTH)], check=True,
                   stdout=subprocess.DEVNULL)
    return data


def ranks_of(process):
    """The processes of tusk below this one."""
    parents, names = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        name = stat[stat.index("(") + 1:stat.rindex(")")]
        parents[int(entry.name)] = int(stat[stat.rindex(")") + 2:].split()[1])
        names[int(entry.name)] = name
    found = []
    for pid in parents:
        above = pid
        while above in parents and above != process.pid:
            above = parents[above]
        if above == process.pid and names[pid] == "tusk":
            found.append(pid)
    return sorted(found)


def wait_for_training(process, directory, started):
    """Until the run has begun to train, or gone on: its manifest is new."""
    manifest = directory / "manifest.json"
    while process.poll() is None:
        try:
            if manifest.stat().st_mtime > started:
                return
        except OSError:
            pass
        time.sleep(0.02)


def run_once(command, directory, kill_after_s, rng, log):
    """Returns the exit code, and the signal with which the run was ended, or None."""
    with open(log, "a") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        sent = None
        try:
            if kill_after_s is not None:
                if rng.random() < 0.8:  # the others while they start
                    wait_for_training(process, directory, time.time())
                try:
                    process.wait(timeout=kill_after_s)
                except subprocess.TimeoutExpired:
                    ranks = ranks_of(process)
                    if ranks:
                        sent = rng.choice([signal.SIGKILL] * 6 + [signal.SIGUSR1, signal.SIGTERM])
                        os.kill(rng.choice(ranks), sent)
            return process.wait(timeout=240), sent
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "hangs", sent


def check(directory):
    """What is wrong with a run that has ended, as texts."""
    wrong = []
    summary = json.loads((directory / "summary.json").read_text())
    expected = EPOCHS * (ROWS - ROWS // 10)
    for key in ("samples_trained", "samples_committed"):
        if summary["ledger"][key] != expected:
            wrong.append(f"{key} is {summary['ledger'][key]} instead of {expected}")
    lines = [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]
    if [line["epoch"] for line in lines] != list(range(1, EPOCHS + 1)):
        wrong.append(f"epochs in metrics.jsonl: {[line['epoch'] for line in lines]}")
    if any(a["step"] >= b["step"] for a, b in zip(lines, lines[1:])):
        wrong.append("steps in metrics.jsonl do not ascend")
    try:
        import h5py
    except ImportError:
        return wrong
    if list(directory.glob("history.h5.damaged-*")):
        return wrong  # its rows begin at a checkpoint
    with h5py.File(directory / "history.h5") as history:
        worker, step = history["steps/worker"][:], history["steps/step"][:]
        for w in set(worker):
            if sorted(step[worker == w]) != list(range(1, (worker == w).sum() + 1)):
                wrong.append(f"worker {w}'s steps in the history are not 1, 2, …, each once")
        ticket = sorted(history["commits/ticket"][:])
        if ticket != list(range(len(ticket))):
            wrong.append("tickets in the history are not 0, 1, …, each once")
        if history["steps/samples"][:].sum() != expected:
            wrong.append("samples in the history are not each epoch's once")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tusk")
    parser.add_argument("--runs", type=int, default=len(CASES))
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the folder with runs and logs")
    arguments = parser.parse_args()
    tusk = str(pathlib.Path(arguments.tusk).resolve())
    rng = random.Random(arguments.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tusk-kill-"))
    data = make_data(tusk, folder, rng)
    kills = stops = resumed = set_aside = failed = 0
    for number in range(arguments.runs):
        ranks, options = CASES[number % len(CASES)]
        directory = folder / f"run{number}"
        experiment = folder / f"run{number}.toml"
        every = rng.choice(["100 steps", "400 steps", "0.3s", "1 epoch"])
        experiment.write_text(EXPERIMENT.format(data=data, epochs=EPOCHS, every=every))
        command = [str(REPO / "scripts/mpi-run.sh"), "-n", str(ranks), tusk, "train", str(experiment), "--run-dir",
                   str(directory)]
        for key, value in options.items():
            command += ["--set", f"{key}={value}"]
        log = folder / f"run{number}.log"
        killed_here, stopped_here, code, wrong = 0, 0, None, []
        start = time.time()
        while True:
            limit = rng.uniform(0.0, 2.0) if killed_here + stopped_here < arguments.kills else None
            code, sent = run_once(command, directory, limit, rng, log)
            killed_here += sent == signal.SIGKILL
            stopped_here += sent is not None and sent != signal.SIGKILL
            if sent is None or code in (0, "hangs"):
                break
            if (directory / "summary.json").exists():  # it had ended, and was about to say so
                code = 0
                break
            if sent != signal.SIGKILL and code != 85 and "stopped by" in log.read_text():
                wrong.append(f"{sent.name} ended the run with exit code {code}")
        text = log.read_text()
        here = len(re.findall("going on from", text))
        aside = len(re.findall("unfinished run without a checkpoint", text))
        wrong += check(directory) if code == 0 else [f"exit code {code}: {text.strip().splitlines()[-1:]}"]
        stops += stopped_here
        kills, resumed, set_aside, failed = kills + killed_here, resumed + here, set_aside + aside, failed + bool(wrong)
        print(f"{number:3} {ranks} ranks {options} every {every}: killed {killed_here}, stopped {stopped_here}, went on {here}, began again {aside}, "
              f"{time.time() - start:.1f} s{'' if not wrong else ' WRONG: ' + '; '.join(wrong)}", flush=True)
    print(f"{arguments.runs} runs, {kills} kills, {stops} stops: {resumed} went on from a checkpoint, {set_aside} began again; {failed} failed")
    if arguments.keep or failed:
        print(f"logs in {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


main()
