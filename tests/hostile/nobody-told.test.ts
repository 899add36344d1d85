import { afterAll, beforeAll, expect, test } from 'vitest'
import { lookAt, until } from '../crash/laws.ts'
import { labBundle } from '../fhir/world.ts'
import { frame, oru, talk } from '../hl7v2/line.ts'
import { knownClient } from '../support/client.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startHubProcess, type HubProcess } from '../support/hub.ts'
import { contradict, writeLetter } from '../support/sender.ts'
import { signIn } from '../support/sign-in.ts'
import { speak } from './wire.ts'

const kinds = ['pharmacy', 'laboratory', 'practice'] as const
const mllpPort = 20_000 + Math.floor(Math.random() * 12_000)
/** Of one invented person: they stand in everything that is handed over and asked, and nowhere else. */
const planted = { name: 'Zwartewolf-Quibus', insz: '85073003328', value: '4711.25', note: 'Kwikzilverwoord' }
const { name, insz, value, note } = planted
/** A sentence that no check lets through whole. */
const both = `${name} ${insz}`

let database: TestDatabase
let hub: HubProcess
let db: ReturnType<typeof lookAt>
let cookie: string
const tokens = new Map<string, string>()

beforeAll(async () => {
  database = await createTestDatabase()
  const mllp = { SLUIS_MLLP_PORT: String(mllpPort), SLUIS_MLLP_LOOPBACK: '1' }
  hub = await startHubProcess({ databaseUrl: database.url, env: { SLUIS_LOG: 'debug', ...mllp } })
  await hub.ready
  db = lookAt(database.url)
  for (const kind of kinds) tokens.set(kind, (await knownClient(hub.url, db, kind, kind)).token)
  cookie = await signIn(hub.url, db, 'els', 'operator')
}, 120_000)
afterAll(async () => {
  await db?.close()
  await hub?.[Symbol.asyncDispose]()
  await database?.drop()
})

type Heads = Readonly<Record<string, string>>

async function ask(path: string, headers: Heads, body?: Buffer | string | URLSearchParams): Promise<number> {
  const bytes = body instanceof URLSearchParams ? body : new Uint8Array(Buffer.from(body ?? ''))
  const sent = body === undefined ? {} : { method: 'POST', body: bytes }
  const answer = await fetch(hub.url + path, { redirect: 'manual', headers, ...sent })
  await answer.arrayBuffer()
  return answer.status
}

const asClient = (kind: (typeof kinds)[number], type = 'application/json'): Heads => ({
  authorization: `Bearer ${tokens.get(kind)}`,
  'content-type': type,
  'x-sluis-purpose': 'care',
})

const plant = (text: string): string =>
  text.replace(/"familyName":"[^"]*"/, `"familyName":"${name}"`).replace(/"insz":"[^"]*"/, `"insz":"${insz}"`)

async function handForms(): Promise<void> {
  const send = (text: string | Buffer, more: Heads = {}, path = '/messages') =>
    ask(path, { ...asClient('pharmacy'), ...more }, text)
  const form = (change: (text: string) => string = (text) => text) => change(plant(String(writeLetter().bytes)))
  const good = writeLetter('rapid-test', (one) => JSON.parse(plant(JSON.stringify(one))) as unknown)
  expect(await send(good.bytes)).toBe(202)
  expect(await send(plant(String(contradict(good).bytes)))).toBe(409)
  expect(await send(form().slice(0, -9))).toBe(422)
  const codes = (text: string) => text.replace(/"(device|sampleKind|targetGroup)":"[^"]*"/g, `"$1":"${name}"`)
  expect(await send(form(codes))).toBe(202)
  await send(form((text) => text.replace(/"messageId":"[^"]*"/, `"messageId":"${both}"`)))
  await send(form(), { 'content-type': `application/${name}` })
  await send(form(), { traceparent: insz, 'user-agent': name, 'x-request-id': name })
  await send(form(), { authorization: `Bearer ${name}` })
  await send(form(), {}, `/messages/${insz}?name=${name}`)
  await ask(`/messages/${name}`, asClient('pharmacy'))
  await speak(hub.port, `GET /${name} HTTP/9\r\n${insz}\r\n\r\n`)
}

/** One that is taken, one that is not whole, and those that are wrong in a field that a reader looks at. */
async function handLines(): Promise<void> {
  const message = (id: string, change: (text: string) => string = (text) => text) =>
    oru(id, (text) =>
      change(
        text
          .replace('77^^^LAB||Peeters^An', `${insz}^^^^NN||${name}^An`)
          .replace('||53|', `||${value}|`)
          .concat(`\rNTE|1||${note} ${both}`),
      ),
    )
  const wrong = [
    message('good'),
    message('good', (text) => text.replace('mmol/mol', note)),
    message('cut').slice(0, -60),
    message('id', (text) => text.replace('|id|', `|${both}|`)),
    message('type', (text) => text.replace('ORU^R01^ORU_R01', `${note}^${name}`)),
    message('charset', (text) => text.replace('|2.5.1', `|2.5.1||||||${note}`)),
    message('segment', (text) => text.replace('\rOBR|', `\r${note.slice(0, 3)}|${both}\rOBR|`)),
    message('coding', (text) => text.replace('4548-4^HbA1c^LN', `${note}^${name}^LN`).replace('|NM|', `|${note}|`)),
    message('birth', (text) => text.replace('19850301', both)),
    `${note}|${both}`,
  ]
  for (const text of wrong) {
    const sender = talk(mllpPort)
    sender.socket.write(frame(text))
    await sender.hear(1)
    sender.socket.end()
  }
}

async function handBundles(): Promise<void> {
  const results = [{ value: Number(value), more: { note: [{ text: `${note} ${both}` }] } }]
  const whole = JSON.stringify(labBundle({ insz, family: name, conclusion: `${note} ${both}`, results }))
  const send = (text: string, path = '/fhir') => ask(path, asClient('laboratory', 'application/fhir+json'), text)
  expect(await send(whole)).toBe(200)
  await send(whole.slice(0, -20))
  await send(whole.replace('"Observation"', `"${note}"`))
  await send(whole.replaceAll('"59261-8"', `"${note}"`).replaceAll('mmol/mol', name))
  await send(whole.replace(/"reference":"[^"]*"/, `"reference":"Patient/${insz}"`))
  await send(whole.replace(/"birthDate":"[^"]*"/, `"birthDate":"${both}"`).replace('"female"', `"${name}"`))
  await send(whole, `/fhir/${name}`)
  const system = encodeURIComponent('https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin')
  for (const path of [
    `/fhir/Observation?patient.identifier=${system}|${insz}&code=${note}`,
    `/fhir/Observation?patient=${insz}&${name}=${note}`,
    `/fhir/Patient/${insz}`,
    `/fhir/${name}/${insz}`,
  ])
    for (const purpose of ['care', note]) await ask(path, { ...asClient('practice'), 'x-sluis-purpose': purpose })
  await ask('/fhir/Observation', { ...asClient('practice'), authorization: `Bearer ${both}` })
}

async function askScreens(): Promise<void> {
  const heads = { accept: 'text/html', cookie }
  const sheet = await (await fetch(`${hub.url}/patients`, { headers: heads })).text()
  const token = /name="token" value="([^"]+)"/.exec(sheet)?.[1] ?? ''
  const post = (path: string, fields: Readonly<Record<string, string>>, more: Heads = {}) =>
    ask(path, { ...heads, ...more }, new URLSearchParams({ token, form: crypto.randomUUID(), ...fields }))
  expect(await post('/patients', { scheme: 'insz', number: insz, assigner: '', purpose: 'care' })).toBe(303)
  await post('/patients', { scheme: 'own', number: both, assigner: name, purpose: note })
  await post('/patients', { scheme: note, number: insz, purpose: 'care' }, { cookie: `${cookie}x; ${note}=${name}` })
  await post('/sign-in', { name, password: note, next: `/trace?q=${insz}` })
  await post(`/destinations/${name}/pause`, { kind: note, reason: both })
  await post('/urgent', { receipt: both, reason: both })
  for (const path of [
    `/trace?q=${encodeURIComponent(both)}&purpose=${note}`,
    `/patients/${insz}?purpose=care`,
    `/certificates/${insz}?purpose=${note}`,
    `/withheld?pack=${name}&source=${insz}`,
    `/books?day=${both}`,
    `/${name}/${insz}?lang=${note}`,
    `/live/${name}/${insz}`,
  ])
    await ask(path, { ...heads, 'accept-language': note, 'user-agent': name })
}

test('nothing of a person stands in logs, metrics or the custody history', { timeout: 120_000 }, async () => {
  await handForms()
  await handLines()
  await handBundles()
  await askScreens()
  await until(
    async () => (await db.pool.query('select 1 from step where attempts = 0')).rowCount,
    (left) => left === 0,
  )
  const kept = await db.pool.query<{ format: string }>('select distinct format from message order by format')
  expect(kept.rows.map(({ format }) => format)).toEqual(['eform-json', 'fhir-r4', 'hl7v2'])
  const metrics = await (await fetch(`${hub.url}/metrics`)).text()
  const told = await db.pool.query<{ text: string }>(
    `select detail::text as text from entry union all select array_to_string(fault_codes, ' ') from record
     union all select coalesce(last_code, '') from step union all select code from turned_away
     union all select detail::text from alert`,
  )
  const places = { output: hub.output(), metrics, history: told.rows.map((row) => row.text).join('\n') }
  for (const [place, text] of Object.entries(places)) {
    expect(text.length).toBeGreaterThan(100)
    for (const word of Object.values(planted))
      expect({ place, word, found: text.includes(word) }).toEqual({ place, word, found: false })
  }
})
