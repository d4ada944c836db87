#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""multinode.sbatch by mpirun on two hosts, which are network namespaces of this machine: ranks go round the hosts, each stays on a core of its own, a server
on each host; USR1 stops it with a checkpoint, its job is queued again, and the script goes on to the accuracy of an uninterrupted run. So it does with a tree of
centers, which has a relay on each host.
Slurm's part (variables, scontrol, the signal) is played; scripts_test.py has the real one.

two_hosts.py TUSK [--keep]      (root, iproute2, two cores; half a minute; by hand, not by ctest)
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from faults import REPO, Faults, Result  # noqa: E402
from hosts import ADDRESS, FAR, NEAR, Hosts  # noqa: E402

CORES = 2  # of each host, which has those of this machine: its ranks are bound to cores 0 and 1
faults = Faults(__doc__)
folder, expect = faults.folder, faults.expect


def job(hosts, run, *settings, signal_once=None, **more):
    """The script as Slurm would start it on the first host, with these variables, too; USR1 to it, once this is true."""
    (folder / "hosts").write_text("".join(f"{ADDRESS[host]} slots={CORES}\n" for host in (NEAR, FAR)))
    environment = hosts.environment(
        PATH=f"{folder / 'bin'}:{os.environ['PATH']}", OMPI_MCA_orte_default_hostfile=str(folder / "hosts"), OMPI_MCA_hwloc_base_report_bindings="1",
        SLURM_NTASKS=str(2 * CORES), SLURM_JOB_NUM_NODES="2", SLURM_CPUS_PER_TASK="1", SLURM_JOB_ID="4711", TUSK=faults.tusk, TUSK_LAUNCHER="mpirun", **more)
    command = hosts.on_near(["bash", str(REPO / "scripts/slurm/multinode.sbatch"), str(folder / "faults.toml"), "--run-dir", str(folder / run), *settings])
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, env=environment)

    def stop():
        while process.poll() is None and not signal_once():
            time.sleep(0.1)
        process.send_signal(signal.SIGUSR1)

    if signal_once:
        threading.Thread(target=stop, daemon=True).start()
    try:
        text, _ = process.communicate(timeout=180)
        code = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        text, code = "", "hangs"
    return Result(code, time.monotonic() - start, text)


def look_at_ranks(result, run):
    """Which host and which core each rank had."""
    manifest = json.loads((folder / run / "manifest.json").read_text())
    names = manifest["hosts"]
    expect(names == [NEAR, FAR] * CORES, f"ranks go round the hosts: {names}")
    cores = {int(rank): core for rank, core in re.findall(r"rank (\d+) bound to socket \d+\[core (\d+)\[hwt [\d-]+\]\]:", result.text)}
    expect(sorted(cores) == list(range(2 * CORES)) and all(cores[rank] != cores[rank + 2] for rank in range(2)),
           f"each rank is bound to a core of its own: {cores}")
    summary = json.loads((folder / run / "summary.json").read_text())
    expect(summary["workers"] == 2 * CORES - 2, "a server or relay on each host, and the other ranks train")
    return summary, manifest


def stops_and_goes_on(hosts, run, *settings, **more):
    """Without an end in between, then with one: the summaries and manifests of both."""
    result = job(hosts, f"{run}-plain", *settings, **more)
    faults.check(f"multinode.sbatch on two hosts, {run}", result, 0, says="trained")
    undisturbed = look_at_ranks(result, f"{run}-plain")
    requeued = folder / "requeued"
    requeued.unlink(missing_ok=True)
    result = job(hosts, run, *settings, "--set", "debug.slow.factor=40", signal_once=lambda: (folder / run / "history.h5").exists(), **more)
    faults.check("USR1", result, 85, says="stopped by SIGUSR1")
    expect(requeued.exists() and requeued.read_text() == "requeue 4711\n", "its job is queued again, once")
    result = job(hosts, run, *settings, "--set", "debug.slow.factor=1", **more)
    faults.check("the same script goes on", result, 0, says=["going on from", "trained"])
    gone_on = look_at_ranks(result, run)
    accuracy, before = gone_on[0]["val_accuracy"], undisturbed[0]["val_accuracy"]
    expect(abs(accuracy - before) < 0.05, f"its accuracy is as good: {accuracy:.3f}, {before:.3f} undisturbed")
    return undisturbed, gone_on


data = faults.data(rows=4000)
faults.experiment(data, epochs=12, validation=0.1, more='[checkpoint]\nevery = "never"\n')
(folder / "bin").mkdir()
scontrol = folder / "bin/scontrol"
scontrol.write_text(f'#!/bin/sh\necho "$*" >> {folder}/requeued\n')
scontrol.chmod(0o755)
with Hosts(folder) as hosts:
    stops_and_goes_on(hosts, "center")
    tree = ("--set", "server.topology='tree'")
    for summary, manifest in stops_and_goes_on(hosts, "tree", *tree, TUSK_SHARDS="1"):
        expect(manifest["tree"]["nodes"] == 2, f"a tree of two nodes: {manifest['tree']}")
faults.end()
