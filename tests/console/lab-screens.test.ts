import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { personRoles } from '../../src/access/rights.ts'
import { openCare } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile } from '../../src/care/enrol-file.ts'
import { installPack } from '../../src/checking/install.ts'
import { makeInsz } from '../../src/identifiers/insz.ts'
import { packOf } from '../../src/rules/load.ts'
import { readPack } from '../../src/rules/pack.ts'
import { tableFiles, type TableTexts } from '../../src/formats/lab/tables.ts'
import { dataFolder } from '../../src/kernel/package-root.ts'
import { addDays, dayIn } from '../../src/monitors/calendar.ts'
import { runningPauses } from '../../src/store/pauses.ts'
import { storedPacks } from '../../src/store/packs.ts'
import { setPracticeReaders } from '../../src/store/practice-readers.ts'
import { labBundle, openFhirWorld, type FhirWorld } from '../fhir/world.ts'
import { fillLabTown, type LabTown } from '../support/lab-town.ts'
import { signIn } from '../support/sign-in.ts'

const why = 'called the laboratory'

describe('screens of rules, results and monitors on a running hub', { timeout: 120_000 }, () => {
  let world: FhirWorld
  let town: LabTown
  const cookies = new Map<string, string>()

  beforeAll(async () => {
    // As behind TLS: the link for a second person must lead there.
    world = await openFhirWorld({ SLUIS_PUBLIC_URL: 'https://hub.example' })
    for (const [login, role] of [...personRoles.map((role) => [role, role] as const), ['second', 'operator'] as const])
      cookies.set(login, await signIn(world.hub.url, world.hub.parts.db, login, role))
    town = await fillLabTown(world.hub, { patients: 8, everyMonths: 12 })
    await world.settled()
    // The town has one planted mistake; anything else that is withheld is a mistake of the town or of a rule.
    const rules = await world.query(`select distinct rule from verdict where outcome = 'withhold' order by rule`)
    expect(rules).toEqual([{ rule: 'hba1c-agrees' }, { rule: 'unit-not-of-code' }])
  }, 300_000)
  afterAll(() => world?.stop(), 120_000)

  function ask(path: string, as: string | null, body?: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(world.hub.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { accept: 'text/html', 'accept-language': 'en', ...(as !== null && { cookie: cookies.get(as) ?? '' }) },
      ...(body !== undefined && { body: new URLSearchParams(body) }),
    })
  }

  const page = async (path: string, as: string): Promise<string> => {
    const answer = await ask(path, as)
    const text = await answer.text()
    expect({ path, status: answer.status }).toEqual({ path, status: 200 })
    return text
  }

  /** Posts a form with the proof of the page it stands on; gives the answer. */
  async function post(
    from: string,
    to: string,
    as: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<Response> {
    const html = await page(from, as)
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
    return ask(to, as, { token: hidden('token'), form: hidden('form'), ...fields })
  }

  const patientOf = (index: number) => town.patients[index]!.person

  const find = async (as: string, insz: string): Promise<string> => {
    const answer = await post('/patients', '/patients', as, { scheme: 'insz', number: insz, purpose: 'care' })
    return answer.headers.get('location') ?? `${answer.status}`
  }

  const readings = () =>
    world.query<{ line: string }>(
      `select actor || ' ' || what || ' ' || outcome as line from access_log where patient is not null order by id`,
    )

  test('a patient is found by a number that no address holds, and every reading is written down', async () => {
    const { insz, familyName } = patientOf(0)
    const address = await find('operator', insz)
    expect(address).toMatch(/^\/patients\/[0-9a-f]{32}\?purpose=care$/)
    const html = await page(address, 'operator')
    expect(html).toContain(familyName)
    expect(html).toMatch(/class="value-plot"/)
    expect((await readings()).at(-1)).toEqual({ line: 'operator results given' })
    const bare = await page(address.split('?')[0]!, 'operator')
    expect(bare).toContain('What do you look at this for?')
    expect(bare).not.toContain(familyName)
    const wrong = await post('/patients', '/patients', 'operator', {
      scheme: 'insz',
      number: '93051822362',
      purpose: 'care',
    })
    expect(wrong.status).toBe(422)
    expect(await wrong.text()).toContain('check digits')
  })

  test('what two rules withhold is one record, and who follows two monitors is one patient', async () => {
    const counted = (more: string) =>
      world.query<{ patient: string; n: number; lines: number }>(
        `select encode(patient, 'hex') as patient, count(distinct record) as n, count(*) as lines from withheld
          where patient is not null ${more} group by patient having count(*) > count(distinct record) order by patient`,
      )
    const [twice] = await counted('')
    expect(twice).toBeDefined()
    const [all] = await world.query<{ n: number }>('select count(distinct record) as n from withheld where not refuses')
    const ofPack = `pack = 'lab-quality' and not refuses`
    const [own] = await world.query<{ n: number }>(`select count(distinct record) as n from withheld where ${ofPack}`)
    const records = (n: number, are = '') => `${n} records ${are}withheld`
    const heading = (html: string) => /<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? ''
    const packs = await page('/packs', 'operator')
    expect(heading(packs)).toContain(records(all!.n))
    expect(packs).toMatch(new RegExp(`href="/withheld\\?pack=lab-quality">${own!.n}<`))
    expect(await page('/packs/lab-quality', 'operator')).toMatch(
      new RegExp(`href="/withheld\\?pack=lab-quality">${records(own!.n, 'are ')}<`),
    )
    expect(heading(await page('/withheld', 'operator'))).toBe(records(all!.n, 'are '))
    const patient = await page(`/patients/${twice!.patient}?purpose=care`, 'operator')
    expect(heading(patient)).toContain(`${twice!.n} of them withheld`)

    const { person, practice } = town.patients[7]!
    const patients = [{ identifier: person.insz, birthDate: person.birthDate, monitor: 'copd', from: '2015-01-01' }]
    const file = readEnrolFile(JSON.stringify({ practice, patients }))
    await enrol(openCare(world.hub.parts.vault), world.hub.parts.db, file, 'test')
    const enrolled = town.patients.filter((one) => one.practice === practice).length
    const monitors = await page(`/monitors?practice=${encodeURIComponent(practice)}`, 'operator')
    expect(/<h2 id="patients-title">(.*?)<\/h2>/.exec(monitors)?.[1]).toBe(`${enrolled} patients`)
    expect(monitors).toContain(`of ${enrolled + 1}<`)
  })

  test('what is filled in anew on one page is another post; only the same again is the same', async () => {
    const hiddenOf = (html: string) => {
      const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
      return { token: hidden('token'), form: hidden('form') }
    }
    const search = hiddenOf(await page('/patients', 'operator'))
    const found = async (number: string) => {
      const answer = await ask('/patients', 'operator', { ...search, scheme: 'insz', number, purpose: 'care' })
      return answer.headers.get('location') ?? ''
    }
    for (const { person } of [town.patients[0]!, town.patients[1]!])
      expect(await found(person.insz)).toContain(`/patients/${world.index(person.insz).toString('hex')}?`)

    // The page of a service has one form a kind, all with one id.
    const service = hiddenOf(await page('/services/eforms', 'operator'))
    const close = async (kind: string, reason: string) =>
      (await ask('/services/eforms/close', 'operator', { ...service, kind, reason })).status
    const closed = async () =>
      (await runningPauses(world.hub.parts.db)).filter(({ what }) => what === 'intake').map((one) => one.formKind)
    expect(await close('rapid-test', 'short')).toBe(422)
    expect(await close('rapid-test', why)).toBe(303)
    expect(await closed()).toEqual(['rapid-test'])
    expect(await close('vaccination', why)).toBe(303)
    expect(new Set(await closed())).toEqual(new Set(['rapid-test', 'vaccination']))
    for (const kind of ['rapid-test', 'vaccination'])
      expect((await ask('/services/eforms/open', 'operator', { ...service, kind, reason: why })).status).toBe(303)
    expect(await closed()).toEqual([])
    expect(await close('vaccination', why)).toBe(303)
    expect(await closed()).toEqual([])
  })

  test('a plot has the target that holds for its patient, also where it depends on age, as the monitor says it', async () => {
    const { person } = town.patients.find((one) => one.person.birthDate > '1970')!
    // By a code of the Dutch table: not every laboratory writes LOINC.
    const code = { coding: [{ system: 'nhg45', code: '372', display: 'Glucose nuchter' }] }
    const fasting = [{ value: 7, unit: 'mmol/L', more: { code } }]
    await world.hand(labBundle({ insz: person.insz, family: person.familyName, results: fasting }))
    await world.settled()
    const address = await find('operator', person.insz)
    const results = await page(address, 'operator')
    expect(results).toContain('target 4.5 - 8 mmol/L')
    expect(results).toContain('target ≤ 53 mmol/mol')
    expect(results).toContain('target ≥ 60 mL/min/1,73 m²')
    const monitors = await page(address.replace('?', '/monitors?'), 'operator')
    expect(monitors).toContain('Target: ≤ 53 mmol/mol.')
  })

  test('a result that is not checked yet keeps its place without value, range or point, and says so', async () => {
    const person = patientOf(3)
    const code = { coding: [{ system: 'http://loinc.org', code: '2857-1', display: 'PSA' }] }
    const referenceRange = [{ text: '0.11-9.87' }]
    const result = (value: number) => ({ value, unit: 'ug/L', more: { code, referenceRange } })
    const bundle = (value: number) =>
      labBundle({ insz: person.insz, family: person.familyName, results: [result(value)] })
    await world.hand(bundle(7.654))
    const address = await find('operator', person.insz)
    expect(await page(address, 'operator')).toContain('7.654')
    // As if the checks were slow: the step of its check waits. Nobody takes it up before its time.
    const waits = await world.query(
      `insert into step (stage, service, shard, message, record, received_at, due_at)
        select 'check', r.service, 0, r.message, r.id, r.received_at, now() + interval '1 day' from record r
        where r.service = 'lab' order by r.id desc limit 1 returning record`,
    )
    expect(waits).toHaveLength(1)
    const words = {
      nl: 'Nog niet gecontroleerd',
      fr: 'Pas encore vérifié',
      de: 'Noch nicht geprüft',
      en: 'Not checked yet',
    }
    for (const [language, word] of Object.entries(words)) {
      const html = await page(address.replace('?', `?lang=${language}&`), 'operator')
      const section = /<section[^>]*>\s*<h2[^>]*>[^<]*PSA.*?<\/section>/s.exec(html)?.[0] ?? ''
      expect(section).toContain(word)
      expect(html).not.toMatch(/7[.,]654/)
      expect(html).not.toMatch(/0[.,]11|9[.,]87/)
      expect(section).not.toContain('value-plot')
    }
    await world.query(`delete from step where stage = 'check' and due_at > now() + interval '1 hour'`)
    expect(await page(address, 'operator')).toMatch(/7\.654.*0\.11-9\.87/s)
  })

  test('whose page it is, no result says that is not shown', async () => {
    const insz = makeInsz('1960-02-29', 777)
    const bundle = (family: string, status = 'final', issued = '2026-06-30T14:00:00+02:00') =>
      labBundle({ insz, family, order: family, results: [{ status, issued }] })
    const bar = async () => /<div class="patient-bar">.*?<\/strong>/s.exec(await page(address, 'operator'))?.[0]
    await world.hand(bundle('Vandereerste'))
    const address = await find('operator', insz)
    expect(await bar()).toContain('Vandereerste')
    await world.hand(bundle('Vandertweede'))
    expect(await bar()).toContain('Vandertweede')
    // As if the checks were slow: a rule may say of it that it is about somebody else.
    await world.query(
      `insert into step (stage, service, shard, message, record, received_at, due_at)
        select 'check', r.service, 0, r.message, r.id, r.received_at, now() + interval '1 day' from record r
        where r.service = 'lab' order by r.id desc limit 1`,
    )
    expect(await bar()).toContain('Vandereerste')
    await world.query(`delete from step where stage = 'check' and due_at > now() + interval '1 hour'`)
    expect(await bar()).toContain('Vandertweede')
    await world.hand(bundle('Vandertweede', 'entered-in-error', '2026-07-01T09:00:00+02:00'))
    expect(await bar()).toContain('Vandereerste')
  })

  test('under sampled stands what was given: a month as a month, and no time of release as one of sampling', async () => {
    const { insz, familyName: family } = patientOf(6)
    const code = { coding: [{ system: 'http://loinc.org', code: '2857-1', display: 'PSA' }] }
    const unsaid = { effectiveDateTime: undefined }
    const given = [{}, unsaid, { ...unsaid, issued: undefined }]
    for (const [one, left] of given.entries()) {
      const result = { value: one + 1, unit: 'ug/L', at: '2026-06', more: { code, ...left } }
      await world.hand(labBundle({ insz, family, results: [result] }))
    }
    const address = await find('operator', insz)
    const cells = async (language: string) => {
      const html = await page(address.replace('?', `?lang=${language}&`), 'operator')
      const section = /<section[^>]*>\s*<h2[^>]*>[^<]*PSA.*?<\/section>/s.exec(html)?.[0] ?? ''
      const told = [...section.matchAll(/<th scope="row"[^>]*>(.*?)<\/th>/gs)].map(([, cell]) => cell)
      return { told: told.map((cell) => cell!.replaceAll(/<[^>]*>/g, '')), section }
    }
    const { told, section } = await cells('en')
    expect(told).toHaveLength(3)
    expect(told[0]).toMatch(/^not said, received \d+ \w+ \d{4} at/)
    expect(told.slice(1)).toEqual(['not said, released 30 June 2026 at 14:00 CEST', '2026-06'])
    expect(section).toContain('<time datetime="2026-06">2026-06</time>')
    expect(section).not.toContain('1 June 2026')
    expect(section).toContain('where no time of sampling was given: by release or arrival')
    expect((await cells('nl')).told.at(-2)).toMatch(/^niet gezegd, vrijgegeven 30 juni 2026/)
    expect((await cells('de')).told.at(-2)).toMatch(/^nicht gesagt, freigegeben 30. Juni 2026/)
    expect((await cells('fr')).told.at(-2)).toMatch(/^non dit, validé 30 juin 2026/)
  })

  test('what a laboratory took back from the wrong patient shows no value, range or note in any version', async () => {
    const { insz, familyName: family } = patientOf(5)
    const code = { coding: [{ system: 'http://loinc.org', code: '2857-1', display: 'PSA' }] }
    const more = { code, referenceRange: [{ text: '0.21-8.76' }], note: [{ text: 'Seen of somebody else' }] }
    const bundle = (status: string, issued: string) =>
      labBundle({ insz, family, order: 'O-taken', results: [{ value: 6.543, unit: 'ug/L', status, issued, more }] })
    await world.hand(bundle('final', '2026-06-30T14:00:00+02:00'))
    const address = await find('operator', insz)
    expect(await page(address, 'operator')).toMatch(/6\.543.*0\.21-8\.76.*Seen of somebody else/s)
    await world.hand(bundle('entered-in-error', '2026-07-01T09:00:00+02:00'))
    const words = {
      nl: ['Ingetrokken', 'geen waarde'],
      fr: ['Retiré', 'pas de valeur'],
      de: ['Zurückgezogen', 'kein Wert'],
      en: ['Withdrawn', 'no value'],
    } as const
    for (const [language, [taken, none]] of Object.entries(words)) {
      const html = await page(address.replace('?', `?lang=${language}&`), 'operator')
      const section = /<section[^>]*>\s*<h2[^>]*>[^<]*PSA.*?<\/section>/s.exec(html)?.[0] ?? ''
      expect(section).toContain(taken)
      expect(section).not.toContain(none)
      expect(html).not.toMatch(/6[.,]543|0[.,]21|8[.,]76|Seen of somebody else/)
    }
    // A value sent after it opens nothing of what was taken back.
    const later = { value: 2.345, unit: 'ug/L', status: 'final', issued: '2026-07-02T09:00:00+02:00', more: { code } }
    await world.hand(labBundle({ insz, family, order: 'O-taken', results: [later] }))
    const after = await page(address, 'operator')
    expect(after).toContain('2.345')
    expect(after).not.toMatch(/6\.543|0\.21|8\.76|Seen of somebody else/)
  })

  test('a reader reads the patients of the own practice, a helper none', async () => {
    const { person, practice } = town.patients[0]!
    const address = await find('reader', person.insz)
    expect((await ask(address, 'reader')).status).toBe(403)
    expect((await readings()).at(-1)).toEqual({ line: 'reader results refused' })
    expect((await ask('/patients', 'helper')).status).toBe(403)
    const unknown = await post('/monitors', '/monitors/readers', 'operator', {
      practice,
      readers: 'nobody',
      reason: why,
    })
    expect(unknown.status).toBe(422)
    const set = await post('/monitors', '/monitors/readers', 'operator', { practice, readers: 'reader', reason: why })
    expect(set.status).toBe(303)
    expect(await page(address, 'reader')).toContain(person.familyName)
    const own = await page('/monitors', 'reader')
    expect(own).toContain(person.familyName)
    expect(own).not.toContain(town.practices[1])
    const other = town.patients[1]!.person
    const refused = await find('reader', other.insz)
    expect((await ask(refused, 'reader')).status).toBe(403)
    // In an emergency the reader says why, and whoever guards privacy sees it and looks after it.
    const asked = await (await ask(refused, 'reader')).text()
    expect(asked).toContain('Why can it not wait?')
    expect(asked).not.toContain(other.familyName)
    const bare = refused.split('?')[0]!
    expect((await ask(`${bare}?purpose=emergency`, 'reader')).status).toBe(403)
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(asked)?.[1] ?? ''
    const form = { token: hidden('token'), form: hidden('form') }
    expect((await ask(`${bare}/emergency`, 'reader', { ...form, reason: 'x' })).status).toBe(422)
    const reason = 'unconscious at the door'
    const opened = await ask(`${bare}/emergency`, 'reader', { ...form, reason })
    expect(opened.headers.get('location')).toBe(`${bare}?purpose=emergency`)
    expect(await page(`${bare}?purpose=emergency`, 'reader')).toContain(other.familyName)
    expect(await page(`${bare}/monitors?purpose=emergency`, 'reader')).toContain(other.familyName)
    expect((await ask(`${bare}?purpose=care`, 'reader')).status).toBe(403)
    expect((await ask('/emergencies', 'reader')).status).toBe(403)
    const list = await page('/emergencies', 'operator')
    expect(list).toContain(reason)
    expect(list).not.toContain(other.familyName)
    const id = /name="id" value="(\d+)"/.exec(list)?.[1] ?? ''
    const untilOf = (html: string) => /name="until" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const review = (until: string, what: string) =>
      post('/emergencies', '/emergencies', 'operator', { id, until, reason: what })
    expect((await review(untilOf(list), 'the guard post confirms')).status).toBe(303)
    expect(await page('/emergencies', 'operator')).toContain('the guard post confirms')
    expect(await page('/', 'operator')).toContain('reader reads a patient in an emergency')
    const sheet = await (await ask('/emergencies.csv', 'operator')).text()
    expect(sheet).toMatch(/,reader,reader,[0-9a-f]{32},unconscious at the door,2,operator,the guard post confirms/)
    // What is prolonged after somebody looked after it is to be looked after again, and says what was found before.
    const again = { ...form, form: `${form.form}3`, reason: 'still not awake' }
    expect((await ask(`${bare}/emergency`, 'reader', again)).status).toBe(303)
    const anew = await page('/emergencies', 'operator')
    expect(anew).toMatch(/<h1>Read once in an emergency, not looked after yet/)
    expect(anew).toContain('unconscious at the door; still not awake')
    expect(anew).toMatch(/the guard post confirms.*prolonged after that/s)
    expect(anew).toContain(`name="id" value="${id}"`)
    // A page that stood open since before knows nothing of the reason given then.
    const late = await review(untilOf(list), 'the family was told')
    expect(late.status).toBe(409)
    expect(await late.text()).toContain('was prolonged meanwhile')
    expect((await review(untilOf(anew), 'the family was told')).status).toBe(303)
    expect(await (await ask('/emergencies.csv', 'operator')).text()).toMatch(
      /,operator,the family was told,\S+ operator: the guard post confirms/,
    )
  })

  test('a reader reads a patient no more whose enrolment at the practice has ended, except in an emergency', async () => {
    const { person, practice } = town.patients[4]!
    await setPracticeReaders(world.hub.parts.db, { practice, readers: ['reader'], by: 'test', why }, new Date())
    const today = dayIn('Europe/Brussels', Date.now())
    const enrolUntil = (to: string | null) => {
      const patient = {
        identifier: person.insz,
        name: `${person.givenName} ${person.familyName}`,
        birthDate: person.birthDate,
      }
      const file = { practice, patients: [{ ...patient, monitor: 'diabetes-cvrm', from: '2015-01-01', to }] }
      return enrol(openCare(world.hub.parts.vault), world.hub.parts.db, readEnrolFile(JSON.stringify(file)), 'test')
    }
    const address = await find('reader', person.insz)
    const list = `/monitors?practice=${encodeURIComponent(practice)}&state=not-applicable`
    await enrolUntil(today)
    expect(await page(address, 'reader')).toContain(person.familyName)
    await enrolUntil(addDays(today, -1))
    for (const path of [address, address.replace('?', '/monitors?')]) {
      const refused = await ask(path, 'reader')
      expect(refused.status).toBe(403)
      const text = await refused.text()
      expect(text).toContain('Why can it not wait?')
      expect(text).not.toContain(person.familyName)
      expect((await readings()).at(-1)?.line).toMatch(/^reader (results|monitors) refused$/)
    }
    expect(await page(list, 'reader')).not.toContain(person.familyName)
    const sheet = await (await ask(list.replace('?', '.csv?'), 'reader')).text()
    expect(sheet).not.toContain(person.familyName)
    await enrolUntil(null)
    expect(await page(address, 'reader')).toContain(person.familyName)
  })

  test('a monitor shows every item with state, word and explanation, and that targets are not confirmed', async () => {
    const address = (await find('operator', patientOf(0).insz)).replace('?', '/monitors?')
    const html = await page(address, 'operator')
    expect(html.match(/<details class="item /g)?.length).toBe(15)
    expect(html).toContain('still to be confirmed by a clinician')
    expect(html).toMatch(/Red: overdue|Red: off target|Green|Unreliable|Unknown/)
    const practice = await page(
      `/monitors?practice=${encodeURIComponent(town.practices[0]!)}&state=not-applicable`,
      'operator',
    )
    expect(practice).toContain(town.practices[0])
  })

  test('a withheld result keeps its place without value until a helper releases it', async () => {
    const readings = () =>
      world.query(`select distinct actor, purpose from access_log where what = 'withheld' order by purpose`)
    const asks = await page('/withheld', 'helper')
    expect(asks).toContain('LABO-ZUID')
    expect(asks).toContain('Your name, the time')
    expect(asks).not.toContain('name="record"')
    expect(await readings()).toEqual([])
    expect((await ask('/withheld/release', 'helper')).headers.get('location')).toBe('/withheld')
    expect(await page('/withheld?purpose=incident', 'helper')).toContain('name="record"')
    expect(await readings()).toEqual([{ actor: 'helper', purpose: 'incident' }])
    const sheet = await (await ask('/withheld.csv?client=&rule=', 'helper')).text()
    expect(sheet).toMatch(/^record,sender,pack,rule,activation,since,received\r\n[0-9a-f-]{36}\.\d+,LABO-ZUID,/)
    expect((await ask('/withheld', 'reader')).status).toBe(403)
    const [held] = await world.query<{ record: number; patient: string; rule: string }>(
      `select record, encode(patient, 'hex') as patient, rule from withheld where patient is not null order by record limit 1`,
    )
    const results = `/patients/${held!.patient}?purpose=care`
    expect(await page(results, 'operator')).toMatch(/have? not been shown since|has not been shown since/)
    const preview = `/withheld/release?record=${held!.record}&purpose=incident`
    expect(await page(preview, 'helper')).toContain('Release 1 record')
    const short = await post(preview, '/withheld/release', 'helper', {
      records: `${held!.record}`,
      purpose: 'incident',
      expected: '1',
      reason: 'x',
    })
    expect(short.status).toBe(422)
    const changed = await post(preview, '/withheld/release', 'helper', {
      records: `${held!.record}`,
      purpose: 'incident',
      expected: '2',
      reason: why,
    })
    expect(await changed.text()).toContain('The counts changed')
    const done = await post(preview, '/withheld/release', 'helper', {
      records: `${held!.record}`,
      purpose: 'incident',
      expected: '1',
      reason: why,
    })
    expect(done.status).toBe(303)
    expect(await world.query(`select actor, why, decision from override where ended_at is null`)).toEqual([
      { actor: 'helper', why, decision: 'release' },
    ])
    expect(await page('/withheld', 'helper')).toContain(why)
    // Taken back, with a reason, and decided anew.
    const undo = `/withheld/undecide?record=${held!.record}`
    expect(await page(undo, 'helper')).toContain('The rules alone count again')
    const wish = { record: `${held!.record}` }
    expect((await post(undo, '/withheld/undecide', 'helper', { ...wish, reason: 'x' })).status).toBe(422)
    expect((await post(undo, '/withheld/undecide', 'helper', { ...wish, reason: why })).status).toBe(303)
    expect(await world.query('select ended_by, ended_why from override')).toEqual([
      { ended_by: 'helper', ended_why: why },
    ])
    const twice = await post(undo, '/withheld/undecide', 'helper', { ...wish, reason: why })
    expect(await twice.text()).toContain('does not hold any more')
    // A record that two rules withhold is one record, in the preview and in what is decided.
    const all = await page('/withheld/confirm?purpose=incident', 'helper')
    const [{ n } = { n: 0 }] = await world.query<{ n: number }>('select count(distinct record) as n from withheld')
    expect(all).toContain(`Keep ${n} record`)
    const kept = await post('/withheld/confirm?purpose=incident', '/withheld/confirm', 'helper', {
      purpose: 'incident',
      expected: `${n}`,
      reason: why,
    })
    expect(kept.status).toBe(303)
  })

  test('a version is tried, shadowed, and what hits one laboratory waits for a second person; then it is undone', async () => {
    const { db } = world.hub.parts
    const [first] = await storedPacks(db, 'lab-quality')
    const { pack: text, cases } = first!.body
    const changed = text
      .replace('version: 1.0.0', 'version: 1.0.1')
      .replace(
        'rules:\n',
        `rules:\n  - id: not-of-zuid\n    class: meaning\n    severity: withhold\n    expr: "source != 'labo-zuid'"\n    text: { nl: nl, fr: fr, de: de, en: Of this laboratory. }\n    explain: Planted.\n`,
      )
      .replace('{ name: lab-tables, version: 1.0.0 }', '{ name: lab-tables, version: 1.1.0 }')
    expect(changed).toContain('not-of-zuid')
    const tables = tablesWith('sources: { labo-noord: { GLUC2: 14771-0 } }')
    await installPack(db, packOf(readPack({ pack: changed, cases: null, notes: '', tables }), 'test'), 'test')
    expect(cases).not.toBeNull()
    const html = await page('/packs/lab-quality', 'reader')
    expect(html).toContain('What 1.0.1 does otherwise than 1.0.0')
    expect(html).toContain('Codes and units: lab-tables 1.1.0 beside lab-tables 1.0.0')
    expect(html).toContain('<code>labo-noord GLUC2 = 14771-0</code>')
    // What words of laboratories stand for, by version, with a filter.
    const lines = '/packs/lab-quality/versions/1.0.1/tables'
    expect(html).toContain(`<a href="${lines}">lab-tables 1.1.0</a>`)
    expect(await page(lines, 'reader')).toMatch(/lab-tables 1\.1\.0: \d+ spellings of units, 1 own codes, \d+ analytes/)
    const found = await page(`${lines}?q=gluc2&kind=code`, 'reader')
    expect(found).toContain('1 line<')
    expect(found).toMatch(/<code>GLUC2<\/code>.*labo-noord.*Fasting glucose.*LOINC 14771-0/s)
    expect(await page(`${lines}?q=percent&kind=unit`, 'reader')).toContain('<code>PERCENT</code>')
    expect(await page(`${lines}?q=nothing-like-it`, 'reader')).toContain('No line fits this choice')
    expect((await ask('/packs/lab-quality/versions/9.9.9/tables', 'reader')).status).toBe(404)
    expect((await ask('/packs/eform-quality/versions/1.0.0/tables', 'reader')).status).toBe(404)
    expect((await ask('/packs/lab-quality/acts/try?version=1.0.1', 'helper')).status).toBe(403)

    const step = (name: string, as = 'operator', more: Readonly<Record<string, string>> = {}) =>
      post(`/packs/lab-quality/acts/${name}?version=1.0.1`, `/packs/lab-quality/acts/${name}`, as, {
        version: '1.0.1',
        reason: why,
        ...more,
      })
    const tried = await step('try')
    const report = tried.headers.get('location') ?? ''
    expect(report).toMatch(/^\/packs\/lab-quality\/reports\/\d+$/)
    await expect.poll(() => page(report, 'operator'), { timeout: 60_000, interval: 500 }).toContain('tone-ok')
    const told = await page(report, 'operator')
    expect(told).toContain('not-of-zuid')
    expect(told).toContain('LABO-ZUID')
    expect(told).toMatch(
      /Examples, to look at.*<code>not-of-zuid<\/code>.*Newly withheld.*LABO-ZUID.*href="\/trace\?q=[0-9a-f-]{36}"/s,
    )
    expect(told).toContain('<code>labo-noord GLUC2 = 14771-0</code>')
    expect(told).toMatch(/By what was measured.*Creatinine.*By practice.*Groepspraktijk De Linde/s)
    expect((await step('shadow')).status).toBe(303)
    // Before anybody writes a reason it is said that one person is not enough.
    const ahead = await page('/packs/lab-quality/acts/activate?version=1.0.1', 'operator')
    expect(ahead).toMatch(/class="alarm is-late".*LABO-ZUID.*A second person can confirm/s)
    expect(ahead).toMatch(/Monitors that change colour.*Cannot be undone/s)

    const refused = await step('activate')
    expect(refused.status).toBe(422)
    const asked = (await refused.text()).replaceAll('&amp;', '&')
    expect(asked).toContain('LABO-ZUID')
    expect(asked).toContain('<code>https://hub.example/packs/lab-quality/acts/activate?proposal=')
    const link = /proposal=([\w.-]+)/.exec(asked)?.[1] ?? ''
    const confirm = `/packs/lab-quality/acts/activate?proposal=${link}`
    expect(await page(confirm, 'operator')).toContain('You asked for this yourself')
    expect(await page(confirm, 'second')).toMatch(/class="alarm is-late".*LABO-ZUID/s)
    expect((await post(confirm, '/packs/lab-quality/acts/activate', 'operator', { proposal: link })).status).toBe(409)
    expect((await ask(`${confirm}x`, 'second')).status).toBe(410)
    expect((await post(confirm, '/packs/lab-quality/acts/activate', 'second', { proposal: link })).status).toBe(303)
    expect(await page('/packs/lab-quality', 'operator')).toContain('operator, confirmed by second')
    expect(await page('/withheld?purpose=incident', 'helper')).toContain('not-of-zuid')

    expect((await step('revert')).status).toBe(303)
    expect(await page('/withheld', 'helper')).not.toContain('not-of-zuid')
    expect(await page('/packs/lab-quality', 'operator')).toContain('lab-quality 1.0.0 counts')
  })

  test('sources are shown with what they sent', async () => {
    const html = await page('/feeds', 'reader')
    for (const name of ['labo-noord', 'labo-zuid', 'kliniek-west']) expect(html).toContain(name)
    // A source that sends since today: nobody knows what is usual, so nobody says that it sends as usual.
    expect(html).toMatch(/<h1>No disturbance seen; the rhythm of \d+ of \d+ sources is not known yet<\/h1>/)
    expect(html).not.toContain('As usual')
  })

  test('the sheet of what is withheld has every line, however many there are', async () => {
    await world.query(
      `insert into override (record, service, received_at, sender_id, decision, actor, why)
        select 1000000000 + n, 'lab', now(), $1, 'confirm', 'helper', $2 from generate_series(1, 10050) n`,
      [world.senderId('laboratory'), why],
    )
    const [{ n } = { n: 0 }] = await world.query<{ n: number }>('select count(distinct record) as n from withheld')
    expect(n).toBeGreaterThan(10_050)
    const sheet = await (await ask('/withheld.csv', 'helper')).text()
    expect(sheet.trimEnd().split('\r\n')).toHaveLength(n + 1)
  })
})

/** The shipped tables as version 1.1.0, with other codes. */
function tablesWith(codes: string): TableTexts {
  const read = (file: string): string => readFileSync(join(dataFolder, 'tables/lab-tables/1.0.0', file), 'utf8')
  const files = Object.fromEntries(tableFiles.map((file) => [file, read(file)])) as TableTexts
  return { ...files, 'table.yaml': files['table.yaml'].replace('1.0.0', '1.1.0'), 'codes.yaml': codes }
}
