import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeInsz } from '../../src/identifiers/insz.ts'
import { sluis } from '../commands/support.ts'
import { labBundle, openFhirWorld, type Answer, type Body, type FhirWorld } from './world.ts'

let world: FhirWorld
beforeAll(async () => {
  world = await openFhirWorld()
}, 120_000)
afterAll(() => world?.stop(), 60_000)

let people = 100
const somebody = (): string => makeInsz('1960-02-29', people++)
const asPractice = { as: 'practice' } as const
const practice = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  world.ask(path, { as: 'practice', headers })
const matches = ({ body }: Answer): Body[] =>
  body.entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource)
const told = ({ body }: Answer): string[] => {
  const outcome =
    body.resourceType === 'OperationOutcome'
      ? body
      : body.entry.find(({ search }) => search?.mode === 'outcome')?.resource
  return (outcome?.issue ?? []).map(({ details }) => details.coding[0]?.code ?? '')
}
/** The matches of every page, from the first on. */
async function walk(first: string | Answer): Promise<Body[][]> {
  const pages: Body[][] = []
  for (let next: string | Answer | undefined = first; next !== undefined;) {
    const answer: Answer = typeof next === 'string' ? await practice(next) : next
    expect(answer.status).toBe(200)
    pages.push(matches(answer))
    next = answer.body.link.find(({ relation }) => relation === 'next')?.url.replace(/^https?:\/\/[^/]+/, '')
  }
  return pages
}
/** What the link `self` says was searched. */
const selfOf = ({ body }: Answer): string[] =>
  [...new URL(body.link.find(({ relation }) => relation === 'self')!.url).searchParams].map((one) => one.join('='))
const lines = async (insz: string): Promise<string[]> => {
  const found = await world.query<{ line: string }>(
    `select role || ' ' || what || ' ' || purpose || ' ' || outcome as line from access_log where patient = $1 order by id`,
    [world.index(insz)],
  )
  return found.map(({ line }) => line)
}

test('what a laboratory posts, a practice finds: with its own code, unit and digits first', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const creatinine = { code: '2160-0', value: 1, unit: 'mg/dL' }
  const raw = JSON.stringify(labBundle({ insz, results: [{ value: 53 }, creatinine] })).replace(
    '"value":1,',
    '"value":1.0,',
  )
  const posted = await world.ask('/fhir', { as: 'laboratory', method: 'POST', body: raw })
  await world.settled()
  expect(posted.status).toBe(200)
  expect(posted.body).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' })
  expect(posted.headers.get('x-sluis-receipt')).toMatch(/^[0-9a-f-]{36}$/)
  const found = await practice(`/fhir/Observation?patient.identifier=${insz}&code=http://loinc.org|59261-8`)
  expect(found.body).toMatchObject({ type: 'searchset', total: 1 })
  // A system alone stands for all its codes.
  const bySystem = (system: string) => practice(`/fhir/Observation?patient.identifier=${insz}&code=${system}|`)
  expect((await bySystem('http://loinc.org')).body).toMatchObject({ total: 2 })
  expect((await bySystem('http://snomed.info/sct')).body).toMatchObject({ total: 0 })
  const [resource] = matches(found)
  expect(resource).toMatchObject({
    status: 'final',
    valueQuantity: { value: 53, unit: 'mmol/mol' },
    performer: [{ display: 'Test laboratory' }],
  })
  const responses = posted.body.entry.map(({ response }) => response)
  expect(responses.map(({ status }) => status)).toEqual(['202 Accepted', '201 Created', '201 Created', '201 Created'])
  expect(responses[2]?.location).toBe(`Observation/${resource?.id}`)
  for (const { location } of responses.slice(1)) expect((await practice(`/fhir/${location}`)).status).toBe(200)
  expect((await practice(`/fhir/${responses[3]?.location}`)).text).toContain('"value":1.0,')
  const report = await practice(`/fhir/DiagnosticReport?patient=${world.index(insz).toString('hex')}`)
  expect(matches(report)[0]?.result.map(({ reference }) => reference)).toEqual([
    responses[2]?.location,
    responses[3]?.location,
  ])
})

test('a transaction of which one result is wrong is refused whole, with its receipt; a batch is not', async () => {
  for (const [type, status, found] of [
    ['transaction', 422, 0],
    ['batch', 200, 1],
  ] as const) {
    const insz = somebody()
    await world.letIn(insz)
    const wrong = { code: '2160-0', value: 1, unit: 'mg/dL', status: 'finished' }
    const body = labBundle({ insz, results: [{ value: 53 }, wrong] }, type)
    const posted = await world.ask('/fhir', { as: 'laboratory', method: 'POST', body })
    await world.settled()
    expect(posted.status).toBe(status)
    expect(posted.headers.get('x-sluis-receipt')).toMatch(/^[0-9a-f-]{36}$/)
    if (type === 'transaction') expect(told(posted)).toContain('fhir-transaction-refused')
    const seen = await practice(`/fhir/Observation?patient.identifier=${insz}`)
    expect(seen.body).toMatchObject({ total: found })
  }
})

test('every interaction told is offered and every search parameter told is searched; no other', async () => {
  const { body } = await world.ask('/fhir/metadata')
  const offered = body.rest[0]?.resource ?? []
  expect(offered.map(({ type }) => type)).toEqual(['Observation', 'DiagnosticReport', 'Patient'])
  const id = '0'.repeat(32)
  const requests: Readonly<Record<string, readonly [string, string]>> = {
    create: ['POST', ''],
    read: ['GET', `/${id}`],
    vread: ['GET', `/${id}/_history/1`],
    'history-instance': ['GET', `/${id}/_history`],
    'search-type': ['GET', ''],
    update: ['PUT', `/${id}`],
    delete: ['DELETE', `/${id}`],
    'history-type': ['GET', '/_history/'],
  }
  for (const { type, interaction, searchParam } of offered) {
    for (const [code, [method, path]] of Object.entries(requests)) {
      const answer = await world.ask(`/fhir/${type}${path}`, { method, ...(method === 'POST' ? { body: {} } : {}) })
      // An address that is read but not written says so with the methods it takes.
      const isThere = answer.status !== 405 && !told(answer).includes('not-found')
      expect(`${type} ${code} ${isThere}`).toBe(`${type} ${code} ${interaction.some((one) => one.code === code)}`)
    }
    for (const name of [...searchParam.map((one) => one.name), 'subject', 'code:not', 'value-quantity']) {
      const answer = await practice(`/fhir/${type}?${name}=%7C`, { prefer: 'handling=strict' })
      const isKnown = !told(answer).includes('fhir-parameter-unknown')
      expect(`${type} ${name} ${isKnown}`).toBe(`${type} ${name} ${searchParam.some((one) => one.name === name)}`)
    }
  }
})

test('without relation, consent or purpose nothing is given, an exclusion outranks both, and each look is written down', async () => {
  const insz = somebody()
  await world.hand(labBundle({ insz, results: [{}] }))
  const path = `/fhir/Observation?patient.identifier=${insz}`
  expect(told(await practice(path))).toEqual(['relation-missing'])
  expect(told(await practice(`/fhir/Observation?patient.identifier=${somebody()}`))).toEqual(['relation-missing'])
  await world.letIn(insz, ['relation'])
  expect(told(await practice(path))).toEqual(['consent-missing'])
  await world.letIn(insz, ['exchange'])
  expect(matches(await practice(path))).toHaveLength(1)
  expect((await world.ask(path, { as: 'development' })).status).toBe(403)
  await world.letIn(insz, ['exclusion'])
  const refused = await practice(path)
  expect([refused.status, ...told(refused)]).toEqual([403, 'access-excluded'])
  expect(await lines(insz)).toEqual(
    ['refused', 'refused', 'given', 'refused', 'refused'].map((outcome) => `care-team results care ${outcome}`),
  )
  const before = await world.query<{ n: number }>('select count(*) as n from access_log')
  expect(told(await practice(path, { 'x-sluis-purpose': 'curiosity' }))).toEqual(['reading-purpose-missing'])
  expect(told(await world.ask(path, { as: 'laboratory' }))).toEqual(['right-missing'])
  const after = await world.query<{ n: number }>('select count(*) as n from access_log')
  expect(after[0]!.n - before[0]!.n).toBe(2)
})

test('in an emergency a named patient is read for an hour with a reason; it is marked, told, and no exclusion is undone', async () => {
  const insz = somebody()
  await world.hand(labBundle({ insz, results: [{}] }))
  const path = `/fhir/Observation?patient.identifier=${insz}`
  const breakGlass = { 'x-sluis-purpose': 'BTG' }
  expect(told(await practice(path, breakGlass))).toEqual(['emergency-reason-missing'])
  expect(told(await practice(path, { ...breakGlass, 'x-sluis-reason': 'haste' }))).toEqual(['emergency-reason-missing'])
  const why = { ...breakGlass, 'x-sluis-reason': encodeURIComponent('bewusteloos, oproep één') }
  const asLaboratory = await world.ask(path, { as: 'laboratory', headers: why })
  expect(told(asLaboratory)).toEqual(['right-missing'])
  const [result] = matches(await practice(path, why))
  expect(result?.valueQuantity.value).toBeGreaterThan(0)
  // Within the hour the reason need not be said again, by id neither; care without an emergency stays refused.
  expect((await practice(`/fhir/Observation/${result?.id}`, breakGlass)).status).toBe(200)
  expect(matches(await practice(`/fhir/Observation?_id=${result?.id}`, breakGlass))).toHaveLength(1)
  expect(told(await practice(path))).toEqual(['relation-missing'])
  const outcomes = ['refused', 'refused', 'given', 'given', 'given'].map((one) => `care-team results emergency ${one}`)
  expect(await lines(insz)).toEqual([...outcomes, 'care-team results care refused'])
  const alerts = () =>
    world.query<{ actor: string; reason: string; minutes: number }>(
      `select detail ->> 'actor' as actor, detail ->> 'reason' as reason,
        extract(epoch from (detail ->> 'until')::timestamptz - since)::int / 60 as minutes
      from alert where kind = 'emergency-access' and detail ->> 'patient' = $1`,
      [world.index(insz).toString('hex')],
    )
  const alert = { actor: world.clientId('practice'), reason: 'bewusteloos, oproep één', minutes: 60 }
  expect(await alerts()).toEqual([alert])
  // After the hour a reason is asked for again.
  await world.query(
    `update alert set detail = detail || '{"until":"2026-01-01T00:00:00Z"}' where kind = 'emergency-access'`,
  )
  expect(told(await practice(path, breakGlass))).toEqual(['emergency-reason-missing'])
  await world.letIn(insz, ['exclusion'])
  expect(told(await practice(path, why))).toEqual(['access-excluded'])
})

test('what is withheld is told with rule and reason, never an empty list, and shown again after a release', async () => {
  const insz = somebody()
  await world.letIn(insz)
  await world.hand(labBundle({ insz, results: [{ value: 53 }, { code: '2160-0', value: 90_000, unit: 'mg/dL' }] }))
  const path = `/fhir/Observation?patient.identifier=${insz}`
  const found = await practice(path)
  expect(found.body.total).toBe(1)
  expect(told(found)).toEqual(['withheld'])
  const sentence = found.body.entry.at(-1)?.resource.issue[0]?.details.text
  expect(sentence).toMatch(
    /^1 result\(s\) of Test laboratory are withheld since .* by rule lab-quality\/value-impossible: /,
  )
  expect(sentence).not.toMatch(/90000|\{/)
  const only = await practice(`${path}&code=2160-0`)
  expect([only.body.total, ...told(only)]).toEqual([0, 'withheld'])
  const report = await practice(`/fhir/DiagnosticReport?patient.identifier=${insz}`)
  const [, reference = ''] = matches(report)[0]?.result.map((one) => one.reference) ?? []
  const masked = await practice(`/fhir/${reference}`)
  expect(masked.body).toMatchObject({
    status: 'final',
    meta: { tag: [{ code: 'withheld' }] },
    dataAbsentReason: { coding: [{ code: 'masked' }] },
  })
  // Who holds the value itself is told that it is another now, and after the release that the masked one is old.
  const held = masked.headers.get('etag')!
  expect((await practice(`/fhir/${reference}`, { 'if-none-match': 'W/"1"' })).status).toBe(200)
  expect((await practice(`/fhir/${reference}`, { 'if-none-match': held })).status).toBe(304)
  expect(masked.text).not.toContain('90000')
  expect(masked.body.note[0]?.text).toContain('value-impossible')
  await world.query(
    `insert into override (record, service, received_at, sender_id, patient, decision, actor, why)
      select record, 'lab', received_at, sender_id, patient, 'release', 'test', 'measured twice' from result
      where encode(result_key, 'hex') = $1`,
    [reference.slice('Observation/'.length)],
  )
  const released = await practice(`${path}&code=2160-0`)
  expect([released.body.total, ...told(released)]).toEqual([1])
  const shown = await practice(`/fhir/${reference}`, { 'if-none-match': held })
  expect([shown.status, shown.body.valueQuantity.value, shown.headers.get('etag')]).toEqual([200, 90_000, 'W/"1"'])
})

test('what a rule remarks without withholding stands with the value: a tag, and a note that names the rule', async () => {
  const insz = somebody()
  await world.letIn(insz)
  await world.hand(labBundle({ insz, results: [{ value: 53 }, { code: '2160-0', value: 0.9, unit: 'mg/furlong' }] }))
  const found = matches(await practice(`/fhir/Observation?patient.identifier=${insz}`))
  expect(found).toHaveLength(2)
  // Sex and number of a made-up person may not fit each other, which another rule remarks of both.
  const isOfUnit = (note: object): boolean =>
    'authorString' in note && note.authorString === 'lab-quality 1.0.0/unit-not-known'
  const flagged = found.filter((one) => 'note' in one && one.note.some(isOfUnit))
  expect(flagged).toHaveLength(1)
  expect(flagged[0]?.meta.tag).toMatchObject([{ code: 'flagged' }])
  const remark = flagged[0]?.note.find(isOfUnit)?.text
  expect(remark).toContain('mg/furlong')
  const dutch = await practice(`/fhir/Observation/${flagged[0]?.id}`, { 'accept-language': 'nl' })
  expect(dutch.body.meta.tag).toMatchObject([{ code: 'flagged' }])
  expect(dutch.body.note.find(isOfUnit)?.text).not.toBe(remark)
})

test('a correction is a new version of the same resource; ETag, history and vread tell them apart', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const first = await world.hand(labBundle({ insz, order: 'O-77', results: [{ value: 53 }] }))
  const later = { status: 'corrected', value: 58, issued: '2026-07-01T09:00:00+02:00' }
  const second = await world.hand(labBundle({ insz, order: 'O-77', results: [later] }))
  const location = first.body.entry[2]?.response.location
  expect(second.body.entry[2]?.response.location).toBe(location)
  // A preliminary that comes after all of it changes nothing.
  const late = { status: 'preliminary', value: 50, issued: '2026-06-30T12:00:00+02:00' }
  await world.hand(labBundle({ insz, order: 'O-77', results: [late] }))
  const found = await practice(`/fhir/Observation?patient.identifier=${insz}`)
  expect(matches(found).map(({ valueQuantity, meta }) => [valueQuantity.value, meta.versionId])).toEqual([[58, '2']])
  const read = await practice(`/fhir/${location}`)
  expect(read.headers.get('etag')).toBe('W/"2"')
  expect((await practice(`/fhir/${location}`, { 'if-none-match': 'W/"2"' })).status).toBe(304)
  expect((await practice(`/fhir/${location}`, { 'if-none-match': 'W/"1"' })).status).toBe(200)
  expect((await practice(`/fhir/${location}/_history/1`)).body.valueQuantity.value).toBe(53)
  const history = (await practice(`/fhir/${location}/_history`)).body
  const superseded = history.entry.map(({ resource: { meta } }) => [
    meta.versionId,
    meta.tag?.some(({ code }) => code === 'superseded') === true,
  ])
  expect(superseded).toEqual([
    ['3', true],
    ['2', false],
    ['1', true],
  ])
  expect(told(await practice(`/fhir/${location}/_history/4`))).toEqual(['fhir-version-unknown'])
})

test('a result taken back from the wrong patient keeps no value of the other', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const conclusion = 'Poorly regulated, as in May'
  const { body } = await world.hand(labBundle({ insz, order: 'O-88', conclusion, results: [{ value: 61 }] }))
  const report = `/fhir/${body.entry[1]?.response.location}`
  const reports = `/fhir/DiagnosticReport?patient.identifier=${insz}`
  expect((await practice(report)).text).toContain(conclusion)
  expect((await practice(reports)).text).toContain(conclusion)
  const error = { status: 'entered-in-error', value: 61, issued: '2026-07-01T09:00:00+02:00' }
  await world.hand(labBundle({ insz, order: 'O-88', results: [error] }))
  const found = await practice(`/fhir/Observation?patient.identifier=${insz}&status=final`)
  expect(found.body.total).toBe(0)
  const read = await practice(`/fhir/${body.entry[2]?.response.location}`)
  expect(read.body).toMatchObject({ status: 'entered-in-error', meta: { versionId: '2' } })
  const history = await practice(`/fhir/${body.entry[2]?.response.location}/_history`)
  expect([history.body.total, /"value":61/.test(read.text + history.text)]).toEqual([2, false])
  // What the laboratory concluded of the other stays away with it, though the first version stands in that report.
  const told = [await practice(report), await practice(reports)]
  expect(told.map(({ status, text }) => [status, text.includes(conclusion)])).toEqual([
    [200, false],
    [200, false],
  ])
})

test('a value sent after one was taken back opens nothing of what was taken back', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const conclusion = 'Poorly regulated, as in June'
  const { body } = await world.hand(labBundle({ insz, order: 'O-89', conclusion, results: [{ value: 61 }] }))
  const address = `/fhir/${body.entry[2]?.response.location}`
  const first = await practice(`${address}/_history/1`)
  const error = { status: 'entered-in-error', value: 61, issued: '2026-07-01T09:00:00+02:00' }
  await world.hand(labBundle({ insz, order: 'O-89', results: [error] }))
  const again = { status: 'final', value: 47, issued: '2026-07-02T09:00:00+02:00' }
  await world.hand(labBundle({ insz, order: 'O-89', results: [again] }))
  const read = await practice(address)
  expect(read.body).toMatchObject({ status: 'final', valueQuantity: { value: 47 }, meta: { versionId: '3' } })
  const history = await practice(`${address}/_history`)
  expect([history.body.total, /"value":61/.test(history.text), /"value":47/.test(history.text)]).toEqual([
    3,
    false,
    true,
  ])
  const etag = first.headers.get('etag') ?? ''
  const before = await practice(`${address}/_history/1`, { 'if-none-match': etag })
  expect([first.text.includes('"value":61'), before.status, before.text.includes('"value":61')]).toEqual([
    true,
    200,
    false,
  ])
  const report = await practice(`/fhir/${body.entry[1]?.response.location}`)
  const reports = await practice(`/fhir/DiagnosticReport?patient.identifier=${insz}`)
  expect([report, reports].map(({ status, text }) => [status, text.includes(conclusion)])).toEqual([
    [200, false],
    [200, false],
  ])
})

test('pages walk through everything once, name no patient, and are of one client', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const results = Array.from({ length: 7 }, (_, n) => ({ at: `2026-06-0${n + 1}T08:00:00+02:00`, value: 40 + n }))
  await world.hand(labBundle({ insz, results }))
  for (const [sort, values] of [
    ['date', [40, 41, 42, 43, 44, 45, 46]],
    ['-date', [46, 45, 44, 43, 42, 41, 40]],
  ] as const) {
    const seen: number[] = []
    let next: string | undefined = `/fhir/Observation?patient.identifier=${insz}&_count=3&_sort=${sort}`
    let pages = 0
    while (next !== undefined) {
      const answer: Answer = await practice(next)
      expect(answer.body.total).toBe(7)
      seen.push(...matches(answer).map(({ valueQuantity }) => valueQuantity.value))
      for (const { url } of answer.body.link) expect(url).not.toContain(insz)
      next = answer.body.link.find(({ relation }) => relation === 'next')?.url.replace(/^https?:\/\/[^/]+/, '')
      pages += 1
      if (pages === 1) expect(told(await world.ask(next!, { as: 'development' }))).toEqual(['fhir-page-unknown'])
    }
    expect([pages, seen]).toEqual([3, values])
  }
  const dated = (test: string) => practice(`/fhir/Observation?patient.identifier=${insz}&date=${test}`)
  for (const [test, count] of Object.entries({
    '2026-06-03': 1,
    'ge2026-06-05': 3,
    'lt2026-06-05': 4,
    'sa2026-06-07': 0,
    '2026-06': 7,
  })) {
    expect(`${test} ${(await dated(test)).body.total}`).toBe(`${test} ${count}`)
  }
  expect((await dated('yesterday')).status).toBe(400)
})

test('reports asked for by id are all found, however old they are and however small a page is', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const reports: string[] = []
  for (const at of ['2026-03-01', '2026-04-01', '2026-05-01', '2026-06-01']) {
    const { body } = await world.hand(labBundle({ insz, results: [{ at: `${at}T08:00:00+02:00` }] }))
    reports.push(body.entry[1]!.response.location!.replace('DiagnosticReport/', ''))
  }
  const idsOf = async (first: string): Promise<string[]> => (await walk(first)).flat().map(({ id }) => id)
  expect(await idsOf(`/fhir/DiagnosticReport?_id=${reports[0]}&_count=1`)).toEqual([reports[0]])
  const all = reports.toReversed()
  expect(await idsOf(`/fhir/DiagnosticReport?_id=${reports.join(',')}&_count=1`)).toEqual(all)
  expect(await idsOf(`/fhir/DiagnosticReport?patient.identifier=${insz}&_count=2`)).toEqual(all)
  // A name of a record that is not the first of its report is no report.
  const none = reports.slice(1).map((id) => id.replace(/\.\d+$/, '.9'))
  expect(await idsOf(`/fhir/DiagnosticReport?_id=${[...none, reports[0]].join(',')}&_count=1`)).toEqual([reports[0]])
})

test('a search by hundreds of ids can be followed to its end; of more ids than can be none is left out in silence', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const results = Array.from({ length: 200 }, (_, n) => ({
    at: new Date(1_750_000_000_000 + n * 60_000).toISOString(),
  }))
  const { body } = await world.hand(labBundle({ insz, results }))
  const own = body.entry.slice(2).map(({ response }) => response.location!.replace('Observation/', ''))
  const unknown = Array.from({ length: 300 }, () => randomBytes(16).toString('hex'))
  const form = { as: 'practice', method: 'POST', type: 'application/x-www-form-urlencoded' } as const
  const search = (ids: readonly string[]) =>
    world.ask('/fhir/Observation/_search', { ...form, body: `_count=60&_sort=date&_id=${ids.join(',')}` })
  for (const ids of [own, [...unknown, ...own]]) {
    const pages = await walk(await search(ids))
    expect(pages.map(({ length }) => length)).toEqual([60, 60, 60, 20])
    expect(pages.flat().map(({ id }) => id)).toEqual(own)
  }
  const tooMany = await search([...unknown, ...own, own[0]!])
  expect([tooMany.status, ...told(tooMany)]).toEqual([400, 'fhir-parameter-value'])
  // What no address can hold is refused, in place of a link that leads nowhere.
  const codes = Array.from({ length: 700 }, () => randomBytes(24).toString('base64url'))
  const long = await world.ask('/fhir/Observation/_search', {
    ...form,
    body: `_count=1&patient.identifier=${insz}&code=59261-8,${codes.join(',')}`,
  })
  expect([long.status, ...told(long)]).toEqual([400, 'fhir-parameter-value'])
})

test('an unknown parameter is ignored and told, or refused when the client is strict; a search names a patient', async () => {
  const insz = somebody()
  const before = new Date().toISOString()
  await world.letIn(insz)
  await world.hand(labBundle({ insz, results: [{}] }))
  const path = `/fhir/Observation?patient.identifier=${insz}&value-quantity=gt5`
  const lenient = await practice(path)
  expect([lenient.body.total, ...told(lenient)]).toEqual([1, 'fhir-parameter-unknown'])
  expect((await practice(path, { prefer: 'handling=strict' })).status).toBe(400)
  expect(told(await practice('/fhir/Observation?code=59261-8'))).toEqual(['fhir-search-too-wide'])
  expect((await practice(path, { accept: 'application/fhir+xml' })).status).toBe(406)
  const arrived = async (when: string): Promise<number | undefined> =>
    (await practice(`/fhir/Observation?patient.identifier=${insz}&_lastUpdated=${when}`)).body.total
  const ahead = new Date(Date.now() + 3_600_000).toISOString()
  expect([await arrived(`ge${before}`), await arrived(`lt${before}`), await arrived(`gt${ahead}`)]).toEqual([1, 0, 0])
  const form = { as: 'practice', method: 'POST', type: 'application/x-www-form-urlencoded' } as const
  const posted = await world.ask('/fhir/Observation/_search', { ...form, body: `patient.identifier=${insz}` })
  expect(posted.body.total).toBe(1)
})

test('of a batch with a wrong entry the others are kept; the same twice is one; other bytes are a conflict', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const id = crypto.randomUUID()
  const wrong = { more: { status: 'done' } }
  const bundle = labBundle({ insz, id, order: 'O-99', results: [{}, wrong] }, 'batch')
  const first = await world.hand(bundle)
  expect(first.body.type).toBe('batch-response')
  expect(first.body.entry.slice(2).map(({ response }) => response.status)).toEqual([
    '201 Created',
    '422 Unprocessable Content',
  ])
  const [issue] = first.body.entry[3]?.response.outcome?.issue ?? []
  expect(issue).toMatchObject({ severity: 'error', expression: ['Bundle.entry[3].resource.status'] })
  const again = await world.hand(bundle)
  expect(again.headers.get('x-sluis-receipt')).toBe(first.headers.get('x-sluis-receipt'))
  const conflict = await world.hand(labBundle({ insz, id, order: 'O-99', results: [{ value: 54 }] }, 'batch'))
  expect([conflict.status, ...told(conflict)]).toEqual([409, 'message-conflict'])
  expect((await practice(`/fhir/Observation?patient.identifier=${insz}`)).body.total).toBe(1)
})

test('a document and a single result come in; what cannot be read is kept with a receipt and told', async () => {
  const insz = somebody()
  await world.letIn(insz)
  const collection = await world.hand(labBundle({ insz, results: [{}] }, 'collection'))
  expect([collection.status, ...told(collection)]).toEqual([200, 'stored'])
  const single = await world.hand(
    {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
      subject: {
        identifier: { system: 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin', value: insz },
      },
      effectiveDateTime: '2026-06-30',
      valueQuantity: { value: 90, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
    },
    '/fhir/Observation',
  )
  expect(single.status).toBe(201)
  const read = await practice(single.headers.get('location') ?? '')
  expect(read.body).toMatchObject({ resourceType: 'Observation', effectiveDateTime: '2026-06-30' })
  for (const body of ['{"resourceType":"Bundle","type":', '<Bundle xmlns="http://hl7.org/fhir"/>', '{}']) {
    const answer = await world.ask('/fhir', { as: 'laboratory', method: 'POST', body })
    expect([answer.status, answer.body.resourceType]).toEqual([422, 'OperationOutcome'])
    expect(answer.headers.get('x-sluis-receipt')).toMatch(/^[0-9a-f-]{36}$/)
  }
  const empty = await world.ask('/fhir', { as: 'laboratory', method: 'POST', body: 'x', type: 'text/plain' })
  expect([empty.status, empty.body.resourceType]).toEqual([415, 'OperationOutcome'])
})

test('a birth date with a family name finds the patients of the own practice only', async () => {
  const own = somebody()
  const other = somebody()
  await world.letIn(own)
  for (const insz of [own, other]) await world.hand(labBundle({ insz, family: 'Van Nergens', results: [{}] }))
  const found = await practice('/fhir/Patient?birthdate=1960-02-29&family=vannergens')
  expect(matches(found).map(({ id }) => id)).toEqual([world.index(own).toString('hex')])
  expect(told(found)).toEqual(['only-own-patients'])
  expect(found.text).not.toContain(other)
  const byId = await practice(`/fhir/Patient/${world.index(own).toString('hex')}`)
  expect(byId.body).toMatchObject({ name: [{ family: 'Van Nergens', given: ['An'] }], birthDate: '1960-02-29' })
  expect((await practice(`/fhir/Patient/${world.index(other).toString('hex')}`)).status).toBe(403)
})

test('twins with one name are found page by page', async () => {
  const twins = [somebody(), somebody(), somebody()]
  for (const insz of twins) {
    await world.letIn(insz)
    await world.hand(labBundle({ insz, family: 'Drieling', results: [{}] }))
  }
  const path = '/fhir/Patient?birthdate=1960-02-29&family=drieling&_count=1'
  const first = await practice(path)
  expect(first.body.total).toBe(3)
  const pages = await walk(first)
  expect(pages.map(({ length }) => length)).toEqual([1, 1, 1])
  const all = twins.map((insz) => world.index(insz).toString('hex')).toSorted()
  expect(pages.flat().map(({ id }) => id)).toEqual(all)
  expect(await walk(`/fhir/Patient?_id=${all.join(',')}&_count=2`)).toHaveLength(2)
  expect(matches(first).map(({ id }) => id)).toEqual(all.slice(0, 1))
})

test('self says which filters were applied, and searches the same again', async () => {
  const insz = somebody()
  await world.letIn(insz)
  await world.hand(labBundle({ insz, family: 'Drieling', results: [{}] }))
  const patient = world.index(insz).toString('hex')
  const byName = await practice('/fhir/Patient?birthdate=1960-02-29&family=drieling&_count=1')
  expect(selfOf(byName)).toEqual(['birthdate=1960-02-29', 'family=drieling', '_count=1'])
  const filters = ['code=http://loinc.org|59261-8', 'status=final,corrected', 'date=ge2026-01-01', 'date=lt2027-01-01']
  const asked = [`patient=${patient}`, ...filters, '_lastUpdated=ge2020', 'value-quantity=gt5']
  const results = await practice(`/fhir/Observation?${asked.join('&')}`)
  expect(selfOf(results)).toEqual([...asked.slice(0, -1), '_count=50', '_sort=-date'])
  expect(results.body.total).toBe(1)
  const self = results.body.link[0]!.url.replace(/^https?:\/\/[^/]+/, '')
  expect(matches(await practice(self))).toEqual(matches(results))
  expect(selfOf(await practice(`/fhir/DiagnosticReport?patient=${patient}&date=2026&_sort=date`))).toEqual([
    `patient=${patient}`,
    'date=2026',
    '_count=50',
  ])
  // Beside a patient that is named a name narrows nothing, and an identifier stands in no address.
  const named = await practice(`/fhir/Patient?identifier=${insz}&family=other&birthdate=1999-01-01`)
  expect(selfOf(named)).toEqual([`_id=${patient}`, '_count=50'])
})

test('CDS Hooks: opening a patient in care gives the monitors that ask for something, as cards', async () => {
  const insz = somebody()
  const { services } = (await world.ask('/cds-services')).body
  expect(services.map(({ id }) => id)).toEqual(['sluis-monitors'])
  const call = {
    hook: 'patient-view',
    hookInstance: crypto.randomUUID(),
    context: { userId: 'Practitioner/1', patientId: 'ehr-7' },
    prefetch: {
      patient: {
        resourceType: 'Patient',
        identifier: [{ system: 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin', value: insz }],
      },
    },
  }
  const ask = (body: object): Promise<Answer> =>
    world.ask('/cds-services/sluis-monitors', { ...asPractice, method: 'POST', body, type: 'application/json' })
  expect((await ask(call)).status).toBe(403)
  await world.letIn(insz)
  await world.hand(labBundle({ insz, results: [{ value: 95 }] }))
  await world.enrol(insz)
  const { status, body } = await ask(call)
  expect(status).toBe(200)
  expect(body.cards.map(({ indicator, summary }) => `${indicator} ${summary}`).join()).toMatch(/warning HbA1c/)
  expect((await ask({ ...call, prefetch: {} })).body.code).toBe('cds-patient-missing')
  expect((await ask({ ...call, hook: 'order-sign' })).status).toBe(400)
  expect((await lines(insz)).at(-1)).toBe('care-team monitors care given')
})

test('what was not taken is counted for the laboratory; no number of an order lies in the index as it is', async () => {
  const insz = somebody()
  await world.hand(labBundle({ insz, order: 'O-SECRET', results: [{}] }))
  await world.hub.parts.access.refresh()
  const rows = await world.query<{ row: string }>('select result::text as row from result')
  for (const { row } of rows) expect(row).not.toMatch(/O-SECRET|Peeters/)
  await expect
    .poll(() => world.query(`select code from turned_away where service = 'lab' and code = 'content-type-unknown'`), {
      timeout: 10_000,
    })
    .toHaveLength(1)
})

test('a person records consent, relation and exclusion on the command line, and they count at once', async () => {
  const insz = somebody()
  await world.hand(labBundle({ insz, results: [{}] }))
  for (const [name, value] of Object.entries(world.env)) vi.stubEnv(name, value)
  const client = ['--client', world.clientId('practice')]
  const say = async (...words: readonly string[]) => (await sluis(['consent', ...words])).code
  const status = async () => (await practice(`/fhir/Observation?patient.identifier=${insz}`)).status
  try {
    expect(await say('show', insz)).toBe(1)
    expect(await say('relate', insz)).toBe(2)
    expect([await say('give', insz), await say('relate', insz, ...client), await status()]).toEqual([0, 0, 200])
    expect([await say('exclude', insz, ...client), await status()]).toEqual([0, 403])
    expect([await say('admit', insz, ...client), await status()]).toEqual([0, 200])
    expect([await say('withdraw', insz), await status(), await say('withdraw', insz)]).toEqual([0, 403, 1])
    const shown = await sluis(['consent', 'show', insz])
    expect(shown.out).toMatch(/^consents to exchange since .* until /)
    expect(shown.out).not.toContain(insz)
  } finally {
    vi.unstubAllEnvs()
  }
})
