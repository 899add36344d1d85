import { expect, test } from 'vitest'
import { SluisError } from '../kernel/errors.ts'
import { untilThere } from './until-there.ts'

const away = (): Error => new Error('timeout exceeded when trying to connect')

test('work is done again while the database is away, and once when it is there', async () => {
  const answers = [away(), new SluisError('database-away', { seconds: 5 }), 'done', 'twice']
  const work = async () => {
    const next = answers.shift()
    if (next instanceof Error) throw next
    return next
  }
  expect(await untilThere(work, () => false)).toBe('done')
  expect(answers).toEqual(['twice'])
})

test('a fault of the work itself, and a node that stops, end it', async () => {
  await expect(
    untilThere(
      async () => Promise.reject(new Error('wrong')),
      () => false,
    ),
  ).rejects.toThrow('wrong')
  let tries = 0
  const work = async () => {
    tries += 1
    throw away()
  }
  await expect(untilThere(work, () => tries === 2)).rejects.toThrow('timeout exceeded')
})
