import { expect, test } from 'vitest'
import { isSecondPerson } from './person.ts'

test('a second person is somebody with a name, and not the one who acts written otherwise', () => {
  expect(isSecondPerson('lea', 'jan')).toBe(true)
  expect(isSecondPerson('command:root', 'command:jan')).toBe(true)
  for (const same of ['root', 'command:root', ' Root ', 'ROOT'])
    expect([same, isSecondPerson('command:root', same)]).toEqual([same, false])
  expect(isSecondPerson('Lea  Peeters', 'lea peeters')).toBe(false)
  expect(isSecondPerson('Zoe\u0308', 'Zo\u00eb')).toBe(false)
  for (const nobody of ['', '  ', 'command:']) expect(isSecondPerson('lea', nobody)).toBe(false)
})
