/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-kernel.h: blocks, shared pages, mapped registers. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake-kernel.h"

#define PAGE       4096u
#define FIRST_GREF 8u
#define GARBAGE    0xa5

static void *hook_alloc(void *ctx, size_t size)
{
    struct fake_kernel *k = ctx;

    if (size == 0 || size >= PAGE)
        fake_kernel_die("alloc of %zu bytes", size);
    if (!fake_kernel_may(k, "alloc"))
        return NULL;
    for (unsigned int i = 0; i < FAKE_KERNEL_BLOCKS; i++) {
        if (k->blocks[i].block)
            continue;
        k->blocks[i].size = size;
        k->blocks[i].block = malloc(size);
        memset(k->blocks[i].block, GARBAGE, size);
        return k->blocks[i].block;
    }
    fake_kernel_die("too many blocks");
}

static void hook_free(void *ctx, void *block, size_t size)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "free");
    for (unsigned int i = 0; i < FAKE_KERNEL_BLOCKS; i++) {
        if (k->blocks[i].block != block || !block)
            continue;
        if (k->blocks[i].size != size)
            fake_kernel_die("free of %zu bytes that were %zu", size,
                            k->blocks[i].size);
        k->blocks[i].block = NULL;
        free(block);
        return;
    }
    fake_kernel_die("free of something that is no block");
}

/* The backend's mapping is another one, as in life. */
static void page_make(struct fake_page *page)
{
    int fd = memfd_create("page", MFD_CLOEXEC);
    int prot = PROT_READ | PROT_WRITE;

    if (fd < 0 || ftruncate(fd, PAGE) != 0)
        fake_kernel_die("no memory for a page");
    page->front = mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0);
    page->back = mmap(NULL, PAGE, prot, MAP_SHARED, fd, 0);
    if (page->front == MAP_FAILED || page->back == MAP_FAILED)
        fake_kernel_die("no address for a page");
    (void)close(fd);
    memset(page->front, GARBAGE, PAGE);
}

static int hook_share_page(void *ctx, uint16_t domid, void **page,
                           uint32_t *gref)
{
    struct fake_kernel *k = ctx;

    if (!fake_kernel_may(k, "share_page"))
        return PCIFRONT_ERR_NOMEM;
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++) {
        struct fake_page *p = &k->pages[i];

        if (p->state != 0)
            continue;
        page_make(p);
        p->state = FAKE_PAGE_SHARED;
        p->domid = domid;
        *page = p->front;
        *gref = i + FIRST_GREF;
        return 0;
    }
    fake_kernel_die("too many pages");
}

static int hook_unshare_page(void *ctx, void *page, uint32_t gref)
{
    struct fake_kernel *k = ctx;
    bool fails = !fake_kernel_may(k, "unshare_page");
    struct fake_page *p;

    if (gref < FIRST_GREF || gref - FIRST_GREF >= FAKE_KERNEL_THINGS)
        fake_kernel_die("unshare of grant %u", gref);
    p = &k->pages[gref - FIRST_GREF];
    if (p->state != FAKE_PAGE_SHARED || p->front != page)
        fake_kernel_die("unshare of a page that is not shared");
    (void)munmap(p->front, PAGE);
    if (fails || p->mapped > 0) {
        p->state = FAKE_PAGE_GIVEN_UP;
        return PCIFRONT_ERR_FAILED;
    }
    (void)munmap(p->back, PAGE);
    p->back = NULL;
    p->state = FAKE_PAGE_ENDED;
    return 0;
}

struct pci_page *fake_kernel_map(struct fake_kernel *k, uint32_t gref)
{
    struct fake_page *p;

    if (gref < FIRST_GREF || gref - FIRST_GREF >= FAKE_KERNEL_THINGS)
        return NULL;
    p = &k->pages[gref - FIRST_GREF];
    if (p->state != FAKE_PAGE_SHARED)
        return NULL;
    p->mapped++;
    return p->back;
}

void fake_kernel_unmap(struct fake_kernel *k, struct pci_page *page)
{
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        if (k->pages[i].back == (void *)page && k->pages[i].mapped > 0)
            k->pages[i].mapped--;
}

static int hook_map_mmio(void *ctx, uint64_t machine, uint64_t bytes,
                         enum pcifront_cache cache, void **address)
{
    struct fake_kernel *k = ctx;

    if (machine % PAGE != 0 || bytes % PAGE != 0 || bytes == 0)
        fake_kernel_die("map_mmio of what is not pages");
    if (!fake_kernel_may(k, "map_mmio"))
        return PCIFRONT_ERR_OS;
    for (unsigned int i = 0; i < ARRAY_LEN(k->mappings); i++) {
        struct fake_mapping *m = &k->mappings[i];

        if (m->address)
            continue;
        m->address = aligned_alloc(PAGE, PAGE);
        m->machine = machine;
        m->bytes = bytes;
        m->cache = cache;
        *address = m->address;
        return 0;
    }
    fake_kernel_die("too many mappings");
}

static void hook_unmap_mmio(void *ctx, void *address, uint64_t bytes)
{
    struct fake_kernel *k = ctx;

    fake_kernel_count(k, "unmap_mmio");
    for (unsigned int i = 0; i < ARRAY_LEN(k->mappings); i++) {
        struct fake_mapping *m = &k->mappings[i];

        if (!address || m->address != address)
            continue;
        if (m->bytes != bytes)
            fake_kernel_die("unmap_mmio of another size");
        free(m->address);
        m->address = NULL;
        return;
    }
    fake_kernel_die("unmap_mmio of what is not mapped");
}

static bool is_held(const struct fake_page *page)
{
    return page->state == FAKE_PAGE_SHARED;
}

unsigned int fake_kernel_blocks(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < FAKE_KERNEL_BLOCKS; i++)
        n += k->blocks[i].block != NULL;
    return n;
}

unsigned int fake_kernel_pages(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        n += is_held(&k->pages[i]);
    return n;
}

unsigned int fake_kernel_mappings(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < ARRAY_LEN(k->mappings); i++)
        n += k->mappings[i].address != NULL;
    return n;
}

unsigned int fake_kernel_given_up(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        n += k->pages[i].state == FAKE_PAGE_GIVEN_UP;
    return n;
}

void fake_kernel_drop_pages(struct fake_kernel *k)
{
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        if (k->pages[i].back)
            (void)munmap(k->pages[i].back, PAGE);
}

void fake_kernel_memory_hooks(struct pcifront_os *os)
{
    os->alloc = hook_alloc;
    os->free = hook_free;
    os->share_page = hook_share_page;
    os->unshare_page = hook_unshare_page;
    os->map_mmio = hook_map_mmio;
    os->unmap_mmio = hook_unmap_mmio;
}
