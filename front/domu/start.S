/* SPDX-License-Identifier: MIT */
/*
 * The first instructions, what the domain builder wants to know of the image
 * (xen/elfnote.h), and the way into the hypervisor.
 */
#include <xen/elfnote.h>

#include "layout.h"

    /* For domu.lds to compare. */
    .globl layout_of_code
    .set layout_of_code, LAYOUT_BASE

    .macro note_text type, text
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  .asciz "\text"
2:  .balign 4
    .endm

    .macro note_number type, value
    .balign 4
    .long 4, 8, \type
    .asciz "Xen"
    .quad \value
    .endm

    .section .note.Xen, "a", @note
    note_text XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
    note_text XEN_ELFNOTE_GUEST_OS, "xenpci"
    note_text XEN_ELFNOTE_LOADER, "generic"
    note_text XEN_ELFNOTE_PAE_MODE, "yes"
    note_text XEN_ELFNOTE_FEATURES, "!writable_page_tables|pae_pgdir_above_4gb"
    note_number XEN_ELFNOTE_VIRT_BASE, LAYOUT_BASE
    note_number XEN_ELFNOTE_PADDR_OFFSET, 0
    note_number XEN_ELFNOTE_ENTRY, _start
    note_number XEN_ELFNOTE_HYPERCALL_PAGE, hypercall_page

/*
 * Xen enters here in 64-bit mode on flat segments, interrupts (event upcalls)
 * off, with the address of struct start_info in rsi.
 */
    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    cld
    lea stack_end(%rip), %rsp
    xor %ebp, %ebp
    mov %rsi, %rdi
    call kernel_start
    ud2
    .size _start, . - _start

/*
 * long hypercall(unsigned int number, uint64_t a, b, c, d): the C convention
 * becomes Xen's (xen/arch-x86/xen-x86_64.h). Xen wrote the page's code, 32
 * bytes a hypercall.
 */
    .globl hypercall
    .type hypercall, @function
hypercall:
    mov %edi, %eax
    shl $5, %eax
    add $hypercall_page, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    call *%rax
    ret
    .size hypercall, . - hypercall

    .balign PAGE_SIZE
    .globl hypercall_page
hypercall_page:
    .skip PAGE_SIZE

/* The page below the stack is unmapped, so that an overflow is noticed. */
    .section .bss.stack, "aw", @nobits
    .balign PAGE_SIZE
    .globl stack_guard
stack_guard:
    .skip PAGE_SIZE
    .skip LAYOUT_STACK_SIZE
stack_end:

    .section .note.GNU-stack, "", @progbits
