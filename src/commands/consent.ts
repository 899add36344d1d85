import type { CommandIo } from './command-io.ts'
import { logAccess } from '../access/access-log.ts'
import { readIdentifier } from '../care/enrol-file.ts'
import { SluisError } from '../kernel/errors.ts'
import { deriveKeys } from '../kernel/keys.ts'
import { identifierIndex } from '../ledger/patient.ts'
import type { Database } from '../store/connect.ts'
import { endPermission, insertPermission, permissionsOf, type Permission } from '../store/consent.ts'
import { findSender } from '../store/senders.ts'
import { databaseHelp, endHelp, needed, text } from './shared/options.ts'
import { WrongUse } from './shared/outcome.ts'
import { ownerOf } from './shared/owner.ts'
import { runWith } from './shared/run-with.ts'
import { readMoment } from './shared/when.ts'
import { masterKeyOf, withDatabase } from './shared/with-database.ts'

const help = `sluis consent show <patient>
sluis consent give | withdraw <patient>
sluis consent relate | unrelate <patient> --client ID
sluis consent exclude | admit <patient> --client ID

Who may read the results of a patient through FHIR and CDS Hooks: the patient consents to exchange (give, withdraw), a
client has a therapeutic relation (relate, unrelate), or the patient keeps one client out (exclude, admit). All three count
from the next request on; what ends stays on record. The patient is an INSZ or a BSN, or local:assigner:number.

  --client ID  client id of the care team's software (sluis client list)
  --from TIME  from when it holds (default now)
  --to TIME    until when (default until it is ended)
  --by NAME    who records it (default: who is signed in on this machine)
${databaseHelp}
${endHelp}

Exit codes: 0 done, 1 there was nothing to end or nothing to show, 2 wrong use.
`

const options = { client: text, from: text, to: text, by: text, data: text }

const deeds = {
  give: { kind: 'exchange', ends: false },
  withdraw: { kind: 'exchange', ends: true },
  relate: { kind: 'relation', ends: false },
  unrelate: { kind: 'relation', ends: true },
  exclude: { kind: 'exclusion', ends: false },
  admit: { kind: 'exclusion', ends: true },
} as const

/** `sluis consent`. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  return runWith({ args, io, help, options }, (values, [name = '', wanted, ...more]) => {
    const deed = Object.hasOwn(deeds, name) ? deeds[name as keyof typeof deeds] : undefined
    if ((deed === undefined && name !== 'show') || wanted === undefined || more.length > 0) {
      throw new WrongUse(`consent takes one of show, ${Object.keys(deeds).join(', ')}, and one patient`)
    }
    const identifier = readIdentifier(wanted)
    const actor = ownerOf(values.by)
    const from = values.from === undefined ? new Date() : readMoment('from', values.from)
    const to = values.to === undefined ? null : readMoment('to', values.to, true)
    const isOfClient = deed !== undefined && deed.kind !== 'exchange'
    const client = isOfClient ? needed('client', values.client, 'whose software it is about') : null
    return withDatabase(values, io, async ({ db, dataFolder }) => {
      const patient = identifierIndex(deriveKeys(masterKeyOf(dataFolder)), identifier, '')
      if (deed === undefined) {
        const rows = await permissionsOf(db, patient)
        const reading = { actor, role: 'operator', what: 'access-log', patient, origin: 'sluis consent show' } as const
        await logAccess(db, { ...reading, purpose: 'question-of-patient', outcome: 'given' })
        io.stdout.write(`${values.json ? JSON.stringify(rows) : wordsOf(rows)}\n`)
        return rows.length > 0 ? 0 : 1
      }
      const what = { patient, kind: deed.kind, senderId: client === null ? null : await senderIdOf(db, client) }
      const ended = deed.ends ? await endPermission(db, what) : 0
      if (!deed.ends) await insertPermission(db, { ...what, from, to, actor })
      const words = deed.ends && ended === 0 ? 'Nothing of the kind was running.' : 'Recorded.'
      io.stdout.write(`${values.json ? JSON.stringify({ done: name, ended }) : words}\n`)
      return deed.ends && ended === 0 ? 1 : 0
    })
  })
}

async function senderIdOf(db: Database, clientId: string): Promise<number> {
  const known = await findSender(db, clientId)
  if (known === null) throw new SluisError('client-unknown', { clientId })
  return known.sender.id
}

const meanings = {
  exchange: 'consents to exchange',
  relation: 'therapeutic relation with',
  exclusion: 'keeps out',
} as const

function wordsOf(rows: readonly Permission[]): string {
  if (rows.length === 0) return 'No consent, relation or exclusion is known of this patient: nobody reads anything.'
  return rows
    .map(({ kind, clientId, from, to, actor }) => {
      const until = to === null ? '' : ` until ${to.toISOString()}`
      return `${meanings[kind]}${clientId === null ? '' : ` ${clientId}`} since ${from.toISOString()}${until} (${actor})`
    })
    .join('\n')
}
