#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two hosts, which are network namespaces of this machine: the wire between them is cut, slow, or one of them is killed.

cut_wire.py TUSK [--rules R …] [--limit S] [--short]: with TCP's keep-alive set as docs/faults.md says, the launcher names the host and ends the
job within S seconds, and the same command goes on when the wire is whole again, and on the host that is left with half the ranks. Needs root and iproute2. --short: one rule,
and a keep-alive of 5 s."""
import subprocess
import threading
import time

from faults import Faults, Result
from hosts import ADDRESS, FAR, NEAR, Hosts, end, ip

faults = Faults(__doc__, [("--rules", {"nargs": "+", "default": ["downpour", "sync_sgd", "averaging"]}),
                          ("--limit", {"type": float, "default": 60.0}), ("--short", {"action": "store_true"})])
short = faults.arguments.short
KEEPALIVE = {"time": 3, "intvl": 1, "probes": 2} if short else {"time": 10, "intvl": 5, "probes": 3}


def train(experiment, run, on=(NEAR, FAR), more=()):
    keepalive = [word for name, value in KEEPALIVE.items() for word in ("--mca", f"oob_tcp_keepalive_{name}", str(value))]
    launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", *keepalive, "--host", ",".join(f"{ADDRESS[host]}:2" for host in on),
                "-np", str(2 * len(on))]
    return hosts.on_near([*launcher, faults.tusk, "train", str(experiment), "--run-dir", str(faults.folder / run), *more])


def run(command, limit_s, run, then):
    """Runs it; then(), once a checkpoint is there. The result's seconds are those after that."""
    cut = threading.Event()
    when = []

    def watch():
        latest = faults.folder / run / "checkpoints/latest"
        while not cut.is_set() and not latest.exists():
            time.sleep(0.05)
        if not cut.is_set():
            then()
            when.append(time.monotonic())

    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=faults.folder, env=hosts.environment())
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        text, _ = process.communicate(timeout=limit_s)
        code = process.returncode
    except subprocess.TimeoutExpired:
        end(NEAR)
        text, _ = process.communicate()
        code = "hangs"
    cut.set()
    thread.join()
    seconds = time.monotonic() - (when[0] if when else start)
    return Result(code, seconds, text)


def cut():
    ip("-n", NEAR, "link", "set", "near", "down")


def mend():
    ip("-n", NEAR, "link", "set", "near", "up")
    end(FAR)
    end(NEAR)


data = faults.data()
with Hosts(faults.folder) as hosts:
    for rule in faults.arguments.rules[:1] if short else faults.arguments.rules:
        experiment = faults.experiment(data, rule, trainer=rule, epochs=40, more='[checkpoint]\nevery = "1s"\n[debug]\nslow = { factor = 400 }\n')
        for fault, work in (("the wire is cut", cut), ("the other host is killed", lambda: end(FAR))):
            where = f"{rule}-{fault.split()[-1]}"
            broken = run(train(experiment, where), 120, where, work)
            wrong = [] if broken.code not in (0, "hangs") and broken.seconds < faults.arguments.limit else ["it did not end in time"]
            if ADDRESS[FAR] not in broken.text and FAR not in broken.text:
                wrong.append("no line names the host")
            faults.note(f"{rule}: {fault}", broken, wrong)
            mend()
            left = (NEAR, FAR) if work is cut else (NEAR,)
            again = run(train(experiment, where, left, ["--set", "debug.slow.factor=1"]), 240, where, lambda: None)
            faults.check(f"{rule}: the same command goes on" + ("" if work is cut else " on the host that is left"), again, 0,
                         says="trained" if work is cut else ["trained", "is dealt anew"])
            faults.expect("going on" in again.text or "goes on" in again.text, "from a checkpoint")
    if short:
        faults.end()
    subprocess.run(["tc", "-n", NEAR, "qdisc", "add", "dev", "near", "root", "tbf", "rate", "20mbit", "burst", "64kb", "latency", "200ms"],
                   check=True)
    experiment = faults.experiment(data, "slow", trainer="downpour", epochs=4, units=2000)
    slow = run(train(experiment, "slow"), 240, "slow", lambda: None)
    faults.check("a wire of 20 Mbit/s", slow, 0, says="trained", silent_about="has not come on")
faults.end()
