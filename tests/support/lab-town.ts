import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { makeClient, registerSender } from '../../src/access/clients.ts'
import { openCare } from '../../src/care/deps.ts'
import { enrol } from '../../src/care/enrol.ts'
import { readEnrolFile } from '../../src/care/enrol-file.ts'
import { inventPerson, type Person } from '../../src/formats/eform/people.ts'
import { seededRandom } from '../../src/formats/eform/random.ts'
import { sampleOru } from '../../src/formats/hl7v2/sample.ts'
import type { Hub } from '../../src/main.ts'

/** Three laboratories, four practices and their patients, all invented. */
export interface LabTown {
  /** Each with the practice they are enrolled at. */
  readonly patients: readonly { readonly person: Person; readonly practice: string }[]
  readonly practices: readonly string[]
  /** Client ids of the laboratories, by the name they write. */
  readonly laboratories: ReadonlyMap<string, string>
  readonly messages: number
}

const laboratoryNames = ['LABO-NOORD', 'LABO-ZUID', 'KLINIEK-WEST']
const practices = ['Groepspraktijk De Linde', 'Huisartsen Overijse', 'Maison médicale Les Tilleuls', 'Praxis am Markt']
// Twelve of these are less than a year: what counts for a year still does, at any time of day.
const monthMs = 30 * 86_400_000

/**
 * Fills a running hub through its own door: every patient enrolled, and a message of a laboratory for every so many months
 * of the last two years. The last message of LABO-ZUID has a unit that cannot be.
 */
export async function fillLabTown(
  hub: Hub,
  { patients: count = 60, everyMonths = 3 }: { readonly patients?: number; readonly everyMonths?: number } = {},
): Promise<LabTown> {
  const random = seededRandom(2017)
  const now = Date.now()
  const laboratories = new Map<string, { clientId: string; token: string }>()
  for (const name of laboratoryNames) laboratories.set(name, await laboratory(hub, name))
  const patients = Array.from({ length: count }, (_, index) => ({
    person: inventPerson(random, '2010-01-01'),
    practice: practices[index % practices.length]!,
  }))
  await enrolAll(hub, patients)
  let messages = 0
  for (const [index, { person }] of patients.entries()) {
    const facility = laboratoryNames[index % laboratoryNames.length]!
    for (let month = 24; month >= 0; month -= everyMonths) {
      const at = new Date(now - month * monthMs - 3_600_000)
      const oru = sampleOru({ random, at, facility, person })
      const isSpoiled = facility === 'LABO-ZUID' && month < everyMonths
      await hand(
        hub,
        laboratories.get(facility)!.token,
        isSpoiled ? oru.replace('|mmol/mol^^UCUM', '|mmol/L^^UCUM') : oru,
      )
      messages += 1
    }
  }
  const ids = new Map([...laboratories].map(([name, { clientId }]) => [name, clientId]))
  return { patients, practices, laboratories: ids, messages }
}

async function enrolAll(hub: Hub, patients: LabTown['patients']): Promise<void> {
  const { db, vault } = hub.parts
  for (const [practice, own] of Map.groupBy(patients, (one) => one.practice)) {
    const file = {
      practice,
      patients: own.map(({ person }) => ({
        identifier: person.insz,
        name: `${person.givenName} ${person.familyName}`,
        monitor: 'diabetes-cvrm',
        from: '2015-01-01',
        birthDate: person.birthDate,
        diagnosedOn: '2015-01-01',
      })),
    }
    await enrol(openCare(vault), db, readEnrolFile(JSON.stringify(file)), 'town')
  }
}

async function hand(hub: Hub, token: string, message: string): Promise<void> {
  const answer = await fetch(`${hub.url}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/hl7-v2' },
    body: message,
  })
  if (answer.status !== 202)
    throw new Error(`a message of the town was answered ${answer.status}: ${await answer.text()}`)
}

async function laboratory(hub: Hub, name: string): Promise<{ clientId: string; token: string }> {
  const { clientId, publicJwk, privateJwk } = await makeClient('laboratory')
  await registerSender(hub.parts.db, { clientId, name, kind: 'laboratory', publicJwks: [publicJwk] })
  const now = Math.floor(Date.now() / 1_000)
  const aud = `${hub.url}/oauth/token`
  const assertion = await new SignJWT({ iss: clientId, sub: clientId, aud, iat: now, exp: now + 60, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: privateJwk.kid ?? '' })
    .sign(await importJWK(privateJwk, 'ES256'))
  const answer = await fetch(aud, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  })
  return { clientId, token: ((await answer.json()) as { access_token: string }).access_token }
}
