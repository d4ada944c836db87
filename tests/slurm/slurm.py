# SPDX-License-Identifier: Apache-2.0
"""A Slurm of one node on this machine, for tests: it belongs to whoever starts it, listens on 127.0.0.1 alone, keeps everything in one folder,
and is stopped by its processes' ids. Debian's package slurm-wlm has the programs. Started and ready in a second or two.

    with Slurm(folder) as slurm:
        job = slurm.submit(["--time=2", "train.sbatch", "experiment.toml"])
        slurm.wait(job, {"COMPLETED"})
"""
import ctypes
import getpass
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

REPO = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tests/python"))
from skips import skip  # noqa: E402

CONFIGURATION = """
ClusterName=tusk
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=5
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SlurmctldPort={controller_port}
SlurmdPort={node_port}
ReturnToService=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobs.txt
KillWait=5
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=1
{more}
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=60 State=UP
"""
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sacct", "srun", "sinfo")


def need_slurm():
    """Skips the test where Slurm is not installed."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        skip(f"there is no {missing[0]} here (scripts/install-deps.sh --dev installs Slurm on Debian)")


def end_with_parent():
    """In a daemon before it begins: it is sent SIGTERM when the test ends, however that ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Slurm:
    """`cpus`: as many as the node says it has, whatever the machine has. `more`: further lines of slurm.conf."""

    def __init__(self, folder, cpus=8, more=""):
        self.folder = pathlib.Path(folder)
        self.daemons = []
        controller_port, node_port = free_ports(2)
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        configuration = self.folder / "slurm.conf"
        configuration.write_text(CONFIGURATION.format(
            host=socket.gethostname().split(".")[0], user=getpass.getuser(), folder=self.folder, cpus=cpus, more=more,
            controller_port=controller_port, node_port=node_port))
        # What an outer job has set is not for these.
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("SLURM", "SBATCH", "SRUN"))}
        self.environment.update(SLURM_CONF=str(configuration), OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")

    def __enter__(self):
        for daemon in ("slurmctld", "slurmd"):  # -D: in the foreground, so that the process is ours
            with open(self.folder / f"{daemon}.out", "w") as out:
                self.daemons.append(subprocess.Popen([daemon, "-D", "-f", self.environment["SLURM_CONF"]], stdout=out, stderr=out,
                                                     stdin=subprocess.DEVNULL, env=self.environment, start_new_session=True,
                                                     preexec_fn=end_with_parent))
        limit = time.monotonic() + 60
        while self.call("sinfo", "-h", "-o", "%t", check=False).strip() != "idle":
            if time.monotonic() > limit or any(daemon.poll() is not None for daemon in self.daemons):
                self.stop()
                logs = "".join(path.read_text()[-2000:] for path in self.folder.glob("slurm*.*") if path.suffix in (".log", ".out"))
                raise RuntimeError("Slurm does not start:\n" + logs)
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.call("scancel", "--user", getpass.getuser(), check=False)
        limit = time.monotonic() + 15
        while self.call("squeue", "-h", check=False).strip() and time.monotonic() < limit:
            time.sleep(0.2)
        self.stop()

    def stop(self):
        for daemon in reversed(self.daemons):
            if daemon.poll() is None:
                daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(daemon.pid, signal.SIGKILL)
                daemon.wait()

    def call(self, *command, check=True, folder=None):
        """What a command of Slurm's prints."""
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
                              stdin=subprocess.DEVNULL, timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit code {done.returncode}: {done.stderr}")
        return done.stdout

    def submit(self, arguments, folder, **environment):
        """Submits from this folder; returns the job's number."""
        done = subprocess.run(["sbatch", "--parsable", *map(str, arguments)], env=self.environment | environment, cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"sbatch: {done.stderr}")
        return done.stdout.strip().split(";")[0]

    def job(self, job):
        """What scontrol says of it: JobState, ExitCode, Restarts, …"""
        text = self.call("scontrol", "-o", "show", "job", job, check=False)
        return dict(re.findall(r"(\S+?)=(\S*)", text))

    def wait(self, job, states, limit_s=150):
        """Until the job is in one of these states; returns what scontrol says of it then."""
        limit = time.monotonic() + limit_s
        while True:
            facts = self.job(job)
            if facts.get("JobState") in states:
                return facts
            if time.monotonic() > limit:
                raise RuntimeError(f"job {job} is {facts.get('JobState')} ({facts.get('Reason')}) after {limit_s} s instead of {' or '.join(sorted(states))}")
            time.sleep(0.3)
