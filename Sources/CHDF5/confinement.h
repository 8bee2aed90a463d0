#pragma once

// What the child process that reads a file needs of the kernel: calls that take a variable number
// of arguments, or that the C library shows only to GNU sources, are out of Swift's reach.

#include <errno.h>
#include <unistd.h>

#if defined(__linux__)
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/// A file in memory without a name, which can be sealed; negative where the kernel has none.
static inline int chdf5_memory_file(void) {
  return (int)syscall(SYS_memfd_create, "hdf5", 3u);  // MFD_CLOEXEC | MFD_ALLOW_SEALING
}

/// A pipe that no other process inherits.
static inline int chdf5_pipe(int ends[2]) {
  return (int)syscall(SYS_pipe2, ends, O_CLOEXEC);
}

/// Makes a memory file's bytes and size final; fails while anybody can still write to it.
static inline int chdf5_seal(int descriptor) {
  return fcntl(descriptor, 1033, 0x0f);  // F_ADD_SEALS: SEAL, SHRINK, GROW, WRITE
}

/// No new privileges, no core dump, death with the parent, no descriptor from `first` on.
static inline int chdf5_confine(int first) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return -1;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return -1;
#if defined(SYS_close_range)
  syscall(SYS_close_range, (unsigned)first, ~0u, 0u);
#endif
  return 0;
}
#else
#include <fcntl.h>
#include <stdlib.h>

static inline int chdf5_memory_file(void) {
  char name[] = "/tmp/hdf5.XXXXXX";
  int descriptor = mkstemp(name);
  if (descriptor >= 0) unlink(name);
  return descriptor;
}
static inline int chdf5_pipe(int ends[2]) {
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  return fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}
static inline int chdf5_seal(int descriptor) { return descriptor < 0 ? -1 : 0; }
static inline int chdf5_confine(int first) { return first < 0 ? -1 : 0; }
#endif
