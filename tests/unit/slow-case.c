/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See slow-case.h. */
#include "slow-case.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "hand.h"
#include "pciregs.h"
#include "run-until.h"
#include "sysfs.h"

/* The device that sleeps, as every child sees it. */
static struct slow {
    volatile ino_t config; /* 0: none */
} * slow;
static pid_t broker;

static bool sleeps(int fd)
{
    struct stat st;

    return slow && slow->config != 0 && fstat(fd, &st) == 0 &&
           st.st_ino == slow->config;
}

static void wait_for_device(int fd)
{
    const struct timespec step = { .tv_nsec = 1000000 };

    while (sleeps(fd)) {
        if (getpid() == broker)
            ck_abort_msg("the broker itself waits for a device");
        (void)nanosleep(&step, NULL);
    }
}

int __real_sysfs_config_read(int fd, uint16_t offset, uint8_t size,
                             uint32_t *value);
int __wrap_sysfs_config_read(int fd, uint16_t offset, uint8_t size,
                             uint32_t *value);
int __real_sysfs_config_write(int fd, uint16_t offset, uint8_t size,
                              uint32_t value);
int __wrap_sysfs_config_write(int fd, uint16_t offset, uint8_t size,
                              uint32_t value);

int __wrap_sysfs_config_read(int fd, uint16_t offset, uint8_t size,
                             uint32_t *value)
{
    wait_for_device(fd);
    return __real_sysfs_config_read(fd, offset, size, value);
}

int __wrap_sysfs_config_write(int fd, uint16_t offset, uint8_t size,
                              uint32_t value)
{
    wait_for_device(fd);
    return __real_sysfs_config_write(fd, offset, size, value);
}

/* A process in the middle of an access to a device cannot be killed. */
bool slow_in_the_kernel;
static pid_t kept[8];
unsigned int slow_kept;

int __real_kill(pid_t pid, int signo);
int __wrap_kill(pid_t pid, int signo);

int __wrap_kill(pid_t pid, int signo)
{
    if (!slow_in_the_kernel || signo != SIGKILL)
        return __real_kill(pid, signo);
    ck_assert_uint_lt(slow_kept, ARRAY_LEN(kept));
    kept[slow_kept++] = pid;
    return 0;
}

pid_t slow_hand;

pid_t __real_child_fork(const char *name, const int keep[CHILD_KEEPS]);
pid_t __wrap_child_fork(const char *name, const int keep[CHILD_KEEPS]);

pid_t __wrap_child_fork(const char *name, const int keep[CHILD_KEEPS])
{
    pid_t pid = __real_child_fork(name, keep);

    if (strcmp(name, "xenpcid-hand") == 0)
        slow_hand = pid;
    return pid;
}

void slow_sleep(struct sbdf sbdf)
{
    struct stat st;
    char path[512];

    sysfs_device_path(sbdf, "config", path, sizeof(path));
    ck_assert_int_eq(stat(path, &st), 0);
    slow->config = st.st_ino;
}

static bool no_hand_is_stuck(void *unused UNUSED)
{
    return !hand_is_stuck(link_nic);
}

void slow_wake(void)
{
    slow->config = 0;
    slow_in_the_kernel = false;
    while (slow_kept > 0)
        (void)__real_kill(kept[--slow_kept], SIGKILL);
    link_world_hurry(1);
    ck_assert(run_until(no_hand_is_stuck, NULL));
}

void slow_setup(void)
{
    slow = mmap(NULL, sizeof(*slow), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(slow, MAP_FAILED);
    broker = getpid();
    link_world_setup();
}

void slow_teardown(void)
{
    slow_wake();
    link_world_teardown();
    (void)munmap(slow, sizeof(*slow));
    slow = NULL;
}

struct device *slow_nic(void)
{
    return device_by_sbdf(link_nic);
}

static struct msg request(uint16_t domid, uint32_t type, uint32_t serial)
{
    struct msg m = { .type = type, .serial = serial };

    m.u.handle.handle = fake_worker(domid)->devices[0].handle;
    if (type == MSG_CONFIG_WRITE) {
        m.u.config_write.plan.count = 1;
        m.u.config_write.plan.writes[0] = (struct cfg_write){
            .offset = PCI_CACHE_LINE_SIZE,
            .size = 1,
            .value = serial & 0xff,
        };
    } else if (type == MSG_MSI_ON) {
        m.u.msi_on.count = 1;
    } else if (type == MSG_MSIX_ON) {
        m.u.msix_on.count = 1;
    }
    return m;
}

void slow_start(uint32_t type, uint32_t serial)
{
    struct msg m = request(BACK_DOMID, type, serial);

    fake_worker_send(BACK_DOMID, &m);
}

int32_t slow_ask(uint16_t domid, uint32_t type, uint32_t serial)
{
    struct msg m = request(domid, type, serial);

    return fake_worker_ask(domid, &m).err;
}

bool slow_answered(uint32_t serial)
{
    struct msg_answer answer;

    return fake_worker_answered(BACK_DOMID, serial, &answer);
}

bool slow_idle(void *arg UNUSED)
{
    return !slow_nic() || slow_nic()->ops == NULL;
}

/* The network card is BACK_DOMID's, a disk OTHER_DOMID's. */
void slow_guests(void)
{
    connect_guest(BACK_DOMID, link_nic);
    connect_guest(OTHER_DOMID, link_nvme);
}

void slow_kill(pid_t pid, int signo)
{
    ck_assert_int_eq(__real_kill(pid, signo), 0);
}
