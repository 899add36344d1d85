import { createHmac, timingSafeEqual } from 'node:crypto'
import { accessKeys } from '../../access/own-keys.ts'
import type { HubKeys } from '../../kernel/keys.ts'

/** A step somebody asks a second person for. Nothing of it is stored: it travels in its own address, signed. */
export interface Proposal {
  readonly pack: string
  readonly version: string
  readonly step: 'canary' | 'activate'
  readonly source: string
  readonly emergency: boolean
  readonly by: string
  readonly why: string
  /** ISO moment after which it does not hold any more. */
  readonly until: string
}

const lasts = 3_600_000

/**
 * Signs a proposal for an hour, so that a colleague who gets its address sees what was asked, by whom and why, unchanged.
 *
 * @example readProposal(keys, signProposal(keys, proposal, now), now)?.by // 'lea'
 */
export function signProposal(keys: HubKeys, proposal: Omit<Proposal, 'until'>, now: Date): string {
  const until = new Date(now.getTime() + lasts).toISOString()
  const text = Buffer.from(JSON.stringify({ ...proposal, until })).toString('base64url')
  return `${text}.${signatureOf(keys, text).toString('base64url')}`
}

/** The proposal of an address; null when it was changed or its hour is over. */
export function readProposal(keys: HubKeys, signed: string, now: Date): Proposal | null {
  const [text = '', signature = ''] = signed.split('.')
  const given = Buffer.from(signature, 'base64url')
  const right = signatureOf(keys, text)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  const proposal = JSON.parse(Buffer.from(text, 'base64url').toString()) as Proposal
  return Date.parse(proposal.until) < now.getTime() ? null : proposal
}

const signatureOf = (keys: HubKeys, text: string): Buffer =>
  createHmac('sha256', accessKeys(keys).proposal).update(text).digest()
