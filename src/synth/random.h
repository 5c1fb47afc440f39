/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/random.h: numbers that only depend on where they are drawn.
 *
 * A stream is the splitmix64 sequence (Steele, Lea, Flood, OOPSLA 2014) from a start that is
 * mixed from the seed, the centre, the place of the person and a purpose. So any person can
 * be made without those before, on any thread, and a further draw for one purpose does not
 * disturb another. The normal distribution is a sum of four uniforms (±3.5 standard
 * deviations), because it needs no library whose last digit may differ. */
#ifndef SYNTH_RANDOM_H
#define SYNTH_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct synth_random {
    uint64_t state;
};

/* What a stream is for. */
enum synth_purpose {
    SYNTH_OUTLINE,  /* sex, tumours, survival */
    SYNTH_COURSE,   /* treatments and events */
    SYNTH_CARE,     /* measures, imaging, the rest */
    SYNTH_IDENTITY, /* names */
    SYNTH_SHARING,  /* which persons of a line are shared or alike */
    SYNTH_SPLIT,    /* which of two centres knows what */
    SYNTH_DIRT,     /* what a centre records of it */
};

static inline uint64_t synth_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline struct synth_random synth_stream(uint64_t seed, unsigned centre,
                                               uint64_t place, enum synth_purpose purpose)
{
    uint64_t z = synth_mix(seed + 0x9E3779B97F4A7C15u);

    z = synth_mix(z ^ ((uint64_t)centre * 0xD1B54A32D192ED03u + (uint64_t)purpose));
    z = synth_mix(z ^ (place * 0x9E3779B97F4A7C15u + 1));
    return (struct synth_random){z};
}

static inline uint64_t synth_next(struct synth_random *random)
{
    random->state += 0x9E3779B97F4A7C15u;
    return synth_mix(random->state);
}

/* In [0, 1). */
static inline double synth_unit(struct synth_random *random)
{
    return (double)(synth_next(random) >> 11) * 0x1p-53;
}

/* In 0 … COUNT-1; COUNT at least 1. */
static inline uint32_t synth_below(struct synth_random *random, uint32_t count)
{
    return (uint32_t)(((synth_next(random) >> 32) * count) >> 32);
}

/* In LOW … HIGH, both included. */
static inline int synth_between(struct synth_random *random, int low, int high)
{
    return high <= low ? low : low + (int)synth_below(random, (uint32_t)(high - low) + 1);
}

static inline bool synth_chance(struct synth_random *random, double probability)
{
    return synth_unit(random) < probability;
}

/* Mean 0, standard deviation 1. */
static inline double synth_normal(struct synth_random *random)
{
    uint64_t z = synth_next(random);
    uint32_t sum = (uint32_t)(z & 0xFFFF) + (uint32_t)(z >> 16 & 0xFFFF) +
                   (uint32_t)(z >> 32 & 0xFFFF) + (uint32_t)(z >> 48);

    return ((double)sum - 131070.0) * (1.0 / 37837.2);
}

#endif
