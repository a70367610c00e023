/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of check_irq share: a device whose registers are an array, of a
 * domain of a fake Xen, and back/irq.c's view of both.
 */
#ifndef TESTS_UNIT_IRQ_CASE_H
#define TESTS_UNIT_IRQ_CASE_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "irq.h"

#define DOMID     5
#define MSI_AT    0x50
#define MSIX_AT   0x72 /* the control words */
#define TABLE_BAR 0xfe000000u
#define REGISTERS 256

/* What happened to the registers, and what is to fail. */
struct irq_bus {
    unsigned int writes;
    uint8_t size_at[REGISTERS];
    bool fail_at[REGISTERS];
};

extern const struct cfg_msi case_msi;
extern struct irq case_irq;
extern struct irq_device case_dev;
extern struct irq_bus case_bus;
extern uint8_t case_registers[REGISTERS];

void irq_case_setup(void);
/* Whatever a test did, turning it off leaves nothing behind. */
void irq_case_teardown(void);

uint16_t get(uint16_t offset);
/* irq.h's, to the end, with as many entries from 0 on. */
int msix_on(unsigned int count, unsigned int *granted);
int msix_on_at(const uint16_t *entries, unsigned int count,
               unsigned int *granted);
int msi_on(unsigned int count, uint32_t *pirq);
/* *count: how many instead. */
int msi_on_or(unsigned int *count, uint32_t *pirq);
void off(void);
/* Nothing is mapped, nothing is on, the line is free. */
void assert_off(void);

TCase *irq_messages_tests(void);
TCase *irq_order_tests(void);

#endif
