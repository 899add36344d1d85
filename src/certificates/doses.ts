/** Which round a dose belongs to, as the vaccination form says it. */
export type VaccinationRound = 'first-series' | 'first-booster' | 'second-booster'

export interface CodedDoses {
  /** `dn` */
  readonly dose: number
  /** `sd` */
  readonly doses: number
}

/**
 * The dose numbers of a certificate for a round (Implementing Decision (EU) 2021/2301, in force 1 February 2022): a booster
 * after a series of two is 3/3, after a single dose 2/1; a second booster 4/4 or 3/1.
 *
 * @param series doses of the person's first series
 * @example codedDoses({ round: 'first-booster', dose: 1, series: 1 }) // { dose: 2, doses: 1 }
 */
export function codedDoses(given: {
  readonly round: VaccinationRound
  readonly dose: number
  readonly series: number
}): CodedDoses {
  if (given.round === 'first-series') return { dose: given.dose, doses: given.series }
  const boosters = given.round === 'first-booster' ? 1 : 2
  const dose = given.series + boosters
  return { dose, doses: given.series === 1 ? 1 : dose }
}

/**
 * Whether dose numbers can stand on a certificate: whole, from 1, at most 9; more doses than the series only after a series
 * of one, because a booster after two doses is written 3/3 and never 3/2.
 */
export function dosesFit({ dose, doses }: CodedDoses): boolean {
  const counts = [dose, doses].every((count) => Number.isInteger(count) && count >= 1 && count <= 9)
  return counts && (dose <= doses || doses === 1)
}
