/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of check_ops share: two devices and a scripted broker. */
#ifndef TESTS_UNIT_OPS_CASE_H
#define TESTS_UNIT_OPS_CASE_H

#include <check.h>

#include "fake-hw.h"
#include "ops.h"

#define ECHO 0xdeadbeefu /* the value of a request that does not need one */

/* Virtual addresses of the two devices; the nvme has only MSI-X. */
#define NVME_DEVFN  0x00u
#define NIC_DEVFN   0x11u
#define NVME_HANDLE 7u
#define NIC_HANDLE  8u

extern struct fake_hw case_nvme_hw, case_nic_hw;
extern struct vdev case_nvme, case_nic;
extern struct ops case_ops;

/* What the broker was asked last, and whether it can be reached. */
struct case_broker {
    unsigned int asked;
    int send_err;
    struct msg last;
};
extern struct case_broker case_broker;

void ops_case_setup(void);

/* Fill in the operation. */
void request(uint32_t cmd, uint32_t devfn);
void write_command(uint32_t value);
void want_msix(uint32_t count);
void want_messages(uint32_t count); /* of the nic, which has four */

/* Let the guest write its command register, whoever has a part in it. */
void set_command(uint32_t value);

/* Start it: it is answered at once, without the broker ... */
void assert_refused(int32_t err);
/* ... or it waits for the broker, who was asked this. */
void assert_asks(uint32_t type, uint32_t handle);

/* The broker's answer to what it was asked last. */
struct msg answer(int32_t err);

TCase *ops_config_tests(void);
TCase *ops_irq_tests(void);

#endif
