/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may happen, between the files that make it happen. */
#ifndef TESTS_SOAK_OPS_H
#define TESTS_SOAK_OPS_H

#include "soak.h"

#define SOAK_DEVICES_MAX 4u /* of one guest */

/* ---- soak-choice.c ---- */

typedef bool guest_ok(const struct soak_guest *g);
bool is_absent(const struct soak_guest *g);
bool is_alive(const struct soak_guest *g);
bool is_booted(const struct soak_guest *g);
bool is_not_booted(const struct soak_guest *g);
bool has_no_front(const struct soak_guest *g);

/* One of those, or NULL. */
struct soak_guest *any_guest(guest_ok *ok);
/* One that a guest's directory lists, or that none does. */
struct soak_device *any_device(bool listed);
size_t listed_count(const struct soak_guest *g);
void note(const struct soak_guest *g, const struct soak_device *dev);

/* ---- operations; false: it cannot be done now ---- */

/* soak-domains.c */
bool op_create(void);
bool op_boot(void);
bool op_destroy(void);
bool op_reboot(void);
/* soak-plug.c */
bool op_attach(void);
bool op_detach(void);
bool op_detach_force(void);
bool op_steal(void);
/* soak-traffic.c */
bool op_read(void);
bool op_write(void);
bool op_msix_on(void);
bool op_msix_off(void);
bool op_reconnect(void);
bool op_rogue(void);

#endif
