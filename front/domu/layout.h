/* SPDX-License-Identifier: MIT */
/* Where the kernel lies; also read by the assembler and by the linker script. */
#ifndef DOMU_LAYOUT_H
#define DOMU_LAYOUT_H

/*
 * Pseudo-physical frame 0 is here, the others follow, as the domain builder
 * maps them. Nothing lies below, so that a small pointer gone wrong faults.
 */
#define LAYOUT_BASE 0x400000

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096

#define LAYOUT_STACK_SIZE 32768

#endif
