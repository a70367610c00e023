/* SPDX-License-Identifier: MIT */
/*
 * Entries of the trap table. Nothing that traps is survived here, so they only
 * gather what there is to report. Xen pushes rcx and r11, the error code of
 * those that have one, and the frame of an interrupt.
 */
    .text
    .balign 16
    .globl trap_entries
trap_entries:
    /* One every 16 bytes, so that trap.c can tell where each begins. */
    .irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
    .balign 16
    pop %rcx
    pop %r11
    .if (\vector != 8) && ((\vector < 10) || (\vector > 14)) && (\vector != 17)
    push $0
    .endif
    push $\vector
    jmp report
    .endr

/* struct trap_frame, from its end. */
    .balign 16
report:
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, %rdi
    and $-16, %rsp
    call trap_report
    ud2

    .section .note.GNU-stack, "", @progbits
