/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A front in user space, for tests: as honest as its caller. It speaks to the
 * backend over device/pci/0 of its own guest, through /dev/xen/gntalloc,
 * /dev/xen/evtchn and /dev/xen/xenbus; the kernel's front must be out of the way.
 *
 * Trouble of its own (no device, no memory) ends the process with status 2;
 * what the backend does wrong is reported with wrong() and counted.
 */
#ifndef ROGUE_FRONT_H
#define ROGUE_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.h"
#include "xbstate.h"

/* The words of the page (pciif.h), for those that do not play by ring.h. */
enum front_word {
    WORD_FLAGS = 0,
    WORD_CMD = 1,
    WORD_DOMAIN = 3,
    WORD_BUS = 4,
    WORD_DEVFN = 5,
    WORD_OFFSET = 6,
    WORD_SIZE = 7,
    WORD_VALUE = 8,
    WORD_MSIX = 10,
};
#define FLAG_ACTIVE 1u

/* The front's own directory. */
#define FRONT_DIR "device/pci/0"

/* What stock fronts grant a backend for one request, and libxl for a state. */
#define ANSWER_MS 2000u
#define STATE_MS  10000u

struct front;

struct front *front_open(void);
void front_close(struct front *front);
/* Another page and another port in place of those it had. */
void front_renew(struct front *front);

/* Set the present values, as found in the store; XB_STATE_COUNT if none. */
enum xb_state front_back_state(struct front *front);
/* Wait for one of the states in the set; false when it did not come in time. */
bool front_back_waits(struct front *front, unsigned int states);
#define STATE(name) (1u << XB_##name)

/* Nodes of the two directories, for free(); NULL when there is none. */
char *front_read_back(struct front *front, const char *leaf);
char *front_read_own(struct front *front, const char *leaf);
/* The absolute path of the backend's directory. */
const char *front_back_path(const struct front *front);

/* Has dom0 said "rig-guest tell NAME KEY"? */
bool front_told(struct front *front, const char *key);

/* Write a node: any text. NULL removes it. */
void front_write_node(struct front *front, const char *name, const char *text);
void front_say_state(struct front *front, const char *text);

/* The three nodes: text, or NULL for none. */
void front_write_nodes(struct front *front, const char *gref, const char *port,
                       const char *magic);
void front_write_real_nodes(struct front *front);
/* The real nodes and state 3 in one transaction, as other systems' fronts do. */
void front_publish(struct front *front);
uint32_t front_gref(const struct front *front);
/* A reference that was valid once and is shared no more. */
uint32_t front_stale_gref(struct front *front);
uint32_t front_port(const struct front *front);

/* From whatever state to a back that waits at 3; false if it does not come. */
bool front_restart(struct front *front);
/* The whole of it: restart, nodes, 3, back at 4, 4. */
bool front_connect(struct front *front);
/* 5, 6, and back at 6. */
bool front_leave(struct front *front);

/* Ask and wait; false when no answer came within ANSWER_MS. */
bool front_ask(struct front *front, struct pci_op *op);
/* The halves of it. */
void front_post(struct front *front, const struct pci_op *op);
bool front_collect(struct front *front, struct pci_op *op);
void front_notify(struct front *front);
/* A single look whether the answer is there, without any waiting. */
bool front_answered(struct front *front, struct pci_op *op);
/* Take one event; false when none came in time. */
bool front_wait_event(struct front *front, unsigned int ms);

/* Direct access to the page. */
void front_poke(struct front *front, enum front_word word, uint32_t value);
void front_give_up(struct front *front);

/* ---- reports ---- */

void say(const char *fmt, ...) PRINTF(1, 2);
void wrong(const char *fmt, ...) PRINTF(1, 2); /* the backend misbehaves */
unsigned int wrongs(void);
void broken(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));

uint64_t now_ms(void);
void pause_ms(unsigned int ms);

/* ---- requests ---- */

#define DEVFN(device) ((uint32_t)(device) << 3)

struct pci_op op_read(uint32_t devfn, int32_t offset, int32_t size);
struct pci_op op_write(uint32_t devfn, int32_t offset, int32_t size,
                       uint32_t value);
/* Table entries 0 to count - 1. */
struct pci_op op_msix(uint32_t devfn, uint32_t count);

/* A read that must succeed; its value. */
uint32_t front_read(struct front *front, uint32_t devfn, int32_t offset,
                    int32_t size);
/* Offset of a capability; 0 when the device has none. */
uint8_t front_capability(struct front *front, uint32_t devfn, uint8_t id);

/* ---- commands: arguments after the command's name; false: bad usage ---- */

bool cmd_connect(struct front *front, int argc, char **argv);
bool cmd_op(struct front *front, int argc, char **argv);
bool cmd_nodes(struct front *front, int argc, char **argv);
bool cmd_states(struct front *front, int argc, char **argv);
bool cmd_gone(struct front *front, int argc, char **argv);
bool cmd_ops(struct front *front, int argc, char **argv);
bool cmd_messages(struct front *front, int argc, char **argv);
bool cmd_flip(struct front *front, int argc, char **argv);
bool cmd_late(struct front *front, int argc, char **argv);
bool cmd_flood(struct front *front, int argc, char **argv);
bool cmd_storm(struct front *front, int argc, char **argv);
bool cmd_wire(struct front *front, int argc, char **argv);
bool cmd_everywhere(struct front *front, int argc, char **argv);
bool cmd_aim(struct front *front, int argc, char **argv);
bool cmd_deaf(struct front *front, int argc, char **argv);
bool cmd_vain(struct front *front, int argc, char **argv);
bool cmd_orders(struct front *front, int argc, char **argv);
bool cmd_pirqs(struct front *front, int argc, char **argv);
bool cmd_physdev(struct front *front, int argc, char **argv);
bool cmd_plug(struct front *front, int argc, char **argv);
bool cmd_closing(struct front *front, int argc, char **argv);
bool cmd_as_netbsd(struct front *front, int argc, char **argv);
bool cmd_as_minios(struct front *front, int argc, char **argv);

/* A positive count in an argument. */
bool read_count(const char *text, unsigned int *count);

#endif
