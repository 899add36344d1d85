import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../../../tests/support/database.ts'
import { connect } from '../../store/connect.ts'
import { signOfLife } from '../../store/nodes.ts'
import { fixtureView } from '../../web/fixtures/context.ts'
import { nodesStream } from './nodes.ts'

test('a node tells how many messages it keeps that the database refused, also once it stopped', async () => {
  const database = await createTestDatabase()
  const db = connect({ url: database.url, connections: 2 })
  onTestFinished(async () => {
    await db.close()
    await database.drop()
  })
  const told = (name: string, state: 'up' | 'stopped', spoolFrames: number, spoolAside: number) =>
    signOfLife(
      db,
      {
        name,
        url: 'http://127.0.0.1:1',
        roles: ['web'],
        version: '1',
        state,
        facts: { spoolFrames, spoolBytes: 2_000, spoolAside },
      },
      new Date(),
    )
  const page = nodesStream({ db, now: () => new Date() })
  const spoolOf = async (name: string): Promise<string | undefined> => {
    const rows = page.show(fixtureView('en'), await page.read())!.split('<tr')
    const cells = rows.find((row) => row.includes(`>${name}<`))?.split(/<t[hd][^>]*>/)
    return cells?.[6]?.replace(/<[^>]+>/g, '')
  }
  await told('a', 'up', 0, 0)
  await told('b', 'stopped', 0, 2)
  await told('c', 'stopped', 0, 0)
  await told('d', 'up', 3, 1)
  expect(await spoolOf('a')).toBe('empty')
  expect(await spoolOf('b')).toBe('2 messages the database refuses')
  expect(await spoolOf('c')).toBeUndefined()
  expect(await spoolOf('d')).toBe('3 messages, 2 kB; 1 message the database refuses')
})
