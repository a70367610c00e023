/* SPDX-License-Identifier: MIT */
/* Class codes in words (PCI Code and ID Assignment 1.x). */
#ifndef FRONT_TOOL_CLASSES_H
#define FRONT_TOOL_CLASSES_H

#include <stdint.h>

/* Of a 24-bit class code: by subclass, else by base class, else "device". */
const char *class_name(uint32_t class_code);

#endif
