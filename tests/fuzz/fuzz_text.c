/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One text of somebody else: an address, a quirk, the options of a device, a
 * path, the configuration file. What is refused is refused with a sentence;
 * what is taken makes sense, and reads the same when it is printed again.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "policy-private.h"
#include "quirk.h"
#include "schema.h"
#include "words.h"

static const struct sbdf subject = { .bus = 3, .devfn = 1 };

static void fuzz_address(const char *text)
{
    char again[SBDF_TEXT];
    struct sbdf a, b;

    if (!sbdf_parse(text, &a))
        return;
    if (!sbdf_parse(sbdf_format(a, again), &b) || !sbdf_equal(a, b) ||
        !sbdf_parse(sbdf_format_dashed(a, again), &b) || !sbdf_equal(a, b))
        fuzz_fail("the address \"%s\" becomes \"%s\"", text, again);
}

static void fuzz_quirk(const char *text)
{
    const char *why = NULL;
    char again[QUIRK_TEXT];
    struct quirk a, b;

    if (!quirk_parse(text, strlen(text), &a, &why)) {
        if (why == NULL)
            fuzz_fail("the quirk \"%s\" is refused without a word", text);
        return;
    }
    quirk_format(&a, again);
    if (!quirk_parse(again, strlen(again), &b, &why) || a.offset != b.offset ||
        a.size != b.size || a.mask != b.mask || a.mask == 0 ||
        a.offset % a.size != 0 || a.offset + a.size > CFG_SIZE_MAX)
        fuzz_fail("the quirk \"%s\" becomes \"%s\"", text, again);
}

static void check_policy(const struct policy *p)
{
    if (p->knobs.nquirks > CFG_QUIRKS_MAX || p->nreset > POLICY_RESETS ||
        policy_aer_name(p->aer) == NULL)
        fuzz_fail("a policy with %u quirks and %u resets", p->knobs.nquirks,
                  p->nreset);
    for (unsigned int i = 0; i < p->nreset; i++)
        if (memchr(p->reset[i], '\0', POLICY_RESET_TEXT) == NULL)
            fuzz_fail("a reset method has no end");
}

static void fuzz_options(const char *text)
{
    struct policy policy;
    char why[POLICY_WHY] = "";

    memset(&policy, 0, sizeof(policy));
    if (policy_for(subject, 0x8086, 0x10d3, text, &policy, why))
        check_policy(&policy);
    else if (why[0] == '\0')
        fuzz_fail("the options \"%s\" are refused without a word", text);
    if (memchr(why, '\0', sizeof(why)) == NULL)
        fuzz_fail("a sentence has no end");
}

/* A file that is refused leaves what was in force. */
static void fuzz_file(const char *text)
{
    char path[64], why[POLICY_WHY] = "";
    struct policy policy;
    int fd = memfd_create("policy", MFD_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fuzz_fail("no memory for a file");
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (!policy_load(path, why) && why[0] == '\0')
        fuzz_fail("a file is refused without a word");
    (void)close(fd);
    if (policy_for(subject, 0x8086, 0x10d3, NULL, &policy, why))
        check_policy(&policy);
    if (!policy_load(NULL, why))
        fuzz_fail("what is built in is refused: %s", why);
}

static void fuzz_schema(const char *text)
{
    char again[SCHEMA_PATH];
    struct schema_match a, b;

    for (unsigned int i = 0; i < SCHEMA_TYPE_COUNT; i++)
        (void)schema_value_ok((enum schema_type_id)i, text);
    if (!schema_match(text, &a))
        return;
    if (!schema_match(schema_path(&a, again), &b) || a.id != b.id)
        fuzz_fail("the path \"%s\" becomes \"%s\"", text, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_begin(data, size);
    while (input_left() > 0) {
        const uint8_t what = input_byte();
        const char *text = input_text();

        fuzz_address(text);
        fuzz_quirk(text);
        fuzz_schema(text);
        fuzz_options(text);
        if (what % 8 == 0)
            fuzz_file(text);
    }
    return 0;
}
