/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libFuzzer's target for the front library: the input is what the backend does.
 * Bytes are taken as needed: what it writes to its directory, how it answers,
 * what it does to the page, and when; between that the guest makes its calls.
 * What must hold stands in the fakes: the contract, bounded work, no leak.
 */
#include "fake-store.h"
#include "front-world.h"
#include "fuzz.h"

#define WORK     100000u /* hook calls that one of our calls may make */
#define STEPS    64u
#define TEXT_MAX 80u

static struct front_world world;

/* ---- the backend ---- */

static void twist(struct fake_backend *be, struct pci_op *op)
{
    const uint8_t what = input_byte();

    if (input_left() == 0)
        return;
    if ((what & 0x80) != 0)
        be->answer =
            (enum fake_answer)(input_byte() % (FAKE_ANSWER_SILENT + 1));
    if ((what & 1) != 0)
        op->err = -(int32_t)input_byte();
    if ((what & 2) != 0)
        op->value = input_word();
    if ((what & 4) != 0)
        op->info = input_word();
    if ((what & 8) != 0)
        op->msix[input_byte() % PCI_WIRE_MSIX_MAX].vector =
            (uint16_t)input_word();
    if ((what & 16) != 0)
        op->err = 0;
}

static const char *text(void)
{
    static const char *const usual[] = {
        "0",       "1",       "2",       "3",
        "4",       "5",       "6",       "7",
        "8",       "10",      "1000000", "4294967296",
        "0000:00", "0001:07", "ffff:ff", "0000:00:00.00",
    };
    static char own[TEXT_MAX + 1];
    const uint8_t what = input_byte();
    size_t len = what & 0x7f;

    if (what < 0x80)
        return usual[what % ARRAY_LEN(usual)];
    if (len > TEXT_MAX)
        return NULL;
    for (size_t i = 0; i < len; i++)
        own[i] = (char)input_byte();
    own[len] = '\0';
    return own;
}

static void write_node(struct fake_backend *be)
{
    static const char *const leaves[] = {
        "state",  "state",  "root_num", "root-0",  "root-1", "root-31",
        "vdev-0", "vdev-1", "state-0",  "state-1", "dev-0",  "num_devs",
    };
    const char *leaf = leaves[input_byte() % ARRAY_LEN(leaves)];

    fake_backend_set(be, leaf, text());
}

static void scribble(struct fake_backend *be)
{
    uint8_t *page = (uint8_t *)be->page;
    const uint32_t at = input_word() % PCI_WIRE_PAGE_SIZE;
    const uint8_t len = input_byte() % 16;

    for (uint32_t i = 0; page && i < len && at + i < PCI_WIRE_PAGE_SIZE; i++)
        page[at + i] = input_byte();
}

/* Mostly a request that makes sense, of a device that may be there. */
static void post_aer(struct fake_backend *be)
{
    const uint8_t what = input_byte();
    struct pci_aer_op aer = { .cmd = PCI_OP_AER_DETECTED + (what & 3u),
                              .err = what >> 2 & 3,
                              .devfn = what >> 4 & 8u };

    if ((what & 0x40) != 0) {
        aer.cmd = input_word();
        aer.err = (int32_t)input_word();
        aer.bus = input_word();
        aer.devfn = input_word();
    }
    if (be->page)
        fake_backend_aer(be, &aer);
}

static void plug(struct fake_backend *be)
{
    if (be->nfunctions < 8)
        (void)fake_backend_plug(be, input_byte() & 1 ? "edu" : "e1000e",
                                input_byte());
}

static void act(struct fake_backend *be)
{
    const uint8_t what = input_byte();

    switch (what % 12) {
    case 0:
    case 1:
        write_node(be);
        break;
    case 2:
        scribble(be);
        break;
    case 3:
        be->k->event = true;
        break;
    case 4:
        be->deaf_to_store = (what & 0x80) != 0;
        break;
    case 5:
        be->twist = what & 0x80 ? twist : NULL;
        be->answer = FAKE_ANSWER_NORMAL;
        break;
    case 6:
        fake_backend_set_state(be,
                               (enum xb_state)(input_byte() % XB_STATE_COUNT));
        break;
    case 7:
        post_aer(be);
        break;
    case 8:
        fake_backend_disconnect(be);
        break;
    case 9:
        plug(be);
        break;
    case 10:
        be->answer =
            (enum fake_answer)(input_byte() % (FAKE_ANSWER_SILENT + 1));
        break;
    default:
        be->functions[0]->hw.bytes[input_word() % CFG_SIZE_MAX] = input_byte();
        break;
    }
}

/* In the middle of the guest's calls, if the input says so. */
static void mischief(struct fake_backend *be)
{
    if (input_left() > 0 && input_peek() >= 0xf0) {
        (void)input_byte();
        act(be);
    }
}

/* ---- the guest ---- */

static void check(int result, int most)
{
    if (result < PCIFRONT_ERR_OS || result > most)
        fake_kernel_die("a call returned %d", result);
}

static void use_device(struct pcifront *pf, uint8_t what)
{
    const struct pcifront_addr a = { .devfn = what & 0x40 ? input_byte() & 0x0f
                                                          : 0 };
    struct pcifront_bar bars[PCIFRONT_BARS];
    uint32_t pirqs[PCIFRONT_MSIX_MAX];
    enum pcifront_power power;
    uint16_t offset;

    switch (what % 9) {
    case 0:
        check(pcifront_config_read(pf, a, (uint16_t)input_word(), input_byte(),
                                   pirqs),
              0);
        break;
    case 1:
        check(pcifront_config_write(pf, a, (uint16_t)input_word(), input_byte(),
                                    input_word()),
              0);
        break;
    case 2:
        check(pcifront_cap_find(pf, a, input_byte(), &offset), 0);
        check(pcifront_ext_cap_find(pf, a, input_byte(), &offset), 0);
        break;
    case 3:
        check(pcifront_command(pf, a, PCIFRONT_MEMORY, PCIFRONT_MASTER), 0);
        break;
    case 4:
        check(
            pcifront_power_set(pf, a, (enum pcifront_power)(input_byte() & 3)),
            0);
        check(pcifront_power_get(pf, a, &power), 0);
        break;
    case 5:
        check(pcifront_bars(pf, a, bars), 0);
        break;
    case 6:
        check(pcifront_msix_enable(pf, a, NULL, 1, input_byte(), pirqs), 128);
        break;
    case 7:
        check(pcifront_msi_enable(pf, a, 1, 1u << (input_byte() & 7), pirqs),
              32);
        check(pcifront_intx(pf, a, pirqs), 0);
        break;
    default:
        check(pcifront_irq_disable(pf, a), 0);
        break;
    }
}

static void call(struct front_world *w)
{
    const unsigned int before = w->k->calls;
    const uint8_t what = input_byte();

    if (what < 0x80) {
        use_device(w->pf, what);
    } else {
        switch (what % 6) {
        case 0:
            check(pcifront_connect(w->pf, 500), 0);
            break;
        case 1:
            check(pcifront_close(w->pf, 100), 0);
            break;
        case 2:
            check(pcifront_restart(w->pf), 0);
            break;
        default:
            check(pcifront_wait(w->pf, 100), 0);
            check(pcifront_step(w->pf), 0);
            break;
        }
    }
    if (w->k->calls - before > WORK)
        fake_kernel_die("call %02x made %u calls", what, w->k->calls - before);
}

/* Two functions; the edu can have eight MSI vectors. */
static void equip(struct fake_backend *be)
{
    static const char *const dumps[] = { "nvme", "e1000e", "edu" };
    const uint8_t what = input_byte();
    struct fake_function *f = fake_backend_add(be, "edu", DEVFN(1, 0));

    fake_hw_set(&f->hw, 0x42, 2, 0x0086);
    (void)fake_backend_add(be, dumps[what % ARRAY_LEN(dumps)], 0);
    be->knows_multi = (what & 0x40) != 0;
    be->vectors = what & 0x20 ? 3 : PCI_WIRE_MSIX_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t what;

    input_begin(data, size);
    fake_store_reset();
    front_world_begin(&world, FRONT_DOMID);
    world.k->budget = 0;
    world.options.timeout_ms = 20;
    equip(world.be);
    if (front_world_create(&world) != 0)
        fake_kernel_die("no instance");
    what = input_byte();
    if ((what & 3) != 0)
        check(pcifront_connect(world.pf, 500), 0);
    if ((what & 4) != 0)
        world.be->mischief = mischief;
    for (unsigned int i = 0; i < STEPS && input_left() > 0; i++) {
        if ((input_byte() & 7) < 2)
            act(world.be);
        else
            call(&world);
    }
    front_world_end(&world);
    return 0;
}
