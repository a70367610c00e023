/* SPDX-License-Identifier: MIT */
/* From Xen's entry to the program, in the order in which parts need another. */
#include "kernel.h"

#include "clock.h"
#include "console.h"
#include "event.h"
#include "grant.h"
#include "mm.h"
#include "print.h"
#include "store-client.h"
#include "trap.h"

/* start.S */
noreturn void kernel_start(const struct start_info *info);

void kernel_start(const struct start_info *info)
{
    struct shared_info *shared;

    mm_init(info);
    shared = mm_window_open(info->shared_info >> PAGE_SHIFT, 1, MM_SHARED);
    if (shared == NULL)
        panic("kernel: no shared info");
    event_init(shared);
    clock_init(shared);
    console_init(info);
    trap_init(shared);
    mm_protect();
    print("%s: on %s, %lu KiB\n", program_name, info->magic,
          info->nr_pages * (PAGE_SIZE / 1024));
    grant_init();
    store_init(info);
    power_init();
    power_end(program_main());
}
