import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { Hl7Message } from '@medplum/core'
import { Hl7Client } from '@medplum/hl7'
import { Client, Message } from 'node-hl7-client'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { SluisError } from '../../src/kernel/errors.ts'
import { fieldOf, frame, loopback, oru, startLine, talk, type TestLine } from './line.ts'
import { makeAuthority } from './tls.ts'

let line: TestLine | undefined
afterEach(async () => {
  await line?.close()
  line = undefined
})

const idOf = (answer: string | undefined): string | undefined => fieldOf(answer, 'MSA-2')

describe('frames', () => {
  test('two hundred in one breath get two hundred answers in order, each after its commit', async () => {
    const order: string[] = []
    // Commits that end in another order than they began.
    const commit = async ({ messageId }: { messageId: string }): Promise<void> => {
      order.push(messageId)
      await sleep(order.length % 7)
    }
    line = await startLine({ commit })
    const sender = talk(line.port)
    const ids = Array.from({ length: 200 }, (_, i) => `M${i}`)
    sender.socket.write(Buffer.concat(ids.map((id) => frame(oru(id)))))
    const answers = await sender.hear(200)
    expect(answers.map(idOf)).toEqual(ids)
    expect(new Set(answers.map((answer) => fieldOf(answer, 'MSA-1')))).toEqual(new Set(['AA']))
    expect(order.map((id) => id.split('#')[0])).toEqual(ids)
    sender.socket.end()
  })

  test('split at every byte, also between the two bytes at the end', async () => {
    line = await startLine()
    const sender = talk(line.port)
    sender.socket.setNoDelay(true)
    for (const byte of frame(oru('split-1', (text) => text.replace('An', 'Zoë')))) sender.socket.write(Buffer.of(byte))
    expect((await sender.hear(1)).map(idOf)).toEqual(['split-1'])
    expect(line.kept[0]!.body.toString()).toContain('Zoë')
    sender.socket.end()
  })

  test('no answer comes before the commit', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    line = await startLine({ commit: () => promise })
    const sender = talk(line.port)
    sender.socket.write(frame(oru('late')))
    await sleep(50)
    expect(sender.answers).toEqual([])
    resolve()
    expect((await sender.hear(1)).map(idOf)).toEqual(['late'])
    sender.socket.end()
  })

  test('a line whose every chunk ends within a frame stays, as long as each frame ends in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      line = await startLine({ limits: { frameMs: 100 } })
      const sender = talk(line.port)
      const half = (n: number, place: 0 | 1): Buffer => {
        const bytes = frame(oru(`n${n}`))
        return place === 0 ? bytes.subarray(0, 60) : bytes.subarray(60)
      }
      sender.socket.write(half(0, 0))
      for (let n = 0; n < 50; n += 1) {
        sender.socket.write(Buffer.concat([half(n, 1), half(n + 1, 0)]))
        expect((await sender.hear(n + 1)).at(-1)).toContain(`|n${n}|`)
        vi.advanceTimersByTime(20)
      }
      // The last one began and goes on too long.
      let cut = false
      void sender.closed().then(() => (cut = true))
      while (!cut) {
        vi.advanceTimersByTime(100)
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(line.kept).toHaveLength(50)
    } finally {
      vi.useRealTimers()
    }
  })

  test('a sender that stops talking still hears its answers, and closing waits for what is in hand', async () => {
    let begun = 0
    const commit = (): Promise<void> => {
      begun += 1
      return sleep(50)
    }
    line = await startLine({ commit })
    const sender = talk(line.port)
    sender.socket.end(Buffer.concat([frame(oru('a')), frame(oru('b'))]))
    expect((await sender.hear(2)).map(idOf)).toEqual(['a', 'b'])
    await sender.closed()
    const other = talk(line.port)
    other.socket.write(frame(oru('c')))
    await expect.poll(() => begun).toBe(3)
    const closing = line.close()
    expect((await other.hear(1)).map(idOf)).toEqual(['c'])
    await closing
    line = undefined
  })
})

describe('answers', () => {
  const ask = async (text: string): Promise<string[]> => {
    line ??= await startLine()
    const sender = talk(line.port)
    sender.socket.end(frame(text))
    await sender.closed()
    return sender.answers
  }

  test('turn the parties around and say what the sender said of version and id', async () => {
    const [answer] = await ask(oru('c1', (text) => text.replace('2.5.1', '2.5.1||||||UNICODE UTF-8')))
    expect(answer).toMatch(
      /^MSH\|\^~\\&\|HUB\|SLUIS\|LIS\|NOORD\|20261122120000\+0000\|\|ACK\^R01\^ACK\|S\w+\|P\|2\.5\.1\|+UNICODE UTF-8\r/,
    )
    expect(fieldOf(answer, 'MSA-3')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('speak with the separators of the sender', async () => {
    const [answer] = await ask('MSH#*~!%#LIS#LAB#HUB#X###ORU*R01#9#P#2.3\rPID###5\rOBX#1#NM#A##5')
    expect(answer).toMatch(/^MSH#\*~!%#HUB#X#LIS#LAB#/)
    expect(answer).toContain('\rMSA#AA#9#')
  })

  test('in original mode are AA with every fault, AE for what cannot be read, AR for what is no message', async () => {
    const [doubtful] = await ask(oru('d', (text) => text.replace('||53|', '||n.a.|')))
    expect(fieldOf(doubtful, 'MSA-1')).toBe('AA')
    expect(fieldOf(doubtful, 'ERR-2')).toBe('OBX^1^5')
    expect(fieldOf(doubtful, 'ERR-3')).toBe('102^Data type error^HL70357')
    expect(fieldOf(doubtful, 'ERR-5')).toBe('hl7-number-unreadable')
    const [old] = await ask(oru('d', (text) => text.replace('||53|', '||n.a.|').replace('2.5.1', '2.3')))
    expect(fieldOf(old, 'ERR-1')).toMatch(/^OBX\^1\^5\^102&Data type error&HL70357&hl7-number-unreadable&/)
    const [many] = await ask(oru('e') + '\rOBX'.repeat(10_000))
    expect(fieldOf(many, 'MSA-1')).toBe('AE')
    expect(fieldOf(many, 'ERR-5')).toBe('hl7-too-many-results')
    const [garbage] = await ask('GET / HTTP/1.1')
    expect(fieldOf(garbage, 'MSA-1')).toBe('AR')
    expect(fieldOf(garbage, 'ERR-5')).toBe('hl7-not-recognised')
    expect(line!.kept).toHaveLength(4)
  })

  test.each([
    ['AL|NE', ['CA']],
    ['AL|AL', ['CA', 'AA']],
    ['NE|AL', ['AA']],
    ['NE|ER', []],
    ['ER|SU', ['AA']],
    ['SU|', ['CA']],
    ['|', ['AA']],
  ])('in enhanced mode follow MSH-15|MSH-16 = %s', async (conditions, codes) => {
    const answers = await ask(oru('c', (text) => text.replace('2.5.1', `2.5.1|||${conditions}`)))
    expect(answers.map((answer) => fieldOf(answer, 'MSA-1'))).toEqual(codes)
  })

  test('say CR or AR to a sender nobody knows, and nothing is kept', async () => {
    line = await startLine({ sources: [{ ...loopback, msh: [{ facility: 'ZUID' }] }] })
    const [answer] = await ask(oru('x'))
    expect([fieldOf(answer, 'MSA-1'), fieldOf(answer, 'ERR-5')]).toEqual(['AR', 'mllp-source-unknown'])
    const [enhanced] = await ask(oru('x', (text) => text.replace('2.5.1', '2.5.1|||AL|AL')))
    expect(fieldOf(enhanced, 'MSA-1')).toBe('CR')
    const [known] = await ask(oru('x', (text) => text.replace('NOORD', 'ZUID')))
    expect(fieldOf(known, 'MSA-1')).toBe('AA')
    expect(line.kept).toHaveLength(1)
    expect(line.turnedAway).toEqual(['mllp-source-unknown', 'mllp-source-unknown'])
  })
})

describe('what cannot be taken now', () => {
  /** Takes nothing whose control id begins with `full` while `full` says so. */
  const whileFull = (full: () => boolean) => ({
    commit: ({ messageId }: { messageId: string }): Promise<void> =>
      full() && messageId.startsWith('full')
        ? Promise.reject(new SluisError('intake-full', { seconds: 1 }))
        : Promise.resolve(),
  })

  test('in original mode gets no answer, nor does what came after it; the line is closed, and all of it sent again is taken', async () => {
    let full = true
    line = await startLine(whileFull(() => full))
    const ids = ['before', 'full', 'after']
    const sender = talk(line.port)
    sender.socket.write(Buffer.concat(ids.map((id) => frame(oru(id)))))
    await sender.closed()
    expect(sender.answers.map(idOf)).toEqual(['before'])
    expect(line.turnedAway).toEqual(['intake-full'])
    full = false
    const again = talk(line.port)
    again.socket.write(Buffer.concat(ids.slice(1).map((id) => frame(oru(id)))))
    const answers = await again.hear(2)
    expect(answers.map((answer) => [idOf(answer), fieldOf(answer, 'MSA-1')])).toEqual([
      ['full', 'AA'],
      ['after', 'AA'],
    ])
    again.socket.end()
  })

  test('in enhanced mode gets CE, and the line goes on', async () => {
    line = await startLine(whileFull(() => true))
    const sender = talk(line.port)
    const enhanced = (id: string): Buffer => frame(oru(id, (text) => text.replace('2.5.1', '2.5.1|||AL|NE')))
    sender.socket.write(Buffer.concat(['full', 'after'].map(enhanced)))
    const answers = await sender.hear(2)
    expect(answers.map((answer) => fieldOf(answer, 'MSA-1'))).toEqual(['CE', 'CA'])
    expect(fieldOf(answers[0], 'ERR-5')).toBe('intake-full')
    sender.socket.end()
  })

  test('a fault of our own is answered AR: a message that always hits it must not hold up all that come after it', async () => {
    line = await startLine({ commit: () => Promise.reject(new Error('a fault')) })
    const [answer] = await talkOnce(line.port, oru('poison'))
    expect([fieldOf(answer, 'MSA-1'), fieldOf(answer, 'ERR-5')]).toEqual(['AR', 'unexpected'])
  })
})

async function talkOnce(port: number, text: string): Promise<string[]> {
  const sender = talk(port)
  sender.socket.end(frame(text))
  await sender.closed()
  return sender.answers
}

describe('outside senders', () => {
  // The client brings a copy of the reader of its own; the two are the same but for their private fields.
  const parse = (text: string) => Hl7Message.parse(text) as unknown as Parameters<Hl7Client['sendAndWait']>[0]
  test('@medplum/hl7: one, and fifty at once', async () => {
    line = await startLine()
    const client = new Hl7Client({ host: '127.0.0.1', port: line.port, keepAlive: true })
    const answer = await client.sendAndWait(parse(oru('m0')))
    expect(answer.getSegment('MSA')?.getField(1)?.toString()).toBe('AA')
    const ids = Array.from({ length: 50 }, (_, i) => `m${i + 1}`)
    const answers = await Promise.all(ids.map((id) => client.sendAndWait(parse(oru(id)))))
    expect(answers.map((one) => one.getSegment('MSA')?.getField(2)?.toString())).toEqual(ids)
    await client.close()
  })

  test('node-hl7-client', async () => {
    line = await startLine()
    const heard: string[] = []
    const client = new Client({ host: '127.0.0.1', version: '2.5.1' })
    const outbound = client.createConnection({ port: line.port, version: '2.5.1' }, (response) => {
      heard.push(response.getMessage().toString())
    })
    await outbound.sendMessage(new Message({ text: oru('n1') }))
    await expect.poll(() => heard.length).toBe(1)
    expect(heard[0]).toMatch(/MSA\|AA\|n1/)
    expect(line.kept[0]!.messageId).toMatch(/^n1#/)
    await outbound.close()
    client.closeAll()
  })
})

describe('TLS', () => {
  test('lets in whom the authority knows, and knows a laboratory by its certificate', async () => {
    const authority = await makeAuthority()
    const [server, lab, stranger] = [
      await authority.issue('localhost'),
      await authority.issue('lab'),
      await (await makeAuthority()).issue('lab'),
    ]
    line = await startLine({
      tls: { key: server.key, certificate: server.certificate, clientCa: authority.certificate },
      sources: [{ ...loopback, addresses: [], certificates: [lab.fingerprint] }],
    })
    const { port } = line
    const say = (who: { key: string; certificate: string } | null): Promise<string> =>
      new Promise((resolve) => {
        let heard = ''
        const own = who === null ? {} : { key: who.key, cert: who.certificate }
        const socket = connectTls({
          port,
          host: '127.0.0.1',
          servername: 'localhost',
          ca: authority.certificate,
          ...own,
        })
        socket.setEncoding('latin1').on('data', (text: string) => {
          heard += text
          socket.end()
        })
        socket.on('error', () => undefined)
        socket.on('close', () => resolve(heard))
        socket.write(frame(oru('tls')))
      })
    expect(await say(lab)).toContain('MSA|AA|tls|')
    expect(await say(stranger)).toBe('')
    expect(await say(null)).toBe('')
    const other = await authority.issue('other')
    expect(await say(other)).toContain('MSA|AR|tls|')
    expect(line.kept).toHaveLength(1)
  })
})
