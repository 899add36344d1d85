import type { DccName } from './dcc.ts'
import { Demands, type Built } from './demands.ts'
import { dosesFit } from './doses.ts'
import { cut, dccName } from './names.ts'
import { uvciOf } from './uvci.ts'
import { activeCode, valueSets } from './value-sets.ts'

const covid19 = '840539006'
export const rapidAntigen = 'LP217198-3'
export const notDetected = '260415000'

export interface CertifiedPerson {
  readonly familyName: string
  readonly givenName: string
  /** `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or empty. */
  readonly birthDate: string
}

interface RequestHead {
  /** The record the certificate is made of; it decides the identifier, so that a replay gets the same one. */
  readonly recordId: string
  readonly person: CertifiedPerson
  /** Where the test or dose was, ISO 3166 alpha-2. */
  readonly country: string
  /** The country that issues, in its identifier; without it `country`. */
  readonly issuing?: string
  /** Who issues, as printed on the certificate; at most 80 characters. */
  readonly issuer: string
}

export interface TestRequest extends RequestHead {
  readonly test: {
    /** JRC device number. */
    readonly device: string
    readonly result: string
    /** ISO 8601 with offset: when the sample was taken. */
    readonly sampledAt: string
    readonly centre: string
  }
}

export interface VaccinationRequest extends RequestHead {
  readonly vaccination: {
    /** Marketing authorisation, e.g. `EU/1/20/1528`. */
    readonly product: string
    /** Numbers as they stand on the certificate; see `codedDoses` for boosters. */
    readonly dose: number
    readonly doses: number
    readonly vaccinatedOn: string
  }
}

/**
 * The certificate of a rapid antigen test (DCC 1.3.0). Only a negative result gets one; the device must be a code that may
 * still be issued; the time is that of the sample, in full and not after `issuedAt`. All faults at once, paths as in the
 * request.
 *
 * @example testPayload({ recordId, person, test: { device: '1232', result: 'negative', sampledAt, centre }, country: 'BE', issuer: 'Sciensano' }, new Date())
 */
export function testPayload(request: TestRequest, issuedAt: Date): Built {
  const { test } = request
  const demands = new Demands(issuedAt)
  const head = readHead(request, test.sampledAt, demands)
  if (test.result !== 'negative') demands.fail('certificate-result-not-negative', '/test/result')
  if (activeCode(valueSets().devices, test.device) === undefined)
    demands.fail('certificate-code-not-issued', '/test/device', { code: test.device.slice(0, 40) })
  const sampled = demands.sample(test.sampledAt, '/test/sampledAt')
  if (demands.anyFailed() || head === null || sampled === null) return demands.refused()
  const entry = {
    tg: covid19,
    tt: rapidAntigen,
    ma: test.device,
    sc: sampled,
    tr: notDetected,
    ...(test.centre.trim() === '' ? {} : { tc: cut(test.centre.trim()) }),
    ...head.end,
  }
  return { state: 'built', payload: { ...head.start, t: [entry] }, uvci: head.end.ci }
}

/**
 * The certificate of one vaccine dose (DCC 1.3.0): holder and prophylaxis follow from the product (encoding instructions),
 * dose numbers as `dosesFit` allows, a day that has come when it is issued. All faults at once.
 */
export function vaccinationPayload(request: VaccinationRequest, issuedAt: Date): Built {
  const { vaccination } = request
  const demands = new Demands(issuedAt)
  const head = readHead(request, vaccination.vaccinatedOn, demands)
  const product = activeCode(valueSets().products, vaccination.product)
  const prophylaxis = product?.prophylaxis[0]
  if (product === undefined || prophylaxis === undefined)
    demands.fail('certificate-code-not-issued', '/vaccination/product', { code: vaccination.product.slice(0, 40) })
  if (!dosesFit(vaccination))
    demands.fail('certificate-doses-impossible', '/vaccination/dose', {
      dose: vaccination.dose,
      doses: vaccination.doses,
    })
  demands.day(vaccination.vaccinatedOn, '/vaccination/vaccinatedOn')
  if (demands.anyFailed() || head === null || product === undefined || prophylaxis === undefined)
    return demands.refused()
  const entry = {
    tg: covid19,
    vp: prophylaxis,
    mp: product.code,
    ma: product.holder,
    dn: vaccination.dose,
    sd: vaccination.doses,
    dt: vaccination.vaccinatedOn,
    ...head.end,
  }
  return { state: 'built', payload: { ...head.start, v: [entry] }, uvci: head.end.ci }
}

interface Head {
  readonly start: { readonly ver: string; readonly nam: DccName; readonly dob: string }
  readonly end: { readonly co: string; readonly is: string; readonly ci: string }
}

function readHead(request: RequestHead, fact: string, demands: Demands): Head | null {
  const { recordId, person, country, issuing = country, issuer } = request
  const nam = dccName(person.familyName, person.givenName)
  const knownCountry = /^[A-Z]{2}$/.test(country) && valueSets().countries.split(' ').includes(country)
  if (nam === null) demands.fail('certificate-name-empty', '/person/familyName')
  demands.birthDate(person.birthDate, fact, '/person/birthDate')
  if (!knownCountry) demands.fail('certificate-code-not-issued', '/country', { code: country.slice(0, 40) })
  if (nam === null || demands.anyFailed()) return null
  return {
    start: { ver: '1.3.0', nam, dob: person.birthDate },
    end: { co: country, is: cut(issuer.trim()), ci: uvciOf(recordId, issuing) },
  }
}
