import { expect, test } from 'vitest'
import { mayDo, requireRight, rights, roles, type Action } from './rights.ts'

const actions = Object.keys(rights) as Action[]
const of = (role: (typeof roles)[number]) => actions.filter((action) => mayDo(role, action))
const open: Action[] = ['see-health', 'read-metrics', 'see-contract', 'ask-token', 'sign-in']

test('nobody reads anything but health, metrics and contract', () => {
  expect(of('nobody')).toEqual(open)
})
test('a helper sees a trace and a certificate and marks urgent, but never content', () => {
  const seen: Action[] = ['see-operations', 'see-trace', 'see-books', 'see-errors', 'mark-urgent', 'see-certificate']
  const laboratory: Action[] = ['see-packs', 'see-withheld', 'decide-withheld', 'see-feeds']
  expect(of('helper')).toEqual([...seen, ...laboratory, ...open])
})
test('a reader changes nothing and sees of persons those of the own practice only', () => {
  const laboratory: Action[] = ['see-packs', 'see-patient', 'see-practice', 'see-feeds']
  const seen: Action[] = ['see-operations', 'see-trace', 'see-books', 'see-errors']
  expect(of('reader')).toEqual([...seen, ...laboratory, 'read-in-emergency', ...open])
})
test('only operators see content, pause and replay', () => {
  for (const action of [
    'see-content',
    'pause',
    'replay',
    'manage-people',
    'manage-senders',
    'see-emergencies',
  ] as const) {
    expect(roles.filter((role) => mayDo(role, action))).toEqual(['operator'])
  }
})
test('machines do only what is theirs', () => {
  expect(of('sender')).toEqual([
    'hand-over-message',
    'see-own-message',
    'see-own-status',
    'change-own-webhook',
    ...open,
  ])
  expect(of('destination')).toEqual(['acknowledge', ...open])
  expect(of('care-team')).toEqual(['read-results', 'read-in-emergency', ...open])
})
test('who may not is told whether signing in would help', () => {
  expect(() => requireRight('nobody', 'pause')).toThrow('session-missing')
  expect(() => requireRight('helper', 'pause')).toThrow('right-missing')
  expect(() => requireRight('operator', 'pause')).not.toThrow()
})
