/* SPDX-License-Identifier: MIT */
/* The one parser and the one formatter of PCI addresses; no libc. */
#include "sbdf.h"

#include "hex.h"

/* The last component of a path; the text itself if it holds no slash. */
static const char *last_component(const char *text)
{
    const char *last = text;

    for (; *text != '\0'; text++) {
        if (*text == '/')
            last = text + 1;
    }
    return last;
}

static unsigned int count_char(const char *text, char c)
{
    unsigned int count = 0;

    for (; *text != '\0'; text++)
        count += *text == c;
    return count;
}

bool sbdf_parse(const char *text, struct sbdf *out)
{
    unsigned int segment = 0;
    unsigned int bus;
    unsigned int device;
    unsigned int function;
    bool dashed;

    text = last_component(text);
    dashed = count_char(text, '-') == 3;
    if (dashed || count_char(text, ':') == 2) {
        text = hex_parse(text, 4, &segment);
        if (text == NULL || *text++ != (dashed ? '-' : ':'))
            return false;
    }
    text = hex_parse(text, 2, &bus);
    if (text == NULL || *text++ != (dashed ? '-' : ':'))
        return false;
    text = hex_parse(text, 2, &device);
    if (text == NULL || *text++ != (dashed ? '-' : '.'))
        return false;
    text = hex_parse(text, 1, &function);
    if (text == NULL || *text != '\0' || device > 0x1f || function > 7)
        return false;

    out->segment = (uint16_t)segment;
    out->bus = (uint8_t)bus;
    out->devfn = (uint8_t)(device << 3 | function);
    return true;
}

static char *put_hex(char *p, unsigned int value, unsigned int digits)
{
    while (digits-- > 0)
        *p++ = "0123456789abcdef"[value >> (4 * digits) & 0xf];
    return p;
}

static const char *format(struct sbdf s, char buf[SBDF_TEXT], char colon,
                          char dot)
{
    char *p = put_hex(buf, s.segment, 4);

    *p++ = colon;
    p = put_hex(p, s.bus, 2);
    *p++ = colon;
    p = put_hex(p, SBDF_DEVICE(s), 2);
    *p++ = dot;
    p = put_hex(p, SBDF_FUNCTION(s), 1);
    *p = '\0';
    return buf;
}

const char *sbdf_format(struct sbdf s, char buf[SBDF_TEXT])
{
    return format(s, buf, ':', '.');
}

const char *sbdf_format_dashed(struct sbdf s, char buf[SBDF_TEXT])
{
    return format(s, buf, '-', '-');
}

int sbdf_compare(struct sbdf a, struct sbdf b)
{
    uint32_t left = sbdf_machine(a);
    uint32_t right = sbdf_machine(b);

    return (left > right) - (left < right);
}
