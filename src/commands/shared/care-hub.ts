import { openCare, type CareDeps } from '../../care/deps.ts'
import { openVault } from '../../ledger/vault.ts'
import { masterKeyOf, type HubDatabase } from './with-database.ts'

/** What the care room needs, for a command that works on a hub's database. */
export function careOf({ db, dataFolder }: HubDatabase): CareDeps {
  return openCare(openVault(db, masterKeyOf(dataFolder)))
}
