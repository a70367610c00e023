/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * back/page.h without Xen, for real worker processes: the page is shared memory
 * with the grant reference in its name, and events come every millisecond.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "page.h"

#define PAGE_BYTES 4096
#define EVENT_NS   1000000

struct page {
    struct pci_page *shared;
    int fd;
};

int page_open(const struct msg_connect *connect, struct page **out,
              enum msg_connect_step *step)
{
    const struct itimerspec often = { { 0, EVENT_NS }, { 0, EVENT_NS } };
    static struct page only; /* as a worker has */
    struct page *page = &only;
    char name[32];
    void *shared;
    int fd;

    *step = MSG_STEP_MAP;
    (void)snprintf(name, sizeof(name), "/xenpci-test-%u", connect->gref);
    fd = shm_open(name, O_RDWR, 0);
    if (fd < 0)
        return -errno;
    shared = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (shared == MAP_FAILED)
        return -errno;
    *step = MSG_STEP_BIND;
    page->shared = shared;
    page->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (page->fd < 0 || timerfd_settime(page->fd, 0, &often, NULL) < 0)
        return -errno;
    *step = MSG_STEP_NONE;
    *out = page;
    return 0;
}

int page_seal(struct page *page UNUSED, uint16_t domid UNUSED)
{
    return 0;
}

void page_close(struct page *page)
{
    if (!page)
        return;
    (void)munmap(page->shared, PAGE_BYTES);
    (void)close(page->fd);
}

struct pci_page *page_shared(struct page *page)
{
    return page->shared;
}

int page_fd(const struct page *page)
{
    return page->fd;
}

bool page_event(struct page *page)
{
    uint64_t n;

    return read(page->fd, &n, sizeof(n)) == sizeof(n);
}

void page_rearm(struct page *page UNUSED)
{
}

void page_notify(struct page *page UNUSED)
{
}
