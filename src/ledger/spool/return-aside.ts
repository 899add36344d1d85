import type { Log } from '../../kernel/log.ts'
import type { DrainOptions } from './drain.ts'
import type { Spool } from './spool.ts'

export interface ReturnOptions extends Pick<DrainOptions, 'store' | 'isRefusal'> {
  readonly spool: Pick<Spool, 'asideReceipts' | 'returnAside'>
  readonly log: Log
  readonly stopping: () => boolean
}

/**
 * Gives the store what it refused before, one message at a time: a newer version, or a schema that has caught up, may take it.
 * What it refuses again stays aside. Never throws; ends early when the store cannot take anything now.
 *
 * @example await returnAll({ spool, store, isRefusal: isDataRefused, log, stopping: () => false })
 */
export async function returnAll({ spool, store, isRefusal, log, stopping }: ReturnOptions): Promise<void> {
  for (const receipt of spool.asideReceipts()) {
    if (stopping()) return
    try {
      const returned = await spool.returnAside(receipt, (message) => store([message]))
      if (returned) log.info('spool-aside-stored', { receipt })
      else log.error('spool-aside-unread', { receipt })
    } catch (error) {
      log.warn('spool-aside-stays', { receipt }, error)
      if (!isRefusal(error)) return
    }
  }
}
