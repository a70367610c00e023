/* SPDX-License-Identifier: MIT */
/*
 * Texts that the backend or a toolstack wrote. By length, to the last character;
 * but digits may be fewer than usual, and of either case: backends differ.
 */
#include "private.h"

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool front_parse_number(const char *text, uint32_t *number)
{
    uint32_t n = 0;

    if (text[0] == '\0')
        return false;
    for (; *text != '\0'; text++) {
        const int digit = digit_of(*text);

        if (digit < 0 || digit > 9)
            return false;
        if (n > (UINT32_MAX - (uint32_t)digit) / 10)
            n = UINT32_MAX;
        else
            n = n * 10 + (uint32_t)digit;
    }
    *number = n;
    return true;
}

/* One to max hexadecimal digits and the character end, which is passed. */
static bool parse_hex(const char **text, unsigned int max, char end,
                      uint32_t *number)
{
    const char *at = *text;
    uint32_t n = 0;
    unsigned int digits = 0;

    for (; digits < max && digit_of(*at) >= 0; at++, digits++)
        n = n << 4 | (uint32_t)digit_of(*at);
    if (digits == 0 || *at != end)
        return false;
    *text = at + 1;
    *number = n;
    return true;
}

bool front_parse_root(const char *text, struct front_root *root)
{
    uint32_t segment, bus;

    if (!parse_hex(&text, 4, ':', &segment) || !parse_hex(&text, 2, '\0', &bus))
        return false;
    root->segment = (uint16_t)segment;
    root->bus = (uint8_t)bus;
    return true;
}

bool front_parse_addr(const char *text, struct pcifront_addr *addr)
{
    uint32_t segment, bus, slot, function;

    if (!parse_hex(&text, 4, ':', &segment) ||
        !parse_hex(&text, 2, ':', &bus) || !parse_hex(&text, 2, '.', &slot) ||
        !parse_hex(&text, 2, '\0', &function))
        return false;
    if (slot > 31 || function > 7)
        return false;
    addr->segment = (uint16_t)segment;
    addr->bus = (uint8_t)bus;
    addr->devfn = (uint8_t)(slot << 3 | function);
    return true;
}

bool front_directory_ok(const char *path)
{
    size_t length = 0;

    for (; path[length] != '\0'; length++) {
        if (length + 1 >= FRONT_DIRECTORY_MAX || path[length] <= ' ' ||
            path[length] > '~')
            return false;
    }
    return length > 0 && path[length - 1] != '/';
}
