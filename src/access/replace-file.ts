import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../kernel/durable-file.ts'

/**
 * Puts `content` in `file`, readable by the owner alone. Writes beside it, makes that durable and renames: a crash leaves
 * the old content or the new, never half of it, and after the return the new.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}.new`
  const handle = await open(beside, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
  await syncFolder(dirname(file))
}
