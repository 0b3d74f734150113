/* Preloaded into a Python: calls on files fail with the error numbers in FAIL_… of the environment at that moment. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_BY(variable) do { int number = number_in(variable); if (number) { errno = number; return -1; } } while (0)

static int number_in(const char *variable) {
    const char *value = getenv(variable);
    return value ? atoi(value) : 0;
}

static int on_sync(int fd) {
    struct stat found;
    if (fstat(fd, &found) == 0 && S_ISDIR(found.st_mode)) FAIL_BY("FAIL_SYNC_FOLDER");
    else FAIL_BY("FAIL_SYNC");
    return 0;
}

static int on_fcntl(int command) {
    if (command == F_SETLK || command == F_SETLKW) FAIL_BY("FAIL_LOCK");
    return 0;
}

static int on_open(const char *path, int flags) {
    if (strstr(path, "simkl.") && (flags & (O_WRONLY | O_RDWR | O_CREAT))) FAIL_BY("FAIL_OPEN_TO_WRITE");
    return 0;
}

#define ARGUMENT(type, last) va_list list; va_start(list, last); type argument = va_arg(list, type); va_end(list)

int fcntl(int fd, int command, ...) { ARGUMENT(void *, command); return on_fcntl(command) ? -1 : REAL(fcntl)(fd, command, argument); }
int fcntl64(int fd, int command, ...) { ARGUMENT(void *, command); return on_fcntl(command) ? -1 : REAL(fcntl64)(fd, command, argument); }
int open(const char *path, int flags, ...) { ARGUMENT(int, flags); return on_open(path, flags) ? -1 : REAL(open)(path, flags, argument); }
int open64(const char *path, int flags, ...) { ARGUMENT(int, flags); return on_open(path, flags) ? -1 : REAL(open64)(path, flags, argument); }
int fsync(int fd) { return on_sync(fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return on_sync(fd) ? -1 : REAL(fdatasync)(fd); }
int chmod(const char *path, mode_t mode) { FAIL_BY("FAIL_CHMOD"); return REAL(chmod)(path, mode); }
int fchmod(int fd, mode_t mode) { FAIL_BY("FAIL_CHMOD"); return REAL(fchmod)(fd, mode); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { FAIL_BY("FAIL_WRITE"); return REAL(pwrite64)(fd, data, size, at); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { FAIL_BY("FAIL_WRITE"); return REAL(pwrite)(fd, data, size, at); }
