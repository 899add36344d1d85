import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Callback } from './callbacks.ts'
import { dayNumber } from './day.ts'
import type { EffectRecord } from './effect-record.ts'
import type { Faults } from './faults.ts'
import { sendJson, type HeaderList } from './http.ts'
import type { DestinationSetting } from './kind.ts'

export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The callback of a delivery whose outcome became known late; under a fault it tells of another, or twice, or not at all. */
export function tellLate(setting: DestinationSetting, record: EffectRecord, other: string): void {
  const faults = setting.faults()
  if (faults.acknowledge === 'missing') return
  const body = outcomeBody(setting, record, faults, other)
  const callback = { destination: setting.kind.name, ...body } as unknown as Callback
  setting.callBack(callback)
  if (faults.acknowledge === 'twice') setting.callBack(callback)
}

/** Answers at once, or later when it is slow. */
export function answerAfter(
  faults: Faults,
  setting: DestinationSetting,
  request: IncomingMessage,
  answer: () => void,
): void {
  const wait = faults.delayMs + (faults.jitterMs > 0 ? setting.random() * faults.jitterMs : 0)
  if (wait === 0) {
    answer()
    return
  }
  // The line may have gone while the answer was waiting.
  setTimeout(() => {
    if (!request.socket.destroyed && setting.faults().line === 'up') answer()
  }, wait)
}

export function sendFailure(response: ServerResponse, faults: Faults): void {
  const status = faults.status ?? 500
  const wait: HeaderList = status === 500 ? [] : ['retry-after', '1']
  sendJson(response, status, { error: 'not now' }, wait)
}

/** The answer to a post, as far as the faults leave it whole. */
export function sendOutcome(
  setting: DestinationSetting,
  response: ServerResponse,
  record: EffectRecord,
  faults: Faults,
  other: string,
): void {
  if (faults.acknowledge === 'missing') {
    sendJson(response, 200, {})
    return
  }
  if (record.dueAt > Date.now()) {
    sendJson(response, 202, pendingBody(record))
    return
  }
  const body = outcomeBody(setting, record, faults, other)
  sendJson(response, record.outcome === 'refused' ? 422 : 200, body)
  if (faults.acknowledge === 'twice' && record.outcome === 'acknowledged') tellOnceMore(setting, body)
}

function tellOnceMore(setting: DestinationSetting, body: object): void {
  setting.callBack({ destination: setting.kind.name, ...body } as unknown as Callback)
}

function pendingBody(record: EffectRecord): object {
  return { deliveryId: record.deliveryId, state: 'pending', ticket: `T-${record.deliveryId.slice(0, 13)}` }
}

function outcomeBody(setting: DestinationSetting, record: EffectRecord, faults: Faults, other: string): object {
  const deliveryId = faults.acknowledge === 'other-record' ? other : record.deliveryId
  if (record.outcome === 'refused') {
    const [code = '', text = ''] = Object.entries(setting.kind.refusals)[record.refusal] ?? []
    return { deliveryId, state: 'refused', code, text }
  }
  return {
    deliveryId,
    state: 'acknowledged',
    ...setting.kind.proof(record.deliveryId),
    sha256: faults.acknowledge === 'wrong-hash' ? hash('sha256', record.sha256, 'hex') : record.sha256,
    acknowledgedAt: new Date(record.dueAt + faults.clockOffsetMs).toISOString(),
  }
}

const honest = { acknowledge: 'at-once' } as const

/** The answer to anything that is no post: a question about a delivery, the account, a page of its own. */
export function sendPage(setting: DestinationSetting, response: ServerResponse, path: string, query: string): void {
  const faults = setting.faults()
  if (faults.status !== null && faults.failShare === 0) {
    sendFailure(response, faults)
    return
  }
  if (path.startsWith('/deliveries/')) {
    const deliveryId = path.slice('/deliveries/'.length).toLowerCase()
    const record = uuid.test(deliveryId) ? setting.effects.find(deliveryId) : undefined
    if (!record) sendJson(response, 404, { deliveryId, state: 'unknown' })
    else if (record.dueAt > Date.now()) sendJson(response, 200, pendingBody(record))
    else sendJson(response, 200, outcomeBody(setting, record, { ...faults, ...honest }, ''))
  } else if (path === '/account') {
    const day = new URLSearchParams(query).get('day')
    sendJson(response, 200, setting.effects.account(day === null ? undefined : dayNumber(day)))
  } else {
    const page = setting.kind.page?.(path)
    if (page === undefined) sendJson(response, 404, { error: `there is no ${path}` })
    else sendJson(response, 200, page)
  }
}
