#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tusk submit, status, cancel and fetch with programs in the places of sbatch, squeue, sacct, scancel, ssh and rsync, which note the words
that they are given: names with blanks, quotes, $(…) and ../ reach them as they are, nothing is executed, and nothing is written beside the run
directory. And what is said of a job that is submitted twice, a host that cannot be reached, a job that is gone.

fake_programs_test.py TUSK [--keep]
"""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from faults import Faults  # noqa: E402

# Notes its words and a few variables; answers what stands in NAME.out, with the code in NAME.code. ssh runs what it is told as sshd would.
FAKE = """#!{python}
import json, os, pathlib, subprocess, sys
here, name = pathlib.Path({folder!r}), pathlib.Path(sys.argv[0]).name
with open(here / "calls", "a") as calls:
    calls.write(json.dumps([name, sys.argv[1:], os.getcwd(), {{k: v for k, v in os.environ.items() if k.startswith(("TUSK_", "OMPI_COMM"))}}]) + "\\n")
def read(suffix, otherwise):
    path = here / (name + suffix)
    return path.read_text() if path.exists() else otherwise
if name == "ssh" and read(".code", "0") == "0":
    separator = sys.argv.index("--")
    os.makedirs(here / "home", exist_ok=True)
    sys.exit(subprocess.run(["/bin/sh", "-c", " ".join(sys.argv[separator + 2:])], cwd=here / "home").returncode)
sys.stdout.write(read(".out", ""))
sys.stderr.write(read(".err", ""))
sys.exit(int(read(".code", "0")))
"""
PROGRAMS = ("sbatch", "squeue", "sacct", "scancel", "ssh", "rsync")


class Fakes:
    def __init__(self, faults):
        self.faults, self.work = faults, faults.folder / "work"
        self.bin = faults.folder / "bin"
        self.bin.mkdir()
        self.work.mkdir()
        for name in PROGRAMS:
            path = self.bin / name
            path.write_text(FAKE.format(python=sys.executable, folder=str(faults.folder)))
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        self.answer("sbatch", "4711\n")
        shutil.copy(faults.data(rows=200), self.work / "data.h5")

    def answer(self, name, out="", code=0, err=""):
        for suffix, text in ((".out", out), (".code", str(code)), (".err", err)):
            (self.faults.folder / (name + suffix)).write_text(text)

    def experiment(self, file, name="simple", data="data.h5", ranks_rule="downpour"):
        text = pathlib.Path(self.faults.experiment(data, trainer=ranks_rule)).read_text()
        path = self.work / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace('name = "faults"', f"name = {json.dumps(name, ensure_ascii=False)}"))
        return file

    def tusk(self, *words):
        """Exit code, stdout, stderr and the calls of the programs."""
        calls = self.faults.folder / "calls"
        calls.unlink(missing_ok=True)
        environment = os.environ | {"PATH": f"{self.bin}:{os.environ['PATH']}"}
        done = subprocess.run([self.faults.tusk, *words], cwd=self.work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=60)
        self.calls = [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []
        return done

    def words_of(self, program):
        return [words for name, words, _, _ in self.calls if name == program]

    def expect(self, what, done, code, text=""):
        errors = [line for line in done.stderr.splitlines() if not line.startswith("tusk: warning")]
        well = done.returncode == code and text in done.stdout + done.stderr and len(errors) == (code != 0)
        self.faults.expect(well, what)
        if not well:
            print(f"      exit code {done.returncode}: {done.stdout}{done.stderr}{self.calls}")

    def nothing_beside(self, allowed):
        found = {str(path.relative_to(self.work)) for path in self.work.rglob("*") if path.is_file()}
        beside = [name for name in found if not name.startswith(tuple(allowed))]
        home = [str(path) for path in (self.faults.folder / "home").rglob("*") if path.name == "executed"]
        self.faults.expect(not beside and not home, f"nothing was executed or written beside the run: {beside + home}")


def here(fakes):
    fakes.experiment("simple.toml")
    done = fakes.tusk("submit", "simple.toml", "--ranks", "33", "--time", "12:00:00", "--sbatch=--partition=long", "--set", "trainer.threads=2")
    fakes.expect("submit", done, 0, "runs/simple: job 4711")
    (words,) = fakes.words_of("sbatch")
    variables = fakes.calls[-1][3]
    folder = str(fakes.work / "runs/simple.job")
    expected = ["--ntasks=32", "--cpus-per-task=2", "--time=12:00:00", "--job-name=simple", "--partition=long", f"--output={folder}/log"]
    fakes.faults.expect(all(word in words for word in expected), f"sbatch is asked for {expected}: {words}")
    fakes.faults.expect(words[words.index(f"{folder}/train.sbatch"):] == [
        f"{folder}/train.sbatch", f"{folder}/experiment.toml", "--run-dir", str(fakes.work / "runs/simple"), "--set", "trainer.threads=2"],
        "and given the script with its arguments")
    fakes.faults.expect(variables["TUSK_RANKS"] == "33" and not any(name.startswith("OMPI_COMM") for name in variables),
                        "and TUSK_RANKS, but nothing of this process's MPI")
    script = (fakes.work / "runs/simple.job/train.sbatch").read_text()
    fakes.faults.expect(script == (pathlib.Path(__file__).parents[2] / "scripts/slurm/train.sbatch").read_text(), "the script is train.sbatch")

    fakes.answer("squeue", "RUNNING|None|1:02|12:00:00|node7\n")
    fakes.expect("twice", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "90m"), 73, "job 4711 is RUNNING")
    (fakes.work / "runs/simple.job/log").write_text("tusk: epoch 1/2\n")
    fakes.expect("status", fakes.tusk("status"), 0, "runs/simple: job 4711 RUNNING, on node7, 1:02 of 12:00:00\n  tusk: epoch 1/2\n")
    rule, log = "-" * 74 + "\n", "tusk: epoch 1/2\ntusk: error: no\n"
    by_mpirun = f"{rule}mpirun detected that one or more processes exited with non-zero status, thus causing\n\n  Exit code:    66\n{rule}"
    for said, last in ((log + "srun: error: vm: task 0: Exited with exit code 66\n", "tusk: error: no"), (log + by_mpirun, "tusk: error: no"),
                       (log + by_mpirun.replace("mpirun", "prterun"), "tusk: error: no"),  # Open MPI 5
                       (f"{log}{rule}Primary job  terminated normally, but a process returned\na non-zero exit code.\n{rule}{by_mpirun}", "tusk: error: no"),
                       (f"{log}{rule}There are not enough slots available\n\nEither …\n{rule}", "There are not enough slots available"),
                       (log + "slurmstepd: error: *** DUE TO TIME LIMIT ***\n", "slurmstepd: error: *** DUE TO TIME LIMIT ***"),
                       ("srun: error: vm: task 0: Exited with exit code 66\n", "srun: error: vm: task 0: Exited with exit code 66"), (rule, rule.strip())):
        (fakes.work / "runs/simple.job/log").write_text(said)
        fakes.expect(f"the last line but for what launchers add is {last[:40]}", fakes.tusk("status"), 0, f"12:00:00\n  {last}\n")
    fakes.expect("cancel", fakes.tusk("cancel", "runs/simple"), 0, "job 4711 is cancelled")
    fakes.faults.expect(fakes.words_of("scancel") == [["4711"]], "scancel is told the job")

    fakes.answer("squeue", err="slurm_load_jobs error: Invalid job id specified\n", code=1)
    fakes.answer("sacct", "FAILED|65:0|00:01:00\n")
    fakes.expect("status of what has failed", fakes.tusk("status", "runs/simple"), 0, "job 4711 FAILED, exit code 65, after 00:01:00")
    fakes.expect("cancel what has ended", fakes.tusk("cancel", "runs/simple"), 66, "is no longer in the queue (FAILED)")
    fakes.answer("sacct", err="Slurm accounting storage is disabled\n", code=1)
    fakes.expect("status of what is gone", fakes.tusk("status", "runs/simple"), 0, "job 4711 is gone")
    fakes.expect("cancel what is gone", fakes.tusk("cancel", "runs/simple"), 66, "is no longer in the queue")
    fakes.expect("fetch what has not begun", fakes.tusk("fetch", "runs/simple"), 66, "has not begun to train")
    fakes.expect("what was never submitted", fakes.tusk("status", "runs/other"), 66, "has submitted no job")
    fakes.answer("squeue", err="slurm_load_jobs error: Unable to contact slurm controller\n", code=1)
    fakes.expect("Slurm is down", fakes.tusk("status", "runs/simple"), 74, "squeue: slurm_load_jobs error: Unable to contact")

    fakes.answer("squeue", "COMPLETED|None|1:02|12:00:00|node7\n")
    done = fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "90m", "--set", "trainer.name=sync_sgd")
    fakes.expect("again, after it has ended", done, 0)
    (words,) = fakes.words_of("sbatch")
    fakes.faults.expect("--ntasks=3" in words and "--time=90" in words, "peers have a core each, and 90m are 90 minutes")
    (fakes.work / "runs/simple").mkdir()
    (fakes.work / "runs/simple/summary.json").touch()
    fakes.expect("a finished run", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "5"), 73, "runs/simple is a finished run; --run-dir")
    fakes.faults.expect(not fakes.words_of("sbatch"), "is not submitted")
    shutil.rmtree(fakes.work / "runs/simple")
    fakes.answer("sbatch", err="sbatch: error: invalid partition specified: long\n", code=1)
    fakes.expect("what sbatch refuses", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "5"), 74, "invalid partition specified")
    fakes.answer("sbatch", "hello\n")
    fakes.expect("an answer without a number", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "5"), 74, "no number of a job")
    fakes.answer("sbatch", "4711;cluster\n")
    fakes.expect("a wrong time", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "soon"), 64, "--time soon")
    fakes.expect("an option in two words", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "5", "--sbatch", "long"), 64, "--sbatch long")
    job = fakes.work / "runs/simple.job/job.json"
    job.write_text(job.read_text().replace("4711", "4711; touch executed"))
    fakes.expect("a damaged record", fakes.tusk("cancel", "runs/simple"), 65, "is no number of a job")
    for name in PROGRAMS[:1]:
        (fakes.bin / name).rename(fakes.bin / "away")
    path = os.environ["PATH"]
    os.environ["PATH"] = ":".join(folder for folder in path.split(":") if not os.path.exists(f"{folder}/sbatch"))
    shutil.rmtree(fakes.work / "runs")
    fakes.expect("no Slurm here", fakes.tusk("submit", "simple.toml", "--ranks", "3", "--time", "5"), 66, "sbatch is not on the PATH here")
    os.environ["PATH"] = path
    (fakes.bin / "away").rename(fakes.bin / "sbatch")
    shutil.rmtree(fakes.work / "runs")


AWKWARD = ["with blanks", "it's \"quoted\"", "$(touch executed)", "`touch executed`", "a;touch executed", "-rf", "100%j", "a:b",
           "--wrap=touch executed"]  # an option of sbatch's


def awkward_names(fakes):
    (fakes.work / "simple.toml").unlink()
    for number, name in enumerate(AWKWARD):
        file = fakes.experiment(f"folder/{name}.toml", name=name)
        fakes.answer("squeue")
        fakes.answer("sacct", code=1)
        done = fakes.tusk("submit", f"./{file}", "--ranks", "2", "--time", "5", "--set", f"data.features={name}")
        fakes.expect(f"submit {name}", done, 0, "job 4711")
        (words,) = fakes.words_of("sbatch")
        run = str(fakes.work / "runs" / name)
        fakes.faults.expect(f"--job-name={name}" in words and words[-4:] == ["--run-dir", run, "--set", f"data.features={name}"]
                            and f"--output={run.replace('%', '%%')}.job/log" in words, f"the words are as they were: {words}")
        fakes.expect("its status", fakes.tusk("status", f"runs/{name}"), 0, "job 4711")

        # The same at a cluster; sh reads what ssh is given, as sshd would have it.
        shutil.rmtree(fakes.work / "runs")
        folder = f"there/{name}"
        done = fakes.tusk("submit", f"./{file}", "--ranks", "2", "--time", "5", "--set", f"data.features={name}", "--host", "me@login",
                          "--directory", folder, "--send-data", "--tusk", f"./{name}")
        fakes.expect(f"submit {name} at a cluster", done, 0, "at me@login")
        (words,) = fakes.words_of("sbatch")
        call = [call for call in fakes.calls if call[0] == "sbatch"][0]
        path = f"./{name}" if name.startswith("-") else name  # no option of sbatch's
        fakes.faults.expect(words[-8:-2] == [f"{path}.job/train.sbatch", f"{path}.job/experiment.toml", "--run-dir", path, "--set",
                                             f"data.features={name}"]
                            and call[2] == str(fakes.faults.folder / "home" / folder), f"the words are as they were there: {words[-8:]}")
        sent = [words[-1] for words in fakes.words_of("rsync")]
        fakes.faults.expect(sent[0] == f"me@login:{folder}/{name}.job/" and sent[1] == f"me@login:{folder}/{name}.job/inputs/0-data.h5"
                            and words[-1] == f'data.train=["{name}.job/inputs/0-data.h5"]'.replace(name, name.replace('"', '\\"')),
                            f"files are sent to where they belong: {sent} {words[-1]}")
        fakes.expect("fetch", fakes.tusk("fetch", f"runs/{name}"), 0, f"runs/{name}: nothing yet")
        source = fakes.words_of("rsync")[0]
        fakes.faults.expect(source[-2:] == [f"me@login:{folder}/{name}/", f"{fakes.work}/runs/{name}/"] and "-s" in source and "--safe-links" in source
                            and "--exclude=model.h5.reserved" in source,
                            f"rsync is told what was meant: {source}")
        shutil.rmtree(fakes.work / "runs")
        shutil.rmtree(fakes.work / "folder")
        if number == 0:
            fakes.nothing_beside(["data.h5", "folder", "runs"])
    for name in ("../outside", "a/b", "..", "a\nb"):
        fakes.experiment("x.toml", name=name)
        fakes.expect(f"an experiment named {name!r}", fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5"), 78, "name")
    fakes.experiment("x.toml")
    for name in ("..", ".", "runs/..", "runs/./"):
        for more in ((), ("--host", "login")):
            done = fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--run-dir", name, *more)
            fakes.expect(f"a run directory {name} {more}", done, 64, f"--run-dir {name}: it ends in no name")
    fakes.expect("a colon", fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--run-dir", "a:b", "--host", "login"), 0)
    (words,) = fakes.words_of("rsync")
    fakes.faults.expect(words[-2:] == [f"{fakes.work}/a:b.job/", "login:tusk-runs/a:b.job/"], f"names no host: {words}")
    shutil.rmtree(fakes.work / "a:b.job")
    fakes.expect("a line break", fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--run-dir", "a\nb"), 64, "line break")
    for command in ("status", "cancel", "fetch"):
        fakes.expect(f"{command} of a run with a line break", fakes.tusk(command, "runs/a\nb"), 66, "has submitted no job")
    for host in ("-oProxyCommand=touch executed", "$(touch executed)", "a b", "../x", "a\nb"):
        done = fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", f"--host={host}")
        fakes.expect(f"a host {host!r}", done, 64, "--host")
        fakes.faults.expect(not fakes.calls, "is not called")
    fakes.nothing_beside(["data.h5", "x.toml"])


def far_away(fakes):
    fakes.answer("ssh", code=255, err="ssh: connect to host login port 22: Connection refused\n")
    done = fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--host", "login")
    fakes.expect("a host that cannot be reached", done, 74, "login cannot be reached by ssh: ssh: connect to host login port 22: Connection refused")
    fakes.answer("ssh")
    fakes.expect("once it can be", fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--host", "login"), 0)
    fakes.answer("sbatch", err="sbatch: unrecognized option '--x'\nTry \"sbatch --help\" for more\n", code=255)  # ssh's own code, too
    done = fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--host", "login")
    fakes.expect("what sbatch refuses there", done, 74, "sbatch refuses: sbatch: unrecognized option '--x'")
    fakes.answer("sbatch", "4711\n")
    fakes.answer("ssh", code=255, err="ssh: connect to host login port 22: Connection timed out\n")
    for command in ("status", "cancel"):
        fakes.expect(f"{command} at a host that cannot be reached", fakes.tusk(command, "runs/simple"), 74, "cannot be reached by ssh")
    text = (fakes.work / "x.toml").read_text()
    (fakes.work / "y.toml").write_text(text.replace('name = "simple"', 'name = "second"'))
    fakes.answer("ssh")
    fakes.answer("squeue", "RUNNING|None|1:02|12:00:00|node7\n")
    fakes.answer("sbatch", "4712\n")
    fakes.expect("a job here beside it", fakes.tusk("submit", "y.toml", "--ranks", "2", "--time", "5"), 0)
    fakes.answer("ssh", code=255, err="ssh: connect to host login port 22: Connection timed out\n")
    done = fakes.tusk("status")
    fakes.expect("status of all, one at a host that cannot be reached", done, 74, "runs/simple: unknown: login cannot be reached by ssh: ")
    fakes.faults.expect("runs/second: job 4712 RUNNING" in done.stdout, "says how the others are")
    fakes.answer("ssh")
    fakes.answer("squeue")
    fakes.answer("sbatch", "4711\n")
    (fakes.work / "model.json").write_text("{}")
    weights = ("--set", "model.file='model.json'", "--set", "model.weights='none.h5'")
    fakes.expect("weights that are not there", fakes.tusk("submit", "y.toml", "--ranks", "2", "--time", "5", "--host", "login", "--send-data", "--run-dir",
                                                          "runs/third", *weights), 66, "none.h5")
    (fakes.work / "none.h5").write_text("weights")
    fakes.answer("rsync")
    fakes.expect("model and weights", fakes.tusk("submit", "y.toml", "--ranks", "2", "--time", "5", "--host", "login", "--send-data", "--run-dir",
                                                 "runs/third", *weights), 0)
    (words,) = fakes.words_of("sbatch")
    fakes.faults.expect(words[-4:] == ["--set", 'model.file="third.job/inputs/1-model.json"', "--set", 'model.weights="third.job/inputs/2-none.h5"'],
                        f"are sent, and the job uses them: {words[-6:]}")
    fakes.answer("rsync", code=23, err='rsync: change_dir "/home/me/tusk-runs/simple" failed: No such file or directory (2)\n')
    fakes.expect("fetch what has not begun", fakes.tusk("fetch", "runs/simple"), 66, "has job 4711 begun to train?")
    fakes.answer("rsync")
    fakes.expect("a run of another place", fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5"), 73, "is a run of login")
    fakes.expect("data without a host", fakes.tusk("submit", "x.toml", "--ranks", "2", "--time", "5", "--send-data"), 64, "--host")


def main():
    fakes = Fakes(Faults(__doc__))
    here(fakes)
    awkward_names(fakes)
    far_away(fakes)
    fakes.faults.end()


main()
