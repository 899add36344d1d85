import fc from 'fast-check'

// Property tests draw the same cases in every run, so that a red one is red again. `SLUIS_SEED=random` draws others and says
// which; `SLUIS_SEED=<number>` draws those once more.
const wanted = process.env['SLUIS_SEED']

/** What every random choice of a test begins with. */
export const seed =
  wanted === undefined ? 20_170_621 : wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wanted)

if (wanted === 'random') console.log(`SLUIS_SEED=${seed}`)
fc.configureGlobal({ seed })
