/* SPDX-License-Identifier: MIT */
/*
 * Xen's public headers, at one interface version and in an order that works.
 * All a guest knows of the hypervisor comes from here.
 */
#ifndef DOMU_ABI_H
#define DOMU_ABI_H

#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040d00

#include <xen/errno.h>
#include <xen/xen.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>
#include <xen/physdev.h>
#include <xen/sched.h>

#endif
