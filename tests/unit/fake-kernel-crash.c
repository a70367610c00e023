/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See fake-kernel.h: the end of a domain, which its kernel does not see coming. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fake-kernel.h"

#define PAGE 4096u

void fake_kernel_crash(struct fake_kernel *k)
{
    for (unsigned int i = 0; i < FAKE_KERNEL_BLOCKS; i++) {
        free(k->blocks[i].block);
        k->blocks[i].block = NULL;
    }
    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++) {
        struct fake_page *p = &k->pages[i];

        if (p->state == FAKE_PAGE_SHARED)
            (void)munmap(p->front, PAGE);
        if (p->state != 0)
            p->state = FAKE_PAGE_ENDED;
    }
    for (unsigned int i = 0; i < ARRAY_LEN(k->mappings); i++) {
        free(k->mappings[i].address);
        k->mappings[i].address = NULL;
    }
    memset(k->ports, 0, sizeof(k->ports));
    memset(k->pirqs, 0, sizeof(k->pirqs));
    memset(k->watches, 0, sizeof(k->watches));
    k->locked = 0;
    k->in_callback = false;
}

unsigned int fake_kernel_mapped(const struct fake_kernel *k)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < FAKE_KERNEL_THINGS; i++)
        n += k->pages[i].mapped;
    return n;
}
