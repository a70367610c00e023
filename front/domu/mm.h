/* SPDX-License-Identifier: MIT */
/*
 * Memory. Three kinds, all from the image's own bss, so that there are no page
 * tables to build: pages of ours, windows onto frames that are not ours, and
 * (heap.h) small blocks.
 */
#ifndef DOMU_MM_H
#define DOMU_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "compiler.h"
#include "layout.h"

/* First of all. info is Xen's and stays readable for ever. */
void mm_init(const struct start_info *info);

/* Code read-only, data not executable, no page below the stack. */
void mm_protect(void);

/*
 * A zeroed page of ours, page aligned; NULL: none left. A DMA buffer is one such
 * page: what follows it in virtual memory is elsewhere in the machine.
 */
void *mm_page_new(void);
void mm_page_free(void *page);

/*
 * The machine address of a byte in a page of ours: what a device is told, and,
 * without its low bits, what a grant names. PV: contiguous only to the end of
 * the page.
 */
uint64_t mm_machine(const void *address);

enum mm_kind {
    MM_SHARED, /* memory: a ring, a grant frame */
    MM_DEVICE, /* registers: uncached */
};

/*
 * Make count machine frames from `frame` on visible; NULL if there are not that
 * many windows, or if Xen says that the frames are none of ours.
 */
void *mm_window_open(uint64_t frame, size_t count, enum mm_kind kind);
void mm_window_close(void *address, size_t count);

#endif
