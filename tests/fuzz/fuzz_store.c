/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A store in which others have written: any node that the schema knows may
 * hold anything. The pair's directory is listed within bounds, what we add is
 * found there and what we remove is gone; no transaction stays open. And the
 * validator has an opinion about any listing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "fake-store.h"
#include "fuzz.h"
#include "publish.h"
#include "validate.h"
#include "words.h"

#define NODES      32u
#define DOMID      5u
#define LISTED_MAX PUBLISH_DEVICES_MAX

static const struct sbdf subject = { .bus = 3, .devfn = 1 };

/* ---- a listing ---- */

static const char *read_listing(void)
{
    static char text[16384];
    FILE *file;
    size_t len;

    if (text[0] != '\0')
        return text;
    file = fopen(TEST_DATA_DIR "/healthy.xs", "r");
    if (!file)
        fuzz_fail("no listing to begin with");
    len = fread(text, 1, sizeof(text) - 1, file);
    text[len] = '\0';
    (void)fclose(file);
    return text;
}

/* A healthy store, edited. */
static void fuzz_listing(void)
{
    struct listing list = { 0 };
    struct faults faults = { 0 };
    uint32_t *domids = NULL;
    char text[16384];
    size_t len, count = 0;
    unsigned int line;

    (void)snprintf(text, sizeof(text), "%s", read_listing());
    len = strlen(text);
    while (input_left() > 0) {
        const size_t at = input_half() % len;
        const char *word = input_text();
        const size_t room = len - at;

        memcpy(&text[at], word, strlen(word) < room ? strlen(word) : room);
    }
    if (listing_parse(&list, text, &line) == 0) {
        listing_sort(&list);
        if (validate(&list, VALIDATE_ALL, &faults) == 0 &&
            faults_grave(&faults) > faults.count)
            fuzz_fail("more grave faults than faults");
        if (validate_guests(&list, &domids, &count) == 0)
            for (size_t i = 1; i < count; i++)
                if (domids[i - 1] >= domids[i])
                    fuzz_fail("guests out of order");
    }
    free(domids);
    faults_fini(&faults);
    listing_fini(&list);
}

/* ---- a directory ---- */

static void write_rubbish(void)
{
    const uint8_t count = input_byte() % NODES;
    char path[SCHEMA_PATH];

    for (unsigned int i = 0; i < count && input_left() > 0; i++) {
        const struct schema_match node = {
            .id = (enum schema_id)(input_byte() % SCHEMA_COUNT),
            .domid = DOMID,
            .index = input_byte() % 4,
            .device = subject,
        };

        /* The others are names of watches. */
        if (schema_path(&node, path)[0] == '/')
            fake_store_set(path, input_text());
    }
}

static void check_list(struct store *st)
{
    struct publish_device *list = NULL;
    size_t count = 0;

    if (publish_list(st, DOMID, &list, &count) != 0)
        return;
    if (count > LISTED_MAX)
        fuzz_fail("%zu devices are listed", count);
    for (size_t i = 0; i < count; i++)
        if (memchr(list[i].vdev, '\0', PUBLISH_VDEV) == NULL ||
            memchr(list[i].name, '\0', PUBLISH_NAME) == NULL ||
            memchr(list[i].options, '\0', PUBLISH_OPTIONS) == NULL ||
            list[i].state >= XB_STATE_COUNT)
            fuzz_fail("device %zu of the list is broken", i);
    free(list);
}

static void act(struct store *st)
{
    const struct publish_request add = {
        .domid = DOMID,
        .dev = subject,
        .options = "permissive=0",
    };
    struct publish_device found;
    enum xb_state state;
    uint16_t owner;

    switch (input_byte() % 7) {
    case 0:
        if (publish_add(st, &add) == 0 &&
            publish_find(st, DOMID, subject, &found) != 0)
            fuzz_fail("what was added is not there");
        break;
    case 1:
        (void)!publish_remove_request(st, DOMID, subject);
        break;
    case 2:
        if (publish_remove_finish(st, DOMID, subject) == 0 &&
            publish_find(st, DOMID, subject, &found) == 0)
            fuzz_fail("what was removed is still there");
        break;
    case 3:
        if (publish_state(st, NULL, DOMID, &state) == 0 &&
            state >= XB_STATE_COUNT)
            fuzz_fail("the state is %u", (unsigned int)state);
        break;
    case 4:
        (void)!claim_owner(st, subject, &owner);
        break;
    case 5:
        write_rubbish();
        break;
    default:
        check_list(st);
        break;
    }
}

static void fuzz_directory(void)
{
    struct store *st;

    fake_store_reset();
    st = store_open();
    write_rubbish();
    while (input_left() > 0)
        act(st);
    check_list(st);
    if (publish_clear(st, DOMID) != 0)
        fuzz_fail("the directory cannot be cleared");
    store_close(st);
    if (fake_store_open_count() != 0)
        fuzz_fail("a transaction is open");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t what;

    input_begin(data, size);
    what = input_byte();
    if (what < 0x60)
        fuzz_listing();
    else
        fuzz_directory();
    return 0;
}
