import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Neighbours } from '../../src/commands/neighbours.ts'
import { sealOnce } from '../../src/ledger/seal.ts'
import { settleAll } from '../support/aged.ts'
import { openLine, type Line } from '../support/line.ts'
import { destinations, holdLaws, holdNothingElse } from './laws.ts'

/** A hub that has read, checked and delivered two forms; `lose` happens before they are owed to anybody. */
async function atRest(lose: (line: Line) => Promise<unknown> = async () => undefined): Promise<Line> {
  const line = await openLine()
  onTestFinished(() => line.close())
  await line.acceptSample('rapid-test', 1)
  await line.acceptSample('rapid-test', 2)
  await line.work()
  await lose(line)
  await settleAll(line.db)
  while ((await sealOnce(line.db)) > 0);
  return line
}

/** Destinations that acted for these deliveries and no others. */
async function actedFor(uids: readonly string[]): Promise<Pick<Neighbours, 'ports'>> {
  const server = createServer((request, response) => {
    const done = request.url?.startsWith('/sciensano/') === true ? uids : []
    response.end(JSON.stringify({ effects: done.map((deliveryId) => ({ deliveryId, times: 1 })) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const at = (name: string) => ({
    port,
    controlPort: port,
    pid: 0,
    secret: '',
    url: '',
    controlUrl: `http://127.0.0.1:${port}/${name}`,
  })
  return { ports: Object.fromEntries(destinations.map((name) => [name, at(name)])) }
}

const owedBy = async ({ db }: Line): Promise<string[]> =>
  (await db.pool.query<{ uid: string }>('select uid from delivery order by id')).rows.map(({ uid }) => uid)

test('a hub that lost nothing breaks no law', async () => {
  const line = await atRest()
  const neighbours = await actedFor(await owedBy(line))
  await holdLaws(line.db, [], neighbours)
  await holdNothingElse(neighbours)
})

test('a record that went lost between reading and checking is seen', async () => {
  const gone = '(select min(id) from record)'
  const line = await atRest(async ({ db }) => {
    for (const table of ['step', 'record_check', 'entry'])
      await db.pool.query(`delete from ${table} where record = ${gone}`)
    await db.pool.query(`delete from record where id = ${gone}`)
  })
  await expect(holdLaws(line.db, [])).rejects.toMatchObject({
    actual: [expect.stringContaining('1 records read, 0 there')],
  })
})

test('a plan that went lost before anything was owed is seen', async () => {
  const line = await atRest(({ db }) =>
    db.pool.query(`delete from step where stage = 'plan' and record = (select min(record) from step)`),
  )
  await expect(holdLaws(line.db, [])).rejects.toMatchObject({ actual: [expect.stringContaining('leads nowhere')] })
})

test('what a destination did for nobody is seen', async () => {
  const line = await atRest()
  const nobodys = randomUUID()
  const neighbours = await actedFor([...(await owedBy(line)), nobodys])
  await holdLaws(line.db, [], neighbours)
  await expect(holdNothingElse(neighbours)).rejects.toMatchObject({ actual: { owedByNobody: [nobodys] } })
})

test('what a destination did not do is seen', async () => {
  const line = await atRest()
  const neighbours = await actedFor((await owedBy(line)).slice(1))
  await expect(holdLaws(line.db, [], neighbours)).rejects.toMatchObject({
    actual: { wrong: [{ state: 'acknowledged' }] },
  })
})
