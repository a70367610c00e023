# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The set "trixie" (Xen 4.20, Linux 7.2) has no recipe yet; set-bookworm.sh
# says what one must define.

fail 'the set trixie is not built yet, so nothing was booted; use --set bookworm'
