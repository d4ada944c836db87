// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD, by killed_writing.py: counts the calls by which this process changes anything in a
// folder `checkpoints`, and kills it at call number TUSK_KILL_AT, in a write half way through it.
// The number of calls so far is always in the file TUSK_CALLS.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int calls;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

static int concerns(const char* path) { return path != NULL && strstr(path, "/checkpoints") != NULL; }

static int concerns_file(int fd) {
  char link[64];
  char path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = '\0';
  return concerns(path);
}

// Whether the process is to end in this call.
static int is_last(void) {
  const char* file = getenv("TUSK_CALLS");
  const char* last = getenv("TUSK_KILL_AT");
  pthread_mutex_lock(&mutex);
  const int number = ++calls;
  char text[32];
  const int length = snprintf(text, sizeof text, "%d\n", number);
  const int fd = file == NULL ? -1 : open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd >= 0) {
    REAL(ssize_t, "write", int, const void*, size_t)(fd, text, (size_t)length);
    close(fd);
  }
  pthread_mutex_unlock(&mutex);
  return last != NULL && number == atoi(last);
}

static void end(void) { kill(getpid(), SIGKILL); }

ssize_t write(int fd, const void* bytes, size_t count) {
  ssize_t (*real)(int, const void*, size_t) = REAL(ssize_t, "write", int, const void*, size_t);
  if (concerns_file(fd) && is_last()) {
    real(fd, bytes, count / 2);
    end();
  }
  return real(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t at) {
  ssize_t (*real)(int, const void*, size_t, off64_t) =
      REAL(ssize_t, "pwrite64", int, const void*, size_t, off64_t);
  if (concerns_file(fd) && is_last()) {
    real(fd, bytes, count / 2, at);
    end();
  }
  return real(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t at) {
  return pwrite64(fd, bytes, count, at);
}

int fsync(int fd) {
  if (concerns_file(fd) && is_last()) end();
  return REAL(int, "fsync", int)(fd);
}

int rename(const char* from, const char* to) {
  if ((concerns(from) || concerns(to)) && is_last()) end();
  return REAL(int, "rename", const char*, const char*)(from, to);
}

int mkdir(const char* path, mode_t mode) {
  if (concerns(path) && is_last()) end();
  return REAL(int, "mkdir", const char*, mode_t)(path, mode);
}

int symlink(const char* target, const char* path) {
  if (concerns(path) && is_last()) end();
  return REAL(int, "symlink", const char*, const char*)(target, path);
}

int unlink(const char* path) {
  if (concerns(path) && is_last()) end();
  return REAL(int, "unlink", const char*)(path);
}

int remove(const char* path) {
  if (concerns(path) && is_last()) end();
  return REAL(int, "remove", const char*)(path);
}

int unlinkat(int folder, const char* path, int flags) {
  if ((concerns(path) || (folder >= 0 && concerns_file(folder))) && is_last()) end();
  return REAL(int, "unlinkat", int, const char*, int)(folder, path, flags);
}
