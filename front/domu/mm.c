/* SPDX-License-Identifier: MIT */
/*
 * Owns every page table entry that is not as the domain builder left it: they
 * are changed one at a time, by hypercall, for addresses inside the image.
 */
#include "mm.h"

#include "cruntime.h"
#include "hypercall.h"
#include "print.h"

#define PAGES   64
#define WINDOWS 64

/* Intel SDM 3A 4.5. */
#define PTE_PRESENT  0x001u
#define PTE_WRITE    0x002u
#define PTE_USER     0x004u /* a 64-bit PV kernel runs in ring 3 */
#define PTE_UNCACHED 0x018u /* PWT and PCD: UC in any PAT */
#define PTE_ACCESSED 0x020u
#define PTE_NO_EXEC  (UINT64_C(1) << 63)
#define PTE_BASE     (PTE_PRESENT | PTE_USER | PTE_ACCESSED)

struct page {
    uint8_t bytes[PAGE_SIZE];
} __attribute__((aligned(PAGE_SIZE)));

/* domu.lds and start.S */
extern struct page image_text[], image_rodata[], image_data[], image_end[],
    stack_guard[];

static struct page pages[PAGES];
static bool page_used[PAGES];
/* The memory beneath a window is lost; that is the price of no page tables. */
static struct page windows[WINDOWS] __attribute__((section(".windows")));
static bool window_used[WINDOWS];

/* Pseudo-physical frame to machine frame, written by the domain builder. */
static const uint64_t *p2m;
static uint64_t p2m_count;

void mm_init(const struct start_info *info)
{
    p2m = (const uint64_t *)info->mfn_list;
    p2m_count = info->nr_pages;
}

static uint64_t frame_of(const void *address)
{
    uint64_t pfn = ((uintptr_t)address - LAYOUT_BASE) >> PAGE_SHIFT;

    if (pfn >= p2m_count)
        panic("mm: %p is no memory of ours", address);
    return p2m[pfn];
}

uint64_t mm_machine(const void *address)
{
    return frame_of(address) << PAGE_SHIFT |
           ((uintptr_t)address & (PAGE_SIZE - 1));
}

static void protect(const struct page *from, const struct page *to,
                    uint64_t flags)
{
    for (const struct page *p = from; p < to; p++) {
        if (hypercall_map((uintptr_t)p, frame_of(p) << PAGE_SHIFT | flags) != 0)
            panic("mm: page %p cannot be protected", (const void *)p);
    }
}

void mm_protect(void)
{
    protect(image_text, image_rodata, PTE_BASE);
    protect(image_rodata, image_data, PTE_BASE | PTE_NO_EXEC);
    protect(image_data, image_end, PTE_BASE | PTE_WRITE | PTE_NO_EXEC);
    if (hypercall_map((uintptr_t)stack_guard, 0) != 0)
        panic("mm: no guard page below the stack");
    for (size_t i = 0; i < WINDOWS; i++) {
        if (!window_used[i] && hypercall_map((uintptr_t)&windows[i], 0) != 0)
            panic("mm: window %zu does not close", i);
    }
}

void *mm_page_new(void)
{
    for (size_t i = 0; i < PAGES; i++) {
        if (!page_used[i]) {
            page_used[i] = true;
            memset(&pages[i], 0, sizeof(pages[i]));
            return &pages[i];
        }
    }
    return NULL;
}

void mm_page_free(void *page)
{
    size_t i = (size_t)((struct page *)page - pages);

    if (page == NULL)
        return;
    if (i < PAGES && page_used[i])
        page_used[i] = false;
    else
        panic("mm: %p is freed, but was not given out", page);
}

static bool windows_free(size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (window_used[first + i])
            return false;
    }
    return true;
}

static void windows_close(size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        if (hypercall_map((uintptr_t)&windows[i], 0) != 0)
            panic("mm: window %zu does not close", i);
        window_used[i] = false;
    }
}

static void *windows_open(size_t first, uint64_t frame, size_t count,
                          enum mm_kind kind)
{
    uint64_t flags = PTE_BASE | PTE_WRITE | PTE_NO_EXEC |
                     (kind == MM_DEVICE ? PTE_UNCACHED : 0);

    for (size_t i = 0; i < count; i++) {
        if (hypercall_map((uintptr_t)&windows[first + i],
                          (frame + i) << PAGE_SHIFT | flags) != 0) {
            windows_close(first, i);
            return NULL;
        }
        window_used[first + i] = true;
    }
    return &windows[first];
}

void *mm_window_open(uint64_t frame, size_t count, enum mm_kind kind)
{
    if (count == 0 || count > WINDOWS)
        return NULL;
    for (size_t first = 0; first <= WINDOWS - count; first++) {
        if (windows_free(first, count))
            return windows_open(first, frame, count, kind);
    }
    return NULL;
}

void mm_window_close(void *address, size_t count)
{
    size_t first = (size_t)((struct page *)address - windows);

    if (address == NULL)
        return;
    if (first < WINDOWS && count <= WINDOWS - first)
        windows_close(first, count);
    else
        panic("mm: %p is no window", address);
}
