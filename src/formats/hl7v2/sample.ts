import { dayOf } from '../eform/days.ts'
import { inventPerson, type Person } from '../eform/people.ts'
import { oneOf, type Random } from '../eform/random.ts'
import { brusselsTime } from '../eform/sample.ts'
import { sampleOrder } from '../lab/sample.ts'

export interface OruOptions {
  /** From 0 up to but not including 1; the same numbers give the same message. */
  readonly random: Random
  /** The moment of sending; the sample was taken some hours before. */
  readonly at: Date
  /** What the laboratory writes in MSH-4; one of three unless said. */
  readonly facility?: string
  readonly person?: Person
}

/**
 * Makes an ORU^R01 (HL7 v2.5.1 section 7.3.1) as a laboratory would send it now: an invented person with an INSZ, one order,
 * final results. Lines end with CR.
 *
 * @example sampleOru({ random: Math.random, at: new Date() }).startsWith('MSH|^~\\&|') // true
 */
export function sampleOru({ random, at, facility, person }: OruOptions): string {
  const who = person ?? inventPerson(random, dayOf(at))
  const name = facility ?? oneOf(['LABO-NOORD', 'LABO-ZUID', 'KLINIEK-WEST'], random)
  const { number, takenAt: taken, releasedAt: released, results: found } = sampleOrder(random, at, who)
  const results = found.map(({ code, text, unit, range, value }, place) => {
    const coded = `${code}^${text}^LN`
    const times = ['', '', stamp(taken), '', '', '', '', stamp(released)]
    return ['OBX', place + 1, 'NM', coded, '', value, `${unit}^^UCUM`, range, '', '', '', 'F', ...times].join('|')
  })
  const sex = who.sex === 'male' ? 'M' : who.sex === 'female' ? 'F' : 'U'
  const birth = who.birthDate.replaceAll('-', '')
  return [
    `MSH|^~\\&|LIS|${name}|SLUIS|HUB|${stamp(at)}||ORU^R01^ORU_R01|${name}-${number}|P|2.5.1||||||UNICODE UTF-8`,
    `PID|1||${who.insz}^^^^NN||${who.familyName}^${who.givenName}||${birth}|${sex}`,
    `ORC|RE|${number}A|${number}`,
    `OBR|1|${number}A|${number}|24323-8^Bloedonderzoek^LN|||${stamp(taken)}|||||||||||||||${stamp(released)}|||F`,
    ...results,
    '',
  ].join('\r')
}

/** `20220701091200+0200`, as a clock in Belgium shows it. */
function stamp(moment: Date): string {
  const text = brusselsTime(moment)
  return text.slice(0, 19).replace(/\D/g, '') + text.slice(19).replace(':', '')
}
