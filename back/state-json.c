/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * State records as JSON. Reading is strict: a field that is missing or of the
 * wrong kind makes the whole record damaged, never half a record.
 */
#include "state-json.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "state-knobs.h"

static void put_u64(struct json_object *o, const char *key, uint64_t value)
{
    (void)json_object_object_add(o, key, json_object_new_uint64(value));
}

static void put_sbdf(struct json_object *o, const char *key, struct sbdf s)
{
    char text[SBDF_TEXT];

    (void)json_object_object_add(o, key,
                                 json_object_new_string(sbdf_format(s, text)));
}

static void put_hex(struct json_object *o, const char *key,
                    const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * len + 1);
    size_t i;

    if (!text)
        return;
    for (i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * len] = '\0';
    (void)json_object_object_add(o, key, json_object_new_string(text));
    free(text);
}

static struct json_object *params_new(const struct state_record *r)
{
    struct json_object *o = json_object_new_object();
    struct json_object *bars = json_object_new_array();
    unsigned int i;

    put_u64(o, "size", r->params.size);
    put_u64(o, "vendor", r->params.vendor);
    put_u64(o, "device", r->params.device);
    put_u64(o, "irq_line", r->params.irq_line);
    state_knobs_put(o, &r->params.knobs);
    for (i = 0; i < CFG_BARS; i++) {
        struct json_object *bar = json_object_new_object();

        put_u64(bar, "kind", r->res[i].kind);
        put_u64(bar, "is_64bit", r->res[i].is_64bit);
        put_u64(bar, "prefetch", r->res[i].prefetch);
        put_u64(bar, "start", r->res[i].start);
        put_u64(bar, "size", r->res[i].size);
        put_u64(bar, "cfg_kind", r->params.bars[i].kind);
        (void)json_object_array_add(bars, bar);
    }
    (void)json_object_object_add(o, "resources", bars);
    return o;
}

static struct json_object *grants_new(const struct grants *g)
{
    struct json_object *o = json_object_new_object();
    struct json_object *ranges = json_object_new_array();
    unsigned int i;

    for (i = 0; i < g->nranges; i++) {
        struct json_object *range = json_object_new_object();

        put_u64(range, "kind", g->ranges[i].kind);
        put_u64(range, "first", g->ranges[i].first);
        put_u64(range, "count", g->ranges[i].count);
        (void)json_object_array_add(ranges, range);
    }
    (void)json_object_object_add(o, "ranges", ranges);
    put_u64(o, "has_irq", g->has_irq);
    put_u64(o, "gsi", g->gsi);
    put_u64(o, "pirq", g->pirq);
    put_u64(o, "planned", g->planned);
    return o;
}

static struct json_object *irq_new(const struct irq *irq)
{
    struct json_object *o = json_object_new_object();
    struct json_object *pirqs = json_object_new_array();
    unsigned int i;

    put_u64(o, "mode", irq->mode);
    put_u64(o, "changing", irq->changing);
    for (i = 0; i < irq->count; i++)
        (void)json_object_array_add(pirqs,
                                    json_object_new_uint64(irq->pirqs[i]));
    (void)json_object_object_add(o, "pirqs", pirqs);
    return o;
}

char *state_json_format(const struct state_record *r)
{
    struct json_object *o = json_object_new_object();
    const char *text;
    char *copy;

    put_u64(o, "version", STATE_VERSION);
    put_sbdf(o, "device", r->sbdf);
    put_sbdf(o, "virtual", r->virt);
    put_u64(o, "domid", r->domid);
    (void)json_object_object_add(o, "params", params_new(r));
    (void)json_object_object_add(o, "grants", grants_new(&r->grants));
    (void)json_object_object_add(o, "irq", irq_new(&r->irq));
    put_u64(o, "aer", r->aer);
    put_hex(o, "snapshot", r->snapshot, sizeof(r->snapshot));
    text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY);
    copy = text ? strdup(text) : NULL;
    (void)json_object_put(o);
    return copy;
}

/* Everything read so far was well formed. */
struct reader {
    bool ok;
};

static struct json_object *get(struct reader *in, struct json_object *o,
                               const char *key, enum json_type type)
{
    struct json_object *value = NULL;

    if (!in->ok || !json_object_object_get_ex(o, key, &value) ||
        !json_object_is_type(value, type)) {
        in->ok = false;
        return NULL;
    }
    return value;
}

static uint64_t as_max(struct reader *in, struct json_object *value,
                       uint64_t max)
{
    uint64_t n = json_object_get_uint64(value);

    /* json-c reads a negative number as 0 here. */
    if (!json_object_is_type(value, json_type_int) ||
        json_object_get_int64(value) < 0 || n > max)
        in->ok = false;
    return in->ok ? n : 0;
}

static uint64_t get_max(struct reader *in, struct json_object *o,
                        const char *key, uint64_t max)
{
    struct json_object *value = get(in, o, key, json_type_int);

    return value ? as_max(in, value, max) : 0;
}

static struct sbdf get_sbdf(struct reader *in, struct json_object *o,
                            const char *key)
{
    struct json_object *value = get(in, o, key, json_type_string);
    struct sbdf sbdf = { 0 };

    if (value && !sbdf_parse(json_object_get_string(value), &sbdf))
        in->ok = false;
    return sbdf;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void get_hex(struct reader *in, struct json_object *o, const char *key,
                    uint8_t *bytes, size_t len)
{
    struct json_object *value = get(in, o, key, json_type_string);
    const char *text = value ? json_object_get_string(value) : "";
    size_t i;

    if (strlen(text) != 2 * len) {
        in->ok = false;
        return;
    }
    for (i = 0; i < len; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

        if (high < 0 || low < 0)
            in->ok = false;
        bytes[i] = (uint8_t)((unsigned int)high << 4 | (unsigned int)low);
    }
}

static size_t get_length(struct reader *in, struct json_object *array,
                         size_t min, size_t max)
{
    size_t n = array ? json_object_array_length(array) : 0;

    if (n < min || n > max)
        in->ok = false;
    return in->ok ? n : 0;
}

static void get_params(struct reader *in, struct json_object *o,
                       struct state_record *r)
{
    struct json_object *bars = get(in, o, "resources", json_type_array);
    size_t n = get_length(in, bars, CFG_BARS, CFG_BARS), i;

    r->params.size = (uint16_t)get_max(in, o, "size", CFG_SIZE_MAX);
    if (r->params.size != 256 && r->params.size != CFG_SIZE_MAX)
        in->ok = false;
    r->params.vendor = (uint16_t)get_max(in, o, "vendor", UINT16_MAX);
    r->params.device = (uint16_t)get_max(in, o, "device", UINT16_MAX);
    r->params.irq_line = (uint8_t)get_max(in, o, "irq_line", UINT8_MAX);
    if (in->ok && !state_knobs_get(o, &r->params.knobs))
        in->ok = false;
    for (i = 0; i < n; i++) {
        struct json_object *bar = json_object_array_get_idx(bars, i);
        struct sysfs_resource *res = &r->res[i];
        struct cfg_bar *cfg = &r->params.bars[i];

        res->kind = (enum sysfs_kind)get_max(in, bar, "kind", SYSFS_IO);
        res->is_64bit = get_max(in, bar, "is_64bit", 1) != 0;
        res->prefetch = get_max(in, bar, "prefetch", 1) != 0;
        res->start = get_max(in, bar, "start", UINT64_MAX);
        res->size = get_max(in, bar, "size", UINT64_MAX);
        cfg->kind =
            (enum cfg_bar_kind)get_max(in, bar, "cfg_kind", CFG_BAR_ROM);
        cfg->prefetch = res->prefetch;
        cfg->base = res->start;
        cfg->size = res->size;
    }
}

static void get_grants(struct reader *in, struct json_object *o,
                       struct grants *g)
{
    struct json_object *ranges = get(in, o, "ranges", json_type_array);
    size_t n = get_length(in, ranges, 0, SYSFS_RESOURCES), i;

    for (i = 0; i < n; i++) {
        struct json_object *range = json_object_array_get_idx(ranges, i);

        g->ranges[i].kind =
            (enum sysfs_kind)get_max(in, range, "kind", SYSFS_IO);
        g->ranges[i].first = get_max(in, range, "first", UINT64_MAX);
        g->ranges[i].count = get_max(in, range, "count", UINT64_MAX);
    }
    g->nranges = (unsigned int)n;
    g->has_irq = get_max(in, o, "has_irq", 1) != 0;
    g->gsi = (uint32_t)get_max(in, o, "gsi", UINT32_MAX);
    g->pirq = (uint32_t)get_max(in, o, "pirq", UINT32_MAX);
    /* Records of earlier versions do without. */
    if (json_object_object_get_ex(o, "planned", NULL))
        g->planned = get_max(in, o, "planned", 1) != 0;
}

static void get_irq(struct reader *in, struct json_object *o, struct irq *irq)
{
    struct json_object *pirqs = get(in, o, "pirqs", json_type_array);
    size_t n = get_length(in, pirqs, 0, PCI_WIRE_MSIX_MAX), i;

    irq->mode = (enum irq_mode)get_max(in, o, "mode", IRQ_MSIX);
    /* Records of earlier versions do without. */
    if (json_object_object_get_ex(o, "changing", NULL))
        irq->changing = get_max(in, o, "changing", 1) != 0;
    for (i = 0; i < n; i++)
        irq->pirqs[i] = (uint32_t)as_max(
            in, json_object_array_get_idx(pirqs, i), UINT32_MAX);
    irq->count = (unsigned int)n;
}

static int parse(struct json_object *o, struct state_record *r)
{
    struct reader in = { .ok = json_object_is_type(o, json_type_object) };
    uint64_t version = get_max(&in, o, "version", UINT64_MAX);

    if (in.ok && version > STATE_VERSION)
        return -ENOTSUP;
    in.ok = in.ok && version == STATE_VERSION;
    r->sbdf = get_sbdf(&in, o, "device");
    r->virt = get_sbdf(&in, o, "virtual");
    r->domid = (uint16_t)get_max(&in, o, "domid", UINT16_MAX);
    r->grants.domid = r->domid;
    get_params(&in, get(&in, o, "params", json_type_object), r);
    get_grants(&in, get(&in, o, "grants", json_type_object), &r->grants);
    get_irq(&in, get(&in, o, "irq", json_type_object), &r->irq);
    /* Records of earlier versions do without. */
    if (json_object_object_get_ex(o, "aer", NULL))
        r->aer = (enum aer_channel)get_max(&in, o, "aer", AER_CHANNEL_FROZEN);
    get_hex(&in, o, "snapshot", r->snapshot, sizeof(r->snapshot));
    return in.ok ? 0 : -EPROTO;
}

int state_json_parse(const char *path, struct state_record *record)
{
    struct json_object *o = json_object_from_file(path);
    int ret;

    memset(record, 0, sizeof(*record));
    ret = o ? parse(o, record) : -EPROTO;
    (void)json_object_put(o);
    return ret;
}

int state_json_owner(const char *path, uint16_t *domid)
{
    struct json_object *o = json_object_from_file(path);
    struct reader in = { .ok = json_object_is_type(o, json_type_object) };
    uint64_t id = get_max(&in, o, "domid", UINT16_MAX);

    (void)json_object_put(o);
    if (!in.ok)
        return -EPROTO;
    *domid = (uint16_t)id;
    return 0;
}
