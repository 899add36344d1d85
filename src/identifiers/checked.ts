/**
 * What looking at an identifier found out.
 *
 * `shape`: not the digits or letters such a number has. `check-digits`: the arithmetic does not hold.
 * `birth-date`: the date inside does not exist. Whether that refuses a record or only warns is for the reader to say:
 * it depends on where the number stands.
 */
export type Why = 'shape' | 'check-digits' | 'birth-date'

export interface Wrong {
  readonly state: 'wrong'
  readonly why: Why
}

export type Checked<Facts> = ({ readonly state: 'valid' } & Readonly<Facts>) | Wrong

/** The answer for a number that is not right. */
export function wrong(why: Why): Wrong {
  return { state: 'wrong', why }
}
