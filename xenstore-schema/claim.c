/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See claim.h. Every path is built here from the generated patterns. */
#include "claim.h"

#include <errno.h>
#include <stdio.h>

#include "nodes.h"
#include "transact.h"

static int read_domid(struct store *st, struct store_txn *txn, const char *path,
                      uint16_t *domid)
{
    uint32_t value;
    int ret = store_read_uint(st, txn, path, &value);

    if (ret != 0)
        return ret;
    if (value >= CLAIM_NOBODY)
        return -EINVAL;
    *domid = (uint16_t)value;
    return 0;
}

static int read_owner(struct store *st, struct store_txn *txn, struct sbdf dev,
                      uint16_t *domid)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];

    sbdf_format_dashed(dev, address);
    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID, address);
    return read_domid(st, txn, path, domid);
}

int claim_owner(struct store *st, struct sbdf dev, uint16_t *domid)
{
    return read_owner(st, NULL, dev, domid);
}

bool claim_is_ours(struct store *st, struct sbdf dev, uint16_t domid)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    uint16_t ours;

    sbdf_format_dashed(dev, address);
    (void)snprintf(path, sizeof(path), XS_DEVICE_DOMID, address);
    return read_domid(st, NULL, path, &ours) == 0 && ours == domid;
}

static int write_record(struct store *st, struct store_txn *txn,
                        const struct claim *claim)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    int ret;

    sbdf_format_dashed(claim->dev, address);
    /* Old errors and a forgotten force flag go with the old record. */
    (void)snprintf(path, sizeof(path), XS_DEVICE_DIR, address);
    ret = store_remove(st, txn, path);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_DEVICE_DOMID, address);
    ret = store_writef(st, txn, path, "%u", (unsigned int)claim->domid);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_DEVICE_UUID, address);
    ret = store_write(st, txn, path, claim->uuid);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_DEVICE_OPTIONS, address);
    return store_write(st, txn, path, claim->options);
}

int claim_take_in(struct store *st, struct store_txn *txn,
                  const struct claim *claim)
{
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    uint16_t owner;
    int ret = read_owner(st, txn, claim->dev, &owner);

    if (ret == 0 && owner != claim->domid && owner != claim->replaces)
        return -EBUSY;
    if (ret != 0 && ret != -ENOENT)
        return ret;
    sbdf_format_dashed(claim->dev, address);
    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID, address);
    ret = store_writef(st, txn, path, "%u", (unsigned int)claim->domid);
    return ret != 0 ? ret : write_record(st, txn, claim);
}

static int take_body(struct store *st, struct store_txn *txn, void *arg)
{
    return claim_take_in(st, txn, arg);
}

int claim_take(struct store *st, const struct claim *claim)
{
    struct claim copy = *claim;

    return transact(st, take_body, &copy);
}

struct drop {
    struct sbdf dev;
    uint16_t domid;
};

static int drop_body(struct store *st, struct store_txn *txn, void *arg)
{
    const struct drop *drop = arg;
    char address[SBDF_TEXT];
    char path[STORE_PATH];
    uint16_t owner;
    int ret = read_owner(st, txn, drop->dev, &owner);

    if (ret == 0 && owner != drop->domid)
        return -EBUSY;
    if (ret != 0 && ret != -ENOENT)
        return ret;
    sbdf_format_dashed(drop->dev, address);
    (void)snprintf(path, sizeof(path), XS_LIBXL_DOMID, address);
    ret = store_remove(st, txn, path);
    if (ret != 0)
        return ret;
    (void)snprintf(path, sizeof(path), XS_DEVICE_DIR, address);
    return store_remove(st, txn, path);
}

int claim_drop(struct store *st, struct sbdf dev, uint16_t domid)
{
    struct drop drop = { .dev = dev, .domid = domid };

    return transact(st, drop_body, &drop);
}

const char *claim_uuid_format(const uint8_t uuid[16], char buf[CLAIM_UUID])
{
    static const char digits[] = "0123456789abcdef";
    char *out = buf;

    for (unsigned int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = digits[uuid[i] >> 4];
        *out++ = digits[uuid[i] & 15];
    }
    *out = '\0';
    return buf;
}
