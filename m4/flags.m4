dnl SPDX-License-Identifier: LGPL-2.1-or-later
dnl One warning set, one hardening set, one sanitizer set for the whole tree.
dnl Every flag is probed once, so an older compiler loses a warning, not the build.

dnl XENPCI_PROBE_FLAGS(VARIABLE, FLAGS): append each accepted flag to VARIABLE.
AC_DEFUN([XENPCI_PROBE_FLAGS], [
    for flag in $2; do
        AC_MSG_CHECKING([whether $CC accepts $flag])
        xenpci_saved_cflags=$CFLAGS
        CFLAGS="$CFLAGS -Werror $flag"
        AC_LINK_IFELSE([AC_LANG_PROGRAM([[]], [[]])],
            [AC_MSG_RESULT([yes]); $1="$$1 $flag"],
            [AC_MSG_RESULT([no])])
        CFLAGS=$xenpci_saved_cflags
    done
])

AC_DEFUN([XENPCI_WARNINGS], [
    AC_ARG_ENABLE([werror],
        [AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
        [], [enable_werror=no])
    AM_WARN=
    XENPCI_PROBE_FLAGS([AM_WARN], [-Wall -Wextra -Wpedantic -Wshadow dnl
        -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings dnl
        -Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations dnl
        -Wold-style-definition -Wundef -Wvla -Wformat=2 -Wswitch-enum dnl
        -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion dnl
        -Wconversion -Wsign-conversion -Wlogical-op -Wduplicated-cond dnl
        -Wduplicated-branches -Wcomma -Wunreachable-code -Wassign-enum dnl
        -Wconditional-uninitialized])
    AS_IF([test "x$enable_werror" = xyes], [AM_WARN="$AM_WARN -Werror"])
    AC_SUBST([AM_WARN])
])

AC_DEFUN([XENPCI_HARDENING], [
    AM_HARDEN=
    AM_HARDEN_LD=
    XENPCI_PROBE_FLAGS([AM_HARDEN], [-fstack-protector-strong dnl
        -fstack-clash-protection -fcf-protection=full -fPIE dnl
        -fvisibility=hidden -fno-common -ftrivial-auto-var-init=zero])
    XENPCI_PROBE_FLAGS([AM_HARDEN_LD], [-pie -Wl,-z,relro,-z,now])
    AC_SUBST([AM_HARDEN])
    AC_SUBST([AM_HARDEN_LD])
])

AC_DEFUN([XENPCI_SANITIZERS], [
    AC_ARG_ENABLE([sanitizers],
        [AS_HELP_STRING([--enable-sanitizers],
            [build with address and undefined-behaviour sanitizers])],
        [], [enable_sanitizers=no])
    AM_SAN=
    AS_IF([test "x$enable_sanitizers" = xyes],
        [AM_SAN="-fsanitize=address,undefined -fno-sanitize-recover=all"],
        [AM_HARDEN="$AM_HARDEN -D_FORTIFY_SOURCE=2"])
    AC_SUBST([AM_SAN])
    AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])
])
