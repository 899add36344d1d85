import { readFile, stat, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { logAccess, isPurpose } from '../../src/access/access-log.ts'
import { ensureLocalAccounts } from '../../src/access/local-accounts.ts'
import { hashPassword, isPassword, makePassword } from '../../src/access/passwords.ts'
import { makeSessions, requireFormToken, type Sessions } from '../../src/access/sessions.ts'
import { makeSignIn } from '../../src/access/sign-in.ts'
import { makeThrottle } from '../../src/access/throttle.ts'
import { patientIndex } from '../../src/kernel/keys.ts'
import { listAccess } from '../../src/store/access-log.ts'
import { endPerson, insertLocalPerson, listPeople, type Person } from '../../src/store/people.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { handClock, keys, refusal, removable, temporaryFolder } from './support.ts'

let database: TestDatabase
let db: ReturnType<typeof removable>
let clock: ReturnType<typeof handClock>
let an: Person

beforeAll(async () => {
  database = await createTestDatabase()
  db = removable(database.url)
  an = await addPerson('an')
})
beforeEach(() => {
  db.away = false
  clock = handClock()
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

async function addPerson(login: string): Promise<Person> {
  const passwordHash = await hashPassword(`${login}-secret`)
  return (await insertLocalPerson(db, { login, name: login, role: 'helper', language: 'fr', passwordHash }))!
}
const make = (secure = false): Sessions => makeSessions({ db, clock, keys, secure })
const carried = (cookie: string) => cookie.split(';')[0]

describe('passwords', () => {
  test('are known again, and nothing else is', async () => {
    const kept = await hashPassword('Zeeëgel')
    expect(kept.split('$')[4]).not.toBe((await hashPassword('Zeeëgel')).split('$')[4])
    expect(await isPassword('Zeeëgel', kept)).toBe(true)
    expect(await isPassword('Zeeëgel'.normalize('NFD'), kept)).toBe(true)
    for (const other of ['zeeëgel', '']) expect(await isPassword(other, kept)).toBe(false)
    for (const broken of [null, kept.slice(0, -2)]) expect(await isPassword('Zeeëgel', broken)).toBe(false)
  })
  test('made ones differ and have 16 clear characters', () => {
    const made = new Set(Array.from({ length: 100 }, makePassword))
    expect(made.size).toBe(100)
    for (const password of made) expect(password).toMatch(/^([2-9a-km-np-z]{4}-){3}[2-9a-km-np-z]{4}$/)
  })
})

describe('sign-in', () => {
  test('gives the person, and the same refusal for a wrong login as for a wrong password', async () => {
    const signIn = makeSignIn({ db, clock })
    expect(await signIn({ login: 'an', password: 'an-secret', address: '1' })).toEqual(an)
    const wrong = await refusal(() => signIn({ login: 'an', password: 'other', address: '1' }))
    expect(wrong).toEqual({ code: 'sign-in-refused', params: {} })
    expect(await refusal(() => signIn({ login: 'nobody', password: 'other', address: '1' }))).toEqual(wrong)
    expect(await refusal(() => signIn({ login: 'an', password: 'x'.repeat(1_000_000), address: '1' }))).toEqual(wrong)
  })
  test('refuses an ended person', async () => {
    await addPerson('gone')
    await endPerson(db, 'gone')
    const attempt = () => makeSignIn({ db, clock })({ login: 'gone', password: 'gone-secret', address: '1' })
    expect((await refusal(attempt)).code).toBe('sign-in-refused')
  })
  test('waits longer after each failure, for this login from this address only', async () => {
    const throttle = makeThrottle(clock)
    const wait = async (address = '1') => (await refusal(() => throttle.attempt('An', address))).params['seconds']
    for (let i = 0; i < 3; i++) throttle.attempt('an', '1')
    expect(await wait()).toBe(2)
    expect(() => throttle.attempt('an', '2')).not.toThrow()
    expect(() => throttle.attempt('bo', '1')).not.toThrow()
    clock.move(2)
    throttle.attempt('an', '1')
    expect(await wait()).toBe(4)
    for (let i = 0; i < 12; i++) {
      clock.move(900)
      throttle.attempt('an', '1')
    }
    expect(await wait()).toBe(900)
    throttle.forgive('AN', '1')
    expect(() => throttle.attempt('an', '1')).not.toThrow()
  })
  test('guesses at the same moment are counted, also when the right one is among them', async () => {
    const signIn = makeSignIn({ db, clock })
    const guesses = ['a', 'b', 'c', 'an-secret'].map((password) => signIn({ login: 'an', password, address: '9' }))
    const outcomes = await Promise.allSettled(guesses)
    expect(outcomes.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)).toEqual([
      'sign-in-refused',
      'sign-in-refused',
      'sign-in-refused',
      'sign-in-wait',
    ])
  })
})

test('what could not be judged is no failure: after an outage the right password gets in at once', async () => {
  const signIn = makeSignIn({ db, clock })
  const given = { login: 'an', password: 'an-secret', address: '8' }
  const wrong = { ...given, password: 'other' }
  for (let i = 0; i < 2; i++) expect((await refusal(() => signIn(wrong))).code).toBe('sign-in-refused')
  db.away = true
  for (let i = 0; i < 10; i++) await expect(signIn(given)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await Promise.allSettled(Array.from({ length: 2 }, () => signIn(given)))
  db.away = false
  // What was wrong before still counts.
  expect((await refusal(() => signIn(wrong))).code).toBe('sign-in-refused')
  expect((await refusal(() => signIn(wrong))).code).toBe('sign-in-wait')
  clock.move(2)
  expect(await signIn(given)).toEqual(an)
  db.away = true
  for (let i = 0; i < 10; i++) await expect(signIn(given)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  db.away = false
  expect(await signIn(given)).toEqual(an)
})

test('attempts that are taken back while others run leave those of the others', async () => {
  const throttle = makeThrottle(clock)
  const [one, two] = [throttle.attempt('an', '1'), throttle.attempt('an', '1')]
  one()
  two()
  for (let i = 0; i < 3; i++) throttle.attempt('an', '1')
  expect((await refusal(() => throttle.attempt('an', '1'))).code).toBe('sign-in-wait')
})

describe('sessions', () => {
  test('begin, are known on every node, and end', async () => {
    const [one, two] = [make(), make()]
    const cookie = await one.begin(an)
    expect(cookie).toMatch(/^sluis_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/)
    const header = `other=1; ${carried(cookie)}`
    expect(await two.find(header)).toMatchObject({ person: an })
    expect(await one.end(header)).toMatch(/^sluis_session=; .*Max-Age=0/)
    expect(await one.find(header)).toBeNull()
    clock.move(11)
    expect(await two.find(header)).toBeNull()
  })
  test('are Secure and bound to the host when reached over https', async () => {
    expect(await make(true).begin(an)).toMatch(/^__Host-sluis_session=.*; Secure$/)
  })
  test('are over after 12 hours, also in between looked at, and with the person', async () => {
    const sessions = make()
    const header = carried(await sessions.begin(an))
    clock.move(12 * 3_600 - 1)
    expect(await sessions.find(header)).not.toBeNull()
    clock.move(2)
    expect(await sessions.find(header)).toBeNull()
    const bo = await addPerson('bo')
    const other = carried(await sessions.begin(bo))
    await endPerson(db, 'bo')
    expect(await sessions.find(other)).toBeNull()
  })
  test.each([
    undefined,
    '',
    'sluis_session',
    'sluis_session=',
    'sluis_session=abc',
    `sluis_session=${'a'.repeat(43)}`,
    `x=${'y'.repeat(9_000)}`,
  ])('are not opened by %#', async (header) => {
    expect(await make().find(header)).toBeNull()
  })
  test('the database holds no cookie', async () => {
    const token = carried(await make().begin(an))!.split('=')[1]!
    const { rows } = await db.query<{ text: string }>({ text: 'select s::text as text from session s' })
    const all = rows.map((row) => row.text).join()
    expect(all).not.toContain(token)
    expect(all).not.toContain(Buffer.from(token, 'base64url').toString('hex'))
  })
  test('go on while the database is away for who was there before, and are not guessed for others', async () => {
    const sessions = make()
    const header = carried(await sessions.begin(an))
    await sessions.find(header)
    clock.move(60)
    db.away = true
    expect(await sessions.find(header)).toMatchObject({ person: an })
    expect((await refusal(() => make().find(header))).code).toBe('database-away')
    db.away = false
  })
  test('a form counts only in the session it was shown in', async () => {
    const sessions = make()
    const [one, two] = [await sessions.begin(an), await sessions.begin(an)]
    const [first, second] = [await sessions.find(carried(one)), await sessions.find(carried(two))]
    expect(() => requireFormToken(first!, first!.formToken)).not.toThrow()
    for (const given of [second!.formToken, '', undefined, ['x'], `${first!.formToken}x`, first!.formToken.slice(1)]) {
      expect((await refusal(() => requireFormToken(first!, given))).code).toBe('form-token-differs')
    }
  })
})

describe('local accounts', () => {
  test('one per role, made once, usable, kept to the owner, and again in a new database', async () => {
    await using folder = await temporaryFolder()
    const first = await ensureLocalAccounts(db, folder.path)
    expect(first.accounts.map((one) => one.role)).toEqual(['operator', 'helper', 'reader'])
    expect(await ensureLocalAccounts(db, folder.path)).toEqual(first)
    expect((await stat(first.file)).mode & 0o777).toBe(0o600)
    const { login, password } = first.accounts[0]!
    const signIn = makeSignIn({ db, clock })
    expect(await signIn({ login, password: password!, address: '1' })).toMatchObject({ role: 'operator' })
    const otherBase = await createTestDatabase()
    const other = removable(otherBase.url)
    expect((await ensureLocalAccounts(other, folder.path)).accounts).toEqual(first.accounts)
    expect(await listPeople(other)).toHaveLength(3)
    const text = await readFile(first.file, 'utf8')
    await writeFile(first.file, text.replace(/^helper .*\n/m, ''))
    const [, helper] = (await ensureLocalAccounts(other, folder.path)).accounts
    expect(helper).toEqual({ login: 'helper', role: 'helper', password: null })
    await other.close()
    await otherBase.drop()
  })
})

describe('the access log', () => {
  const insz = '85073003328'
  test('keeps who, what, why and how it ended, and no identifier', async () => {
    const patient = patientIndex(keys, 'insz', insz)
    const line = {
      actor: 'an',
      role: 'helper',
      what: 'certificate',
      message: 12,
      record: 3,
      patient,
      origin: 'web 127.0.0.1',
    } as const
    await logAccess(db, { ...line, purpose: 'traveller-waiting', outcome: 'given' })
    await logAccess(db, { ...line, what: 'content', purpose: 'none-given', outcome: 'refused' })
    expect(await listAccess(db, 12)).toMatchObject([
      { ...line, purpose: 'traveller-waiting', outcome: 'given', trace: null },
      { ...line, what: 'content', purpose: 'none-given', outcome: 'refused' },
    ])
    const { rows } = await db.query<{ text: string }>({ text: 'select a::text as text from access_log a' })
    expect(rows.map((row) => row.text).join()).not.toContain(insz)
  })
  test.each(['update access_log set actor = $$x$$', 'delete from access_log', 'truncate access_log'])(
    'is append-only: %s',
    async (text) => {
      await expect(db.query({ text })).rejects.toThrow('append-only')
    },
  )
  test('a purpose is one of the list', () => {
    expect(isPurpose('incident')).toBe(true)
    expect(isPurpose('for Jan Jansens')).toBe(false)
  })
})
