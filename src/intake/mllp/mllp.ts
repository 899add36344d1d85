import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'
import { hl7ContentTypes } from '../../formats/hl7v2/read.ts'
import type { LabSource } from '../../formats/hl7v2/sources.ts'
import type { Language } from '../../kernel/language.ts'
import type { Log } from '../../kernel/log.ts'
import type { DoorAnswer, HandedOver } from '../receive.ts'
import { writeAcknowledgement } from './acknowledgement.ts'
import { answersFor, outcomeOf, refusalOf, turnedAway, type Outcome } from './answer.ts'
import { readHeader, type Header } from './header.ts'
import { makeIdentify, type Identify, type Peer } from './identify.ts'
import { serveLine, type Answered, type Line, type LineLimits } from './line.ts'
import { makeRoom } from './room.ts'

export interface MllpDeps {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly tls: MllpTls | null
  readonly sources: readonly LabSource[]
  /** The sender a source's messages are booked under; rejects with a SluisError when that cannot be told now. */
  readonly senderOf: (client: string) => Promise<{ readonly id: number; readonly language: Language }>
  /** The door of the hub: the same as that of HTTP, with its switches and books. */
  readonly receive: (handed: HandedOver) => Promise<DoorAnswer>
  /** Told of everything offered without custody (law 4). */
  readonly onTurnedAway: (code: string, senderId: number) => void
  readonly limits: MllpLimits
  readonly now: () => Date
  readonly log: Log
}

/** PEM texts. With `clientCa` only senders with a certificate of that authority are let in. */
export interface MllpTls {
  readonly key: string
  readonly certificate: string
  readonly clientCa: string | null
}

export interface MllpLimits extends LineLimits {
  readonly connections: number
  /** Bytes of all frames in hand together. */
  readonly roomBytes: number
}

/** Limits of a node, but for the size of a message, which is that of the hub. */
export const usualLimits: Omit<MllpLimits, 'frameBytes'> = {
  noiseBytes: 1_024,
  inFlight: 64,
  idleMs: 600_000,
  frameMs: 60_000,
  connections: 200,
  roomBytes: 64 * 1024 * 1024,
}

export interface Mllp {
  readonly port: number
  /** Takes no more, answers what is in hand, closes. */
  close(): Promise<void>
}

/**
 * Listens for laboratories over MLLP. Every frame goes through the door like any other message and is acknowledged only after
 * the durable commit (law 1), in the order of arrival. What cannot be read is kept and answered AE or AR with the reasons;
 * what is not taken is counted as turned away and answered AR, or with a closed line when it would be taken another time.
 *
 * @example const mllp = await startMllp({ ...deps, port: 2575 }); await mllp.close()
 */
export async function startMllp(deps: MllpDeps): Promise<Mllp> {
  const lines = new Set<Line>()
  const room = makeRoom(deps.limits.roomBytes)
  const identify = makeIdentify(deps.sources)
  const server = listener(deps.tls, (socket) => {
    const desk = makeDesk(deps, identify, peerOf(socket))
    const line = serveLine(socket, { limits: deps.limits, room, take: desk.take, refuse: desk.refuse })
    lines.add(line)
    void line.ended.then((why) => {
      lines.delete(line)
      deps.log.debug('mllp-line-ended', { why })
    })
  })
  server.maxConnections = deps.limits.connections
  server.on('tlsClientError', () => deps.log.warn('mllp-tls-refused'))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(deps.port, deps.host, resolve)
  })
  server.on('error', (error: unknown) => deps.log.error('mllp-listener', {}, error))
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const line of lines) line.stop()
      await Promise.all([...lines].map((line) => line.ended))
      await closed
    },
  }
}

function listener(tls: MllpTls | null, onLine: (socket: Socket) => void): Server {
  // Half open: a sender may say all it has to say, and listen to the answers after.
  if (tls === null) return createServer({ allowHalfOpen: true }, onLine)
  const { key, certificate, clientCa } = tls
  const client = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  return createTlsServer({ key, cert: certificate, allowHalfOpen: true, handshakeTimeout: 10_000, ...client }, onLine)
}

function peerOf(socket: Socket): Peer {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : null
  return { address: socket.remoteAddress ?? '', fingerprint: certificate?.fingerprint256 ?? null }
}

/** What one line's frames are taken and answered with. */
function makeDesk(deps: MllpDeps, identify: Identify, peer: Peer) {
  const senders = new Map<string, Awaited<ReturnType<MllpDeps['senderOf']>>>()
  const senderOf = (source: LabSource) => senders.get(source.client) ?? askSender(source)
  const askSender = async (source: LabSource) => {
    const sender = await deps.senderOf(source.client)
    senders.set(source.client, sender)
    return sender
  }
  // Frames reach the door in the order they came, also while a sender is being looked up.
  let before: Promise<unknown> | undefined

  const take = async (bytes: Buffer): Promise<Answered> => {
    const header = readHeader(bytes)
    const source = identify(peer, header?.application ?? '', header?.facility ?? '')
    let senderId = 0
    let language: Language = 'en'
    let outcome: Outcome
    try {
      if (source === null) outcome = turnedAway('mllp-source-unknown', { address: peer.address }, language)
      else {
        await before
        const found = senderOf(source)
        if (found instanceof Promise) before = found.catch(() => undefined)
        const sender = found instanceof Promise ? await found : found
        senderId = sender.id
        language = sender.language
        const handed = { senderId, contentType: hl7ContentTypes[0], bytes, traceparent: null, language }
        outcome = outcomeOf(await deps.receive(handed), language)
      }
    } catch (error) {
      outcome = refusalOf(error, language)
      if (outcome.state === 'turned-away' && outcome.fault.code === 'unexpected')
        deps.log.error('mllp-frame', {}, error)
    }
    if (outcome.state === 'turned-away') deps.onTurnedAway(outcome.fault.code, senderId)
    return tell(header, source, outcome)
  }

  const tell = (header: Header | null, source: LabSource | null, outcome: Outcome): Answered => {
    const answers = answersFor(header, source, outcome)
    if (answers === 'not-now') return answers
    return answers.map((answer) => writeAcknowledgement(header, { ...answer, now: deps.now(), id: nextId(deps.now()) }))
  }

  return {
    take,
    refuse: (event: Parameters<Parameters<typeof serveLine>[1]['refuse']>[0]): Answered => {
      if (event.state !== 'too-large') {
        deps.onTurnedAway(event.state === 'noise' ? 'mllp-noise' : 'mllp-frame-unfinished', 0)
        return []
      }
      deps.onTurnedAway('message-too-large', 0)
      const header = readHeader(event.start)
      const outcome = turnedAway('message-too-large', { limit: deps.limits.frameBytes }, 'en')
      return tell(header, identify(peer, header?.application ?? '', header?.facility ?? ''), outcome)
    },
  }
}

let answers = 0

/** At most 20 characters, as MSH-10 has: the second, and a count. */
function nextId(now: Date): string {
  answers = (answers + 1) % 1_000_000
  return `S${now.getTime().toString(36)}${answers.toString(36)}`
}
