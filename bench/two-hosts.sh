#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What an exchange costs between two hosts, which are network namespaces of this machine, beside a raw TCP
# connection between them that sends as much and gets as much back. Needs root, iproute2 and Python.
# RATE=5gbit in the environment makes the network as slow as that, both ways.
# Usage: bench/two-hosts.sh [tusk_bench_exchange's options]
#        bench/two-hosts.sh overlap [tusk_bench_overlap's options]
set -euo pipefail
cd "$(dirname "$0")/.."
program=$PWD/build/release/tusk_bench_exchange
if [ "${1:-}" = overlap ]; then
  program=$PWD/build/release/tusk_bench_overlap
  shift
fi
scratch=$(mktemp -d)
server=tusk-a worker=tusk-b

cleanup() {
  ip netns del "$server" 2> /dev/null || true
  ip netns del "$worker" 2> /dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT
ip netns add "$server"
ip netns add "$worker"
ip link add veth-a netns "$server" type veth peer name veth-b netns "$worker"
ip -n "$server" addr add 10.77.0.1/24 dev veth-a
ip -n "$worker" addr add 10.77.0.2/24 dev veth-b
for host in "$server" "$worker"; do ip -n "$host" link set lo up; done
ip -n "$server" link set veth-a up
ip -n "$worker" link set veth-b up
if [ -n "${RATE:-}" ]; then
  for end in "$server veth-a" "$worker veth-b"; do
    read -r host device <<< "$end"
    ip netns exec "$host" tc qdisc add dev "$device" root tbf rate "$RATE" burst 1mb latency 50ms
  done
fi

# The remote shell that mpirun calls: AGENT [options] ADDRESS COMMAND…
# Each host has a name of its own, or Open MPI would take the two for one.
cat > "$scratch/agent" << 'AGENT'
#!/usr/bin/env bash
while [[ $1 == -* ]]; do shift; done
if [ "$1" = 10.77.0.1 ]; then host=tusk-a; else host=tusk-b; fi
shift
exec ip netns exec "$host" unshare -u /bin/bash -c "hostname $host; $*"
AGENT
chmod +x "$scratch/agent"

cat > "$scratch/tcp.py" << 'PYTHON'
import socket, sys, time

size, rounds = 4_000_000, 101
buffer = bytearray(size)

def receive(connection):
    view, got = memoryview(buffer), 0
    while got < size:
        got += connection.recv_into(view[got:], size - got)

if sys.argv[1] == "server":
    listener = socket.create_server(("10.77.0.1", 5999))
    connection, _ = listener.accept()
    for _ in range(rounds):
        receive(connection)
        connection.sendall(buffer)
else:
    connection = socket.create_connection(("10.77.0.1", 5999))
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        connection.sendall(buffer)
        receive(connection)
        seconds.append(time.perf_counter() - start)
    median = sorted(seconds)[rounds // 2]
    print(f"raw TCP, 1,000,000 floats there and back: {median * 1e3:.3f} ms, {2 * size / median / 1e9:.2f} GB/s")
PYTHON

raw_tcp() {
  ip netns exec "$server" python3 "$scratch/tcp.py" server &
  sleep 0.5
  ip netns exec "$worker" python3 "$scratch/tcp.py" worker
  wait
}

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_orte_execute_quiet=1
sent() { ip netns exec "$worker" cat /sys/class/net/veth-b/statistics/tx_bytes; }

raw_tcp
before=$(sent)
ip netns exec "$server" unshare -u /bin/bash -c "hostname $server"'; exec "$@"' _ \
  mpirun --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 \
  --mca plm_rsh_agent "$scratch/agent" --mca plm_rsh_no_tree_spawn 1 --mca btl tcp,self,vader \
  --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
  --host 10.77.0.1:1,10.77.0.2:1 -np 2 "$program" --transport message "$@"
echo "the worker's host sent $((($(sent) - before) / 1000000)) MB"
raw_tcp
