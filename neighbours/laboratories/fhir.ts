import { setTimeout as wait } from 'node:timers/promises'
import type { HubAnswer, HubLine, Nodes } from '../shared/hub-line.ts'
import type { Custody, LaboratoryLine } from './line.ts'

const firstPause = 200
const longestPause = 5_000

interface Waiting {
  readonly bytes: Buffer
  readonly settled: (custody: Custody) => void
}

/** Opens a line that posts Bundles to `POST /fhir`, one at a time, in order. */
export function openFhirLine(hub: Pick<HubLine, 'sendFhir'>, nodes: Pick<Nodes, 'list'>): LaboratoryLine {
  const queue: Waiting[] = []
  let [working, held, closed, again] = [false, false, false, 0]

  const work = async (): Promise<void> => {
    if (working) return
    working = true
    let pause = firstPause
    for (let first = queue[0]; first !== undefined && !held && !closed && nodes.list.length > 0; first = queue[0]) {
      const answer = await hub.sendFhir(first.bytes.toString('utf8'))
      const custody = custodyOf(answer)
      if (custody !== null) {
        queue.shift()
        first.settled(custody)
        pause = firstPause
        continue
      }
      again += 1
      await wait(Math.max(pause, answer.state === 'answered' ? answer.retryAfterMs : 0))
      pause = Math.min(pause * 2, longestPause)
    }
    working = false
  }
  return {
    send(bytes, settled) {
      queue.push({ bytes, settled })
      void work()
    },
    hold(on) {
      held = on
      void work()
    },
    aim(address) {
      nodes.list = address === '' ? [] : address.split(',')
      void work()
    },
    waiting: () => queue.length,
    reconnects: () => again,
    close: () => void (closed = true),
  }
}

/** What an answer of `POST /fhir` says of custody; null when the same bytes must be sent again. */
export function custodyOf(answer: HubAnswer): Custody | null {
  if (answer.state === 'no-answer') return null
  const { status, receipt } = answer
  if (status < 300) return receipt === '' ? null : { state: 'acknowledged', receipt }
  if (status === 422 && receipt !== '') return { state: 'unreadable' }
  // 401 is a token that lapsed under way.
  const temporary = status === 401 || status === 408 || status === 425 || status === 429 || status >= 500
  return temporary ? null : { state: 'refused' }
}
