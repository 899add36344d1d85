/**
 * What a unit measures: exponents of length, mass, time, amount of substance, arbitrary unit, temperature and magnetic
 * induction. Unlike UCUM, which takes the mole for a number, amount of substance is kept apart from number, and each
 * arbitrary unit from mass: nobody may turn one into the other without knowing the analyte.
 */
export type Dimension = readonly [L: number, M: number, T: number, N: number, A: number, K: number, B: number]

/** One unit of UCUM: its dimension, how many base units it is (metre, gram, second, mole), and whether a prefix may stand before it. */
export interface Atom {
  readonly dimension: Dimension
  readonly factor: number
  readonly metric: boolean
  /** Which arbitrary unit it is: two of them never convert. */
  readonly arbitrary?: string
}

const number: Dimension = [0, 0, 0, 0, 0, 0, 0]
const length: Dimension = [1, 0, 0, 0, 0, 0, 0]
const volume: Dimension = [3, 0, 0, 0, 0, 0, 0]
const mass: Dimension = [0, 1, 0, 0, 0, 0, 0]
const time: Dimension = [0, 0, 1, 0, 0, 0, 0]
const substance: Dimension = [0, 0, 0, 1, 0, 0, 0]
const catalytic: Dimension = [0, 0, -1, 1, 0, 0, 0]
const pressure: Dimension = [-1, 1, -2, 0, 0, 0, 0]
const arbitraryUnit: Dimension = [0, 0, 0, 0, 1, 0, 0]

const metric = (dimension: Dimension, factor: number): Atom => ({ dimension, factor, metric: true })
const plain = (dimension: Dimension, factor: number): Atom => ({ dimension, factor, metric: false })
const arbitrary = (name: string, isMetric = false): Atom => ({
  dimension: arbitraryUnit,
  factor: 1,
  metric: isMetric,
  arbitrary: name,
})

/** The units of UCUM 2.1 (case sensitive) that laboratories use; every other unit is told as not known. */
export const atoms: ReadonlyMap<string, Atom> = new Map<string, Atom>([
  ['m', metric(length, 1)],
  ['g', metric(mass, 1)],
  ['s', metric(time, 1)],
  ['mol', metric(substance, 1)],
  // An equivalent is a mole divided by the charge, which is another for each ion: never converted without its analyte.
  ['eq', { dimension: substance, factor: 1, metric: true, arbitrary: 'eq' }],
  ['osm', metric(substance, 1)],
  ['K', metric([0, 0, 0, 0, 0, 1, 0], 1)],
  ['Cel', metric([0, 0, 0, 0, 0, 1, 0], 1)],
  ['L', metric(volume, 1e-3)],
  ['l', metric(volume, 1e-3)],
  ['t', metric(mass, 1e6)],
  ['u', metric(mass, 1.6605390666e-24)],
  ['min', plain(time, 60)],
  ['h', plain(time, 3600)],
  ['d', plain(time, 86_400)],
  ['wk', plain(time, 604_800)],
  ['mo', plain(time, 2_629_800)],
  ['a', plain(time, 31_557_600)],
  ['kat', metric(catalytic, 1)],
  ['U', metric(catalytic, 1e-6 / 60)],
  ['Pa', metric(pressure, 1e3)],
  ['bar', metric(pressure, 1e8)],
  ['m[Hg]', metric(pressure, 133_322e3)],
  ['m[H2O]', metric(pressure, 9806.65e3)],
  ['J', metric([2, 1, -2, 0, 0, 0, 0], 1e3)],
  ['cal', metric([2, 1, -2, 0, 0, 0, 0], 4184)],
  ['[in_i]', plain(length, 0.0254)],
  ['[lb_av]', plain(mass, 453.59237)],
  ['%', plain(number, 1e-2)],
  ['[ppth]', plain(number, 1e-3)],
  ['[ppm]', plain(number, 1e-6)],
  ['[ppb]', plain(number, 1e-9)],
  ['10*', plain(number, 10)],
  ['10^', plain(number, 10)],
  ['[pH]', arbitrary('pH')],
  // Valid UCUM, and never meant: gauss, not giga. Kept so that `G/L` is known for what it says.
  ['G', metric([0, 0, 0, 0, 0, 0, 1], 1e-4)],
  ['[IU]', arbitrary('IU', true)],
  ['[iU]', arbitrary('IU', true)],
  ["[arb'U]", arbitrary('arb')],
  ["[APL'U]", arbitrary('APL')],
  ["[GPL'U]", arbitrary('GPL')],
  ["[MPL'U]", arbitrary('MPL')],
  ["[beth'U]", arbitrary('beth')],
  ['[AU]', arbitrary('AU')],
  ["[todd'U]", arbitrary('todd')],
  ["[USP'U]", arbitrary('USP')],
  ['[CFU]', arbitrary('CFU')],
  ['[PFU]', arbitrary('PFU')],
  ['[cfu]', arbitrary('CFU')],
  ['[Lf]', arbitrary('Lf')],
  ['[CCID_50]', arbitrary('CCID')],
  ['[D]', arbitrary('D')],
  ['[HPF]', plain(number, 1)],
  ['[LPF]', plain(number, 100)],
])

/** The prefixes of UCUM that laboratories use, as powers of ten. */
export const prefixes: ReadonlyMap<string, number> = new Map([
  ['G', 9],
  ['M', 6],
  ['k', 3],
  ['h', 2],
  ['da', 1],
  ['d', -1],
  ['c', -2],
  ['m', -3],
  ['u', -6],
  ['n', -9],
  ['p', -12],
  ['f', -15],
  ['a', -18],
])
