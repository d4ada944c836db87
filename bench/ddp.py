# SPDX-License-Identifier: Apache-2.0
"""Two workers beside two processes of PyTorch's DistributedDataParallel over gloo, a thread each: samples a second of the same
networks, batches, optimizers and data, in turns within one run.

Usage: bench/peers.sh ddp [NAME], with the data of scripts/prepare-data.sh mnist and higgs-atlas; NAME: a part of the networks' names.
Prints rows of a Markdown table. Both are timed while they train, without their start.
"""

import os
import statistics
import sys
import time

from headline import HIGGS_ROWS, MNIST_ROWS, MODELS, ROOT, train
from peers import CASES, pytorch_model

TUSK = os.path.join(ROOT, "build", "release", "tusk")
TRAINERS = {"sync_sgd": (2, ""), "adag": (3, "communication_window = 5\n")}  # ranks, keys
PEERS = {"DDP": {}, "DDP fused": {"fused": True}}  # how the optimizer is written
PROCESSES, ROUNDS, SECONDS = 2, 3, 6.0
DATA = {"higgs": "higgs-atlas", "mnist": "mnist"}
NETWORKS = [("higgs 30-500-500-500-2", (30,), [500, (0.4, "dropout"), 500, (0.4, "dropout"), 500], 2, 64, "adagrad"),
            *CASES[2:5]]  # those of MODELS


def tusk_rate(case, trainer, repeat):
    name, batch_size = case[0].split()[0], case[4]
    ranks, keys = TRAINERS[trainer]
    text = (f'name = "{trainer}"\n' + MODELS[name].format(root=ROOT, repeat=repeat) +
            f'[trainer]\nname = "{trainer}"\nepochs = 1\nbatch_size = {batch_size}\n{keys}')
    return train(TUSK, text, ranks)["samples_per_s"]


def load(case, rank):
    """This process's half of the training data, as Tusk's transforms leave them."""
    import h5py
    import numpy
    import torch

    name = case[0].split()[0]
    with h5py.File(os.path.join(ROOT, "data", DATA[name] + "-train.h5")) as file:
        x, y = file["features"][:].astype("float32"), file["label"][:].astype("int64")
    x = x.reshape(len(x), -1)
    if name == "mnist":
        x /= 255.0
    else:
        x[x == -999.0] = numpy.nan
        x = numpy.where(numpy.isnan(x), numpy.nanmean(x, axis=0), x)
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    return torch.from_numpy(x[rank::PROCESSES].copy()), torch.from_numpy(y[rank::PROCESSES].copy())


def ddp_process(rank, case, options, port, rates):
    import torch
    import torch.distributed

    torch.distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=PROCESSES)
    plain, update = pytorch_model(case, options)
    model = torch.nn.parallel.DistributedDataParallel(plain)
    loss_of = torch.nn.CrossEntropyLoss()
    x, y = load(case, rank)
    batch_size = case[4]

    def steps(count):
        """So many steps; the number of samples."""
        done = samples = 0
        while done < count:
            for batch in torch.randperm(len(x)).split(batch_size)[:count - done]:
                update.zero_grad(set_to_none=True)
                loss_of(model(x[batch]), y[batch]).backward()
                update.step()
                done += 1
                samples += len(batch)
        return samples

    steps(100)
    start = time.perf_counter()
    steps(100)
    count = torch.tensor(int(100 * SECONDS / (time.perf_counter() - start)))
    torch.distributed.broadcast(count, 0)
    start = time.perf_counter()
    samples = steps(int(count))
    rates[rank] = PROCESSES * samples / (time.perf_counter() - start)
    torch.distributed.destroy_process_group()


def ddp_rate(case, peer, port):
    import torch

    with torch.multiprocessing.Manager() as manager:
        rates = manager.dict()
        torch.multiprocessing.spawn(ddp_process, args=(case, PEERS[peer], port, rates), nprocs=PROCESSES)
        return min(rates.values())


def main():
    print("| network | batch a worker | " + " | ".join(f"{name}, samples/s" for name in (*TRAINERS, *PEERS)) +
          " | sync_sgd by the faster DDP | adag by it |\n|" + "---|" * (4 + len(TRAINERS) + len(PEERS)))
    for case in NETWORKS:
        if len(sys.argv) > 1 and sys.argv[1] not in f"{case[0]} {case[4]}":
            continue
        rates = {name: [] for name in (*TRAINERS, *PEERS)}
        repeat = 1
        for turn in range(1 + ROUNDS):  # the first one only tells how often the data must be repeated to take some seconds
            for trainer in TRAINERS:
                rates[trainer].append(tusk_rate(case, trainer, repeat))
            if turn == 0:
                samples = HIGGS_ROWS if case[0].startswith("higgs") else MNIST_ROWS
                repeat = max(1, round(SECONDS * rates["sync_sgd"].pop() / samples))
                rates["adag"].clear()
                continue
            for i, peer in enumerate(PEERS):
                rates[peer].append(ddp_rate(case, peer, 29_500 + 2 * turn + i))
        median = {name: statistics.median(values) for name, values in rates.items()}
        best = max(median[peer] for peer in PEERS)
        print(f"| {case[0]} | {case[4]} | " + " | ".join(f"{median[name]:,.0f}" for name in (*TRAINERS, *PEERS)) +
              f" | {median['sync_sgd'] / best:.1f} | {median['adag'] / best:.1f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
