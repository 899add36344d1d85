import { entryOf, groupOf, identifierOf, type DccGroup, type DccPayload } from './dcc.ts'
import { Demands, type Built } from './demands.ts'
import { dosesFit } from './doses.ts'
import { notDetected, rapidAntigen } from './payload.ts'
import { schemaFaults } from './schema.ts'
import { isUvciOf } from './uvci.ts'
import { activeCode, valueSets, type Code } from './value-sets.ts'

type Entry = Readonly<Record<string, unknown>>

/**
 * Judges a payload that somebody made whole by the rules of issuing: the schema of its version, one entry, active codes
 * that go together, a negative test, dose numbers and days that can be, an identifier of the country that issues. Properties nobody
 * knows stay; the time of a sample is written in full. All faults at once; never throws.
 *
 * @param issuing the country that issues; without it that of the test or dose
 * @example wholePayload({ ver: '1.3.0', nam, dob, t: [{ ...entry, tr: '260373001' }] }, new Date()).state // 'refused'
 */
export function wholePayload(asked: unknown, issuedAt: Date, issuing?: string): Built {
  const demands = new Demands(issuedAt)
  demandSchema(asked, demands)
  const [group, entry] = [groupOf(asked), entryOf(asked)]
  if (demands.anyFailed() || group === null || entry === null) return demands.refused()
  const payload = asked as DccPayload
  const path = `/${group}/0`
  const { nam, dob } = payload
  if ((nam.fnt ?? '') === '' && (nam.gnt ?? '') === '') demands.fail('certificate-name-empty', '/nam/fnt')
  demands.birthDate(dob, text(entry, dayField[group]), '/dob')
  demandCode(valueSets().diseases, entry, 'tg', path, demands)
  const country = text(entry, 'co')
  if (!valueSets().countries.split(' ').includes(country))
    demands.fail('certificate-code-not-issued', `${path}/co`, { code: country.slice(0, 40) })
  const issuer = issuing ?? country
  if (!isUvciOf(text(entry, 'ci'), issuer))
    demands.fail('certificate-identifier-unreadable', `${path}/ci`, { country: issuer.slice(0, 40) })
  const kept = demandsOf[group](entry, path, demands)
  if (demands.anyFailed()) return demands.refused()
  const whole = { ...payload, [group]: [kept] } as DccPayload
  return { state: 'built', payload: whole, uvci: identifierOf(whole) }
}

const dayField: Readonly<Record<DccGroup, string>> = { t: 'sc', v: 'dt', r: 'fr' }

function demandSchema(asked: unknown, demands: Demands): void {
  const faults = schemaFaults(asked)
  for (const { code, path, params } of faults) demands.fail(code, path, params)
  if (faults.length > 0) return
  // Versions before 1.3.0 let several entries stand in a group.
  const group = groupOf(asked)
  if (group !== null && (asked as Readonly<Record<DccGroup, readonly unknown[]>>)[group].length > 1)
    demands.fail('certificate-schema-faulty', `/${group}`, { version: '1.3.0', path: `/${group}`, what: 'maxItems' })
}

const demandsOf: Readonly<Record<DccGroup, (entry: Entry, path: string, demands: Demands) => Entry>> = {
  t: demandTest,
  v: demandDose,
  r: demandRecovery,
}

function demandTest(entry: Entry, path: string, demands: Demands): Entry {
  demandCode(valueSets().testTypes, entry, 'tt', path, demands)
  if (entry['tt'] === rapidAntigen || entry['ma'] !== undefined)
    demandCode(valueSets().devices, entry, 'ma', path, demands)
  demandCode(valueSets().testResults, entry, 'tr', path, demands)
  if (entry['tr'] !== notDetected) demands.fail('certificate-result-not-negative', `${path}/tr`)
  const sampled = demands.sample(text(entry, 'sc'), `${path}/sc`)
  return { ...entry, sc: sampled }
}

/** Holder and prophylaxis are those of the product (encoding instructions of the value sets). */
function demandDose(entry: Entry, path: string, demands: Demands): Entry {
  const { products, holders, prophylaxis } = valueSets()
  demandCode(products, entry, 'mp', path, demands)
  const product = activeCode(products, text(entry, 'mp'))
  const holding = holders.filter(({ code }) => product === undefined || product.holder === code)
  demandCode(holding, entry, 'ma', path, demands)
  const fitting = prophylaxis.filter(({ code }) => product === undefined || product.prophylaxis.includes(code))
  demandCode(fitting, entry, 'vp', path, demands)
  const [dose, doses] = [Number(entry['dn']), Number(entry['sd'])]
  if (!dosesFit({ dose, doses })) demands.fail('certificate-doses-impossible', `${path}/dn`, { dose, doses })
  demands.day(text(entry, 'dt'), `${path}/dt`)
  return entry
}

function demandRecovery(entry: Entry, path: string, demands: Demands): Entry {
  const [first, from, until] = [text(entry, 'fr'), text(entry, 'df'), text(entry, 'du')]
  demands.day(first, `${path}/fr`)
  demands.day(from, `${path}/df`, first, '2099-12-31')
  demands.day(until, `${path}/du`, from, '2099-12-31')
  return entry
}

function demandCode(list: readonly Code[], entry: Entry, field: string, path: string, demands: Demands): void {
  const place = `${path}/${field}`
  const code = text(entry, field)
  if (entry[field] === undefined) demands.fail('certificate-request-unreadable', place, { path: place })
  else if (activeCode(list, code) === undefined)
    demands.fail('certificate-code-not-issued', place, { code: code.slice(0, 40) })
}

function text(entry: Entry, field: string): string {
  const value = entry[field]
  return typeof value === 'string' ? value : ''
}
