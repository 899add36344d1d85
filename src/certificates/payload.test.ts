import { describe, expect, it } from 'vitest'
import { codedDoses, dosesFit } from './doses.ts'
import { carriesFamilyName, dccName, transliterate } from './names.ts'
import { payloadFor } from './request.ts'
import { euRules, evaluateRules } from './rules.ts'
import { checkSchema } from './schema.ts'
import { checkCharacter, checkCharacterFits, uvciOf } from './uvci.ts'
import { valueSets } from './value-sets.ts'

const issuedAt = new Date('2022-07-01T10:00:00Z')
const head = {
  recordId: 'r-1',
  person: { familyName: 'Gößinger', givenName: 'Céline', birthDate: '1980-01-02' },
  country: 'BE',
  issuer: 'AZG',
}
const test = { device: '1232', result: 'negative', sampledAt: '2022-07-01T08:15:00+02:00', centre: 'Apotheek Zon' }
const vaccination = { product: 'EU/1/20/1528', dose: 3, doses: 3, vaccinatedOn: '2022-07-01' }

function faultsOf(asked: unknown): string[] {
  const built = payloadFor(asked, issuedAt)
  return built.state === 'refused' ? built.faults.map(({ code, path }) => `${path} ${code}`) : []
}

describe('a rapid test', () => {
  it('becomes a certificate with the time of the sample and the device, without the name of a NAAT', () => {
    const built = payloadFor({ ...head, test }, issuedAt)
    expect(built).toMatchObject({
      state: 'built',
      payload: {
        ver: '1.3.0',
        nam: { fn: 'Gößinger', fnt: 'GOESSINGER', gn: 'Céline', gnt: 'CELINE' },
        dob: '1980-01-02',
        t: [
          {
            tg: '840539006',
            tt: 'LP217198-3',
            ma: '1232',
            sc: test.sampledAt,
            tr: '260415000',
            tc: 'Apotheek Zon',
            co: 'BE',
          },
        ],
      },
    })
    expect(built.state === 'built' && checkSchema(built.payload).state).toBe('fits')
    expect(built.state === 'built' && 't' in built.payload && 'nm' in built.payload.t[0]).toBe(false)
  })

  it('gets none when it is not negative, and all faults at once', () => {
    expect(faultsOf({ ...head, test: { ...test, result: 'positive' } })).toEqual([
      '/test/result certificate-result-not-negative',
    ])
    const bad = { device: '0', result: 'undetermined', sampledAt: '2022-07-01T08:15:00', centre: '' }
    expect(
      faultsOf({ ...head, person: { familyName: '王', givenName: '', birthDate: '1899' }, country: 'XX', test: bad }),
    ).toEqual([
      '/person/familyName certificate-name-empty',
      '/person/birthDate certificate-birth-date-unreadable',
      '/country certificate-code-not-issued',
      '/test/result certificate-result-not-negative',
      '/test/device certificate-code-not-issued',
      '/test/sampledAt certificate-time-unreadable',
    ])
  })

  it.each([
    ['2022-07-01T06:05+02:00', '2022-07-01T06:05:00+02:00'],
    ['2022-07-01T06:05:07.25Z', '2022-07-01T06:05:07.25Z'],
    ['2022-07-01 06:05:07,5+0200', '2022-07-01T06:05:07.5+02:00'],
    ['2022-07-01t06:05z', '2022-07-01T06:05:00Z'],
    ['2022-07-01T08:15:00+02', '2022-07-01T08:15:00+02:00'],
  ])('sampled at %s says %s, which the business rules can read', (sampledAt, sc) => {
    const built = payloadFor({ ...head, test: { ...test, sampledAt } }, issuedAt)
    expect(built).toMatchObject({ payload: { t: [{ sc }] } })
    const payload = built.state === 'built' ? built.payload : null
    expect(evaluateRules(payload, issuedAt, euRules()).filter(({ met }) => !met)).toEqual([])
  })

  it.each([
    '2022-07-01T12:00:01+02:00',
    '2099-01-01T00:00:00Z',
    '1964-05-06T10:00:00Z',
    '2022-07-01T10:00:00+15:00',
    '2022-07-01T24:30:00Z',
    '2022-06-31T10:00:00Z',
    '20220701T060500Z',
  ])('sampled at %s gets none', (sampledAt) => {
    const person = { ...head.person, birthDate: '' }
    expect(faultsOf({ ...head, person, test: { ...test, sampledAt } })).toEqual([
      expect.stringMatching('^/test/sampledAt certificate-time-(impossible|unreadable)$'),
    ])
  })

  it.each([
    ['1999-13', 'certificate-birth-date-unreadable'],
    ['1999-00', 'certificate-birth-date-unreadable'],
    ['1999-02-29', 'certificate-birth-date-unreadable'],
    ['1899', 'certificate-birth-date-unreadable'],
    ['2099-01-01', 'birth-after-fact'],
    ['2022-07-02', 'birth-after-fact'],
    ['2022-08', 'birth-after-fact'],
    ['2023', 'birth-after-fact'],
  ])('of somebody born %s gets none: %s', (birthDate, code) => {
    expect(faultsOf({ ...head, person: { ...head.person, birthDate }, test })).toEqual([`/person/birthDate ${code}`])
  })

  it.each([
    ['2022-06-30T22:10:00Z', '2022-07-01', []],
    ['2022-07-01T00:10:00+02:00', '2022-07-01', []],
    ['2022-06-30T21:59:00Z', '2022-07-01', ['/person/birthDate birth-after-fact']],
    // Written with the day of somewhere else.
    ['2022-07-01T08:00:00+14:00', '2022-07-01', []],
  ])('sampled at %s, born %s', (sampledAt, birthDate, faults) => {
    expect(faultsOf({ ...head, person: { ...head.person, birthDate }, test: { ...test, sampledAt } })).toEqual(faults)
  })

  it.each(['', '2022', '2022-07', '2022-07-01', '1999-12'])('of somebody born %j gets one', (birthDate) => {
    expect(faultsOf({ ...head, person: { ...head.person, birthDate }, test })).toEqual([])
  })

  it('is refused in words when the request is something else', () => {
    for (const asked of [null, 1, 'x', [], {}, { test, vaccination }, { ...head, test: 1 }, { test }])
      expect(faultsOf(asked).length).toBeGreaterThan(0)
  })
})

describe('a vaccination', () => {
  it.each([
    ['EU/1/20/1528', '1119349007', 'ORG-100030215'],
    ['EU/1/20/1507', '1119349007', 'ORG-100031184'],
    ['EU/1/21/1529', '29061000087103', 'ORG-100001699'],
    ['EU/1/20/1525', '29061000087103', 'ORG-100001417'],
    ['EU/1/21/1618', '1162643001', 'ORG-100032020'],
  ])('of %s names the prophylaxis and holder that go with it', (product, vp, ma) => {
    const built = payloadFor({ ...head, vaccination: { ...vaccination, product } }, issuedAt)
    expect(built).toMatchObject({
      state: 'built',
      payload: { v: [{ mp: product, vp, ma, dn: 3, sd: 3, dt: '2022-07-01' }] },
    })
  })

  it('never carries an inactive code', () => {
    const inactive = valueSets().products.filter(({ active }) => active === false)
    expect(inactive.length).toBe(4)
    for (const { code } of inactive)
      expect(faultsOf({ ...head, vaccination: { ...vaccination, product: code } })).toHaveLength(1)
  })

  it.each([
    ['first-series', 1, 2, '1/2'],
    ['first-series', 2, 2, '2/2'],
    ['first-series', 1, 1, '1/1'],
    ['first-booster', 3, 3, '3/3'],
    ['first-booster', 3, 2, '3/3'],
    ['first-booster', 2, 1, '2/1'],
    ['first-booster', 2, 2, '2/1'],
    ['second-booster', 4, 4, '4/4'],
    ['second-booster', 3, 1, '3/1'],
    ['second-booster', 3, 3, '3/1'],
    ['first-series', 3, 2, null],
    ['first-series', 2, 1, null],
    ['first-booster', 1, 1, null],
    ['first-booster', 5, 1, null],
    ['second-booster', 2, 1, null],
    ['second-booster', 10, 10, null],
  ] as const)('of the %s, dose %i of %i, is numbered %s', (round, dose, doses, expected) => {
    const coded = codedDoses({ round, dose, doses })
    expect(coded && `${coded.dose}/${coded.doses}`).toBe(expected)
    expect(coded === null || dosesFit(coded)).toBe(true)
  })

  it('is refused with numbers that do not exist', () => {
    for (const [dose, doses] of [
      [3, 2],
      [0, 1],
      [1, 0],
      [1.5, 2],
      [10, 10],
    ] as const)
      expect(faultsOf({ ...head, vaccination: { ...vaccination, dose, doses } })).toEqual([
        '/vaccination/dose certificate-doses-impossible',
      ])
    expect(faultsOf({ ...head, vaccination: { ...vaccination, vaccinatedOn: '2022-02-30' } })).toHaveLength(1)
  })

  it('is one of a day that has come, and not of one before there were vaccines', () => {
    const on = (vaccinatedOn: string): string[] => faultsOf({ ...head, vaccination: { ...vaccination, vaccinatedOn } })
    for (const day of ['2099-01-01', '2022-07-02', '2019-12-31'])
      expect(on(day)).toEqual(['/vaccination/vaccinatedOn certificate-time-impossible'])
    expect(on('1800-01-01')).toEqual([
      '/person/birthDate birth-after-fact',
      '/vaccination/vaccinatedOn certificate-time-impossible',
    ])
    const late = new Date('2022-07-01T22:30:00Z')
    expect(payloadFor({ ...head, vaccination: { ...vaccination, vaccinatedOn: '2022-07-02' } }, late).state).toBe(
      'built',
    )
  })
})

describe('names', () => {
  it.each([
    ['Gößinger', 'GOESSINGER'],
    ['Jørgensen', 'JOERGENSEN'],
    ['Ågesen', 'AAGESEN'],
    ['Yrjänä', 'YRJAENAE'],
    ['Céline', 'CELINE'],
    ['Novák', 'NOVAK'],
    ['Muñoz', 'MUNOZ'],
    ["d'Červenková Panklová", 'DCERVENKOVA<PANKLOVA'],
    ['Jiřina-Maria Alena', 'JIRINA<MARIA<ALENA'],
    ['ПЕТКОВ', 'PETKOV'],
    ['επώνυμο', 'EPONYMO'],
    ['Παπαδόπουλος', 'PAPADOPOULOS'],
    ['ΠΑΠΑΔΟΠΟΥΛΟΥ', 'PAPADOPOULOU'],
    ['Λουκάς-Αύγουστος', 'LOUKAS<AUGOUSTOS'],
    ['Ευαγγελία Εὐαγόρου', 'EUAGGELIA<EUAGOROU'],
    ['Ταΰγετος Σαϋνάτσαλο', 'TAYGETOS<SAYNATSALO'],
    ['Άυλος', 'AYLOS'],
    ['Ηύρα', 'IYRA'],
    ['Υπατία', 'YPATIA'],
    ['გიორგი', 'GIORGI'],
    ['Þór Ĳsbrand œ ð ł', 'THOR<IJSBRAND<OE<D<L'],
    [' Jan  - 3de! ', 'JAN<DE'],
    ['ĵ'.normalize('NFD'), 'J'],
    ['王😀', ''],
    ['A'.repeat(200), 'A'.repeat(80)],
  ])('%s becomes %s', (name, expected) => expect(transliterate(name)).toBe(expected))

  it('puts an only name in the family name', () => {
    expect(dccName(' ', 'Sukarno')).toEqual({ fn: 'Sukarno', fnt: 'SUKARNO' })
    expect(dccName('', '')).toBeNull()
  })

  it.each([
    [{ fn: 'mäel', fnt: 'MAEL' }, 'mäel', true],
    [{ fn: 'Van  Den\u00a0Berg ', fnt: 'VANDENBERG' }, ' Van Den Berg', true],
    [{ fnt: 'MAEEL' }, 'mäel', true],
    [{ fn: 'Mäel', fnt: 'MAEEL' }, 'mäel', true],
    [{ fn: 'mael', fnt: 'MAEL' }, 'mäel', false],
    [{ fn: 'Sukarno', fnt: 'SUCARNO' }, ' ', true],
    [{ gn: 'Sukarno', gnt: 'SUCARNO' }, ' ', true],
    [{ gnt: 'SUKARNO' }, '', true],
    [{ gn: 'Sukarno', gnt: 'SUKARNO' }, 'mäel', false],
    [{ fn: '王', fnt: 'WANG' }, '王', true],
    [{ fn: '李', fnt: 'LI' }, '王', false],
    [{ gn: '李' }, '王', false],
    [{ fn: '', fnt: '' }, '王', false],
    [null, 'mäel', false],
  ])('%j carries the family name "%s": %s', (name, familyName, expected) =>
    expect(carriesFamilyName(name, familyName, 'Sukarno')).toBe(expected),
  )

  it('finds nothing in common between two names that are empty', () => {
    expect(carriesFamilyName({ fn: '', fnt: '' }, '', '')).toBe(false)
  })
})

describe('the identifier', () => {
  it('has the check character of the published example', () => {
    expect(checkCharacter('URN:UVCI:01:NL:187/37512422923')).toBe('Z')
    expect(checkCharacter('urn')).toBeNull()
  })

  it('is its own check, and every changed character breaks it', () => {
    const uvci = uvciOf('record', 'BE')
    expect(checkCharacterFits(uvci)).toBe(true)
    const changed = Array.from(
      uvci.slice(15, 39),
      (c, i) => uvci.slice(0, 15 + i) + (c === 'A' ? 'B' : 'A') + uvci.slice(16 + i),
    )
    expect(changed.filter((one) => checkCharacterFits(one) !== false)).toEqual([])
    expect(checkCharacterFits('01BEVLX')).toBeNull()
  })
})
