/* Loaded into Redis: after each fsync of its log, notes when it began and how long the log was then.
   All before that length is on the disk; what is behind it is lost when the power goes.
   FSYNC_MILLISECONDS makes the disk slow. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is_log(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, ".incr.aof") != NULL;
}

static int record(const char *name, int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  struct stat before;
  struct timespec start;
  clock_gettime(CLOCK_REALTIME, &start);
  int known = is_log(file) && fstat(file, &before) == 0;
  const char *slow = getenv("FSYNC_MILLISECONDS");
  if (known && slow) usleep(1000 * atoi(slow));
  int result = real(file);
  if (known && result == 0) {
    FILE *notes = fopen(getenv("FSYNC_NOTES"), "a");
    if (notes) {
      long long ms = start.tv_sec * 1000LL + start.tv_nsec / 1000000;
      fprintf(notes, "%lld %lld\n", ms, (long long)before.st_size);
      fclose(notes);
    }
  }
  return result;
}

int fdatasync(int file) { return record("fdatasync", file); }
int fsync(int file) { return record("fsync", file); }
