#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two hosts, which are network namespaces of this machine: the wire between them is cut, slow, or one of them is killed.

cut_wire.py TUSK [--rules R …] [--limit S]: with TCP's keep-alive set as docs/faults.md says, the launcher names the host and ends the
job within S seconds, and the same command goes on when the wire is whole again, and on the host that is left with half the ranks. Needs root and iproute2; by hand, not by ctest."""
import os
import signal
import subprocess
import threading
import time

from faults import Faults, Result, skip

NEAR, FAR = "tusk-near", "tusk-far"
ADDRESS = {NEAR: "10.78.0.1", FAR: "10.78.0.2"}
KEEPALIVE = ["--mca", "oob_tcp_keepalive_time", "10", "--mca", "oob_tcp_keepalive_intvl", "5", "--mca", "oob_tcp_keepalive_probes", "3"]

faults = Faults(__doc__, [("--rules", {"nargs": "+", "default": ["downpour", "sync_sgd", "averaging"]}),
                          ("--limit", {"type": float, "default": 60.0})])


def ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, stderr=subprocess.DEVNULL).returncode


def processes_on(host):
    """Of mpirun's daemon and the ranks there."""
    found = subprocess.run(["ip", "netns", "pids", host], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [int(pid) for pid in found.split()]


def end(host):
    for pid in processes_on(host):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def build():
    if ip("netns", "add", NEAR, check=False) != 0:
        skip("a network namespace cannot be made here (ip netns add); root may")
    ip("netns", "add", FAR)
    ip("link", "add", "near", "netns", NEAR, "type", "veth", "peer", "name", "far", "netns", FAR)
    for host, device in ((NEAR, "near"), (FAR, "far")):
        ip("-n", host, "addr", "add", ADDRESS[host] + "/24", "dev", device)
        ip("-n", host, "link", "set", "lo", "up")
        ip("-n", host, "link", "set", device, "up")
    agent = faults.folder / "agent"  # the remote shell that mpirun calls: AGENT [options] ADDRESS COMMAND…
    agent.write_text(f"""#!/usr/bin/env bash
while [[ $1 == -* ]]; do shift; done
if [ "$1" = {ADDRESS[NEAR]} ]; then host={NEAR}; else host={FAR}; fi
shift
exec ip netns exec "$host" unshare -u /bin/bash -c "hostname $host; $*"
""")
    agent.chmod(0o755)
    return agent


def train(agent, experiment, run, hosts=(NEAR, FAR)):
    network = ADDRESS[NEAR].rsplit(".", 1)[0] + ".0/24"
    launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", "--mca", "plm_rsh_agent", str(agent), "--mca", "plm_rsh_no_tree_spawn", "1",
                "--mca", "btl", "tcp,self,vader", "--mca", "btl_tcp_if_include", network, "--mca", "oob_tcp_if_include", network,
                "--mca", "mpi_yield_when_idle", "1", *KEEPALIVE, "--host", ",".join(f"{ADDRESS[host]}:2" for host in hosts),
                "-np", str(2 * len(hosts))]
    command = [faults.tusk, "train", str(experiment), "--run-dir", str(faults.folder / run)]
    return ["ip", "netns", "exec", NEAR, "unshare", "-u", "/bin/bash", "-c", f'hostname {NEAR}; exec "$@"', "bash", *launcher, *command]


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
    environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=faults.folder, env=environment)
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
agent = build()
try:
    for rule in faults.arguments.rules:
        experiment = faults.experiment(data, rule, trainer=rule, epochs=40, more='[checkpoint]\nevery = "1s"\n[debug]\nslow = { factor = 40 }\n')
        for fault, work in (("the wire is cut", cut), ("the other host is killed", lambda: end(FAR))):
            where = f"{rule}-{fault.split()[-1]}"
            broken = run(train(agent, experiment, where), 120, where, work)
            wrong = [] if broken.code not in (0, "hangs") and broken.seconds < faults.arguments.limit else ["it did not end in time"]
            if ADDRESS[FAR] not in broken.text and FAR not in broken.text:
                wrong.append("no line names the host")
            faults.note(f"{rule}: {fault}", broken, wrong)
            mend()
            hosts = (NEAR, FAR) if work is cut else (NEAR,)
            again = run(train(agent, experiment, where, hosts), 240, where, lambda: None)
            faults.check(f"{rule}: the same command goes on" + ("" if work is cut else " on the host that is left"), again, 0,
                         says="trained" if work is cut else ["trained", "is dealt anew"])
            faults.expect("going on" in again.text or "goes on" in again.text, "from a checkpoint")
    subprocess.run(["tc", "-n", NEAR, "qdisc", "add", "dev", "near", "root", "tbf", "rate", "20mbit", "burst", "64kb", "latency", "200ms"],
                   check=True)
    experiment = faults.experiment(data, "slow", trainer="downpour", epochs=4, units=2000)
    slow = run(train(agent, experiment, "slow"), 240, "slow", lambda: None)
    faults.check("a wire of 20 Mbit/s", slow, 0, says="trained", silent_about="has not come on")
finally:
    end(NEAR)
    end(FAR)
    for host in (NEAR, FAR):
        ip("netns", "del", host, check=False)
faults.end()
