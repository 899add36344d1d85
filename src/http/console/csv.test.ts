import fastify from 'fastify'
import { expect, test } from 'vitest'
import { streamCsv, type CsvPart } from './csv.ts'

/** A table of four parts; the part that begins at `fails` cannot be read. */
async function served(fails: number | null) {
  const server = fastify()
  const read = (after: number | null): Promise<CsvPart<number>> => {
    const from = after ?? 0
    if (from === fails) return Promise.reject(new Error('the database is away'))
    return Promise.resolve({ rows: [[from, `line "${from}"`]], next: from === 3 ? null : from + 1 })
  }
  server.get('/sheet', (_, reply) => streamCsv(reply, 'sheet.csv', ['place', 'text'], read))
  return { server, url: `${await server.listen({ host: '127.0.0.1', port: 0 })}/sheet` }
}

test('a table is sent to its end, part by part', async () => {
  const { server, url } = await served(null)
  const answer = await fetch(url)
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="sheet.csv"')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect((await answer.text()).split('\r\n')).toEqual([
    'place,text',
    ...[0, 1, 2, 3].map((n) => `${n},"line ""${n}"""`),
    '',
  ])
  await server.close()
})

test('a table that breaks off is not taken for complete, and one that cannot begin is refused', async () => {
  const broken = await served(2)
  await expect(fetch(broken.url).then((answer) => answer.text())).rejects.toThrow()
  await broken.server.close()
  const refused = await served(0)
  expect((await fetch(refused.url)).status).toBe(500)
  await refused.server.close()
})
