/* SPDX-License-Identifier: MIT */
/* Exceptions: reported with the registers, then the domain crashes. */
#ifndef DOMU_TRAP_H
#define DOMU_TRAP_H

#include <stdint.h>

#include "abi.h"

/* As trap-entry.S leaves it on the stack. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

void trap_init(const struct shared_info *shared);

#endif
