/* SPDX-License-Identifier: MIT */
/* Submission, doorbells, phase bits (NVMe 1.4 4.1 and 4.6). */
#include "nvme-queue.h"

#include <stddef.h>

#include "mm.h"
#include "mmio.h"

#define DOORBELLS  0x1000u
#define IRQ_MS     10000u
#define IRQS       4u /* how many may come for nothing */
#define PHASE      0x10000u
#define STATUS_BIT 17u

_Static_assert(sizeof(struct nvme_command) == 64, "NVMe 1.4 4.2");

bool nvme_queue_init(struct nvme_queue *queue, void *regs, uint16_t id,
                     uint32_t stride, struct irq *irq)
{
    *queue = (struct nvme_queue){
        .regs = regs,
        .doorbell = DOORBELLS + 2 * id * stride,
        .stride = stride,
        .commands = mm_page_new(),
        .completions = mm_page_new(),
        .phase = PHASE,
        .irq = irq,
    };
    return queue->commands != NULL && queue->completions != NULL;
}

void nvme_queue_fini(struct nvme_queue *queue)
{
    mm_page_free(queue->commands);
    mm_page_free(queue->completions);
    queue->commands = NULL;
    queue->completions = NULL;
}

/* The word with phase and status of the next completion. */
static uint32_t next_completion(const struct nvme_queue *queue)
{
    return __atomic_load_n(&queue->completions[4 * queue->head + 3],
                           __ATOMIC_ACQUIRE);
}

static void advance(struct nvme_queue *queue)
{
    queue->head = (queue->head + 1) % NVME_ENTRIES;
    if (queue->head == 0)
        queue->phase ^= PHASE;
    mmio_write32(queue->regs, queue->doorbell + queue->stride, queue->head);
}

const char *nvme_queue_run(struct nvme_queue *queue,
                           const struct nvme_command *command)
{
    uint32_t done;

    queue->commands[queue->tail] = *command;
    queue->commands[queue->tail].id = (uint16_t)queue->tail;
    queue->tail = (queue->tail + 1) % NVME_ENTRIES;
    mmio_write32(queue->regs, queue->doorbell, queue->tail);
    for (unsigned int i = 0; i < IRQS; i++) {
        if (!irq_wait(queue->irq, IRQ_MS))
            return "no interrupt came";
        done = next_completion(queue);
        if ((done & PHASE) == queue->phase) {
            advance(queue);
            irq_done(queue->irq);
            return done >> STATUS_BIT == 0 ? NULL : "the command failed";
        }
        irq_done(queue->irq);
    }
    return "interrupts, but no completion";
}
