// SPDX-License-Identifier: Apache-2.0
// What reaches rank 0 of a tree of centers: loaded before MPI (LD_PRELOAD) by scripts/tree-messages.py, it counts the messages that rank 0
// receives, by who has sent them, and the collective calls that it begins, and writes both with the memory of rank 0 at the end.
// TUSK_RANKS_PER_NODE: the first of so many ranks is a relay. TUSK_MESSAGES: the file that is written.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int world_rank = -1, per_node = 1;
static long from_relays[8], from_workers, collective;  // the first by tag
static long at_first_sum;                              // memory, in kB

static void look(void) {
  if (world_rank >= 0) return;
  PMPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
  const char* text = getenv("TUSK_RANKS_PER_NODE");
  if (text != NULL) per_node = atoi(text);
}

// A number of kB that the system has of this process; 0 if it is not there.
static long memory(const char* name) {
  FILE* status = fopen("/proc/self/status", "r");
  long found = 0;
  char line[256];
  while (status != NULL && fgets(line, sizeof line, status) != NULL) {
    if (strncmp(line, name, strlen(name)) == 0) found = atol(line + strlen(name));
  }
  if (status != NULL) fclose(status);
  return found;
}

static void count(MPI_Comm comm, int source, int tag) {
  look();
  if (world_rank != 0) return;
  MPI_Group own, all;
  int rank = 0;
  PMPI_Comm_group(comm, &own);
  PMPI_Comm_group(MPI_COMM_WORLD, &all);
  PMPI_Group_translate_ranks(own, 1, &source, all, &rank);
  PMPI_Group_free(&own);
  PMPI_Group_free(&all);
  if (rank % per_node != 0) {
    ++from_workers;
  } else if (rank != 0) {
    ++from_relays[tag < 0 || tag > 7 ? 7 : tag];
    if (at_first_sum == 0 && tag == 2) at_first_sum = memory("RssAnon:");
  }
}

int MPI_Improbe(int source, int tag, MPI_Comm comm, int* flag, MPI_Message* message, MPI_Status* status) {
  MPI_Status own;
  if (status == MPI_STATUS_IGNORE) status = &own;
  const int code = PMPI_Improbe(source, tag, comm, flag, message, status);
  if (code == MPI_SUCCESS && *flag) count(comm, status->MPI_SOURCE, status->MPI_TAG);
  return code;
}

int MPI_Iallreduce(const void* in, void* out, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm, MPI_Request* request) {
  ++collective;
  return PMPI_Iallreduce(in, out, n, type, op, comm, request);
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) {
  ++collective;
  return PMPI_Ibarrier(comm, request);
}

int MPI_Finalize(void) {
  look();
  const char* path = getenv("TUSK_MESSAGES");
  FILE* out = world_rank == 0 && path != NULL ? fopen(path, "w") : NULL;
  if (out != NULL) {
    fprintf(out, "{\"notices\": %ld, \"sums\": %ld, \"own_workers\": %ld, \"collective\": %ld, \"first_kb\": %ld, \"last_kb\": %ld}\n",
            from_relays[1], from_relays[2], from_workers, collective, at_first_sum, memory("RssAnon:"));
    fclose(out);
  }
  return PMPI_Finalize();
}
