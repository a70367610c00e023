/* SPDX-License-Identifier: MIT */
/* What a program on this kernel provides; all else is in the other headers. */
#ifndef DOMU_KERNEL_H
#define DOMU_KERNEL_H

#include "power.h"

/* The program's first words, and the whole of it; its result ends the domain. */
extern const char program_name[];
enum power_end program_main(void);

#endif
