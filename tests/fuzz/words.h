/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts for fuzz targets: of words that such texts have, and of any bytes. */
#ifndef TESTS_FUZZ_WORDS_H
#define TESTS_FUZZ_WORDS_H

/* Built from the input; valid until the next call. */
const char *input_text(void);

#endif
