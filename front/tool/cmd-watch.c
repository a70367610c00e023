/* SPDX-License-Identifier: MIT */
/* xenpci-front watch: devices that come and go, until told to end. */
#include <stdio.h>

#include "event.h"
#include "pair-nodes.h"

#define SLICE_MS 1000u

static bool over(const struct arguments *args, const struct event_log *log)
{
    if (session_interrupted() || ferror(stdout) != 0)
        return true;
    if (args->count > 0 && log->told >= args->count)
        return true;
    return args->for_s > 0 && session_now_ns(log->session) - log->begun_ns >=
                                  args->for_s * UINT64_C(1000000000);
}

/* How long to sleep at most: a signal may have come just before. */
static uint32_t slice(const struct arguments *args, const struct event_log *log)
{
    uint64_t gone_ms = (session_now_ns(log->session) - log->begun_ns) / 1000000;
    uint64_t left_ms = args->for_s * UINT64_C(1000);

    if (args->for_s == 0 || left_ms >= gone_ms + SLICE_MS)
        return SLICE_MS;
    return left_ms > gone_ms ? (uint32_t)(left_ms - gone_ms) : 1;
}

/* Devices that were there before are told of, but are no news. */
static enum exit_code begin(struct session *session,
                            const struct arguments *args, struct event_log *log,
                            struct report *report)
{
    enum exit_code code = EXIT_DONE;

    if (pair_exists(session->glue))
        code = session_connect(session, args, report);
    else
        report_note("this guest has no PCI devices yet; waiting for one");
    log->started = true;
    return code;
}

/*
 * When the last device goes, dom0 removes the pair. The library looks out for
 * the next one by itself.
 */
static enum exit_code watch(struct session *session,
                            const struct arguments *args, struct event_log *log,
                            struct report *report)
{
    enum exit_code code = begin(session, args, log, report);

    if (code != EXIT_DONE)
        return code;
    event_state(log, pcifront_state(session->pf));
    while (!over(args, log)) {
        int err = pcifront_wait(session->pf, slice(args, log));

        if (err != PCIFRONT_OK && err != PCIFRONT_ERR_TIMEOUT)
            return report_error(report, err, "waiting for the backend");
        err = pcifront_step(session->pf);
        if (err != PCIFRONT_OK)
            report_note("%s", pcifront_strerror(err));
        event_state(log, pcifront_state(session->pf));
    }
    return EXIT_DONE;
}

enum exit_code command_watch(const struct arguments *args,
                             struct report *report)
{
    struct session session;
    struct event_log log = {
        .session = &session,
        .state = PCIFRONT_CLOSED,
        .json = has_option(args, OPTION_JSON),
        .begun_ns = pcifront_linux_os()->now_ns(NULL),
    };
    enum exit_code code =
        session_start(&session, args, &event_client, &log, report);

    if (code == EXIT_DONE)
        code = watch(&session, args, &log, report);
    /* What our own end takes away is no news. */
    log.started = false;
    session_close(&session);
    return code;
}
