/* SPDX-License-Identifier: MIT */
/* Formats into a buffer on the stack; the console takes it from there. */
#include "print.h"

#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "cruntime.h"
#include "hypercall.h"
#include "power.h"

#define LINE 256

struct out {
    char *text;
    size_t size;
    size_t length;
};

struct conversion {
    bool left;
    char fill;
    size_t width;
    bool wide;
};

static void put(struct out *out, char c)
{
    if (out->length + 1 < out->size)
        out->text[out->length++] = c;
}

static void put_padded(struct out *out, const struct conversion *how,
                       const char *text, size_t length)
{
    size_t pad = how->width > length ? how->width - length : 0;

    for (size_t i = 0; !how->left && i < pad; i++)
        put(out, how->fill);
    for (size_t i = 0; i < length; i++)
        put(out, text[i]);
    for (size_t i = 0; how->left && i < pad; i++)
        put(out, ' ');
}

static void put_number(struct out *out, const struct conversion *how,
                       uint64_t value, unsigned int base, bool negative)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    if (negative)
        digits[--at] = '-';
    put_padded(out, how, &digits[at], sizeof(digits) - at);
}

/* What stands between the percent sign and the letter. */
static const char *parse(const char *format, struct conversion *how)
{
    *how = (struct conversion){ .fill = ' ' };
    if (*format == '-') {
        how->left = true;
        format++;
    }
    if (*format == '0') {
        how->fill = '0';
        format++;
    }
    for (; *format >= '0' && *format <= '9'; format++)
        how->width = how->width * 10 + (size_t)(*format - '0');
    for (; *format == 'l' || *format == 'z'; format++)
        how->wide = true;
    return format;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

size_t print_args(char *text, size_t size, const char *format, va_list args)
{
    struct out out = { text, size, 0 };
    struct conversion how;
    const char *string;
    int64_t number;

    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&out, *format);
            continue;
        }
        format = parse(format + 1, &how);
        switch (*format) {
        case 's':
            string = va_arg(args, const char *);
            put_padded(&out, &how, string, strlen(string));
            break;
        case 'c':
            put(&out, (char)va_arg(args, int));
            break;
        case 'd':
            number = how.wide ? va_arg(args, int64_t) : va_arg(args, int);
            put_number(&out, &how, magnitude(number), 10, number < 0);
            break;
        case 'p':
            put_number(&out, &how, (uintptr_t)va_arg(args, void *), 16, false);
            break;
        case 'u':
        case 'x':
            put_number(&out, &how,
                       how.wide ? va_arg(args, uint64_t)
                                : va_arg(args, unsigned int),
                       *format == 'u' ? 10 : 16, false);
            break;
        case '\0':
            format--;
            break;
        default:
            put(&out, *format);
        }
    }
    if (size > 0)
        text[out.length] = '\0';
    return out.length;
}

size_t print_into(char *text, size_t size, const char *format, ...)
{
    va_list args;
    size_t length;

    va_start(args, format);
    length = print_args(text, size, format, args);
    va_end(args);
    return length;
}

void print(const char *format, ...)
{
    char line[LINE];
    va_list args;

    va_start(args, format);
    console_write(line, print_args(line, sizeof(line), format, args));
    va_end(args);
}

void panic(const char *format, ...)
{
    char line[LINE];
    va_list args;
    size_t length;

    va_start(args, format);
    length = print_args(line, sizeof(line) - 1, format, args);
    va_end(args);
    line[length++] = '\n';
    (void)hypercall_console(line, (unsigned int)length);
    console_write("panic: ", sizeof("panic: ") - 1);
    console_write(line, length);
    power_crash();
}
