import { randomUUID } from 'node:crypto'
import { askToken } from '../access/ask-token.ts'
import { sampleForm } from '../formats/eform/sample.ts'
import { ask, type Told } from './ask.ts'
import type { Town } from './town.ts'

/** A token of the drill's own sender that is asked for again before it ends. */
export function makeToken({ url, helpdesk }: Pick<Town, 'url' | 'helpdesk'>): () => Promise<string> {
  let [text, until] = ['', 0]
  return async () => {
    if (Date.now() < until) return text
    const outcome = await askToken(url, helpdesk)
    // The one at hand is good a little longer: the hub may be without a database for a moment.
    if (outcome.state !== 'given') return text
    text = outcome.access_token
    until = Date.now() + outcome.expires_in * 500
    return text
  }
}

/** A negative rapid test with an id of its own: a certificate is made of a negative one alone. */
export function writeForm(): string {
  const form = sampleForm('rapid-test', { random: Math.random, at: new Date(), positiveShare: 0 })
  // A form of another sample may be undetermined.
  const negative = form.form === 'rapid-test' ? { ...form, test: { ...form.test, result: 'negative' } } : form
  return JSON.stringify({ ...negative, messageId: randomUUID() })
}

/** Offers a form at one address of the hub; null without an answer. */
export async function offer(url: string, token: string, form: string): Promise<Told | null> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return ask(`${url}/messages`, { method: 'POST', headers, body: form, timeoutMs: 10_000 })
}
