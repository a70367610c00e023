/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See restart.h. */
#include "restart.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker.h"
#include "events.h"
#include "fault.h"
#include "libs.h"
#include "processes.h"
#include "world.h"

/* libev's macros pun types by design. */
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wstrict-aliasing"
#include <ev.h>

#define WATCHED     512
#define DESCRIPTORS 256

/* The product's variables: its object has them in sections of these names. */
extern unsigned char __start_product_data[], __stop_product_data[];
extern unsigned char __start_product_bss[], __stop_product_bss[];

static unsigned char *data, *bss;
static bool kept[DESCRIPTORS];
static ev_child *watched[WATCHED];
static sigjmp_buf end;
static bool catching;
static pid_t broker;

/* Byte by byte: between them are bytes that sanitizers watch. */
__attribute__((no_sanitize("address"))) static void
copy(volatile unsigned char *to, const volatile unsigned char *from, size_t len)
{
    while (len-- > 0)
        to[len] = from[len];
}

static unsigned char *keep(const unsigned char *from, const unsigned char *to)
{
    unsigned char *image = malloc((size_t)(to - from));

    if (!image)
        abort();
    copy(image, from, (size_t)(to - from));
    return image;
}

void restart_remember(void)
{
    data = keep(__start_product_data, __stop_product_data);
    bss = keep(__start_product_bss, __stop_product_bss);
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        kept[fd] = fcntl(fd, F_GETFD) >= 0;
    broker = getpid();
}

bool restart_catch(void (*fn)(void *arg), void *arg)
{
    bool whole = sigsetjmp(end, 1) == 0;

    catching = whole;
    if (whole)
        fn(arg);
    catching = false;
    return whole;
}

void restart_end(void)
{
    siglongjmp(end, 1);
}

/* Of a child, too: there it is the end of the child. */
void __wrap_exit(int status)
{
    if (catching && getpid() == broker)
        restart_end();
    exit(status);
}

/* libev keeps those beyond the end of its loop. */
void __wrap_ev_child_start(struct ev_loop *loop, ev_child *child)
{
    unsigned int i = 0;

    while (i < WATCHED && watched[i])
        i++;
    if (i == WATCHED)
        abort();
    watched[i] = child;
    ev_child_start(loop, child);
}

void __wrap_ev_child_stop(struct ev_loop *loop, ev_child *child)
{
    for (unsigned int i = 0; i < WATCHED; i++)
        if (watched[i] == child)
            watched[i] = NULL;
    ev_child_stop(loop, child);
}

static void end_children(void)
{
    struct ev_loop *loop = ev_default_loop(0);

    for (unsigned int i = 0; i < WATCHED; i++) {
        if (!watched[i])
            continue;
        /* Workers go on without a broker. */
        if (!processes_is_worker(watched[i]->pid)) {
            (void)kill(watched[i]->pid, SIGKILL);
            (void)waitpid(watched[i]->pid, NULL, 0);
        }
        ev_child_stop(loop, watched[i]);
        watched[i] = NULL;
    }
    ev_loop_destroy(loop);
}

static bool (*loop_script)(void);
static bool loop_result;

/* Of broker_main(). */
void __wrap_loop_run(void)
{
    loop_result = loop_script();
}

static void close_all(void)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (!kept[fd])
            (void)close(fd);
}

static bool any;

bool restart_any(void)
{
    return any;
}

/* The linker's names for both ends of one section are two objects to C. */
static size_t span(const unsigned char *start, const unsigned char *stop)
{
    return (size_t)((uintptr_t)stop - (uintptr_t)start);
}

/* As the kernel does when a process is gone. */
static void clear_away(void)
{
    any = true;
    link_world_stop();
    end_children();
    libs_store_drop();
    copy(__start_product_data, data,
         span(__start_product_data, __stop_product_data));
    copy(__start_product_bss, bss,
         span(__start_product_bss, __stop_product_bss));
    close_all();
}

bool restart_whole(bool (*script)(void))
{
    const struct broker_paths paths = { .run_dir = fault_world_run_dir(),
                                        .worker = "/proc/self/exe" };
    bool ended_well;

    fault_hold();
    clear_away();
    fault_go_on();
    loop_script = script;
    loop_result = false;
    ended_well = broker_main(&paths) == EXIT_SUCCESS && loop_result;
    fault_hold();
    restart_broker();
    fault_go_on();
    return ended_well;
}

void restart_broker(void)
{
    clear_away();
    fault_world_start();
    link_adopt_devices(world_hyp);
    (void)!events_scan(world_hyp, world_store);
    link_release_orphans();
    settle();
}
