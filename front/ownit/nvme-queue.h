/* SPDX-License-Identifier: MIT */
/* A pair of NVMe queues of one page each, and one command at a time on it. */
#ifndef OWNIT_NVME_QUEUE_H
#define OWNIT_NVME_QUEUE_H

#include <stdint.h>

#include "irq.h"

/* A submission queue entry (NVMe 1.4 4.2). */
struct nvme_command {
    uint8_t opcode;
    uint8_t flags;
    uint16_t id;
    uint32_t nsid;
    uint64_t reserved;
    uint64_t metadata;
    uint64_t prp1; /* machine address of the data: one page */
    uint64_t prp2;
    uint32_t dword[6]; /* 10 to 15 */
};

struct nvme_queue {
    void *regs;
    uint32_t doorbell; /* of submission; completion follows at `stride` */
    uint32_t stride;
    struct nvme_command *commands;
    uint32_t *completions; /* four words each */
    uint32_t tail;
    uint32_t head;
    uint32_t phase;
    struct irq *irq;
};

/* Entries of a queue; a page holds 64 commands. */
#define NVME_ENTRIES 16u

/*
 * Queue pair number `id`, doorbells at `stride` bytes from each other (4.2.1).
 * False: no memory.
 */
bool nvme_queue_init(struct nvme_queue *queue, void *regs, uint16_t id,
                     uint32_t stride, struct irq *irq);
void nvme_queue_fini(struct nvme_queue *queue);

/*
 * Run one command. Sleeps for its interrupt, and looks at the completion queue
 * only after that. NULL, or what went wrong.
 */
const char *nvme_queue_run(struct nvme_queue *queue,
                           const struct nvme_command *command);

#endif
