import { hash, randomUUID } from 'node:crypto'
import { sampleForm, type EForm, type SampleKind } from '../../src/formats/eform/sample.ts'
import { spoilForm } from '../../src/formats/eform/spoil.ts'
import type { Client } from '../shared/clients.ts'
import type { Offer } from './journal.ts'
import { formKinds, type FormKind, type Load } from './load.ts'

const samples: Readonly<Record<FormKind, SampleKind>> = {
  'rapid-test': 'rapid-test',
  vaccination: 'vaccination',
  'booster-1': 'booster',
  'booster-2': 'second-booster',
}

/** What one pharmacy still has at hand of what it sent: the forms that it may correct or send again. */
export interface Recent {
  readonly forms: EForm[]
}

const keep = 20

/**
 * Makes the next form of a pharmacy: mostly a new one, sometimes a faulty one or the correction of an earlier one.
 * Message ids are never made from the seed: a generator that is started again must not send an old id with other bytes.
 */
export function nextOffer(client: Client, recent: Recent, load: Load, random: () => number, at: Date): Offer {
  const earlier = random() < load.correctShare ? recent.forms[Math.floor(random() * recent.forms.length)] : undefined
  const kind = pickKind(load, random)
  const form = earlier ? correction(earlier) : newForm(client, kind, random, at)
  const faulty = !earlier && random() < load.faultyShare
  if (!earlier && !faulty) {
    recent.forms.push(form)
    if (recent.forms.length > keep) recent.forms.shift()
  }
  const traveller = !faulty && form.form === 'rapid-test' && random() < load.travellerShare
  return toOffer(client, form.messageId, faulty ? spoilForm(form, random) : form, traveller)
}

/** Another form under the id of an earlier one, as faulty software sends it. */
export function conflictingOffer(client: Client, earlier: Offer, random: () => number, at: Date): Offer {
  const form = { ...newForm(client, 'rapid-test', random, at), messageId: earlier.messageId }
  return toOffer(client, earlier.messageId, form, false)
}

function newForm(client: Client, kind: FormKind, random: () => number, at: Date): EForm {
  const pharmacy = { nihii: client.nihii, name: client.name }
  return { ...sampleForm(samples[kind], { random, at, pharmacy }), messageId: randomUUID() }
}

function correction(earlier: EForm): EForm {
  const head = { messageId: randomUUID(), action: 'correct', replaces: earlier.messageId } as const
  if (earlier.form === 'vaccination') return { ...earlier, ...head }
  const result = earlier.test.result === 'negative' ? 'positive' : 'negative'
  return { ...earlier, ...head, test: { ...earlier.test, result } }
}

function toOffer(client: Client, messageId: string, form: object, traveller: boolean): Offer {
  const body = JSON.stringify(form)
  return { clientId: client.clientId, messageId, body, sha256: hash('sha256', body, 'hex'), traveller }
}

function pickKind(load: Load, random: () => number): FormKind {
  const total = formKinds.reduce((sum, kind) => sum + load.kinds[kind], 0)
  let left = random() * total
  for (const kind of formKinds) {
    left -= load.kinds[kind]
    if (left < 0) return kind
  }
  return 'rapid-test'
}
