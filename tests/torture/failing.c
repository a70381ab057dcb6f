// Loaded before the C library: the FAIL_AT-th call of FAIL_CALL below the folder FAIL_BELOW fails with FAIL_ERROR, and
// with FAIL_LOCKS there are no file locks. Calls are counted in each process for itself.
// The file FAIL_MARK then appears.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int calls;

static int below(const char *path) {
    const char *root = getenv("FAIL_BELOW");
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static int fails(const char *call, const char *path) {
    const char *wanted = getenv("FAIL_CALL");
    if (!wanted || strcmp(wanted, call) != 0 || !below(path)) return 0;
    if (__sync_add_and_fetch(&calls, 1) != atoi(getenv("FAIL_AT"))) return 0;
    int mark = open(getenv("FAIL_MARK"), O_CREAT | O_WRONLY, 0666);
    if (mark >= 0) close(mark);
    errno = atoi(getenv("FAIL_ERROR"));
    return 1;
}

static int fails_on(const char *call, int file) {
    char link[64], path[PATH_MAX];
    if (!getenv("FAIL_CALL") || strcmp(getenv("FAIL_CALL"), call) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(call, path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    return fails_on("write", file) ? -1 : real(file, bytes, count);
}

int fsync(int file) {
    REAL(fsync);
    return fails_on("fsync", file) ? -1 : real(file);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    return fails("rename", to) ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir);
    return fails("mkdir", path) ? -1 : real(path, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = va_arg(rest, mode_t);
    va_end(rest);
    // Reading is not what is tested here.
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    return writes && fails("open", path) ? -1 : real(path, flags, mode);
}

int flock(int file, int operation) {
    int (*real)(int, int) = (int (*)(int, int))dlsym(RTLD_NEXT, "flock");
    if (getenv("FAIL_LOCKS")) {
        errno = ENOLCK;
        return -1;
    }
    return real(file, operation);
}
