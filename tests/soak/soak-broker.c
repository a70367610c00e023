/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The broker's life and death. The room back/ is linked with its variables in
 * two sections of their own (tests/soak/local.mk), so that a dead broker leaves
 * nothing behind in memory that the next one could take for its own. Death
 * comes where a broker changes something outside of itself: at its n-th call
 * into Xen, the store, or a state file.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "back-world.h"
#include "device-ops.h"
#include "events.h"
#include "fake-store.h"
#include "ledger.h"
#include "link.h"
#include "loop.h"
#include "pair-worker.h"
#include "soak.h"
#include "state.h"

/* The linker defines these for a section whose name is an identifier. */
extern char __start_broker_data[], __stop_broker_data[];
extern char __start_broker_bss[], __stop_broker_bss[];

static struct {
    char *data, *bss; /* as they were before the first broker */
    bool runs;
    bool doomed;
    uint32_t left; /* changes until it dies */
    unsigned int births, deaths;
    jmp_buf *grave; /* where a broker that dies now leaves to */
} life;

static size_t data_size(void)
{
    return (uintptr_t)__stop_broker_data - (uintptr_t)__start_broker_data;
}

static size_t bss_size(void)
{
    return (uintptr_t)__stop_broker_bss - (uintptr_t)__start_broker_bss;
}

/* With gaps between variables that a sanitizer watches; hence volatile, too,
 * lest the compiler make it a call of memcpy(). */
__attribute__((no_sanitize("address"))) static void
copy(char *to, const volatile char *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((volatile char *)to)[i] = from[i];
}

void soak_broker_prepare(void)
{
    life.data = malloc(data_size());
    life.bss = malloc(bss_size());
    if (!life.data || !life.bss)
        soak_fail("out of memory");
    copy(life.data, __start_broker_data, data_size());
    copy(life.bss, __start_broker_bss, bss_size());
}

bool soak_broker_runs(void)
{
    return life.runs;
}

unsigned int soak_broker_births(void)
{
    return life.births;
}

unsigned int soak_broker_deaths(void)
{
    return life.deaths;
}

void soak_broker_doom(uint32_t n)
{
    life.doomed = true;
    life.left = n;
}

/* ---- children: libev keeps them in a list of its own ---- */

struct child {
    struct child *next;
    struct loop_watch *watch;
    loop_child_fn *fn;
    void *arg;
};
static struct child *children;

static void child_forget(const struct child *child)
{
    struct child **link = &children;

    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
}

static void on_child(void *arg, int status)
{
    struct child child = *(struct child *)arg;

    child_forget(arg);
    free(arg);
    child.fn(child.arg, status);
}

struct loop_watch *__real_loop_on_exit(pid_t pid, loop_child_fn *fn, void *arg);
struct loop_watch *__wrap_loop_on_exit(pid_t pid, loop_child_fn *fn, void *arg);

struct loop_watch *__wrap_loop_on_exit(pid_t pid, loop_child_fn *fn, void *arg)
{
    struct child *child = calloc(1, sizeof(*child));

    if (!child)
        soak_fail("out of memory");
    child->fn = fn;
    child->arg = arg;
    child->watch = __real_loop_on_exit(pid, on_child, child);
    child->next = children;
    children = child;
    return child->watch;
}

void __real_loop_cancel(struct loop_watch *watch);
void __wrap_loop_cancel(struct loop_watch *watch);

void __wrap_loop_cancel(struct loop_watch *watch)
{
    struct child *child = children;

    while (child && child->watch != watch)
        child = child->next;
    if (child && watch) {
        child_forget(child);
        free(child);
    }
    __real_loop_cancel(watch);
}

/* ---- death ---- */

/* What a guest or a device is given to answer is long in a test; a fifth of it
 * is still far more than a child process needs. */
#define LONG_MS 5000u

struct loop_watch *__real_loop_after(uint32_t ms, loop_fn *fn, void *arg);
struct loop_watch *__wrap_loop_after(uint32_t ms, loop_fn *fn, void *arg);

struct loop_watch *__wrap_loop_after(uint32_t ms, loop_fn *fn, void *arg)
{
    /* The one deadline whose end guests are told of: here none is wanted. */
    if (ms == DEVICE_OP_MS)
        ms *= 20;
    else if (ms >= LONG_MS)
        ms /= 5;
    return __real_loop_after(ms, fn, arg);
}

/* The broker is about to change something. */
static void fate(void)
{
    if (!life.doomed || !life.grave)
        return;
    if (life.left > 0) {
        life.left--;
        return;
    }
    life.doomed = false;
    life.deaths++;
    longjmp(*life.grave, 1);
}

static void on_call(const char *line UNUSED)
{
    fate();
}

int __real_store_commit(struct store *st, struct store_txn *txn);
int __wrap_store_commit(struct store *st, struct store_txn *txn);
int __wrap_store_commit(struct store *st, struct store_txn *txn)
{
    fate();
    return __real_store_commit(st, txn);
}

int __real_store_write(struct store *st, struct store_txn *txn,
                       const char *path, const char *value);
int __wrap_store_write(struct store *st, struct store_txn *txn,
                       const char *path, const char *value);
int __wrap_store_write(struct store *st, struct store_txn *txn,
                       const char *path, const char *value)
{
    fate();
    return __real_store_write(st, txn, path, value);
}

int __real_store_remove(struct store *st, struct store_txn *txn,
                        const char *path);
int __wrap_store_remove(struct store *st, struct store_txn *txn,
                        const char *path);
int __wrap_store_remove(struct store *st, struct store_txn *txn,
                        const char *path)
{
    fate();
    return __real_store_remove(st, txn, path);
}

int __real_state_save(const struct state_record *record);
int __wrap_state_save(const struct state_record *record);
int __wrap_state_save(const struct state_record *record)
{
    fate();
    return __real_state_save(record);
}

void __real_state_drop(struct sbdf sbdf);
void __wrap_state_drop(struct sbdf sbdf);
void __wrap_state_drop(struct sbdf sbdf)
{
    fate();
    __real_state_drop(sbdf);
}

/* Descriptors of a dead process close; what stays open are the fake store's,
 * which are all eventfds, and this program's own three. */
static void close_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    const struct dirent *entry;

    while ((entry = readdir(dir))) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        char link[64], target[256];
        ssize_t len;

        if (fd < 3 || fd == dirfd(dir))
            continue;
        (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        len = readlink(link, target, sizeof(target) - 1);
        target[len < 0 ? 0 : len] = '\0';
        if (!strstr(target, "eventfd") && !pair_workers_have_fd(fd))
            (void)close(fd);
    }
    (void)closedir(dir);
}

void soak_broker_kill(void)
{
    static const char *run_dir;

    run_dir = state_dir();
    life.runs = false;
    life.doomed = false;
    /* The service manager may have killed the workers, too. */
    if (soak_random(4) == 0)
        pair_workers_vanish();
    else
        pair_workers_orphan();
    while (children)
        __wrap_loop_cancel(children->watch);
    loop_fini();
    fake_store_hang_up(world_store);
    world_store = NULL;
    copy(__start_broker_data, life.data, data_size());
    copy(__start_broker_bss, life.bss, bss_size());
    close_descriptors();
    state_open(run_dir);
    loop_init();
}

/* ---- life ---- */

static void on_store(void *arg UNUSED)
{
    events_take(world_hyp, world_store);
}

/* As back/broker.c: guests of an earlier broker come first. */
#define SETTLE_MS 20u

static void settle_in(void *unused UNUSED)
{
    ledger_start();
    link_release_orphans();
}

static void start(void)
{
    link_adopt_devices(world_hyp);
    /* It looks for leftovers by unmapping what may not be there. */
    fake_xen_forgive();
    (void)!events_scan(world_hyp, world_store);
    (void)loop_after(SETTLE_MS, settle_in, NULL);
}

void soak_broker_start(void)
{
    static jmp_buf grave;

    fake_xen_on_call(on_call);
    if (!world_store)
        world_store = store_open();
    life.runs = true;
    life.births++;
    if (events_watch(world_store) < 0)
        soak_fail("the broker cannot watch the store");
    (void)loop_on_read(store_fd(world_store), on_store, NULL);
    life.grave = &grave;
    if (setjmp(grave) == 0) {
        start();
        life.grave = NULL;
        return;
    }
    life.grave = NULL;
    fake_xen_forgive();
    soak_broker_kill();
    soak_broker_start();
}

void __real_loop_run(void);
void __wrap_loop_run(void);

/* Wherever the broker's loop is run, that is where it may die. */
void __wrap_loop_run(void)
{
    static jmp_buf grave;

    life.grave = &grave;
    if (setjmp(grave) == 0) {
        __real_loop_run();
        life.grave = NULL;
        return;
    }
    life.grave = NULL;
    soak_broker_kill();
    /* One that is killed while it starts is one of the things to try. */
    if (soak_random(4) == 0)
        soak_broker_doom(soak_random(12));
    soak_broker_start();
}
