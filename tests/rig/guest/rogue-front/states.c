/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* States out of order. Afterwards an honest front must get through. */
#include <stdlib.h>

#include "front.h"

/* Long enough for a back under emulation to see a value it must ignore. */
#define LOOK_MS 300u

#define FORTY "4444444444444444444444444444444444444444"

/* What an honest front has done before. */
enum start {
    WAITING,  /* the back is at 3 */
    CONNECTED /* both at 4 */
};

static const struct sequence {
    enum start start;
    const char *say[6];   /* written one after the other */
    enum xb_state expect; /* where the back is then */
} sequences[] = {
    { WAITING, { "4" }, XB_INITIALISED },
    { WAITING, { "7" }, XB_INITIALISED },
    { WAITING, { "8", "2" }, XB_INITIALISED },
    { WAITING, { "99", "", "text", "-1", "03", FORTY }, XB_INITIALISED },
    { WAITING, { "5" }, XB_CLOSING },
    { WAITING, { "6" }, XB_CLOSED },
    { CONNECTED, { "3", "3", "4", "3" }, XB_CONNECTED },
    { CONNECTED, { "2", "8", "04", "4" }, XB_CONNECTED },
    { CONNECTED, { "99", "", "text", "-1", "9", FORTY }, XB_CONNECTED },
    { CONNECTED, { "7" }, XB_RECONFIGURED },
    { CONNECTED, { "7", "4" }, XB_CONNECTED },
    { CONNECTED, { "7", "3", "8", "text" }, XB_RECONFIGURED },
    { CONNECTED, { "7", "7", "4", "7" }, XB_RECONFIGURED },
    { CONNECTED, { "5", "4", "3" }, XB_CLOSING },
    { CONNECTED, { "5", "6" }, XB_CLOSED },
    { CONNECTED, { "1" }, XB_INITIALISED },
    { CONNECTED, { "6", "4" }, XB_CLOSED },
};

static bool play(struct front *front, const struct sequence *s)
{
    if (s->start == CONNECTED ? !front_connect(front) : !front_restart(front)) {
        wrong("the back does not come back");
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(s->say) && s->say[i]; i++) {
        front_say_state(front, s->say[i]);
        pause_ms(LOOK_MS);
    }
    if (!front_back_waits(front, 1u << s->expect)) {
        wrong("the back is at %u, not %u",
              (unsigned int)front_back_state(front), (unsigned int)s->expect);
        return false;
    }
    /* The page is still the same one. */
    if (s->expect == XB_CONNECTED || s->expect == XB_RECONFIGURED)
        (void)front_read(front, DEVFN(0), 0, 4);
    return true;
}

/* Not "0": that front is gone, see below. */
static void play_random(struct front *front, unsigned int seconds)
{
    static const char *const texts[] = { "1", "2", "3",   "4",  "5", "6",
                                         "7", "8", "abc", "99", "" };
    uint64_t end = now_ms() + (uint64_t)seconds * 1000;
    unsigned int n = 0;

    srand(1); /* the same order each time */
    front_write_real_nodes(front);
    for (; now_ms() < end; n++) {
        front_say_state(front, texts[(size_t)rand() % ARRAY_LEN(texts)]);
        pause_ms((unsigned int)rand() % 50);
    }
    say("%u states at random", n);
}

bool cmd_states(struct front *front, int argc, char **argv)
{
    unsigned int seconds = 3;

    if (argc > 1 || (argc == 1 && !read_count(argv[0], &seconds)))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
        const struct sequence *s = &sequences[i];
        bool done = play(front, s);

        say("%s, \"%s\"...: %s",
            s->start == CONNECTED ? "connected" : "waiting", s->say[0],
            done ? "as expected" : "not as expected");
        if (!done)
            return true;
    }
    play_random(front, seconds);
    if (front_connect(front))
        (void)front_read(front, DEVFN(0), 0, 4);
    return true;
}

/* A front that says it is gone has given its devices back, for good. */
bool cmd_gone(struct front *front, int argc, char **argv UNUSED)
{
    if (argc != 0)
        return false;
    if (!front_connect(front))
        return true;
    front_say_state(front, NULL);
    if (!front_back_waits(front, STATE(CLOSED)))
        wrong("the back is at %u", (unsigned int)front_back_state(front));
    front_say_state(front, "3");
    pause_ms(LOOK_MS);
    if (front_back_state(front) == XB_CONNECTED)
        wrong("the back connects a front without devices");
    front_say_state(front, "4");
    return true;
}
