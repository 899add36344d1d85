import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerAfter, sendFailure, sendOutcome, sendPage, uuid } from './answers.ts'
import { postDay } from './day.ts'
import type { EffectRecord } from './effect-record.ts'
import type { Faults } from './faults.ts'
import { readBody, sendJson } from './http.ts'
import type { Act, DestinationKind, DestinationSetting } from './kind.ts'

/** Makes the handler of a destination's wire: deliveries, questions about them, the account. */
export function destinationHandler(
  setting: DestinationSetting,
): (request: IncomingMessage, response: ServerResponse) => void {
  const expected = `Bearer ${setting.secret}`
  const refusalCodes = Object.keys(setting.kind.refusals)
  let latest = '00000000-0000-4000-8000-000000000000'

  const answer = (response: ServerResponse, record: EffectRecord, faults: Faults, other: string): void => {
    if (faults.gatewayShare > 0 && setting.random() < faults.gatewayShare)
      sendJson(response, 504, { error: 'the gateway gave up waiting' })
    else sendOutcome(setting, response, record, faults, other)
  }

  const take = (request: IncomingMessage, response: ServerResponse, path: string, body: Buffer): void => {
    const faults = setting.faults()
    const deliveryId = String(request.headers['sluis-delivery-id'] ?? '').toLowerCase()
    if (!uuid.test(deliveryId) || (request.headers['idempotency-key'] ?? deliveryId) !== deliveryId) {
      sendJson(response, 400, { error: 'sluis-delivery-id and idempotency-key must be the same UUID' })
      return
    }
    const at = Date.now()
    const day = postDay(request.headers['sluis-original-time'], at)
    const sha256 = hash('sha256', body, 'hex')
    if (fails(setting, faults)) {
      const failed = { deliveryId, sha256, at, dueAt: at, day, outcome: 'none', newEffect: false, refusal: 0 } as const
      setting.effects.add(failed, () => sendFailure(response, faults))
      return
    }
    const earlier = setting.effects.find(deliveryId)
    const later = resultDelay(setting.kind, faults)
    const act =
      earlier && (setting.kind.deduplicates || earlier.outcome === 'refused')
        ? null
        : actOn(setting, faults, { path, deliveryId, body, at })
    const record: EffectRecord = {
      deliveryId,
      sha256,
      at,
      dueAt: at + later,
      day,
      outcome: act?.state === 'refused' ? 'refused' : 'acknowledged',
      newEffect: act?.state === 'done' && act.newEffect,
      refusal: act?.state === 'refused' ? Math.max(0, refusalCodes.indexOf(act.code)) : 0,
    }
    const other = latest
    latest = deliveryId
    setting.effects.add(record, () => {
      if (setting.random() < faults.cutShare) request.socket.resetAndDestroy()
      else answerAfter(faults, setting, request, () => answer(response, earlier ?? record, faults, other))
    })
  }

  return (request, response) => {
    const faults = setting.faults()
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    if (request.headers.authorization !== expected) {
      request.resume()
      sendJson(response, 401, { error: 'the bearer secret is not the one agreed on' })
    } else if (request.method === 'POST' && setting.kind.posts.includes(path)) {
      readBody(request, response, (body) => take(request, response, path, body))
    } else {
      request.resume()
      answerAfter(faults, setting, request, () => sendPage(setting, response, path, query))
    }
  }
}

function actOn(
  setting: DestinationSetting,
  faults: Faults,
  post: { path: string; deliveryId: string; body: Buffer; at: number },
): Act {
  if (faults.refuseShare > 0 && setting.random() < faults.refuseShare)
    return { state: 'refused', code: 'refused-for-drill' }
  return setting.kind.act({ ...post, now: new Date(post.at + faults.clockOffsetMs) })
}

function resultDelay(kind: DestinationKind, faults: Faults): number {
  return kind.resultAfter + (faults.acknowledge === 'late' ? faults.lateMs : 0)
}

function fails(setting: DestinationSetting, faults: Faults): boolean {
  if (faults.failShare > 0) return setting.random() < faults.failShare
  return faults.status !== null
}
