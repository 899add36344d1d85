import { join } from 'node:path'
import { openNodeCache } from '../../access/node-cache.ts'
import { accessKeys } from '../../access/own-keys.ts'
import { journalFolderOf } from '../../config.ts'
import { tellTrace } from '../../http/tell-trace.ts'
import { parseRecordName } from '../../kernel/ids.ts'
import { deriveKeys } from '../../kernel/keys.ts'
import { silentLog } from '../../kernel/log.ts'
import { findInFolder } from '../../ledger/spool/find.ts'
import { traceOfSpooled } from '../../ledger/trace-spooled.ts'
import { toldTrace, type ToldTrace } from './told-trace.ts'

/**
 * What the spool of a data folder tells of a receipt, record or message id, without the database; null when it does not lie
 * there. The sender's name is the one this node last knew.
 *
 * @example (await traceInSpool('.sluis', masterKeyOf('.sluis'), 'form-1'))?.level // 'spooled'
 */
export async function traceInSpool(dataFolder: string, masterKey: Buffer, wanted: string): Promise<ToldTrace | null> {
  const keys = deriveKeys(masterKey)
  const folder = join(dataFolder, 'spool')
  const where = { folder, journalFolder: journalFolderOf(process.env, dataFolder), key: keys.spool }
  const found = await findInFolder(where, parseRecordName(wanted.toLowerCase())?.receipt ?? wanted)
  if (found === null) return null
  const cache = openNodeCache({ dataFolder, keys: accessKeys(keys), log: silentLog })
  const known = (await cache.read())?.senders.find(({ sender }) => sender.id === found.message.senderId)
  return toldTrace.parse(tellTrace(traceOfSpooled(found), known?.sender.name ?? 'not known'))
}
