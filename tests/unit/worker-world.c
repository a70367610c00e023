/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See worker-world.h. */
#include "worker-world.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "loop.h"
#include "pciregs.h"
#include "run-until.h"
#include "state.h"
#include "temp-tree.h"

#define PAGE_BYTES  4096
#define DEADLINE_MS 10000u

struct broker_seen *broker_seen;
struct broker_seen test_seen;
struct worker_proc *test_worker;
bool test_is_mute;

struct pci_page *guest_page;
static struct device dev;
static struct msg_connect where;

static void *shared_memory(size_t size, int fd)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                   fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

    ck_assert(p != MAP_FAILED);
    return p;
}

static const char *page_name(void)
{
    static char name[32];

    (void)snprintf(name, sizeof(name), "/xenpci-test-%u", where.gref);
    return name;
}

static void make_page(void)
{
    int fd;

    where.domid = GUEST_DOMID;
    where.gref = (uint32_t)getpid();
    where.port = 9;
    /* A worker may have given up its uid by now. */
    fd = shm_open(page_name(), O_RDWR | O_CREAT, 0666);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, PAGE_BYTES), 0);
    guest_page = shared_memory(PAGE_BYTES, fd);
    (void)close(fd);
    ring_init(guest_page, false);
}

/* A device with a header and no capabilities. */
static void make_device(void)
{
    uint8_t config[256] = { 0 };
    struct cfg_hw hw = { .read = NULL };
    struct cfg_params params = {
        .size = sizeof(config),
        .vendor = GUEST_VENDOR,
        .device = GUEST_DEVICE,
    };
    static uint8_t snapshot[CFG_SIZE_MAX];

    le16_store(config + PCI_VENDOR_ID, GUEST_VENDOR);
    le16_store(config + PCI_DEVICE_ID, GUEST_DEVICE);
    memcpy(snapshot, config, sizeof(config));
    memset(&dev, 0, sizeof(dev));
    dev.handle = (uint32_t)getpid();
    dev.sbdf = (struct sbdf){ .bus = 3 };
    dev.config_ro_fd = memfd_create("config", MFD_CLOEXEC);
    ck_assert_int_eq(write(dev.config_ro_fd, config, sizeof(config)),
                     sizeof(config));
    dev.shadow_fd = state_shadow(dev.sbdf);
    ck_assert_int_ge(dev.shadow_fd, 0);
    dev.shadow = shared_memory(sizeof(*dev.shadow), dev.shadow_fd);
    cfgspace_init(&dev.cs, &params, snapshot, dev.shadow, hw, CFG_FRESH);
}

void worker_world_setup(void)
{
    state_open(temp_tree_make());
    ck_assert_int_eq(worker_root_open(state_dir()), 0);
    ck_assert_int_eq(worker_program_open(TEST_WORKER), 0);
    /* Workers without a broker are ours to wait for. */
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    memset(&test_seen, 0, sizeof(test_seen));
    broker_seen = shared_memory(sizeof(*broker_seen), -1);
    test_worker = NULL;
    test_is_mute = false;
    make_page();
    make_device();
    loop_init();
}

void worker_world_teardown(void)
{
    test_ends_worker();
    worker_spare_end();
    if (worker_pid() > 0)
        (void)kill(worker_pid(), SIGKILL);
    /* That of a broker which was killed. */
    if (spare_pid() > 0)
        (void)kill(spare_pid(), SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    loop_fini();
    (void)shm_unlink(page_name());
    (void)munmap(guest_page, PAGE_BYTES);
    (void)close(dev.config_ro_fd);
    (void)close(dev.shadow_fd);
    temp_tree_drop();
}

/* ---- handlers ---- */

static void answer(struct worker_proc *w, const struct broker_seen *seen)
{
    const struct msg_answer a = { .err = PCI_ERR_SUCCESS };

    ck_assert_int_eq(worker_answer(w, seen->request.serial, &a), 0);
}

static void on_connected(void *arg, const struct msg_connected *result)
{
    struct broker_seen *seen = arg;

    seen->verdict = *result;
    seen->connected++;
}

static void on_request(void *arg, const struct msg *request)
{
    struct broker_seen *seen = arg;

    seen->request = *request;
    seen->requests++;
    if (!test_is_mute)
        answer(test_worker, seen);
}

static void on_aer_done(void *arg UNUSED, const struct msg *m UNUSED)
{
}

static void on_settled(void *arg)
{
    struct broker_seen *seen = arg;

    seen->settled++;
}

static void on_adopted(void *arg, const char *version)
{
    struct broker_seen *seen = arg;

    (void)snprintf(seen->version, sizeof(seen->version), "%s", version);
}

static void on_said(void *arg, uint32_t priority, const char *text)
{
    struct broker_seen *seen = arg;

    seen->lines++;
    seen->priority = priority;
    (void)snprintf(seen->line, sizeof(seen->line), "%s", text);
}

static void on_gone(void *arg, const char *reason)
{
    struct broker_seen *seen = arg;

    (void)snprintf(seen->reason, sizeof(seen->reason), "%s", reason);
    seen->gone++;
    test_worker = NULL;
}

static void on_captured(void *arg, const char *how)
{
    struct broker_seen *seen = arg;

    seen->captured++;
    on_gone(arg, how);
}

const struct worker_handlers test_handlers = {
    .connected = on_connected,
    .request = on_request,
    .aer_done = on_aer_done,
    .settled = on_settled,
    .adopted = on_adopted,
    .said = on_said,
    .gone = on_gone,
    .captured = on_captured,
};

/* ---- brokers ---- */

static void connect_worker(enum cfg_start start)
{
    ck_assert_int_eq(worker_device_add(test_worker, &dev, start), 0);
    ck_assert_int_eq(worker_connect(test_worker, &where), 0);
}

static void be_a_broker(enum broker_habit habit)
{
    enum cfg_start start = CFG_CONTINUE;

    loop_fini();
    loop_init();
    /* As unlike the test's own as another broker's is. */
    dev.handle += 1000;
    test_is_mute = habit == BROKER_IS_MUTE;
    test_worker = worker_adopt(GUEST_DOMID, &test_handlers, broker_seen);
    if (!test_worker) {
        test_worker = worker_spawn(GUEST_DOMID, &test_handlers, broker_seen);
        start = CFG_FRESH;
    }
    if (!test_worker)
        _exit(EXIT_FAILURE);
    if (habit == BROKER_STOPS_HALFWAY) {
        (void)!worker_device_add(test_worker, &dev, start);
        broker_seen->connected++;
    } else {
        connect_worker(start);
    }
    loop_run();
    _exit(EXIT_SUCCESS);
}

static bool is_connected(void *arg)
{
    const struct broker_seen *seen = arg;

    return seen->connected > 0;
}

pid_t broker_start(enum broker_habit habit)
{
    pid_t pid;

    memset(broker_seen, 0, sizeof(*broker_seen));
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        be_a_broker(habit);
    eventually(is_connected, broker_seen, "a broker is connected");
    ck_assert_int_eq(broker_seen->verdict.err, 0);
    return pid;
}

void broker_kill(pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    process_ends(pid);
}

void test_starts(void)
{
    test_worker = worker_spawn(GUEST_DOMID, &test_handlers, &test_seen);
    ck_assert_ptr_nonnull(test_worker);
    connect_worker(CFG_FRESH);
    eventually_in_loop(is_connected, &test_seen, "the worker is connected");
    ck_assert_int_eq(test_seen.verdict.err, 0);
}

bool test_adopts(void)
{
    test_worker = worker_adopt(GUEST_DOMID, &test_handlers, &test_seen);
    if (!test_worker)
        return false;
    connect_worker(CFG_CONTINUE);
    return true;
}

void test_answers(void)
{
    answer(test_worker, &test_seen);
}

static bool flag_is_set(void *arg)
{
    const bool *flag = arg;

    return *flag;
}

static void set_flag(void *arg)
{
    bool *flag = arg;

    *flag = true;
}

void test_ends_worker(void)
{
    bool ended = false;

    if (!test_worker)
        return;
    worker_end(test_worker, set_flag, &ended);
    test_worker = NULL;
    eventually_in_loop(flag_is_set, &ended, "the worker ends");
}

/* ---- processes ---- */

static pid_t recorded_pid(uint16_t domid)
{
    struct state_worker record;

    return state_worker_load(domid, &record) == 0 ? record.pid : 0;
}

pid_t worker_pid(void)
{
    return recorded_pid(GUEST_DOMID);
}

pid_t spare_pid(void)
{
    return recorded_pid(WORKER_SPARE);
}

bool process_lives(pid_t pid)
{
    return pid > 0 && kill(pid, 0) == 0;
}

static bool has_ended(void *arg)
{
    const pid_t *pid = arg;
    siginfo_t info = { 0 };

    return waitid(P_PID, (id_t)*pid, &info, WEXITED | WNOHANG) < 0 ||
           info.si_pid == *pid || !process_lives(*pid);
}

void process_ends(pid_t pid)
{
    eventually(has_ended, &pid, "a process ends");
}

void eventually(bool (*cond)(void *arg), void *arg, const char *what)
{
    const struct timespec ms = { 0, 1000000 };
    uint64_t end = loop_now_ms() + DEADLINE_MS;

    while (!cond(arg)) {
        ck_assert_msg(loop_now_ms() < end, "waited in vain: %s", what);
        (void)nanosleep(&ms, NULL);
    }
}

void eventually_in_loop(bool (*cond)(void *arg), void *arg, const char *what)
{
    ck_assert_msg(run_until(cond, arg), "waited in vain: %s", what);
}
