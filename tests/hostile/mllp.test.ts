import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { makeFrameReader, type LineEvent } from '../../src/intake/mllp/frames.ts'
import { fieldOf, frame, oru, startLine, talk, type TestLine } from '../hl7v2/line.ts'

let line: TestLine | undefined
afterEach(async () => {
  await line?.close()
  line = undefined
})

const megabyte = 1024 * 1024

/** Pours until the other side has enough of it or it is all out; how many bytes went. */
async function pour(socket: ReturnType<typeof talk>['socket'], piece: Buffer, bytes: number): Promise<number> {
  let sent = 0
  while (sent < bytes && !socket.destroyed && socket.writable) {
    sent += piece.length
    if (!socket.write(piece))
      await Promise.race([
        new Promise((done) => socket.once('drain', done)),
        new Promise((done) => socket.once('close', done)),
      ])
  }
  return sent
}

test('a frame of a gigabyte is refused at its limit, in flat memory', async () => {
  line = await startLine()
  const sender = talk(line.port)
  const before = process.memoryUsage().rss
  sender.socket.write(frame(oru('big')).subarray(0, -2))
  const sent = await pour(sender.socket, Buffer.alloc(65_536, 'x'), 1024 * megabyte)
  await sender.closed()
  expect(sent).toBeLessThan(200 * megabyte)
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * megabyte)
  expect(line.kept).toEqual([])
  expect(line.turnedAway).toEqual(['message-too-large'])
})

test('a frame just over the limit is answered AR, with its own control id', async () => {
  line = await startLine({ limits: { frameBytes: 2_000 } })
  const sender = talk(line.port)
  sender.socket.write(frame(oru('over') + 'x'.repeat(3_000)))
  const [answer] = await sender.hear(1)
  expect([fieldOf(answer, 'MSA-1'), fieldOf(answer, 'MSA-2'), fieldOf(answer, 'ERR-5')]).toEqual([
    'AR',
    'over',
    'message-too-large',
  ])
  await sender.closed()
})

test('a frame that never ends and a line that says nothing are cut off', async () => {
  line = await startLine({ limits: { frameMs: 100, idleMs: 150 } })
  const slow = talk(line.port)
  slow.socket.write('\u000bMSH|')
  const drip = setInterval(() => slow.socket.write('x'), 20)
  const silent = talk(line.port)
  await Promise.all([slow.closed(), silent.closed()])
  clearInterval(drip)
  expect(line.kept).toEqual([])
})

test('bytes outside frames are passed over up to a limit, then the line is closed', async () => {
  line = await startLine({ limits: { noiseBytes: 100 } })
  const sender = talk(line.port)
  sender.socket.write(Buffer.concat([Buffer.from('\r\n\r\nhello '), frame(oru('a')), Buffer.from('\r\n')]))
  expect(fieldOf((await sender.hear(1))[0], 'MSA-1')).toBe('AA')
  sender.socket.write(`GET / HTTP/1.1\r\n${'x'.repeat(200)}`)
  await sender.closed()
  expect(line.turnedAway).toEqual(['mllp-noise'])
})

test('a frame that begins anew loses its first half only, and a VT in a text is a text', async () => {
  line = await startLine()
  const sender = talk(line.port)
  const half = frame(oru('half')).subarray(0, 80)
  sender.socket.write(
    Buffer.concat([half, frame(oru('whole')), frame(oru('vt', (text) => text.replace('An', 'A\u000bn')))]),
  )
  expect((await sender.hear(2)).map((answer) => fieldOf(answer, 'MSA-2'))).toEqual(['whole', 'vt'])
  expect(line.kept.map(({ messageId }) => messageId.split('#')[0])).toEqual(['whole', 'vt'])
  expect(line.turnedAway).toEqual(['mllp-frame-unfinished'])
  sender.socket.end()
})

test('a sender that never reads its answers is not read any more, and the line ends', async () => {
  line = await startLine({ limits: { inFlight: 8, idleMs: 300 } })
  const sender = talk(line.port)
  sender.socket.pause()
  const piece = Buffer.concat(Array.from({ length: 20 }, () => frame(oru('x') + '\rOBX|1|NM|||x'.repeat(20))))
  const sent = await pour(sender.socket, piece, 400 * megabyte)
  expect(sent).toBeLessThan(100 * megabyte)
})

test('an empty frame, one of blanks and one of zeros are answered AR', async () => {
  line = await startLine()
  const sender = talk(line.port)
  sender.socket.write(Buffer.concat([frame(''), frame('   '), frame(Buffer.alloc(1_000))]))
  const answers = await sender.hear(3)
  expect(answers.map((answer) => fieldOf(answer, 'MSA-1'))).toEqual(['AR', 'AR', 'AR'])
  expect(line.turnedAway).toEqual(['message-empty'])
  sender.socket.end()
})

test('more frames than there is room for wait, and none is lost', async () => {
  line = await startLine({ limits: { roomBytes: 1_000, inFlight: 4 }, commit: () => sleep(1) })
  const senders = Array.from({ length: 5 }, () => talk(line!.port))
  senders.forEach(({ socket }, i) =>
    socket.end(Buffer.concat(Array.from({ length: 20 }, (_, n) => frame(oru(`${i}-${n}`))))),
  )
  await Promise.all(senders.map((sender) => sender.closed()))
  expect(senders.map(({ answers }) => answers.length)).toEqual([20, 20, 20, 20, 20])
  expect(line.kept).toHaveLength(100)
})

test('any bytes, cut anywhere, give the same frames', () => {
  const bytes = fc.array(fc.oneof(fc.constantFrom(0x0b, 0x1c, 0x0d, 0x4d), fc.nat(255)), { maxLength: 120 })
  const read = (pieces: readonly Buffer[]): LineEvent[] => {
    const reader = makeFrameReader({ frameBytes: 1_000, noiseBytes: 1_000 })
    return pieces.flatMap((piece) => reader.push(piece))
  }
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(120), { maxLength: 8 }), (all, cuts) => {
      const whole = Buffer.from(all)
      const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length]
      const pieces = places.slice(1).map((place, i) => whole.subarray(places[i], place))
      expect(read(pieces)).toEqual(read([whole]))
    }),
    { numRuns: 1_000 },
  )
})
