/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Prints the tables of back/config as Markdown: what a guest may write, and
 * why. A tool of the build; its output is back/config/REGISTERS.md.
 */
#include <stdio.h>
#include <stdlib.h>

#include "table.h"

static const char intro[] =
    "<!-- Made from the tables by \"make record-registers\"; do not edit. -->\n"
    "# What a guest may write, and why\n"
    "\n"
    "Every register of configuration space that the backend knows, with the\n"
    "bits (in hex) that a guest reads and writes. Masks are disjoint, a test\n"
    "proves it; a bit in none of them reads as the device and is read-only.\n"
    "\n"
    " * *Read*: **device**, the register as it is now; **attach**, as it was\n"
    "   when the guest got the device; **copy**, what the guest wrote itself;\n"
    "   **0**.\n"
    " * *Write*: bits that reach the device; **copy**, bits that only the guest\n"
    "   sees; **clear**, bits that a 1 clears; **rule**, see the reason.\n"
    "   Everything else is dropped and counted (`xenpci denied`).\n"
    " * *May be opened*: bits that `permissive` or a quirk `reg:size:mask`\n"
    "   opens. **clear**: they are error bits, evidence for the host otherwise.\n"
    "\n"
    "Bytes beyond the header that belong to no register below read as the\n"
    "device; `permissive` or a quirk opens them. Reserved bytes of the header\n"
    "and of known capabilities stay read-only. `interrupt_control` opens MSI\n"
    "and MSI-X Enable, MSI-X Function Mask and INTx Disable; without power\n"
    "management the power state is refused.\n"
    "\n"
    "Accesses of any width are the sum of their bytes; a register that refuses\n"
    "refuses the whole access.\n";

static const char *sep;

static void part_begin(void)
{
    fputs(sep, stdout);
    sep = ", ";
}

/* "copy 0543"; the mask is left out where it is the whole row. */
static void part(const struct cfg_field *f, const char *what, uint32_t mask)
{
    int digits = 2 * f->width;

    if (mask == 0)
        return;
    part_begin();
    if (mask == bytes_mask(f->width))
        fputs(what[0] != '\0' ? what : "all", stdout);
    else if (what[0] != '\0')
        printf("%s %0*x", what, digits, mask);
    else
        printf("%0*x", digits, mask);
}

static void cell_end(void)
{
    fputs(sep[0] == '\0' ? "- | " : " | ", stdout);
    sep = "";
}

static void print_row(const struct cfg_field *f)
{
    uint32_t device = cfg_field_device(f);

    sep = "";
    printf("| %02x | %u | %s | ", f->offset, f->width, f->name);
    part(f, "device", device);
    part(f, "attach", f->frozen);
    part(f, "copy", f->shadow);
    part(f, "0", f->keep | f->zero);
    cell_end();
    part(f, "", f->direct);
    part(f, "copy", f->shadow);
    part(f, "clear", f->clear1);
    if (f->allow != NULL || f->check != NULL) {
        part_begin();
        fputs("rule", stdout);
    }
    cell_end();
    part(f, "", f->loose & ~f->evidence);
    part(f, "clear", f->loose & f->evidence);
    cell_end();
    printf("%s | %s |\n", f->reason != NULL ? f->reason : "read-only", f->spec);
}

static const char *chain_name(const struct cfg_block *b)
{
    switch (b->where) {
    case CFG_IN_HEADER:
        return "Header";
    case CFG_IN_CAP:
        return "Capability";
    case CFG_IN_EXTCAP:
        break;
    }
    return "Extended capability";
}

static void print_shown(const struct cfg_block *b)
{
    printf("\n## %s\n\n%s", b->name, chain_name(b));
    if (b->where != CFG_IN_HEADER)
        printf(" %02x", b->id);
    printf(", %s.", b->spec);
    if (b->rest_open)
        printf(" Bytes of it that are not listed may be opened.");
    if (b->reason != NULL)
        printf(" Why: %s.", b->reason);
    printf("\n\n| Offset | Bytes | Register | Read | Write | May be opened | "
           "Why | Specification |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < b->nfields; i++)
        print_row(&b->fields[i]);
}

static void print_hidden(const struct cfg_block *b)
{
    printf("| %s | ", chain_name(b));
    if (b->many)
        printf("- | "); /* whichever it is */
    else
        printf("%02x | ", b->id);
    printf("%s | %s | %s | %s |\n", b->name,
           b->visibility == CFG_HIDDEN ? "never" : "if opened", b->reason,
           b->spec);
}

int main(void)
{
    const struct cfg_block *b;

    fputs(intro, stdout);
    for (size_t i = 0; (b = cfg_block_nth(i)) != NULL; i++)
        if (b->visibility == CFG_SHOWN)
            print_shown(b);
    printf("\n## Not shown\n\n"
           "Unlinked from their chain and read as zero: *never* shown, or only "
           "*if opened* by\n`permissive` or by a quirk for a register behind "
           "their header.\n\n"
           "| Chain | Id | Capability | Shown | Why | Specification |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; (b = cfg_block_nth(i)) != NULL; i++)
        if (b->visibility != CFG_SHOWN)
            print_hidden(b);
    return ferror(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
