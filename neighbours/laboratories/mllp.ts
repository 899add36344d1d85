import { connect, type Socket } from 'node:net'
import type { Custody, LaboratoryLine } from './line.ts'

const start = 0x0b
const frameEnd = Buffer.from([0x1c, 0x0d])
const retryMs = 300

interface Waiting {
  readonly bytes: Buffer
  readonly settled: (custody: Custody) => void
}

/**
 * Opens a line to `host:port` (empty = nowhere yet). Answers come in the order of the messages (HL7 v2 MLLP release 1), so the
 * oldest under way is the one that is answered. A message without an answer is sent again with the same bytes.
 */
export function openMllpLine(address: string, windowSize: number): LaboratoryLine {
  const queue: Waiting[] = []
  let [target, socket, underWay, heard] = [address, null as Socket | null, 0, Buffer.alloc(0)]
  let [held, closed, count] = [false, false, 0]
  let timer: NodeJS.Timeout | undefined

  const lost = (broken: Socket): void => {
    broken.destroy()
    if (socket !== broken) return
    socket = null
    underWay = 0
    heard = Buffer.alloc(0)
    if (closed) return
    count += 1
    timer = setTimeout(pump, retryMs)
  }
  const open = (): void => {
    const [host = '', port = '0'] = target.split(':')
    const opened = connect({ host, port: Number(port), noDelay: true })
    socket = opened
    opened.on('connect', () => pump())
    opened.on('data', (chunk) => take(chunk))
    opened.on('error', () => lost(opened))
    opened.on('close', () => lost(opened))
  }
  const take = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk])
    for (let end = heard.indexOf(frameEnd); end >= 0; end = heard.indexOf(frameEnd)) {
      const text = heard.subarray(heard.indexOf(start) + 1, end).toString('utf8')
      heard = heard.subarray(end + frameEnd.length)
      const [, code = '', , receipt = ''] = /(?:^|\r)MSA\|([^|\r]*)\|([^|\r]*)\|?([^|\r]*)/.exec(text) ?? []
      const first = queue.shift()
      underWay = Math.max(0, underWay - 1)
      first?.settled(custodyOf(code, receipt))
    }
    pump()
  }
  const pump = (): void => {
    if (closed || held || queue.length === 0 || target === '') return
    if (socket === null) open()
    if (socket === null || socket.connecting) return
    for (; underWay < Math.min(windowSize, queue.length); underWay++) {
      socket.write(Buffer.concat([Buffer.from([start]), queue[underWay]!.bytes, frameEnd]))
    }
  }
  return {
    send(bytes, settled) {
      queue.push({ bytes, settled })
      pump()
    },
    hold(on) {
      held = on
      pump()
    },
    aim(next) {
      target = next
      if (socket === null) pump()
      else lost(socket)
    },
    waiting: () => queue.length,
    reconnects: () => count,
    close() {
      closed = true
      clearTimeout(timer)
      socket?.destroy()
    },
  }
}

/** What an acknowledgement says of custody (HL7 table 0008). */
function custodyOf(code: string, receipt: string): Custody {
  if (code === 'AE') return { state: 'unreadable' }
  return code === 'AA' && receipt !== '' ? { state: 'acknowledged', receipt } : { state: 'refused' }
}
