/* SPDX-License-Identifier: MIT */
/* Messages and paths, put together piece by piece, and the log. */
#include "private.h"

#define WARNINGS_MAX   32u /* in one allowance */
#define ALLOWANCE_NS   (10000ull * FRONT_NS_PER_MS)
#define NUMBER_DIGITS  10u /* of 32 bits */
#define ADDRESS_DIGITS 4u

static void add_char(struct front_text *t, char c)
{
    if (t->length + 1 >= sizeof(t->text))
        return;
    t->text[t->length++] = c;
    t->text[t->length] = '\0';
}

void front_text_begin(struct front_text *t, const char *words)
{
    t->length = 0;
    t->text[0] = '\0';
    front_text_add(t, words);
}

void front_text_add(struct front_text *t, const char *words)
{
    for (; *words != '\0'; words++)
        add_char(t, *words);
}

void front_text_number(struct front_text *t, uint32_t number)
{
    char digits[NUMBER_DIGITS];
    unsigned int n = 0;

    do {
        digits[n++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (n > 0)
        add_char(t, digits[--n]);
}

void front_text_hex(struct front_text *t, uint32_t number, unsigned int digits)
{
    while (digits > 0)
        add_char(t, "0123456789abcdef"[number >> 4 * --digits & 15]);
}

void front_text_addr(struct front_text *t, struct pcifront_addr addr)
{
    front_text_hex(t, addr.segment, ADDRESS_DIGITS);
    add_char(t, ':');
    front_text_hex(t, addr.bus, 2);
    add_char(t, ':');
    front_text_hex(t, addr.devfn >> 3, 2);
    add_char(t, '.');
    front_text_hex(t, addr.devfn & 7, 1);
}

static bool may_warn(struct pcifront *pf)
{
    const uint64_t now = pf->os->now_ns(pf->ctx);

    if (now < pf->warned_ns || now - pf->warned_ns >= ALLOWANCE_NS) {
        pf->warned_ns = now;
        pf->warned = 0;
    }
    if (pf->warned > WARNINGS_MAX)
        return false;
    pf->warned++;
    return true;
}

void front_log(struct pcifront *pf, enum pcifront_level level,
               const struct front_text *t)
{
    if (level != PCIFRONT_LOG_WARN)
        pf->os->log(pf->ctx, level, t->text);
    else if (may_warn(pf))
        pf->os->log(pf->ctx, level,
                    pf->warned > WARNINGS_MAX
                        ? "too many warnings; quiet for a while"
                        : t->text);
}

void front_warn(struct pcifront *pf, const char *words)
{
    struct front_text t;

    front_text_begin(&t, words);
    front_log(pf, PCIFRONT_LOG_WARN, &t);
}
