import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, expect, test, vi } from 'vitest'
import { jsonLines, sluis } from './support.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  vi.unstubAllEnvs()
})

/** A hub that answers posts with these statuses in turn, the last one for ever; 0 cuts the connection. */
async function fakeHub(...statuses: number[]): Promise<{ url: string; bodies: string[] }> {
  const bodies: string[] = []
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      bodies.push(body.toString())
      const status = statuses[Math.min(bodies.length, statuses.length) - 1] ?? 202
      if (status === 0) return request.socket.destroy()
      const receipt = { receipt: 'R', receivedAt: '2022-07-01T07:12:03Z', level: 'spooled' }
      response.writeHead(status, { 'content-type': 'application/json' })
      return response.end(JSON.stringify(status === 202 ? receipt : { code: 'intake-full' }))
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('SLUIS_TOKEN', 'a-token')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

const form = '{"form": "rapid-test",\n  "messageId": "m-1" }\n'

test('a hub without room, or that cuts the line, gets the same bytes again', async () => {
  const { url, bodies } = await fakeHub(503, 0, 202)
  const said = await sluis(['send', '-', '--url', url], form)
  expect(said).toMatchObject({
    code: 0,
    out: '-: 202 received at 2022-07-01 09:12:03 CEST, receipt R, spooled: kept on one node until the database is back.\n',
  })
  expect(bodies).toEqual([form, form, form])
})

test('what the hub refuses for good is not sent again', async () => {
  const { url, bodies } = await fakeHub(413)
  const [line] = jsonLines(await sluis(['send', '-', '--url', url, '--json'], form))
  expect(line).toMatchObject({ ok: false, status: 413, attempts: 1 })
  expect(bodies).toHaveLength(1)
})

test('patience ends: 1, and the file is named as not sent', async () => {
  const { url } = await fakeHub(503)
  expect(await sluis(['send', '-', '--url', url, '--patience', '0'], form)).toMatchObject({ code: 1 })
  const gone = await sluis(['send', '-', '--url', 'http://127.0.0.1:9', '--patience', '0'], form)
  expect(gone).toMatchObject({ code: 1, out: expect.stringMatching(/^-: not sent, the hub does not answer/) as string })
})

test('lines of one file are told in their order, also when several are on their way', async () => {
  const { url, bodies } = await fakeHub(202)
  const lines = Array.from({ length: 9 }, (_, at) => JSON.stringify({ form: 'rapid-test', messageId: `m-${at}` }))
  const said = await sluis(['send', '-', '--url', url, '--json', '--at-once', '3'], lines.join('\n'))
  expect(jsonLines(said).map((line) => line['index'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect([...bodies].sort()).toEqual(lines)
})

test('without a hub, a client or a database there is a sentence that says what to do', async () => {
  for (const name of ['DATABASE_URL', 'SLUIS_TOKEN', 'SLUIS_MASTER_KEY', 'SLUIS_URL']) vi.stubEnv(name, undefined)
  const nowhere = ['--data', '/nowhere/at/all']
  expect(await sluis(['send', '-', ...nowhere], form)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^There is no /) as string,
  })
  for (const command of [['account'], ['backlog'], ['pause'], ['replay'], ['client', 'list'], ['trace', 'x']]) {
    const said = await sluis([...command, ...nowhere])
    expect(said).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^There is no hub in /) as string })
  }
  expect(await sluis(['doctor', ...nowhere])).toMatchObject({ code: 2 })
  vi.stubEnv('DATABASE_URL', 'postgres://127.0.0.1:9/none')
  expect(await sluis(['account'])).toMatchObject({ code: 1, err: expect.stringMatching(/does not answer/) as string })
})
