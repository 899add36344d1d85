/** Which round a dose belongs to, as the vaccination form says it. */
export type VaccinationRound = 'first-series' | 'first-booster' | 'second-booster'

export interface CodedDoses {
  /** `dn` */
  readonly dose: number
  /** `sd` */
  readonly doses: number
}

const boostersUntil = { 'first-series': 0, 'first-booster': 1, 'second-booster': 2 } as const

/**
 * The dose numbers of a certificate (Implementing Decision (EU) 2021/2301, in force 1 February 2022): the first series as
 * given; a booster after a series of two is 3/3, after a single dose 2/1; a second booster 4/4 or 3/1. Which series it was
 * follows from round and dose, so what is numbered the older way (2/2 after a single dose) is numbered anew.
 * Null when the numbers contradict the round.
 *
 * @example codedDoses({ round: 'first-booster', dose: 2, doses: 2 }) // { dose: 2, doses: 1 }
 */
export function codedDoses(given: CodedDoses & { readonly round: VaccinationRound }): CodedDoses | null {
  const { round, dose, doses } = given
  const series = dose - boostersUntil[round]
  if (round === 'first-series') return dosesFit(given) && dose <= doses ? { dose, doses } : null
  if (series < 1 || (doses === 1 && series !== 1)) return null
  const coded = { dose, doses: series === 1 ? 1 : dose }
  return dosesFit(coded) ? coded : null
}

/**
 * Whether dose numbers can stand on a certificate: whole, from 1, at most 9; more doses than the series only after a series
 * of one, because a booster after two doses is written 3/3 and never 3/2.
 */
export function dosesFit({ dose, doses }: CodedDoses): boolean {
  const counts = [dose, doses].every((count) => Number.isInteger(count) && count >= 1 && count <= 9)
  return counts && (dose <= doses || doses === 1)
}
