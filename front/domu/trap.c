/* SPDX-License-Identifier: MIT */
/* The trap table. No handler returns; this kernel expects no exception. */
#include "trap.h"

#include <stdnoreturn.h>

#include "hypercall.h"
#include "print.h"

#define VECTORS     20
#define ENTRY_BYTES 16

/* trap-entry.S */
extern const char trap_entries[];
noreturn void trap_report(const struct trap_frame *frame);

static const struct vcpu_info *cpu;

void trap_init(const struct shared_info *shared)
{
    static struct trap_info table[VECTORS + 1]; /* the last one ends it */
    int ret;

    cpu = &shared->vcpu_info[0];
    for (unsigned int i = 0; i < VECTORS; i++) {
        table[i].vector = (uint8_t)i;
        table[i].cs = FLAT_KERNEL_CS;
        table[i].address = (uintptr_t)&trap_entries[i * ENTRY_BYTES];
        TI_SET_IF(&table[i], 1);
    }
    ret = hypercall_traps(table);
    if (ret != 0)
        panic("trap: no table: %d", ret);
}

void trap_report(const struct trap_frame *frame)
{
    print("trap: vector %lu error %lx rip %016lx rsp %016lx rflags %lx\n",
          frame->vector, frame->error, frame->rip, frame->rsp, frame->rflags);
    print("trap: rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", frame->rax,
          frame->rbx, frame->rcx, frame->rdx);
    print("trap: rsi %016lx rdi %016lx rbp %016lx cr2 %016lx\n", frame->rsi,
          frame->rdi, frame->rbp, cpu->arch.cr2);
    print("trap: r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", frame->r8,
          frame->r9, frame->r10, frame->r11);
    print("trap: r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n", frame->r12,
          frame->r13, frame->r14, frame->r15);
    panic("exception %lu at %lx", frame->vector, frame->rip);
}
