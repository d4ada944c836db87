#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ends runs at random moments, lets the same command go on, and again, until they end by themselves.

kill_and_go_on.py TUSK [--runs N] [--first CASE] [--kills K] [--seed S] [--slowly] [--band FILE] [--record FILE] [--keep]
kill_and_go_on.py --total FILE...
kill_and_go_on.py TUSK --total FILE... --band FILE

N runs of many rules, transports and options, each ended K times at most: a random rank is killed (kill -9), or, one time in four,
sent SIGUSR1 or SIGTERM, which must end the run with exit code 85; one time in five while it starts or goes on, else
some time after it has begun to train or has written a checkpoint or two. Whatever happens, each must
end with exit code 0, every sample of every epoch trained once, the epochs in metrics.jsonl ascending without gaps, every step and ticket
once (where h5py is at hand), and the newest checkpoint that had its name be the one that the next goes on from, with no more steps redone
than lie between two checkpoints (twice as many if the next one was being written), windows that were under way, and what the machine does
before rank 0 hears of a step and has its turn. What a stopped run has done is never redone. --slowly has long steps, so that this
is little: then the bound means something.
With --band, scores are compared with those of runs that nobody has disturbed, which are kept in FILE for the next call: those of one worker
and of synchronous rules must be the same to the last digit, the last loss of the others must lie where that of another undisturbed run would
lie in 999 of 1,000 cases, by Student's distribution, after eight of them.
Prints a line a run and a summary; exit code 1 if one failed. --record adds a line of JSON a run to FILE, and --total adds up such files:
many runs can be had in batches of one seed each, and be compared with a band afterwards.
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROWS, WIDTH, EPOCHS = 4000, 16, 12
LIMIT_S = 1200  # of a run, however busy the machine is
LAUNCHER_S = 180  # after which an mpirun without ranks is ended, as a user would do it
UNDISTURBED = 8  # runs of a case whose scores depend on timing
QUANTILE = 5.408  # 0.9995 of Student's distribution with UNDISTURBED - 1 degrees of freedom
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
    (3, {"trainer.name": "adag", "trainer.communication_window": 4, "server.transport": "shared", "trainer.overlap": "true",
         "data.memory_limit": "64 kB"}),
    (3, {"trainer.name": "async_local_sgd", "trainer.communication_window": 4, "server.transport": "rma", "trainer.overlap": "true"}),
    (4, {"trainer.name": "adag", "trainer.communication_window": 4, "server.shards": 2, "server.transport": "message",
         "server.compression": "topk", "server.topk_fraction": 0.1}),
    (3, {"trainer.name": "downpour", "trainer.communication_window": 4, "server.compression": "bf16", "trainer.overlap": "true"}),
    (2, {"trainer.name": "sync_sgd", "data.memory_limit": "64 kB"}),
    (3, {"trainer.name": "eamsgd", "trainer.communication_window": 4, "server.transport": "rma", "optimizer.nesterov": "true"}),
    (4, {"trainer.name": "dynsgd", "trainer.communication_window": 4, "server.shards": 2, "server.transport": "rma",
         "trainer.overlap": "true"}),
    (3, {"trainer.name": "adag", "trainer.communication_window": 4, "trainer.parallelism_factor": 4, "trainer.overlap": "true",
         "server.transport": "message"}),
    (6, {"trainer.name": "adag", "trainer.communication_window": 4, "server.topology": "tree", "server.ranks_per_node": 3,
         "relay.name": "diloco", "relay.every": 3}),
    (6, {"trainer.name": "async_local_sgd", "trainer.communication_window": 4, "server.topology": "tree", "server.ranks_per_node": 3,
         "relay.name": "async_local_sgd", "relay.every": 3, "trainer.max_staleness": 2}),
    (6, {"trainer.name": "adag", "trainer.communication_window": 4, "server.topology": "tree", "server.ranks_per_node": 3,
         "relay.name": "dynsgd", "relay.every": 3, "trainer.parallelism_factor": 4, "server.compression": "topk", "server.topk_fraction": 0.1}),
]
PEERS = {"sync_sgd", "easgd", "averaging", "diloco"}  # rules whose runs are the same to the bit, as those of one worker are

EXPERIMENT = """
name = "killed"
seed = 5
[data]
train = "{data}"
validation_split = 0.1
[model]
layers = [{{ type = "dense", units = {units}, activation = "relu" }}, {{ type = "dense", units = 2, activation = "softmax" }}]
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
slow = {{ factor = {slow} }}
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
        if stat[stat.rindex(")") + 2] == "Z":  # it has ended
            continue
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


def checkpoints_in(directory):
    """The steps of those that are complete, in their order."""
    try:
        return sorted(int(name[5:]) for name in os.listdir(directory / "checkpoints") if re.fullmatch(r"step-\d+", name))
    except OSError:
        return []


def wait_for_checkpoints(process, directory, count):
    """Until so many have been written since the call."""
    seen = set(checkpoints_in(directory))
    while count > 0 and process.poll() is None:
        time.sleep(0.01)
        new = set(checkpoints_in(directory)) - seen
        seen |= new
        count -= len(new)


def wait_for_end(process):
    """Its exit code. Open MPI 4.1's mpirun can stand still in PMIx_server_finalize when a rank was killed while it introduced itself."""
    end, ranks_until = time.monotonic() + LIMIT_S, time.monotonic()
    while True:
        try:
            return process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            if now > end:
                raise
            if ranks_of(process):
                ranks_until = now
            elif now > ranks_until + LAUNCHER_S:
                print("      an mpirun without ranks is ended", flush=True)
                os.killpg(process.pid, signal.SIGKILL)


def run_once(command, directory, kill, rng, log):
    """Returns the exit code, the signal with which the run was ended, or None, and whether that was while it started."""
    starting = kill and rng.random() < 0.2
    checkpoints = rng.choice([0, 1, 1, 2])
    after_s = rng.uniform(0.0, 1.0 if starting or checkpoints > 0 else 1.5)
    with open(log, "a") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        sent = None
        try:
            if kill:
                if starting:
                    while process.poll() is None and not ranks_of(process):
                        time.sleep(0.02)
                else:
                    wait_for_training(process, directory, time.time())
                    wait_for_checkpoints(process, directory, checkpoints)
                try:
                    process.wait(timeout=after_s)
                except subprocess.TimeoutExpired:
                    ranks = ranks_of(process)
                    if ranks:
                        sent = rng.choice([signal.SIGKILL] * 6 + [signal.SIGUSR1, signal.SIGTERM])
                        try:
                            os.kill(rng.choice(ranks), sent)
                        except ProcessLookupError:  # it has ended by itself meanwhile
                            sent = None
            return wait_for_end(process), sent, starting
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "hangs", sent, starting


def command_of(tusk, folder, name, data, ranks, options, every, slowly):
    experiment = folder / f"{name}.toml"
    experiment.write_text(EXPERIMENT.format(data=data, epochs=EPOCHS, every=every, units=4096 if slowly else 64, slow=14 if slowly else 20))
    command = [str(REPO / "scripts/mpi-run.sh"), "-n", str(ranks), tusk, "train", str(experiment), "--run-dir", str(folder / name)]
    for key, value in options.items():
        command += ["--set", f"{key}={value}"]
    return command


def scores(directory):
    """The training's loss and the validation's, by epoch."""
    lines = [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()]
    return [(line["loss"], line["val_loss"]) for line in lines if "val_loss" in line]


def is_exact(ranks, options):
    return ranks == 1 or options["trainer.name"] in PEERS


class Band:
    """The scores of runs that nobody has disturbed, by case, kept in a file."""

    def __init__(self, path, tusk, folder, data, slowly):
        self.path, self.tusk, self.folder, self.data, self.slowly = path, tusk, folder, data, slowly
        self.runs = json.loads(path.read_text()) if path.exists() else {}

    def of(self, ranks, options):
        key = f"{ranks} {options}{' slowly' if self.slowly else ''}"
        found = self.runs.setdefault(key, [])
        while len(found) < (1 if is_exact(ranks, options) else UNDISTURBED):
            name = f"undisturbed{len(self.runs)}-{len(found)}"
            with open(self.folder / f"{name}.log", "w") as log:
                subprocess.run(command_of(self.tusk, self.folder, name, self.data, ranks, options, "never", self.slowly), stdout=log, stderr=log,
                               check=True, timeout=LIMIT_S)
            found.append(scores(self.folder / name))
            shutil.rmtree(self.folder / name)
            if self.path.exists():  # another call may have added to it
                self.runs = json.loads(self.path.read_text()) | {key: found}
            self.path.write_text(json.dumps(self.runs))
        return found

    def check(self, line):
        """Notes in the run's line what is wrong with its scores, and how far its last loss is from the undisturbed runs' mean, in parts of the band's half."""
        ranks, options = CASES[line["case"]]
        undisturbed = self.of(ranks, options)
        loss, last = line["scores"][-1][0], [run[-1][0] for run in undisturbed]
        if is_exact(ranks, options):
            if line["scores"] != [list(pair) for pair in undisturbed[0]]:
                line["wrong"].append("scores are not those of a run that nobody has disturbed")
            return
        mean = statistics.mean(last)
        half = QUANTILE * statistics.stdev(last) * (1 + 1 / len(last)) ** 0.5
        line["place"] = (loss - mean) / half
        if abs(loss - mean) > half:
            line["wrong"].append(f"the loss {loss:.5f} is outside of {mean - half:.5f} to {mean + half:.5f}")


def tables_of(directory):
    """A run's history, whichever files it is in. ImportError without h5py."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
    from history_tables import read_tables

    return read_tables(directory)


class Steps:
    """The steps of all workers that a run has written to its history: at least those were taken."""

    def __init__(self, directory):
        self.worker, self.time_s = [], []
        try:
            steps = tables_of(directory)["steps"]
            in_order = sorted(zip(steps["time_s"], steps["worker"]))  # of several files
            self.worker, self.time_s = [w for _, w in in_order], [time_s for time_s, _ in in_order]
        except (ImportError, OSError, KeyError):
            pass

    def rate(self):
        """The most steps in a second; a run that has just gone on has had few."""
        times, most, first = sorted(self.time_s), 0, 0
        for last, time_s in enumerate(times):
            while times[first] < time_s - 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most / min(1.0, max(times[-1], 0.01)) if times else 0.0

    def beyond(self, step, text, ranks, options):
        """How many there are beyond this one: in the history, and by what is said of a rank that was killed (`text`), as if all were as far."""
        servers = 0 if is_exact(ranks, options) else options.get("server.shards", 1)
        beyond = [len(self.worker) - step]
        for rank, own in re.findall(r"rank (\d+) \(process .*before that it [a-z ]*step ([\d,]+)", text):
            at_checkpoint = sum(w == int(rank) - servers for w in self.worker[:step])
            beyond.append((int(own.replace(",", "")) - at_checkpoint) * (ranks - servers))
        return max(beyond)


def most_redone(every, ranks, options, rate, writing, slowly):
    """How many steps may be redone. `writing`: the next checkpoint was under way."""
    count, unit = (float(every[:-1]), "s") if every.endswith("s") and " " not in every else (float(every.split()[0]), every.split()[1])
    interval = count * {"s": rate, "steps": 1, "epoch": (ROWS - ROWS // 10) // 16 + ranks}[unit]
    lag_s = 0.35 if slowly else 2.0  # reports come ten times a second; the rest is rank 0 on a busy machine
    windows = 2 * ranks * options.get("trainer.communication_window", 1)
    return interval * (2 if writing else 1) + windows + lag_s * rate


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
    if [*directory.glob("history.h5.damaged-*"), *directory.glob("history/*.damaged-*")]:
        return wrong  # its rows begin at a checkpoint
    try:
        tables = tables_of(directory)
    except ImportError:
        return wrong
    steps, commits = tables["steps"], tables["commits"]
    of_worker = {w: [] for w in steps["worker"]}
    for w, step in zip(steps["worker"], steps["step"]):
        of_worker[w].append(step)
    for w, numbers in of_worker.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            wrong.append(f"worker {w}'s steps in the history are not 1, 2, …, each once")
    of_center = {}  # of two workers, or all
    for w, ticket in zip(commits["worker"], commits["ticket"]):
        of_center.setdefault(w // (2 if "nodes" in tables else len(of_worker)), []).append(ticket)
    for tickets in of_center.values():
        if sorted(tickets) != list(range(len(tickets))):
            wrong.append("tickets of a center in the history are not 0, 1, …, each once")
    if sum(steps["samples"]) != expected:
        wrong.append("samples in the history are not each epoch's once")
    if "sums" in tables and (sum(tables["sums"]["samples"]) != expected or sum(tables["sums"]["steps"]) != len(steps["step"])):
        wrong.append("the sums of the nodes are not those of their steps")
    return wrong


def summarize_redone(lines):
    redone = [one for line in lines for one in line["redone"]]
    if redone:
        parts = sorted(steps / interval for steps, interval, _ in redone)
        print(f"redone, of what lies between two checkpoints: {statistics.median(parts):.2f} as a median, {parts[-1]:.2f} at most, of {len(parts)}")
    places = [line["place"] for line in lines if line.get("place") is not None]
    if len(places) > 1:
        print(f"{len(places)} last losses lie at {statistics.mean(places):+.3f} ± {statistics.stdev(places) / len(places) ** 0.5:.3f} of the band's half "
              f"as a mean, {min(places):+.2f} to {max(places):+.2f}")


def total(files, band=None):
    lines = [json.loads(line) for name in files for line in pathlib.Path(name).read_text().splitlines()]
    for line in lines:
        if band and "scores" in line and "place" not in line:
            band.slowly = line["slowly"]
            band.check(line)
    sums = {key: sum(line[key] for line in lines) for key in ("kills", "while_going_on", "stops", "went_on", "began_again")}
    failed = sum(bool(line["wrong"]) for line in lines)
    summarize_redone(lines)
    print(f"{len(lines)} runs of {len({line['case'] for line in lines})} cases, {sums['kills']} kills ({sums['while_going_on']} while going on), "
          f"{sums['stops']} stops: {sums['went_on']} went on from a checkpoint, {sums['began_again']} began again; {failed} failed")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tusk", nargs="?")
    parser.add_argument("--runs", type=int, default=len(CASES))
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowly", action="store_true", help="longer steps and intervals")
    parser.add_argument("--band", type=pathlib.Path, help="compare scores with those of undisturbed runs, kept in this file")
    parser.add_argument("--record", type=pathlib.Path, help="add a line of JSON a run to this file")
    parser.add_argument("--total", nargs="+", metavar="FILE", help="add up what --record has written")
    parser.add_argument("--keep", action="store_true", help="keep the folder with runs and logs")
    arguments = parser.parse_args()
    if arguments.total and not arguments.band:
        sys.exit(1 if total(arguments.total) else 0)
    tusk = str(pathlib.Path(arguments.tusk).resolve())
    rng = random.Random(arguments.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tusk-kill-"))
    data = make_data(tusk, folder, random.Random(1))
    band = Band(arguments.band, tusk, folder, data, arguments.slowly) if arguments.band else None
    if arguments.total:
        failed = total(arguments.total, band)
        shutil.rmtree(folder)
        sys.exit(1 if failed else 0)
    record = arguments.record or folder / "record.jsonl"
    for number in range(arguments.runs):
        case = (arguments.first + number) % len(CASES)
        ranks, options = CASES[case]
        name = f"run{number}"
        directory, log = folder / name, folder / f"{name}.log"
        every = rng.choice(["150 steps", "300 steps", "0.4s", "1 epoch"] if arguments.slowly else ["30 steps", "100 steps", "200 steps", "0.3s", "1 epoch"])
        command = command_of(tusk, folder, name, data, ranks, options, every, arguments.slowly)
        line = {"seed": arguments.seed, "run": number, "case": case, "slowly": arguments.slowly, "every": every, "kills": 0, "while_going_on": 0, "stops": 0, "redone": []}
        code, wrong, attempts = None, [], 0
        start = time.time()
        before, last, was_writing = "", None, False  # what the end before this one has said; where it had gone on from
        while True:
            said = log.stat().st_size if log.exists() else 0
            steps, there, writing = Steps(directory), checkpoints_in(directory), (directory / "checkpoints/writing").exists()
            stopped = code == 85
            code, sent, starting = run_once(command, directory, line["kills"] + line["stops"] < arguments.kills, rng, log)
            attempts += 1
            text = log.read_text()[said:]
            gone_on = re.search(r"going on from \S+: step ([\d,]+)", text)
            if gone_on:
                step = int(gone_on[1].replace(",", ""))
                if step != there[-1]:
                    wrong.append(f"goes on from step {step}, but there was {there[-1]}")
                was_writing = writing or (was_writing and step == last)  # one that ends while it starts leaves the history of the one before
                last = step
                redone, rate = steps.beyond(step, before, ranks, options), steps.rate()
                interval = most_redone(every, 0, {}, rate, False, True) - 0.35 * rate
                allowed = 0 if stopped else most_redone(every, ranks, options, rate, was_writing, arguments.slowly)
                line["redone"].append((redone, max(interval, 1), allowed))
                if redone > allowed:
                    wrong.append(f"{redone} steps are redone, of {allowed:.0f} that may be")
            before = text
            line["kills"] += sent == signal.SIGKILL
            line["while_going_on"] += sent == signal.SIGKILL and starting and attempts > 1
            line["stops"] += sent is not None and sent != signal.SIGKILL
            if sent is None or code in (0, "hangs"):
                break
            if (directory / "summary.json").exists():  # it had ended, and was about to say so
                code = 0
                break
            if sent != signal.SIGKILL and code != 85 and "stopped by" in text:  # else it was before the handlers were there
                wrong.append(f"{sent.name} ended the run with exit code {code}")
        text = log.read_text()
        line["went_on"] = len(re.findall("going on from", text))
        line["began_again"] = len(re.findall("unfinished run without a checkpoint", text))
        wrong += check(directory) if code == 0 else [f"exit code {code}: {text.strip().splitlines()[-1:]}"]
        line["wrong"] = wrong
        if code == 0:
            line["scores"] = [list(pair) for pair in scores(directory)]
        if code == 0 and band:
            band.check(line)
        with open(record, "a") as out:
            out.write(json.dumps(line) + "\n")
        print(f"{number:3} {ranks} ranks {options} every {every}: killed {line['kills']}, stopped {line['stops']}, went on {line['went_on']}, "
              f"began again {line['began_again']}, {time.time() - start:.1f} s{'' if not wrong else ' WRONG: ' + '; '.join(wrong)}", flush=True)
        if not wrong and not arguments.keep:
            shutil.rmtree(directory)
    failed = total([record])
    if arguments.keep or failed:
        print(f"logs in {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


main()
