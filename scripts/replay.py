#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does a run again from its history (docs/history.md), in NumPy and double precision, and says how far it comes from what
the run left: the largest difference of a step's loss, and of a weight of the final model.

Usage: scripts/replay.py RUN [RUN …] [--tolerance 1e-5]      RUN: a run directory of `tusk train` or `tusk simulate`

Exits with 1 if a difference exceeds the tolerance. Replayed are all of Tusk's own rules with sgd, and networks of dense layers and
batch normalization up to softmax, also of runs that were resumed and with weights of samples and classes. Other layers and optimizers,
commits that are compressed, several arrays, augmented samples and what else it cannot do are refused in one line. Under consistency "element" and "none" a pull may have had half of a commit in it: no history can know.
"""

import argparse
import json
import pathlib
import tomllib

import h5py
import numpy as np

from history_tables import is_tree, read_tables
from replay_parts import BOOTSTRAP, MEMBER, Data, Network, Random, Sgd, final_weights, part, refuse

REGROUPED = "its workers, or their parts of the data, changed while it ran, as those of a run that went on with another number of ranks"
WINDOWS = {"adag": 12, "aeasgd": 32, "eamsgd": 32, "easgd": 32, "diloco": 50}  # of 5 otherwise


class Run:
    """A run directory, read."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.experiment = tomllib.loads((self.folder / "experiment.toml").read_text())
        self.trainer, self.seed = self.experiment["trainer"], self.experiment.get("seed", 0)
        self.rule = {"agn": "adag"}.get(self.trainer["name"], self.trainer["name"])
        self.window = self.trainer.get("communication_window", WINDOWS.get(self.rule, 5))
        server = self.experiment.get("server", {})
        if server.get("compression", "none") != "none":
            refuse("compressed commits are not replayed")
        if server.get("topology", "flat") != "flat":
            refuse("trees of centers are not replayed")
        if self.rule == "ensemble":
            return
        manifest = json.loads((self.folder / "manifest.json").read_text())
        self.workers, self.shards = manifest["workers"], manifest["shards"]
        self.data = Data(self.experiment["data"], self.experiment["model"], self.trainer, self.seed)
        limit = str(self.experiment["data"].get("memory_limit", "auto")).split()[0]
        if limit.isdigit() and int(limit) * self.workers < 4 * self.data.x.size:
            refuse(f"{self.folder}: its data exceed data.memory_limit, and shards that are streamed are not replayed")
        self.network = Network(self.experiment["model"], self.data.x.shape[1])
        with h5py.File(self.folder / "history.h5") as file:
            every = int(file.attrs.get("every", 1))
            if every != 1:
                refuse(f"{self.folder}: its history has {'none' if every == 0 else f'one of {every}'} of the steps, commits and "
                       "pulls; only a run with [history] steps = \"all\" can be replayed")
        if is_tree(self.folder):
            refuse(f"{self.folder}: its run, or a part of it, was a tree of centers, which is not replayed")
        tables = read_tables(self.folder)
        if max(max(table["worker"], default=0) for table in tables.values()) >= self.workers:
            refuse(f"{self.folder}: {REGROUPED}")
        rows = lambda table, worker: [dict(zip(table, row)) for row in zip(*table.values())
                                      if row[list(table).index("worker")] == worker]
        self.steps, self.commits, self.pulls = ([rows(tables[name], w) for w in range(self.workers)]
                                                for name in ("steps", "commits", "pulls"))
        for further in (rows(tables["shards"], w) for w in range(self.workers)):
            for row in further:
                commit = next(c for c in self.commits[row["worker"]] if c["ticket"] == row["commit"])
                commit.setdefault("shards", {})[row["shard"]] = row
        self.loss_difference = 0.0


class Worker:
    """A worker's weights, optimizer and steps as its history has them."""

    def __init__(self, run, index, x):
        self.run, self.index, self.x = run, index, x.copy()
        self.optimizer = Sgd(run.experiment["optimizer"], run.network.trained)
        self.momenta, self.moved = run.network.momenta, 0
        self.contribution = np.zeros(len(self.momenta))  # of the batches since the last commit, to the statistics
        self.steps, self.done, self.batches = run.steps[index], 0, iter(())
        self.place = None

    def gradient(self):
        step = self.steps[self.done]
        if self.place != (step["epoch"], step["partition"]):
            self.place = (step["epoch"], step["partition"])
            parts = self.run.workers * self.run.trainer.get("parallelism_factor", 1)
            self.batches = iter(self.run.data.batches(step["partition"], parts, int(step["epoch"])))
        x, y, weight = next(self.batches, ((), (), np.zeros(0)))
        if len(x) != step["samples"]:
            refuse(f"{self.run.folder}: the history has batches of other sizes: {REGROUPED}")
        if not np.isclose(weight.sum(), step["weight"], rtol=1e-9, atol=1e-9):
            refuse(f"{self.run.folder}: the history has batches that weigh otherwise: its data or weights have changed since")
        loss, gradient, seen = self.run.network.gradient(self.x, x, y, weight)
        self.run.loss_difference = max(self.run.loss_difference, abs(loss - step["loss"]))
        for moving in (self.x[self.run.network.trained:], self.contribution):
            moving[:] = self.momenta * moving + (1 - self.momenta) * seen
        self.moved += 1
        return gradient

    def take_contribution(self):
        """(μᵐ, c) of the m batches since the last commit: what one process would have made of them is μᵐ statistics + c."""
        out = self.momenta**self.moved, self.contribution.copy()
        self.moved, self.contribution[:] = 0, 0.0
        return out

    def step(self, gradient):
        self.optimizer.step(self.x, gradient, self.steps[self.done]["learning_rate"])
        self.done += 1

    def take(self, count):
        for _ in range(count):
            self.step(self.gradient())

    def end_window(self):
        if not self.run.trainer.get("keep_optimizer_state", True):
            self.optimizer.reset()


class Center:
    """θ as it was after every commit, slice by slice. Its verbs are generators that wait, by `yield`, until the history
    has come to the version or the ticket in question."""

    def __init__(self, run, theta):
        self.trained = run.network.trained
        block = 16 if self.trained // 16 >= run.shards else 1
        cuts = [self.trained // block * s // run.shards * block for s in range(run.shards)] + [len(theta)]
        self.slices = [slice(*pair) for pair in zip(cuts, cuts[1:])]
        self.versions = [[theta[s].copy()] for s in self.slices]

    def order(self, worker):
        return [(worker + turn) % len(self.slices) for turn in range(len(self.slices))]

    def pull(self, worker, rows):
        """rows: the pulls of all shards, in the order of their numbers."""
        out = [None] * len(self.slices)
        for s in self.order(worker):
            while len(self.versions[s]) <= rows[s]["version"]:
                yield
            out[s] = self.versions[s][rows[s]["version"]]
        return np.concatenate(out)

    def commit(self, worker, row, increment, elastic=False):
        """θ += increment(slice, θ, row of the shard); returns what was added and the new θ. Statistics, behind the weights in
        the last slice, become what the batches since the last commit make of them, unless the exchange is elastic."""
        added, after = [None] * len(self.slices), [None] * len(self.slices)
        decay, contribution = worker.take_contribution()
        for s in self.order(worker.index):
            mine = row if s == 0 else row["shards"][s]
            while len(self.versions[s]) <= mine["ticket"]:
                yield
            theta = self.versions[s][-1]
            added[s] = increment(self.slices[s], theta, mine)
            if s + 1 == len(self.slices) and not elastic and len(decay):
                added[s][-len(decay):] = (decay - 1) * theta[-len(decay):] + contribution
            after[s] = theta + added[s]
            self.versions[s].append(after[s])
        return np.concatenate(added), np.concatenate(after)


class OuterMomentum:
    """delayed_nesterov's v and the sum of the last changes, as the paper has it, slice by slice."""

    def __init__(self, run, center):
        self.delay = run.trainer.get("delay", run.workers)
        self.rate, self.mu = run.trainer.get("outer_learning_rate", 0.7), run.trainer.get("outer_momentum", 0.9)
        self.slices = {s.start: [0.0, 0.0] for s in center.slices}  # v, sum

    def moves(self, of, change, ticket):
        """What a commit with this change moves θ by beside its own share."""
        memory = self.slices[of.start]
        memory[1] = memory[1] + change
        if (ticket + 1) % self.delay:
            return 0.0
        memory[0], memory[1] = self.mu * memory[0] + memory[1] / self.delay, 0.0
        return self.rate * self.mu * memory[0]


def share(run, steps):
    """How much of a window's change a rule takes, before it is weighed."""
    if run.rule in ("adag", "experimental"):
        return 1 / steps
    if run.rule in ("async_local_sgd", "delayed_nesterov"):
        default = 0.7 if run.rule == "delayed_nesterov" else 0.75 if run.trainer.get("overlap", False) else 1.5
        return run.trainer.get("outer_learning_rate", default) / run.workers
    return 1.0


def change_rule(run, worker, center):
    """downpour, adag, dynsgd, experimental, hogwild, async_local_sgd, delayed_nesterov: θ += (x − x₀)/divisor, weighed."""
    pulls = iter(zip(*[iter(run.pulls[worker.index])] * run.shards))
    late, eta = run.trainer.get("overlap", False), run.experiment["optimizer"]["learning_rate"]
    worker.x[:] = start = yield from center.pull(worker.index, next(pulls))
    brought = None
    for row in run.commits[worker.index]:
        if "max_staleness" in run.trainer:
            worker.x[:] = start = yield from center.pull(worker.index, next(pulls))
        worker.take(row["steps"])
        change = worker.x - start
        delta = share(run, row["steps"]) * change

        def weighed(of, theta, mine, delta=delta, start=start, change=change):
            if run.rule == "delayed_nesterov":
                return delta[of] + center.outer.moves(of, change[of], mine["ticket"])
            if run.rule == "experimental":
                return delta[of] / ((theta - start[of]) ** 2 / eta + 1)
            return delta[of] / (mine["divisor"] if run.rule == "dynsgd" else 1)

        if late:
            worker.x[:] = start = (start if brought is None else brought) + delta
        worker.end_window()
        _, theta = yield from center.commit(worker, row, weighed)
        brought = theta
        if not late:
            worker.x[:] = start = theta


def elastic_rule(run, worker, center):
    """aeasgd, eamsgd: E = α(z − θ) between a window's first gradient and its step; θ += E; x −= E."""
    pulls = iter(zip(*[iter(run.pulls[worker.index])] * run.shards))
    late, alpha = run.trainer.get("overlap", False), moving_rate(run)
    worker.x[:] = yield from center.pull(worker.index, next(pulls))
    rows, brought = run.commits[worker.index], np.zeros(len(worker.x))
    for row, following in zip(rows, rows[1:] + [None]):
        gradient = worker.gradient() if following else None
        z = worker.x.copy()
        if run.rule == "eamsgd":
            z[:center.trained] -= worker.optimizer.momentum * worker.optimizer.velocity
        if late:  # of what has come for the statistics, the steps since it was asked for have left a share
            force = brought * np.concatenate([np.ones(center.trained), worker.momenta**worker.moved])
            z = z - force
        pulled = lambda of, theta, mine, z=z: alpha * (z[of] - theta)
        if late:
            brought, _ = yield from center.commit(worker, row, pulled, elastic=True)
        else:
            force, _ = yield from center.commit(worker, row, pulled, elastic=True)
        if following:
            worker.step(gradient)
        worker.x -= force
        if following:
            worker.take(following["steps"] - 1)
            worker.end_window()


def gem_rule(run, worker, center):
    pulls = iter(zip(*[iter(run.pulls[worker.index])] * run.shards))
    mu, kappa = run.trainer.get("momentum", 0.9), run.trainer.get("kappa", 1.0)
    worker.x[:] = start = previous = yield from center.pull(worker.index, next(pulls))
    m = np.zeros(len(worker.x))
    for row in run.commits[worker.index]:
        if "max_staleness" in run.trainer:
            worker.x[:] = start = yield from center.pull(worker.index, next(pulls))
        worker.take(row["steps"])
        u = worker.x - start
        m = mu * m + u
        theta = yield from center.pull(worker.index, next(pulls))
        u = u * np.clip((kappa * abs(m) - abs(theta - previous)) / (abs(u) + 1e-12), 0.0, 5.0)
        worker.end_window()
        yield from center.commit(worker, row, lambda of, _, mine, u=u: u[of])
        previous = theta
        worker.x[:] = start = theta + u


def moving_rate(run):
    if "alpha" in run.trainer:
        return run.trainer["alpha"]
    if "rho" in run.trainer:
        return run.trainer["rho"] * run.experiment["optimizer"]["learning_rate"]
    return run.trainer.get("beta", 0.9) / run.workers


def with_center(run, x):
    rule = {"aeasgd": elastic_rule, "eamsgd": elastic_rule, "gem": gem_rule}.get(run.rule, change_rule)
    center = Center(run, x)
    center.outer = OuterMomentum(run, center)
    running = [rule(run, Worker(run, w, x), center) for w in range(run.workers)]
    while running:
        before = [len(versions) for versions in center.versions], len(running)
        for one in list(running):
            try:
                next(one)
            except StopIteration:
                running.remove(one)
        if before == ([len(versions) for versions in center.versions], len(running)):
            refuse(f"{run.folder}: the history contradicts itself: every worker waits for a commit that never comes")
    return np.concatenate([versions[-1] for versions in center.versions])


def with_peers(run, x):
    """sync_sgd, averaging, diloco, easgd: all workers in step; one whose batches have run out takes part without a step."""
    workers, trained = [Worker(run, w, x) for w in range(run.workers)], run.network.trained
    center, alpha = x.copy(), moving_rate(run) if run.rule == "easgd" else None
    velocity, eta = np.zeros(len(x)), run.trainer.get("outer_learning_rate", 0.7)
    mu, nesterov = run.trainer.get("outer_momentum", 0.9), run.trainer.get("nesterov", True)
    for epoch in sorted({row["epoch"] for rows in run.steps for row in rows}):
        left = [sum(row["epoch"] == epoch for row in rows) for rows in run.steps]
        window = run.trainer.get("communication_window", max(left)) if run.rule == "averaging" else run.window
        seen = np.zeros(run.workers)
        for step in range(max(left)):
            gradients = [w.gradient() if step < left[w.index] else None for w in workers]
            samples = np.array([w.steps[w.done]["samples"] if step < left[w.index] else 0 for w in workers])
            if run.rule == "sync_sgd":
                mean = sum(s * g for s, g in zip(samples, gradients) if s) / samples.sum()
                statistics = sum(s * w.x[trained:] for s, w in zip(samples, workers)) / samples.sum()
                rate = next(w.steps[w.done]["learning_rate"] for w in workers if step < left[w.index])
                for w in workers:
                    w.optimizer.step(w.x, mean, rate)
                    w.x[trained:] = statistics
                    w.done += step < left[w.index]
                continue
            forces = [0.0] * run.workers
            if run.rule == "easgd" and step % window == 0:
                forces = [alpha * (w.x - center) for w in workers]
                center = center + sum(forces)
            for w, gradient, force in zip(workers, gradients, forces):
                if gradient is not None:
                    w.step(gradient)
                w.x -= force
            seen += samples
            if run.rule in ("averaging", "diloco") and ((step + 1) % window == 0 or step + 1 == max(left)):
                mean, seen = sum(s * w.x for s, w in zip(seen, workers)) / seen.sum(), np.zeros(run.workers)
                if run.rule == "diloco":
                    velocity = mu * velocity + (mean - center)
                    moved = center + eta * (mu * velocity + (mean - center) if nesterov else velocity)
                    mean = center = np.concatenate([moved[:trained], mean[trained:]])
                for w in workers:
                    w.x[:] = mean
            if (step + 1) % window == 0 or step + 1 == max(left):
                for w in workers:
                    w.end_window()
    return center + sum(alpha * (w.x - center) for w in workers) if run.rule == "easgd" else workers[0].x


def alone(run, x):
    worker = Worker(run, 0, x)
    worker.take(len(worker.steps))
    return worker.x


def replay(run):
    """(difference of the losses, difference of the weights)"""
    topology = {"single": alone, "sync_sgd": with_peers, "averaging": with_peers, "diloco": with_peers, "easgd": with_peers}
    weights = topology.get(run.rule, with_center)(run, run.network.initial(run.seed))
    return run.loss_difference, abs(weights - final_weights(run.folder / "model.h5")).max()


def replay_ensemble(parent):
    """Every member alone, with its own seed and its own rows."""
    members, data, worst = parent.trainer["members"], parent.trainer.get("data", "whole"), (0.0, 0.0)
    folders = sorted(path.parent for path in parent.folder.glob("**/history.h5"))
    assert len(folders) == members, (folders, members)
    for index, folder in enumerate(folders):
        run = Run(folder)
        assert run.seed == Random(parent.seed, MEMBER, index).integer() >> 11
        run.data.rows = Data(parent.experiment["data"], parent.experiment["model"], parent.trainer, parent.seed).rows
        if data == "shard":
            run.data.rows = part(run.data.rows, index, members)
        elif data == "bootstrap":
            random, count = Random(parent.seed, BOOTSTRAP, index), len(run.data.rows)
            run.data.rows = run.data.rows[sorted(random.below(count) for _ in range(count))]
        worst = tuple(max(pair) for pair in zip(worst, replay(run)))
    return worst


def differences(folder):
    run = Run(folder)
    return replay_ensemble(run) if run.rule == "ensemble" else replay(run)


def main():
    parser = argparse.ArgumentParser(description="Does runs again from their histories.")
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()
    worst = 0.0
    print(f"{'run':40} {'loss':>10} {'weights':>10}")
    for folder in arguments.runs:
        found = differences(folder)
        print(f"{folder:40} {found[0]:10.1e} {found[1]:10.1e}")
        worst = max(worst, *found)
    raise SystemExit(0 if worst <= arguments.tolerance else 1)


if __name__ == "__main__":
    main()
