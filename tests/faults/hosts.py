# SPDX-License-Identifier: Apache-2.0
"""Two hosts on one machine, which are network namespaces with a wire between them and a name each (with one name Open MPI's shared memory would take both
for one node). For tests by hand: root and iproute2.

    with Hosts(folder) as hosts:
        subprocess.run(hosts.on_near(["mpirun", …]), env=hosts.environment())
"""
import os
import signal
import subprocess

from skips import skip

NEAR, FAR = "tusk-near", "tusk-far"
ADDRESS = {NEAR: "10.78.0.1", FAR: "10.78.0.2"}
NETWORK = "10.78.0.0/24"


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


class Hosts:
    def __init__(self, folder):
        self.agent = folder / "agent"

    def __enter__(self):
        if ip("netns", "add", NEAR, check=False) != 0:
            skip("a network namespace cannot be made here (ip netns add); root may")
        ip("netns", "add", FAR)
        ip("link", "add", "near", "netns", NEAR, "type", "veth", "peer", "name", "far", "netns", FAR)
        for host, device in ((NEAR, "near"), (FAR, "far")):
            ip("-n", host, "addr", "add", ADDRESS[host] + "/24", "dev", device)
            ip("-n", host, "link", "set", "lo", "up")
            ip("-n", host, "link", "set", device, "up")
        # The remote shell that mpirun calls: AGENT [options] ADDRESS COMMAND…
        self.agent.write_text(f"""#!/usr/bin/env bash
while [[ $1 == -* ]]; do shift; done
if [ "$1" = {ADDRESS[NEAR]} ]; then host={NEAR}; else host={FAR}; fi
shift
exec ip netns exec "$host" unshare -u /bin/bash -c "hostname $host; $*"
""")
        self.agent.chmod(0o755)
        return self

    def __exit__(self, *_):
        for host in (NEAR, FAR):
            end(host)
        for host in (NEAR, FAR):
            ip("netns", "del", host, check=False)

    def environment(self, **more):
        """What tells Open MPI of them, beside who they are (--host, or a file of hosts)."""
        settings = {"plm_rsh_agent": self.agent, "plm_rsh_no_tree_spawn": 1, "btl": "tcp,self,vader", "btl_tcp_if_include": NETWORK,
                    "oob_tcp_if_include": NETWORK, "mpi_yield_when_idle": 1}
        return os.environ | {f"OMPI_MCA_{name}": str(value) for name, value in settings.items()} | {
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"} | more

    def on_near(self, command):
        return ["ip", "netns", "exec", NEAR, "unshare", "-u", "/bin/bash", "-c", f'hostname {NEAR}; exec "$@"', "bash", *command]
