#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tusk submit, status, cancel and fetch with a real Slurm (slurm.py), and through ssh: a sshd of this test's own listens on 127.0.0.1, with keys made for the
test.

submit_test.py TUSK [--keep]
"""
import getpass
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from faults import Faults  # noqa: E402
from skips import skip  # noqa: E402
from slurm import Slurm, end_with_parent, free_ports, need_slurm  # noqa: E402

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
AllowUsers {user}
PermitUserEnvironment no
SetEnv SLURM_CONF={slurm_conf} PATH={path} OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 {sanitizers}
"""
SSH = """
Host cluster
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {folder}/key
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  StrictHostKeyChecking yes
  BatchMode yes
Host nowhere
  HostName 127.0.0.1
  Port {no_port}
  BatchMode yes
"""


class Sshd:
    """In one folder, by process id. `bin`: a folder for the PATH whose ssh uses the test's configuration, which rsync finds, too."""

    def __init__(self, folder, slurm_conf, path):
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir(parents=True)
        for name in ("host_key", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True, stdin=subprocess.DEVNULL)
        shutil.copy(folder / "key.pub", folder / "authorized_keys")
        self.port, no_port = free_ports(2)
        names = {"folder": folder, "port": self.port, "no_port": no_port, "user": getpass.getuser(), "slurm_conf": slurm_conf, "path": path,
                 "sanitizers": " ".join(f"{name}={os.environ[name]}" for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ)}
        (folder / "sshd_config").write_text(SSHD.format(**names))
        (folder / "ssh_config").write_text(SSH.format(**names))
        key = " ".join((folder / "host_key.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {key}\n")
        wrapper = self.bin / "ssh"
        wrapper.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {folder}/ssh_config "$@"\n')
        wrapper.chmod(0o755)

    def __enter__(self):
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # sshd refuses to start without
        self.process = subprocess.Popen([shutil.which("sshd"), "-D", "-e", "-f", str(self.folder / "sshd_config")], start_new_session=True, preexec_fn=end_with_parent,
                                        stdout=subprocess.DEVNULL, stderr=open(self.folder / "sshd.log", "w"), stdin=subprocess.DEVNULL)
        limit = time.monotonic() + 20
        while subprocess.run([str(self.bin / "ssh"), "cluster", "true"], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("sshd does not start:\n" + (self.folder / "sshd.log").read_text())
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)


def main():
    need_slurm()
    for program in ("sshd", "ssh", "ssh-keygen", "rsync"):
        if shutil.which(program) is None:
            skip(f"there is no {program} here (scripts/install-deps.sh --dev installs it)")
    faults = Faults(__doc__)
    work = faults.folder / "my work"
    work.mkdir()
    expect = faults.expect
    with Slurm(faults.folder / "slurm") as slurm, \
            Sshd(faults.folder / "ssh", slurm.environment["SLURM_CONF"], os.environ["PATH"]) as sshd:
        environment = slurm.environment | {"PATH": f"{sshd.bin}:{slurm.environment['PATH']}"}

        def tusk(what, code, *words, says=""):
            done = subprocess.run([faults.tusk, *words], cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=120)
            well = done.returncode == code and says in done.stdout + done.stderr
            expect(well, f"{what}: {(done.stdout + done.stderr).strip().splitlines()}")

        def until(run, *words):
            limit = time.monotonic() + 90
            while time.monotonic() < limit:
                done = subprocess.run([faults.tusk, "status", run], cwd=work, env=environment, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True, timeout=60)
                if all(word in done.stdout for word in words):
                    break
                time.sleep(0.5)
            expect(all(word in done.stdout for word in words), f"status: {done.stdout.splitlines()}{done.stderr}")

        def experiment(name, epochs=2, slow=1):
            data = work / "data.h5"
            if not data.exists():
                shutil.copy(faults.data(rows=2000), data)
            path = faults.experiment("data.h5", name=name, epochs=epochs, validation=0.1,
                                     more=f"[debug]\nslow = {{ factor = {slow} }}\n")
            shutil.move(path, work / "experiment.toml")

        experiment("a $(touch x) 'run'")
        run = "runs/a $(touch x) 'run'"
        tusk("submit here", 0, "submit", "experiment.toml", "--ranks", "3", "--time", "5", says="job ")
        until(run, "COMPLETED", "trained a $(touch x)")
        tusk("fetch here", 0, "fetch", run, says="model.h5, summary.json")

        # Beside it a run that its name would stand for as a pattern, which rsync would fetch, too.
        there, name = faults.folder / "there's $HOME", "a[b] c*"
        (there / "ab cd").mkdir(parents=True)
        (there / "ab cd/decoy").write_text("of another run")
        run = f"fetched/{name}"
        tusk("submit by ssh, with data", 0, "submit", "experiment.toml", "--ranks", "3", "--time", "5", "--host", "cluster", "--directory",
             str(there), "--send-data", "--tusk", faults.tusk, "--run-dir", run, "--launcher", "mpirun", says="at cluster")
        until(run, "COMPLETED", "trained a $(touch x)")
        tusk("fetch by ssh", 0, "fetch", run, says="model.h5, summary.json, metrics.jsonl, history.h5;")
        expect((work / run / "model.h5").exists() and (work / f"{run}.job/log").exists(), "model and log are here")
        expect(not (work / run / "decoy").exists(), "and nothing of another run")
        tusk("the model works here", 0, "evaluate", f"{run}/model.h5", "data.h5", says="accuracy")
        tusk("the same name from another folder", 73, "submit", "experiment.toml", "--ranks", "2", "--time", "5", "--host", "cluster",
             "--directory", str(there), "--tusk", faults.tusk, "--run-dir", f"others/{name}", says="was submitted from elsewhere")

        long = "runs/--wrap=touch x;"  # to sbatch an option, if it is not kept from it
        experiment(long[5:], epochs=50, slow=400)
        tusk("submit a long one by ssh", 0, "submit", "experiment.toml", "--ranks", "2", "--time", "5", "--host", "cluster", "--directory",
             str(faults.folder / "there"), "--send-data", "--tusk", faults.tusk)
        until(long, "RUNNING", "epoch")
        tusk("twice", 73, "submit", "experiment.toml", "--ranks", "2", "--time", "5", "--host", "cluster", says="is submitted already")
        tusk("cancel", 0, "cancel", long, says="is cancelled")
        until(long, "CANCELLED")
        tusk("cancel twice", 66, "cancel", long, says="no longer in the queue")
        tusk("fetch with checkpoints", 0, "fetch", long, "--checkpoints", says="checkpoints")
        tusk("a host that does not answer", 74, "submit", "experiment.toml", "--ranks", "2", "--time", "5", "--host", "nowhere", "--run-dir",
             "elsewhere", says="nowhere cannot be reached by ssh: ")
        expect(not list(faults.folder.rglob("x")), "nothing was executed")
    faults.end()


main()
