/* SPDX-License-Identifier: MIT */
/* See session.h. */
#include "session.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "pair-nodes.h"
#include "place.h"

#define SLICE_MS 1000u
#define CLOSE_MS 5000u
/* Nobody waits for us as drivers do; an xenpcid that starts again is in time. */
#define OPERATION_MS 10000u
/* For a backend to let go of the front before us. */
#define PATIENCE_S 10u
#define SECOND_NS  UINT64_C(1000000000)

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

bool session_interrupted(void)
{
    return interrupted != 0;
}

uint64_t session_now_ns(const struct session *session)
{
    return pcifront_linux_os()->now_ns(session->glue);
}

/* The pair must be closed in order whatever ends us, a closed pipe included. */
static void catch_signals(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action = { .sa_handler = on_signal };

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        (void)sigaction(ends[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

static enum exit_code open_glue(struct session *session,
                                const struct arguments *args,
                                struct report *report)
{
    const struct pcifront_linux_options options = {
        .name = "xenpci-front",
        .level = has_option(args, OPTION_DEBUG) ? PCIFRONT_LOG_DEBUG
                                                : PCIFRONT_LOG_WARN,
    };
    char why[PCIFRONT_LINUX_WHY];
    int err = pcifront_linux_open(&options, &session->glue, why);

    if (err == PCIFRONT_OK)
        return EXIT_DONE;
    return report_trouble(
        report, err == PCIFRONT_ERR_NOENT ? EXIT_UNSUPPORTED : EXIT_FAILED, "",
        "%s", why);
}

static enum exit_code no_devices(struct report *report)
{
    return report_trouble(report, EXIT_NOT_FOUND,
                          "In dom0: `xenpci attach GUEST DEVICE`, or `xl "
                          "pci-attach`.",
                          "this guest has no PCI devices");
}

/*
 * A backend beyond 3 while we stand at 1 serves, or mourns, a front before us.
 * xenpcid goes back to 2 then, within a moment; the kernel's never does.
 */
static bool is_forsaken(struct session *session)
{
    unsigned int back = pair_back_state(session->glue);

    return pair_front_state(session->glue) == XB_INITIALISING &&
           back >= XB_CONNECTED && back < XB_STATE_COUNT;
}

static enum exit_code give_up(struct session *session, struct report *report,
                              enum exit_code code, const char *cause)
{
    char words[PAIR_WORDS];

    if (!pair_exists(session->glue))
        return no_devices(report);
    if (is_forsaken(session))
        return report_trouble(
            report, EXIT_UNSUPPORTED,
            "Start the guest again; the kernel's xen-pciback serves one front "
            "only. xenpcid takes any number: is it running in dom0?",
            "the backend has had a front before and takes none that comes "
            "back: %s",
            pair_words(session->glue, words));
    return report_trouble(report, code,
                          "Is xenpcid, or the kernel's xen-pciback, running "
                          "in dom0? `xenpci check` there tells more.",
                          "%s: %s", cause, pair_words(session->glue, words));
}

/* Still waiting: say for what, once. False when there is no use in it. */
static bool wait_on(struct session *session, uint64_t begun_ns,
                    const struct arguments *args, char shown[PAIR_WORDS])
{
    uint64_t passed_ns = session_now_ns(session) - begun_ns;
    char words[PAIR_WORDS];

    if (passed_ns >= args->timeout_s * SECOND_NS ||
        (passed_ns >= PATIENCE_S * SECOND_NS && is_forsaken(session)))
        return false;
    if (strcmp(pair_words(session->glue, words), shown) != 0) {
        report_note("waiting: %s", words);
        memcpy(shown, words, PAIR_WORDS);
    }
    return true;
}

enum exit_code session_connect(struct session *session,
                               const struct arguments *args,
                               struct report *report)
{
    uint64_t begun_ns = session_now_ns(session);
    char shown[PAIR_WORDS] = "";
    int err;

    if (!pair_exists(session->glue))
        return no_devices(report);
    while ((err = pcifront_connect(session->pf, SLICE_MS)) ==
           PCIFRONT_ERR_TIMEOUT) {
        if (interrupted != 0)
            return report_trouble(report, EXIT_FAILED, "", "interrupted");
        if (!wait_on(session, begun_ns, args, shown))
            return give_up(session, report, EXIT_TIMED_OUT,
                           "the backend does not connect in time");
    }
    if (err == PCIFRONT_ERR_OFFLINE)
        return give_up(session, report, EXIT_FAILED,
                       "the backend does not connect");
    if (err != PCIFRONT_OK)
        return report_error(report, err, "connecting to the backend");
    return EXIT_DONE;
}

enum exit_code session_start(struct session *session,
                             const struct arguments *args,
                             const struct pcifront_client *client, void *arg,
                             struct report *report)
{
    const struct pcifront_options options = {
        .client = client,
        .arg = arg,
        .timeout_ms = OPERATION_MS,
    };
    enum exit_code code;
    int err;

    memset(session, 0, sizeof(*session));
    session->lock_fd = -1;
    code = place_check("", geteuid(), report);
    if (code != EXIT_DONE)
        return code;
    session->lock_fd = place_lock(report, &code);
    if (session->lock_fd < 0)
        return code;
    code = open_glue(session, args, report);
    if (code != EXIT_DONE)
        return code;
    catch_signals();
    err = pcifront_create(pcifront_linux_os(), session->glue, &options,
                          &session->pf);
    if (err != PCIFRONT_OK)
        return report_error(report, err, "starting");
    return EXIT_DONE;
}

enum exit_code session_open(struct session *session,
                            const struct arguments *args, struct report *report)
{
    enum exit_code code = session_start(session, args, NULL, NULL, report);

    return code != EXIT_DONE ? code : session_connect(session, args, report);
}

void session_close(struct session *session)
{
    if (session->pf != NULL &&
        pcifront_close(session->pf, CLOSE_MS) == PCIFRONT_ERR_TIMEOUT)
        report_note("the backend did not let go of the page in time");
    pcifront_destroy(session->pf);
    if (session->pf != NULL)
        pair_renew(session->glue);
    pcifront_linux_close(session->glue);
    if (session->lock_fd >= 0)
        (void)close(session->lock_fd);
}
