import { expect, test } from 'vitest'
import { kindsPossible } from '../formats/form-kinds.ts'
import { formatNamed } from '../formats/registry.ts'
import { seededRandom } from '../formats/eform/random.ts'
import { sampleForm } from '../formats/eform/sample.ts'
import { makeSwitches, type Switches } from './switches.ts'

const at = new Date('2022-07-01T10:00:00Z')
const sample = (kind: 'rapid-test' | 'vaccination' | 'booster') => sampleForm(kind, { random: seededRandom(3), at })

function knock(switches: Switches, form: object): void {
  const reading = formatNamed('eform-json')!.read(Buffer.from(JSON.stringify(form)), { receivedAt: at })
  if (reading.state !== 'read') throw new Error('not read')
  switches.assertOpen(
    'eforms',
    reading.records.map((record) => kindsPossible(record)),
  )
}

const stopped = (...formKinds: (string | null)[]): Switches => {
  const switches = makeSwitches()
  switches.set(formKinds.map((formKind) => ({ service: 'eforms', formKind, reason: 'why' })))
  return switches
}

const { form, version } = sample('booster')
const withdrawal = { messageId: 'x', form, version, action: 'withdraw', replaces: 'y', motive: 'wrong person' }

test('a stop of one kind turns that kind away and no other', () => {
  expect(() => knock(stopped('vaccination'), sample('vaccination'))).toThrow('service-stopped')
  expect(() => knock(stopped('vaccination'), sample('booster'))).not.toThrow()
  expect(() => knock(stopped('booster-1'), sample('booster'))).toThrow('service-stopped')
  expect(() => knock(stopped(null), sample('booster'))).toThrow('service-stopped')
})

test('a withdrawal that does not tell its kind is turned away only when all its form can be of is stopped', () => {
  expect(() => knock(stopped('vaccination'), withdrawal)).not.toThrow()
  expect(() => knock(stopped('vaccination', 'booster-2', 'booster-1'), withdrawal)).toThrow('service-stopped')
  expect(() => knock(stopped(null), withdrawal)).toThrow('service-stopped')
})

test('one that repeats its fact, or whose form is of one kind, is of that kind', () => {
  expect(() => knock(stopped('booster-1'), { ...sample('booster'), ...withdrawal })).toThrow('service-stopped')
  expect(() => knock(stopped('vaccination'), { ...sample('booster'), ...withdrawal })).not.toThrow()
  const test = { ...withdrawal, form: 'rapid-test', version: sample('rapid-test').version }
  expect(() => knock(stopped('rapid-test'), test)).toThrow('service-stopped')
})
