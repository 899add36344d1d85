import type { Log } from '../../kernel/log.ts'
import type { DrainOptions } from './drain.ts'
import type { Spool } from './spool.ts'

export interface ReturnOptions extends Pick<DrainOptions, 'store' | 'isRefusal'> {
  readonly spool: Pick<Spool, 'returnAside' | 'dropAside'>
  readonly log: Log
  readonly stopping: () => boolean
}

/**
 * Gives the store what it refused before, one message at a time: a newer version, or a schema that has caught up, may take it.
 * What it refuses again stays aside, unless somebody settled it: nobody waits for that one, and it goes. Never throws; ends
 * early when the store cannot take anything now.
 *
 * @example await returnAll({ spool, store, isRefusal: isDataRefused, log, stopping: () => false }, receipts, new Set())
 */
export async function returnAll(
  options: ReturnOptions,
  receipts: Iterable<string>,
  settled: ReadonlySet<string>,
): Promise<void> {
  const { spool, log, stopping } = options
  for (const receipt of receipts) {
    if (stopping()) return
    try {
      if ((await isStored(options, receipt)) || !settled.has(receipt)) continue
      await spool.dropAside(receipt)
      log.warn('spool-aside-dropped', { receipt })
    } catch (error) {
      log.warn('spool-aside-stays', { receipt }, error)
      return
    }
  }
}

/** Whether the store takes it now; false when it refuses it again, or its file cannot be read. Throws anything else. */
async function isStored({ spool, store, isRefusal, log }: ReturnOptions, receipt: string): Promise<boolean> {
  try {
    const returned = await spool.returnAside(receipt, (message) => store([message]))
    if (returned) log.info('spool-aside-stored', { receipt })
    else log.error('spool-aside-unread', { receipt })
    return returned
  } catch (error) {
    if (!isRefusal(error)) throw error
    log.warn('spool-aside-stays', { receipt }, error)
    return false
  }
}
