/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See front-world.h. */
#include "front-world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(struct front_world *w, const char *fmt, ...) PRINTF(2, 3);

static void tell(struct front_world *w, const char *fmt, ...)
{
    size_t len = strlen(w->told);
    va_list args;

    if (len + 32 > sizeof(w->told))
        return;
    if (len > 0)
        w->told[len++] = ' ';
    va_start(args, fmt);
    (void)vsnprintf(w->told + len, sizeof(w->told) - len, fmt, args);
    va_end(args);
}

static void inside(struct front_world *w, const struct pcifront_device *device)
{
    if (w->inside)
        w->inside(w, device->addr);
    fake_kernel_callback_ends(w->k);
}

static void on_added(void *arg, struct pcifront *pf UNUSED,
                     const struct pcifront_device *device)
{
    struct front_world *w = arg;

    fake_kernel_callback_begins(w->k);
    tell(w, "+%02x.%u", device->addr.devfn >> 3, device->addr.devfn & 7u);
    inside(w, device);
}

static void on_removed(void *arg, struct pcifront *pf UNUSED,
                       const struct pcifront_device *device,
                       enum pcifront_removal how)
{
    struct front_world *w = arg;

    fake_kernel_callback_begins(w->k);
    tell(w, "-%02x.%u%c", device->addr.devfn >> 3, device->addr.devfn & 7u,
         how == PCIFRONT_UNPLUG ? 'u' : 'g');
    inside(w, device);
}

static enum pcifront_aer_result on_error(void *arg, struct pcifront *pf UNUSED,
                                         const struct pcifront_device *device,
                                         enum pcifront_aer_step step,
                                         enum pcifront_aer_channel channel)
{
    struct front_world *w = arg;

    fake_kernel_callback_begins(w->k);
    tell(w, "!%02x.%u:%d,%d", device->addr.devfn >> 3, device->addr.devfn & 7u,
         (int)step, (int)channel);
    inside(w, device);
    return w->aer_answer;
}

void front_world_begin_alone(struct front_world *w, uint16_t domid)
{
    memset(w, 0, sizeof(*w));
    w->k = fake_kernel_new(domid);
    w->client = (struct pcifront_client){
        .added = on_added,
        .removed = on_removed,
        .error = on_error,
    };
    w->options.client = &w->client;
    w->options.arg = w;
    w->aer_answer = PCIFRONT_AER_RECOVERED;
    w->k->budget = 200000;
}

void front_world_begin(struct front_world *w, uint16_t domid)
{
    front_world_begin_alone(w, domid);
    w->be = fake_backend_new(w->k);
}

int front_world_create(struct front_world *w)
{
    return pcifront_create(&w->k->os, w->k, &w->options, &w->pf);
}

void front_world_end(struct front_world *w)
{
    w->k->fail_at = 0;
    pcifront_destroy(w->pf);
    if (w->be)
        fake_backend_free(w->be);
    fake_kernel_free(w->k);
    memset(w, 0, sizeof(*w));
}

int front_world_connect(struct front_world *w)
{
    int err = w->pf ? 0 : front_world_create(w);

    return err != 0 ? err : pcifront_connect(w->pf, 30000);
}

/* Something to see whether anything has changed by. */
static size_t look(const struct front_world *w)
{
    return strlen(w->told) * 256 + (size_t)pcifront_state(w->pf) * 16 +
           (w->be ? (size_t)w->be->state : 0);
}

int front_world_settle(struct front_world *w)
{
    unsigned int quiet = 0;
    int err = 0;

    for (unsigned int i = 0; i < 64 && quiet < 3; i++) {
        const size_t before = look(w);

        (void)pcifront_wait(w->pf, 10);
        err = pcifront_step(w->pf);
        quiet = before == look(w) ? quiet + 1 : 0;
    }
    return err;
}

const char *front_world_told(struct front_world *w)
{
    static char text[sizeof(w->told)];

    memcpy(text, w->told, sizeof(text));
    w->told[0] = '\0';
    return text;
}
