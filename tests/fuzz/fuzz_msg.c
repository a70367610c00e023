/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A captured worker: what it says on its socket, whole or cut, with a plan, a
 * count, a handle and descriptors of its choice. Between that and the hardware
 * are the broker's parser and its checks, all real; Xen, the store and /sys are
 * the unit tests' fakes. The model judges what the hardware sees; nothing of
 * the other guest may change, and nothing may leak.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"
#include "device.h"
#include "fuzz.h"
#include "link-world.h"
#include "model.h"
#include "recorded.h"
#include "run-until.h"
#include "sysfs.h"

#define STEPS     100u
#define FUNCTIONS 3u
#define HEADER    offsetof(struct msg, u)

/* A device of the world, and the bytes of its registers. */
struct function {
    struct device *dev;
    struct model model;
    struct fake_hw hw; /* as last judged */
    uint8_t *config;   /* what sysfs has now */
    uint8_t pristine[CFG_SIZE_MAX];
};

static struct function functions[FUNCTIONS];
static int broker_fd = -1, worker_fd = -1;
static unsigned int open_before;

/* ---- the world, made once ---- */

static void function_open(struct function *f, struct sbdf sbdf)
{
    int fd = sysfs_config_open(sbdf, true);
    void *map;

    f->dev = device_by_sbdf(sbdf);
    if (fd < 0 || !f->dev)
        fuzz_fail("the world has no such device");
    map = mmap(NULL, CFG_SIZE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (map == MAP_FAILED)
        fuzz_fail("cannot map its registers");
    f->config = map;
    f->hw.size = f->dev->config_size;
    memcpy(f->pristine, f->config, f->hw.size);
    memcpy(f->hw.bytes, f->config, f->hw.size);
    model_learn(&f->model, &f->hw, &f->dev->cs.params);
}

/* Two devices of the worker's guest, one of another's. */
static void world_make(void)
{
    if (broker_fd >= 0)
        return;
    link_world_setup();
    tool_lists(BACK_DOMID, link_nic);
    connect_guest(BACK_DOMID, link_nvme);
    connect_guest(OTHER_DOMID, link_edu);
    run_due();
    function_open(&functions[0], link_nvme);
    function_open(&functions[1], link_nic);
    function_open(&functions[2], link_edu);
    if (msg_pair(&broker_fd, &worker_fd) < 0)
        fuzz_fail("no socket");
}

/* ---- what must hold ---- */

/* Interrupts are the host's: the bits that it may turn for a guest. */
static void forgive_interrupts(struct function *f)
{
    const struct cfg_msi *msi = &f->dev->cs.msi;

    if (msi->msi_control != 0)
        memcpy(&f->hw.bytes[msi->msi_control], &f->config[msi->msi_control], 2);
    if (msi->msix_control != 0)
        f->hw.bytes[msi->msix_control + 1] = f->config[msi->msix_control + 1];
    f->hw.bytes[PCI_COMMAND + 1] = f->config[PCI_COMMAND + 1];
}

static void judge(const struct msg *m)
{
    for (unsigned int i = 0; i < FUNCTIONS; i++) {
        struct function *f = &functions[i];
        uint8_t before[CFG_SIZE_MAX];
        const bool own = f->dev->domid == BACK_DOMID;

        if (own && m->type != MSG_CONFIG_WRITE)
            forgive_interrupts(f);
        memcpy(before, f->hw.bytes, sizeof(before));
        memcpy(f->hw.bytes, f->config, f->hw.size);
        if (!own && memcmp(before, f->hw.bytes, f->hw.size) != 0)
            fuzz_fail("another guest's device has changed");
        model_judge(&f->model, &f->hw, before);
    }
    if (fake_xen_mistakes() != 0)
        fuzz_fail("Xen was told to take what it had not given");
    if (fake_xen_msis(OTHER_DOMID) != 0)
        fuzz_fail("another guest has got pirqs");
}

/* ---- the worker ---- */

static uint32_t pick_handle(void)
{
    const uint8_t what = input_byte();

    if (what >= 0xe0)
        return input_word();
    return functions[what % (what >= 0xc0 ? FUNCTIONS : 2)].dev->handle;
}

static void pick_plan(struct cfg_plan *plan, const struct function *f)
{
    const uint8_t what = input_byte();

    plan->count = what >= 0xf0 ? input_word() : what % (CFG_PLAN_MAX + 1);
    for (unsigned int i = 0; i < CFG_PLAN_MAX && i < plan->count; i++) {
        struct cfg_write *w = &plan->writes[i];
        const uint16_t raw = input_half();

        w->size = (uint8_t)(1u << (raw >> 14));
        w->offset = raw & 0x0fff;
        if ((raw & 0x2000) != 0 && f->dev->cs.ncaps > 0)
            w->offset =
                (uint16_t)(f->dev->cs.caps[raw % f->dev->cs.ncaps].offset +
                           ((raw >> 4) & 0x1e));
        else if ((raw & 0x1000) != 0)
            w->offset &= 0x3f;
        w->value = input_word();
    }
}

static void pick_entries(struct msg_msix_on *on)
{
    on->count = input_byte() >= 0xe0 ? input_word() : input_byte() % 40;
    for (unsigned int i = 0; i < PCI_WIRE_MSIX_MAX; i++)
        on->entry[i] = (uint16_t)i;
    on->entry[input_byte() % PCI_WIRE_MSIX_MAX] = input_byte();
}

static size_t compose(struct msg *m)
{
    static const uint32_t types[] = { MSG_CONFIG_WRITE, MSG_MSI_ON, MSG_MSIX_ON,
                                      MSG_MSI_OFF };
    const uint8_t what = input_byte();

    memset(m, 0, sizeof(*m));
    m->type = what >= 0xf0 ? input_word()
                           : types[what < 0xa0 ? 0 : what % ARRAY_LEN(types)];
    m->serial = what;
    m->u.handle.handle = pick_handle();
    if (m->type == MSG_CONFIG_WRITE)
        pick_plan(&m->u.config_write.plan, &functions[what & 1]);
    else if (m->type == MSG_MSIX_ON)
        pick_entries(&m->u.msix_on);
    else if (m->type == MSG_MSI_ON)
        m->u.msi_on.count = input_word();
    return msg_size(m->type) != 0 ? msg_size(m->type) : HEADER;
}

/* With as many descriptors as the input says; how many bytes, too. */
static void say(struct msg *m, size_t len)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control = { .bytes = { 0 } };
    struct iovec iov = { .iov_base = m, .iov_len = len };
    struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
    const uint8_t what = input_byte();
    const unsigned int nfds = what >= 0xf8 ? what & 3u : 0;
    int fds[4] = { worker_fd, worker_fd, worker_fd, worker_fd };

    if (nfds > 0) {
        hdr.msg_control = control.bytes;
        hdr.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_RIGHTS;
        control.align.cmsg_len = CMSG_LEN(nfds * sizeof(int));
        memcpy(CMSG_DATA(&control.align), fds, nfds * sizeof(int));
    }
    if (what < 0x08)
        iov.iov_len = input_half() % (sizeof(*m) + 1);
    if (sendmsg(worker_fd, &hdr, MSG_NOSIGNAL) < 0)
        fuzz_fail("the worker cannot speak");
}

/* ---- the broker ---- */

static bool is_request(uint32_t type)
{
    return type == MSG_CONFIG_WRITE || type == MSG_MSI_ON ||
           type == MSG_MSIX_ON || type == MSG_MSI_OFF;
}

static void step(void)
{
    int fds[MSG_FDS], ret;
    struct msg m;
    const size_t len = compose(&m);

    say(&m, len);
    memset(&m, 0, sizeof(m));
    ret = msg_receive(broker_fd, &m, fds);
    if (ret != 0 && ret != -EPROTO && ret != -EPIPE)
        fuzz_fail("the broker hears %d", ret);
    for (unsigned int i = 0; i < MSG_FDS; i++)
        if (fds[i] >= 0 && (ret != 0 || close(fds[i]) != 0))
            fuzz_fail("a descriptor came with %d", ret);
    if (ret != 0 || !is_request(m.type))
        return;
    link_on_request(link_find(BACK_DOMID), &m);
    judge(&m);
}

/* As it was, for the next input: nothing may have stayed. */
static void leave(void)
{
    for (unsigned int i = 0; i < FUNCTIONS; i++) {
        struct function *f = &functions[i];

        device_msi_off(f->dev, NULL, NULL);
        memcpy(f->config, f->pristine, f->hw.size);
        memcpy(f->hw.bytes, f->pristine, f->hw.size);
    }
    if (fake_xen_msis(BACK_DOMID) != 0)
        fuzz_fail("%u pirqs are left", fake_xen_msis(BACK_DOMID));
    fake_xen_clear_log();
    if (world_open_fds() != open_before)
        fuzz_fail("%u descriptors, were %u", world_open_fds(), open_before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    world_make();
    open_before = world_open_fds(); /* the fuzzer has some, too */
    input_begin(data, size);
    for (unsigned int i = 0; i < STEPS && input_left() > 0; i++)
        step();
    leave();
    return 0;
}
