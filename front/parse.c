/* SPDX-License-Identifier: MIT */
/*
 * Texts that the backend or a toolstack wrote. By length, to the last character;
 * but digits may be fewer than usual, and of either case: backends differ.
 */
#include "hex.h"
#include "private.h"

bool front_parse_number(const char *text, uint32_t *number)
{
    uint32_t n = 0;

    if (text[0] == '\0')
        return false;
    for (; *text != '\0'; text++) {
        const uint32_t digit = (uint32_t)(*text - '0');

        if (digit > 9)
            return false;
        if (n > (UINT32_MAX - digit) / 10)
            n = UINT32_MAX;
        else
            n = n * 10 + digit;
    }
    *number = n;
    return true;
}

/* One to max hexadecimal digits and the character end, which is passed. */
static bool parse_hex(const char **text, unsigned int max, char end,
                      uint32_t *number)
{
    const char *after = hex_parse(*text, max, number);

    if (after == NULL || *after != end)
        return false;
    *text = after + 1;
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
