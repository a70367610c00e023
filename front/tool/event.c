/* SPDX-License-Identifier: MIT */
/* See event.h. */
#include "event.h"

#include <json-c/json.h>
#include <stdio.h>

#include "device.h"

static double seconds(const struct event_log *log)
{
    return (double)(session_now_ns(log->session) - log->begun_ns) / 1e9;
}

static struct json_object *begin(const struct event_log *log, const char *name,
                                 const struct pcifront_device *device)
{
    struct json_object *json = json_object_new_object();
    char text[32];

    (void)snprintf(text, sizeof(text), "%.3f", seconds(log));
    (void)json_object_object_add(json, "event", json_object_new_string(name));
    (void)json_object_object_add(json, "seconds",
                                 json_object_new_double_s(seconds(log), text));
    if (device != NULL)
        (void)json_object_object_add(json, "device", device_json(device));
    return json;
}

static void add_text(struct json_object *json, const char *key,
                     const char *text)
{
    (void)json_object_object_add(json, key, json_object_new_string(text));
}

static void end(struct json_object *json)
{
    printf("%s\n",
           json_object_to_json_string_ext(
               json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    (void)json_object_put(json);
}

static void tell_device(struct event_log *log, const char *name,
                        const struct pcifront_device *device, const char *how)
{
    char words[DEVICE_WORDS];

    if (log->json) {
        struct json_object *json = begin(log, name, device);

        if (how != NULL)
            add_text(json, "how", how);
        end(json);
    } else {
        printf("%9.3f %s %s%s%s\n", seconds(log), name,
               device_words(device, words), how != NULL ? ", " : "",
               how != NULL ? how : "");
    }
    (void)fflush(stdout);
}

static void on_added(void *arg, struct pcifront *pf,
                     const struct pcifront_device *device)
{
    struct event_log *log = arg;

    (void)pf;
    tell_device(log, log->started ? "added" : "present", device, NULL);
    if (log->started)
        log->told++;
}

static void on_removed(void *arg, struct pcifront *pf,
                       const struct pcifront_device *device,
                       enum pcifront_removal how)
{
    struct event_log *log = arg;

    (void)pf;
    /* Our own end takes all devices away, which is no news. */
    if (!log->started)
        return;
    tell_device(log, "removed", device,
                how == PCIFRONT_UNPLUG ? "unplugged" : "gone");
    log->told++;
}

static const char *step_name(enum pcifront_aer_step step)
{
    switch (step) {
    case PCIFRONT_AER_DETECTED:
        return "detected";
    case PCIFRONT_AER_MMIO_ENABLED:
        return "mmio-enabled";
    case PCIFRONT_AER_SLOT_RESET:
        return "slot-reset";
    case PCIFRONT_AER_RESUME:
        return "resume";
    }
    return "?";
}

static const char *channel_name(enum pcifront_aer_channel channel)
{
    switch (channel) {
    case PCIFRONT_CHANNEL_NORMAL:
        return "normal";
    case PCIFRONT_CHANNEL_FROZEN:
        return "frozen";
    case PCIFRONT_CHANNEL_LOST:
        return "lost";
    }
    return "?";
}

/* No driver here has anything to lose: recovery may go on. */
static enum pcifront_aer_result on_error(void *arg, struct pcifront *pf,
                                         const struct pcifront_device *device,
                                         enum pcifront_aer_step step,
                                         enum pcifront_aer_channel channel)
{
    struct event_log *log = arg;
    char words[DEVICE_WORDS];

    (void)pf;
    if (log->json) {
        struct json_object *json = begin(log, "error", device);

        add_text(json, "step", step_name(step));
        add_text(json, "channel", channel_name(channel));
        end(json);
    } else {
        printf("%9.3f error %s, %s, channel %s\n", seconds(log),
               device_words(device, words), step_name(step),
               channel_name(channel));
    }
    (void)fflush(stdout);
    log->told++;
    if (channel == PCIFRONT_CHANNEL_LOST)
        return PCIFRONT_AER_DISCONNECT;
    return step == PCIFRONT_AER_DETECTED ? PCIFRONT_AER_CAN_RECOVER
                                         : PCIFRONT_AER_RECOVERED;
}

const struct pcifront_client event_client = {
    .added = on_added,
    .removed = on_removed,
    .error = on_error,
};

void event_state(struct event_log *log, enum pcifront_state state)
{
    if (state == log->state)
        return;
    log->state = state;
    if (log->json) {
        struct json_object *json = begin(log, "state", NULL);

        add_text(json, "state", pcifront_state_name(state));
        end(json);
    } else {
        printf("%9.3f state %s\n", seconds(log), pcifront_state_name(state));
    }
    (void)fflush(stdout);
}
